"""Recall at k, the CLIP way, for choosing and for the report."""

from __future__ import annotations

import torch

RANKS = (1, 5, 10)


def retrieval_recalls(
    images: torch.Tensor, texts: torch.Tensor, owners: torch.Tensor, *, ranks: tuple[int, ...] = RANKS
) -> dict[str, float]:
    """Text to image and image to text recall, in percent.

    Parameters
    ----------
    images : Tensor of shape (N, D)
        Unit rows.
    texts : Tensor of shape (M, D)
        Unit rows.
    owners : Tensor of shape (M,), int64
        Row of the picture each text belongs to.

    Returns
    -------
    dict of str to float
        ``t2i@1`` ... and ``i2t@1`` ...; a picture counts when any one of its texts is among the first k.
    """
    scores = texts @ images.T  # (M, N)
    own = scores.gather(1, owners[:, None])
    picture_ranks = (scores > own).sum(dim=1)
    best = torch.full((len(images),), float("-inf")).scatter_reduce(0, owners, own[:, 0], "amax")
    text_ranks = (scores > best[None, :]).sum(dim=0)
    return _shares("t2i", picture_ranks, ranks) | _shares("i2t", text_ranks, ranks)


def hit_shares(
    images: torch.Tensor, texts: torch.Tensor, right: torch.Tensor, *, ranks: tuple[int, ...] = RANKS
) -> dict[str, float]:
    """In percent, how many texts have a right picture among the first k, where several may be right.

    Parameters
    ----------
    images : Tensor of shape (N, D)
        Unit rows.
    texts : Tensor of shape (Q, D)
        Unit rows.
    right : Tensor of shape (Q, N), bool
        At least one in each row.

    Returns
    -------
    dict of str to float
        ``hit@1`` ...
    """
    scores = texts @ images.T
    best = scores.masked_fill(~right, float("-inf")).amax(dim=1, keepdim=True)
    return _shares("hit", (scores > best).sum(dim=1), ranks)


def _shares(name: str, found_after: torch.Tensor, ranks: tuple[int, ...]) -> dict[str, float]:
    """In percent, how many were found among the first k; ``found_after`` (Q,) counts what came before."""
    return {f"{name}@{k}": 100.0 * (found_after < k).float().mean().item() for k in ranks}


def in_words(recalls: dict[str, float]) -> str:
    """Recalls in one line."""
    return " ".join(f"{name} {value:.1f}" for name, value in recalls.items())
