"""SearchRequest: everything a search is asked with, and its one JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from t2i_core.errors import QueryError
from t2i_core.query.cutoff import FORMS, Cutoff, read_cutoff
from t2i_core.query.judged import check_apart, judged_names
from t2i_core.query.subjects import SUBJECTS, is_utf8
from t2i_core.query.terms import Query, Term
from t2i_core.query.where import COLUMN, FIELDS, Condition

FORMAT_VERSION = 1
DEFAULT_TOP_K = 24
# What each choice offers; the first is what is meant where nothing is said.
RANKINGS = ("cosine", "balanced")
# Beside the score, hits can be put in the order of what conditions look at; a minus puts the largest first.
ORDERS = ("score", *(name for name in FIELDS if name != "words"))
LOOK_ALIKES = "look_alikes"
STACKINGS = ("none", "copies", LOOK_ALIKES)
AIMS = ("all", "one")
_CHOICES = {"ranking": RANKINGS, "stacking": STACKINGS, "aim": AIMS}


@dataclass(frozen=True)
class SearchRequest:
    """One search, whole: the link, ``search --request``, and the file of an export are forms of it.

    Attributes
    ----------
    query : Query
    where : tuple of Condition
        Pictures that may be returned; all conditions hold before the best ``top_k`` are taken.
    top_k : int
        How many pictures at most; a search refuses less than 1 and more than there are.
    ranking, order, stacking : str
        One of `RANKINGS`, `ORDERS`, `STACKINGS`. Balanced takes off what a picture scores for sentences in general. An order is
        that of the best pictures once they are found, by a field or ``column:NAME``, after a minus the largest first. Stacks
        count as one picture.
    cutoff : float or Cutoff, optional
        Pictures with a lower score are left out; a `Cutoff` says by the search's own scores where that is.
    approximate : bool
        Ask the approximate index.
    liked, disliked : tuple of str
        Pictures of the gallery, by name, that say what is meant beside the query; disliked ones are not returned.
    aim : str
        One of `AIMS`: all pictures of a kind are looked for, or one picture, which what is disliked is taken to be near.
    diversity : float
        0 (by score alone) to 1: how much a picture loses by being like those before it.

    Raises
    ------
    QueryError
        When a value is none of those.

    Examples
    --------
    >>> request = SearchRequest.of("a dog", top_k=3)
    >>> print(request.to_json())  # doctest: +ELLIPSIS
    {"version":1,"query":[{"words":"a dog","weight":1.0}],"where":[],"top_k":3,...}
    >>> SearchRequest.from_json(request.to_json()) == request
    True
    >>> SearchRequest.from_json('{"query": [{"words": "a dog"}], "top_k": 3}') == request
    True
    """

    query: Query
    where: tuple[Condition, ...] = ()
    top_k: int = DEFAULT_TOP_K
    ranking: str = RANKINGS[0]
    order: str = ORDERS[0]
    stacking: str = STACKINGS[0]
    cutoff: float | Cutoff | None = None
    approximate: bool = False
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    aim: str = AIMS[0]
    diversity: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", tuple(self.where))
        if isinstance(self.top_k, bool) or not isinstance(self.top_k, int):
            raise QueryError(f"top_k must be a whole number, got {self.top_k!r:.40}. Ask for at least one picture.")
        for name, offered in _CHOICES.items():
            if getattr(self, name) not in offered:
                raise QueryError(f"{name} must be one of {', '.join(offered)}, got {getattr(self, name)!r:.40}.")
        check_order(self.order)
        object.__setattr__(self, "diversity", _share(self.diversity))
        if self.cutoff is not None and not isinstance(self.cutoff, Cutoff):
            number = isinstance(self.cutoff, int | float) and not isinstance(self.cutoff, bool)
            if not number or not math.isfinite(self.cutoff):
                raise QueryError(f"The cutoff must be {FORMS}, got {self.cutoff!r:.40}. Scores are cosines, -1 to 1.")
            object.__setattr__(self, "cutoff", float(self.cutoff) + 0.0)
        if not isinstance(self.approximate, bool):
            raise QueryError(f"approximate must be true or false, got {self.approximate!r:.40}.")
        for name in ("liked", "disliked"):
            object.__setattr__(self, name, judged_names(getattr(self, name), name))
        check_apart(self.liked, self.disliked)

    @property
    def judged(self) -> bool:
        """Whether a picture is liked or disliked."""
        return bool(self.liked or self.disliked)

    @classmethod
    def of(cls, query: Query | str, **settings: Any) -> SearchRequest:
        """A request for a query; a string is a sentence."""
        return cls(Query.of(query) if isinstance(query, str) else query, **settings)

    def to_json(self) -> str:
        """The one JSON of this request: its settings, names in this order, no white space that could differ.

        Letters stand as they are, unless a picture's name holds what UTF-8 cannot: then all but ASCII is escaped.
        """
        record = self.to_record()
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text if is_utf8(text) else json.dumps(record, allow_nan=False, separators=(",", ":"))

    def to_record(self) -> dict[str, Any]:
        """`to_json` before it is text."""
        return {
            "version": FORMAT_VERSION,
            "query": [
                {term.subject.tag: term.subject.content, **term.subject.fields, "weight": term.weight}
                for term in self.query.terms
            ],
            "where": [condition.to_record() for condition in self.where],
            "top_k": self.top_k,
            "ranking": self.ranking,
            "order": self.order,
            "stacking": self.stacking,
            "cutoff": str(self.cutoff) if isinstance(self.cutoff, Cutoff) else self.cutoff,
            "approximate": self.approximate,
        } | self._judgements()

    def _judgements(self) -> dict[str, Any]:
        """Settings that older programs do not know, where they say anything: requests without them are read there too."""
        named = {"liked": list(self.liked), "disliked": list(self.disliked)}
        found: dict[str, Any] = {name: names for name, names in named.items() if names}
        found |= {"aim": self.aim} if self.aim != AIMS[0] else {}
        return found | ({"diversity": self.diversity} if self.diversity else {})

    @classmethod
    def from_json(cls, text: str | bytes) -> SearchRequest:
        """The request a JSON text stands for; what it leaves out is as at first.

        Raises
        ------
        QueryError
            When it is no JSON, of a later version, or has names or values that a request does not have.
        """
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise QueryError(
                f"A request is a JSON object, and this cannot be read ({error}). Check its syntax."
            ) from error
        return cls.from_record(record)

    @classmethod
    def from_record(cls, record: object) -> SearchRequest:
        """`from_json` after reading."""
        if not isinstance(record, Mapping):
            raise QueryError(
                f'A request is a JSON object, got {record!r:.80}. Write {{"query": [{{"words": "a dog"}}]}}'
            )
        version = _whole(record.get("version", FORMAT_VERSION))
        if isinstance(version, bool) or not isinstance(version, int) or version != FORMAT_VERSION:
            raise QueryError(
                f"This program reads requests of version {FORMAT_VERSION}, got version {version!r:.40}. Update the program."
            )
        settings = {name: value for name, value in record.items() if name not in {"version", "query", "where"}}
        known = set(cls.__dataclass_fields__) - {"query", "where"}
        if unknown := sorted(set(settings) - known):
            raise QueryError(
                f"A request has no setting named {unknown[0]!r:.80}. It has: version, query, where, {', '.join(sorted(known))}."
            )
        if "top_k" in settings:
            settings["top_k"] = _whole(settings["top_k"])
        if isinstance(settings.get("cutoff"), str):
            settings["cutoff"] = read_cutoff(settings["cutoff"])
        terms, where = record.get("query", []), record.get("where", [])
        if not isinstance(terms, list) or not isinstance(where, list):
            raise QueryError("query and where are lists in a request, got something else. Write them in [ ].")
        return cls(Query(tuple(map(_term, terms))), tuple(map(Condition.from_record, where)), **settings)


def _whole(number: Any) -> Any:
    """A number of JSON, where 3.0 is the whole number 3; anything else as it is."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 2**53 else number


def _share(diversity: object) -> float:
    number = isinstance(diversity, int | float) and not isinstance(diversity, bool)
    if not number or not 0.0 <= float(diversity) <= 1.0:  # type: ignore[arg-type]
        raise QueryError(f"diversity must be a number from 0 to 1, got {diversity!r:.40}. 0 ranks by score alone.")
    return float(diversity) + 0.0  # type: ignore[arg-type]


def check_order(order: object) -> None:
    """QueryError for what hits cannot be put in the order of."""
    name = order.removeprefix("-") if isinstance(order, str) else ""
    known = name in ORDERS and order != f"-{ORDERS[0]}"
    if not known and not (name.startswith(COLUMN) and is_utf8(name) and name != COLUMN):
        raise QueryError(
            f"order must be one of {', '.join(ORDERS)}, {COLUMN}NAME, after a minus the largest first, got {order!r:.40}."
        )


def _term(record: object) -> Term:
    tags = [tag for tag in SUBJECTS if isinstance(record, Mapping) and tag in record]
    if not isinstance(record, Mapping) or len(tags) != 1:
        raise QueryError(
            f"A term has one of {', '.join(SUBJECTS)}, got {record!r:.80}. "
            'Write it like this: {"words": "red car", "weight": 2}'
        )
    fields = {name: value for name, value in record.items() if name not in {tags[0], "weight"}}
    subject = SUBJECTS[tags[0]].from_fields(record[tags[0]], fields)
    if set(fields) - set(subject.fields) and any(fields[name] for name in set(fields) - set(subject.fields)):
        raise QueryError(
            f"A term of {tags[0]} has no {sorted(set(fields) - set(subject.fields))[0]!r:.80}. Leave it out."
        )
    return Term(subject, record.get("weight", 1.0))
