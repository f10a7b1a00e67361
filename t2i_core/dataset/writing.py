"""Writing a dataset folder: captions, embeddings and the manifest that says they belong together, in one step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from t2i_core import __version__
from t2i_core.dataset.captions_file import write_captions
from t2i_core.dataset.embeddings_file import hash_arrays, list_members, write_embeddings
from t2i_core.dataset.manifest_file import FORMAT_VERSION, StoredManifest, note_images_dir, read_manifest
from t2i_core.dataset.picture_names import is_picture_name
from t2i_core.dataset.stored_files import (
    CAPTIONS_NAME,
    EMBEDDINGS_NAME,
    MANIFEST_NAME,
    keep_copy,
    replace_file,
    sha256_of,
)
from t2i_core.dataset.switching import Writer, finish_switch, switch_files
from t2i_core.dataset.unit_rows import row_norms
from t2i_core.errors import DatasetError
from t2i_core.types import Manifest

WRITTEN_UNIT_TOLERANCE = 1e-3


def write_dataset(
    data_dir: Path,
    *,
    image_ids: Sequence[str],
    image_embeddings: np.ndarray,
    image_sizes: np.ndarray,
    captions: pd.DataFrame | None,
    text_embeddings: np.ndarray | None,
    encoder_id: str,
    weights_sha256: str,
    preprocessing: str,
    images_dir: Path,
    own_files: Collection[str] = (),
    skipped: Sequence[str] = (),
) -> Manifest:
    """Write a finished dataset; its files are replaced together, see `t2i_core.dataset.switching`.

    A process killed at any moment leaves the old dataset or the new one. Files this
    program did not write are kept beside the new ones as ``aligned_embeddings.1.npz`` and
    ``captions_tokenized.1.csv``. The name that an earlier manifest gave to a dataset of the same
    pictures stays.

    Parameters
    ----------
    image_ids : sequence of N str
        Unique names relative to the picture folder, forward slashes.
    image_embeddings : ndarray of shape (N, D), float, unit rows
    image_sizes : ndarray of shape (N, 2), int
        Width and height in pixels.
    captions : pandas.DataFrame of M rows, or None
        Columns ``image`` and ``clean_caption`` or ``caption``; other columns are kept.
    text_embeddings : ndarray of shape (M, D), float, unit rows, or None
    encoder_id, weights_sha256, preprocessing : str
        What made the embeddings, see `t2i_core.types.Encoder`.
    images_dir : Path
    own_files : collection of str, optional
        Names of files in the folder that the caller made and no manifest tells of: nobody else's work is in them.
    skipped : sequence of str, optional
        Pictures of the folder that could not be used.

    Raises
    ------
    DatasetError
        When the parts do not fit together or a file cannot be written.
    """
    finish_switch(data_dir)
    arrays = _arrays(image_ids, image_embeddings, image_sizes)
    arrays |= _text_array(text_embeddings, captions, dimension=int(arrays["image"].shape[1]))
    captions_data = None if captions is None else write_captions(captions)
    writers, members = _writers(data_dir, arrays, captions_data)
    captions_path = data_dir / CAPTIONS_NAME
    if captions_data is None and captions_path.exists():
        captions_data = captions_path.read_bytes()
    before, _ = read_manifest(data_dir)
    pictures = note_images_dir(data_dir, images_dir)
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        model_id=encoder_id,
        weights_sha256=weights_sha256,
        dimension=int(arrays["image"].shape[1]),
        images=len(arrays["image"]),
        captions=0 if captions is None else len(captions),
        preprocessing=preprocessing,
        dataset_sha256=hash_arrays(arrays),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        tool_version=__version__,
    )
    stored = StoredManifest(
        manifest=manifest,
        name=before.name if before is not None and before.images_dir == pictures else "",
        images_dir=pictures,
        members=members,  # filled in when the embeddings are written, which is before the manifest
        captions_sha256="" if captions_data is None else sha256_of(captions_data),
        skipped=tuple(skipped),
    )
    writers[data_dir / MANIFEST_NAME] = lambda file: _write(file, stored.to_json())
    _keep_foreign(data_dir, writers, own_files)
    switch_files(writers)
    return manifest


def write_files(
    data_dir: Path,
    *,
    image_ids: Sequence[str],
    image_embeddings: np.ndarray,
    image_sizes: np.ndarray,
    captions: pd.DataFrame | None,
    text_embeddings: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Write captions and embeddings without a manifest, for embeddings of an unknown model; see `write_dataset`.

    Returns
    -------
    dict of str to ndarray
        The arrays as they were written.
    """
    finish_switch(data_dir)
    arrays = _arrays(image_ids, image_embeddings, image_sizes)
    arrays |= _text_array(text_embeddings, captions, dimension=int(arrays["image"].shape[1]))
    writers, _ = _writers(data_dir, arrays, None if captions is None else write_captions(captions))
    _keep_foreign(data_dir, writers)
    switch_files(writers)
    return arrays


def _writers(
    data_dir: Path, arrays: Mapping[str, np.ndarray], captions: bytes | None
) -> tuple[dict[Path, Writer], dict[str, int]]:
    """What writes captions, where they differ from those there, and embeddings; and the CRC-32 of each array, once written."""
    members: dict[str, int] = {}

    def write_arrays(file: BinaryIO) -> None:
        write_embeddings(file, arrays)
        file.flush()
        members.update(list_members(Path(file.name)))

    writers: dict[Path, Writer] = {}
    if captions is not None and not _holds(data_dir / CAPTIONS_NAME, captions):
        writers[data_dir / CAPTIONS_NAME] = lambda file: _write(file, captions)
    writers[data_dir / EMBEDDINGS_NAME] = write_arrays
    return writers, members


def _keep_foreign(data_dir: Path, paths: Iterable[Path], own_files: Collection[str] = ()) -> None:
    """Keep what somebody else made of the files that are about to be replaced."""
    foreign = _foreign_files(data_dir).difference(own_files)
    for path in paths:
        if path.name in foreign:
            keep_copy(path)


def save_captions(data_dir: Path, frame: pd.DataFrame) -> Path:
    """Write the captions file of a dataset folder; other captions that stood there are kept beside it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``image`` and ``clean_caption`` or ``caption``; other columns are kept.

    Returns
    -------
    Path
        The file, ready for ``build --captions``.

    Raises
    ------
    DatasetError
        When a column is missing or the file cannot be written.
    """
    path, data = data_dir / CAPTIONS_NAME, write_captions(frame)
    finish_switch(data_dir)
    if not _holds(path, data):
        if path.exists():
            keep_copy(path)
        replace_file(path, lambda file: file.write(data))
    return path


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)


def _foreign_files(data_dir: Path) -> set[str]:
    """Files in the folder that the manifest there does not tell of: somebody else's work."""
    stored, _ = read_manifest(data_dir)
    foreign = set()
    embeddings_path, captions_path = data_dir / EMBEDDINGS_NAME, data_dir / CAPTIONS_NAME
    if embeddings_path.exists() and (stored is None or _members(embeddings_path) != dict(stored.members)):
        foreign.add(EMBEDDINGS_NAME)
    if captions_path.exists() and (stored is None or sha256_of(captions_path.read_bytes()) != stored.captions_sha256):
        foreign.add(CAPTIONS_NAME)
    return foreign


def _members(path: Path) -> dict[str, int] | None:
    try:
        return list_members(path)
    except DatasetError:
        return None


def _arrays(image_ids: Sequence[str], image_embeddings: np.ndarray, image_sizes: np.ndarray) -> dict[str, np.ndarray]:
    image = np.ascontiguousarray(image_embeddings, dtype=np.float32)
    sizes = np.ascontiguousarray(image_sizes, dtype=np.int64)
    if image.ndim != 2 or len(image) != len(image_ids) or sizes.shape != (len(image_ids), 2):
        raise DatasetError(
            f"image_embeddings and image_sizes must have one row for each of the {len(image_ids)} image_ids, "
            f"got shapes {image.shape} and {sizes.shape}. Encode the same pictures you name."
        )
    if not len(image):
        raise DatasetError("A dataset needs at least one picture, got none. Choose a folder that holds pictures.")
    refused = [image_id for image_id in image_ids if not is_picture_name(image_id)]
    if refused or len(set(image_ids)) != len(image_ids):
        example = refused[0] if refused else next(name for name, times in Counter(image_ids).items() if times > 1)
        raise DatasetError(
            f"image_ids must be unique names relative to the picture folder with forward slashes, got {example!r}. "
            "Name each picture once."
        )
    _check_unit(image, "image_embeddings")
    return {"image": image, "image_ids": np.array(image_ids, dtype=np.str_), "image_sizes": sizes}


def _text_array(
    text_embeddings: np.ndarray | None, captions: pd.DataFrame | None, *, dimension: int
) -> dict[str, np.ndarray]:
    if text_embeddings is None or captions is None:
        return {}
    text = np.ascontiguousarray(text_embeddings, dtype=np.float32)
    if text.shape != (len(captions), dimension):
        raise DatasetError(
            f"text_embeddings must have shape ({len(captions)}, {dimension}), one row per caption, got {text.shape}. "
            "Encode exactly the captions you write."
        )
    _check_unit(text, "text_embeddings")
    return {"text": text}


def _check_unit(rows: np.ndarray, name: str) -> None:
    norms = row_norms(rows)
    # Written so that NaN, which compares false with everything, counts as wrong.
    wrong = np.flatnonzero(~(np.abs(norms - 1.0) <= WRITTEN_UNIT_TOLERANCE))
    if wrong.size:
        raise DatasetError(
            f"Rows of {name} must have length 1, got {norms[wrong[0]]:.4g} in row {wrong[0]}. "
            "Normalise them with t2i_core.arrays.l2_normalize."
        )
