"""What a term can be about: words, a picture of the gallery, a picture from outside. A new kind is one class here.

Every kind says how it is called (``tag``), what it holds as JSON (``fields``), and how it is written between
brackets (``inside``); the forms in `text_form`, `request` and `link_form` know no kind by name but words, which need
no brackets. `t2i_core.engine.embedding` says what each becomes for a model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, Self, runtime_checkable

from t2i_core.errors import QueryError

_SHA256 = re.compile(r"[0-9a-f]{64}")


@runtime_checkable
class Subject(Protocol):
    """What every kind of subject offers.

    Attributes
    ----------
    tag : str
        Name of the kind, in JSON and in front of what stands between brackets.
    of_gallery : bool
        Whether it means something in one gallery only.
    """

    tag: ClassVar[str]
    of_gallery: ClassVar[bool]

    @property
    def linkable(self) -> bool:
        """Whether a link alone can bring it back elsewhere."""
        ...

    @property
    def label(self) -> str:
        """What to call it on a page; never what it is known by."""
        ...

    @property
    def content(self) -> str:
        """What it is known by: equal for equal questions, whatever they are called."""
        ...

    @property
    def fields(self) -> dict[str, str]:
        """What it holds beside its content, for JSON."""
        ...

    @property
    def inside(self) -> str:
        """What stands for it between brackets, after the tag."""
        ...

    @classmethod
    def from_fields(cls, content: str, fields: Mapping[str, str]) -> Self:
        """What `content` and `fields` came from; QueryError when they come from nothing."""
        ...

    @classmethod
    def from_inside(cls, inside: str) -> Self:
        """What `inside` came from; QueryError when it comes from nothing."""
        ...


class _OneText:
    """What kinds that hold one text and nothing else have in common: it is what they are known by, called and written as."""

    def __init__(self, text: str) -> None:
        raise NotImplementedError  # each kind is a dataclass and has its own

    @property
    def content(self) -> str:
        raise NotImplementedError

    @property
    def label(self) -> str:
        return self.content

    @property
    def fields(self) -> dict[str, str]:
        return {}

    @property
    def inside(self) -> str:
        return self.content

    @classmethod
    def from_fields(cls, content: str, fields: Mapping[str, str]) -> Self:
        return cls(content)

    @classmethod
    def from_inside(cls, inside: str) -> Self:
        return cls(inside)


@dataclass(frozen=True)
class Words(_OneText):
    """A sentence in somebody's own words; white space between words is one blank each."""

    text: str
    tag: ClassVar[str] = "words"
    of_gallery: ClassVar[bool] = False

    def __post_init__(self) -> None:
        text = " ".join(writable(self.text, "A sentence").split())
        if not text:
            raise QueryError("A query needs at least one word, got an empty one. Type what you want to see.")
        object.__setattr__(self, "text", text)

    @property
    def linkable(self) -> bool:
        return True

    @property
    def content(self) -> str:
        return self.text


@dataclass(frozen=True)
class GalleryPicture(_OneText):
    """A picture of the gallery, by its file name relative to the image folder.

    A name that was no UTF-8 on the disk holds halves of characters; it can be asked for, but stands in no link.
    """

    image_id: str
    tag: ClassVar[str] = "picture"
    of_gallery: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not isinstance(self.image_id, str) or not self.image_id:
            raise QueryError(f"A picture of the gallery needs its name, got {self.image_id!r:.80}. Choose a picture.")

    @property
    def linkable(self) -> bool:
        return is_utf8(self.image_id)

    @property
    def content(self) -> str:
        return self.image_id


@dataclass(frozen=True)
class OutsidePicture:
    """A picture that is not of the gallery, known by the SHA-256 of its file; ``name`` is only what to call it."""

    sha256: str
    name: str = field(default="", compare=False)
    tag: ClassVar[str] = "sha256"
    of_gallery: ClassVar[bool] = False

    def __post_init__(self) -> None:
        writable(self.name, "A picture's name")
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise QueryError(
                f"A picture from outside is named by the 64 hexadecimal digits of its SHA-256, got {self.sha256!r:.80}. "
                "Choose the picture again."
            )

    @property
    def linkable(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return self.name or f"picture {self.sha256[:8]}"

    @property
    def content(self) -> str:
        return self.sha256

    @property
    def fields(self) -> dict[str, str]:
        return {"name": self.name} if self.name else {}

    @property
    def inside(self) -> str:
        return f"{self.sha256} {self.name}" if self.name else self.sha256

    @classmethod
    def from_fields(cls, content: str, fields: Mapping[str, str]) -> Self:
        return cls(content, fields.get("name", ""))

    @classmethod
    def from_inside(cls, inside: str) -> Self:
        sha256, _, name = inside.partition(" ")
        return cls(sha256, name)


# The kinds there are, by tag. What stands between brackets without a tag is a picture of the gallery.
SUBJECTS: Mapping[str, type[Subject]] = {kind.tag: kind for kind in (Words, GalleryPicture, OutsidePicture)}


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can hold a text, so that a link can."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def writable(text: object, what: str) -> str:
    """Text that UTF-8 can hold, so that a link and a file can; QueryError otherwise."""
    if not isinstance(text, str):
        raise QueryError(f"{what} must be text, got {type(text).__name__}. Write it in quotes.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QueryError(
            f"{what} must be text that UTF-8 can hold, got a half of a character at position {error.start}. Take it out."
        ) from error
    return text
