"""Reading a page in an AppTest: what our components were given, and every sentence on the page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from streamlit.testing.v1 import AppTest

SECONDS_TO_LOAD = 300.0
JOINER = "\u2060"  # keeps Streamlit from making links and icons of text


def settle(app: AppTest, begun: list[Future[Any]]) -> AppTest:
    """Run until nothing that the page began behind itself is left to wait for: model, check, suggestions, thumbnails."""
    waited_for = 0
    while waited_for < len(begun):
        waited_for = len(begun)
        for future in begun:
            future.exception(SECONDS_TO_LOAD)
        app.run()
    assert "is loading" not in texts(app)
    return app


def until(app: AppTest, shown: Callable[[AppTest], bool], again: Callable[[], object] | None = None) -> AppTest:
    """Run, or do what is done ``again``, until something is shown that is made behind the page."""
    deadline = time.monotonic() + SECONDS_TO_LOAD
    while not shown(app):
        assert time.monotonic() < deadline, texts(app)
        time.sleep(0.05)
        (again or app.run)()
    assert not app.exception
    return app


def component(app: AppTest, name: str) -> dict[str, Any]:
    """What a component of ours was given."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == name:
            given: dict[str, Any] = json.loads(element.proto.json)
            return given
    raise AssertionError(f"no component {name} on the page")


def grid(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_picture_grid")


def bar(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_query_bar")


def texts(app: AppTest) -> str:
    """All plain sentences on the page."""
    parts = (app.text, app.caption, app.markdown, app.sidebar.caption)
    return "\n".join(one.value.replace("\\", "").replace(JOINER, "") for part in parts for one in part)
