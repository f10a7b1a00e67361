"""Which batches of a build a run encodes: all of them, or those of one machine of several (`shards.Shard`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")
Batches = Sequence[tuple[Item, ...]]
Kept = Callable[[], Mapping[int, tuple[Item, ...]]]


@dataclass(frozen=True)
class Part(Generic[Item]):
    """What a run has to do of one kind, pictures or captions.

    Attributes
    ----------
    left : tuple of (int or None, tuple)
        Its batches that are still to be encoded, each with the number it is kept under; None is the next free one.
    ready : int
        Items that need no work and count as the run's own.
    """

    left: tuple[tuple[int | None, tuple[Item, ...]], ...]
    ready: int

    @property
    def total(self) -> int:
        """Items of the run, those that are ready too."""
        return self.ready + sum(len(items) for _, items in self.left)


class Selector(Protocol):
    """Takes a run's batches out of those of the whole build."""

    def select(self, batches: Batches[Item], *, known: int, kept: Kept[Item]) -> Part[Item]:
        """What a run has to do.

        Parameters
        ----------
        batches : sequence of tuple
            What the whole build has left to encode, cut into its batches.
        known : int
            Items of the whole build that need no work.
        kept : callable
            The batches in the run's own journal, by number.
        """
        ...


class EveryBatch:
    """The selector of a build on one machine. What its journal holds counts as known, and is in no batch."""

    def select(self, batches: Batches[Item], *, known: int, kept: Kept[Item]) -> Part[Item]:
        return Part(tuple((None, items) for items in batches), known)


def cut(items: Sequence[Item], size: int) -> list[tuple[Item, ...]]:
    """Items in batches of ``size``, the last one with what is left."""
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
