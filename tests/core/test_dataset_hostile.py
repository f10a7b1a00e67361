"""Embeddings files made to harm: they are refused in a sentence, and take neither memory nor disk."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.dataset import read_gallery, validate
from t2i_core.dataset.mapped_rows import MAPPED_FROM
from tests.core.bad_datasets import EMBEDDINGS, change, no_settings, refused  # noqa: F401 - a fixture
from tests.core.small_galleries import save_original, save_ours


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


def with_header(header: str, data: bytes = b"") -> bytes:
    text = header.encode("latin-1").ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def save(folder: Path, *, compressed: bool = False, **members: bytes) -> None:
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(folder / EMBEDDINGS, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def zeros(path: Path, rows: int, columns: int) -> None:
    """A compressed npz of zeros, made without ever holding them."""
    header = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("image.npy", "w") as member:
        member.write(header.getvalue())
        for _ in range(rows // 1000):
            member.write(bytes(4 * 1000 * columns))


def test_a_file_that_would_fill_the_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    zeros(folder / EMBEDDINGS, 200_000, 512)  # 400 MB out of 400 KB
    before = files(folder)
    assert "image would grow from" in refused(folder)
    problems = validate(folder, tmp_path / "images")
    assert [problem.code for problem in problems if problem.severity == "fatal"] == ["dataset_unusable"]
    assert files(folder) == before


def test_rows_of_which_none_can_be_used_leave_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    ids = np.array([f"{number}.png" for number in range(MAPPED_FROM)])
    np.savez(folder / EMBEDDINGS, image=np.zeros((MAPPED_FROM, 8), dtype=np.float32), image_ids=ids)
    assert "at least one usable image row" in refused(folder)
    assert not [path for path in (folder / ".mapped").rglob("*") if path.is_file()]


@pytest.mark.parametrize("fault", ["image_ids", "text"])
def test_what_is_refused_for_another_array_makes_no_store(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    rows = np.ones((MAPPED_FROM, 8), dtype=np.float32)
    wrong = np.array(["a.png"]) if fault == "image_ids" else np.ones(MAPPED_FROM)
    arrays: dict[str, Any] = {"image": rows, fault: wrong}
    np.savez(folder / EMBEDDINGS, **arrays)
    assert "The array" in refused(folder)
    assert not (folder / ".mapped").exists()


def test_validate_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    save_ours(folder)
    rng = np.random.default_rng(0)
    ids = np.array([f"{number}.png" for number in range(MAPPED_FROM)])
    np.savez(folder / EMBEDDINGS, image=rng.standard_normal((MAPPED_FROM, 8), dtype=np.float32), image_ids=ids)
    before = files(tmp_path)
    validate(folder, tmp_path / "images")
    assert files(tmp_path) == before
    read_gallery(folder, tmp_path / "images")
    assert (folder / ".mapped").exists()  # so the test above could fail


HEADERS = {
    "eight terabytes": "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 512)}",
    "more than numbers count": "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 9)}",
    "shape below zero": "{'descr': '<f4', 'fortran_order': False, 'shape': (-6, -8)}",
    "no end": "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 8)",
    "nothing": "",
    "nested": "(" * 90,
    "a name": "{'descr': x, 'fortran_order': False, 'shape': (6, 8)}",
    "other keys": "{'descr': '<f4', 'shape': (6, 8)}",
    "no type": "{'descr': '<q9', 'fortran_order': False, 'shape': (6, 8)}",
    "types in types": "{'descr': [('a', '<f4'), ('a', '<f4')], 'fortran_order': False, 'shape': (6, 8)}",
    "shape of text": "{'descr': '<f4', 'fortran_order': False, 'shape': ('6', 8)}",
    "nulls": "\x00\x00\x00",
    "too few numbers": "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 9)}",
    "numbers of no size": "{'descr': '|V0', 'fortran_order': False, 'shape': (6, 8)}",
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("name", ["image", "text", "image_ids", "image_sizes"])
def test_headers_that_are_none(tmp_path: Path, name: str, header: str) -> None:
    folder = save_original(tmp_path / "data")
    rows = npy(np.ones((6, 8), dtype=np.float32))
    members: dict[str, Any] = {"image": rows, name: with_header(HEADERS[header], bytes(192))}
    save(folder, **members)
    message = refused(folder)
    assert message.startswith((f"{folder / EMBEDDINGS} must", f"The array {name} of {folder / EMBEDDINGS} must"))
    assert "python -m t2i_core build" in message


def patched(content: bytes, offset_of: bytes, at: int, value: bytes) -> bytes:
    """The bytes of a zip with a field of its first header of a kind replaced."""
    where = content.index(offset_of) + at
    return content[:where] + value + content[where + len(value) :]


ZIPS: dict[str, Callable[[bytes], bytes]] = {
    "bytes in front": lambda content: b"x" * 100 + content,
    "a line in front": lambda content: b"\n" + content,
    "no method": lambda content: patched(content, b"PK\x01\x02", 10, b"\x63\x00"),
    "encrypted": lambda content: patched(
        patched(content, b"PK\x01\x02", 8, b"\x01\x00"), b"PK\x03\x04", 6, b"\x01\x00"
    ),
    "another size": lambda content: patched(content, b"PK\x01\x02", 24, b"\xff\xff\xff\x7f"),
    "another offset": lambda content: patched(content, b"PK\x01\x02", 42, b"\xff\xff\x00\x00"),
    "another name": lambda content: patched(content, b"PK\x03\x04", 30, b"\xff"),
    "directory elsewhere": lambda content: patched(content, b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"),
    "odd extra field": lambda content: patched(content, b"PK\x01\x02", 30, b"\x09\x00"),
    "another version": lambda content: patched(content, b"PK\x01\x02", 6, b"\xff\x00"),
    "half": lambda content: content[: len(content) // 2],
    "nothing": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("fault", ZIPS)
def test_zips_that_are_none(tmp_path: Path, fault: str) -> None:
    folder = save_original(tmp_path / "data")
    path = folder / EMBEDDINGS
    path.write_bytes(ZIPS[fault](path.read_bytes()))
    assert refused(folder).startswith(f"{path} must be a complete npz file, got something that cannot be read (")


def test_a_pipe_does_not_wait(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    (folder / EMBEDDINGS).unlink()
    os.mkfifo(folder / EMBEDDINGS)
    assert "no regular file" in refused(folder)


def test_a_store_of_another_shape_is_made_again(tmp_path: Path) -> None:
    """A store that came with the dataset vouches for itself: its shapes are compared with the file's."""
    folder = tmp_path / "data"
    save_ours(folder)
    rng = np.random.default_rng(0)
    ids = np.array([f"{number}.png" for number in range(MAPPED_FROM)])
    rows = rng.standard_normal((MAPPED_FROM, 8), dtype=np.float32)
    np.savez(folder / EMBEDDINGS, image=rows, image_ids=ids)
    expected = np.array(read_gallery(folder, tmp_path / "images").image_embeddings)
    for name, wrong in (
        ("rows", rows[:5]),
        ("rows", rows.astype(np.float64)),
        ("norms", np.ones(3)),
        ("norms", np.ones(MAPPED_FROM, np.float32)),
    ):
        path = folder / ".mapped" / f"image.{name}.npy"
        before = path.stat().st_size
        np.save(path, wrong)
        record = folder / ".mapped" / "image.json"
        record.write_text(record.read_text().replace(f'"bytes": {before}', f'"bytes": {path.stat().st_size}'))
        assert np.array_equal(read_gallery(folder, tmp_path / "images").image_embeddings, expected)


def test_compressed_files_of_others_are_read(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    expected = read_gallery(folder, tmp_path / "images").image_embeddings
    with np.load(folder / EMBEDDINGS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez_compressed(folder / EMBEDDINGS, **arrays)
    assert np.array_equal(read_gallery(folder, tmp_path / "images").image_embeddings, expected)
    change(folder, notes=np.array(["anything"]), image=np.asfortranarray(arrays["image"]))
    assert np.array_equal(read_gallery(folder, tmp_path / "images").image_embeddings, expected)
