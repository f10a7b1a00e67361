"""Asked: what a visitor asks at the moment, as every page that shows the query has it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from pages._ui.session.upload import Upload
from t2i_core.query import Condition, Cutoff, Query, SearchRequest, Subject
from t2i_core.query.link_form import settings_to_link
from t2i_core.query.request import AIMS, ORDERS, RANKINGS, STACKINGS

# What a request holds beside the query; how many pictures is a matter of what is shown.
SETTINGS = tuple(one.name for one in fields(SearchRequest) if one.name not in {"query", "top_k"})

# What the panel of filters says of a request, and what clearing it takes out.
CHOSEN = ("where", "stacking", "diversity", "order")


def ranking_key(request: SearchRequest) -> str:
    """The same for requests whose results are the first of one ranking: all but how many pictures counts."""
    settings = settings_to_link(**{name: getattr(request, name) for name in SETTINGS})
    return f"{request.query.key} {json.dumps(settings)}" if settings else request.query.key


def subject_key(subject: Subject) -> str:
    """The same for terms about the same thing."""
    return f"{subject.tag}:{subject.content}"


@dataclass
class Asked:
    """The query, and every setting of a `SearchRequest` under its name there.

    Attributes
    ----------
    upload : Upload, optional
        The picture that the query names by its content.
    settled : bool
        Whether the query is no longer being typed, so that link and history may hold it.
    empty : bool
        Whether somebody asked for nothing, which the page answers with a sentence.
    suggest_for : str, optional
        What stands in the field while a slow model only suggests.
    unread : str
        Why what was typed as terms cannot be read, which the page says.
    in_field : bool
        Whether terms stand in the field as they are typed; else each is a chip.
    chips : bool
        Whether terms are shown as chips though a plain field could hold them: somebody is adding to them.
    muted : mapping of str to float
        What muted terms weigh again once they are not, by what they are about (`subject_key`).
    bar_version : int
        Changes when the query bar is to show another query than what stands in it.
    """

    query: Query | None = None
    where: tuple[Condition, ...] = ()
    ranking: str = RANKINGS[0]
    order: str = ORDERS[0]
    stacking: str = STACKINGS[0]
    cutoff: float | Cutoff | None = None
    approximate: bool = False
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    aim: str = AIMS[0]
    diversity: float = 0.0
    upload: Upload | None = None
    settled: bool = True
    empty: bool = False
    suggest_for: str | None = None
    unread: str = ""
    in_field: bool = False
    chips: bool = False
    muted: dict[str, float] = field(default_factory=dict)
    bar_version: int = 0

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a request, by their names."""
        return {name: getattr(self, name) for name in SETTINGS}

    def request(self, top_k: int, **other_settings: Any) -> SearchRequest | None:
        """All of it as a request for so many pictures; None while nothing is asked."""
        if self.query is None:
            return None
        return SearchRequest(self.query, top_k=top_k, **self.settings | other_settings)

    def take_settings(self, settings: dict[str, Any]) -> None:
        """Take these settings over; those that are not among them are as at first."""
        self.as_at_first(*SETTINGS)
        for name in SETTINGS:
            setattr(self, name, settings.get(name, getattr(self, name)))

    def as_at_first(self, *names: str) -> None:
        """Give these settings the values they have before anybody chose one."""
        first = Asked()
        for name in names:
            setattr(self, name, getattr(first, name))
