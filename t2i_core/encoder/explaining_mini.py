"""Where the bundled model sees something: its own head, asked at each place of the last maps instead of at their mean."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.mini_network import ImageTrunk

CLEAR_COSINE = 0.25


def place_cosines(trunk: ImageTrunk, head: nn.Module, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
    """How much nearer each place is to what is asked than to sentences of every kind.

    A picture's embedding is the head's answer to the mean of its maps, so the head also answers to the maps at one place. The
    cosine alone is no map: some places are near every sentence. So the mean of their cosines is taken off.

    Parameters
    ----------
    trunk : ImageTrunk
    head : nn.Module
        From features (B, C) to embeddings (B, D).
    pixels : Tensor of shape (1, 3, side, side)
    sought : Sought

    Returns
    -------
    Tensor of shape (T, h, w), float32
        Cosines beyond the usual: 0 where the place says nothing of it.
    """
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    maps = torch.cat([part(pixels) for part in trunk.parts], dim=1)[0].float()  # (C, h, w)
    height, width = maps.shape[1:]
    places = F.normalize(head(maps.flatten(1).T), dim=-1)  # (h * w, D)
    cosines = sought.directions @ places.T
    return (cosines - (sought.background @ places.T).mean(dim=0)).view(-1, height, width)
