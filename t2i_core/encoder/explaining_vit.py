"""Where a ViT sees something: LeGrad, how the similarity would grow with the attention paid to each patch.

Bousselham, Boggust, Chaybouti, Strobelt and Kuehne 2024, "LeGrad: an explainability method for vision transformers via
feature formation sensitivity". Written from the description; only the last layers are looked at.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.openai_clip import clip_model


def attention_gradients(visual: clip_model.VisionTransformer, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
    """Gradients of each similarity at the attention of the last half of the layers, clamped at zero and averaged.

    What a layer has come to is read as the whole picture is: the mean of its tokens goes through the last norm and the
    projection. Its attention acts on that within the layer alone, so that each layer is a small graph of its own.

    Parameters
    ----------
    visual : clip_model.VisionTransformer
    pixels : Tensor of shape (1, 3, side, side)
    sought : Sought

    Returns
    -------
    Tensor of shape (T, h, w), float32
        Not below 0; only the proportions within one map mean something.
    """
    blocks = list(visual.transformer.resblocks)
    first = len(blocks) // 2
    with torch.no_grad():
        hidden, (height, width) = _patches(visual, pixels)
    total = torch.zeros(len(sought.directions), height * width, device=pixels.device)
    for number, block in enumerate(blocks):
        with torch.set_grad_enabled(number >= first):
            hidden, attention = _block(block, hidden.detach())
            if number < first:
                continue
            pooled = _normed(visual.ln_post, hidden.mean(dim=0)) @ visual.proj.detach().float()
            similarities = sought.directions @ F.normalize(pooled, dim=-1)
        for at, similarity in enumerate(similarities):
            (gradient,) = torch.autograd.grad(similarity, attention, retain_graph=at + 1 < len(similarities))
            total[at] += gradient.clamp(min=0.0).mean(dim=(0, 1))[1:]  # heads and the tokens that look; CLS dropped
    return (total / (len(blocks) - first)).view(-1, height, width)


def _patches(visual: clip_model.VisionTransformer, pixels: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
    """What the first layer gets, (1 + h * w, W) float32, and h and w."""
    maps = F.conv2d(pixels.float(), visual.conv1.weight.float(), stride=visual.conv1.stride)[0]
    tokens = torch.cat([visual.class_embedding.float()[None], maps.flatten(1).T])
    hidden = _normed(visual.ln_pre, tokens + visual.positional_embedding.float())
    return hidden, (maps.shape[1], maps.shape[2])


def _block(block: clip_model.ResidualAttentionBlock, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """One layer's output (L, W), and the attention (heads, L, L) that it came by, from which gradients start."""
    attention_layer, (widen, _, narrow) = block.attn, block.mlp
    joined = F.linear(
        _normed(block.ln_1, hidden), attention_layer.in_proj_weight.float(), attention_layer.in_proj_bias.float()
    )
    query, key, value = (
        part.unflatten(-1, (attention_layer.num_heads, -1)).transpose(0, 1) for part in joined.chunk(3, dim=-1)
    )
    attention = ((query @ key.transpose(1, 2)) / query.shape[-1] ** 0.5).softmax(dim=-1).detach()
    attention.requires_grad_(torch.is_grad_enabled())
    attended = (attention @ value).transpose(0, 1).flatten(1)
    hidden = hidden + _linear(attention_layer.out_proj, attended)
    wide = _linear(widen, _normed(block.ln_2, hidden))
    return hidden + _linear(narrow, wide * torch.sigmoid(1.702 * wide)), attention


def _linear(layer: torch.nn.Linear, numbers: torch.Tensor) -> torch.Tensor:
    # In float32 also where a GPU holds the weights in fp16, in which small gradients would vanish.
    return F.linear(numbers, layer.weight.float(), layer.bias.float())


def _normed(norm: torch.nn.LayerNorm, hidden: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(hidden, norm.normalized_shape, norm.weight.float(), norm.bias.float(), norm.eps)
