"""Stored maps, ranks and finished batches made to harm: each is refused in a sentence or made again, and none is taken for true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.building.journal import CaptionBatch, Journal
from t2i_core.dataset import read_caption_ranks, read_gallery, write_caption_ranks
from t2i_core.errors import DatasetError, ProjectionError
from t2i_core.projection import stored
from tests.core.small_galleries import CAPTIONS, COLOURS, save_ours

N, M = len(COLOURS), len(CAPTIONS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_ours(tmp_path / "data")
    return tmp_path / "data"


def save_map(folder: Path, header: Any = None, **arrays: np.ndarray) -> None:
    gallery = read_gallery(folder)
    good: dict[str, Any] = {
        "coordinates": np.zeros((N, 2), np.float32),
        "neighbours": np.zeros((N, 3), np.int32),
        "similarities": np.ones((N, 3), np.float32),
        "trust": np.ones(N, np.float32),
        "placed": np.zeros(N, np.bool_),
        "row_prints": np.zeros(N, np.uint64),
        "cluster_labels": np.zeros(N, np.int32),
    }
    record = {"format_version": 1, "gallery_key": gallery.key, "cluster_names": ["one"], "parameters": {}}
    told = record | header if isinstance(header, dict) else record if header is None else header
    text = told if isinstance(told, np.ndarray) else np.array(told if isinstance(told, str) else json.dumps(told))
    np.savez(folder / stored.PROJECTION_NAME, **(good | {"header": text} | arrays))


def refusal(folder: Path) -> str:
    with pytest.raises(ProjectionError) as caught:
        stored.read_projection(read_gallery(folder))
    assert stored.read_earlier(read_gallery(folder)) is None or "made for" in str(caught.value)
    return str(caught.value)


def test_the_map_these_are_made_of_is_one(folder: Path) -> None:
    save_map(folder)
    assert len(stored.read_projection(read_gallery(folder)) or ()) == N


@pytest.mark.parametrize(
    "header",
    [
        "[" * 100_000,
        "null",
        "7",
        "{",
        {"cluster_names": 3},
        {"cluster_names": None},
        {"cluster_names": {"a": 1}},
        {"parameters": [1]},
        {"parameters": None},
        {"gallery_key": ["x"]},
        {"gallery_key": 3},
        {"dataset_sha256": {}},
        {"format_version": [1]},
        {"format_version": "1"},
        np.array(["a", "b"]),
        np.array(3),
        np.array(b"{}"),
        np.zeros((0,), dtype="U3"),
    ],
)
def test_headers_of_another_kind(folder: Path, header: Any) -> None:
    save_map(folder, header)
    assert "must hold a map this program wrote, got: " in refusal(folder)


@pytest.mark.parametrize(
    ("name", "array", "received"),
    [
        ("neighbours", np.full((N, 3), N, np.int32), "neighbours that are not there"),
        ("neighbours", np.full((N, 3), -1, np.int32), "neighbours that are not there"),
        ("neighbours", np.zeros((N, 2), np.int32), "similarities of neighbours that are not there"),
        ("cluster_labels", np.full(N, 1, np.int32), "clusters that are not there"),
        ("cluster_labels", np.full(N, -2, np.int32), "clusters that are not there"),
        ("coordinates", np.zeros((N, 3), np.float32), "two coordinates of each point that are not there"),
        ("coordinates", np.full((N, 2), np.nan, np.float32), "values in coordinates that are no numbers"),
        ("coordinates", np.zeros((N, 2), ">f4"), "coordinates as >f4"),
        ("trust", np.ones(N + 1, np.float32), "arrays of different lengths"),
        ("placed", np.zeros(N, object), "placed holds Python objects"),
    ],
)
def test_positions_of_what_is_not_there(folder: Path, name: str, array: np.ndarray, received: str) -> None:
    save_map(folder, **{name: array})
    assert f"must hold a map this program wrote, got: {received}" in refusal(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 100, b"\x93NUMPY\x01\x00"])
def test_files_that_are_none(folder: Path, content: bytes) -> None:
    (folder / stored.PROJECTION_NAME).write_bytes(content)
    assert "must hold a map this program wrote, got: " in refusal(folder)


@pytest.mark.parametrize("positions", [[M], [-1], [2**62]])
def test_captions_that_are_not_there(folder: Path, positions: list[int]) -> None:
    gallery = read_gallery(folder)
    header = np.array(json.dumps({"format_version": 1, "gallery_key": gallery.key}))
    arrays: dict[str, Any] = {
        "coordinates": np.zeros((N, 2), np.float32),
        "caption_coordinates": np.zeros((1, 2), np.float32),
    }
    np.savez(folder / stored.JOINT_NAME, header=header, caption_positions=np.array([M - 1]), **arrays)
    assert stored.read_joint(gallery) is not None
    np.savez(folder / stored.JOINT_NAME, header=header, caption_positions=np.array(positions), **arrays)
    with pytest.raises(ProjectionError, match=r"captions .*that are not there|captions beyond the 6 there are"):
        stored.read_joint(gallery)


@pytest.mark.parametrize(
    "arrays",
    [
        {"ranks": np.full(M, N + 1, np.int32)},
        {"ranks": np.full(M, -1, np.int32)},
        {"ranks": np.ones(M + 1, np.int32)},
        {"ranks": np.ones(M)},
        {"key": np.array(["a", "b"])},
        {"key": np.array([0xFFFFFFFF], np.uint32).view("U1")},
    ],
)
def test_ranks_that_are_none(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    gallery = read_gallery(folder)
    assert write_caption_ranks(gallery, np.ones(M, np.int64))
    assert read_caption_ranks(gallery).tolist() == [1] * M
    good: dict[str, Any] = {"key": np.array(gallery.key), "ranks": np.ones(M, np.int32)}
    np.savez(folder / ".cache" / "caption_ranks.npz", **(good | arrays))
    with pytest.raises(DatasetError, match="They are counted again"):
        read_caption_ranks(gallery)


def test_finished_batches_of_another_shape_are_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, {"a": 1}, dimension=4)
    good: dict[str, Any] = {"digests": np.zeros((2, 32), np.uint8), "embeddings": np.ones((2, 4), np.float32)}
    journal.add_captions(CaptionBatch(**good))
    [path] = tmp_path.rglob("captions-*.npz")
    assert len(list(journal.captions())) == 1
    wrong: list[dict[str, np.ndarray]] = [
        {"digests": np.zeros((2, 31), np.uint8)},
        {"digests": np.zeros(2, np.uint8)},
        {"embeddings": np.ones((3, 4), np.float32)},
        {"embeddings": np.ones((2, 5), np.float32)},
        {"embeddings": np.array(["a", "b"])},
    ]
    for number, change in enumerate(wrong):
        np.savez(path.with_name(f"captions-{number + 1:07d}.npz"), **(good | change))
    np.savez(path.with_name("captions-9999998.npz"), digests=good["digests"])
    np.savez(path.with_name("captions-x.npz"), **good)
    assert len(list(journal.captions())) == 1
    assert list(journal.pictures()) == []
