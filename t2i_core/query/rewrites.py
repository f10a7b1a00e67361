"""What a person may have meant by a sentence that models read otherwise: offered in words, never asked instead."""

from __future__ import annotations

import re

from t2i_core.query.subjects import Words
from t2i_core.query.terms import Query, Term

LESS = -0.5
LONGEST = 400  # characters; a model reads no more than about so many
MOST_LEFT_OUT = 4
# "without", "with no", "but not any" and the like are one mark.
_MARK = re.compile(
    r"(?:^|,\s*|\s)(?:(?:and|but|with|having)\s+)?(?:without|no|not|excluding|except(?:\s+for)?)\s+"
    r"(?:(?:an?|the|any|some)\s+)?",
    re.IGNORECASE,
)
# "a no entry sign" names a thing, and what follows the others is no thing to leave out.
_NAMES_A_THING = re.compile(r"(?:^|\s)(?:an?|the|this|that|or)$", re.IGNORECASE)
_NO_THING = re.compile(
    r"(?:one|longer|matter|more|less|doubt|only|yet|just|all|so|very|quite|really|to)\b", re.IGNORECASE
)
# Where what is left out ends and the sentence goes on with what is wanted.
_GOES_ON = re.compile(r"\s*[,;.]\s*|\s+(?:but|and with)\s+", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|on|at|near|by|under|behind|along)\s+", re.IGNORECASE)
_VERB = re.compile(
    r"(?:(?:^|\s+)(?:who|that|which|where|there))?(?:\s+(?:is|are|was|were|do|does|has|have))?$", re.IGNORECASE
)


def less_of(sentence: str) -> Query | None:
    """The query that "A without B" stands for, ``A - ½ B``; None where nothing is left out.

    Models that compare pictures with sentences read the names and pass over the "without": the sentence ranks more of B, not
    less. What is left out stands after *without*, *no*, *not*, *except* or *excluding*, up to a comma or *but*. A sentence
    of over 400 characters, or that leaves out more than four things, is not rewritten.

    Examples
    --------
    >>> from t2i_core.query import write_query
    >>> write_query(less_of("a beach without people"))
    'a beach - 0.5*people'
    >>> write_query(less_of("No people on a beach"))
    'a beach - 0.5*people'
    >>> less_of("a no entry sign") is less_of("a beach with people") is None
    True
    """
    rest, wanted = " ".join(sentence.split()), ""
    left_out: list[str] = []
    if len(rest) > LONGEST:
        return None
    while len(left_out) <= MOST_LEFT_OUT and (mark := _mark(rest)):
        wanted = _VERB.sub("", wanted + rest[: mark.start()])
        rest = rest[mark.end() :]
        ends = [found for found in (_GOES_ON.search(rest), _mark(rest)) if found]
        if not _VERB.sub("", wanted.strip(" ,;.")) and (place := _PLACE.search(rest)):
            ends.append(place)
        first = min(ends, key=lambda found: found.start(), default=None)
        left_out.append((rest if first is None else rest[: first.start()]).strip(" ,;."))
        # Another mark is read next, anything else that ends it is dropped.
        rest = "" if first is None else rest[first.start() :] if _MARK.match(first[0]) else f" {rest[first.end() :]}"
    kept = (wanted + rest).strip(" ,;.")
    if not 1 <= len(left_out) <= MOST_LEFT_OUT or not all(left_out) or not kept:
        return None
    return Query((Term(Words(kept)), *(Term(Words(part), LESS) for part in left_out)))


def one_sentence(query: Query) -> str | None:
    """The one sentence that bare words asked together may be asked as, which finds more than their mean; None for others.

    Examples
    --------
    >>> one_sentence(Query.of("red", "car"))
    'red car'
    >>> one_sentence(Query.of("a red car", "snow")) is None
    True
    """
    texts = [term.subject.content for term in query.terms if isinstance(term.subject, Words)]
    bare = query.alike and len(texts) == len(query.terms) == 2 and all(" " not in text for text in texts)
    return " ".join(texts) if bare else None


def _mark(text: str) -> re.Match[str] | None:
    """The first place where something is left out."""
    for found in _MARK.finditer(text):
        if not _NAMES_A_THING.search(text[: found.start()]) and not _NO_THING.match(text, found.end()):
            return found
    return None
