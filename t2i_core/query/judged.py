"""Pictures of the gallery that somebody liked or disliked: their names, checked, and as one parameter of a link."""

from __future__ import annotations

import json
from collections.abc import Sequence

from t2i_core.errors import QueryError
from t2i_core.query.subjects import is_utf8

MAX_JUDGED = 400


def judged_names(names: object, what: str) -> tuple[str, ...]:
    """The names of ``liked`` or ``disliked`` pictures (``what``), each once and in their order.

    Raises
    ------
    QueryError
        When they are no list of names, or more than 400.
    """
    if not isinstance(names, Sequence) or isinstance(names, str | bytes):
        raise QueryError(f'{what} must be a list of names, got {names!r:.80}. Write it like this: ["cats/1.jpg"]')
    for name in names:
        if not isinstance(name, str) or not name:
            raise QueryError(f"{what} holds the names of pictures, got {name!r:.80}. Choose a picture.")
    once = tuple(dict.fromkeys(names))
    if len(once) > MAX_JUDGED:
        raise QueryError(f"At most {MAX_JUDGED} pictures are {what}, got {len(once):,}. Keep those that tell most.")
    return once


def check_apart(liked: Sequence[str], disliked: Sequence[str]) -> None:
    """Refuse a picture that is both liked and disliked, with a QueryError."""
    if both := next((name for name in disliked if name in set(liked)), None):
        raise QueryError(f"A picture is liked or disliked, got both for {both!r:.80}. Take one of the two back.")


def names_to_link(names: Sequence[str]) -> str:
    """Names as one parameter: one a line, to be edited by hand; JSON where lines could not be told apart.

    Examples
    --------
    >>> names_to_link(["cats/1.jpg", "cats/2.jpg"])
    'cats/1.jpg\\ncats/2.jpg'
    >>> names_to_link(["[1].jpg"])
    '["[1].jpg"]'
    """
    lines = "\n".join(names)
    if not is_utf8(lines):
        return json.dumps(list(names), separators=(",", ":"))
    if lines.startswith("[") or lines.split("\n") != list(names):
        return json.dumps(list(names), ensure_ascii=False, separators=(",", ":"))
    return lines


def names_from_link(text: str, what: str) -> tuple[str, ...]:
    """The names that `names_to_link` wrote.

    Raises
    ------
    QueryError
        When they cannot be read.
    """
    if not text.startswith("["):
        return judged_names([line for line in text.split("\n") if line], what)
    try:
        names = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError(f"The link's {what} cannot be read ({error}). Take the parameter out.") from error
    return judged_names(names, what)
