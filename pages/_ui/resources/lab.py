"""What the lab finds about a gallery, made once for all visitors and again where other pictures are marked as also right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui.jobs.lab_work import LabWork
from t2i_core.dataset import Mark
from t2i_core.types import Gallery


def lab_work(gallery: Gallery, marks: Sequence[Mark]) -> LabWork:
    """The lab's work on a gallery, begun when it is first asked for."""
    return _lab_work(gallery.place_key, tuple(marks), _gallery=gallery)


def forget_lab_work(gallery: Gallery, marks: Sequence[Mark]) -> None:
    """Begin the lab's work anew when it is next asked for."""
    _lab_work.clear(gallery.place_key, tuple(marks))


@st.cache_resource(max_entries=2, show_spinner=False)
def _lab_work(place_key: str, marks: tuple[Mark, ...], *, _gallery: Gallery) -> LabWork:
    return LabWork(_gallery, marks)
