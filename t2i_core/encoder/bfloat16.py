"""Whether this CPU multiplies bfloat16 itself; others would compute it slower than float32."""

from __future__ import annotations

import torch


def multiplies_bfloat16() -> bool:
    """Whether there are instructions for bfloat16."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
