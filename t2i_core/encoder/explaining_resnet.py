"""Where a ModifiedResNet sees something: gScoreCAM, what the similarity keeps when only one channel's places are shown.

Chen, Li, Biaz, Bui and Nguyen 2022, "gScoreCAM: what objects is CLIP looking at?". Written from the description.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.openai_clip import clip_model

CHANNELS = 300
BATCH = 16
_SHARPNESS = 100.0  # CLIP's own scale of cosines, by which scores become weights


def weighed_channels(visual: clip_model.ModifiedResNet, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
    """The last maps' channels, each weighed by what the similarity is with only its places shown.

    Gradients choose the 300 channels that matter most; the network then looks at the picture through each of them.

    Parameters
    ----------
    visual : clip_model.ModifiedResNet
    pixels : Tensor of shape (1, 3, side, side)
        Zeros are the mean colour.
    sought : Sought

    Returns
    -------
    Tensor of shape (T, h, w), float32
        Not below 0; only the proportions within one map mean something.
    """
    with torch.no_grad():
        maps = _last_maps(visual, pixels)
    with torch.enable_grad():
        maps = maps.detach().requires_grad_()
        similarities = sought.directions @ F.normalize(visual.attnpool(maps).float(), dim=-1)[0]
        gradients = [
            torch.autograd.grad(one, maps, retain_graph=at + 1 < len(similarities))[0][0].float()
            for at, one in enumerate(similarities)
        ]
    channels = maps.detach()[0].float()  # (C, h, w)
    return torch.stack(
        [
            _weighed(visual, channels, gradient, pixels, direction)
            for gradient, direction in zip(gradients, sought.directions, strict=True)
        ]
    )


def _weighed(
    visual: clip_model.ModifiedResNet,
    channels: torch.Tensor,
    gradient: torch.Tensor,
    pixels: torch.Tensor,
    direction: torch.Tensor,
) -> torch.Tensor:
    live = channels.flatten(1).amax(dim=1) > channels.flatten(1).amin(dim=1)  # a flat channel shows no place
    worth = gradient.mean(dim=(1, 2)).masked_fill(~live, float("-inf"))
    chosen = worth.topk(min(CHANNELS, int(live.sum()))).indices
    if not len(chosen):
        return torch.zeros_like(channels[0])
    masks = F.interpolate(channels[chosen][:, None], size=pixels.shape[2:], mode="bilinear")
    low, high = masks.amin(dim=(2, 3), keepdim=True), masks.amax(dim=(2, 3), keepdim=True)
    masks = (masks - low) / (high - low).clamp(min=1e-12)
    scores = []
    with torch.no_grad():
        for part in masks.split(BATCH):
            features = visual(pixels * part.to(pixels.dtype)).float()
            scores.append(F.normalize(features, dim=-1) @ direction)
    weights = (_SHARPNESS * torch.cat(scores)).softmax(dim=0)
    return (weights[:, None, None] * channels[chosen]).sum(dim=0).clamp(min=0.0)


def _last_maps(visual: clip_model.ModifiedResNet, pixels: torch.Tensor) -> torch.Tensor:
    """What the attention pool gets, (1, C, h, w)."""
    hidden = pixels.to(visual.conv1.weight.dtype)
    for convolution, norm, relu in (
        (visual.conv1, visual.bn1, visual.relu1),
        (visual.conv2, visual.bn2, visual.relu2),
        (visual.conv3, visual.bn3, visual.relu3),
    ):
        hidden = relu(norm(convolution(hidden)))
    hidden = visual.avgpool(hidden)
    for layer in (visual.layer1, visual.layer2, visual.layer3, visual.layer4):
        hidden = layer(hidden)
    maps: torch.Tensor = hidden
    return maps
