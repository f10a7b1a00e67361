"""openai/CLIP's transformer for answering on a CPU: weights laid out once as its multiplications want them.

`torch.nn.Linear` rearranges its weights at every call, which for one query takes longer than the products.
Here that is done once. The sums between the layers stay in float32, whatever the products are computed in,
and the last layer is computed only at the one position of each sequence that is asked for.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.openai_clip import clip_model


class PackedTransformer:
    """`clip_model.Transformer` without gradients, at one position of each sequence.

    Parameters
    ----------
    transformer : clip_model.Transformer
        In float32 on the CPU; copied.
    number_type : torch.dtype
        What the matrix products are computed in, float32 or bfloat16.
    """

    def __init__(self, transformer: clip_model.Transformer, *, number_type: torch.dtype) -> None:
        self._blocks = [_PackedBlock(block, number_type) for block in transformer.resblocks]

    def at(self, hidden: torch.Tensor, positions: torch.Tensor, *, causal: bool) -> torch.Tensor:
        """The output at one position of each sequence.

        Parameters
        ----------
        hidden : Tensor of shape (B, L, W), float32
        positions : Tensor of shape (B,), int64
        causal : bool
            Whether a position sees only itself and those before.

        Returns
        -------
        Tensor of shape (B, W), float32
        """
        for block in self._blocks[:-1]:
            hidden = block.everywhere(hidden, causal=causal)
        seen = None
        if causal and len(positions) > 1:
            seen = (torch.arange(hidden.shape[1]) <= positions[:, None])[:, None, None]  # (B, 1, 1, L)
        elif causal:
            hidden = hidden[:, : int(positions[0]) + 1]
        return self._blocks[-1].at(hidden, positions, seen)


class PackedLinear:
    """A linear layer whose weights are laid out once.

    Parameters
    ----------
    weight : Tensor of shape (outputs, inputs)
    bias : Tensor of shape (outputs,)
    number_type : torch.dtype
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, number_type: torch.dtype) -> None:
        weight, self._bias = (values.detach().to(number_type).contiguous() for values in (weight, bias))
        # Builds of torch without oneDNN (macOS) have no such layout: there it is an ordinary linear layer.
        self._packed = torch.backends.mkldnn.is_available()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight) if self._packed else weight
        self.number_type = number_type

    def __call__(self, numbers: torch.Tensor) -> torch.Tensor:
        """(…, inputs) of any float type to (…, outputs) in ``number_type``."""
        numbers = numbers.to(self.number_type)
        if self._packed:
            result: torch.Tensor = torch.ops.mkldnn._linear_pointwise(numbers, self._weight, self._bias, "none", [], "")
            return result
        return F.linear(numbers, self._weight, self._bias)


class _PackedBlock:
    def __init__(self, block: clip_model.ResidualAttentionBlock, number_type: torch.dtype) -> None:
        attention, (widen, _, narrow) = block.attn, block.mlp
        self._heads = attention.num_heads
        self._norms = block.ln_1, block.ln_2
        self._in = PackedLinear(attention.in_proj_weight, attention.in_proj_bias, number_type)
        self._out, self._widen, self._narrow = (
            PackedLinear(layer.weight, layer.bias, number_type) for layer in (attention.out_proj, widen, narrow)
        )

    def everywhere(self, hidden: torch.Tensor, *, causal: bool) -> torch.Tensor:
        query, key, value = map(self._by_head, self._in(_normed(self._norms[0], hidden)).chunk(3, dim=-1))
        attended = _attention(query, key, value, is_causal=causal)
        return self._finished(hidden, attended)

    def at(self, hidden: torch.Tensor, positions: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        rows = torch.arange(len(positions))
        query, key, value = map(self._by_head, self._in(_normed(self._norms[0], hidden)).chunk(3, dim=-1))
        attended = _attention(query[rows, :, positions][:, :, None], key, value, attn_mask=seen)
        return self._finished(hidden[rows, positions][:, None], attended)[:, 0]

    def _by_head(self, numbers: torch.Tensor) -> torch.Tensor:
        parts: torch.Tensor = numbers.unflatten(-1, (self._heads, -1)).transpose(1, 2)  # (B, heads, L, W / heads)
        return parts

    def _finished(self, hidden: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        hidden = hidden + self._out(attended.transpose(1, 2).flatten(2)).float()
        wide = self._widen(_normed(self._norms[1], hidden))
        return hidden + self._narrow(wide * torch.sigmoid(1.702 * wide)).float()


def _attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **how: Any) -> torch.Tensor:
    if query.dtype == torch.bfloat16 and torch.backends.cpu.get_cpu_capability() in {"DEFAULT", "AVX2"}:
        # Where ATEN_CPU_CAPABILITY holds torch back on a newer CPU, its attention fails in bfloat16 (pack_vnni2).
        query, key, value = query.float(), key.float(), value.float()
        return F.scaled_dot_product_attention(query, key, value, **how).to(torch.bfloat16)
    return F.scaled_dot_product_attention(query, key, value, **how)


def _normed(norm: nn.LayerNorm, hidden: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(hidden, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
