"""The bundled model's network: EfficientNet-Lites side by side as image tower, and a CLIP text transformer.

The image tower holds convolutions with bias only: batch normalisation was folded into them before
training. `load_mini` reads the shipped file, whose large matrices are int8 with one scale a row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention
from torch.overrides import TorchFunctionMode

from t2i_core.encoder.openai_clip import clip_model
from t2i_core.errors import ModelError

FORMAT = "mini-clip"
FORMAT_VERSION = 2
SCALE_SUFFIX = ".scale"

# repeats, kernel, stride, expansion, output channels (before the width and depth of a variant)
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# width and depth multipliers of EfficientNet-Lite
_VARIANTS = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
FEATURE_CHANNELS = 1280
# Blocks that stay float32 where the rest is rounded to fewer bits: what is lost here, at full resolution and in few
# channels, is most of what is lost at all. Measured by benchmarks/bench_precision.py, told in weights/MINI.md.
PRECISE_BLOCKS = 3
_DROPOUT = 0.3  # in training only
_INPUT_DROPOUT = 0.1


Network = TypeVar("Network", bound=nn.Module)


class SameConv(nn.Module):
    """A convolution with bias, padded as TensorFlow pads: the odd pixel goes to the right and the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        padding = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, groups=groups)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.stride > 1:
            height, width = maps.shape[-2:]
            down, across = (self._total(side) for side in (height, width))
            maps = F.pad(maps, (across // 2, across - across // 2, down // 2, down - down // 2))
        outputs: torch.Tensor = self.conv(maps)
        return outputs

    def _total(self, side: int) -> int:
        return max((math.ceil(side / self.stride) - 1) * self.stride + self.kernel - side, 0)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; the input is added where shapes agree."""

    def __init__(self, inputs: int, outputs: int, *, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.expand = SameConv(inputs, middle, 1) if expansion != 1 else None
        self.depthwise = SameConv(middle, middle, kernel, stride=stride, groups=middle)
        self.project = SameConv(middle, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    @property
    def dtype(self) -> torch.dtype:
        """What its maps must be."""
        return self.project.conv.weight.dtype

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        hidden = maps if self.expand is None else F.relu6(self.expand(maps))
        hidden = self.project(F.relu6(self.depthwise(hidden)))
        outputs: torch.Tensor = maps + hidden if self.residual else hidden
        return outputs


class LiteBackbone(nn.Module):
    """EfficientNet-Lite without its classifier: pixels (B, 3, R, R) to maps (B, 1280, R/32, R/32)."""

    def __init__(self, variant: str) -> None:
        super().__init__()
        width, depth = _VARIANTS[variant]
        self.stem = SameConv(3, 32, 3, stride=2)
        blocks: list[nn.Module] = []
        channels = 32
        for number, (repeats, kernel, stride, expansion, outputs) in enumerate(_STAGES):
            outputs = _round_channels(outputs * width)
            if 0 < number < len(_STAGES) - 1:  # the first and last stage keep their depth in the Lite family
                repeats = math.ceil(repeats * depth)
            for repeat in range(repeats):
                step = stride if repeat == 0 else 1
                blocks.append(InvertedResidual(channels, outputs, kernel=kernel, stride=step, expansion=expansion))
                channels = outputs
        self.blocks = nn.ModuleList(blocks)
        self.last = SameConv(channels, FEATURE_CHANNELS, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        maps = F.relu6(self.stem(pixels))
        for block in self.blocks:
            assert isinstance(block, InvertedResidual)  # ModuleList forgets what it holds
            maps = block(maps.to(block.dtype))
        return F.relu6(self.last(maps))

    def round_later_blocks(self, number_type: torch.dtype) -> None:
        """Compute what comes after the first `PRECISE_BLOCKS` in a type of fewer bits."""
        for part in (*self.blocks[PRECISE_BLOCKS:], self.last):
            part.to(number_type)


class ImageTrunk(nn.Module):
    """Several backbones over the same pixels: (B, 3, R, R) to features (B, 1280 for each of them), the maps' means.

    Networks trained apart make different mistakes, so that together they tell more than a larger one.
    """

    def __init__(self, variants: Sequence[str]) -> None:
        super().__init__()
        self.parts = nn.ModuleList([LiteBackbone(variant) for variant in variants])
        self.channels = FEATURE_CHANNELS * len(variants)

    @property
    def dtype(self) -> torch.dtype:
        """What the pixels must be."""
        return next(self.parameters()).dtype

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.cat([part(pixels).mean(dim=(2, 3)) for part in self.parts], dim=1)

    def round_later_blocks(self, number_type: torch.dtype) -> None:
        """Compute most blocks of every backbone in a type of fewer bits; pixels stay what they are."""
        for part in self.parts:
            assert isinstance(part, LiteBackbone)
            part.round_later_blocks(number_type)


class ProjectionHead(nn.Module):
    """Features (B, C) of either side to the space both share (B, D): a linear way and one hidden layer, added."""

    def __init__(self, inputs: int, *, width: int, dimension: int) -> None:
        super().__init__()
        # The entries of a unit vector are small, and without this the hidden layer hardly learns.
        self.norm = nn.LayerNorm(inputs)
        self.direct = nn.Linear(inputs, dimension)
        self.hidden = nn.Linear(inputs, width)
        self.hidden_out = nn.Linear(width, dimension)
        self.dropout, self.input_dropout = nn.Dropout(_DROPOUT), nn.Dropout(_INPUT_DROPOUT)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        features = self.input_dropout(self.norm(features))
        outputs: torch.Tensor = self.direct(features) + self.hidden_out(self.dropout(F.gelu(self.hidden(features))))
        return outputs


class TextTower(nn.Module):
    """openai/CLIP's text transformer over a factorised token embedding, then a head.

    Between the two lies a unit vector that means the same as a sentence model's: training teaches
    the transformer with text alone up to there.
    """

    def __init__(
        self,
        *,
        vocabulary: int,
        rank: int,
        width: int,
        layers: int,
        heads: int,
        context_length: int,
        sentence: int,
        head_width: int,
        dimension: int,
    ) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, rank)
        self.widen = nn.Linear(rank, width, bias=False)
        self.positional_embedding = nn.Parameter(torch.randn(context_length, width) * 0.01)
        mask = torch.full((context_length, context_length), float("-inf")).triu_(1)
        self.register_buffer("mask", mask, persistent=False)
        self.transformer = clip_model.Transformer(width, layers, heads, attn_mask=None)
        self.ln_final = clip_model.LayerNorm(width)
        self.projection = nn.Linear(width, sentence, bias=False)
        self.head = ProjectionHead(sentence, width=head_width, dimension=dimension)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        outputs: torch.Tensor = self.head(self.sentences(tokens))
        return outputs

    def sentences(self, tokens: torch.Tensor) -> torch.Tensor:
        """Unit sentence vectors (B, S)."""
        ends = tokens.argmax(dim=-1)  # the end token has the biggest number
        # Each position sees only earlier ones, so what follows the last end token changes nothing.
        length = int(ends.max()) + 1
        hidden = self.widen(self.token_embedding(tokens[:, :length].long())) + self.positional_embedding[:length]
        mask = self.get_buffer("mask")[:length, :length]
        for block in self.transformer.resblocks:
            block.attn_mask = mask
        hidden = self.transformer(hidden.transpose(0, 1)).transpose(0, 1)  # (B, L, W)
        last = self.ln_final(hidden[torch.arange(len(ends), device=ends.device), ends])
        return F.normalize(self.projection(last), dim=-1)


class MiniClip(nn.Module):
    """Both towers. Embeddings are not normalised."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        image, text, dimension = config["image"], config["text"], config["dimension"]
        self.config = config
        self.backbone = ImageTrunk(image["variants"])
        self.head = ProjectionHead(self.backbone.channels, width=image["head_width"], dimension=dimension)
        self.text = TextTower(
            vocabulary=text["vocabulary"],
            rank=text["rank"],
            width=text["width"],
            layers=text["layers"],
            heads=text["heads"],
            context_length=text["context_length"],
            sentence=text["sentence"],
            head_width=text["head_width"],
            dimension=dimension,
        )
        self.logit_scale = nn.Parameter(torch.tensor(math.log(20.0)))

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embed pixels (B, 3, R, R), normalised as the config says, into a Tensor of shape (B, D)."""
        features = self.backbone(pixels.contiguous(memory_format=torch.channels_last))
        outputs: torch.Tensor = self.head(features.to(self.head.direct.weight.dtype))
        return outputs

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Embed tokens (B, L), as openai/CLIP's tokenizer makes them, into a Tensor of shape (B, D)."""
        outputs: torch.Tensor = self.text(tokens)
        return outputs


def channels_last(module: Network) -> Network:
    """The same module with its convolutions in channels-last memory, in which a CPU is about twice as fast."""
    # torch accepts this call and its type stubs do not know it.
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return module


class _NothingDrawn(TorchFunctionMode):
    """Inside, weights that a network begins with are left as they lie in memory: it is about to be given others."""

    _DRAWS = (torch.Tensor.uniform_, torch.Tensor.normal_)

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if function in self._DRAWS or getattr(function, "__module__", "") == nn.init.__name__:
            return args[0] if args else named["tensor"]
        return function(*args, **named)


def build_mini(config: dict[str, Any]) -> MiniClip:
    """The network a config describes, with random weights."""
    return MiniClip(config)


def load_mini(path: str | Path) -> tuple[MiniClip, dict[str, Any]]:
    """Read a file that `t2i_core.training.saving.save_mini` wrote.

    Returns
    -------
    module : MiniClip
        In eval mode, float32, on the CPU, weights in channels-last memory.
    config : dict
        Architecture, ``image_size``, ``mean``, ``std``, ``resize``, ``resample``, ``format_version``.

    Raises
    ------
    ModelError
        When the file holds another format or a version this code does not know.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError) as error:
        raise ModelError(
            f"A model file must be a readable safetensors file, and {path} is not ({error}). Fetch it again."
        ) from error
    config = _read_config(metadata, path)
    with _NothingDrawn():
        module = build_mini(config)
    try:
        # As they are: copying each would take as long as reading it.
        module.load_state_dict(dequantized(stored), assign=True)
    except RuntimeError as error:
        raise ModelError(f"The weights in {path} do not fit its own config ({error}). Fetch the file again.") from error
    return channels_last(module).eval(), config


def dequantized(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Float32 weights of a stored file, in memory of their own: int8 matrices times their scale a row, all else as it is."""
    weights = {}
    for name, tensor in stored.items():
        if name.endswith(SCALE_SUFFIX):
            continue
        scale = stored.get(name + SCALE_SUFFIX)
        whole = tensor.to(torch.float32, copy=True)
        weights[name] = whole if scale is None else whole.mul_(_per_row(scale.float(), tensor))
    return weights


def _per_row(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *([1] * (tensor.dim() - 1)))


def _read_config(metadata: dict[str, str], path: str | Path) -> dict[str, Any]:
    if metadata.get("format") != FORMAT:
        raise ModelError(
            f"A mini model's file must say format {FORMAT!r} in its metadata, and {path} says "
            f"{metadata.get('format')!r}. Give a file that `python -m t2i_core train` wrote."
        )
    config: dict[str, Any] = json.loads(metadata["config"])
    if config.get("format_version") != FORMAT_VERSION:
        raise ModelError(
            f"This version reads mini models of format version {FORMAT_VERSION}, and {path} has "
            f"{config.get('format_version')}. Use the project's version that wrote it."
        )
    return config


def _round_channels(channels: float, divisor: int = 8) -> int:
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
