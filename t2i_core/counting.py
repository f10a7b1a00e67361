"""Numbers of things in sentences."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """``1 picture``, ``2,000 pictures``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
