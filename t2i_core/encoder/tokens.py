"""Sentences to openai/CLIP's tokens, and which part of a long sentence is read."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from t2i_core.encoder.openai_clip import clip_package

CONTEXT_LENGTH = 77


def tokenize(texts: Sequence[str], *, context_length: int = CONTEXT_LENGTH) -> torch.Tensor:
    """Tokens of each text: Tensor of shape (B, context_length), int32; longer text is cut, its end token kept."""
    tokens: torch.Tensor = clip_package.tokenize(list(texts), context_length=context_length, truncate=True)
    return tokens


def end_positions(tokens: torch.Tensor) -> torch.Tensor:
    """Position of each row's end token, the biggest number of the vocabulary: Tensor of shape (B,), int64."""
    return tokens.argmax(dim=-1)


def part_read(text: str, *, context_length: int = CONTEXT_LENGTH) -> str | None:
    """The beginning of ``text`` that fits the context, in whole words; None when all of it fits.

    A single word that is too long by itself comes back as the tokenizer spells it.
    """
    room = context_length - 2  # start and end token
    tokens = _encode(text)
    if len(tokens) <= room:
        return None
    words = text.split()
    fits, too_many = 0, len(words)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if len(_encode(" ".join(words[:middle]))) <= room:
            fits = middle
        else:
            too_many = middle
    if fits:
        return " ".join(words[:fits])
    return str(clip_package._tokenizer.decode(tokens[:room])).strip()


def _encode(text: str) -> list[int]:
    tokens: list[int] = clip_package._tokenizer.encode(text)
    return tokens
