"""What a folder holds that is not taken as a picture: by kind, with a count, examples, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLES = 3


@dataclass(frozen=True)
class LeftOut:
    """Files or folders of one kind that were left out.

    Attributes
    ----------
    kind : str
        What they are, in the number that ``count`` asks for: ``HEIC pictures``.
    count : int
    examples : tuple of str
        The first few, relative to the folder of pictures.
    advice : str
        A sentence on what to do, or empty where nothing is to be done.
    """

    kind: str
    count: int
    examples: tuple[str, ...]
    advice: str = ""

    def __str__(self) -> str:
        more = "" if self.count <= len(self.examples) else " …"
        told = f"{self.count:,} {self.kind} left out: {', '.join(self.examples)}{more}."
        return f"{told} {self.advice}" if self.advice else told


class Tally:
    """Counts what is left out while a folder is looked through."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], tuple[int, list[str]]] = {}

    def add(self, kind: tuple[str, str], name: str, *, advice: str = "", number: int = 1) -> None:
        """Note one more; ``kind`` in the singular and the plural, ``number`` where it stands for several."""
        key = (*kind, advice)
        count, examples = self._found.get(key, (0, []))
        if len(examples) < EXAMPLES:
            examples.append(printable(name))
        self._found[key] = (count + number, examples)

    def result(self) -> tuple[LeftOut, ...]:
        """Everything noted, most frequent first."""
        told = [
            LeftOut(one if count == 1 else many, count, tuple(examples), advice)
            for (one, many, advice), (count, examples) in self._found.items()
        ]
        return tuple(sorted(told, key=lambda left: (-left.count, left.kind)))


def printable(name: str) -> str:
    """A file name that can be shown anywhere, whatever bytes it is made of."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name)
