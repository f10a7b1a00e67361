"""What filters and stacks go by, measured and kept beside a dataset: facts of its pictures, and which are copies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.dataset.facts_file import FactsTable
from t2i_core.dataset.stacks_file import Stacks, facts_hash, read_stacks, write_stacks
from t2i_core.errors import DatasetError
from t2i_core.facets.copies import copy_pairs, stacks_of
from t2i_core.facets.measuring import OnProgress, measure_pictures, nothing_told
from t2i_core.types import Gallery


@dataclass(frozen=True)
class KeptFacts:
    """What is known now: pictures measured, those that could not be, and copies that stand behind another picture."""

    measured: int
    unreadable: int
    copies: int


def keep_facts(gallery: Gallery, *, max_pixels: int, on_progress: OnProgress = nothing_told) -> KeptFacts:
    """Measure new and changed pictures, stack copies, and keep both.

    Parameters
    ----------
    gallery : Gallery
    max_pixels : int
        Pictures with more are not decoded.
    on_progress : callable, optional
        Told a stage, how many are done and how many there are; an exception it raises ends the work, which goes on from
        there next time.
    """
    facts, _ = measure_pictures(gallery, max_pixels=max_pixels, on_progress=on_progress)
    stacks = _stacked(gallery, facts)
    measured = int(facts.decoded.sum())
    behind = int(np.count_nonzero(stacks.copies != np.arange(len(gallery))))
    return KeptFacts(measured, len(gallery) - measured, behind)


def _stacked(gallery: Gallery, facts: FactsTable) -> Stacks:
    made_of = facts_hash(facts)
    try:
        stacks = read_stacks(gallery)
    except DatasetError:
        stacks = None
    if stacks is None or stacks.made_of != made_of:
        stacks = Stacks(stacks_of(copy_pairs(gallery, facts), len(gallery)), made_of=made_of)
        write_stacks(gallery, stacks)
    return stacks
