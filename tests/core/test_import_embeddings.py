"""Embeddings of others in each form people have them, the model they are said to be of, and files made to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from safetensors.numpy import save_file

from t2i_core import cli
from t2i_core.dataset import read_gallery
from t2i_core.dataset.safetensors_file import list_tensors, read_tensor_rows
from t2i_core.errors import DatasetError
from t2i_core.exchange import export_dataset
from t2i_core.importers import import_dataset
from tests.core.small_galleries import COLOURS, ColourEncoder, encode_pictures, save_ours, save_pictures

NAMES = list(COLOURS)


def rows() -> np.ndarray:
    return encode_pictures(ColourEncoder(), NAMES)


def write_npy(folder: Path) -> Path:
    np.save(folder / "features.npy", rows().astype(np.float16))
    (folder / "features.txt").write_text("\n".join(f"/theirs/{name}" for name in NAMES), encoding="utf-8")
    return folder / "features.npy"


def write_npz(folder: Path) -> Path:
    np.savez(folder / "x.npz", embeddings=rows(), filenames=np.array(NAMES), text=rows()[:2])
    return folder / "x.npz"


def write_safetensors(folder: Path) -> Path:
    save_file(
        {"image_features": rows(), "logit_scale": np.array([100.0], dtype=np.float32)},
        folder / "x.safetensors",
        metadata={"by": "them"},
    )
    (folder / "image_ids.json").write_text(json.dumps(NAMES), encoding="utf-8")
    return folder / "x.safetensors"


def write_parquet(folder: Path) -> Path:
    table = {"file_name": NAMES, "embedding": rows().tolist(), "caption": [f"it is {name}" for name in NAMES]}
    parquet.write_table(pa.table(table), folder / "x.parquet")
    return folder / "x.parquet"


FORMS: dict[str, Callable[[Path], Path]] = {
    "npy": write_npy, "npz": write_npz, "safetensors": write_safetensors, "parquet": write_parquet,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_rows_and_their_model_are_taken_over(form: str, tmp_path: Path) -> None:
    pictures, theirs, data = save_pictures(tmp_path / "pictures"), tmp_path / "theirs", tmp_path / "data"
    theirs.mkdir()
    source = FORMS[form](theirs)
    encoder = ColourEncoder()
    for given in (source, theirs):
        report = import_dataset("embeddings", given, data, images_dir=pictures, encoder=encoder)
        gallery = read_gallery(data)
        assert sorted(gallery.image_ids) == sorted(NAMES)
        wanted = rows()[[NAMES.index(name) for name in gallery.image_ids]]
        np.testing.assert_allclose(gallery.image_embeddings, wanted, atol=1e-3)
        assert gallery.manifest is not None
        assert (gallery.manifest.model_id, gallery.manifest.weights_sha256) == ("colours", encoder.weights_sha256)
        assert gallery.images_dir.resolve() == pictures
        assert report.captions == (len(NAMES) if form == "parquet" else 0)
        assert "project" in report.next_command
        assert not list(data.glob(".import-*"))


def test_without_a_model_nothing_vouches_for_them(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    report = import_dataset("embeddings", write_npy(tmp_path), tmp_path / "data", images_dir=pictures)
    assert read_gallery(tmp_path / "data", pictures).manifest is None
    assert "--encode --model MODEL" in report.next_command
    assert [problem.code for problem in report.problems] == ["model_unknown"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda made: made[:, :7], "7 numbers per picture"),
        (lambda made: np.roll(made, 1, axis=0), "another order"),
        (lambda made: np.random.default_rng(0).standard_normal(made.shape), "not made by the model colours"),
        (lambda made: made * np.array([[1], [np.nan], [1], [1]]), "nan as the length of row 1"),
        (lambda made: made * np.array([[1], [1], [0], [1]]), "0 as the length of row 2"),
        (lambda made: made[:3], "as many as the 4 names"),
    ],
    ids=["dimension", "order", "model", "nan", "zero", "count"],
)
def test_rows_of_something_else_are_refused_before_anything_is_written(
    changed: Callable[[np.ndarray], np.ndarray], message: str, tmp_path: Path
) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    source = write_npy(tmp_path)
    np.save(source, changed(rows()).astype(np.float32))
    with pytest.raises(DatasetError, match=message):
        import_dataset("embeddings", source, tmp_path / "data", images_dir=pictures, encoder=ColourEncoder())
    assert not (tmp_path / "data").exists() or list((tmp_path / "data").iterdir()) == []


def test_other_lengths_are_told_and_scaled(tmp_path: Path) -> None:
    pictures, source = save_pictures(tmp_path / "pictures"), write_npy(tmp_path)
    np.save(source, rows() * np.array([[1], [2], [3], [10]], dtype=np.float32))
    report = import_dataset("embeddings", source, tmp_path / "data", images_dir=pictures, encoder=ColourEncoder())
    assert [problem.message for problem in report.problems] == [
        "Rows had lengths from 1 to 10. They were scaled to 1, which changes no ranking by cosine."
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.txt", "\n".join(NAMES)),
        ("list.csv", "Index,Image_ID\n" + "".join(f"{row},{name}\n" for row, name in enumerate(NAMES))),
        ("list.csv", "\n".join(NAMES)),
        ("list.tsv", "file_name\tcaption\n" + "".join(f"{name}\tone\n" for name in NAMES)),
        ("list.json", json.dumps([{"path": name, "captions": ["one", "two"]} for name in NAMES])),
        ("list.jsonl", "".join(json.dumps({"image": name}) + "\n" for name in NAMES)),
    ],
)
def test_names_come_in_lists_of_every_kind(name: str, content: str, tmp_path: Path) -> None:
    pictures, source = save_pictures(tmp_path / "pictures"), write_npy(tmp_path)
    (tmp_path / "features.txt").unlink()
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / name).write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match="--names FILE"):
        import_dataset("embeddings", source, tmp_path / "data", images_dir=pictures)
    listed = tmp_path / "lists" / name
    report = import_dataset("embeddings", source, tmp_path / "data", images_dir=pictures, names=listed)
    assert report.images == len(NAMES)
    assert report.captions == {"list.tsv": 4, "list.json": 8}.get(name, 0)


@pytest.mark.parametrize("to", ["parquet", "atlas"])
def test_rows_of_our_own_tables_come_back(to: str, tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data")
    export_dataset(gallery, to, tmp_path / "out")
    for source in {tmp_path / "out", next((tmp_path / "out").rglob("*.parquet"))}:
        report = import_dataset(
            "embeddings", source, tmp_path / "back", images_dir=gallery.images_dir, encoder=ColourEncoder()
        )
        back = read_gallery(tmp_path / "back")
        assert report.captions == len(gallery.captions)
        np.testing.assert_array_equal(
            back.image_embeddings, gallery.image_embeddings[[gallery.image_ids.index(name) for name in back.image_ids]]
        )


def craft(header: Any, data: bytes = b"", *, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(**changes: object) -> dict[str, object]:
    return {"x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]} | changes}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x02", craft({}, length=2**60), craft({}, length=3), craft(b"[1]"), craft(b"[" * 50_000), craft(b"\xff\xfe{}"),
        craft({"x": 1}), craft({"x": {"dtype": "F32"}}), craft(entry(), bytes(15)), craft(entry(shape=[2, 3]), bytes(16)),
        craft(entry(shape=[2**40, 2**40]), bytes(16)), craft(entry(shape=[-2, -2]), bytes(16)),
        craft(entry(shape=[2.0, 2]), bytes(16)),
        craft(entry(data_offsets=[8, 24]), bytes(16)), craft(entry(data_offsets=[16, 0]), bytes(16)),
        craft(entry(data_offsets=[-16, 0]), bytes(16)), craft(entry(shape=[True, 4]), bytes(16)), craft(entry(shape="22"), bytes(16)),
        craft(entry(dtype="I64", data_offsets=[0, 99]), bytes(16)),
    ],
)  # fmt: skip
def test_a_safetensors_file_that_lies_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        list_tensors(path)
    assert str(caught.value).count("\n") == 0


def test_numbers_of_safetensors_in_every_width(tmp_path: Path) -> None:
    wide = np.array([[1.0, -2.0], [0.5, 3.0]])
    path = tmp_path / "x.safetensors"
    for dtype, stored in (
        ("F64", wide.astype("<f8")), ("F32", wide.astype("<f4")), ("F16", wide.astype("<f2")),
        ("BF16", (wide.astype("<f4").view("<u4") >> 16).astype("<u2")),
    ):  # fmt: skip
        data = stored.tobytes()
        path.write_bytes(craft(entry(dtype=dtype, data_offsets=[0, len(data)]), data))
        np.testing.assert_array_equal(read_tensor_rows(path, list_tensors(path)["x"]), wide)


def test_nothing_is_unpickled_and_which_rows_is_no_guess(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", image=np.array([[object()]]))
    with pytest.raises(DatasetError, match="Python objects"):
        import_dataset("embeddings", tmp_path / "x.npz", tmp_path / "data")
    np.savez(tmp_path / "x.npz", one=rows(), two=rows())
    with pytest.raises(DatasetError, match="got 'one', 'two'"):
        import_dataset("embeddings", tmp_path / "x.npz", tmp_path / "data")
    parquet.write_table(pa.table({"file_name": NAMES, "score": [1.0] * 4}), tmp_path / "y.parquet")
    with pytest.raises(DatasetError, match="a list of as many numbers"):
        import_dataset("embeddings", tmp_path / "y.parquet", tmp_path / "data")
    with pytest.raises(DatasetError, match="one file that ends with"):
        import_dataset("embeddings", tmp_path, tmp_path / "data")
    with pytest.raises(DatasetError, match="got a model for coco"):
        import_dataset("coco", tmp_path, tmp_path / "data", encoder=ColourEncoder())


def test_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def open_encoder(model: str, **_: object) -> ColourEncoder:
        asked.append(model)
        return ColourEncoder()

    monkeypatch.setattr("t2i_core.encoder.open_encoder", open_encoder)
    pictures, source = save_pictures(tmp_path / "pictures"), write_safetensors(tmp_path)
    names = ["--names", str(tmp_path / "image_ids.json"), "--images", str(pictures)]
    words = ["import", "embeddings", str(source), "--data", str(tmp_path / "data"), *names]
    assert cli.main([*words, "--model", "ViT-B/32"]) == 0
    assert asked == ["ViT-B/32"]
    assert f"{len(NAMES)} pictures and 0 captions taken over" in capsys.readouterr().out
    save_file({"image": np.roll(rows(), 1, axis=0)}, source)
    assert cli.main([*words, "--model", "ViT-B/32"]) == 1
    assert "Nothing was written" in capsys.readouterr().err
