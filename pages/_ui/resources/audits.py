"""Audits: the jobs that make them, and the last of each dataset as long as the server runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import streamlit as st

from pages._ui.jobs import audits
from pages._ui.resources.engines import encoder_of
from t2i_core import dataset
from t2i_core.audit import Audit
from t2i_core.config import Settings
from t2i_core.types import Encoder, Gallery

MOST_KEPT = 4


@st.cache_resource(show_spinner=False)
def audit_jobs() -> audits.AuditJobs:
    """Audits started from the Audit page; they go on whoever looks at them."""
    return audits.audit_jobs()


def audit_order(gallery: Gallery, settings: Settings) -> audits.AuditOrder:
    """What is ordered for a gallery; its model is waited for behind the page, once a check needs it."""
    opening = encoder_of(gallery, settings)

    def matching() -> Encoder:
        encoder = opening()
        dataset.check_model_matches(encoder, gallery)
        return encoder

    opened: Callable[[], Encoder] = matching
    return audits.AuditOrder(gallery, settings.max_pixels, opened)


def audit_of(gallery: Gallery) -> Audit | None:
    """The last audit of a gallery; None where there was none since the start."""
    job = audits.job_of(audit_jobs(), gallery)
    made = None if job is None else job.outcome
    if made is not None and made.key == gallery.key:
        kept = _kept()
        kept[gallery.place_key] = made
        kept.move_to_end(gallery.place_key)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return _kept().get(gallery.place_key)


@st.cache_resource(show_spinner=False)
def _kept() -> OrderedDict[str, Audit]:
    return OrderedDict()
