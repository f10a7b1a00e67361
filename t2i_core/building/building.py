"""Builds a dataset from a folder of pictures: reader → encoder → writer; resumable and incremental.

    report = build(BuildOptions(images_dir=Path("photos"), data_dir=Path("data/photos")))

What a finished batch made is kept in ``data_dir/.build`` until the dataset is written, so a build may be
killed at any moment and ends with the same arrays. The next build encodes only what is new or changed.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from t2i_core.building.captions import find_captions
from t2i_core.building.facts import measure_facts
from t2i_core.building.journal import Journal, begun_batch_size, hash_settings
from t2i_core.building.ledger import Ledger, read_ledger
from t2i_core.building.matching import compare_captions
from t2i_core.building.pictures import fitting_batch_size
from t2i_core.building.plan import plan_pictures
from t2i_core.building.run import BuildRun, embedding_settings
from t2i_core.building.selecting import EveryBatch, Selector
from t2i_core.building.types import (
    BuildOptions,
    BuildProgress,
    BuildReport,
    OnProgress,
    ShouldStop,
    SkippedPicture,
)
from t2i_core.building.workshop import WORKSHOP_NAME, open_workshop
from t2i_core.config import read_settings
from t2i_core.dataset import EMBEDDINGS_NAME, CaptionTable, read_evidence, read_gallery
from t2i_core.dataset.manifest_file import read_manifest
from t2i_core.dataset.switching import remove_leftovers
from t2i_core.encoder.names import MINI_NAME
from t2i_core.errors import BuildError, DatasetError, T2IError
from t2i_core.pictures.disks import is_root
from t2i_core.pictures.folder import FolderContents
from t2i_core.pictures.images import PICTURE_SUFFIXES, look_through
from t2i_core.relevance.measuring import FEWEST_PICTURES, keep_evidence
from t2i_core.types import Encoder, Manifest

__all__ = ["BuildOptions", "BuildProgress", "BuildReport", "SkippedPicture", "build"]

LOGGER = logging.getLogger(__name__)


def build(
    options: BuildOptions,
    *,
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> BuildReport:
    """Build the dataset of a folder, or bring it up to date.

    Parameters
    ----------
    options : BuildOptions
    encoder : Encoder, optional
        Used instead of opening ``options.model``.
    on_progress : callable, optional
        Told how far the build is, a few times a second at most, in the thread that called.
    should_stop : callable, optional
        Asked between batches; once it says True the build keeps what is done and returns.

    Raises
    ------
    BuildError
        When there is nothing to build, another build is running there, or the disk is full.
    ImageError, DatasetError, ModelError
        When the picture folder, the captions file or the model cannot be used.
    """
    if options.batch_size is not None and options.batch_size < 1:
        raise BuildError(f"batch_size must be at least 1, got {options.batch_size}. Leave it out to fit the device.")
    contents = list_folder(options.images_dir)
    with open_workshop(options.data_dir) as workshop:
        return build_in(workshop, contents, options, encoder=encoder, on_progress=on_progress, should_stop=should_stop)


def build_in(
    workshop: Path,
    contents: FolderContents,
    options: BuildOptions,
    *,
    encoder: Encoder | None = None,
    settings: Mapping[str, object] | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> BuildReport:
    """`build` for whoever holds the workshop already; ``settings`` names a journal made elsewhere."""
    remove_leftovers(options.data_dir)
    run = begin_run(
        workshop,
        contents,
        options,
        encoder=encoder,
        settings=settings,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    run.notes += _origin_notes(options, run.encoder, run.ledger)
    run.skipped += run.plan.skipped
    finished = run.encode_pictures()
    if finished:
        run.check_usable()
        finished = run.encode_texts()
    if not finished:
        return replace(run.stopped(), left_out=contents.left_out)
    run.notes += run.told
    report = run.write()
    notes = (*report.notes, *_evidence_notes(options, run.encoder))
    notes += tuple(measure_facts(options, on_progress=on_progress, should_stop=run.should_stop))
    return replace(report, left_out=contents.left_out, notes=notes)


def begin_run(
    workshop: Path,
    contents: FolderContents,
    options: BuildOptions,
    *,
    encoder: Encoder | None = None,
    settings: Mapping[str, object] | None = None,
    selector: Selector | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> BuildRun:
    """A run that has read what there is, opened its model and knows what is to be done; nothing is encoded yet.

    Parameters
    ----------
    workshop : Path
        Where its own batches are kept; the dataset's, but for a part of a build.
    settings : mapping, optional
        What its batches were made with elsewhere; else what this machine would make them with.
    selector : Selector, optional
        Which batches it encodes; all of them, when not given.
    """
    table = find_captions(options.captions, options.data_dir)
    told = tell_captions(table, contents.pictures, options)
    encoder = encoder or open_model(options, model_of(read_own_manifest(options)))
    batch_size = options.batch_size or choose_batch_size(workshop, options, encoder)
    made_with = dict(settings or made_by(options, encoder, batch_size))
    whole = options.data_dir / WORKSHOP_NAME
    ledger = read_ledger(whole, options.data_dir, made_with=hash_settings(embedding_settings(encoder)))
    before = Journal(whole, made_with, dimension=encoder.dimension)
    return BuildRun(
        options,
        encoder,
        batch_size,
        journal=before if workshop == whole else Journal(workshop, made_with, dimension=encoder.dimension),
        before=before,
        ledger=ledger,
        plan=plan_pictures(contents.pictures, options, ledger=ledger, journal=before),
        table=table,
        on_progress=on_progress,
        should_stop=should_stop or _never,
        selector=selector or EveryBatch(),
        told=told,
    )


def list_folder(images_dir: Path) -> FolderContents:
    """The pictures of the folder and what is left out; BuildError when there are no pictures, or it is a whole disk."""
    refuse_root(images_dir)
    contents = look_through(images_dir)
    if not contents.pictures:
        left_out = "".join(f" {one}" for one in contents.left_out)
        raise BuildError(
            f"A build needs at least one picture, found none below {images_dir}. "
            f"Looked for {', '.join(sorted(PICTURE_SUFFIXES))} at any depth, hidden folders left out.{left_out} "
            "Name the folder that holds the pictures."
        )
    return contents


def refuse_root(images_dir: Path) -> None:
    """BuildError for a folder that has none around it; it is said before anything below it is looked at."""
    if is_root(images_dir):
        raise BuildError(
            f"The folder of pictures must be a folder on a disk, got a whole disk: {images_dir}. "
            "Name the folder on it that holds the pictures."
        )


def tell_captions(table: CaptionTable | None, image_ids: Sequence[str], options: BuildOptions) -> list[str]:
    """How captions and pictures fit, told before anything is encoded; see `compare_captions` for what it raises."""
    notes = compare_captions(table, image_ids, data_dir=options.data_dir, may_miss=options.captions_may_miss)
    for note in notes:
        LOGGER.info("note: %s", note)
    return notes


def read_own_manifest(options: BuildOptions) -> Manifest | None:
    """The manifest of the dataset that is there."""
    stored, _ = read_manifest(options.data_dir)
    return None if stored is None else stored.manifest


def model_of(manifest: Manifest | None) -> str:
    """The model a dataset was built with; the bundled one for a new dataset."""
    return manifest.model_id if manifest else MINI_NAME


def open_model(options: BuildOptions, built_with: str) -> Encoder:
    """The model that was named, else the one the dataset was built with.

    Raises
    ------
    ModelError
        When it cannot be had, or is a file that nobody but the dataset names.
    """
    from t2i_core.encoder import model_to_open, open_encoder

    model = options.model or model_to_open(built_with, configured=read_settings().model)
    return open_encoder(model, model_dir=options.model_dir, device=options.device)


def choose_batch_size(workshop: Path, options: BuildOptions, encoder: Encoder) -> int:
    """That of a build which was stopped here, so that this one goes on with it, else what fits this machine."""
    fitting = fitting_batch_size(encoder)
    return begun_batch_size(workshop, made_by(options, encoder, fitting)) or fitting


def made_by(options: BuildOptions, encoder: Encoder, batch_size: int) -> dict[str, object]:
    """What a run's batches depend on: the embeddings, their last bits, and which pictures are skipped."""
    return embedding_settings(encoder) | {
        "device": encoder.device,
        "batch_size": batch_size,
        "max_pixels": options.max_pixels,
    }


def _origin_notes(options: BuildOptions, encoder: Encoder, ledger: Ledger) -> list[str]:
    """Why everything is encoded again, when there was a dataset."""
    if ledger.pictures or not (options.data_dir / EMBEDDINGS_NAME).exists():
        return []
    manifest = read_own_manifest(options)
    if manifest is None:
        why = "was made by another program"
    elif manifest.weights_sha256 != encoder.weights_sha256:
        why = (
            f"was built with {manifest.model_id} (weights {manifest.weights_sha256[:12]}), not with "
            f"{encoder.model_id} ({encoder.weights_sha256[:12]})"
        )
    elif manifest.preprocessing != encoder.preprocessing:
        why = f"was built with other preprocessing ({manifest.preprocessing})"
    else:
        why = "has no record of the files it was built from"
    return [f"The dataset in {options.data_dir} {why}, so every picture is encoded again."]


def _evidence_notes(options: BuildOptions, encoder: Encoder) -> list[str]:
    """Measure what verdicts on searches go by, which a dataset can also be without; why it is, where somebody can mend that."""
    gallery = read_gallery(options.data_dir, options.images_dir)
    if len(gallery) < FEWEST_PICTURES:
        return []
    with contextlib.suppress(DatasetError):
        read_evidence(gallery)
        return []  # nothing has changed
    try:
        keep_evidence(gallery, encoder)
    except T2IError as error:
        return [f"Searches get no verdict. {error}"]
    return []


def _never() -> bool:
    return False
