"""The Build page's parts: what to build, how far it is, and how it ended."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from pages._ui import frame, notices, resources
from pages._ui.dataset_choices import DatasetChoice
from pages._ui.jobs import BuildJob
from t2i_core import build, dataset, images
from t2i_core.config import Settings
from t2i_core.encoder import MINI_NAME, OPENAI_MODELS
from t2i_core.errors import BuildError, T2IError
from t2i_core.index import address

PROGRESS_SECONDS = 0.5
CHECKPOINT = "A checkpoint file"
SKIPPED_SHOWN = 200
MODEL_HINTS = {
    MINI_NAME: "bundled, small, fast on any processor",
    CHECKPOINT: "a file of your own",
}
STAGES = {"pictures": "Encoding pictures", "captions": "Encoding captions", "writing": "Writing the dataset"}


def form(settings: Settings) -> build.BuildOptions | None:
    """Fields for a build; its options once Start was pressed and everything can be used."""
    st.text_input(
        "Folder of pictures", key="build_images", persist_state="session", placeholder="/home/me/pictures",
        help="On the computer this app runs on. Sub-folders are included.",
    )  # fmt: skip
    _count_pictures()
    st.text_input(
        "Captions file, optional", key="build_captions", persist_state="session", placeholder="captions.csv",
        help="A CSV with the columns image and caption (or clean_caption), one row per caption. "
        "Names are relative to the folder of pictures.",
    )  # fmt: skip
    model = _model(settings)
    proposed = _data_folder(settings) / _folder_name(st.session_state["build_images"])
    target = st.text_input(
        "Folder of the dataset", key="build_target", persist_state="session", placeholder=str(proposed),
        help="The embeddings are written here. A folder that holds a dataset already is brought up to date.",
    )  # fmt: skip
    address.refuse_address(target.strip(), task="A build")
    data_dir = Path(target.strip() or proposed).expanduser()
    replaced = _other_dataset(data_dir, _path("build_images"), settings)
    agreed = not replaced or st.checkbox(f"Replace the dataset in {data_dir}: it is over other pictures, {replaced}")
    if not st.button("Start", type="primary", key="build_start", disabled=not agreed):
        return None
    return build.BuildOptions(
        images_dir=_pictures_folder(),
        data_dir=data_dir,
        captions=_captions_file(),
        model=model,
        model_dir=settings.model_dir,
        device=settings.device,
        batch_size=None,
        max_pixels=settings.max_pixels,
    )


def follow(job: BuildJob) -> None:
    """Progress of a running build; the page is drawn again and again until it ends."""
    seen = _mark(job)
    st.header(f"Building {job.options.data_dir.name}", anchor=False)
    st.caption(
        f"From {notices.plain(str(job.options.images_dir))} with {notices.plain(job.options.model or MINI_NAME)}"
    )
    _draw_progress(job)
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: _mark(job), seen, every=PROGRESS_SECONDS)


def _mark(job: BuildJob) -> tuple[bool, build.BuildProgress | None]:
    """Changes whenever there is more to tell of a build that runs."""
    return job.stopping, job.progress


def outcome(job: BuildJob) -> str:
    """How a build ended and which pictures it left out; what to do next: "open", "go on", "another" or nothing."""
    report = job.report
    if job.error is not None:
        notices.error(job.error, title="The build ended early")
    if report is not None:
        _draw_report(report)
    with st.container(horizontal=True):
        if report is not None and report.manifest is not None:
            if st.button("Open in Search", type="primary", key="build_open"):
                return "open"
        elif st.button("Go on", type="primary", key="build_go_on"):
            return "go on"
        if st.button("Build another", key="build_another"):
            return "another"
    return ""


def _draw_report(report: build.BuildReport) -> None:
    st.header("Stopped" if report.stopped else "Done", anchor=False)
    st.text(_summary(report))
    for note in report.notes:
        st.caption(notices.plain(note))
    if report.skipped:
        with st.expander(f"{len(report.skipped):,} left out, with reasons", expanded=len(report.skipped) <= 5):
            rows = [{"Picture": one.image_id, "Reason": one.reason} for one in report.skipped[:SKIPPED_SHOWN]]
            st.dataframe(rows, hide_index=True)
            if len(report.skipped) > SKIPPED_SHOWN:
                st.caption(f"The first {SKIPPED_SHOWN:,} are shown")


def _summary(report: build.BuildReport) -> str:
    parts = ["1 picture encoded" if report.encoded == 1 else f"{report.encoded:,} pictures encoded"]
    counts = ((report.reused, "unchanged"), (report.removed, "removed"), (len(report.skipped), "left out"))
    parts += [f"{count:,} {word}" for count, word in counts if count]
    rate = f" ({report.rate:,.0f} pictures a second)" if report.encoded and report.rate >= 1 else ""
    kept = " What was done is kept, and the same build goes on from there." if report.stopped else ""
    return f"{', '.join(parts)}, in {_duration(report.seconds)}{rate}.{kept}"


def _draw_progress(job: BuildJob) -> None:
    now = job.progress
    if now is None:
        st.progress(0.0, text="Loading the model")
    else:
        share = now.done / now.total if now.total else 0.0
        st.progress(min(1.0, share), text=f"{STAGES.get(now.stage, now.stage)}: {now.done:,} of {now.total:,}")
        parts = []
        if now.rate:
            parts.append(f"{now.rate:,.0f} a second")
        if now.seconds_left is not None:
            parts.append(f"{_duration(now.seconds_left)} left")
        if now.skipped:
            parts.append(f"{now.skipped:,} left out")
        st.caption(", ".join(parts))
    if job.stopping:
        st.caption("Stopping after the pictures in hand")
    else:
        st.button("Stop and keep what is done", key="build_stop", on_click=job.stop)


def _model(settings: Settings) -> str:
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
        return chosen
    return st.text_input("Checkpoint file", key="build_checkpoint", persist_state="session").strip()


def _pictures_folder() -> Path:
    folder = _path("build_images")
    if folder is None:
        raise BuildError("A build needs a folder of pictures, got none. Type its path.")
    if not folder.is_dir():
        raise BuildError(f"The folder of pictures must exist on this computer, got {folder}. Check the path.")
    return folder


def _count_pictures() -> None:
    """Say at once how many pictures a folder holds; counted again only when another folder is typed."""
    folder = _path("build_images")
    if folder is None:
        return
    counted: tuple[Path, str] | None = st.session_state.get("build_counted")
    if counted is None or counted[0] != folder:
        try:
            count = len(images.list_pictures(folder))
            counted = (folder, "1 picture there" if count == 1 else f"{count:,} pictures there")
        except T2IError as error:
            counted = (folder, str(error))
        st.session_state["build_counted"] = counted
    st.caption(notices.plain(counted[1]))


def _captions_file() -> Path | None:
    path = _path("build_captions")
    if path is not None:
        dataset.read_captions(path)  # says exactly what is wrong with it before anything starts
    return path


def _path(key: str) -> Path | None:
    text = str(st.session_state.get(key) or "").strip()
    return Path(text).expanduser() if text else None


def _data_folder(settings: Settings) -> Path:
    """Where datasets are built: beside those that are open, or where they are at first when a collection is."""
    return Settings().data_dir if address.is_address(settings.data_dir) else settings.data_dir


def _folder_name(text: str) -> str:
    """A dataset's folder named after the folder of its pictures."""
    return re.sub(r"[^\w.-]+", "-", Path(text.strip() or "my-pictures").name).strip("-.") or "my-pictures"


def _other_dataset(data_dir: Path, images_dir: Path | None, settings: Settings) -> str:
    """The picture folder of the dataset that lies in ``data_dir``, when it is not the one to be built from."""
    if images_dir is None or not (data_dir / dataset.EMBEDDINGS_NAME).is_file():
        return ""
    choice = DatasetChoice(data_dir.name, data_dir)
    try:
        present = resources.gallery(choice).result().images_dir
    except T2IError:
        return "which cannot be read"
    return "" if present.resolve() == images_dir.resolve() else str(present)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:,.0f} s"
    minutes = seconds / 60
    return f"{minutes:,.0f} min" if minutes < 90 else f"{minutes / 60:,.1f} h"
