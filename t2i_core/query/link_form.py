"""A request as the parameters of a link: short, plain enough to edit by hand, and without loss.

Plain questions have the parameters they always had: ``q`` (a sentence), ``together`` (sentences, one a line), ``like`` (a
picture of the gallery), ``alike`` (several, one a line). Every other query is ``terms``, in the form of `text_form`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from t2i_core.errors import QueryError
from t2i_core.query.cutoff import FORMS, Cutoff, read_cutoff
from t2i_core.query.judged import names_from_link, names_to_link
from t2i_core.query.request import AIMS, DEFAULT_TOP_K, ORDERS, RANKINGS, STACKINGS, SearchRequest
from t2i_core.query.subjects import GalleryPicture, Subject, Words
from t2i_core.query.terms import Query
from t2i_core.query.text_form import parse_query, write_query
from t2i_core.query.where import Condition

TEXT, TOGETHER, LIKE, ALIKE, TERMS = "q", "together", "like", "alike", "terms"
TOP_K, APPROXIMATE, WHERE, RANKING, ORDER, STACKING, CUTOFF, LIKED, DISLIKED, AIM, DIVERSITY = (
    "k", "approximate", "where", "ranking", "order", "stack", "cut", "liked", "disliked", "aim", "varied",
)  # fmt: skip
QUERY_NAMES = (TEXT, TOGETHER, LIKE, ALIKE, TERMS)
JUDGED_NAMES = (LIKED, DISLIKED)
LINK_NAMES = (*QUERY_NAMES, TOP_K, APPROXIMATE, WHERE, RANKING, ORDER, STACKING, CUTOFF, *JUDGED_NAMES, AIM, DIVERSITY)


def request_to_link(request: SearchRequest) -> dict[str, str]:
    """The parameters that stand for a request; what is as at first is left out.

    Examples
    --------
    >>> request_to_link(SearchRequest.of("a dog", top_k=3))
    {'q': 'a dog', 'k': '3'}
    >>> request_to_link(SearchRequest(parse_query('"a dog" - snow')))
    {'terms': 'a dog - snow'}
    """
    settings = {one.name: getattr(request, one.name) for one in fields(request) if one.name != "query"}
    return query_to_link(request.query) | settings_to_link(**settings)


def settings_to_link(
    *,
    where: tuple[Condition, ...] = (),
    top_k: int = DEFAULT_TOP_K,
    ranking: str = RANKINGS[0],
    order: str = ORDERS[0],
    stacking: str = STACKINGS[0],
    cutoff: float | Cutoff | None = None,
    approximate: bool = False,
    liked: tuple[str, ...] = (),
    disliked: tuple[str, ...] = (),
    aim: str = AIMS[0],
    diversity: float = 0.0,
) -> dict[str, str]:
    """The parameters that stand for a request's settings, whatever the query."""
    params: dict[str, str] = {}
    if top_k != DEFAULT_TOP_K:
        params[TOP_K] = str(top_k)
    if approximate:
        params[APPROXIMATE] = "1"
    if where:
        records = [condition.to_record() for condition in where]
        params[WHERE] = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    choices = (
        (RANKING, ranking, RANKINGS), (ORDER, order, ORDERS), (STACKING, stacking, STACKINGS), (AIM, aim, AIMS),
    )  # fmt: skip
    params |= {name: chosen for name, chosen, offered in choices if chosen != offered[0]}
    if cutoff is not None:
        params[CUTOFF] = str(cutoff) if isinstance(cutoff, Cutoff) else repr(cutoff)
    if diversity:
        params[DIVERSITY] = repr(diversity)
    return params | {name: names_to_link(one) for name, one in ((LIKED, liked), (DISLIKED, disliked)) if one}


def request_from_link(params: Mapping[str, str]) -> SearchRequest | None:
    """The request a link stands for; None when it asks for nothing. Other parameters are passed over.

    Raises
    ------
    QueryError
        When a parameter cannot be read.

    Examples
    --------
    >>> request_from_link({"like": "cats/1.jpg", "view": "map"}) == SearchRequest(Query.like(["cats/1.jpg"]))
    True
    >>> request_from_link({"view": "map"}) is None
    True
    """
    query = query_from_link(params)
    if query is None:
        return None
    return SearchRequest(query, **settings_from_link(params))


def settings_from_link(params: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the request a link stands for, by their names there, whatever its query.

    Raises
    ------
    QueryError
        When a parameter cannot be read, or is no setting of a request.
    """
    settings = {
        "where": _where(params.get(WHERE, "")),
        "top_k": _whole_number(params.get(TOP_K, str(DEFAULT_TOP_K))),
        "ranking": params.get(RANKING, RANKINGS[0]),
        "order": params.get(ORDER, ORDERS[0]),
        "stacking": params.get(STACKING, STACKINGS[0]),
        "cutoff": _cutoff(params[CUTOFF]) if CUTOFF in params else None,
        "approximate": params.get(APPROXIMATE) == "1",
        "liked": names_from_link(params.get(LIKED, ""), LIKED),
        "disliked": names_from_link(params.get(DISLIKED, ""), DISLIKED),
        "aim": params.get(AIM, AIMS[0]),
        "diversity": _share(params.get(DIVERSITY, "0")),
    }
    SearchRequest.of("a question", **settings)  # a request knows what it refuses
    return settings


def query_to_link(query: Query) -> dict[str, str]:
    """The parameters that stand for a query."""
    subjects = [term.subject for term in query.terms]
    if any(term.weight != 1.0 for term in query.terms):
        return {TERMS: write_query(query)}
    if all(isinstance(subject, Words) for subject in subjects):
        return {TEXT if len(subjects) == 1 else TOGETHER: "\n".join(subject.content for subject in subjects)}
    if all(isinstance(subject, GalleryPicture) for subject in subjects) and not any(map(_in_lines, subjects)):
        return {LIKE if len(subjects) == 1 else ALIKE: "\n".join(subject.content for subject in subjects)}
    return {TERMS: write_query(query)}


def query_from_link(params: Mapping[str, str]) -> Query | None:
    """The query a link stands for; None when it has none."""
    if params.get(TEXT, "").strip():
        return Query.of(params[TEXT])
    if params.get(TOGETHER, "").strip():
        return Query.of(*(line for line in params[TOGETHER].split("\n") if line.strip()))
    if params.get(LIKE):
        return Query.like([params[LIKE]])
    if params.get(ALIKE, "").strip():
        return Query.like([line for line in params[ALIKE].split("\n") if line])
    if params.get(TERMS, "").strip():
        return parse_query(params[TERMS])
    return None


def _in_lines(subject: Subject) -> bool:
    return "\n" in subject.content or not subject.content.strip()


def _where(text: str) -> tuple[Condition, ...]:
    if not text:
        return ()
    try:
        records = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError(f"The link's {WHERE} cannot be read ({error}). Take the parameter out.") from error
    if not isinstance(records, list):
        raise QueryError(f"The link's {WHERE} must be a list of conditions, got {text!r:.80}. Take the parameter out.")
    return tuple(Condition.from_record(record) for record in records)


def _whole_number(text: str) -> int:
    """Links are edited by hand: what is no number from 1 is as at first."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else DEFAULT_TOP_K


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(
            f"The link's {DIVERSITY} must be a number from 0 to 1, got {text!r:.40}. Take the parameter out."
        ) from error


def _cutoff(text: str) -> float | Cutoff:
    try:
        return read_cutoff(text)
    except QueryError as error:
        raise QueryError(f"The link's {CUTOFF} must be {FORMS}, got {text!r:.40}. Take the parameter out.") from error
