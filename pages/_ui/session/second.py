"""Second: the other of two requests that are compared, and its part of a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from t2i_core.query import SearchRequest
from t2i_core.query.link_form import request_from_link, request_to_link
from t2i_core.query.request import DEFAULT_TOP_K

PREFIX = "b."  # before the names that the same things have in the link of one request
DATASET = "data"
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
    unread : str
        Why what was typed for it cannot be read.
    seq : int
        Number of the last event of its cards that was followed.
    """

    request: SearchRequest | None = None
    dataset: str | None = None
    unread: str = ""
    seq: int = 0

    def change(self, **settings: object) -> None:
        """Ask the second with other settings."""
        if self.request is not None:
            self.request, self.unread = replace(self.request, **settings), ""  # type: ignore[arg-type]

    def close(self) -> None:
        """Compare nothing."""
        for one in fields(Second):
            if one.name != "seq":
                setattr(self, one.name, one.default)

    def link_params(self) -> dict[str, str]:
        """The parameters that bring it back; none where nothing is compared, or no link can hold it."""
        request = self.request
        if request is None or request.query.outside is not None or not request.query.linkable:
            return {}
        params = request_to_link(replace(request, top_k=DEFAULT_TOP_K))
        if self.dataset is not None:
            params[DATASET] = self.dataset
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
