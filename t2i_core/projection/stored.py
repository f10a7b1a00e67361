"""Stored maps: ``projection.npz`` (pictures) and ``projection_joint.npz`` (captions and pictures together)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from t2i_core.arrays import read_only
from t2i_core.dataset import replace_file
from t2i_core.dataset.npz_file import NpzError, open_npz
from t2i_core.errors import DatasetError, ProjectionError, count_of
from t2i_core.projection.given_names import with_given_names
from t2i_core.types import FloatArray, Gallery, MaskArray, RowArray

PROJECTION_NAME = "projection.npz"
JOINT_NAME = "projection_joint.npz"
FORMAT_VERSION = 1
PrintArray = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Projection:
    """Where each picture of a gallery lies on its map, and how much of that can be trusted.

    Attributes
    ----------
    gallery_key : str
        `Gallery.key` of the gallery it was made for; it fits no other.
    dataset_sha256 : str
        The manifest's hash of that gallery; empty when it had no manifest.
    coordinates : ndarray of shape (N, 2), float32, read-only
        Row i belongs to row i of the gallery.
    neighbours : ndarray of shape (N, k), int32, read-only
        Each row's closest other pictures by cosine, best first, exactly; k may be 0.
    similarities : ndarray of shape (N, k), float32, read-only
        Their cosines.
    trust : ndarray of shape (N,), float32, read-only
        Share of those neighbours that are among the k nearest on the map too.
    placed : ndarray of shape (N,), bool, read-only
        Pictures that came later and were put beside their neighbours, without moving the others.
    row_prints : ndarray of shape (N,), uint64, read-only
        Fingerprint of each embedding: equal for equal rows.
    cluster_labels : ndarray of shape (N,), int32, read-only
        Position in ``cluster_names``; -1 for none.
    cluster_names : tuple of str
        What each cluster is called: the name somebody gave it, else the one that was made for it.
    made_names : tuple of str
        What was made for each, where ``cluster_names`` holds given names too; empty where it holds none.
    parameters : mapping
        Method, neighbours, metric, seed, epochs and the library's version.
    """

    gallery_key: str
    dataset_sha256: str
    coordinates: FloatArray
    neighbours: npt.NDArray[np.int32]
    similarities: FloatArray
    trust: FloatArray
    placed: MaskArray
    row_prints: PrintArray
    cluster_labels: npt.NDArray[np.int32]
    cluster_names: tuple[str, ...]
    parameters: Mapping[str, object]
    made_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.coordinates)

    @property
    def seed(self) -> int:
        """What made the layout repeatable on one machine."""
        seed = self.parameters.get("seed", 0)
        return int(seed) if isinstance(seed, int) else 0


@dataclass(frozen=True, eq=False)
class JointMap:
    """Captions and pictures on one map, each kind centred first.

    Attributes
    ----------
    gallery_key : str
    coordinates : ndarray of shape (N, 2), float32, read-only
    caption_coordinates : ndarray of shape (C, 2), float32, read-only
    caption_positions : ndarray of shape (C,), int64, read-only
        Which captions of the gallery are on the map.
    """

    gallery_key: str
    coordinates: FloatArray
    caption_coordinates: FloatArray
    caption_positions: RowArray


def projection_stamp(data_dir: Path, name: str = PROJECTION_NAME) -> str:
    """A short text that changes whenever the file is written; empty when there is none."""
    try:
        status = (data_dir / name).stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


def write_projection(projection: Projection, data_dir: Path) -> Path:
    """Store a map beside the embeddings it belongs to; its path comes back.

    Raises
    ------
    DatasetError
        When it cannot be written; a file that was there is then unchanged.
    """
    path = data_dir / PROJECTION_NAME
    header = {
        "format_version": FORMAT_VERSION,
        "gallery_key": projection.gallery_key,
        "dataset_sha256": projection.dataset_sha256,
        "parameters": dict(projection.parameters),
        "cluster_names": list(projection.made_names or projection.cluster_names),
    }
    arrays = {name: getattr(projection, name) for name in _ARRAYS}
    replace_file(path, lambda file: _save(file, header, arrays))
    return path


def write_joint(joint: JointMap, data_dir: Path) -> Path:
    """Store a map of captions and pictures; its path comes back.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    path = data_dir / JOINT_NAME
    header = {"format_version": FORMAT_VERSION, "gallery_key": joint.gallery_key}
    replace_file(path, lambda file: _save(file, header, {name: getattr(joint, name) for name in _JOINT_ARRAYS}))
    return path


def read_projection(gallery: Gallery) -> Projection | None:
    """The stored map of a gallery, its clusters called as people call them; None when none was made yet.

    A file of given names that cannot be read costs only those names (`with_given_names` says what is wrong with it).

    Raises
    ------
    ProjectionError
        When there is one and it belongs to other embeddings, or cannot be read.
    """
    projection = read_made(gallery)
    if projection is not None:
        with contextlib.suppress(DatasetError):
            return with_given_names(projection, gallery)
    return projection


def read_made(gallery: Gallery) -> Projection | None:
    """The same with the names that were made for its clusters alone.

    Raises
    ------
    ProjectionError
        When there is one and it belongs to other embeddings, or cannot be read.
    """
    found = _read(gallery, PROJECTION_NAME, _ARRAYS)
    if found is None:
        return None
    header, arrays = found
    _check_fresh(header, gallery, PROJECTION_NAME)
    projection = _projection(header, arrays)
    if len(projection) != len(gallery):
        raise _broken(
            gallery, PROJECTION_NAME, f"{count_of(len(projection), 'point')} for {count_of(len(gallery), 'picture')}"
        )
    return projection


def read_earlier(gallery: Gallery) -> Projection | None:
    """The map in the gallery's folder whatever it was made for, to go on from; None when it is of no use."""
    try:
        found = _read(gallery, PROJECTION_NAME, _ARRAYS)
    except ProjectionError:
        return None
    return None if found is None else _projection(*found)


def read_joint(gallery: Gallery) -> JointMap | None:
    """The stored map of captions and pictures; None when none was made yet.

    Raises
    ------
    ProjectionError
        When there is one and it belongs to other embeddings, or cannot be read.
    """
    found = _read(gallery, JOINT_NAME, _JOINT_ARRAYS)
    if found is None:
        return None
    header, arrays = found
    _check_fresh(header, gallery, JOINT_NAME)
    if len(arrays["coordinates"]) != len(gallery):
        raise _broken(
            gallery,
            JOINT_NAME,
            f"{count_of(len(arrays['coordinates']), 'point')} for {count_of(len(gallery), 'picture')}",
        )
    positions = arrays["caption_positions"]
    if not _within(positions, 0, len(gallery.captions)):
        raise _broken(gallery, JOINT_NAME, f"points of captions beyond the {len(gallery.captions):,} there are")
    if not np.isin(positions, gallery.paired_captions).all():
        raise _broken(gallery, JOINT_NAME, "points of captions that have no picture in the dataset")
    return JointMap(gallery_key=header["gallery_key"], **arrays)


_ARRAYS = {
    "coordinates": (np.float32, 2), "neighbours": (np.int32, 2), "similarities": (np.float32, 2),
    "trust": (np.float32, 1), "placed": (np.bool_, 1), "row_prints": (np.uint64, 1), "cluster_labels": (np.int32, 1),
}  # fmt: skip
_JOINT_ARRAYS = {
    "coordinates": (np.float32, 2),
    "caption_coordinates": (np.float32, 2),
    "caption_positions": (np.int64, 1),
}


def _save(file: BinaryIO, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    named: dict[str, Any] = dict(arrays)
    np.savez(file, header=np.array(json.dumps(header, ensure_ascii=False)), **named)


def _read(
    gallery: Gallery, name: str, wanted: Mapping[str, tuple[type, int]]
) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
    try:
        with open_npz(gallery.data_dir / name) as npz:
            arrays = npz.arrays(("header", *wanted))
    except FileNotFoundError:
        return None
    except (NpzError, OSError, MemoryError) as error:
        raise _broken(gallery, name, str(error) or type(error).__name__) from error
    header = _header(arrays.pop("header"))
    if header is None or header.get("format_version") != FORMAT_VERSION:
        raise _broken(gallery, name, "another format version")
    wrong = [key for key, kind in _HEADER.items() if not isinstance(header.get(key, kind()), kind)]
    if wrong:
        raise _broken(gallery, name, f"a header with another {wrong[0]}")
    arrays = {one: read_only(array) for one, array in arrays.items()}
    for one, (kind, dimensions) in wanted.items():
        if arrays[one].dtype != kind or arrays[one].ndim != dimensions:
            raise _broken(gallery, name, f"{one} as {arrays[one].dtype} of shape {arrays[one].shape}")
        if kind is np.float32 and not np.isfinite(arrays[one]).all():
            raise _broken(gallery, name, f"values in {one} that are no numbers")
    lengths = {one: len(arrays[one]) for one in wanted if not one.startswith("caption_")}
    if len(set(lengths.values())) > 1:
        raise _broken(gallery, name, f"arrays of different lengths, {lengths}")
    beyond = _beyond(header, arrays)
    if beyond:
        raise _broken(gallery, name, f"{beyond} that are not there")
    return header, arrays


_HEADER = {"gallery_key": str, "dataset_sha256": str, "cluster_names": list, "parameters": dict}


def _header(stored: np.ndarray) -> dict[str, Any] | None:
    """The JSON record beside the arrays; None when there is none."""
    if stored.shape or stored.dtype.kind != "U":
        return None
    try:
        header = json.loads(str(stored))
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _beyond(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> str:
    """What arrays point to outside of what there is; they are taken for positions without asking again."""
    points = len(arrays["coordinates"])
    if arrays["coordinates"].shape[1] != 2 or arrays.get("caption_coordinates", arrays["coordinates"]).shape[1] != 2:
        return "two coordinates of each point"
    if "neighbours" in arrays:
        if arrays["neighbours"].shape != arrays["similarities"].shape:
            return "similarities of neighbours"
        if not _within(arrays["neighbours"], 0, points):
            return "neighbours"
        if not _within(arrays["cluster_labels"], -1, len(header.get("cluster_names", ()))):
            return "clusters"
    if "caption_positions" in arrays:
        if len(arrays["caption_positions"]) != len(arrays["caption_coordinates"]):
            return "points of captions"
        if not _within(arrays["caption_positions"], 0, np.iinfo(np.int64).max):
            return "points of captions"
    return ""


def _within(positions: np.ndarray, first: int, end: int) -> bool:
    return not positions.size or (int(positions.min()) >= first and int(positions.max()) < end)


def _projection(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Projection:
    return Projection(
        gallery_key=str(header.get("gallery_key", "")),
        dataset_sha256=str(header.get("dataset_sha256", "")),
        cluster_names=tuple(str(name) for name in header.get("cluster_names", ())),
        parameters=header.get("parameters", {}),
        made_names=(),
        **arrays,
    )


def _check_fresh(header: Mapping[str, Any], gallery: Gallery, name: str) -> None:
    if header.get("gallery_key") == gallery.key:
        return
    raise ProjectionError(
        f"A map must belong to the embeddings beside it: {name} was made for {str(header.get('gallery_key'))[:12]}, "
        f"and {gallery.data_dir} now holds {gallery.key[:12]}. "
        f"Renew it: python -m t2i_core project --data {gallery.address or gallery.data_dir}{' --joint' if name == JOINT_NAME else ''}"
    )


def _broken(gallery: Gallery, name: str, received: str) -> ProjectionError:
    return ProjectionError(
        f"{gallery.data_dir / name} must hold a map this program wrote, got: {received}. "
        f"Make it again: python -m t2i_core project --data {gallery.address or gallery.data_dir} --refit"
    )
