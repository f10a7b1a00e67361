"""The Audit page's states: nothing looked at yet, looking, and the cases."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages._ui import resources
from pages._ui.audit import audit_case, audit_export, deciding, naming
from pages._ui.frame import buttons, frame, notices, opening
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.audits import AuditJob, job_of
from pages._ui.serving import permissions
from pages._ui.serving.permissions import Permit
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core.audit import KINDS, Audit, Finding
from t2i_core.dataset.audit_file import Decision, Subject, read_decisions, standing
from t2i_core.errors import T2IError, count_of
from t2i_core.types import Gallery

PROGRESS_SECONDS = 0.4
WIDTH = 760


def heading() -> None:
    """The page's name."""
    st.header("Audit", anchor=False)


def layout() -> None:
    """The page while its dataset is being opened."""
    st.caption(opening.SUMMARY)


def closed(permit: Permit) -> None:
    """Why nothing can be looked through here, and how it can be elsewhere."""
    with st.container(width=WIDTH):
        st.text(permit.refusal)
        st.code("python -m t2i_core audit --data data/NAME", language=None, wrap_lines=True)


def draw(gallery: Gallery, here: frame.Here, permit: Permit) -> None:
    """Whatever there is to see of a gallery's audit."""
    visit().audit.of_dataset(gallery.place_key)
    if gallery.address or gallery.sampled:
        _of_a_folder_only()
        return
    permit.check(gallery.data_dir)
    job = job_of(resources.audit_jobs(), gallery)
    if job is not None and job.running:
        _follow(job)
        return
    report = resources.audit_of(gallery)
    if report is None:
        if job is not None and job.error is not None:
            notices.error(job.error, title="The audit ended early")
        _offer(gallery, here, permit)
    else:
        _cases(gallery, report, here, permit)


def _of_a_folder_only() -> None:
    with st.container(width=WIDTH):
        st.text("A collection on a server is audited where its dataset was built, and pushed again when it is fixed.")
        st.code("python -m t2i_core audit --data data/NAME", language=None, wrap_lines=True)


def _offer(gallery: Gallery, here: frame.Here, permit: Permit) -> None:
    with st.container(width=WIDTH):
        captions = f" and {count_of(len(gallery.captions), 'caption')}" if gallery.captions else ""
        st.text(
            f"Looks through {count_of(len(gallery), 'picture')}{captions} for what may be wrong: captions that do not fit, "
            "copies, pictures that are dark, blurred, turned or damaged, and more. What is most likely wrong comes first, and you "
            "decide about each with one key. Nothing is changed but the list of your decisions."
        )
        if buttons.pressed("Look through it", kind="primary", key="audit_start"):
            _start(gallery, here, permit)
        st.caption("In a terminal")
        st.code(f"python -m t2i_core audit --data {gallery.data_dir}", language=None, wrap_lines=True)


def _start(gallery: Gallery, here: frame.Here, permit: Permit) -> None:
    try:
        resources.audit_jobs().start(resources.audit_order(gallery, here.settings), permit=permit)
    except T2IError as error:
        notices.error(error, title="The audit could not begin")
    else:
        st.rerun()


def _follow(job: AuditJob) -> None:
    now = job.progress
    with st.container(width=WIDTH):
        st.progress(now.fraction, text=plain(str(now)))
        if job.stopping:
            st.caption("Stopping after the pictures in hand")
        else:
            st.button("Stop and keep what is measured", key="audit_stop", on_click=_stop, args=(job,))
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: (job.stopping, job.progress), (job.stopping, now), every=PROGRESS_SECONDS)


def _stop(job: AuditJob) -> None:
    if permissions.current().allowed:
        job.stop()


def _cases(gallery: Gallery, report: Audit, here: frame.Here, permit: Permit) -> None:
    state = visit().audit
    decisions = standing(read_decisions(gallery.data_dir))
    if not report.cases:
        st.text("Nothing was found that looks wrong.")
        notices.notes(report.remarks)
        _again(gallery, here, permit)
        return
    shown = _chosen(report.cases)
    state.at = max(0, min(state.at, len(shown) - 1))
    _progress(shown, decisions)
    deciding.buttons(gallery, shown)
    audit_case.draw(gallery, shown[state.at], decisions.get(shown[state.at].subject), here.settings)
    notices.notes(report.remarks)
    audit_export.draw(gallery, report, decisions)
    _again(gallery, here, permit)


def _chosen(cases: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The cases of the kind that is chosen; all of them where it has none."""
    state = visit().audit
    counts = Counter(case.kind for case in cases)
    kinds = ["", *(kind for kind in KINDS if counts[kind])]
    if state.kind not in kinds:
        state.kind = ""
    widgets.seed(widgets.AUDIT_KIND, state.kind)
    # Pills and no list to choose from: its field would keep the keys to itself.
    st.pills(
        "Kind", options=kinds, key=widgets.AUDIT_KIND, on_change=_choose, label_visibility="collapsed", required=True,
        format_func=lambda kind: f"{naming.SEVERAL[kind]} {counts[kind] if kind else len(cases):,}",
    )  # fmt: skip
    return tuple(case for case in cases if state.kind in ("", case.kind))


def _choose() -> None:
    state = visit().audit
    state.kind = str(widgets.value(widgets.AUDIT_KIND) or "")
    state.go(0, 1)


def _progress(shown: tuple[Finding, ...], decisions: dict[Subject, Decision]) -> None:
    looked_at = sum(case.subject in decisions for case in shown)
    st.progress(looked_at / len(shown), text=f"{looked_at:,} of {len(shown):,} looked at")


def _again(gallery: Gallery, here: frame.Here, permit: Permit) -> None:
    if buttons.pressed(
        "Look through it again", key="audit_again", kind="tertiary", hint="Only new and changed pictures are measured"
    ):
        _start(gallery, here, permit)
