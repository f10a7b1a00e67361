"""What was found and decided, as files, and the command that makes a new dataset of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import streamlit as st

from pages._ui.frame import sharing
from pages._ui.session import state
from t2i_core.audit import Audit
from t2i_core.audit.fixing import is_of_caption
from t2i_core.audit.lists import file_list, findings_to_csv
from t2i_core.dataset.audit_file import CORRECT, EXCLUDE, Decision, Subject
from t2i_core.types import Gallery


def draw(gallery: Gallery, report: Audit, decisions: Mapping[Subject, Decision]) -> None:
    """The files, and the command that applies what was decided."""
    _files(gallery, report, decisions)
    if any(one.decision in (EXCLUDE, CORRECT) for one in decisions.values()):
        st.caption("Make a new dataset of the decisions; this one and all files stay as they are")
        out = f"{gallery.data_dir}-fixed"
        command = ["python", "-m", "t2i_core", "fix", "--data", str(gallery.data_dir), "--out", out]
        st.code(shlex.join(command), language=None, wrap_lines=True)
        st.caption("Before and after: the Lab compares both, and so does a terminal")
        compare = ["python", "-m", "t2i_core", "evaluate", "--data", str(gallery.data_dir), "--compare", out]
        st.code(shlex.join(compare), language=None, wrap_lines=True)


def _files(gallery: Gallery, report: Audit, decisions: Mapping[Subject, Decision]) -> None:
    """A button that opens them; they are made only then."""
    with st.popover(
        "Export", icon=":material/ios_share:", type="tertiary", key="audit_export", on_change=state.acted
    ) as opened:
        if not opened.open:
            return
        st.caption("The cases with what was decided about each, and the names of the pictures to leave out")
        made_of = (gallery.place_key, tuple(decisions.values()))
        excluded = [
            case
            for case in report.cases
            if (known := decisions.get(case.subject)) is not None
            and known.decision == EXCLUDE
            and not is_of_caption(case.kind, case.caption or "")
        ]
        with st.container(horizontal=True):
            # With the byte order mark, or Excel takes the letters for another alphabet's.
            csv = sharing.kept(
                "audit.csv", made_of, lambda: findings_to_csv(report.cases, decisions).encode("utf-8-sig")
            )
            sharing.download("CSV", csv, "text/csv", "audit_cases.csv")
            names = sharing.kept("excluded.txt", made_of, lambda: file_list(excluded).encode("utf-8"))
            sharing.download("List of files", names, "text/plain", "excluded_pictures.txt")
