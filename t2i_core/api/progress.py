"""A bar in a notebook or a terminal, by tqdm where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Tell = Callable[[str, int, int], None]


@contextmanager
def bar(*, shown: bool = True) -> Iterator[Tell]:
    """A function to be told a stage, how many are done and of how many; a stage that is new gets a bar of its own."""
    if not shown:
        yield lambda stage, done, total: None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:  # whatever tqdm needs for notebooks is theirs to install
        yield lambda stage, done, total: None
        return
    bars: dict[str, Any] = {}

    def tell(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            for earlier in bars.values():
                earlier.close()
            bars[stage] = tqdm(total=total, desc=stage)
        drawn = bars[stage]
        drawn.total = total
        drawn.update(done - drawn.n)

    try:
        yield tell
    finally:
        for drawn in bars.values():
            drawn.close()
