"""The panel of filters on Search: whether it is open, and what is chosen there, which is a part of what is asked."""

from __future__ import annotations

from contextlib import suppress

from pages._ui.session import widgets
from pages._ui.session.asked import Asked
from pages._ui.session.visit import acted, reported, visit
from t2i_core.errors import QueryError
from t2i_core.query import Condition, Query, SearchRequest

# What the panel says of a request, and what clearing it takes out.
CHOSEN = ("where", "stacking", "diversity", "order")


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
    seq = told.get("seq", 0)
    panel.seq = int(seq) if isinstance(seq, int | float) else 0
    visit().marking.export = None
    if told.get("type") == "close":
        panel.open = False
    elif told.get("type") == "choose":
        with suppress(QueryError):  # nonsense changes nothing
            _choose(told)


def _choose(told: object) -> None:
    """Take over what is told, all of it or nothing."""
    asked = visit().asked
    settings = dict(told) if isinstance(told, dict) else {}
    records = settings.get("where")
    settings["where"] = tuple(map(Condition.from_record, records if isinstance(records, list) else ()))
    chosen = {name: settings[name] for name in CHOSEN if name in settings}
    SearchRequest(Query.of("a question"), **chosen)  # a request knows what it refuses
    for name, one in chosen.items():
        setattr(asked, name, one)


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
