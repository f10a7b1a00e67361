"""The shape of the bundled model."""

from __future__ import annotations

from typing import Any

from t2i_core.encoder.mini_network import FORMAT_VERSION
from t2i_core.encoder.preprocessing import PixelRule

SIDE = 256
RULE = PixelRule(SIDE, (127 / 255,) * 3, (128 / 255,) * 3, resize="squash", resample="bicubic")
CONFIG: dict[str, Any] = {
    "format_version": FORMAT_VERSION,
    "dimension": 512,
    "image_size": SIDE,
    "mean": list(RULE.mean),
    "std": list(RULE.std),
    "resize": RULE.resize,
    "resample": RULE.resample,
    "image": {"variants": ["lite2", "lite1", "lite0"], "head_width": 1024},
    "text": {
        "vocabulary": 49408,
        "rank": 128,
        "width": 256,
        "layers": 4,
        "heads": 4,
        "context_length": 77,
        "sentence": 384,
        "head_width": 1024,
    },
}
