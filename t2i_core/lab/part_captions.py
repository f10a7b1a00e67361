"""The captions behind one part of a dataset, those that do worst first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from t2i_core.lab.right_pairs import RightPairs
from t2i_core.lab.slicing import Slice
from t2i_core.types import Gallery


@dataclass(frozen=True)
class PartCaption:
    """A caption, its picture, and at which rank that is found."""

    caption: str
    image_id: str
    rank: int


def captions_of_part(gallery: Gallery, pairs: RightPairs, part: Slice, *, most: int | None = None) -> list[PartCaption]:
    """The captions a slice counts, the worst rank first, at most so many.

    Parameters
    ----------
    gallery : Gallery
    pairs : RightPairs
        What the slice was made of.
    part : Slice
    most : int, optional
    """
    asked = part.members
    ranks = pairs.text_to_image.best[asked]
    worst = asked[np.argsort(-ranks, kind="stable")[:most]]
    return [
        PartCaption(gallery.captions[position], gallery.image_ids[row], int(rank))
        for position, row, rank in zip(
            pairs.captions[worst].tolist(), pairs.rows[worst].tolist(), pairs.text_to_image.best[worst], strict=True
        )
    ]
