r"""A query as one line that people can read and write, without loss: ``2*"red car" - snow + [cats/1.jpg]``.

A term is a sentence or what stands between brackets, with a weight in front (``2*``) where it is not 1. Terms are
joined by `` + `` and `` - ``. A sentence needs quotes only where it could be read as something else. Between brackets
stands a picture of the gallery, or another kind of subject after its tag: ``[sha256:… name]``. In quotes and brackets a
backslash takes away the meaning of the letter after it.

A sentence alone is a query of this form only when nothing in it means something here, so what people type is not
read by `parse_query` unless they ask for terms: ``well-known`` and ``half a dog`` stay sentences, ``cat - dog`` does not.
"""

from __future__ import annotations

import re

from t2i_core.errors import QueryError
from t2i_core.query.subjects import SUBJECTS, GalleryPicture, Subject, Words
from t2i_core.query.terms import Query, Term

_WEIGHT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?\s*\*\s*")
_SPECIAL = re.compile(r'["\[\]\\*]')
_JOINED = re.compile(r"(?:^|\s)[+-]|[+-](?:\s|$)")
_END_OF_BARE = re.compile(r'\s+[+-](?=[\s"\[\d.]|$)|["\[\]\\*]')
_TAGGED = re.compile(r"([a-z0-9]+):")
# What people type means terms where it begins with a weight, a quote or a bracket, or where a sign stands between blanks.
_WEIGHED = r"(?:\d+(?:\.\d*)?|\.\d+)\s*\*\s*\S"
_MEANT = re.compile(rf'^\s*(?:[+-]?\s*{_WEIGHED}|["\[])|\s[+-]\s')
_SURELY_MEANT = re.compile(rf'^\s*[+-]?\s*{_WEIGHED}|\s[+-]\s+(?:{_WEIGHED}|["\[])')


def write_query(query: Query) -> str:
    """The query as text; `parse_query` gives an equal one back.

    Examples
    --------
    >>> from t2i_core.query import GalleryPicture, Query, Term, Words
    >>> asked = Query((Term(Words("red car"), 2.0), Term(Words("snow"), -1.0), Term(GalleryPicture("cats/1.jpg"))))
    >>> write_query(asked)
    '2*red car - snow + [cats/1.jpg]'
    """
    parts: list[str] = []
    for number, term in enumerate(query.terms):
        sign = "-" if term.weight < 0 else ("+" if number else "")
        weight = abs(term.weight)
        factor = "" if weight == 1.0 else f"{_number(weight)}*"
        parts.append(f"{sign} {factor}{_written(term.subject)}".strip())
    return " ".join(parts)


def parse_query(text: str) -> Query:
    """The query a text stands for.

    Raises
    ------
    QueryError
        Saying where the text stops being one.

    Examples
    --------
    >>> for term in parse_query('2*"red car" - snow + [cats/1.jpg]').terms:
    ...     print(term.weight, term.subject.content)
    2.0 red car
    -1.0 snow
    1.0 cats/1.jpg
    """
    terms: list[Term] = []
    place = _skip(text, 0)
    while place < len(text):
        sign = 1.0
        if text[place] in "+-":
            sign = -1.0 if text[place] == "-" else 1.0
            place = _skip(text, place + 1)
        elif terms:
            raise _error(text, place, "a + or a - between two terms")
        weight = 1.0
        if found := _WEIGHT.match(text, place):
            weight, place = float(f"{found[1]}e{found[2] or 0}"), found.end()
        subject, place = _subject(text, place)
        terms.append(Term(subject, sign * weight))
        place = _skip(text, place)
    return Query(tuple(terms))


def read_typed(text: str, *, added: bool = False) -> Query:
    """The query somebody means who typed a text where sentences are asked: a plain sentence, unless it is clearly one of terms.

    A hyphen within words is no minus, nor is one that words follow at once; a sign that stands between blanks is. Quotes around a
    sentence make sure that it is one. ``added`` is for a text that is added to terms: there a sign in front is meant too.

    Raises
    ------
    QueryError
        When it is surely one of terms and cannot be read as such, or holds nothing.

    Examples
    --------
    >>> read_typed("a well-known tower -not a church").sentence
    'a well-known tower -not a church'
    >>> read_typed('a sign that says "stop"').sentence
    'a sign that says "stop"'
    >>> write_query(read_typed("a beach - 0.5*people"))
    'a beach - 0.5*people'
    >>> read_typed('"cat - dog"').sentence
    'cat - dog'
    """
    if _MEANT.search(text) or (added and text.lstrip()[:1] in ("+", "-")):
        try:
            return parse_query(text)
        except QueryError:
            if _SURELY_MEANT.search(text):
                raise
    return Query.of(text)


def as_typed(sentence: str) -> str:
    """A sentence as it is typed to be read as that sentence: in quotes where it would mean terms.

    Examples
    --------
    >>> as_typed("a red car"), as_typed("cat - dog")
    ('a red car', '"cat - dog"')
    """
    try:
        same = read_typed(sentence).sentence == sentence
    except QueryError:
        same = False
    return sentence if same else f'"{_escaped(sentence, chr(34))}"'


def _subject(text: str, place: int) -> tuple[Subject, int]:
    if text[place : place + 1] in ("", "+", "-"):
        raise _error(text, place, "a sentence or a picture")
    if text[place] == '"':
        content, _, end = _until(text, place, '"')
        return Words(content), end
    if text[place] == "[":
        content, escaped, end = _until(text, place, "]")
        tag = _TAGGED.match(content)
        kind = SUBJECTS.get(tag[1]) if tag and not escaped else None
        if tag and kind is not None:
            return kind.from_inside(content[tag.end() :]), end
        return GalleryPicture.from_inside(content), end
    found = _END_OF_BARE.search(text, place)
    end = found.start() if found else len(text)
    if not text[place:end].strip():
        raise _error(text, place, "a sentence or a picture")
    return Words(text[place:end]), end


def _until(text: str, place: int, closing: str) -> tuple[str, bool, int]:
    """What stands before ``closing``, whether its first letter was escaped, and the place after it."""
    letters: list[str] = []
    at = place + 1
    escaped = text[at : at + 1] == "\\"
    while at < len(text):
        if text[at] == closing:
            return "".join(letters), escaped, at + 1
        if text[at] == "\\":
            at += 1
        letters.append(text[at : at + 1])
        at += 1
    raise _error(text, place, f"a closing {closing} for what begins")


def _written(subject: Subject) -> str:
    if isinstance(subject, Words):
        plain = not _SPECIAL.search(subject.text) and not _JOINED.search(subject.text)
        return subject.text if plain else f'"{_escaped(subject.text, chr(34))}"'
    inside = _escaped(subject.inside, "]")
    if not isinstance(subject, GalleryPicture):
        return f"[{subject.tag}:{inside}]"
    tagged = _TAGGED.match(subject.inside)
    return f"[\\{inside}]" if tagged and tagged[1] in SUBJECTS else f"[{inside}]"


def _escaped(text: str, closing: str) -> str:
    return text.replace("\\", "\\\\").replace(closing, f"\\{closing}")


def _number(weight: float) -> str:
    """The shortest digits that give the same number back."""
    digits = repr(weight)
    return digits.removesuffix(".0")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _error(text: str, place: int, wanted: str) -> QueryError:
    return QueryError(
        f"A query of terms needs {wanted} at position {place + 1}, got {text[place : place + 20] or 'the end'!r}. "
        'Write it like this: 2*"red car" - snow + [cats/1.jpg]'
    )
