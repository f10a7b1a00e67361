"""The lab's report as files to hand on."""

from __future__ import annotations

import shlex

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui.frame import sharing
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.lab_work import PARTS, LabWork
from pages._ui.lab.lab_compare import Asked
from t2i_core.lab.examining import Findings, provenance
from t2i_core.lab.report import report_html, report_json


def share(place: DeltaGenerator, found: Findings, work: LabWork, compared: Asked | None) -> None:
    """The report as one page that needs nothing else, and as JSON, with the comparison that is shown; made once all is measured."""
    with place, sharing.popover() as open_now:
        if not open_now:
            return
        if not all(work.has(part) for part in PARTS):
            st.caption("The report can be saved once everything is measured.")
            return
        gallery = found.gallery
        command = ["python", "-m", "t2i_core", "evaluate", "--data", gallery.address or str(gallery.data_dir)]
        outcome = None if compared is None else compared.job.outcome
        if compared is not None and outcome is not None:
            command += ["--compare", compared.argument]
        about = provenance(gallery, found.model, shlex.join([*command, "--report", "report.html"]))
        st.caption(
            f"A report on {plain(gallery.name)}: one page with its plots that needs nothing else, and the same as JSON"
        )
        with st.container(horizontal=True):
            of = (gallery.key, found.pairs.marked, None if compared is None or outcome is None else compared.argument)
            page = sharing.kept("report.html", of, lambda: report_html(found, about, outcome).encode("utf-8"))
            sharing.download("Page", page, "text/html", "report.html")
            record = sharing.kept("report.json", of, lambda: report_json(found, about, outcome).encode("utf-8"))
            sharing.download("JSON", record, "application/json", "report.json")
