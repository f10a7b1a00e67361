"""The nouns every module shares: pictures, galleries, hits, and the two protocols.

Arrays in these types are read-only; rows are int positions into the gallery.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from t2i_core.arrays import CaptionsByRow
from t2i_core.arrays import FloatArray as FloatArray
from t2i_core.arrays import MaskArray as MaskArray
from t2i_core.arrays import RowArray as RowArray
from t2i_core.query import Query, SearchRequest
from t2i_core.scores import Cut, ScoreHistogram, Verdict

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class Manifest:
    """What a dataset folder was built with; written last, so its presence means a finished build."""

    format_version: int
    model_id: str
    weights_sha256: str
    dimension: int
    images: int
    captions: int
    preprocessing: str
    dataset_sha256: str
    created: str
    tool_version: str

    @property
    def key(self) -> str:
        """A short hash-like key that changes whenever the embeddings do; caches are keyed by it."""
        return f"{self.dataset_sha256[:16]}-{self.weights_sha256[:8]}"


@dataclass(frozen=True)
class Problem:
    """Something a person should know about a dataset.

    ``severity`` is ``"fatal"`` (cannot be used), ``"warning"`` (used, but results suffer) or
    ``"note"``. ``message`` is one sentence an analyst understands; ``fix`` says what to do.
    """

    severity: str
    code: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.severity}: {self.message}" + (f" {self.fix}" if self.fix else "")


class Whole(Protocol):
    """What a gallery is a stated sample of, when searches look at more than it holds: a collection on a server."""

    @property
    def images(self) -> int:
        """Pictures in all."""
        ...

    @property
    def captions(self) -> int:
        """Captions in all."""
        ...

    @property
    def searched_by(self) -> str:
        """Who searches it where, and how, for a person to read."""
        ...


@dataclass(frozen=True, eq=False)
class Gallery:
    """N pictures with their embeddings and M captions, checked and ready to search.

    Attributes
    ----------
    image_ids : sequence of str, length N
        File names relative to ``images_dir``; unique. A tuple, or `t2i_core.dataset.packed_texts.PackedTexts` of very many.
    image_embeddings : ndarray of shape (N, D), float32, read-only
        L2-normalised rows; row i belongs to ``image_ids[i]``.
    captions : sequence of str, length M
        As ``image_ids``.
    caption_rows : ndarray of shape (M,), int64, read-only
        Row of the picture each caption describes, with a mark where that picture is not in the gallery. Only for
        files that write or read it whole: ask `paired_captions`, `picture_of`, `rows_of` and `captions_of`.
    text_embeddings : ndarray of shape (M, D), float32, read-only, or None
        L2-normalised rows, one per caption; None when there are none in the model's space.
    image_sizes : ndarray of shape (N, 2), int64, read-only
        Width and height in pixels; zeros when unknown.
    caption_columns : mapping of str to sequence of length M
        The other columns of the captions file, untouched.
    missing_pictures : mapping of int to str
        By position, the file name that a caption gives to a picture the gallery does not hold.
    address : str
        Where it was opened when that is no folder; ``data_dir`` then holds only what this machine made of it.
    key : str
        Changes whenever the content does; the cache key.
    whole : Whole, optional
        What this is a sample of, all of it where it is small; None where a gallery is all there is. Only `opening` and
        `remote` need it: ask `images`, `all_captions`, `sampled` and `searched_by`.
    """

    name: str
    data_dir: Path
    images_dir: Path
    image_ids: Sequence[str]
    image_embeddings: FloatArray
    captions: Sequence[str]
    caption_rows: RowArray
    text_embeddings: FloatArray | None
    image_sizes: RowArray
    key: str
    manifest: Manifest | None = None
    problems: tuple[Problem, ...] = ()
    caption_columns: Mapping[str, Sequence[object]] = field(default_factory=dict)
    missing_pictures: Mapping[int, str] = field(default_factory=dict)
    address: str = ""
    whole: Whole | None = None

    def __len__(self) -> int:
        return len(self.image_ids)

    @property
    def images(self) -> int:
        """Pictures a search looks at; more than the gallery holds where it is a sample."""
        return len(self) if self.whole is None else self.whole.images

    @property
    def all_captions(self) -> int:
        """Captions of all those pictures."""
        return len(self.captions) if self.whole is None else self.whole.captions

    @property
    def sampled(self) -> bool:
        """Whether searches look at more pictures than the gallery holds."""
        return len(self) < self.images

    @property
    def searched_by(self) -> str:
        """Who searches instead of this program, as ``Milvus at localhost:19530 (exact)``; empty where nobody does."""
        return "" if self.whole is None else self.whole.searched_by

    @property
    def dimension(self) -> int:
        """Length D of every embedding."""
        return int(self.image_embeddings.shape[1])

    @cached_property
    def rows_by_id(self) -> Mapping[str, int]:
        """Row of each picture by its name."""
        return MappingProxyType({image_id: row for row, image_id in enumerate(self.image_ids)})

    @property
    def place_key(self) -> str:
        """As ``key``, and changes with where dataset and pictures lie: for what remembers files or their addresses."""
        places = (self.address, *(str(folder.resolve()) for folder in (self.data_dir, self.images_dir)))
        return _digest([self.key, *places])

    @property
    def paired_captions(self) -> RowArray:
        """Positions of the captions whose picture is in the gallery: ndarray of shape (≤ M,), int64, ascending, read-only."""
        return self._by_row.positions

    @property
    def caption_counts(self) -> RowArray:
        """How many captions each picture has: ndarray of shape (N,), int64."""
        return self._by_row.counts

    def picture_of(self, position: int) -> int | None:
        """Row of the picture a caption describes; None when that picture is not in the gallery."""
        return self._by_row.row_of(position)

    def rows_of(self, positions: RowArray) -> RowArray:
        """Rows of the pictures of captions out of `paired_captions`: ndarray of the same shape, int64.

        Raises
        ------
        ValueError
            When the picture of one of them is not in the gallery.
        """
        return self._by_row.rows_of(positions)

    def captions_of(self, row: int) -> list[int]:
        """Positions of the captions of one picture, in file order."""
        return self._by_row[row]

    def picture_name(self, position: int) -> str:
        """File name of the picture a caption describes, as the captions file has it where the gallery lacks that picture."""
        row = self.picture_of(position)
        return self.missing_pictures.get(position, "") if row is None else self.image_ids[row]

    @cached_property
    def _by_row(self) -> CaptionsByRow:
        return CaptionsByRow(self.caption_rows, len(self))


def _digest(content: list[object]) -> str:
    # JSON keeps apart what joining would not: ["a", "b"] and ["a b"]; escapes keep lone surrogates writable.
    return hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()[:32]


@dataclass(frozen=True)
class Hit:
    """One picture in a ranking. ``rank`` counts from 1; ``score`` is the cosine with the query, bigger is better.

    Of a query of several terms that is the cosine with their sum. ``shares`` then says what each term gave to it, in the
    query's order, so that they add up to the score, and ``cosines``, where terms have weights, what each scores alone.
    ``row`` is None for a picture outside a gallery that is a sample: the hit has what a card shows, and neither of these.
    ``stack`` names the pictures that are stacked behind it, where stacks were asked for.
    """

    rank: int
    row: int | None
    image_id: str
    score: float
    caption: str | None = None
    width: int = 0
    height: int = 0
    shares: tuple[float, ...] = ()
    cosines: tuple[float, ...] = ()
    stack: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timings:
    """Milliseconds spent per stage; 0 for a stage that was not needed."""

    encode_ms: float = 0.0
    search_ms: float = 0.0


@dataclass(frozen=True)
class SearchResult:
    """The best pictures for one request.

    ``median_score`` is the dataset's median score for this query: the low end of the score bar. ``good_score`` is its
    high end, what a good hit scores (`SearchEngine.good_score`), where somebody asked for it.
    ``left_out`` are the pictures of the query itself, which are never among the hits, nor are disliked ones and those
    ``passed_over`` in this search alone, by name. ``notes`` are sentences for the person who asked, for instance that the text
    was cut. ``query_embedding`` is the unit vector that scores are cosines with, (D,) float32; without likes and dislikes
    the pictures are ranked by it. ``verdict`` says whether anything fits, where that was measured for the
    dataset and words are asked for; ``histogram`` how all scores lie, and ``cut`` where the request's cutoff fell in them.
    ``typical_shares`` is what each of several terms gives a picture on average: a hit's ``shares`` less these are what the terms
    did for it. ``fitting`` is how many pictures could be found under the request's conditions; None where it has none.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    timings: Timings
    images: int
    median_score: float
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    good_score: float | None = None
    verdict: Verdict | None = None
    histogram: ScoreHistogram | None = None
    cut: Cut | None = None
    query_embedding: FloatArray | None = field(default=None, compare=False, repr=False)
    passed_over: tuple[str, ...] = ()
    typical_shares: tuple[float, ...] = ()
    fitting: int | None = None

    @property
    def stacked(self) -> int:
        """How many pictures are stacked behind the hits."""
        return sum(len(hit.stack) for hit in self.hits)

    @property
    def away(self) -> int:
        """How many pictures could not be among the hits, whatever they score."""
        return len({*self.left_out, *self.request.disliked, *self.passed_over})

    @property
    def query(self) -> Query:
        """What was asked."""
        return self.request.query

    def head(self, top_k: int) -> SearchResult:
        """The same result with only its first ``top_k`` hits, as if asked for so many: nothing is encoded or scored again."""
        request = replace(self.request, top_k=min(top_k, self.request.top_k))
        # In another order too, the best of them by score.
        hits = tuple(hit for hit in self.hits if hit.rank <= top_k)
        cut = self.cut and replace(self.cut, left_out=min(self.cut.left_out, max(0, top_k - len(hits))))
        return replace(self, request=request, hits=hits, cut=cut)


class Encoder(Protocol):
    """Turns text and pictures into unit vectors of one space.

    ``model_id`` is what a person asked for (``mini``, ``ViT-B/32``, a file name); ``weights_sha256``
    identifies the weights; ``preprocessing`` describes what happens to a picture first.
    """

    @property
    def model_id(self) -> str: ...
    @property
    def weights_sha256(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def preprocessing(self) -> str: ...
    @property
    def device(self) -> str: ...

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts into an ndarray of shape (B, D), float32, unit rows; longer text is cut."""
        ...

    def encode_image(self, images: Sequence[Image.Image]) -> FloatArray:
        """Embed pictures into an ndarray of shape (B, D), float32, unit rows."""
        ...

    def cut_text(self, text: str) -> str | None:
        """The part of ``text`` the model reads when it is too long, or None when all of it is read."""
        ...


@runtime_checkable
class ExplainingEncoder(Encoder, Protocol):
    """An encoder that also tells where in a picture it sees what is asked; `t2i_core.encoder`'s do."""

    @property
    def heat_scale(self) -> tuple[float, float] | None:
        """What `explain` says of a place without it, and of one that shows it clearly; None where only proportions count."""
        ...

    def explain(
        self, image: Image.Image, query_embedding: FloatArray, *, background: FloatArray | None = None
    ) -> FloatArray:
        """Heat over the part of a picture that is seen: (h, w) float32 for a query (D,), (T, h, w) for several (T, D)."""
        ...

    def seen_part(self, width: int, height: int) -> tuple[float, float, float, float]:
        """That part: left, top, right and bottom in parts of the picture's width and height."""
        ...


class Index(Protocol):
    """Finds the rows closest to queries."""

    def __len__(self) -> int: ...

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Best rows per query.

        Parameters
        ----------
        query_embeddings : ndarray of shape (Q, D), float32, unit rows
        top_k : int
        where : ndarray of shape (N,), bool, optional
            Rows that may be returned; applied before the top k are taken.
        bias : ndarray of shape (N,), float32, optional
            Added to the score of each row, and part of the scores returned.

        Returns
        -------
        scores : ndarray of shape (Q, k), float32, descending
        rows : ndarray of shape (Q, k), int64; ties in score go to the smaller row
        """
        ...


@dataclass(frozen=True)
class CaptionHit:
    """One caption in a ranking of captions; ``own`` when it describes the picture that was asked about."""

    rank: int
    position: int
    caption: str
    score: float
    own: bool
