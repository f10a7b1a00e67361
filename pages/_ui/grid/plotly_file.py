"""Plotly's own script for the map and the lab, served from the installed package's copy."""

from __future__ import annotations

import importlib.util
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from pages._ui.grid import pictures

VENDOR_DIR = pictures.STATIC_DIR / "vendor"


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
