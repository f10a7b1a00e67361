"""What goes on behind the pages, whoever looks at it: builds, maps being made, and what is done once a start."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import streamlit as st

from pages._ui.jobs.jobs import BuildJobs
from pages._ui.jobs.project_job import ProjectJobs


@st.cache_resource(show_spinner=False)
def build_jobs() -> BuildJobs:
    """Builds started from the Build page; they go on whoever looks at them."""
    return BuildJobs()


@st.cache_resource(show_spinner=False)
def project_jobs() -> ProjectJobs:
    """Maps being made for the Map page."""
    return ProjectJobs()


@st.cache_resource(show_spinner=False)
def thumbnails_trimmed(_trim: Callable[[], Future[int]]) -> Future[int]:
    """Bytes of old thumbnails that ``_trim`` removed, once per start of the server."""
    return _trim()
