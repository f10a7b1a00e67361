"""Reading a page in an AppTest: what our components were given, and every sentence on the page."""

from __future__ import annotations

import json
import time
from typing import Any

from streamlit.testing.v1 import AppTest

SECONDS_TO_LOAD = 60.0


def wait_for_model(app: AppTest) -> AppTest:
    """Run until the model is loaded and the stored embeddings are checked."""
    deadline = time.monotonic() + SECONDS_TO_LOAD
    while time.monotonic() < deadline:
        if not app.exception and "is loading" not in texts(app):
            time.sleep(0.3)  # the check of stored embeddings follows
            return app.run()
        time.sleep(0.1)
        app.run()
    raise AssertionError("the model did not load")


def component(app: AppTest, name: str) -> dict[str, Any]:
    """What a component of ours was given."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == name:
            return json.loads(element.proto.json)
    raise AssertionError(f"no component {name} on the page")


def grid(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_picture_grid")


def bar(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_query_bar")


def texts(app: AppTest) -> str:
    """All plain sentences on the page."""
    parts = (app.text, app.caption, app.markdown, app.sidebar.caption)
    return "\n".join(one.value.replace("\\", "") for part in parts for one in part)
