"""Look-alikes stacked with copies: what the audit finds alike, kept where searches read it."""

from __future__ import annotations

from dataclasses import replace

from t2i_core.audit.copies import copies_of, look_alikes_of
from t2i_core.audit.material import Material
from t2i_core.dataset.stacks_file import Stacks, facts_hash, write_stacks
from t2i_core.facets.copies import joined, stacks_of
from t2i_core.facets.measuring import OnProgress, nothing_told
from t2i_core.types import Gallery


def keep_look_alikes(gallery: Gallery, *, max_pixels: int, on_progress: OnProgress = nothing_told) -> Stacks:
    """Make stacks of copies, and of copies and look-alikes, and keep both.

    Parameters
    ----------
    gallery : Gallery
    max_pixels : int
        Pictures with more are not decoded.
    on_progress : callable, optional
        Told a stage, how many are done and how many there are.
    """
    material = Material(gallery, max_pixels=max_pixels, on_progress=on_progress)
    copies, count = copies_of(material), len(gallery)
    made_of = "" if material.facts is None else facts_hash(material.facts)
    stacks = Stacks(stacks_of(copies, count), made_of=made_of)
    stacks = replace(stacks, look_alikes=stacks_of(joined(copies, look_alikes_of(material)), count))
    write_stacks(gallery, stacks)
    return stacks
