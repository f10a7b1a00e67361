"""The heading of the Captions page, with its link and the captions shown as files."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import captions_view, controls, links
from t2i_core.captions import saving
from t2i_core.captions.sheet import CaptionSheet, Selection


def heading() -> DeltaGenerator:
    """The page's name; the place beside it, to be filled once it is known what is shown."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="captions_head"
    ):
        st.subheader("Captions", anchor=False)
        # Not st.empty: it is emptied as every run begins, which would close what a person has opened there.
        return st.container(width="content")


def share(place: DeltaGenerator, sheet: CaptionSheet, selection: Selection, *, first_dataset: str | None) -> None:
    """A link to this view, and every caption of it, not only the open page, as a file."""
    with place, st.popover("Share", icon=":material/ios_share:", type="tertiary"):
        st.caption("This link opens the same view elsewhere")
        own = captions_view.to_params(st.session_state["captions_view"])
        controls.show_link(links.page_params(own, first_dataset=first_dataset))
        count = "The 1 caption" if len(selection) == 1 else f"All {len(selection):,} captions"
        st.caption(f"{count} of this view, on every page, with similarity, rank and the file's other columns")
        with st.container(horizontal=True):
            controls.download(
                "CSV", lambda: saving.captions_to_csv(sheet, selection.rows), "text/csv", "csv", name="captions"
            )
            controls.download(
                "Parquet",
                lambda: saving.captions_to_parquet(sheet, selection.rows),
                "application/vnd.apache.parquet",
                "parquet",
                name="captions",
            )
