"""What fine-tuning makes smaller."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention


def caption_loss(
    images: torch.Tensor, texts: torch.Tensor, owners: torch.Tensor, *, scale: torch.Tensor
) -> torch.Tensor:
    """The CLIP loss where a picture may have several captions.

    Parameters
    ----------
    images : Tensor of shape (B, D)
        Unit rows.
    texts : Tensor of shape (M, D)
        Unit rows.
    owners : Tensor of shape (M,), int64
        Row of each text's picture.
    """
    logits = scale * texts @ images.T  # (M, B)
    to_images = F.cross_entropy(logits, owners)
    own = owners[:, None] == torch.arange(len(images))[None, :]
    log_shares = logits.log_softmax(dim=0)  # over texts, for every picture
    positives = log_shares.masked_fill(~own, 0.0).sum(dim=0) / own.sum(dim=0).clamp_min(1)
    # With several right captions the smallest possible value is the log of their number.
    return (to_images - positives.mean()) / 2
