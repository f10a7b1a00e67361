"""Reading a dataset folder, ours or the original project's, into a checked `Gallery`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from t2i_core.dataset.caption_rows import read_caption_rows
from t2i_core.dataset.captions_file import parse_captions
from t2i_core.dataset.embeddings_file import StoredEmbeddings, read_embeddings
from t2i_core.dataset.manifest_file import StoredManifest, check_belongs, find_images_dir, read_manifest
from t2i_core.dataset.packed_texts import packed
from t2i_core.dataset.picture_rows import read_pictures
from t2i_core.dataset.rebuilding import BUILD, complete, complete_error
from t2i_core.dataset.stored_files import CAPTIONS_NAME, EMBEDDINGS_NAME, MANIFEST_NAME, dataset_stamp, sha256_of
from t2i_core.dataset.switch_record import read_current
from t2i_core.errors import DatasetError
from t2i_core.pictures.folder import is_folder
from t2i_core.types import Gallery, Manifest, Problem

ATTEMPTS = 20
# One that lost so often waits longer and longer, so that all attempts together outlast several builds in a row.
HURRIED, PAUSE_S = 10, 0.1


def read_gallery(
    data_dir: Path, images_dir: Path | None = None, *, name: str | None = None, derive: bool = True
) -> Gallery:
    """Read a dataset folder: our files, or the original project's ``image`` + ``text`` npz with its CSV.

    Parameters
    ----------
    data_dir : Path
        Folder with ``aligned_embeddings.npz`` and, where there are captions, ``captions_tokenized.csv``.
    images_dir : Path, optional
        Folder of the pictures; see `find_images_dir` for what is used when it is left out.
    name : str, optional
        What to call the dataset; when left out the manifest's name for it, else the folder's.
    derive : bool
        Make the mapped store of a large dataset where there is none; otherwise nothing is written.

    Returns
    -------
    Gallery
        One row per picture, repeated ones merged (the first usable row wins), rows of length 1.
        What a person should know about it stands in ``problems``.

    Raises
    ------
    DatasetError
        When nothing useful can be read: missing or broken files, rows that cannot be told apart, no usable row.
    """
    try:
        return _read_whole(data_dir, images_dir, name, derive)
    except DatasetError as error:
        raise complete_error(error, data_dir=data_dir, images_dir=images_dir) from error


def _read_whole(data_dir: Path, images_dir: Path | None, name: str | None, derive: bool) -> Gallery:
    """Read the files as they are at one moment: again when they were replaced meanwhile."""
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE_S * max(0, attempt - HURRIED))
        stamp = dataset_stamp(data_dir)
        try:
            gallery = _read(data_dir, images_dir, name, derive)
        except DatasetError:
            if dataset_stamp(data_dir) == stamp:
                raise
            continue
        if dataset_stamp(data_dir) == stamp:
            return gallery
    raise DatasetError(
        f"The files of a dataset must stay the same while they are read, and those in {data_dir} were replaced {ATTEMPTS} times. "
        "Wait until what writes them is done."
    )


def _read(data_dir: Path, images_dir: Path | None, name: str | None, derive: bool) -> Gallery:
    if not is_folder(data_dir):
        raise DatasetError(f"The dataset folder must exist, got {data_dir}. Make it: {BUILD}")
    stored = read_embeddings(data_dir / EMBEDDINGS_NAME, mapped=True, derive=derive)
    captions_data = _captions_bytes(data_dir)
    captions_sha256 = sha256_of(captions_data) if captions_data else ""
    # An empty file is as good as none, except where its rows were to name the pictures.
    needed = stored.image_ids is None and captions_data is not None
    table = parse_captions(captions_data or b"", data_dir / CAPTIONS_NAME) if captions_data or needed else None
    noted, problems = read_manifest(data_dir)
    manifest, manifest_problems = _trusted(noted, stored, captions_sha256)
    if noted is None and not problems:
        problems = (_unnamed_model(data_dir),)
    # A manifest of other files must not vouch for the model of these, but its folder is still the best guess.
    folder = find_images_dir(data_dir, images_dir, noted)
    pictures, picture_problems = read_pictures(stored, table, folder, own=manifest is not None)
    skipped = noted.skipped if noted else ()
    captions, caption_problems = read_caption_rows(stored, table, pictures, folder=folder, skipped=skipped)
    return Gallery(
        name=name or (noted.name if noted else "") or data_dir.resolve().name,
        data_dir=data_dir,
        images_dir=folder,
        image_ids=packed(pictures.image_ids),
        image_embeddings=pictures.embeddings,
        captions=packed(captions.texts),
        caption_rows=captions.rows,
        text_embeddings=captions.embeddings,
        image_sizes=pictures.sizes,
        key=_key(stored, captions_sha256, pictures.image_ids, manifest),
        manifest=manifest,
        problems=tuple(
            complete(problem, data_dir=data_dir, images_dir=folder)
            for problem in (
                *problems,
                *manifest_problems,
                *(table.problems if table else ()),
                *picture_problems,
                *caption_problems,
            )
        ),
        caption_columns=captions.columns,
        missing_pictures=captions.missing,
    )


def _captions_bytes(data_dir: Path) -> bytes | None:
    """Content of the captions file; None when there is none, for captions are optional."""
    path = data_dir / CAPTIONS_NAME
    try:
        return read_current(path, Path.read_bytes)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatasetError(
            f"{path} must be readable, got: {error.strerror or error}. Give yourself permission to read it."
        ) from error


def _trusted(
    noted: StoredManifest | None, stored: StoredEmbeddings, captions_sha256: str
) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest, when it tells of these files."""
    if noted is None:
        return None, ()
    problems = check_belongs(
        noted, image_shape=stored.image.shape, members=stored.members, captions_sha256=captions_sha256
    )
    stale = any(problem.code == "manifest_stale" for problem in problems)
    return (None if stale else noted.manifest), problems


def _unnamed_model(data_dir: Path) -> Problem:
    return Problem(
        "note",
        "manifest_missing",
        f"{data_dir / MANIFEST_NAME} does not exist, so nobody noted which model made the embeddings.",
        f"Rebuild them to be sure: {BUILD}",
    )


def _key(stored: StoredEmbeddings, captions_sha256: str, image_ids: Sequence[str], manifest: Manifest | None) -> str:
    """Fingerprint of everything a gallery holds; CRC-32 from the zip directory stands for each array's bytes."""
    digest = hashlib.sha256()
    digest.update(repr(sorted(stored.members.items())).encode())
    digest.update(captions_sha256.encode())
    digest.update("\n".join(image_ids).encode())
    digest.update((manifest.key if manifest else "").encode())
    return digest.hexdigest()[:32]
