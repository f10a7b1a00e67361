"""Facets: everything the pictures of a gallery are filtered, counted and ordered by, each made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import PurePosixPath

import numpy as np

from t2i_core.captions.word_index import WordIndex
from t2i_core.captions.word_query import parse_words
from t2i_core.dataset.facts_file import facts_path, read_some_facts
from t2i_core.dataset.stacks_file import HOW
from t2i_core.errors import QueryError
from t2i_core.facets.columns import Column, choice_column, number_column, text_column
from t2i_core.marks import read_tags, tagged
from t2i_core.pictures.colours import COLOURS, main_colours
from t2i_core.pictures.kinds import SUFFIX_NAMES
from t2i_core.query import Condition
from t2i_core.query.where import COLUMN, DAY, FIELDS, TAG
from t2i_core.types import Gallery, MaskArray

NONE = "\0none"  # stands for no value, as no file can say it
ORIENTATIONS = ("landscape", "portrait", "square")
_MEASURED = ("colour", "camera", DAY, "light", "sharp")  # what needs facts of the files themselves
_DARK_END, _LIGHT_END, _SHARPNESS = 0, 1, 5  # among the numbers of a `FactsTable`


class Facets:
    """What the pictures of a gallery are filtered by. Safe to share between threads: what is made is never changed.

    Parameters
    ----------
    gallery : Gallery
    """

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self._columns: dict[str, Column] = {}
        self._facts: tuple[int, dict[str, np.ndarray]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for here, in the order a page offers it; without facts of files where none were measured."""
        columns = tuple(f"{COLUMN}{name}" for name in self.gallery.caption_columns)
        measured = self._measured() is not None
        return (*(name for name in FIELDS if measured or name not in _MEASURED), *columns)

    def rows_that_fit(self, where: Sequence[Condition]) -> MaskArray | None:
        """The pictures that fit every condition: ndarray of shape (N,), bool; None where there is no condition.

        ``folder`` holds for the folders below it too; ``column:NAME`` holds where any of the picture's captions has it.

        Raises
        ------
        QueryError
            When a condition looks at something this gallery does not have.
        """
        if not where:
            return None
        kept = np.ones(len(self.gallery), dtype=np.bool_)
        for condition in where:
            kept &= self._fitting(condition) ^ condition.negated
        return kept

    def column(self, name: str) -> Column:
        """One facet, for counts and for an order.

        Raises
        ------
        QueryError
            When this gallery has none of that name, or its pictures are not measured.
        """
        if name in _MEASURED:
            self._check_measured(name)
        if name == TAG:  # people give and take them meanwhile
            return self._tags()
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = self._made(name)
        return known

    def _fitting(self, condition: Condition) -> MaskArray:
        name = condition.field
        if name == "words":
            return self._holding_words(condition)
        if name == "picture":
            return self._named(condition)
        if name == TAG:
            if not condition.values:
                raise QueryError("A tag is a name, got a range of numbers. Write tag=keep.")
            return tagged(self.gallery, condition.values)
        if name == "folder":
            condition = Condition("folder", tuple(folder.strip("/") for folder in condition.values) or ("",))
        return self.column(name).mask(condition)

    def _made(self, name: str) -> Column:
        gallery = self.gallery
        makers: dict[str, Callable[[], Column]] = {
            "folder": self._folders,
            "picture": lambda: text_column(len(gallery), gallery.image_ids),
            "type": lambda: text_column(len(gallery), [_type_of(name) for name in gallery.image_ids]),
            "orientation": self._orientations,
            "width": lambda: number_column(self._sizes[:, 0]),
            "height": lambda: number_column(self._sizes[:, 1]),
            "megapixels": lambda: number_column(np.round(self._sizes.prod(axis=1) / 1e6, 2)),
        }
        if name in makers:
            return makers[name]()
        facts = self._measured()
        if name in _MEASURED and facts is not None:
            return _of_facts(name, facts, len(gallery))
        column = name.removeprefix(COLUMN)
        if name.startswith(COLUMN) and column in gallery.caption_columns:
            positions, values = gallery.paired_captions, gallery.caption_columns[column]
            said = [NONE if (value := values[position]) is None else str(value) for position in positions.tolist()]
            return text_column(len(gallery), said, rows=gallery.rows_of(positions), none=NONE)
        offered = ["folder", "picture", *self.names]
        told = ", ".join(dict.fromkeys(offered))
        raise QueryError(
            f"A condition looks at one of {told:.400} in this dataset, got {name!r:.80}. Name one of these."
        )

    @cached_property
    def _sizes(self) -> np.ndarray:
        """Width and height: ndarray of shape (N, 2), float64; NaN where unknown."""
        sizes = np.array(self.gallery.image_sizes, dtype=np.float64)
        sizes[(sizes <= 0).any(axis=1)] = np.nan
        return sizes

    def _orientations(self) -> Column:
        with np.errstate(invalid="ignore"):
            wide = np.log(self._sizes[:, 0] / self._sizes[:, 1])
        codes = np.select([np.abs(wide) < 0.05, wide > 0, wide < 0], [2, 0, 1], -1).astype(np.int32)
        return Column(len(wide), None, codes, ORIENTATIONS, np.full(len(ORIENTATIONS), np.nan))

    def _folders(self) -> Column:
        """Each picture's folder and all those around it, as a condition on one of them holds for it."""
        places: dict[str, int] = {}
        around: dict[str, list[int]] = {}
        rows, codes = [], []
        for row, name in enumerate(self.gallery.image_ids):
            folder = name.rpartition("/")[0]
            if folder not in around:
                parts = folder.split("/") if folder else []
                above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
                around[folder] = [places.setdefault(one, len(places)) for one in above]
            rows += [row] * len(around[folder])
            codes += around[folder]
        texts = list(places)
        pairs = np.array(rows, dtype=np.int64), np.array(codes, dtype=np.int32)
        return Column(len(self.gallery), *pairs, texts, np.full(len(texts), np.nan))

    def _tags(self) -> Column:
        rows = self.gallery.rows_by_id
        pairs = [
            (rows[name], tag)
            for tag, names in read_tags(self.gallery.data_dir).pictures.items()
            for name in names
            if name in rows
        ]
        return text_column(
            len(self.gallery), [tag for _, tag in pairs], rows=np.array([row for row, _ in pairs], dtype=np.int64)
        )

    def _named(self, condition: Condition) -> MaskArray:
        kept = np.zeros(len(self.gallery), dtype=np.bool_)
        if not condition.values:
            return self.column("picture").mask(condition)
        rows = self.gallery.rows_by_id
        kept[[rows[name] for name in condition.values if name in rows]] = True
        return kept

    def _holding_words(self, condition: Condition) -> MaskArray:
        """Pictures of which a caption holds what one of the values says, as the Captions page reads it."""
        if not condition.values:
            raise QueryError("Words are looked for in captions, got a range of numbers. Write words=dog|cat.")
        kept = np.zeros(len(self.gallery), dtype=np.bool_)
        positions = self.gallery.paired_captions
        for value in condition.values:
            if terms := parse_words(value):
                holding = self._words.find(terms)[0]
                kept[self.gallery.rows_of(positions[holding[positions]])] = True
        return kept

    @cached_property
    def _words(self) -> WordIndex:
        return WordIndex(self.gallery.captions)

    def _measured(self) -> dict[str, np.ndarray] | None:
        """What was measured of the pictures, read again when that changes; None where nothing was."""
        try:
            changed = facts_path(self.gallery).stat().st_mtime_ns
        except OSError:
            return None
        if self._facts is None or self._facts[0] != changed:
            found = read_some_facts(self.gallery, ("numbers", "colours", "taken", "cameras"))
            if found is None:
                return None
            for name in _MEASURED:
                self._columns.pop(name, None)
            self._facts = changed, found
        return self._facts[1]

    def _check_measured(self, name: str) -> None:
        if self._measured() is None:
            raise QueryError(
                f"To filter by {name} pictures must be measured, and those of {self.gallery.name} are not. Measure them: {HOW}"
            )


def _of_facts(name: str, facts: dict[str, np.ndarray], count: int) -> Column:
    if name == "colour":
        return choice_column(main_colours(facts["colours"]), COLOURS)
    if name == "camera":
        return text_column(count, [camera or NONE for camera in facts["cameras"].tolist()], none=NONE)
    if name == DAY:
        taken = facts["taken"].astype(np.float64)
        return number_column(np.where(taken > 0, taken, np.nan))
    numbers = facts["numbers"].astype(np.float64)
    if name == "light":  # between the ends the audit judges dark and light pictures by
        return number_column(np.round((numbers[:, _DARK_END] + numbers[:, _LIGHT_END]) / 2, 3))
    return number_column(np.round(np.clip(numbers[:, _SHARPNESS], 0.0, 1.0), 3))


def _type_of(name: str) -> str:
    """``photo.JPEG`` → ``jpg``: one name for a kind, however its files end."""
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    return SUFFIX_NAMES.get(suffix, suffix)
