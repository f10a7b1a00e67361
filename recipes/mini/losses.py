"""What the recipe makes smaller besides the loss of fine-tuning."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

_NEARNESS = 0.05  # of sentence vectors, as a temperature
_SHARPNESS = 1.5


def guess_loss(
    images: torch.Tensor, prompts: torch.Tensor, targets: torch.Tensor, *, scale: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of a picture's closeness to class prompts against the classifiers' shares.

    Parameters
    ----------
    images : Tensor of shape (B, D)
    prompts : Tensor of shape (K, D)
    targets : Tensor of shape (B, K)
    """
    return F.cross_entropy(scale * images @ prompts.T, targets)


def kind_loss(
    images: torch.Tensor,
    prompts: torch.Tensor,
    classes: torch.Tensor,
    fits: torch.Tensor,
    *,
    scale: torch.Tensor,
) -> torch.Tensor:
    """How well pictures find the name of their class, and one word for what it is a kind of.

    What else is right for a picture is neither rewarded nor held against it.

    Parameters
    ----------
    images : Tensor of shape (B, D)
    prompts : Tensor of shape (K + H, D)
        Of the names, then of the words for kinds.
    classes : Tensor of shape (B,), int64
    fits : Tensor of shape (K, K + H), bool
    """
    logits = scale * images @ prompts.T
    right = fits[classes]
    loss = _one_right(logits, right, classes)
    kinds = right[:, len(fits) :].float()
    known = kinds.sum(dim=1) > 0
    if known.any():
        chosen = torch.multinomial(kinds[known], 1)[:, 0] + len(fits)
        loss = loss + _one_right(logits[known], right[known], chosen)
    return loss


def vocabulary_loss(
    images: torch.Tensor, texts: torch.Tensor, closeness: torch.Tensor, *, scale: torch.Tensor
) -> torch.Tensor:
    """How far each text's ranking of the pictures is from what the classifiers make of its words.

    Parameters
    ----------
    images : Tensor of shape (B, D)
    texts : Tensor of shape (M, D)
    closeness : Tensor of shape (M, B)
        What `described_by` says.
    """
    targets = (_SHARPNESS * _standardised(closeness)).softmax(dim=1)
    return F.cross_entropy(scale * texts @ images.T, targets)


def described_by(vectors: torch.Tensor, meanings: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    """How well classifiers' outputs (B, K) agree with sentence vectors (M, S): Tensor of shape (M, B).

    A sentence is a mixture of the classes whose ``meanings`` (K, S) it is near, whichever words it uses
    (Norouzi et al. 2013, "Zero-shot learning by convex combination of semantic embeddings", read from text to picture).
    """
    mixture = (vectors @ meanings.T / _NEARNESS).softmax(dim=1)
    return mixture @ _standardised(outputs).T


def _standardised(rows: torch.Tensor) -> torch.Tensor:
    return (rows - rows.mean(dim=1, keepdim=True)) / rows.std(dim=1, keepdim=True).clamp_min(1e-6)


def _one_right(logits: torch.Tensor, right: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    others = right & (torch.arange(logits.shape[1])[None, :] != chosen[:, None])
    return F.cross_entropy(logits.masked_fill(others, -1e4), chosen)


def imitation_loss(students: torch.Tensor, teachers: torch.Tensor) -> torch.Tensor:
    """How far sentence vectors (B, S) are from the sentence model's: by angle, and as neighbours in the batch."""
    angle = 1.0 - (students * teachers).sum(dim=-1).mean()
    alike = (20.0 * teachers @ teachers.T).softmax(dim=-1)
    neighbours = -(alike * (20.0 * students @ teachers.T).log_softmax(dim=-1)).sum(dim=-1).mean()
    return 10.0 * angle + neighbours
