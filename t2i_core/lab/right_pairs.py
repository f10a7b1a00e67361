"""RightPairs: every caption with every picture that is right for it, and where each stands in the other's ranking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from t2i_core import dataset
from t2i_core.dataset import Mark
from t2i_core.errors import DatasetError
from t2i_core.lab.ranking import Ranking
from t2i_core.ranks.counting import SAME_SCORE, OnProgress, pair_ranks
from t2i_core.types import FloatArray, Gallery, RowArray

# Below this many scores ranks are there at once, and a file would only lie around.
STORED_FROM_SCORES = 10_000_000
_TOGETHER = 256


@dataclass(frozen=True, eq=False)
class RightPairs:
    """Captions that have their picture in the gallery, with their pictures; first the dataset's own pairs, then those marked.

    Attributes
    ----------
    captions : ndarray of shape (C,), int64
        Positions of the captions that are asked, ascending.
    rows : ndarray of shape (C,), int64
        The own picture of each.
    of, others : ndarrays of shape (P,), int64
        Of each pair: which of ``captions`` it is, as a place there, and the row of the picture.
    picture_ranks, caption_ranks : ndarrays of shape (P,), int64
        From 1: of the picture among all pictures for the caption, of the caption among ``captions`` for the picture.
    images : int
        Pictures of the gallery.
    """

    captions: RowArray
    rows: RowArray
    of: RowArray
    others: RowArray
    picture_ranks: RowArray
    caption_ranks: RowArray
    images: int

    @property
    def marked(self) -> int:
        """How many pairs people marked beside the dataset's own."""
        return len(self.of) - len(self.captions)

    @property
    def text_to_image(self) -> Ranking:
        """Every caption asks for its pictures."""
        return Ranking.of(self.of, self.picture_ranks, self.rows, self.images)

    @property
    def image_to_text(self) -> Ranking:
        """Every picture that something is right for asks for its captions."""
        rows, queries = np.unique(self.others, return_inverse=True)
        return Ranking.of(queries.astype(np.int64), self.caption_ranks, rows.astype(np.int64), len(self.captions))


def check_measurable(gallery: Gallery) -> FloatArray:
    """The embeddings of a gallery's captions, (M, D), where something can be measured with them.

    Raises
    ------
    DatasetError
        When there are no captions of its pictures, or they have no embeddings.
    """
    if not gallery.paired_captions.size:
        raise DatasetError(
            f"Measuring needs captions of the pictures, got none in {gallery.data_dir}. "
            f"Add a captions file: python -m t2i_core build --captions FILE --data {gallery.data_dir}"
        )
    if gallery.text_embeddings is None:
        raise DatasetError(
            f"Measuring needs caption embeddings made by the pictures' model, got none in {gallery.data_dir}. "
            f"Rebuild: python -m t2i_core build --data {gallery.data_dir}"
        )
    return gallery.text_embeddings


def right_pairs(
    gallery: Gallery,
    marks: Iterable[Mark] = (),
    *,
    texts: FloatArray | None = None,
    on_progress: OnProgress | None = None,
) -> RightPairs:
    """The pairs of a gallery; ranks are read from beside the dataset where they were counted before.

    Parameters
    ----------
    gallery : Gallery
    marks : iterable of pairs of str
        Captions and names of pictures that are also right for them; those that this gallery does not hold count for nothing.
    texts : ndarray of shape (M, D), float32, optional
        Used in place of the gallery's own embeddings of its captions; their ranks are not kept.
    on_progress : callable, optional
        Called with the share that is done; an exception it raises ends the work.

    Raises
    ------
    DatasetError
        When there is nothing to measure.
    """
    if texts is None:
        texts = check_measurable(gallery)
        picture_ranks, caption_ranks = _kept_ranks(gallery, texts, on_progress)
    else:
        picture_ranks, caption_ranks = _count(gallery, texts, on_progress)
    captions = gallery.paired_captions
    rows = gallery.rows_of(captions)
    own = RightPairs(
        captions, rows, np.arange(len(captions)), rows, picture_ranks, caption_ranks, len(gallery)
    )  # fmt: skip
    return with_marks(own, gallery, texts, marks)


def with_marks(pairs: RightPairs, gallery: Gallery, texts: FloatArray, marks: Iterable[Mark]) -> RightPairs:
    """The dataset's own pairs of ``pairs``, and those of the marks."""
    count = len(pairs.captions)
    pairs = replace(
        pairs, of=pairs.of[:count], others=pairs.others[:count],
        picture_ranks=pairs.picture_ranks[:count], caption_ranks=pairs.caption_ranks[:count],
    )  # fmt: skip
    of, others = _marked(pairs, gallery, marks)
    if not len(of):
        return pairs
    asked = texts[pairs.captions]
    scores = np.einsum("pd,pd->p", asked[of], gallery.image_embeddings[others])
    picture_ranks = _ranks_among(gallery.image_embeddings, asked[of], scores, others)
    caption_ranks = _ranks_among(asked, gallery.image_embeddings[others], scores, of)
    return replace(
        pairs,
        of=np.concatenate([pairs.of, of]),
        others=np.concatenate([pairs.others, others]),
        picture_ranks=np.concatenate([pairs.picture_ranks, picture_ranks]),
        caption_ranks=np.concatenate([pairs.caption_ranks, caption_ranks]),
    )


def _kept_ranks(gallery: Gallery, texts: FloatArray, on_progress: OnProgress | None) -> tuple[RowArray, RowArray]:
    if len(gallery.paired_captions) * len(gallery) < STORED_FROM_SCORES:
        return _count(gallery, texts, on_progress)
    try:
        return dataset.read_pair_ranks(gallery)
    except DatasetError:
        ranks = _count(gallery, texts, on_progress)
    dataset.write_pair_ranks(gallery, *ranks)
    return ranks


def _count(gallery: Gallery, texts: FloatArray, on_progress: OnProgress | None) -> tuple[RowArray, RowArray]:
    captions = gallery.paired_captions
    asked = texts if len(captions) == len(texts) else texts[captions]
    return pair_ranks(gallery.image_embeddings, asked, gallery.rows_of(captions), on_progress=on_progress)


def _marked(pairs: RightPairs, gallery: Gallery, marks: Iterable[Mark]) -> tuple[RowArray, RowArray]:
    """The marked pairs that this gallery holds and does not call right anyway: places of captions, and rows."""
    wanted: dict[str, list[int]] = {}
    for query, image_id in marks:
        row = gallery.rows_by_id.get(image_id)
        if row is not None:
            wanted.setdefault(query, []).append(row)
    found: list[tuple[int, int]] = []
    for place, position in enumerate(pairs.captions.tolist() if wanted else ()):
        rows = wanted.get(gallery.captions[position].strip(), ())
        found += [(place, row) for row in dict.fromkeys(rows) if row != pairs.rows[place]]
    of, others = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return of, others


def _ranks_among(candidates: FloatArray, asked: FloatArray, own: FloatArray, places: RowArray) -> RowArray:
    """Rank of one candidate for each who asks; level ones go by their place."""
    ranks = np.empty(len(asked), dtype=np.int64)
    numbers = np.arange(len(candidates))
    for start in range(0, len(asked), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        scores = asked[part] @ candidates.T  # (part, candidates)
        earlier = numbers < places[part, None]
        ahead = np.where(earlier, scores >= own[part, None] - SAME_SCORE, scores > own[part, None] + SAME_SCORE)
        ahead[np.arange(len(scores)), places[part]] = False
        ranks[part] = ahead.sum(axis=1) + 1
    return ranks
