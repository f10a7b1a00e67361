"""The heading of the Captions page, with its link and the captions shown as files."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui.captions import captions_view
from pages._ui.frame import sharing
from pages._ui.frame.plain_text import plain
from pages._ui.session import links
from t2i_core.captions import saving
from t2i_core.captions.sheet import CaptionSheet, Selection
from t2i_core.errors import count_of


def heading() -> DeltaGenerator:
    """The page's name; the place beside it, to be filled once it is known what is shown."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="captions_head"
    ):
        st.header("Captions", anchor=False)
        # Not st.empty: it is emptied as every run begins, which would close what a person has opened there.
        return st.container(width="content")


def share(place: DeltaGenerator, sheet: CaptionSheet, selection: Selection, *, first_dataset: str | None) -> None:
    """A link to this view, and every caption of it, not only the open page, as a file."""
    with place, sharing.popover() as open_now:
        if not open_now:
            return
        st.caption("This link opens the same view elsewhere")
        sharing.show_link(links.page_params(captions_view.link_params(), first_dataset=first_dataset))
        count = count_of(len(selection), "caption")
        st.caption(f"{plain(count)}, every page of this view, with similarity, rank and the file's other columns")
        rows, of = selection.rows, (sheet, selection.rows.tobytes())
        with st.container(horizontal=True), st.spinner("Writing the files", show_time=True):
            csv = sharing.kept("captions.csv", of, lambda: saving.captions_to_csv(sheet, rows))
            sharing.download("CSV", csv, "text/csv", "captions.csv")
            parquet = sharing.kept("captions.parquet", of, lambda: saving.captions_to_parquet(sheet, rows))
            sharing.download("Parquet", parquet, "application/vnd.apache.parquet", "captions.parquet")
