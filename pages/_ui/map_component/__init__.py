"""The map component: Plotly's own script in a Streamlit component without an iframe; its scripts lie beside this file."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import streamlit as st

from pages._ui import components
from pages._ui.grid import pictures

HERE = Path(__file__).parent
SCRIPTS = ("map.js", "points.js", "select.js", "card.js")
VENDOR_DIR = pictures.STATIC_DIR / "vendor"


def embedding_map(data: Mapping[str, object], *, on_event: Callable[[], None]) -> None:
    """Mount the map; ``on_event`` reads ``st.session_state["embedding_map"]["event"]``."""
    _embedding_map()(key="embedding_map", data=dict(data), on_event_change=on_event)


def plotly_script() -> str:
    """Address of plotly.min.js for the browser, copied from the installed package where it is not there yet.

    Raises
    ------
    FileNotFoundError
        When the package was installed without it.
    """
    target = VENDOR_DIR / f"plotly-{version('plotly')}.min.js"
    if not target.exists():
        package = importlib.util.find_spec("plotly")  # found, not imported: the page needs none of its Python
        if package is None or not package.submodule_search_locations:
            raise FileNotFoundError("The package plotly is not installed: pip install -r requirements.txt")
        source = Path(package.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
        VENDOR_DIR.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        shutil.copyfile(source, temporary)
        temporary.replace(target)
    return pictures.static_url(target)


@lru_cache(maxsize=1)
def _embedding_map() -> Callable[..., object]:
    script = components.script(*(HERE / name for name in SCRIPTS), "counting.js")
    style = (HERE / "map.css").read_text(encoding="utf-8")
    # Plotly puts its own styles into the document's head, where a shadow root would not see them.
    return st.components.v2.component("t2i_embedding_map", css=style, js=script, isolate_styles=False)
