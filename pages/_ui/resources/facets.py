"""What a gallery's pictures are filtered by, with counts: made behind the page, and only for whoever opens the filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages._ui.jobs import background
from t2i_core import opening
from t2i_core.dataset.facts_file import facts_path
from t2i_core.dataset.kept_file import kept_path
from t2i_core.dataset.stacks_file import STACKS_NAME, read_stacks
from t2i_core.dataset.tags_file import tags_stamp
from t2i_core.engine import SearchEngine
from t2i_core.errors import DatasetError
from t2i_core.facets.counting import Facet, count_facet
from t2i_core.facets.facets import Facets
from t2i_core.facets.spreads import Spread, spread_of
from t2i_core.query.request import STACKINGS
from t2i_core.query.where import TAG
from t2i_core.types import Gallery, RowArray

MOST_VALUES = 200  # of a facet that a list offers; others can be typed
_APART = ("picture", "words")  # all names differ, and words are asked for by typing


@dataclass(frozen=True, eq=False)
class Offered:
    """What the filters of a gallery offer.

    Attributes
    ----------
    facets : tuple of Facet and Spread
        In the order they are shown; a spread where a facet is told in ranges.
    measured : bool
        Whether facts of files are known.
    stackings : tuple of str
        Those of `STACKINGS` that can be asked for.
    """

    facets: tuple[tuple[Facet, Spread | None], ...]
    measured: bool
    stackings: tuple[str, ...]


def facets(gallery: Gallery, engine: SearchEngine | None) -> Facets:
    """What the pictures at hand are filtered by: the engine's own, or others while it is loading or where it looks at more."""
    if engine is None or gallery.sampled:
        return _facets(gallery.place_key, _gallery=gallery)
    return engine.narrowing.facets


def offered(gallery: Gallery, engine: SearchEngine | None, hits: Sequence[str] | None) -> Future[Offered]:
    """Values and ranges with how many of all pictures a search looks at have them, and of the ``hits``, by name."""
    if not gallery.sampled:
        found = facets(gallery, engine)
        counting = _offered(*_key(gallery, hits), _facets=lambda: found, _hits=tuple(hits or ()))
    else:  # they are read from a server first
        counting = _offered(*_key(gallery, hits), _facets=lambda: _of_all(gallery, engine), _hits=tuple(hits or ()))
    return counting


def forget_offered(gallery: Gallery, hits: Sequence[str] | None) -> None:
    """Count anew when that is asked for again: a server may have been away."""
    _offered.clear(*_key(gallery, hits))


def _key(gallery: Gallery, hits: Sequence[str] | None) -> tuple[str, str, str]:
    return gallery.place_key, "\n".join(hits or ()), narrowed_by(gallery)


def _of_all(gallery: Gallery, engine: SearchEngine | None) -> Facets:
    return Facets(opening.listed(gallery)) if engine is None else engine.narrowing.facets


def narrowed_by(gallery: Gallery) -> str:
    """Changes whenever facts, stacks or tags of the same pictures do."""
    changed = [tags_stamp(gallery.data_dir)]
    for path in (facts_path(gallery), kept_path(gallery, STACKS_NAME)):
        with suppress(OSError):
            changed.append(f"{path.name} {path.stat().st_mtime_ns}")
    return " ".join(changed)


@st.cache_resource(max_entries=4, show_spinner=False)
def _facets(place_key: str, *, _gallery: Gallery) -> Facets:
    return Facets(_gallery)


@st.cache_resource(max_entries=32, show_spinner=False)
def _offered(
    place_key: str, hits: str, made_of: str, *, _facets: Callable[[], Facets], _hits: tuple[str, ...]
) -> Future[Offered]:
    return background.start(lambda: _counted(_facets(), _hits), name="count facets")


def _counted(facets: Facets, found: Sequence[str]) -> Offered:
    names, rows = facets.names, facets.gallery.rows_by_id
    hits: RowArray = np.array([rows[name] for name in found if name in rows], dtype=np.int64)
    counted = []
    for name in names:
        if name in _APART:
            continue
        spread = spread_of(name, facets.column(name), hits)
        # In the order of the gallery, so that a value stays in its place while the hits change.
        facet = Facet(name, ()) if spread else count_facet(facets, name, fitting=None, hits=hits, limit=MOST_VALUES)
        if spread or _tells_apart(facet, len(facets.gallery)):
            counted.append((facet, spread))
    return Offered(tuple(counted), "colour" in names, _stackings(facets.gallery))


def _tells_apart(facet: Facet, pictures: int) -> bool:
    """Whether something can be chosen: not where all pictures have the one value, or none has any."""
    if facet.name == TAG:
        return bool(facet.counts)
    return len(facet.counts) > 1 or any(0 < one.gallery < pictures for one in facet.counts)


def _stackings(gallery: Gallery) -> tuple[str, ...]:
    try:
        alike = read_stacks(gallery).look_alikes is not None
    except DatasetError:
        return STACKINGS[:1]
    return STACKINGS if alike else STACKINGS[:2]
