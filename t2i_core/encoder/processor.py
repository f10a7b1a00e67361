"""What the installed PyTorch can compute with, for who asks before a model is opened."""

from __future__ import annotations

from dataclasses import dataclass

from t2i_core.encoder.bfloat16 import multiplies_bfloat16


@dataclass(frozen=True)
class Processor:
    """PyTorch's version, what it was built for, the GPU it sees, and what this processor multiplies natively.

    ``built_for`` is a version of CUDA, or empty for a build without it; ``gpu`` is empty where none is seen.
    """

    version: str
    built_for: str
    gpu: str
    instructions: str
    bfloat16: bool


def describe_processor() -> Processor:
    """Load PyTorch and ask it; ImportError or OSError where it is missing or broken."""
    import torch

    return Processor(
        version=torch.__version__,
        built_for=str(torch.version.cuda or ""),
        gpu=torch.cuda.get_device_name(0) if torch.cuda.is_available() else "",
        instructions=torch.backends.cpu.get_cpu_capability(),
        bfloat16=multiplies_bfloat16(),
    )
