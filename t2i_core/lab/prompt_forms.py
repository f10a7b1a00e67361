"""Prompt forms: what a query is written into, as in "a photo of {}", compared with the captions as they are."""

from __future__ import annotations

import numpy as np

from t2i_core.arrays import spread_rows
from t2i_core.dataset import check_model_matches
from t2i_core.errors import QueryError
from t2i_core.lab.comparing import Compared, Way, compare, part_of, way_of
from t2i_core.lab.right_pairs import check_measurable
from t2i_core.ranks.counting import OnProgress
from t2i_core.types import Encoder, FloatArray, Gallery

GAP = "{}"
AS_IT_IS = "captions as they are"
MOST_CAPTIONS = 5_000  # asked in another form: each goes through the model anew
LONGEST = 200
_TOGETHER = 256


def is_form(text: str) -> bool:
    """Whether something to compare with is a form, and no dataset or ranking.

    Examples
    --------
    >>> is_form("a photo of {}"), is_form("balanced")
    (True, False)
    """
    return GAP in text


def check_form(form: str) -> str:
    """A form that captions can be written into, without the spaces around it.

    Raises
    ------
    QueryError
        When the gap is not there once, nothing stands beside it, or it is too long.
    """
    stripped = " ".join(form.split())
    fix = 'Write for instance "a photo of {}".'
    if stripped.count(GAP) != 1:
        raise QueryError(f"A form must hold {GAP} once, where the query goes, got {stripped[:LONGEST]!r}. {fix}")
    if stripped == GAP:
        raise QueryError(f"A form must say something beside {GAP}, got it alone, which is the query as it is. {fix}")
    if len(stripped) > LONGEST:
        raise QueryError(f"A form may have at most {LONGEST} characters, got {len(stripped):,}. {fix}")
    return stripped


def compare_forms(
    gallery: Gallery, form: str, encoder: Encoder, *, seed: int = 0, on_progress: OnProgress | None = None
) -> Compared:
    """A dataset's captions as they are, whose rows it holds, against the same captions in a form, encoded now.

    Of more than `MOST_CAPTIONS` captions an even choice is asked, among all pictures; ``left_out`` counts the others.

    Parameters
    ----------
    gallery : Gallery
    form : str
        See `check_form`.
    encoder : Encoder
        The model that made the gallery.
    seed : int
    on_progress : callable, optional
        Called with the share that is done; an exception it raises ends the work.

    Raises
    ------
    QueryError
        When the form is none.
    DatasetError, ModelError
        When there is nothing to measure, or another model made the gallery.
    """
    form = check_form(form)
    check_model_matches(encoder, gallery)
    stored = check_measurable(gallery)
    chosen = gallery.paired_captions[spread_rows(len(gallery.paired_captions), MOST_CAPTIONS)]
    own = gallery.rows_of(chosen)
    captions = [gallery.captions[position].strip() for position in chosen.tolist()]
    encoded = _encode([form.replace(GAP, text) for text in captions], encoder, part_of(on_progress, 0, 2))
    asked: list[tuple[str, FloatArray]] = [(AS_IT_IS, stored[chosen]), (form, encoded)]
    before, after = (
        _way(name, gallery, texts, own, part_of(on_progress, 2 + at, 4)) for at, (name, texts) in enumerate(asked)
    )
    names = [gallery.image_ids[row] for row in own.tolist()]
    left_out = len(gallery.paired_captions) - len(chosen)
    return compare(before, after, captions, names, own, len(gallery), left_out=left_out, form=form, seed=seed)


def _way(name: str, gallery: Gallery, texts: FloatArray, own: np.ndarray, on_progress: OnProgress) -> Way:
    return way_of(name, gallery.image_embeddings, texts, own, on_progress=on_progress)


def _encode(texts: list[str], encoder: Encoder, on_progress: OnProgress) -> FloatArray:
    rows = []
    for start in range(0, len(texts), _TOGETHER):
        rows.append(encoder.encode_text(texts[start : start + _TOGETHER]))
        on_progress(min(1.0, (start + _TOGETHER) / len(texts)))
    return np.concatenate(rows)
