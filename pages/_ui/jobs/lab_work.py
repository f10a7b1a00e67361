"""What the Lab page shows of a gallery, made behind it.

LabWork makes first the ranks and the figures of captions, then all the rest. A comparison with another way is a job of its own,
and so are own questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from pages._ui.jobs.job import Job, Progress, Run, Work
from t2i_core import opening
from t2i_core.dataset import Mark, mark_lines, marks_of
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError
from t2i_core.lab import questions
from t2i_core.lab.comparing import Compared, compare_datasets, compare_rankings
from t2i_core.lab.examining import Findings, examine
from t2i_core.lab.prompt_forms import check_form, compare_forms
from t2i_core.lab.questions import Answers
from t2i_core.types import Encoder, Gallery

# What is made after the first figures, in the order it is shown, and what it is called meanwhile.
PARTS = {
    "image_to_text": "Measuring pictures that look for captions",
    "slices": "Looking where it fails",
    "worst": "Looking for the worst queries",
    "health": "Measuring the space",
}
MOST_QUESTIONS = 5_000
FORM_WAY = "form:"  # what a comparison with a form is called by, before the form


class LabWork:
    """Two jobs on one gallery, the second after the first.

    Attributes
    ----------
    gallery : Gallery
    first : Job of Findings
        Ranks, and how well captions find their pictures.
    rest : Job of Findings
        The same findings with every part made.
    """

    def __init__(self, gallery: Gallery, marks: Sequence[Mark]) -> None:
        self.gallery = gallery
        self._marks = tuple(marks)
        self._made = 0
        begins = "Counting where every picture stands"
        self.first: Job[Gallery, Findings] = Job(Work("lab", self._count, begins), gallery)
        self.rest: Job[Gallery, None] = Job(Work("more of the lab", self._make_parts), gallery)

    def has(self, part: str) -> bool:
        """Whether one of `PARTS` is there."""
        return list(PARTS).index(part) < self._made

    @property
    def stage(self) -> tuple[bool, int, bool]:
        """Changes when the page has something new to show."""
        return self.first.running, self._made, self.rest.running

    def stop(self) -> None:
        """Ask both to end; ranks that are counted only in part are counted anew next time."""
        self.first.stop()
        self.rest.stop()

    def _count(self, gallery: Gallery, run: Run) -> Findings:
        def note(share: float) -> None:
            run.tell(Progress("Counting where every picture stands", share, f"{share:.0%}"))
            run.end_if_stopping()

        findings = examine(gallery, self._marks, on_progress=note)
        run.tell(Progress("Measuring", 1.0))
        _ = findings.text_to_image
        return findings

    def _make_parts(self, gallery: Gallery, run: Run) -> None:
        if self.first.future.exception() is not None:
            return
        findings = self.first.future.result()
        for place, (name, told) in enumerate(PARTS.items()):
            run.end_if_stopping()
            run.tell(Progress(told, place / len(PARTS)))
            getattr(findings, name)  # made when it is first asked for
            self._made = place + 1


@dataclass(frozen=True, eq=False)
class CompareOrder:
    """A gallery and what it is compared with: another ranking by its name, a form after `FORM_WAY`, or a dataset while it is opened.

    ``open_encoder`` opens the model of a dataset: for a form, and where nobody has said yet that one model made all its rows.
    """

    gallery: Gallery
    other: str | Future[Gallery]
    open_encoder: Callable[[Gallery], Encoder]


CompareJob = Job[CompareOrder, Compared]


def compare(order: CompareOrder) -> CompareJob:
    """Begin a comparison; one that is stopped leaves nothing behind."""
    return Job(Work("compare in the lab", _compare, begins="Opening the other dataset"), order)


def _compare(order: CompareOrder, run: Run) -> Compared:
    def note(share: float) -> None:
        run.tell(Progress("Asking every caption both ways", share, f"{share:.0%}"))
        run.end_if_stopping()

    if isinstance(order.other, str):
        note(0.0)
        if order.other.startswith(FORM_WAY):
            form = check_form(order.other.removeprefix(FORM_WAY))  # before the model is waited for
            return compare_forms(order.gallery, form, order.open_encoder(order.gallery), on_progress=note)
        return compare_rankings(order.gallery, order.other, on_progress=note)
    other = order.other.result()
    run.end_if_stopping()
    if other.manifest is None and other.text_embeddings is not None:
        opening.check_one_space(other, order.open_encoder(other))
    note(0.0)
    return compare_datasets(order.gallery, other, on_progress=note)


@dataclass(frozen=True, eq=False)
class QuestionsOrder:
    """Own questions as a file holds them, and what answers them."""

    engine: SearchEngine
    name: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Asked:
    """Own questions with their answers, and what is wrong with single lines of their file."""

    gallery: Gallery
    answers: Answers
    faults: tuple[str, ...]


QuestionsJob = Job[QuestionsOrder, Asked]


def ask(order: QuestionsOrder) -> QuestionsJob:
    """Begin to ask own questions; stopped, nothing is left behind."""
    return Job(Work("own questions", _ask, begins="Reading the questions"), order)


def _ask(order: QuestionsOrder, run: Run) -> Asked:
    gallery = order.engine.gallery
    lines = mark_lines(order.content, Path(order.name))
    asked = questions.questions_of(gallery, marks_of(lines))
    if len(asked) > MOST_QUESTIONS:
        raise QueryError(
            f"This page asks at most {MOST_QUESTIONS:,} questions at once, got {len(asked):,}. Split the file, or ask them in a "
            f"terminal: python -m t2i_core evaluate --queries {order.name}"
        )

    def note(share: float) -> None:
        run.tell(Progress("Asking the questions", share, f"{round(share * len(asked)):,} of {len(asked):,}"))
        run.end_if_stopping()

    note(0.0)
    answers = questions.ask(gallery, asked, order.engine.embedder.encode_texts, on_progress=note)
    return Asked(gallery, answers, questions.line_faults(lines, gallery))
