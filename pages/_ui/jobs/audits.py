"""Audits that run behind the Audit page: started once, followed by whoever opens it, stopped on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pages._ui.jobs.job import Job, Jobs, Progress, Run, Work
from t2i_core import audit as audits
from t2i_core.errors import DatasetError
from t2i_core.types import Encoder, Gallery

STAGES = {
    "pictures": "Looking at pictures", "neighbours": "Comparing pictures", "crops": "Looking for crops",
    "turned pictures": "Turning pictures",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class AuditOrder:
    """A gallery to be looked through, and how its model is opened."""

    gallery: Gallery
    max_pixels: int
    open_encoder: Callable[[], Encoder]


AuditJob = Job[AuditOrder, audits.Audit]
AuditJobs = Jobs[AuditOrder, audits.Audit]


def audit_jobs() -> AuditJobs:
    """The audits of a server: one runs at a time, for they take the whole processor."""
    return Jobs(Work("audit", _audit, begins="Reading captions", touches=_touches, busy=_busy))


def job_of(jobs: AuditJobs, gallery: Gallery) -> AuditJob | None:
    """The running or last job of a gallery."""
    job = jobs.current
    return job if job is not None and job.order.gallery.place_key == gallery.place_key else None


def _audit(order: AuditOrder, run: Run) -> audits.Audit:
    """An audit that is stopped ends after the pictures in hand; what was measured of them is kept."""

    def tell(stage: str, done: int, total: int) -> None:
        run.tell(Progress(STAGES.get(stage, stage), done / max(1, total), f"{done:,} of {total:,}"))
        run.end_if_stopping()

    return audits.audit(order.gallery, max_pixels=order.max_pixels, open_encoder=order.open_encoder, on_progress=tell)


def _touches(order: AuditOrder) -> tuple[Path | None, ...]:
    return order.gallery.images_dir, order.gallery.data_dir


def _busy(order: AuditOrder) -> DatasetError:
    return DatasetError(
        f"Only one dataset is looked through at a time, and {order.gallery.data_dir} is. Wait for it or stop it."
    )
