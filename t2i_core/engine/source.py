"""Source: where a search finds pictures. A folder of files is one; a collection on a server is another."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from t2i_core.dataset import Balance, open_ann, open_codes, read_balance, told_close
from t2i_core.engine.balance import Bias
from t2i_core.errors import DatasetError, QueryError
from t2i_core.index.opening import open_index
from t2i_core.index.scoring import exact_scores
from t2i_core.memory import let_go
from t2i_core.types import FloatArray, Gallery, Index, MaskArray

if TYPE_CHECKING:
    from t2i_core.index.ann import AnnIndex


@dataclass(frozen=True)
class FoundPicture:
    """One picture that was found; ``row`` is its row in the gallery, None for a picture outside a gallery that is a sample."""

    row: int | None
    image_id: str
    score: float
    width: int
    height: int
    caption: str | None


@dataclass(frozen=True)
class Found:
    """The best pictures for one query, best first, and what to say about how they were found."""

    pictures: tuple[FoundPicture, ...]
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """What an engine asks. ``texts`` are the captions' embeddings (M, D), or None where no model vouches for them.

    Attributes
    ----------
    gallery : Gallery
        Its pictures, or a stated sample of them.
    approximate : AnnIndex or None
        The approximate index, where there is one to choose.
    """

    @property
    def gallery(self) -> Gallery: ...
    @property
    def approximate(self) -> AnnIndex | None: ...
    @property
    def images(self) -> int:
        """Pictures a search looks at."""
        ...

    @property
    def listed(self) -> Gallery:
        """All these pictures by name, size and captions, for filters; read when first asked for where they are not at hand."""
        ...

    def at_hand(self, where: MaskArray) -> MaskArray:
        """The part of a mask of all these pictures that is about the gallery's rows: ndarray of shape (N,), bool."""
        ...

    def find(
        self, embedding: FloatArray, top_k: int, *, where: MaskArray | None, left_out: Sequence[str], approximate: bool,
        texts: FloatArray | None, bias: Bias | FloatArray | None = None, ranked_by: FloatArray | None = None,
    ) -> Found:  # fmt: skip
        """The best pictures for a unit vector (D,), but for those ``left_out`` by name, each with its closest caption.

        ``ranked_by`` (D,), where given, is the unit vector that pictures are ranked by in place of ``embedding``, and ``bias`` is
        added to the scores they are ranked by: an array (N,) says how much for the pictures at hand, a `Bias` for any. The scores
        that are returned are those of ``embedding`` alone.
        """
        ...

    def picture_embedding(self, image_id: str) -> FloatArray:
        """The stored row of a picture, (D,) float32; QueryError when there is none of that name."""
        ...

    def gallery_with(self, image_id: str) -> Gallery:
        """A gallery that holds the picture: the source's own, or one of this picture alone; QueryError when there is none."""
        ...

    def balance(self, of: str) -> Balance | None:
        """The balance of pictures, of few words or of captions, where it was measured."""
        ...

    def with_gallery(self, gallery: Gallery) -> Self:
        """The same source, described by a gallery that was checked since."""
        ...


class FolderSource:
    """A `Source` over the rows of a gallery.

    Parameters
    ----------
    gallery : Gallery
    index : Index, optional
        Over its image embeddings; opened where not given, as is the approximate one.
    """

    def __init__(self, gallery: Gallery, index: Index | None = None, *, approximate: AnnIndex | None = None) -> None:
        self.gallery = gallery
        self.index = index or open_index(gallery.image_embeddings, find_codes=lambda: open_codes(gallery))
        self.approximate = approximate if approximate is not None else open_ann(gallery)

    @property
    def images(self) -> int:
        return len(self.gallery)

    @property
    def listed(self) -> Gallery:
        return self.gallery

    def at_hand(self, where: MaskArray) -> MaskArray:
        return where

    def find(
        self, embedding: FloatArray, top_k: int, *, where: MaskArray | None, left_out: Sequence[str], approximate: bool,
        texts: FloatArray | None, bias: Bias | FloatArray | None = None, ranked_by: FloatArray | None = None,
    ) -> Found:  # fmt: skip
        index: Index = self.index
        if approximate:
            if bias is not None:
                raise QueryError(
                    "Balanced ranking looks at every picture, got an approximate search. Take one of the two back."
                )
            if self.approximate is None:
                raise QueryError(
                    f"An approximate search needs an index made for it, and {self.gallery.name} has none. "
                    "Make it: python -m t2i_core index --ann"
                )
            index = self.approximate
        if left_out:
            where = np.ones(len(self.gallery), dtype=np.bool_) if where is None else where.copy()
            where[[self.row_of(image_id) for image_id in left_out]] = False
        added = bias.values if isinstance(bias, Bias) else bias
        scores, rows = index.search((embedding if ranked_by is None else ranked_by)[None], top_k, where, added)
        if bias is not None or ranked_by is not None:
            scores = exact_scores(self.gallery.image_embeddings[rows[0]], embedding).astype(np.float32)[None]
        let_go(self.gallery.image_embeddings)
        return Found(
            tuple(
                self._found(int(row), float(score), embedding, texts)
                for row, score in zip(rows[0], scores[0], strict=True)
            )
        )

    def picture_embedding(self, image_id: str) -> FloatArray:
        row_embedding: FloatArray = self.gallery.image_embeddings[self.row_of(image_id)]
        return row_embedding

    def gallery_with(self, image_id: str) -> Gallery:
        self.row_of(image_id)
        return self.gallery

    def balance(self, of: str) -> Balance | None:
        if not self.gallery.searched_by:
            with contextlib.suppress(DatasetError):
                return read_balance(self.gallery, of)
        return None

    def with_gallery(self, gallery: Gallery) -> FolderSource:
        return FolderSource(gallery, self.index, approximate=self.approximate)

    def row_of(self, image_id: str) -> int:
        """Row of a picture by its name; QueryError when the gallery has no such picture."""
        row = self.gallery.rows_by_id.get(image_id)
        if row is None:
            raise QueryError(
                f"No picture of this gallery is named {image_id!r:.200}. Names are relative to the image folder."
                f"{told_close(image_id, self.gallery.image_ids)}"
            )
        return row

    def _found(self, row: int, score: float, embedding: FloatArray, texts: FloatArray | None) -> FoundPicture:
        width, height = (int(side) for side in self.gallery.image_sizes[row])
        caption = closest_caption(self.gallery, row, embedding, texts)
        return FoundPicture(row, self.gallery.image_ids[row], score, width, height, caption)


def closest_caption(gallery: Gallery, row: int, embedding: FloatArray, texts: FloatArray | None) -> str | None:
    """The picture's caption closest to a query (D,); its first one where captions have no embeddings."""
    positions = gallery.captions_of(row)
    if not positions:
        return None
    if texts is None:
        return gallery.captions[positions[0]]
    return gallery.captions[positions[int(np.argmax(texts[positions] @ embedding))]]
