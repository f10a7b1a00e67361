"""Whether stored embeddings come from the loaded model: a sample is encoded again and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.config import Settings
from t2i_core.dataset.picture_names import count_of, list_some
from t2i_core.dataset.rebuilding import rebuild_command
from t2i_core.errors import ImageError
from t2i_core.pictures.images import open_image, picture_path
from t2i_core.types import Encoder, FloatArray, Gallery, Problem, RowArray

if TYPE_CHECKING:
    from PIL import Image

SAME_MODEL = 0.95  # cosine; half precision, another JPEG decoder or resizing stay above, other models far below
SAME_PICTURE = 0.85  # below this, a picture is not the one its row was made of
DECODE_SIDE = 512  # more than any of OpenAI's models reads
UNUSABLE_TEXT = frozenset({"text_other_model", "text_misplaced"})
MISLEADING = frozenset({"images_other_model", "images_misplaced"})


def check_embeddings(
    gallery: Gallery, encoder: Encoder, *, sample: int = 16, max_pixels: int = Settings.max_pixels
) -> list[Problem]:
    """Encode a sample of pictures and captions again and compare with the stored rows.

    Tells apart rows of another model, rows of this model in another order, and single pictures that
    were replaced since. Takes as long as encoding ``sample`` pictures and captions.

    Parameters
    ----------
    sample : int
        How many pictures and how many captions, spread evenly over the gallery.
    max_pixels : int
        Larger pictures are not opened.

    Returns
    -------
    list of Problem
        Empty when the stored rows are this model's. Code ``dimension_differs`` is fatal: nothing can be compared.
    """
    if encoder.dimension != gallery.dimension:
        message = (
            f"The stored embeddings have {gallery.dimension} numbers per picture and the model {encoder.model_id} makes "
            f"{encoder.dimension}, so they come from another model and cannot be compared with a query."
        )
        return [Problem("fatal", "dimension_differs", message, _rebuild(gallery, encoder))]
    found = _check_pictures(gallery, encoder, sample=sample, max_pixels=max_pixels)
    misleading = any(problem.code in MISLEADING for problem in found)
    return [*found, *_check_captions(gallery, encoder, sample=sample, misleading=misleading)]


def check_gallery(
    gallery: Gallery, encoder: Encoder, *, sample: int = 16, max_pixels: int = Settings.max_pixels
) -> Gallery:
    """The gallery with what `check_embeddings` found among its problems, and without text rows the model did not make."""
    found = check_embeddings(gallery, encoder, sample=sample, max_pixels=max_pixels)
    if not found:
        return gallery
    checked = replace(gallery, problems=(*gallery.problems, *found))
    return without_text_embeddings(checked) if UNUSABLE_TEXT & {problem.code for problem in found} else checked


def text_rows_fit(gallery: Gallery, encoder: Encoder, *, sample: int = 8) -> bool:
    """Whether encoding a few captions again gives their stored rows; False where there are none."""
    if gallery.text_embeddings is None or not gallery.captions or encoder.dimension != gallery.dimension:
        return False
    rows = spread_rows(len(gallery.captions), sample)
    own, _ = _compare_captions(gallery.text_embeddings, gallery.captions, rows, encoder)
    return bool(np.median(own) >= SAME_MODEL)


def without_text_embeddings(gallery: Gallery) -> Gallery:
    """The same pictures and captions, with no caption embeddings; under another key, for its content differs."""
    if gallery.text_embeddings is None:
        return gallery
    key = hashlib.sha256(f"{gallery.key} without text".encode()).hexdigest()[:32]
    return replace(gallery, text_embeddings=None, key=key)


def _check_pictures(gallery: Gallery, encoder: Encoder, *, sample: int, max_pixels: int) -> list[Problem]:
    rows, pictures = _open_sample(gallery, sample=sample, max_pixels=max_pixels)
    if not pictures:
        message = (
            f"None of the pictures could be opened in {gallery.images_dir}, so nobody checked whether the image rows "
            f"come from the model {encoder.model_id}."
        )
        return [Problem("note", "pictures_unchecked", message, "Name the right folder with --images.")]
    encoded = encoder.encode_image(pictures)
    own = _own_cosines(gallery.image_embeddings, rows, encoded)
    if np.median(own) >= SAME_MODEL:
        changed = np.flatnonzero(own < SAME_PICTURE)
        fits = "fits its row" if changed.size == 1 else "fit their rows"
        if not changed.size:
            return []
        message = (
            f"Of {count_of(len(rows), 'sampled picture')}, {changed.size} no longer {fits} "
            f"(cosine {own[changed].min():.2f} at worst, 1 is the same): "
            f"{list_some([gallery.image_ids[row] for row in rows[changed].tolist()])}. "
            "Such pictures were probably replaced after the embeddings were made."
        )
        return [Problem("warning", "pictures_changed", message, _rebuild(gallery, encoder))]
    if np.median(_best_cosines(gallery.image_embeddings, encoded)) >= SAME_MODEL:
        message = (
            f"The image rows are in another order than the pictures: encoding {count_of(len(rows), 'picture')} again gave rows "
            f"that stand at other pictures' places, so a search shows the wrong pictures."
        )
        return [Problem("warning", "images_misplaced", message, _rebuild(gallery, encoder))]
    message = (
        f"The image rows were not made by the model {encoder.model_id}: encoding {count_of(len(rows), 'picture')} again gave "
        f"a median cosine of {np.median(own):.2f} with the stored rows (1 is the same), so search results mean nothing."
    )
    fix = (
        "Name the model that made them (--model on the command line, T2I_MODEL for the app), or "
        f"r{_rebuild(gallery, encoder)[1:]}"
    )
    return [Problem("warning", "images_other_model", message, fix)]


def _check_captions(gallery: Gallery, encoder: Encoder, *, sample: int, misleading: bool) -> list[Problem]:
    """``misleading`` says that a search finds the wrong pictures anyway, so nothing good is said of it."""
    if gallery.text_embeddings is None or not gallery.captions:
        return []
    rows = spread_rows(len(gallery.captions), sample)
    own, encoded = _compare_captions(gallery.text_embeddings, gallery.captions, rows, encoder)
    if np.median(own) >= SAME_MODEL:
        return []
    outcome = (
        "Caption similarities are switched off."
        if misleading
        else "Pictures can be searched, caption similarities are switched off."
    )
    if np.median(_best_cosines(gallery.text_embeddings, encoded)) >= SAME_MODEL:
        message = (
            f"The text rows are in another order than the captions: encoding {count_of(len(rows), 'caption')} again gave rows "
            f"that stand at other captions' places. {outcome}"
        )
        return [Problem("warning", "text_misplaced", message, _rebuild(gallery, encoder))]
    message = (
        f"The text rows were not made by the model {encoder.model_id}: encoding {count_of(len(rows), 'caption')} again gave a "
        f"median cosine of {np.median(own):.2f} with the stored rows (1 is the same). They come from another model, perhaps "
        f"a language model that knows no pictures. {outcome}"
    )
    return [Problem("warning", "text_other_model", message, _rebuild(gallery, encoder))]


def _compare_captions(
    stored: FloatArray, captions: Sequence[str], rows: RowArray, encoder: Encoder
) -> tuple[FloatArray, FloatArray]:
    """Cosines of captions encoded again with their stored rows, (B,), and the new rows, (B, D)."""
    encoded = encoder.encode_text([captions[row] for row in rows.tolist()])
    return _own_cosines(stored, rows, encoded), encoded


def _open_sample(gallery: Gallery, *, sample: int, max_pixels: int) -> tuple[RowArray, Sequence[Image.Image]]:
    """Rows and pictures of up to ``sample`` that open, out of three times as many tried."""
    rows: list[int] = []
    pictures: list[Image.Image] = []
    tried = spread_rows(len(gallery), 3 * sample)
    for row in np.concatenate([tried[::3], tried[1::3], tried[2::3]]).tolist():
        if len(rows) == sample:
            break
        try:
            path = picture_path(gallery.images_dir, gallery.image_ids[row])
            pictures.append(open_image(path, max_pixels=max_pixels, draft_side=DECODE_SIDE))
        except ImageError:
            continue  # missing and broken pictures are reported by read_gallery and validate
        rows.append(row)
    return np.array(rows, dtype=np.int64), pictures


def _own_cosines(stored: FloatArray, rows: RowArray, encoded: FloatArray) -> FloatArray:
    """Cosine of each encoded row with the stored row of the same thing: ndarray of shape (B,)."""
    cosines: FloatArray = np.einsum("bd,bd->b", stored[rows], encoded)
    return cosines


def _best_cosines(stored: FloatArray, encoded: FloatArray) -> FloatArray:
    """Cosine of each encoded row with the stored row closest to it: ndarray of shape (B,)."""
    best: FloatArray = (stored @ encoded.T).max(axis=0)
    return best


def _rebuild(gallery: Gallery, encoder: Encoder) -> str:
    """How to make embeddings with this model, as a command to copy."""
    return "Rebuild: " + rebuild_command(gallery, model=encoder.model_id)
