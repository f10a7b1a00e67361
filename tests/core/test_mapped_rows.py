"""The mapped store: the same rows as the npz, read from the disk, and never those of another file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import mapped_codes, mapped_rows, open_codes, read_gallery, validate
from t2i_core.engine.source import FolderSource
from t2i_core.index import opening
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.opening import open_engine
from t2i_core.types import Gallery
from tests.core.small_galleries import ColourEncoder, save_ours

ROWS = 40


@pytest.fixture(autouse=True)
def every_dataset_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_rows, "MAPPED_FROM", 4)
    monkeypatch.setattr(opening, "QUANTIZED_FROM", 4)


def save_rows(folder: Path, rows: np.ndarray, **arrays: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.array([f"{row:03d}.jpg" for row in range(len(rows))])
    np.savez(folder / "aligned_embeddings.npz", image=rows, image_ids=ids, **arrays)
    return folder


def some_rows(seed: int = 0, dtype: str = "float32") -> np.ndarray:
    return l2_normalize(np.random.default_rng(seed).normal(size=(ROWS, 8))).astype(dtype)


def without_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    with monkeypatch.context() as patch:
        patch.setattr(mapped_rows, "MAPPED_FROM", 10**9)
        elsewhere = folder.parent / "plain"
        elsewhere.mkdir(exist_ok=True)
        (elsewhere / "aligned_embeddings.npz").write_bytes((folder / "aligned_embeddings.npz").read_bytes())
        return read_gallery(elsewhere)


def test_rows_are_mapped_and_the_same_to_the_bit(tmp_path: Path) -> None:
    rows = some_rows()
    folder = save_rows(tmp_path / "data", rows)
    for _ in range(2):
        gallery = read_gallery(folder)
        assert isinstance(gallery.image_embeddings, np.memmap)
        assert gallery.image_embeddings.tobytes() == rows.tobytes()
        with pytest.raises(ValueError, match="read-only"):
            gallery.image_embeddings[0, 0] = 1.0


def test_the_second_opening_reads_no_rows_of_the_npz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    read_gallery(folder)
    monkeypatch.setattr(mapped_rows, "_derive", lambda *_: pytest.fail("the rows were read again"))
    assert isinstance(read_gallery(folder).image_embeddings, np.memmap)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_other_kinds_of_rows_are_scaled_as_they_are_without_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, factor: float
) -> None:
    rows = some_rows(dtype=dtype)
    rows[3] *= factor  # one row that is not of length 1 leaves the others alone
    folder = save_rows(tmp_path / "data", rows)
    plain, mapped = without_store(folder, monkeypatch), read_gallery(folder)
    assert isinstance(mapped.image_embeddings, np.memmap)
    assert mapped.image_embeddings.dtype == np.float32
    assert mapped.image_embeddings.tobytes() == plain.image_embeddings.tobytes()
    assert [p.code for p in mapped.problems] == [p.code for p in plain.problems]
    assert mapped.key == plain.key


def test_rows_without_a_direction_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = some_rows()
    rows[2], rows[5] = 0.0, np.nan
    folder = save_rows(tmp_path / "data", rows)
    plain, mapped = without_store(folder, monkeypatch), read_gallery(folder)
    assert len(mapped) == ROWS - 2
    assert mapped.image_ids == plain.image_ids
    assert mapped.image_embeddings.tobytes() == plain.image_embeddings.tobytes()


def test_captions_are_mapped_too(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert isinstance(gallery.text_embeddings, np.memmap)
    assert (gallery.text_embeddings == ColourEncoder().encode_text(gallery.captions)).all()


def test_a_store_of_another_file_is_made_again(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows(1))
    read_gallery(folder)
    save_rows(folder, some_rows(2))
    assert read_gallery(folder).image_embeddings.tobytes() == some_rows(2).tobytes()


def test_a_store_cut_short_while_it_was_replaced_does_not_vouch_for_other_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_rows(tmp_path / "data", some_rows(1))
    old = (folder / "aligned_embeddings.npz").read_bytes()
    read_gallery(folder)
    save_rows(folder, some_rows(2))
    with monkeypatch.context() as patch:

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(mapped_rows, "write_record", die)
        with pytest.raises(KeyboardInterrupt):
            read_gallery(folder)
    (folder / "aligned_embeddings.npz").write_bytes(old)
    assert read_gallery(folder).image_embeddings.tobytes() == some_rows(1).tobytes()


def test_a_store_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    read_gallery(folder)
    path = folder / ".mapped" / "image.rows.npy"
    os.truncate(path, path.stat().st_size - 4)
    assert read_gallery(folder).image_embeddings.tobytes() == some_rows().tobytes()


@pytest.mark.parametrize("header", [b"{'descr': (", b"(" * 200, b"\x00", b"{'descr': '<f4', 'shape': (9" + b"9" * 40])
def test_arrays_with_a_header_that_is_none_are_made_again(tmp_path: Path, header: bytes) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    expected = np.array(read_gallery(folder).image_embeddings)
    path = folder / ".mapped" / "image.rows.npy"
    data = path.read_bytes()
    path.write_bytes(data[:10] + header.ljust(117)[:117] + b"\n" + data[128:])
    assert np.array_equal(read_gallery(folder).image_embeddings, expected)


def test_validate_names_a_damaged_store(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    read_gallery(folder)
    assert "mapped_changed" not in {problem.code for problem in validate(folder)}
    path = folder / ".mapped" / "image.rows.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    [problem] = [problem for problem in validate(folder) if problem.code == "mapped_changed"]
    assert "image.rows.npy" in problem.message
    assert "Remove that folder" in problem.fix


def test_a_folder_that_cannot_be_written_is_read_all_the_same(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    (folder / ".mapped").write_bytes(b"in the way")
    gallery = read_gallery(folder)
    assert not isinstance(gallery.image_embeddings, np.memmap)
    assert gallery.image_embeddings.tobytes() == some_rows().tobytes()


def test_a_damaged_npz_is_refused_and_not_stored(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    path = folder / "aligned_embeddings.npz"
    data = bytearray(path.read_bytes())
    data[data.index(some_rows()[ROWS // 2].tobytes())] ^= 1
    path.write_bytes(data)
    with pytest.raises(Exception, match="complete npz file"):
        read_gallery(folder)
    assert not (folder / ".mapped" / "image.json").exists()


def test_codes_are_made_once_and_answer_like_fresh_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    gallery = read_gallery(folder)
    made = open_codes(gallery)
    monkeypatch.setattr("t2i_core.index.codes.encode_rows", lambda *_, **__: pytest.fail("the codes were made again"))
    found = open_codes(read_gallery(folder))
    assert made is not None and found is not None
    assert (found.tiles == made.tiles).all() and (found.errors == made.errors).all()
    engine = open_engine(ColourEncoder(), gallery)
    assert isinstance(engine.source, FolderSource)
    assert isinstance(engine.source.index, QuantizedIndex)
    scores, rows = engine.source.index.search(some_rows()[:3], 2)
    assert rows[:, 0].tolist() == [0, 1, 2]
    assert scores[:, 0] == pytest.approx([1.0] * 3, abs=1e-6)


def test_codes_of_another_gallery_are_not_used(tmp_path: Path) -> None:
    folder = save_rows(tmp_path / "data", some_rows(1))
    open_codes(read_gallery(folder))
    save_rows(folder, some_rows(2))
    engine = open_engine(ColourEncoder(), read_gallery(folder))
    assert isinstance(engine.source, FolderSource)
    assert engine.source.index.search(some_rows(2)[:1], 1)[1].tolist() == [[0]]


def test_no_codes_are_kept_for_rows_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save_rows(tmp_path / "data", some_rows())
    assert mapped_codes.open_codes(without_store(folder, monkeypatch)) is None
