"""How well captions find their pictures and pictures their captions: recall@k and median rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.errors import DatasetError
from t2i_core.types import FloatArray, Gallery, RowArray

KS = (1, 5, 10)
BLOCK_SCORES = 2**24  # scores held at a time: 64 MiB, whatever the size of the gallery
SAME_SCORE = 1e-6  # float32 cannot tell such scores apart; matrix products even differ by where a row stands in them


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


def evaluate(gallery: Gallery, *, text_embeddings: FloatArray | None = None, model: str | None = None) -> Evaluation:
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
    text_ranks, image_ranks = rank_pairs(gallery.image_embeddings, chosen, rows)
    named = model or (gallery.manifest.model_id if gallery.manifest else "unknown")
    return Evaluation(
        text_to_image=_scores(text_ranks),
        image_to_text=_scores(image_ranks),
        images=len(gallery),
        captions=len(rows),
        model=named,
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
    image_embeddings: FloatArray, text_embeddings: FloatArray, caption_rows: RowArray
) -> tuple[RowArray, RowArray]:
    """Rank of each caption's picture, and of each captioned picture's best caption, from one pass over all scores.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows
    text_embeddings : ndarray of shape (M, D), float32, unit rows
    caption_rows : ndarray of shape (M,), int64
        Row of the picture each caption describes.

    Returns
    -------
    text_ranks : ndarray of shape (M,), int64
    image_ranks : ndarray of shape (number of pictures with captions,), int64, by row
    """
    images, captions = len(image_embeddings), len(text_embeddings)
    block = max(1, BLOCK_SCORES // images)
    own = np.empty(captions, dtype=np.float32)
    for start in range(0, captions, block):
        part = slice(start, start + block)
        own[part] = np.einsum("cd,cd->c", text_embeddings[part], image_embeddings[caption_rows[part]])
    best_score, best_caption = _best_captions(own, caption_rows, images)
    text_ahead = np.empty(captions, dtype=np.int64)
    image_ahead = np.zeros(images, dtype=np.int64)
    for start in range(0, captions, block):
        part = slice(start, start + block)
        scores = text_embeddings[part] @ image_embeddings.T  # (block, N)
        text_ahead[part] = pictures_ahead(scores, own[part], caption_rows[part])
        image_ahead += _captions_ahead(scores, best_score, best_caption, caption_rows[part], start)
    return text_ahead + 1, image_ahead[np.isfinite(best_score)] + 1


def _best_captions(own: FloatArray, caption_rows: RowArray, images: int) -> tuple[FloatArray, RowArray]:
    """Score and position of each picture's best caption: two ndarrays of shape (N,); infinite where it has none."""
    best_score = np.full(images, -np.inf, dtype=np.float32)
    np.maximum.at(best_score, caption_rows, own)
    best_caption = np.full(images, len(own), dtype=np.int64)
    level = np.flatnonzero(own >= best_score[caption_rows] - SAME_SCORE)
    np.minimum.at(best_caption, caption_rows[level], level)
    best_score[np.isneginf(best_score)] = np.inf  # then no caption is ever ahead, and none level
    return best_score, best_caption


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


def _captions_ahead(
    scores: FloatArray, best_score: FloatArray, best_caption: RowArray, rows: RowArray, start: int
) -> RowArray:
    """How many of these captions come before each picture's best own one: ndarray of shape (N,)."""
    upper, lower = best_score + SAME_SCORE, best_score - SAME_SCORE
    ahead = np.count_nonzero(scores > upper, axis=0)
    at_least = np.count_nonzero(scores >= lower, axis=0)
    for image in np.flatnonzero(at_least > ahead):
        # A picture's own captions never come before its best one.
        before = slice(0, max(0, int(best_caption[image]) - start))
        column = scores[before, image]
        level = (column >= lower[image]) & (column <= upper[image]) & (rows[before] != image)
        ahead[image] += np.count_nonzero(level)
    counts: RowArray = ahead.astype(np.int64)
    return counts


def _scores(ranks: RowArray) -> RetrievalScores:
    return RetrievalScores({k: recall_at_k(ranks, k) for k in KS}, float(np.median(ranks)), len(ranks))
