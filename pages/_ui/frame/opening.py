"""What a page shows in place of a gallery: its final layout while one is being opened, else why there is none."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages._ui.frame import frame, notices
from t2i_core.types import Gallery

SUMMARY = "The pictures are being opened"


def gallery_of(here: frame.Here, layout: Callable[[], None]) -> Gallery:
    """The gallery that is open; where there is none the page ends here.

    It draws its ``layout``, empty, while its gallery is being opened; else it says what is wrong, or how to make a dataset.
    """
    if here.gallery is None:
        if here.opening:
            layout()
        elif here.error is not None:
            notices.error(here.error, title="This dataset cannot be read")
        else:
            notices.no_data(here.settings)
        st.stop()
    return here.gallery
