"""One case: the picture or the caption that may be wrong, why, and what it is to be compared with."""

from __future__ import annotations

import streamlit as st

from pages._ui.audit import naming
from pages._ui.frame.plain_text import plain
from pages._ui.grid import pictures
from t2i_core.audit import Finding
from t2i_core.audit.fixing import is_of_caption
from t2i_core.audit.preferring import preferred_picture
from t2i_core.config import Settings
from t2i_core.dataset.audit_file import Decision
from t2i_core.types import Gallery

MOST_CAPTIONS = 6


def draw(gallery: Gallery, case: Finding, decision: Decision | None, settings: Settings) -> None:
    """The case that is open, and what was decided about it."""
    with st.container(key="audit_case"):
        st.subheader(plain(naming.heading(case)), anchor=False)
        st.caption(plain(f"{naming.ONE[case.kind]}, {naming.number(case)}"))
        st.text(case.advice)
        if decision is not None:
            said = f": {decision.correction}" if decision.correction else ""
            st.caption(f"Decided: {plain(decision.decision)}{plain(said)}")
        row = gallery.rows_by_id.get(case.image_id)
        with st.container(horizontal=True, key="audit_pictures", gap="medium"):
            if row is None:
                st.text(f"{case.image_id} is not among the dataset's pictures.")
            else:
                _picture(gallery, row, settings, case.image_id, leave_out=case.position)
            _beside(gallery, case, settings)


def _beside(gallery: Gallery, case: Finding, settings: Settings) -> None:
    """What the picture or the caption is to be compared with."""
    other = gallery.rows_by_id.get(case.other)
    if other is not None:
        _picture(gallery, other, settings, case.other)
    elif is_of_caption(case.kind, case.caption or "") and case.position is not None:
        best = preferred_picture(gallery, case.position)
        if best is not None:
            said = "The model prefers" if best.fits_better else "The model's second choice is"
            _picture(gallery, best.row, settings, f"{said} {gallery.image_ids[best.row]}")


def _picture(gallery: Gallery, row: int, settings: Settings, said: str, *, leave_out: int | None = None) -> None:
    """A picture with its name above and its captions below."""
    [shown] = pictures.shown(gallery, [row], settings, side=pictures.CARD_SIDE)
    captions = [gallery.captions[at] for at in gallery.captions_of(row) if at != leave_out]
    with st.container(width=460):
        size = f", {shown.width:,} × {shown.height:,}" if shown.width else ""
        st.caption(f"{plain(said)}{plain(size)}")
        if shown.url:
            st.image(f"/{shown.url}", alt=captions[0] if captions else gallery.image_ids[row], width="stretch")
        else:
            st.text(shown.note)
        if captions:
            st.caption("  \n".join(plain(text) for text in captions[:MOST_CAPTIONS]))
