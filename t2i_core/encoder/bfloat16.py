"""Whether this CPU multiplies bfloat16 itself; others would compute it slower than float32."""

from __future__ import annotations

import torch


def multiplies_bfloat16() -> bool:
    """Whether there are instructions for bfloat16, and torch and oneDNN were not told to leave them alone.

    ``ATEN_CPU_CAPABILITY`` (``avx2``, ``default``) and ``ONEDNN_MAX_CPU_ISA`` make them compute as an older CPU does.
    """
    capabilities = torch.cpu.get_capabilities()
    return (
        any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
        and torch.backends.cpu.get_cpu_capability() not in {"DEFAULT", "AVX2"}
        and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    )
