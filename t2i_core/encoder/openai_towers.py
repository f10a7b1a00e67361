"""openai/CLIP's text and ViT image towers as a CPU answers with them: packed, and in bfloat16 where that is near enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder import nearness
from t2i_core.encoder.bfloat16 import multiplies_bfloat16
from t2i_core.encoder.nearness import Tower
from t2i_core.encoder.openai_clip import clip_model
from t2i_core.encoder.packed_transformer import PackedTransformer
from t2i_core.encoder.tokens import end_positions


@dataclass(frozen=True, eq=False)
class PackedTower:
    """A tower, and the numbers its products are computed in."""

    encode: Tower
    number_type: torch.dtype


def pack_text_tower(model: clip_model.CLIP, *, float32: bool = False) -> PackedTower:
    """Tokens (B, 77) to embeddings (B, D), not normalised; read only up to the longest end token.

    ``float32`` forces that; otherwise products are bfloat16 where this CPU multiplies such numbers and these weights
    bear it, see `t2i_core.encoder.nearness`.
    """

    def packed(number_type: torch.dtype) -> Tower:
        transformer = PackedTransformer(model.transformer, number_type=number_type)

        def encode(tokens: torch.Tensor) -> torch.Tensor:
            ends = end_positions(tokens)
            length = int(ends.max()) + 1
            hidden = F.embedding(tokens[:, :length], model.token_embedding.weight) + model.positional_embedding[:length]
            outputs: torch.Tensor = model.ln_final(transformer.at(hidden, ends, causal=True)) @ model.text_projection
            return outputs

        return encode

    tried = nearness.tried_texts(model.context_length)
    return _fastest(packed, tried, nearness.TEXT_COSINE, float32=float32)


def pack_image_tower(model: clip_model.CLIP, *, float32: bool = False) -> PackedTower:
    """Pixels (B, 3, side, side) to embeddings (B, D), not normalised, by a `clip_model.VisionTransformer`.

    ``float32`` as in `pack_text_tower`.
    """
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
            outputs: torch.Tensor = (
                visual.ln_post(transformer.at(visual.ln_pre(hidden), first, causal=False)) @ visual.proj
            )
            return outputs

        return encode

    tried = nearness.tried_pixels(int(visual.input_resolution))
    return _fastest(packed, tried, nearness.IMAGE_COSINE, float32=float32)


def _fastest(
    packed: Callable[[torch.dtype], Tower], tried: torch.Tensor, cosine: float, *, float32: bool
) -> PackedTower:
    precise = PackedTower(packed(torch.float32), torch.float32)
    if float32 or not multiplies_bfloat16():
        return precise
    quick = PackedTower(packed(torch.bfloat16), torch.bfloat16)
    return quick if nearness.near_enough(quick.encode, precise.encode, tried, cosine) else precise
