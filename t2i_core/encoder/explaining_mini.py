"""Where the bundled model sees something: its own head, asked at each place of the last maps instead of at their mean."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.mini_network import ImageTrunk

# How much larger a picture is shown than for an embedding: networks of convolutions take any size, and parts of a picture are
# then seen at the size at which the network has seen whole things. Costs 2.25 times as much.
FINER = 1.5
_SMALLEST_SPREAD = 1e-3  # of cosines: a background of one says nothing of spreads
# In spreads of the background. The peak of a picture's own caption is above 3.4 in half of pictures and above 2.6 in 95 of 100; that
# of other pictures' captions is below 1.7 in half and below 2.3 in three quarters (pictures that no figure is told of).
SCALE = (1.5, 3.5)


def last_maps(trunk: ImageTrunk, pixels: torch.Tensor) -> torch.Tensor:
    """What the three networks come to at each place of pixels (1, 3, side, side): Tensor of shape (C, h, w), float32."""
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    return torch.cat([part(pixels) for part in trunk.parts], dim=1)[0].float()


class LastLook:
    """The maps of the picture that was looked at last.

    Looking costs nearly all of an explanation, and the words of a query are asked of a picture right after the query itself.
    """

    def __init__(self) -> None:
        self._kept: tuple[torch.Tensor, torch.Tensor] | None = None

    def maps(self, trunk: ImageTrunk, pixels: torch.Tensor) -> torch.Tensor:
        """`last_maps` of one trunk, whose weights stay."""
        kept = self._kept  # replaced as a whole, so that threads never see one picture's pixels with another's maps
        if kept is None or not torch.equal(kept[0], pixels):
            kept = self._kept = (pixels, last_maps(trunk, pixels))
        return kept[1]


def place_spreads(maps: torch.Tensor, head: nn.Module, sought: Sought) -> torch.Tensor:
    """How much nearer each place is to what is asked than to sentences of every kind, in spreads of theirs.

    A picture's embedding is the head's answer to the mean of its maps, so the head also answers to the maps at one place. The
    cosine alone is no map: some places are near every sentence, and at some all cosines lie far apart. So the mean of the
    background's cosines is taken off, and what is left is counted in their standard deviations.

    Parameters
    ----------
    maps : Tensor of shape (C, h, w), float32
        See `last_maps`.
    head : nn.Module
        From features (B, C) to embeddings (B, D).
    sought : Sought

    Returns
    -------
    Tensor of shape (T, h, w), float32
        0 where the place is as near as to any other sentence.
    """
    height, width = maps.shape[1:]
    places = F.normalize(head(maps.flatten(1).T), dim=-1)  # (h * w, D)
    usual = sought.background @ places.T
    spread = usual.std(dim=0, correction=0).clamp(min=_SMALLEST_SPREAD)
    return ((sought.directions @ places.T - usual.mean(dim=0)) / spread).view(-1, height, width)
