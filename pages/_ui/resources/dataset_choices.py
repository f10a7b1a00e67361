"""DatasetChoice: a dataset the app offers, under a name that links can use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from t2i_core.index.address import is_address


@dataclass(frozen=True)
class DatasetChoice:
    """A dataset the app offers: its name in links, and its folder, or the address of a collection."""

    name: str
    folder: Path

    @property
    def may_be_away(self) -> bool:
        """Whether a server holds it, which may not answer at once."""
        return is_address(self.folder)


def unique(choices: Iterable[DatasetChoice]) -> list[DatasetChoice]:
    """The same datasets with different names: a sub-folder may have its parent's."""
    named: dict[str, DatasetChoice] = {}
    for choice in choices:
        name, number = choice.name, 2
        while name in named:
            name, number = f"{choice.name} {number}", number + 1
        named[name] = DatasetChoice(name, choice.folder)
    return list(named.values())
