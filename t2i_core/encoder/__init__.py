"""The encoder's door: one interface for the bundled model, OpenAI's models and checkpoints.

The only package that imports clip. Importing this door is cheap: torch and clip are loaded when a
model is opened.

    encoder = open_encoder()                      # the bundled model, "mini"
    encoder = open_encoder("ViT-B/32")            # a name of clip.available_models()
    encoder = open_encoder("runs/mine.safetensors")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from t2i_core.encoder.names import MINI_NAME, MINI_PATH, OPENAI_MODELS
from t2i_core.encoder.opening import open_encoder
from t2i_core.encoder.vouching import model_to_open

if TYPE_CHECKING:
    from t2i_core.encoder.clip_encoder import ClipEncoder

__all__ = ["MINI_NAME", "MINI_PATH", "OPENAI_MODELS", "ClipEncoder", "model_to_open", "open_encoder"]


def __getattr__(name: str) -> object:
    if name == "ClipEncoder":
        from t2i_core.encoder.clip_encoder import ClipEncoder

        return ClipEncoder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
