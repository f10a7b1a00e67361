"""A quicker way through a tower is taken where it comes near enough to float32, tried with the weights at hand.

Rounding hurts some weights more than others, and no list of models says which. So each pair of towers embeds the same
fixed inputs before the quicker one answers for the first time. These ask for more than is promised, because real
pictures and texts differ more than a few made-up ones do.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.tokens import tokenize

Tower = Callable[[torch.Tensor], torch.Tensor]

# The least cosine between both embeddings of a tried input. Promised are 0.9999 and 0.999.
TEXT_COSINE = 0.9999
IMAGE_COSINE = 0.9995
_TRIED_TEXTS = ("a dog on a beach", "two people ride bicycles through a park in autumn", "snow")
_TRIED_PICTURES = 4


def near_enough(quick: Tower, precise: Tower, tried: torch.Tensor, cosine: float) -> bool:
    """Whether both towers embed every tried input alike: the cosine of its two embeddings is above ``cosine``.

    The same weights always get the same answer from one kind of processor; numbers that are none are not near.
    """
    with torch.inference_mode():
        nearness = F.cosine_similarity(quick(tried).double(), precise(tried).double())
    return bool((nearness > cosine).all())


def tried_texts(context_length: int) -> torch.Tensor:
    """Tokens (B, L) of the texts that are tried."""
    return tokenize(_TRIED_TEXTS, context_length=context_length)


def tried_pixels(side: int) -> torch.Tensor:
    """Smooth colours, as pictures have them and plain noise does not: Tensor of shape (B, 3, side, side), float32."""
    coarse = torch.randn((_TRIED_PICTURES, 3, 7, 7), generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, size=(side, side), mode="bicubic")
