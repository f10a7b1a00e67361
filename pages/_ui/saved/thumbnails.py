"""The first pictures of a search in one low row."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui.grid import pictures
from t2i_core.config import Settings
from t2i_core.types import Gallery, Hit


def row(gallery: Gallery, hits: Sequence[Hit], settings: Settings, *, key: str) -> None:
    """Hits as small pictures; those that cannot be shown are left out. Without hits its room stays empty."""
    with st.container(key=f"thumbnails_{key}"):
        shown = zip(pictures.shown_hits(gallery, hits, settings), hits, strict=True)
        there = [(one.url, hit.caption or hit.image_id) for one, hit in shown if one.url]
        if there:
            st.image([f"/{url}" for url, _ in there], alt=[text for _, text in there], width=96)
