"""Second: the other of two requests that are compared, and its part of a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from pages._ui.session.asked import CHOSEN, Asked
from t2i_core.errors import QueryError
from t2i_core.query import SearchRequest
from t2i_core.query.link_form import request_from_link, request_to_link, settings_from_link
from t2i_core.query.request import DEFAULT_TOP_K

PREFIX = "b."  # before the names that the same things have in the link of one request
DATASET = "data"
OWN = "own"  # says that filters which are those of the first are meant to stay when those change
LONGEST = 4_000


@dataclass
class Second:
    """What is compared with what is asked; nothing at first.

    Attributes
    ----------
    request : SearchRequest, optional
        Whole but for how many pictures, which both share.
    dataset : str, optional
        Name of another dataset that it is asked of; None for the one that is open.
    follows : bool
        Whether its filters are those of the first, whatever these become; else they are its own.
    unread : str
        Why what was typed for it cannot be read.
    seq : int
        Number of the last event of its cards that was followed.
    """

    request: SearchRequest | None = None
    dataset: str | None = None
    follows: bool = False
    unread: str = ""
    seq: int = 0

    def begin(self, first: Asked) -> None:
        """Compare with a copy of what is asked."""
        self.close()
        self.request, self.follows = first.request(1), True

    def asked(self, first: Asked) -> SearchRequest | None:
        """What is asked, beside the ``first``; None where nothing is compared."""
        if self.request is None or not self.follows:
            return self.request
        return replace(self.request, **{name: first.settings[name] for name in CHOSEN})

    def change(self, **settings: object) -> None:
        """Ask the second with other settings."""
        if self.request is not None:
            self.request, self.unread = replace(self.request, **settings), ""  # type: ignore[arg-type]

    def close(self) -> None:
        """Compare nothing."""
        for one in fields(Second):
            if one.name != "seq":
                setattr(self, one.name, one.default)

    def link_params(self, first: Asked | None = None) -> dict[str, str]:
        """The parameters that bring it back beside the ``first``; none where nothing is compared, or no link can hold it."""
        request = self.request if first is None else self.asked(first)
        if request is None or request.query.outside is not None or not request.query.linkable:
            return {}
        params = request_to_link(replace(request, top_k=DEFAULT_TOP_K))
        if self.dataset is not None:
            params[DATASET] = self.dataset
        if first is not None and not self.follows and _filters(request) == _filters(first):
            params[OWN] = "1"
        if sum(map(len, params.values())) > LONGEST:
            return {}
        return {f"{PREFIX}{name}": value for name, value in params.items()}

    def follow(self, params: Mapping[str, str]) -> None:
        """Take over what a link holds of it, or compare nothing.

        Raises
        ------
        QueryError
            When it cannot be read.
        """
        self.close()
        own = {name.removeprefix(PREFIX): value for name, value in params.items() if name.startswith(PREFIX)}
        self.request = request_from_link(own)
        if self.request is not None:
            self.dataset = own.get(DATASET)
            self.follows = own.get(OWN) != "1" and _same_filters(self.request, params)


def _filters(asked: Asked | SearchRequest) -> tuple[object, ...]:
    return tuple(getattr(asked, name) for name in CHOSEN)


def _same_filters(request: SearchRequest, params: Mapping[str, str]) -> bool:
    """Whether a second request has the filters of the first in its link; not where that cannot be read, which is told elsewhere."""
    first = Asked()
    try:
        first.take_settings(settings_from_link(params))
    except QueryError:
        return False
    return _filters(request) == _filters(first)
