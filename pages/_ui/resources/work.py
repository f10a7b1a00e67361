"""What goes on behind the pages, whoever looks at it: builds, maps being made, and what is done once a start."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import streamlit as st

from pages._ui.jobs import builds, maps
from pages._ui.resources.built_folders import BuiltFolders


@st.cache_resource(show_spinner=False)
def build_jobs() -> builds.BuildJobs:
    """Builds started from the Build page; they go on whoever looks at them."""
    return builds.build_jobs()


@st.cache_resource(show_spinner=False)
def built_folders() -> BuiltFolders:
    """Folders built since the start, which are offered wherever they lie."""
    return BuiltFolders()


@st.cache_resource(show_spinner=False)
def map_jobs() -> maps.MapJobs:
    """Maps being made for the Map page."""
    return maps.map_jobs()


@st.cache_resource(show_spinner=False)
def thumbnails_trimmed(_trim: Callable[[], Future[int]]) -> Future[int]:
    """Bytes of old thumbnails that ``_trim`` removed, once per start of the server."""
    return _trim()
