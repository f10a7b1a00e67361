"""The panel of filters on Search: whether it is open, and what is chosen there, which is a part of what is asked, first or second."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pages._ui.session import widgets
from pages._ui.session.asked import CHOSEN, Asked
from pages._ui.session.visit import acted, reported, visit
from t2i_core.errors import QueryError
from t2i_core.query import Condition, Query, SearchRequest


def turn() -> None:
    """Open the panel, or close it."""
    acted()
    panel = visit().panel
    panel.open = not panel.open
    panel.opened += panel.open


def on_event() -> None:
    """Follow what the panel reports: all that is chosen there now, or that it is to be closed."""
    acted()
    told, panel = reported(widgets.FACET_PANEL), visit().panel
    panel.seq = _number(told)
    for name, one in _followed(told).items():
        setattr(visit().asked, name, one)


def on_second_event() -> None:
    """The same of the second of two requests, where it has filters of its own."""
    acted()
    told, panel = reported(widgets.SECOND_PANEL), visit().panel
    panel.second_seq = _number(told)
    chosen = _followed(told)
    if chosen and not visit().second.follows:
        visit().second.change(**chosen)


def give_second_its_own(own: bool) -> None:
    """Let the second of two requests have filters of its own, at first those that it has, and show them; or those of the first."""
    second, panel = visit().second, visit().panel
    asked = second.asked(visit().asked)
    if asked is None:
        return
    second.request, second.follows = asked, not own
    panel.second = own
    panel.opened += own
    panel.open = panel.open or own


def _number(told: Mapping[str, object]) -> int:
    seq = told.get("seq", 0)
    return int(seq) if isinstance(seq, int | float) else 0


def _followed(told: Mapping[str, object]) -> dict[str, Any]:
    """Close the panel where that is told; the settings that are chosen, all of them or none."""
    visit().marking.export = None
    if told.get("type") == "close":
        visit().panel.open = False
    elif told.get("type") == "choose":
        with suppress(QueryError):  # nonsense changes nothing
            return _chosen(told)
    return {}


def _chosen(told: Mapping[str, object]) -> dict[str, Any]:
    settings: dict[str, Any] = dict(told)
    records = settings.get("where")
    settings["where"] = tuple(map(Condition.from_record, records if isinstance(records, list) else ()))
    chosen = {name: settings[name] for name in CHOSEN if name in settings}
    SearchRequest(Query.of("a question"), **chosen)  # a request knows what it refuses
    return chosen


def clear() -> None:
    """Ask without any of it."""
    acted()
    visit().asked.as_at_first(*CHOSEN)


def several() -> bool:
    """Whether more than one thing is chosen, so that one way to take out all of them is worth a button."""
    asked, first = visit().asked, Asked()
    settings = (name for name in CHOSEN if name != "where")
    changed = [name for name in settings if getattr(asked, name) != getattr(first, name)]
    return len(asked.where) + len(changed) > 1
