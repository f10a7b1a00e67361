"""The bundled model behind the encoder's interface: its network, and the pixels it was trained on."""

from __future__ import annotations

import copy
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from t2i_core.encoder import nearness
from t2i_core.encoder.bfloat16 import multiplies_bfloat16
from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.explaining_mini import FINER, SCALE, LastLook, place_spreads
from t2i_core.encoder.mini_network import ImageTrunk, MiniClip, load_mini
from t2i_core.encoder.one_thread import one_thread
from t2i_core.encoder.preprocessing import PixelRule

ALONE_TEXTS = 4  # up to so many are too little work to share


class MiniNetwork:
    """Implements `t2i_core.encoder.clip_encoder.Network` for a file that our training wrote.

    Parameters
    ----------
    path : Path
        A .safetensors file with its config in the metadata.
    device : torch.device
        Most blocks of the picture tower are computed in fp16 on a GPU, and in bfloat16 on a CPU that has instructions
        for that, if these weights bear it (see `t2i_core.encoder.nearness`); all else is float32. How near the
        bundled weights stay is measured, on every picture of the demo gallery: weights/MINI.md tells. Texts are
        float32 everywhere: they are small, and a query then means the same on every machine.
    float32 : bool
        Compute everything in float32.

    Raises
    ------
    ModelError
        When the file cannot be read or is of another format version.
    """

    def __init__(self, path: Path, *, device: torch.device, float32: bool = False) -> None:
        module, config = load_mini(path)
        self.dimension = int(config["dimension"])
        self.context_length = int(config["text"]["context_length"])
        self.pixel_rule = pixel_rule_of(config)
        self._module = module.to(device).requires_grad_(False)
        self._device = device
        self._float32 = float32
        self._choosing = threading.Lock()
        self._picture_type: torch.dtype | None = None
        self._last_look = LastLook()

    @property
    def picture_type(self) -> torch.dtype:
        """What most of a picture's products are computed in; found out at the first use."""
        if self._picture_type is None:
            with self._choosing:
                if self._picture_type is None:
                    self._picture_type = self._choose()
        return self._picture_type

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embed pixels (B, 3, side, side) into a Tensor of shape (B, D), not normalised."""
        _ = self.picture_type  # which settles what the module holds
        return self._module.encode_image(pixels)

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Embed tokens (B, 77) into a Tensor of shape (B, D), not normalised."""
        if self._device.type == "cpu" and len(tokens) <= ALONE_TEXTS:
            with one_thread():
                return self._module.encode_text(tokens)
        return self._module.encode_text(tokens)

    @property
    def heat_scale(self) -> tuple[float, float] | None:
        """What `explain` says of a place that shows nothing of it, and of one that shows it clearly."""
        return SCALE

    @property
    def explained_rule(self) -> PixelRule:
        """What `explain` looks at: one and a half times as fine as what is embedded."""
        return replace(self.pixel_rule, side=round(FINER * self.pixel_rule.side))

    def explain(self, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
        """Where pixels (1, 3, side, side) show what is sought: Tensor of shape (T, h, w), float32."""
        _ = self.picture_type
        with torch.inference_mode():
            maps = self._last_look.maps(self._module.backbone, pixels)
            return place_spreads(maps, self._module.head, sought)

    def _choose(self) -> torch.dtype:
        number_type = torch.float16 if self._device.type == "cuda" else torch.bfloat16
        if self._float32 or (number_type == torch.bfloat16 and not multiplies_bfloat16()):
            return torch.float32
        tried = nearness.tried_pixels(self.pixel_rule.side).to(self._device)
        quick = rounded_pictures(self._module, number_type)

        def encode_quickly(pixels: torch.Tensor) -> torch.Tensor:
            features = quick(pixels.contiguous(memory_format=torch.channels_last))
            embeddings: torch.Tensor = self._module.head(features.float())
            return embeddings

        if not nearness.near_enough(encode_quickly, self._module.encode_image, tried, nearness.IMAGE_COSINE):
            return torch.float32
        self._module.backbone = quick
        return number_type


def pixel_rule_of(config: dict[str, Any]) -> PixelRule:
    """The pixels a mini model was trained on, from its file's config."""
    return PixelRule(
        int(config["image_size"]),
        tuple(config["mean"]),
        tuple(config["std"]),
        resize=config["resize"],
        resample=config["resample"],
    )


def rounded_pictures(module: MiniClip, number_type: torch.dtype) -> ImageTrunk:
    """A copy of the picture tower's trunk that computes most blocks in a type of fewer bits."""
    trunk = copy.deepcopy(module.backbone)
    trunk.round_later_blocks(number_type)
    return trunk
