"""How well captions find their pictures and pictures their captions: recall@k and median rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.errors import DatasetError
from t2i_core.ranks.counting import SAME_SCORE, OnProgress, pair_ranks
from t2i_core.types import FloatArray, Gallery, RowArray

KS = (1, 5, 10)
BLOCK_SCORES = 2**24  # scores held at a time: 64 MiB, whatever the size of the gallery


@dataclass(frozen=True)
class RetrievalScores:
    """One direction: ``recall`` holds k → fraction of queries in 0..1; ranks count from 1."""

    recall: dict[int, float]
    median_rank: float
    queries: int

    def as_dict(self) -> dict[str, float]:
        """``recall@1`` … as fractions in 0..1, and ``median_rank``."""
        return {f"recall@{k}": value for k, value in self.recall.items()} | {"median_rank": self.median_rank}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Both directions, as in the CLIP paper.

    Attributes
    ----------
    text_to_image : RetrievalScores
        Every caption is a query for its picture.
    image_to_text : RetrievalScores
        Every picture with captions is a query; the rank is that of the best of its captions.
    images, captions : int
        How many were ranked: all pictures, and the captions of pictures of the gallery.
    text_ranks : ndarray of shape (captions,), int64
        Rank of each caption's picture, in file order of the captions ranked.
    image_ranks : ndarray of shape (queries,), int64
        Rank of the best own caption, by row, of the pictures that have captions.
    """

    text_to_image: RetrievalScores
    image_to_text: RetrievalScores
    images: int
    captions: int
    model: str
    text_ranks: RowArray
    image_ranks: RowArray

    def as_dict(self) -> dict[str, object]:
        """What ``evaluate --format json`` prints; recall in fractions of 1."""
        return {
            "text_to_image": self.text_to_image.as_dict(),
            "image_to_text": self.image_to_text.as_dict(),
            "images": self.images,
            "captions": self.captions,
            "model": self.model,
        }


def evaluate(
    gallery: Gallery,
    *,
    text_embeddings: FloatArray | None = None,
    model: str | None = None,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Rank every picture for each caption and every caption for each picture.

    Scores closer than ``SAME_SCORE`` are ties, and ties go to the smaller row (for captions: the
    earlier one in the file), as in a search. Captions of pictures without embeddings are left out;
    pictures without captions are candidates, but no queries.

    Parameters
    ----------
    text_embeddings : ndarray of shape (M, D), float32, unit rows, optional
        Used in place of the gallery's own, for captions encoded again.
    model : str, optional
        What to call the model; the manifest's when left out.
    on_progress : callable, optional
        Called with the share of the scores that are counted.

    Raises
    ------
    DatasetError
        When there are no captions, or no caption embeddings in the pictures' space.
    """
    text = gallery.text_embeddings if text_embeddings is None else text_embeddings
    used = gallery.paired_captions
    if not used.size:
        raise DatasetError(
            f"An evaluation needs captions of the pictures, got none in {gallery.data_dir}. "
            f"Add a captions file: python -m t2i_core build --captions FILE --data {gallery.data_dir}"
        )
    if text is None:
        raise DatasetError(
            f"An evaluation needs caption embeddings made by the pictures' model, got none in {gallery.data_dir}. "
            f"Rebuild: python -m t2i_core build --data {gallery.data_dir}"
        )
    if text.shape != (len(gallery.captions), gallery.dimension):
        raise DatasetError(
            f"Caption embeddings must have shape ({len(gallery.captions)}, {gallery.dimension}), got {text.shape}. "
            "Encode the gallery's captions with its model."
        )
    rows = gallery.rows_of(used)
    chosen = text if used.size == len(text) else text[used]
    text_ranks, image_ranks = rank_pairs(gallery.image_embeddings, chosen, rows, on_progress=on_progress)
    named = model or (gallery.manifest.model_id if gallery.manifest else "unknown")
    return of_ranks(text_ranks, image_ranks, images=len(gallery), model=named)


def of_ranks(text_ranks: RowArray, image_ranks: RowArray, *, images: int, model: str) -> Evaluation:
    """An evaluation of ranks that were counted before, as `rank_pairs` gives them."""
    return Evaluation(
        text_to_image=_scores(text_ranks),
        image_to_text=_scores(image_ranks),
        images=images,
        captions=len(text_ranks),
        model=model,
        text_ranks=text_ranks,
        image_ranks=image_ranks,
    )


def recall_at_k(ranks: RowArray, k: int) -> float:
    """Fraction of queries, in 0..1, whose rank (from 1) is at most ``k``.

    Examples
    --------
    >>> recall_at_k(np.array([1, 7, 5, 2]), 5)
    0.75
    """
    return float(np.count_nonzero(ranks <= k) / len(ranks))


def rank_pairs(
    image_embeddings: FloatArray,
    text_embeddings: FloatArray,
    caption_rows: RowArray,
    *,
    on_progress: OnProgress | None = None,
) -> tuple[RowArray, RowArray]:
    """Rank of each caption's picture, and of each captioned picture's best caption, from one pass over all scores.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
    text_embeddings : ndarray of shape (M, D), float32, unit rows
    caption_rows : ndarray of shape (M,), int64
        Row of the picture each caption describes.
    on_progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    text_ranks : ndarray of shape (M,), int64
    image_ranks : ndarray of shape (number of pictures with captions,), int64, by row
    """
    picture_ranks, caption_ranks = pair_ranks(
        image_embeddings, text_embeddings, caption_rows, block_scores=BLOCK_SCORES, on_progress=on_progress
    )
    return picture_ranks, best_by_picture(caption_ranks, caption_rows)


def best_by_picture(caption_ranks: RowArray, caption_rows: RowArray) -> RowArray:
    """Rank of the best caption of each picture that has captions, by row: ndarray of shape (pictures,), int64."""
    order = np.argsort(caption_rows, kind="stable")
    starts = np.unique(caption_rows[order], return_index=True)[1]
    best: RowArray = np.minimum.reduceat(caption_ranks[order], starts)
    return best


def pictures_ahead(scores: FloatArray, own: FloatArray, rows: RowArray) -> RowArray:
    """How many pictures come before each caption's own.

    Parameters
    ----------
    scores : ndarray of shape (B, N), float32
        Of each caption with every picture.
    own : ndarray of shape (B,), float32
        Of each caption with its own picture.
    rows : ndarray of shape (B,), int64
        The own pictures' rows.

    Returns
    -------
    ndarray of shape (B,), int64
    """
    upper, lower = own + SAME_SCORE, own - SAME_SCORE
    ahead = np.count_nonzero(scores > upper[:, None], axis=1)
    at_least = np.count_nonzero(scores >= lower[:, None], axis=1)
    for caption in np.flatnonzero(at_least - ahead > 1):  # others are level, beside the picture itself
        before = scores[caption, : rows[caption]]
        ahead[caption] += np.count_nonzero((before >= lower[caption]) & (before <= upper[caption]))
    counts: RowArray = ahead.astype(np.int64)
    return counts


def _scores(ranks: RowArray) -> RetrievalScores:
    return RetrievalScores({k: recall_at_k(ranks, k) for k in KS}, float(np.median(ranks)), len(ranks))
