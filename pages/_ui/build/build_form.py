"""The Build page's parts: what to build, how far it is, and how it ended."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import resources
from pages._ui.build import build_captions, build_files
from pages._ui.frame import buttons, frame, notices
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.builds import BuildJob, duration
from pages._ui.jobs.job import Progress
from pages._ui.serving import permissions
from pages._ui.serving.permissions import Permit
from pages._ui.session import widgets
from t2i_core import building, dataset
from t2i_core.config import Settings
from t2i_core.encoder import MINI_NAME, OPENAI_MODELS
from t2i_core.errors import BuildError, T2IError, count_of
from t2i_core.index import address

PROGRESS_SECONDS = 0.5
CHECKPOINT = "A checkpoint file"
SKIPPED_SHOWN = 200
MODEL_HINTS = {
    MINI_NAME: "bundled, small, fast on any processor",
    CHECKPOINT: "a file of your own",
}


def form(settings: Settings, permit: Permit) -> building.BuildOptions | None:
    """Fields for a build; its options once Start was pressed and everything can be used."""
    st.text("Every picture gets an embedding, so that a sentence can find it. Nothing leaves this computer.")
    notices.notes([permit.where])
    st.text_input(
        "Folder of pictures", key=widgets.BUILD_IMAGES, persist_state="session", placeholder="/home/me/pictures",
        help="On the computer this app runs on. Sub-folders are included.",
    )  # fmt: skip
    usable = _folder_told(permit)
    st.text_input(
        "Captions file, optional", key=widgets.BUILD_CAPTIONS, persist_state="session", placeholder="captions.csv",
        help="A CSV with the columns image and caption (or clean_caption), one row per caption, or JSON lines. "
        "Names are relative to the folder of pictures.",
    )  # fmt: skip
    model, checkpoint = _model(settings)
    named = build_files.folder_name(widgets.value(widgets.BUILD_IMAGES) if usable else "")
    proposed = _data_folder(settings, permit) / named
    target = st.text_input(
        "Folder of the dataset", key=widgets.BUILD_TARGET, persist_state="session", placeholder=str(proposed),
        help="The embeddings are written here. A folder that holds a dataset already is brought up to date.",
    ).strip()  # fmt: skip
    address.refuse_address(target, task="A build")
    data_dir = build_files.as_path(target or str(proposed), permit)
    images_dir = build_files.typed(widgets.BUILD_IMAGES, permit) if usable else None
    captions = build_files.typed(widgets.BUILD_CAPTIONS, permit)
    replaced = _other_dataset(data_dir, images_dir, settings)
    if replaced:
        notices.error(
            BuildError(
                f"The folder {data_dir} holds a dataset over other pictures: {replaced}. "
                "Name another folder, or agree to replace it."
            )
        )
    agreed = not replaced or st.checkbox("Replace it", key="build_replace")
    # Who agreed to replace a dataset knows that its captions are over other pictures.
    given_up = bool(replaced) and captions is None
    fits = given_up or build_captions.compare(images_dir, captions, data_dir)
    started = buttons.pressed("Start", kind="primary", key="build_start", disabled=not (agreed and fits))
    if not started or not usable:  # what is wrong with the folder stands below its field already
        return None
    return building.BuildOptions(
        images_dir=build_files.pictures_folder(permit),
        data_dir=data_dir,
        captions=build_files.captions_file(permit),
        model=model if checkpoint is None else build_files.checkpoint(checkpoint, permit),
        model_dir=settings.model_dir,
        device=settings.device,
        batch_size=None,
        max_pixels=settings.max_pixels,
        captions_may_miss=given_up or bool(widgets.value(widgets.BUILD_MAY_MISS)),
    )


def _folder_told(permit: Permit) -> bool:
    """Say how many pictures the folder holds, or what is wrong with it; whether a build may start from it."""
    try:
        counted = build_files.how_many(permit)
    except T2IError as error:
        notices.error(error)
        return False
    notices.notes([counted] * bool(counted))
    return True


def closed(permit: Permit) -> None:
    """Why nothing can be built here, and how it can be elsewhere."""
    st.text(permit.refusal)
    st.code("python -m t2i_core build --images DIR --data data/NAME", language=None, wrap_lines=True)


def last_one(job: BuildJob) -> bool:
    """Say that a build somebody else started has ended; True when its outcome is asked for."""
    with st.container(horizontal=True, vertical_alignment="center", key="build_last"):
        st.text(f"The last build here, into {job.order.data_dir}, has ended.", width="content")
        return buttons.pressed("See how it ended", key="build_see", kind="tertiary")


def follow(job: BuildJob) -> None:
    """Progress of a running build; the page is drawn again and again until it ends."""
    seen = _mark(job)
    st.header(f"Building {plain(job.order.data_dir.name)}", anchor=False)
    st.caption(f"From {plain(job.order.images_dir)} with {plain(job.order.model or MINI_NAME)}")
    _draw_progress(job)
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: _mark(job), seen, every=PROGRESS_SECONDS)


def _mark(job: BuildJob) -> tuple[bool, Progress]:
    """Changes whenever there is more to tell of a build that runs."""
    return job.stopping, job.progress


def outcome(job: BuildJob) -> str:
    """How a build ended and which pictures it left out; what to do next: "open", "go on", "another" or nothing."""
    report = job.outcome
    if job.error is not None:
        notices.error(job.error, title="The build ended early")
    if report is not None:
        _draw_report(report)
    with st.container(horizontal=True):
        if report is not None and report.manifest is not None:
            if buttons.pressed("Open in Search", kind="primary", key="build_open"):
                return "open"
        elif buttons.pressed("Go on", kind="primary", key="build_go_on"):
            return "go on"
        if buttons.pressed("Build another", key="build_another"):
            return "another"
    return ""


def _draw_report(report: building.BuildReport) -> None:
    st.header("Stopped" if report.stopped else "Done", anchor=False)
    st.text(_summary(report))
    notices.notes([*map(str, report.left_out), *report.notes])
    if report.skipped:
        with st.expander(f"{len(report.skipped):,} left out, with reasons", expanded=len(report.skipped) <= 5):
            rows = [{"Picture": one.image_id, "Reason": one.reason} for one in report.skipped[:SKIPPED_SHOWN]]
            st.dataframe(rows, hide_index=True)
            if len(report.skipped) > SKIPPED_SHOWN:
                st.caption(f"The first {SKIPPED_SHOWN:,} are shown")


def _summary(report: building.BuildReport) -> str:
    parts = [f"{count_of(report.encoded, 'picture')} encoded"]
    counts = ((report.reused, "unchanged"), (report.removed, "removed"), (len(report.skipped), "left out"))
    parts += [f"{count:,} {word}" for count, word in counts if count]
    rate = f" ({report.rate:,.0f} a second)" if report.encoded and report.rate >= 1 else ""
    kept = " What was done is kept, and the same build goes on from there." if report.stopped else ""
    return f"{', '.join(parts)}, in {duration(report.seconds)}{rate}.{kept}"


def _draw_progress(job: BuildJob) -> None:
    now = job.progress
    st.progress(now.fraction, text=plain(str(now)))
    if now.counted:
        st.caption(plain(", ".join(now.notes)))
    if job.stopping:
        st.caption("Stopping after the pictures in hand")
    else:
        st.button("Stop and keep what is done", key="build_stop", on_click=_stop, args=(job,))


def _stop(job: BuildJob) -> None:
    if permissions.current().allowed:
        job.stop()


def _model(settings: Settings) -> tuple[str, str | None]:
    """The model chosen, and the checkpoint file typed where that is what was chosen."""
    names = [MINI_NAME, *OPENAI_MODELS, CHECKPOINT]
    if settings.model and settings.model not in names:
        names.insert(0, settings.model)
    chosen = st.selectbox(
        "Model", names, key="build_model", persist_state="session",
        format_func=lambda name: f"{name} ({MODEL_HINTS[name]})" if name in MODEL_HINTS else name,
        index=names.index(settings.model) if settings.model else 0,
        help="Queries are encoded by the same model later. OpenAI's weights are downloaded at first use, "
        "or taken from the folder T2I_MODEL_DIR names.",
    )  # fmt: skip
    if chosen != CHECKPOINT:
        return chosen, None
    return chosen, st.text_input("Checkpoint file", key="build_checkpoint", persist_state="session")


def _data_folder(settings: Settings, permit: Permit) -> Path:
    """Where datasets are proposed to go: beside those that are open, else where they may."""
    folder = Settings().data_dir if address.is_address(settings.data_dir) else settings.data_dir
    return folder if permit.may_use(folder) else permit.roots[0]


def _other_dataset(data_dir: Path, images_dir: Path | None, settings: Settings) -> str:
    """The picture folder of the dataset that lies in ``data_dir``, when it is not the one to be built from."""
    if images_dir is None or not (data_dir / dataset.EMBEDDINGS_NAME).is_file():
        return ""
    choice = resources.DatasetChoice(data_dir.name, data_dir)
    try:
        present = resources.opened(choice, resources.gallery(choice)).images_dir
    except T2IError:
        return "they cannot be told, for it cannot be read"
    return "" if present.resolve() == images_dir.resolve() else str(present)
