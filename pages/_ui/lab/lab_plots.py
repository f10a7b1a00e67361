"""The lab's plots, each with its numbers as a table and a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages._ui import components
from pages._ui.frame import sharing
from pages._ui.frame.plain_text import plain
from pages._ui.grid import plotly_file
from pages._ui.session import widgets
from t2i_core.lab.health import ScoreBins
from t2i_core.lab.measuring import Curve
from t2i_core.lab.slicing import Slice
from t2i_core.lab.tables import Table
from t2i_core.lab.wording import part_lines, part_name

CURVE_HEIGHT, SCORES_HEIGHT, BAR_HEIGHT = 400, 260, 30
DIGITS = 4


def curve(found: Curve, *, chosen: int, on_event: Callable[[], None]) -> None:
    """What is found in the first k; a click chooses k."""
    last = found.hits[-1]
    label = (
        f"Queries answered among the first k, from {found.hits[0].value:.1%} at k = 1 to {last.value:.1%} at k = {len(found)}. "
        "The table below has every number."
    )
    data = {
        "kind": "curve",
        "hits": [round(one.value, DIGITS) for one in found.hits],
        "low": [None if one.low is None else round(one.low, DIGITS) for one in found.hits],
        "high": [None if one.high is None else round(one.high, DIGITS) for one in found.hits],
        "precision": [round(one.value, DIGITS) for one in found.precision],
        "chosen": chosen,
    }
    _mount(widgets.LAB_PLOT, data, label, CURVE_HEIGHT, on_event)


def parts(slices: Sequence[Slice], *, on_event: Callable[[], None]) -> None:
    """hit@10 of parts of the captions as bars, worst first; a click chooses one."""
    data = {
        "kind": "bars",
        "names": [part_name(one) for one in slices],
        "lines": [list(part_lines(one)) for one in slices],
        "values": [one.hits.value for one in slices],
        "low": [one.hits.low for one in slices],
        "high": [one.hits.high for one in slices],
    }
    label = (
        f"hit@10 of the {len(slices)} worst parts of the captions, with intervals. The table below has every number."
    )
    _mount(widgets.LAB_PARTS, data, label, 44 + BAR_HEIGHT * len(slices), on_event)


def scores(bins: ScoreBins, *, on_event: Callable[[], None]) -> None:
    """How captions score with their own picture and with others; a click chooses a range."""
    data = {
        "kind": "scores",
        "edges": list(bins.edges),
        "right": _shares(bins.right),
        "wrong": _shares(bins.wrong),
    }
    label = "Cosines of captions with their own picture and with others. The table below has every number."
    _mount(widgets.LAB_SCORES, data, label, SCORES_HEIGHT, on_event)


def numbers(table: Table, title: str) -> None:
    """The numbers of a plot: folded, as a table and as a file."""
    with st.expander(plain(title)):
        st.dataframe(table.as_columns(), hide_index=True, width="stretch")
        sharing.download("CSV", table.as_csv(), "text/csv", f"{table.name}.csv")


def _shares(counts: Sequence[int]) -> list[float]:
    most = max(1, *counts)
    return [round(count / most, DIGITS) for count in counts]


def _mount(key: str, data: Mapping[str, object], label: str, height: int, on_event: Callable[[], None]) -> None:
    whole = {**data, "plotly": plotly_file.plotly_script(), "label": label, "height": height}
    components.lab_plot(key, whole, on_event=on_event)
