"""The bundled model behind the encoder's interface: its network, and the pixels it was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from t2i_core.encoder.bfloat16 import multiplies_bfloat16
from t2i_core.encoder.mini_network import MiniClip, load_mini
from t2i_core.encoder.preprocessing import PixelRule

# Up to so many texts the work is too small to share: threads would wait for each other, on a busy
# machine for a hundred times as long as the work takes.
ALONE_TEXTS = 4


class MiniNetwork:
    """Implements `t2i_core.encoder.clip_encoder.Network` for a file that our training wrote.

    Parameters
    ----------
    path : Path
        A .safetensors file with its config in the metadata.
    device : torch.device
        A GPU computes pictures in fp16; a CPU in float32, except that it convolves in bfloat16 where it has
        instructions for that (more than twice as fast, cosine with float32 above 0.999). Texts are
        float32 everywhere: they are small, and a query then means the same on every machine.

    Raises
    ------
    ModelError
        When the file cannot be read or is of another format version.
    """

    def __init__(self, path: Path, *, device: torch.device) -> None:
        module, config = load_mini(path)
        self.dimension = int(config["dimension"])
        self.context_length = int(config["text"]["context_length"])
        self.pixel_rule = pixel_rule_of(config)
        self._module = module.to(device).requires_grad_(False)
        self._on_cpu = device.type == "cpu"
        self._pixel_type = torch.float32
        if not self._on_cpu:
            self._pixel_type = compute_pictures_in_half(module)
        elif multiplies_bfloat16():
            module.use_bfloat16_images()

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embed pixels (B, 3, side, side) into a Tensor of shape (B, D), not normalised."""
        return self._module.encode_image(pixels.to(self._pixel_type))

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Embed tokens (B, 77) into a Tensor of shape (B, D), not normalised."""
        if self._on_cpu and len(tokens) <= ALONE_TEXTS:
            with _one_thread():
                return self._module.encode_text(tokens)
        return self._module.encode_text(tokens)


def pixel_rule_of(config: dict[str, Any]) -> PixelRule:
    """The pixels a mini model was trained on, from its file's config."""
    return PixelRule(
        int(config["image_size"]),
        tuple(config["mean"]),
        tuple(config["std"]),
        resize=config["resize"],
        resample=config["resample"],
    )


def compute_pictures_in_half(module: MiniClip) -> torch.dtype:
    """Turn the image tower to fp16; the type that its pixels must have."""
    module.backbone.half()
    module.head.half()
    return torch.float16


@contextmanager
def _one_thread() -> Iterator[None]:
    usual = torch.get_num_threads()
    if usual == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)
