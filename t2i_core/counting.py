"""Numbers of things in sentences."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """A number and what is counted, which takes an s unless it is one.

    Examples
    --------
    >>> count_of(1, "picture"), count_of(2000, "picture"), count_of(0, "caption")
    ('1 picture', '2,000 pictures', '0 captions')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
