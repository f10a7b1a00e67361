"""What training makes smaller."""

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


def guess_loss(
    images: torch.Tensor, prompts: torch.Tensor, targets: torch.Tensor, *, scale: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of a picture's closeness to class prompts against target shares.

    Parameters
    ----------
    images : Tensor of shape (B, D)
    prompts : Tensor of shape (K, D)
    targets : Tensor of shape (B,) int64, or (B, K) of shares
    """
    return F.cross_entropy(scale * images @ prompts.T, targets)


def imitation_loss(students: torch.Tensor, teachers: torch.Tensor) -> torch.Tensor:
    """How far sentence vectors (B, S) are from the sentence model's: by angle, and as neighbours in the batch."""
    angle = 1.0 - (students * teachers).sum(dim=-1).mean()
    alike = (20.0 * teachers @ teachers.T).softmax(dim=-1)
    neighbours = -(alike * (20.0 * students @ teachers.T).log_softmax(dim=-1)).sum(dim=-1).mean()
    return 10.0 * angle + neighbours
