"""What the first visit needs, made ready behind the server: modules, the dataset a visit begins with, and its model.

A browser takes a second for Streamlit's scripts before it asks for anything; meanwhile the server would have nothing to do.
"""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager

# What the page a visit begins with is drawn with, and does not stand below `resources`.
FIRST_PAGE = tuple(
    f"pages._ui.{name}"
    for name in (
        "frame.frame",
        "asking.answer",
        "asking.comparing",
        "asking.controls",
        "asking.query_bar",
        "grid.cards",
    )
)
LONGEST_UNCOLLECTED_S = 60.0  # a model that takes longer is being fetched


def begin() -> None:
    """Begin to make ready, in a thread that never keeps the server from stopping."""
    threading.Thread(target=warm, name="warm up", daemon=True).start()


def warm() -> None:
    """Open the first dataset and its model as a visit would; what goes wrong is told to whoever visits."""
    with _uncollected():
        from pages._ui import resources
        from t2i_core import config
        from t2i_core.errors import T2IError

        try:
            settings = config.read_settings()
            first = next(iter(resources.datasets(settings)), None)
            if first is None or first.may_be_away:
                return
            gallery = resources.opened(first, resources.gallery(first))
            loading = resources.engine_state(gallery, settings).to_come
        except T2IError:
            return
        for module in FIRST_PAGE:
            importlib.import_module(module)
        if loading is not None:
            wait([loading], LONGEST_UNCOLLECTED_S)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage inside, nor ever again at what is there in the end.

    Ten thousand functions and classes are made meanwhile that stay to the end; Python would look through all of them every
    time there are so many more, which takes a sixth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
