"""The one import of clip, for the rest of this package."""

from __future__ import annotations

from t2i_core.encoder.torchvision_shim import import_torchvision

import_torchvision()

import clip.clip as clip_package  # noqa: E402 - torchvision must be importable first
import clip.model as clip_model  # noqa: E402

__all__ = ["clip_model", "clip_package", "download_urls"]


def download_urls() -> dict[str, str]:
    """Address of each model's weights by its name; the last folder of an address is the file's sha256."""
    return dict(clip_package._MODELS)
