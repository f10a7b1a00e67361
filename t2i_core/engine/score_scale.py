"""What a good hit scores: the high end of a score bar, measured on the dataset and its model.

A cosine means nothing by itself: with one model the right picture scores 0.3, with another 0.5. A bar that ends at the
best hit makes the best hit of a nonsense query look perfect. So it ends at a fixed reference that no query moves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.captions.telling_words import vocabulary
from t2i_core.memory import let_go
from t2i_core.types import FloatArray, Gallery

MOST_CAPTIONS = 1_000
FEWEST_CAPTIONS = 20
MOST_WORDS = 128
GOOD_SHARE = 0.95  # of what is known to be there; the rest scores higher still and fills the bar
SAME_PICTURE = 1.0
_SMALLEST_REACH = 0.02  # below it the reference cannot be told from chance


def text_reach(
    gallery: Gallery, texts: FloatArray | None, sample: FloatArray, encode: Callable[[list[str]], FloatArray]
) -> float | None:
    """How far above its median score a good hit of a sentence stands: the same for every query of a dataset and model.

    Measured on the captions, else on common words, which ``encode`` is asked to embed.
    """
    reach = None if texts is None else reach_of_captions(gallery, texts, sample)
    let_go(gallery.image_embeddings)
    return reach or reach_of_words(encode, vocabulary(), sample)


def reach_of_captions(gallery: Gallery, texts: FloatArray, sample: FloatArray) -> float | None:
    """How far above its median score a caption finds its own picture: 95 of 100 captions stay below.

    Parameters
    ----------
    gallery : Gallery
    texts : ndarray of shape (M, D), float32, unit rows
        The captions' embeddings, made by the pictures' model.
    sample : ndarray of shape (S, D), float32, unit rows
        Pictures that medians are taken over.

    Returns
    -------
    float or None
        None with too few captions, or where captions do not find their pictures.
    """
    paired = gallery.paired_captions
    if len(paired) < FEWEST_CAPTIONS:
        return None
    chosen = paired[spread_rows(len(paired), MOST_CAPTIONS)]
    asked = np.asarray(texts[chosen])
    own = np.einsum("cd,cd->c", asked, gallery.image_embeddings[gallery.rows_of(chosen)])
    return _reach(own - _medians(asked, sample))


def reach_of_words(
    encode: Callable[[list[str]], FloatArray], words: tuple[str, ...], sample: FloatArray
) -> float | None:
    """As `reach_of_captions` where there are none: how far the best picture for a common word stands above the median.

    Some of the words are shown in the gallery and most are not; 95 of 100 stay below what is returned.
    """
    chosen = spread_rows(len(words), MOST_WORDS).tolist()
    asked = encode([f"a photo of {words[at]}" for at in chosen])
    scores = asked @ sample.T  # (B, S)
    return _reach(scores.max(axis=1) - np.median(scores, axis=1))


def _medians(asked: FloatArray, sample: FloatArray) -> np.ndarray:
    blocks = np.array_split(asked, max(1, len(asked) * len(sample) // 2**22))
    return np.concatenate([np.median(block @ sample.T, axis=1) for block in blocks])


def _reach(reaches: np.ndarray) -> float | None:
    reach = float(np.quantile(reaches, GOOD_SHARE))
    return reach if reach >= _SMALLEST_REACH else None
