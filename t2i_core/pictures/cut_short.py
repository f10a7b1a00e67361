"""Pictures whose file ends early: how many of their rows are missing, and how many may be."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

CUT_NOTE = "Used without their last rows, which their files lack"
COARSE_NOTE = "Used without their finest detail, which their files lack"
FINE_ENOUGH_BITS = 1  # of a progressive JPEG's values: nobody sees what the last pass adds
_MOST_SHARE, _FEW_ROWS = 0.02, 16  # a JPEG loses rows by eights and sixteens
_GREY = (126, 130)  # what the JPEG decoder makes of nothing


def tolerable(missing: int, rows: int) -> bool:
    """Whether a picture of ``rows`` rows can be used though so many are missing at its lower edge."""
    return missing <= max(_MOST_SHARE * rows, min(_FEW_ROWS, rows // 8))


def missing_rows(core: Any) -> int:
    """Rows at the lower edge that hold nothing: a dark edge counts as well, so this is never too few."""
    box = core.getbbox()
    missing: int = core.size[1] - (box[3] if box else 0)
    return missing


def missing_grey_rows(image: Image.Image) -> int:
    """Rows at the lower edge that are nothing but the grey a JPEG decoder fills up with."""
    missing = 0
    for bottom in range(image.height, 0, -64):
        top = max(0, bottom - 64)
        rows = np.asarray(image.crop((0, top, image.width, bottom))).reshape(bottom - top, -1)
        grey = (rows.min(axis=1) >= _GREY[0]) & (rows.max(axis=1) <= _GREY[1])
        held = np.flatnonzero(~grey)
        if held.size:
            return missing + (bottom - top) - 1 - int(held[-1])
        missing += bottom - top
    return missing
