"""Where there is no map yet, or one of other embeddings: why, what to do, and how far it is."""

from __future__ import annotations

import streamlit as st

from pages._ui import resources
from pages._ui.frame import buttons, frame, notices
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.maps import MapJob, MapOrder, job_of
from pages._ui.serving import permissions
from pages._ui.serving.permissions import Permit
from t2i_core.errors import T2IError, count_of
from t2i_core.types import Gallery

PROGRESS_SECONDS = 0.4


def offer(gallery: Gallery, problem: T2IError | None, *, joint: bool = False) -> None:
    """Say what is missing or wrong with it, and offer to make it here."""
    job = job_of(resources.map_jobs(), gallery.data_dir)
    if job is not None and job.running:
        _follow(job)
        return
    if job is not None and job.error is not None:
        notices.error(job.error, title="The map could not be made")
    with st.container(width=760):
        if problem is not None:
            notices.error(problem, title="The map is of other embeddings")
        elif joint:
            st.header("No map of captions and pictures yet", anchor=False)
            st.text(
                "It lays both out together, after taking away each kind's own mean: without that they would lie apart."
            )
        else:
            st.header("No map of these pictures yet", anchor=False)
            kept = "kept on the computer this app runs on" if gallery.address else "stored beside the embeddings"
            st.text(
                f"A map lays out {count_of(len(gallery), 'picture')} so that those alike lie together. It is made once and "
                f"{kept}; pictures added later are put beside their neighbours."
            )
        label = "Renew the map" if problem is not None else "Make the map"
        permit = permissions.current()
        if not may_be_made(gallery, permit):
            st.text(permit.where)
        elif buttons.pressed(label, kind="primary", key="map_make"):
            _start(gallery, permit, joint=joint)
        st.caption("In a terminal")
        extra = " --joint" if joint else ""
        st.code(
            f"python -m t2i_core project --data {gallery.address or gallery.data_dir}{extra}",
            language=None,
            wrap_lines=True,
        )


def refit_button(gallery: Gallery, placed: int) -> None:
    """Offer a new layout where pictures were only put beside their neighbours."""
    notices.notes([f"{count_of(placed, 'picture')} came after this layout, each put beside its neighbours."])
    permit = permissions.current()
    if may_be_made(gallery, permit) and buttons.pressed("Lay everything out anew", key="map_refit"):
        _start(gallery, permit, refit=True)


def may_be_made(gallery: Gallery, permit: Permit) -> bool:
    """Whether this visitor may write the gallery's map; a collection's lies in a folder of the app's own."""
    return permit.allowed and (bool(gallery.address) or permit.may_use(gallery.data_dir))


def _start(gallery: Gallery, permit: Permit, *, refit: bool = False, joint: bool = False) -> None:
    try:
        order = MapOrder(gallery.data_dir, gallery.images_dir, gallery.address, refit=refit, joint=joint)
        resources.map_jobs().start(order, permit=permit)
    except T2IError as error:
        notices.error(error, title="The map could not be made")
    else:
        st.rerun()


def running(gallery: Gallery) -> bool:
    """Whether this gallery's map is being made; its progress is drawn then."""
    job = job_of(resources.map_jobs(), gallery.data_dir)
    if job is None or not job.running:
        return False
    _follow(job)
    return True


def _follow(job: MapJob) -> None:
    now = job.progress
    with st.container(width=760):
        st.header("Making the map", anchor=False)
        st.progress(now.fraction, text=plain(str(now)))
        if permissions.current().allowed:
            st.button("Stop", key="map_stop", on_click=_stop, args=(job,))
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: job.progress, now, every=PROGRESS_SECONDS)


def _stop(job: MapJob) -> None:
    if permissions.current().allowed:
        job.stop()
