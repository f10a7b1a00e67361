"""openai/CLIP's text and ViT image towers as a CPU answers with them: packed, and in bfloat16 where that is near enough."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.bfloat16 import multiplies_bfloat16
from t2i_core.encoder.openai_clip import clip_model
from t2i_core.encoder.packed_transformer import PackedTransformer
from t2i_core.encoder.tokens import end_positions, tokenize

Tower = Callable[[torch.Tensor], torch.Tensor]

# How near bfloat16 must come to float32: the cosine of both embeddings of the same text or picture.
TEXT_COSINE = 0.9999
IMAGE_COSINE = 0.999
_TRIED_TEXTS = ("a dog on a beach", "two people ride bicycles through a park in autumn", "snow")
_TRIED_PICTURES = 2


def pack_text_tower(model: clip_model.CLIP) -> Tower:
    """Tokens (B, 77) to embeddings (B, D), not normalised; read only up to the longest end token."""

    def packed(number_type: torch.dtype) -> Tower:
        transformer = PackedTransformer(model.transformer, number_type=number_type)

        def encode(tokens: torch.Tensor) -> torch.Tensor:
            ends = end_positions(tokens)
            length = int(ends.max()) + 1
            hidden = F.embedding(tokens[:, :length], model.token_embedding.weight) + model.positional_embedding[:length]
            return model.ln_final(transformer.at(hidden, ends, causal=True)) @ model.text_projection

        return encode

    return _fastest(packed, tokenize(_TRIED_TEXTS, context_length=model.context_length), TEXT_COSINE)


def pack_image_tower(model: clip_model.CLIP) -> Tower:
    """Pixels (B, 3, side, side) to embeddings (B, D), not normalised, by a `clip_model.VisionTransformer`."""
    visual = model.visual

    def packed(number_type: torch.dtype) -> Tower:
        transformer = PackedTransformer(visual.transformer, number_type=number_type)
        patches = visual.conv1.weight.detach().to(number_type)
        start = (visual.class_embedding + visual.positional_embedding[0]).detach()

        def encode(pixels: torch.Tensor) -> torch.Tensor:
            maps = F.conv2d(pixels.to(number_type), patches, stride=visual.conv1.stride).float()
            hidden = maps.flatten(2).transpose(1, 2) + visual.positional_embedding[1:]
            hidden = torch.cat([start.expand(len(pixels), 1, -1), hidden], dim=1)
            first = torch.zeros(len(pixels), dtype=torch.int64)
            return visual.ln_post(transformer.at(visual.ln_pre(hidden), first, causal=False)) @ visual.proj

        return encode

    return _fastest(packed, _tried_pixels(int(visual.input_resolution)), IMAGE_COSINE)


def _fastest(packed: Callable[[torch.dtype], Tower], tried: torch.Tensor, cosine: float) -> Tower:
    """The tower in bfloat16 where the CPU multiplies such numbers and these weights bear it, else in float32.

    Tried on fixed inputs with the weights at hand, so that the same weights always get the same answer.
    """
    precise = packed(torch.float32)
    if not multiplies_bfloat16():
        return precise
    quick = packed(torch.bfloat16)
    with torch.inference_mode():
        nearness = F.cosine_similarity(quick(tried), precise(tried))
    return quick if float(nearness.min()) > cosine else precise


def _tried_pixels(side: int) -> torch.Tensor:
    """Smooth colours, as pictures have them and plain noise does not: Tensor of shape (B, 3, side, side)."""
    coarse = torch.randn((_TRIED_PICTURES, 3, 7, 7), generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, size=(side, side), mode="bicubic")
