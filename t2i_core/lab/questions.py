"""Own questions: queries of a person with the pictures that are right for each, measured like captions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from t2i_core.dataset import Mark, MarkLine
from t2i_core.errors import QueryError, count_of
from t2i_core.lab.measuring import Direction, measure_direction
from t2i_core.lab.overlap import first_places
from t2i_core.lab.ranking import Ranking
from t2i_core.lab.resampling import Draws
from t2i_core.ranks.counting import SAME_SCORE, OnProgress
from t2i_core.types import FloatArray, Gallery, RowArray

FIRST = 10
_TOGETHER = 64
_CUT = 60


@dataclass(frozen=True)
class Question:
    """A query, the rows of the pictures that are right for it, and names of pictures the gallery does not hold."""

    query: str
    rows: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """A question with its first pictures and, where something is right for it, the rank of each right one, ascending."""

    question: Question
    first: tuple[int, ...]
    scores: tuple[float, ...]
    ranks: tuple[int, ...]

    def as_dict(self, gallery: Gallery) -> dict[str, object]:
        """As JSON has it."""
        return {
            "query": self.question.query,
            "right": [gallery.image_ids[row] for row in self.question.rows],
            "ranks": list(self.ranks),
            "unknown": list(self.question.unknown),
            "first": [
                {"image": gallery.image_ids[row], "score": round(score, 6)}
                for row, score in zip(self.first, self.scores, strict=True)
            ],
        }


@dataclass(frozen=True, eq=False)
class Answers:
    """All questions answered; ``measured`` is over those with right pictures, None where there are none."""

    answers: tuple[Answered, ...]
    measured: Direction | None

    def as_dict(self, gallery: Gallery) -> dict[str, object]:
        """As JSON has it; no figures where nothing is known to be right."""
        figures = {} if self.measured is None else {name: one.as_dict() for name, one in self.measured.figures.items()}
        return {
            "questions": len(self.answers),
            "measured": 0 if self.measured is None else self.measured.queries,
            "figures": figures,
            "answers": [one.as_dict(gallery) for one in self.answers],
        }


def questions_of(gallery: Gallery, marks: Iterable[Mark]) -> tuple[Question, ...]:
    """Questions in the order they first come, each with all pictures that any line calls right.

    Raises
    ------
    QueryError
        When there are none.
    """
    named: dict[str, list[str]] = {}
    for query, image_id in marks:
        named.setdefault(query, [])
        if image_id:
            named[query].append(image_id)
    if not named:
        raise QueryError("Own questions need at least one line with a query, got none. Write one below query,image.")
    questions = []
    for query, image_ids in named.items():
        rows = [gallery.rows_by_id.get(image_id) for image_id in image_ids]
        unknown = tuple(image_id for image_id, row in zip(image_ids, rows, strict=True) if row is None)
        questions.append(Question(query, tuple(dict.fromkeys(row for row in rows if row is not None)), unknown))
    return tuple(questions)


def ask(
    gallery: Gallery,
    questions: Sequence[Question],
    encode: Callable[[Sequence[str]], FloatArray],
    *,
    on_progress: OnProgress | None = None,
) -> Answers:
    """Encode questions and `answer` them.

    Parameters
    ----------
    gallery : Gallery
    questions : sequence of Question
    encode : callable
        Makes unit rows of texts, some at a time.
    on_progress : callable, optional
        Called with the share that is encoded; an exception it raises ends the work.
    """
    rows = []
    for start in range(0, len(questions), _TOGETHER):
        rows.append(encode([one.query for one in questions[start : start + _TOGETHER]]))
        if on_progress is not None:
            on_progress(min(1.0, (start + _TOGETHER) / len(questions)))
    return answer(gallery, questions, np.concatenate(rows))


def answer(gallery: Gallery, questions: Sequence[Question], embeddings: FloatArray, *, seed: int = 0) -> Answers:
    """Rank all pictures for each question; intervals resample the questions, each an observation of its own.

    Parameters
    ----------
    gallery : Gallery
    questions : sequence of Question, length Q
    embeddings : ndarray of shape (Q, D), float32, unit rows
        Of the queries.
    seed : int
    """
    depth = min(FIRST, len(gallery))
    first = first_places(gallery.image_embeddings, embeddings, depth)
    ranks = [
        _ranks(gallery, embedding, question.rows) for question, embedding in zip(questions, embeddings, strict=True)
    ]
    answers = []
    for place, question in enumerate(questions):
        scores = gallery.image_embeddings[first[place]] @ embeddings[place]
        answers.append(
            Answered(
                question, tuple(first[place].tolist()), tuple(scores.tolist()), tuple(sorted(ranks[place].tolist()))
            )
        )
    asked = [place for place, question in enumerate(questions) if question.rows]
    if not asked:
        return Answers(tuple(answers), None)
    units = np.arange(len(asked))
    queries = np.concatenate([np.full(len(ranks[place]), number) for number, place in enumerate(asked)])
    ranking = Ranking.of(queries, np.concatenate([ranks[place] for place in asked]), units, len(gallery))
    return Answers(tuple(answers), measure_direction(ranking, Draws(len(asked), units, seed=seed)))


def unknown_pictures(questions: Sequence[Question], gallery: Gallery) -> str | None:
    """What to say of pictures that questions name and the gallery does not hold; None where there are none."""
    names = [name for question in questions for name in question.unknown]
    if not names:
        return None
    return (
        f"{count_of(len(names), 'picture')} that the questions name must be in {gallery.name} and count for nothing: "
        f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}. Name pictures as the dataset does."
    )


def line_faults(lines: Iterable[MarkLine], gallery: Gallery) -> tuple[str, ...]:
    """What is wrong with single lines of a file of questions, in its order."""
    faults = []
    for line in lines:
        if line.cells > line.columns:
            faults.append(
                f"Line {line.number} has {line.cells} cells for {count_of(line.columns, 'column')}: put quotes around a query "
                "that holds a comma."
            )
        elif not line.query:
            faults.append(f"Line {line.number} names a picture and no query, and counts for nothing.")
        elif line.image and line.image not in gallery.rows_by_id:
            faults.append(f"Line {line.number} names {line.image[:_CUT]}, which is no picture of {gallery.name}.")
    return tuple(faults)


def _ranks(gallery: Gallery, embedding: FloatArray, rows: Sequence[int]) -> RowArray:
    """Rank of each right picture among all; level ones by row."""
    scores = gallery.image_embeddings @ embedding
    ranks = np.empty(len(rows), dtype=np.int64)
    for place, row in enumerate(rows):
        before = np.count_nonzero(scores[:row] >= scores[row] - SAME_SCORE)
        ranks[place] = before + np.count_nonzero(scores[row + 1 :] > scores[row] + SAME_SCORE) + 1
    return ranks
