"""Files of every kind this program reads, broken and made to harm: one seed gives one case.

A new kind of file is one more `Kind` in `KINDS`: what a good one is, which bytes are in it, and who reads it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save

from t2i_core.building.journal import CaptionBatch, Journal, PictureBatch
from t2i_core.dataset import read_caption_ranks, read_captions, read_gallery, read_name, validate, write_caption_ranks
from t2i_core.dataset.mapped_rows import check_mapped, read_arrays, write_arrays
from t2i_core.dataset.stored_files import FILE_NAMES
from t2i_core.dataset.switch_record import SWITCH_NAME, current_path
from t2i_core.encoder import open_encoder
from t2i_core.encoder.vouching import model_to_open
from t2i_core.errors import UnvouchedModelError
from t2i_core.pictures.images import open_image, picture_size
from t2i_core.projection import stored
from tests.core.changed_bytes import Random, change_archive, change_bytes, change_csv, change_json, change_npz
from tests.core.small_galleries import save_ours

SMALL_PIXELS = 10**6


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes
    ----------
    paths : tuple of str
        Good files of this kind, relative to the room.
    change : callable
        Bytes of a good file to bytes of a bad one.
    read : callable
        Everything that reads such a file; gets the room and the file, and may raise `T2IError` only.
    """

    paths: tuple[str, ...]
    change: Callable[[bytes, Random], bytes]
    read: Callable[[Path, Path], object]


def make_room(room: Path) -> Path:
    """A folder with a good file of every kind."""
    data = room / "data"
    save_ours(data)
    gallery = read_gallery(data, room / "images")
    n, m = len(gallery), len(gallery.captions)
    header = {"format_version": 1, "gallery_key": gallery.key, "cluster_names": ["a"], "parameters": {"seed": 1}}
    arrays: dict[str, Any] = {
        "coordinates": np.zeros((n, 2), np.float32), "neighbours": np.zeros((n, 2), np.int32),
        "similarities": np.ones((n, 2), np.float32), "trust": np.ones(n, np.float32), "placed": np.zeros(n, np.bool_),
        "row_prints": np.zeros(n, np.uint64), "cluster_labels": np.zeros(n, np.int32),
    }  # fmt: skip
    np.savez(data / stored.PROJECTION_NAME, header=np.array(json.dumps(header)), **arrays)
    joint: dict[str, Any] = {"caption_coordinates": np.zeros((m, 2), np.float32), "caption_positions": np.arange(m)}
    np.savez(data / stored.JOINT_NAME, header=np.array(json.dumps(header)), coordinates=arrays["coordinates"], **joint)
    write_caption_ranks(gallery, np.ones(m, np.int64))
    journal = _journal(room)
    numbers = np.zeros((2, 3), np.int64)
    journal.add_pictures(
        PictureBatch(("a.png", "b.png"), numbers, np.zeros((2, 32), np.uint8), numbers[:, :2].copy(),
                     np.ones((2, 4), np.float32), ("", "broken"), np.ones(2, np.bool_), ("", "deep"))
    )  # fmt: skip
    journal.add_captions(CaptionBatch(np.zeros((2, 32), np.uint8), np.ones((2, 4), np.float32)))
    for path in sorted((room / "build").rglob("*.npz")):
        path.replace(room / "build" / path.name)
    write_arrays(room / "mapped", "image", {"rows": np.eye(3, dtype=np.float32), "norms": np.ones(3)}, {"crc": 1})
    waiting = {name: f".{name}.1.1.tmp" for name in FILE_NAMES}
    (room / "switch.json").write_text(json.dumps({"files": waiting, "replaced": dict.fromkeys(FILE_NAMES, "-")}))
    _save_models(room)
    _save_pictures(room)
    return room


def write_case(room: Path, target: Path, kind: str, seed: int) -> Path:
    """A copy of the room with one file of a kind changed; the file."""
    rng = Random(f"{kind} {seed}")
    shutil.copytree(room, target)
    path = target / rng.choice(KINDS[kind].paths)
    content = path.read_bytes()
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = KINDS[kind].change(content, rng)
    path.write_bytes(content)
    return path


def read_case(target: Path, path: Path, kind: str) -> None:
    """Let everybody read it who reads such files."""
    KINDS[kind].read(target, path)


# Readers


def _read_dataset(room: Path, path: Path) -> None:
    read_name(room / "data")
    problems = validate(room / "data", room / "images")
    json.dumps([str(problem) for problem in problems]).encode()
    gallery = read_gallery(room / "data", room / "images")
    "\n".join([gallery.name, *gallery.image_ids, *gallery.captions, *map(str, gallery.problems)]).encode()
    assert len(gallery) == len(gallery.image_ids) == len(gallery.image_embeddings) == len(gallery.image_sizes)
    assert gallery.caption_rows.max(initial=-1) < len(gallery)


def _read_captions(room: Path, path: Path) -> None:
    _read_dataset(room, path)
    read_captions(path)


def _read_manifest(room: Path, path: Path) -> None:
    _read_dataset(room, path)
    gallery = read_gallery(room / "data")
    if gallery.manifest is not None:
        with suppress(UnvouchedModelError):
            model_to_open(gallery.manifest.model_id, configured="x")


def _read_map(room: Path, path: Path) -> None:
    gallery = read_gallery(room / "data", room / "images")
    earlier = stored.read_earlier(gallery)
    joint = stored.read_joint(gallery) if path.name == stored.JOINT_NAME else None
    if joint is not None:
        [gallery.captions[position] for position in joint.caption_positions]
    for projection in filter(None, (earlier, stored.read_projection(gallery))):
        assert len(projection.coordinates[projection.neighbours].reshape(-1)) % 2 == 0
        [projection.cluster_names[label] for label in projection.cluster_labels if label >= 0]
        assert projection.seed is not None


def _journal(room: Path) -> Journal:
    return Journal(room / "build", {"a": 1}, dimension=4)


def _read_journal(room: Path, path: Path) -> None:
    journal = _journal(room)
    journal._folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, journal._folder / path.name)
    for batch in journal.pictures():
        assert {len(batch.stamps), len(batch.contents), len(batch.embeddings), len(batch.reasons)} == {len(batch)}
    for captions in journal.captions():
        assert captions.embeddings.shape == (len(captions.digests), 4)


def _read_mapped(room: Path, path: Path) -> None:
    check_mapped(room / "mapped")
    read_arrays(room / "mapped", "image", {"crc": 1})


def _read_switch(room: Path, path: Path) -> None:
    path.replace(room / "data" / SWITCH_NAME)
    for name in FILE_NAMES:
        assert current_path(room / "data" / name).parent == room / "data"
    _read_dataset(room, path)


def _read_picture(room: Path, path: Path) -> None:
    picture_size(path, name=path.name)
    open_image(path, max_pixels=SMALL_PIXELS)


def _save_models(room: Path) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    torch.save(network.state_dict(), room / "zip.pt")
    torch.save(network.state_dict(), room / "old.pt", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(network), room / "jit.pt")
    (room / "a.safetensors").write_bytes(save(dict(network.state_dict()), metadata={"config": "{}"}))


def _save_pictures(room: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    for suffix in ("png", "jpg", "gif", "bmp", "webp", "tif"):
        Image.fromarray(colours).save(room / f"picture.{suffix}")
    Image.fromarray((colours[..., 0].astype(np.uint16)) * 200).save(room / "deep.png")


KINDS: dict[str, Kind] = {
    "npz": Kind(("data/aligned_embeddings.npz",), change_npz, _read_dataset),
    "manifest": Kind(("data/manifest.json",), change_json, _read_manifest),
    "projection": Kind((f"data/{stored.PROJECTION_NAME}", f"data/{stored.JOINT_NAME}"), change_npz, _read_map),
    "ranks": Kind(
        ("data/.cache/caption_ranks.npz",),
        change_npz,
        lambda room, _: read_caption_ranks(read_gallery(room / "data", room / "images")),
    ),
    "journal": Kind(("build/pictures-0000000.npz", "build/captions-0000000.npz"), change_npz, _read_journal),
    "mapped": Kind(("mapped/image.json", "mapped/image.rows.npy"), change_json, _read_mapped),
    "switch": Kind(("switch.json",), change_json, _read_switch),
    "captions": Kind(
        ("data/captions_tokenized.csv",),
        change_csv,
        _read_captions,
    ),
    "checkpoint": Kind(
        ("zip.pt", "old.pt", "jit.pt", "a.safetensors"),
        change_archive,
        lambda _, path: open_encoder(str(path), device="cpu"),
    ),
    "picture": Kind(
        (*(f"picture.{suffix}" for suffix in ("png", "jpg", "gif", "bmp", "webp", "tif")), "deep.png"),
        change_bytes,
        _read_picture,
    ),
}
