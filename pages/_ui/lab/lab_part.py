"""What is behind a bar: the captions of one part, the worst first, each to be asked on Search."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui.frame.plain_text import plain
from pages._ui.lab import lab_events, lab_plots
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core.errors import count_of
from t2i_core.lab import tables
from t2i_core.lab.examining import Findings
from t2i_core.lab.part_captions import captions_of_part
from t2i_core.lab.slicing import Slice
from t2i_core.lab.wording import part_name

SHOWN = 8
MOST_IN_TABLE = 2_000


def draw(found: Findings, parts: Sequence[Slice]) -> None:
    """A list to choose a part by key, and the captions of the one that is chosen, there or by a click on its bar."""
    lab = visit().lab
    named = {part_name(one): one for one in parts}
    if lab.part not in named:
        lab.part = ""
    widgets.seed(widgets.LAB_PART, lab.part)
    st.selectbox(
        "What is behind a bar (or click it)", ["", *named], key=widgets.LAB_PART, on_change=lab_events.choose_part, width=360,
        format_func=lambda name: name or "choose a part",
    )  # fmt: skip
    if lab.part:
        _captions(found, named[lab.part])


def _captions(found: Findings, part: Slice) -> None:
    captions = captions_of_part(found.gallery, found.pairs, part, most=MOST_IN_TABLE)
    of = f"{count_of(part.hits.queries, 'caption')} of {count_of(part.pictures, 'picture')}"
    st.markdown(plain(f"{part_name(part)}: {of}; the worst first, a click asks one on Search."))
    with st.container(gap="xxsmall", key="lab_part_captions"):
        for number, one in enumerate(captions[:SHOWN]):
            st.button(
                plain(f"{one.caption} · rank {one.rank:,}"), key=f"lab_part_{number}", type="tertiary",
                on_click=lab_events.ask_on_search, args=(one.caption,),
            )  # fmt: skip
    most = f"The {len(captions):,} worst captions" if len(captions) < part.hits.queries else "All captions"
    lab_plots.numbers(tables.part_table(captions), f"{most} of this part")
