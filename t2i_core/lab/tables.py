"""The numbers behind each plot as tables, for the page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from t2i_core.export import spreadsheet_cell
from t2i_core.lab.comparing import BEYOND, Compared
from t2i_core.lab.examining import Findings
from t2i_core.lab.health import Health
from t2i_core.lab.measuring import MEANINGS, Curve, Direction
from t2i_core.lab.part_captions import PartCaption
from t2i_core.lab.questions import Answers, Question
from t2i_core.lab.slicing import Slice
from t2i_core.lab.wording import part_name
from t2i_core.types import Gallery

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under the names of their columns; ``name`` is that of its file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_columns(self) -> dict[str, list[Cell]]:
        """Each column's cells by its name."""
        return {column: [row[place] for row in self.rows] for place, column in enumerate(self.columns)}

    def as_csv(self) -> bytes:
        """With a header line and a byte order mark, or Excel takes the letters for another alphabet's."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(
            ["" if cell is None else spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in row]
            for row in self.rows
        )
        return out.getvalue().encode("utf-8-sig")


def curve_table(curve: Curve) -> Table:
    """What is found in the first k; every k of the curve."""
    rows = tuple(
        (k, hit.value, hit.low, hit.high, recall.value, precision.value)
        for k, (hit, recall, precision) in enumerate(
            zip(curve.hits, curve.recall, curve.precision, strict=True), start=1
        )
    )
    return Table("k-curve", ("k", "answered", "low", "high", "recall", "precision"), rows)


def figures_table(sides: dict[str, Direction]) -> Table:
    """All measures of one or both directions, named by ``sides``."""
    rows = tuple(
        (side, name, figure.value, figure.low, figure.high, figure.queries)
        for side, direction in sides.items()
        for name, figure in ((name, direction.figures[name]) for name in MEANINGS)
    )
    return Table("measures", ("direction", "measure", "value", "low", "high", "queries"), rows)


def slices_table(slices: tuple[Slice, ...]) -> Table:
    """Parts of the captions, in the order given."""
    rows = tuple(
        (
            one.kind, part_name(one), one.hits.queries, one.pictures, one.hits.value, one.hits.low, one.hits.high,
            one.difference.value, one.difference.low, one.difference.high,
        )
        for one in slices
    )  # fmt: skip
    columns = (
        "kind",
        "part",
        "captions",
        "pictures",
        "hit@10",
        "low",
        "high",
        "difference",
        "difference low",
        "difference high",
    )
    return Table("parts", columns, rows)


def part_table(captions: Sequence[PartCaption]) -> Table:
    """The captions behind a part, in the order given."""
    rows = tuple((one.caption, one.image_id, one.rank) for one in captions)
    return Table("part", ("caption", "picture", "rank"), rows)


def failures_table(findings: Findings) -> Table:
    """The worst queries."""
    names = findings.gallery.image_ids
    rows = tuple(
        (one.caption, names[one.row], one.rank, one.score, names[one.first_row], one.first_score)
        for one in findings.worst
    )
    return Table("worst-queries", ("caption", "picture", "rank", "score", "first instead", "its score"), rows)


def scores_table(health: Health) -> Table:
    """How right and wrong pairs score."""
    bins = health.bins
    rows = tuple(zip(bins.edges[:-1], bins.edges[1:], bins.right, bins.wrong, strict=True))
    return Table("scores", ("from", "to", "right pairs", "wrong pairs"), rows)


def hubs_table(health: Health) -> Table:
    """The pictures that come up most often."""
    rows = tuple((hub.image_id, hub.captions, hub.own) for hub in health.hubs)
    return Table("hubs", ("picture", "captions", "of them its own"), rows)


def comparison_table(compared: Compared) -> Table:
    """Both ways and their difference."""
    rows = tuple(
        (name, *compared.values[name], figure.value, figure.low, figure.high)
        for name, figure in compared.differences.items()
    )
    return Table("comparison", ("measure", "before", "after", "difference", "low", "high"), rows)


def changes_table(compared: Compared) -> Table:
    """Captions that one way finds among the first 10 and the other does not; no rank beyond what a search returned."""
    rows = tuple(
        (kind, one.caption, one.image_id, *(None if rank >= BEYOND else rank for rank in (one.before, one.after)))
        for kind, changes in (("gained", compared.gained), ("lost", compared.lost))
        for one in changes
    )
    return Table("gained-and-lost", ("change", "caption", "picture", "rank before", "rank after"), rows)


def answers_table(answers: Answers, gallery: Gallery) -> Table:
    """Own questions, a line each: at which ranks their right pictures stand, and what came first."""
    names = gallery.image_ids
    rows = tuple(
        (
            one.question.query, len(one.question.rows), one.ranks[0] if one.ranks else None,
            ", ".join(map(str, one.ranks)), names[one.first[0]], one.scores[0],
        )
        for one in answers.answers
    )  # fmt: skip
    return Table("questions", ("query", "right pictures", "best rank", "all ranks", "first picture", "its score"), rows)


def hits_table(answers: Answers, gallery: Gallery) -> Table:
    """The first pictures of every own question, a line each, and whether each is right; unknown where nothing is said to be."""
    rows = tuple(
        (one.question.query, place, gallery.image_ids[row], score, _right(one.question, row))
        for one in answers.answers
        for place, (row, score) in enumerate(zip(one.first, one.scores, strict=True), start=1)
    )
    return Table("questions-first-pictures", ("query", "rank", "picture", "score", "right"), rows)


def _right(question: Question, row: int) -> str:
    return ("yes" if row in question.rows else "no") if question.rows else ""
