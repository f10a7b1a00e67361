"""CaptionSheet: the captions of a gallery as rows that are searched, filtered, put in order and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from t2i_core.captions.columns import CHOICE, TEXT, Column, Filter, any_column, number_column, text_column
from t2i_core.captions.word_index import Reading, WordIndex
from t2i_core.captions.word_query import parse_words
from t2i_core.errors import QueryError
from t2i_core.types import FloatArray, Gallery, MaskArray, RowArray

ORDER, CAPTION, FILE, FOLDER, LENGTH, SIMILARITY, RANK = (
    "order", "caption", "file", "folder", "length", "similarity", "rank",
)  # fmt: skip
FILE_COLUMN = "col."  # begins the keys of the captions file's other columns, so that none hides one of ours
HISTOGRAM_BINS = 56
KEPT_MASKS = 16
FIT_HELP = "How close the model finds caption and picture, a cosine. Low ones may be labelling errors."


@dataclass(frozen=True)
class SheetView:
    """Which captions are asked for, and in which order.

    ``sort`` is the key of a column; empty means the worst fit first, or the file's order where the fit
    is unknown. ``filters`` are by column key.
    """

    words: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True, eq=False)
class Selection:
    """The captions a view shows.

    Attributes
    ----------
    rows : ndarray of shape (K,), int64
        Their positions in the gallery, in order.
    mask : ndarray of shape (M,), bool
    but_similarity : ndarray of shape (M,), bool
        Those that pass everything but the filter on similarity: what its histogram is over.
    readings : tuple of Reading
        How the typed words were read.
    sort : str
        Key of the column they are sorted by.
    """

    rows: RowArray
    mask: MaskArray
    but_similarity: MaskArray
    readings: tuple[Reading, ...]
    sort: str

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many captions have which similarity: all of them, and those shown; two ndarrays of shape (B,), int64."""

    low: float
    high: float
    everything: RowArray
    shown: RowArray


@dataclass(frozen=True, eq=False)
class CaptionSheet:
    """One row per caption, in the captions file's order.

    Attributes
    ----------
    gallery : Gallery
    columns : mapping of str to Column
        In the order they are offered; `order` (the file's own) comes last and is sorted by only.
    """

    gallery: Gallery
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.gallery.captions)

    @property
    def knows_fit(self) -> bool:
        """Whether any caption's similarity to its picture is known."""
        return self.columns[SIMILARITY].extent is not None

    @property
    def first_sort(self) -> str:
        """The column that captions are sorted by until another is chosen."""
        return SIMILARITY if self.knows_fit else ORDER

    def with_ranks(self, ranks: RowArray) -> CaptionSheet:
        """The same sheet with ranks (ndarray of shape (M,), int64; 0 where unknown); columns are shared."""
        numbers = np.where(ranks > 0, ranks, np.nan)
        column = replace(self.columns[RANK], numbers=np.asarray(numbers, dtype=np.float64))
        return replace(self, columns={**self.columns, RANK: column})

    def select(self, view: SheetView, index: WordIndex | None = None) -> Selection:
        """The captions that pass every filter and hold every word, in order.

        Parameters
        ----------
        view : SheetView
        index : WordIndex, optional
            Of this gallery's captions; needed when the view asks for words.

        Raises
        ------
        QueryError
            When a column is not there, a filter does not fit it, or words are asked for without an index.
        """
        others = np.ones(len(self), dtype=np.bool_)
        readings: tuple[Reading, ...] = ()
        terms = parse_words(view.words)
        if terms:
            if index is None:
                raise QueryError("Words can be looked for when their index is there, got none. Wait a moment.")
            others, readings = index.find(terms)
        mask = others
        for key, wanted in view.filters.items():
            if not wanted:
                continue
            passed = self._passed(key, wanted)
            if key == SIMILARITY:
                mask = mask & passed
            else:
                others, mask = others & passed, mask & passed
        sort = view.sort or self.first_sort
        column = self.column(sort)
        order = column.descending if view.descending else column.ascending
        return Selection(order[mask[order]], mask, others, readings, sort)

    def column(self, key: str) -> Column:
        """A column by its key; QueryError when there is none."""
        found = self.columns.get(key)
        if found is None:
            raise QueryError(f"No column of these captions is {key!r}. There are: {', '.join(self.columns)}.")
        return found

    def histogram(self, selection: Selection) -> Histogram | None:
        """Similarities of all captions and of a selection, in bins of equal width; None where none is known."""
        extent = self.columns[SIMILARITY].extent
        if extent is None:
            return None
        shown = self._bins[selection.but_similarity]
        return Histogram(*extent, self._all_bins, np.bincount(shown, minlength=HISTOGRAM_BINS + 1)[:HISTOGRAM_BINS])

    def _passed(self, key: str, wanted: Filter) -> MaskArray:
        """A filter's captions, kept for the next letter typed: ndarray of shape (M,), bool."""
        known = self._masks.pop((key, wanted), None)
        passed = self.column(key).mask(wanted) if known is None else known
        self._masks[key, wanted] = passed  # last in, last out
        while len(self._masks) > KEPT_MASKS:
            self._masks.pop(next(iter(self._masks)), None)
        return passed

    @cached_property
    def _masks(self) -> dict[tuple[str, Filter], MaskArray]:
        return {}

    @cached_property
    def _bins(self) -> npt.NDArray[np.int64]:
        """Bin of each caption's similarity, the last one for those without: ndarray of shape (M,), int64."""
        similarities = self.columns[SIMILARITY].numbers
        low, high = self.columns[SIMILARITY].extent or (0.0, 1.0)
        part = (similarities - low) / ((high - low) or 1.0)
        known = np.isfinite(part)
        bins = np.full(len(part), HISTOGRAM_BINS, dtype=np.int64)
        bins[known] = np.minimum(HISTOGRAM_BINS - 1, (part[known] * HISTOGRAM_BINS).astype(np.int64))
        return bins

    @cached_property
    def _all_bins(self) -> RowArray:
        return np.bincount(self._bins, minlength=HISTOGRAM_BINS + 1)[:HISTOGRAM_BINS]


def caption_sheet(gallery: Gallery, similarities: FloatArray) -> CaptionSheet:
    """The sheet of a gallery, with no ranks yet.

    Parameters
    ----------
    gallery : Gallery
    similarities : ndarray of shape (M,), float32
        Of each caption with its own picture; NaN where unknown.
    """
    count = len(gallery.captions)
    files = [gallery.picture_name(position) for position in range(count)]
    # A similarity is float32: as float64 it would carry digits that no filter typed from the screen meets.
    fit = np.round(np.asarray(similarities, dtype=np.float64), 6)
    words = np.array([len(text.split()) for text in gallery.captions])
    unknown = np.full(count, np.nan)
    columns = [
        number_column(SIMILARITY, "Similarity", FIT_HELP, fit),
        number_column(RANK, "Rank", "Place of its own picture when this caption is searched. 1 is found first.", unknown),
        number_column(LENGTH, "Words", "Number of words of the caption.", words),
        replace(text_column(CAPTION, "Caption", "The sentence itself.", gallery.captions), kind=TEXT),
        replace(text_column(FILE, "Picture", "Name of the picture's file.", files), kind=TEXT),
    ]  # fmt: skip
    folders = text_column(FOLDER, "Folder", "Folder the picture lies in.", [name.rpartition("/")[0] for name in files])
    if folders.kind == CHOICE:
        columns.append(folders)
    for name, values in gallery.caption_columns.items():
        columns.append(any_column(FILE_COLUMN + name, name, "A column of the captions file.", values))
    columns.append(number_column(ORDER, "File order", "As the captions file has them.", np.arange(count)))
    return CaptionSheet(gallery, {column.key: column for column in columns})
