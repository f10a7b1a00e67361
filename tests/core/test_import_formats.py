"""Importers of other programs' formats, as those programs write them, and files made to do harm."""

from __future__ import annotations

import io
import json
import tarfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from t2i_core.dataset import arrow_file, read_captions, read_gallery
from t2i_core.errors import DatasetError
from t2i_core.importers import import_dataset, webdataset
from t2i_core.importers.report import ImportReport


def picture(colour: tuple[int, int, int] = (200, 10, 10), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (6, 4), colour).save(out, kind)
    return out.getvalue()


def taken(report: ImportReport) -> list[dict[str, Any]]:
    """The captions file that an import wrote."""
    assert report.captions_path is not None
    table = read_captions(report.captions_path)
    others = table.other_columns
    return [
        {"image": image, "caption": caption, **{name: values[place] for name, values in others.items()}}
        for place, (image, caption) in enumerate(zip(table.images, table.captions, strict=True))
    ]


def write_tar(path: Path, members: dict[str, bytes], *, mode: Any = "w") -> Path:
    with tarfile.open(path, mode) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_an_imagefolder_with_splits(kind: str, tmp_path: Path) -> None:
    for split, colour in (("train", 10), ("test", 20)):
        folder = tmp_path / "set" / split
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "1.png").write_bytes(picture((colour, 0, 0)))
        frame = pd.DataFrame({"file_name": ["sub/1.png"], "text": [f"a {split} picture"], "label": ["x"]})
        if kind == "csv":
            frame.to_csv(folder / "metadata.csv", index=False)
        elif kind == "jsonl":
            frame.to_json(folder / "metadata.jsonl", orient="records", lines=True)
        else:
            frame.to_parquet(folder / "metadata.parquet")
    report = import_dataset("imagefolder", tmp_path / "set", tmp_path / "data")
    assert taken(report) == [
        {"image": "test/sub/1.png", "caption": "a test picture", "split": "test", "label": "x"},
        {"image": "train/sub/1.png", "caption": "a train picture", "split": "train", "label": "x"},
    ]
    assert report.images_dir == tmp_path / "set"


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_table_of_hugging_face_with_pictures_in_it(kind: str, tmp_path: Path) -> None:
    table = pa.table(
        {
            "image": [
                {"bytes": picture((1, 2, 3)), "path": "a.png"},
                {"bytes": picture((4, 5, 6), "JPEG"), "path": None},
            ],
            "caption": [["one", "two"], ["three"]],
            "source": ["web", "book"],
        }
    )
    path = tmp_path / f"data-00000-of-00001.{kind}"
    if kind == "parquet":
        parquet.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    report = import_dataset("parquet", path, tmp_path / "data")
    assert [(row["image"], row["caption"], row["source"]) for row in taken(report)] == [
        ("a.png", "one", "web"), ("a.png", "two", "web"), ("00000001.jpg", "three", "book"),
    ]  # fmt: skip
    assert (tmp_path / "data" / "pictures" / "a.png").read_bytes() == picture((1, 2, 3))


def test_a_table_that_names_files(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "1.png").write_bytes(picture())
    parquet.write_table(pa.table({"image_path": ["/elsewhere/1.png"], "text": ["a"]}), tmp_path / "t.parquet")
    report = import_dataset("parquet", tmp_path / "t.parquet", tmp_path / "data", images_dir=tmp_path / "images")
    assert taken(report) == [{"image": "1.png", "caption": "a"}]


def test_tars_of_img2dataset(tmp_path: Path) -> None:
    """Each sample is picture, text and JSON; other members, a pickle for instance, are left out and never read."""
    facts = json.dumps({"caption": "from the JSON", "url": "http://x/1.jpg", "width": 6, "exif": {"a": 1}}).encode()
    write_tar(
        tmp_path / "00000.tar",
        {
            "000.png": picture((1, 1, 1)), "000.txt": b"a text", "000.json": facts,
            "001.png": picture((2, 2, 2)), "001.txt": "zweite Ä".encode(), "001.pickle": b"cos\nsystem\n(S'x'\ntR.",
            "002.txt": b"without a picture",
        },
    )  # fmt: skip
    write_tar(
        tmp_path / "00001.tar.gz", {"deep/100.cls.png": picture((3, 3, 3)), "deep/100.txt": b"third"}, mode="w:gz"
    )
    report = import_dataset("webdataset", tmp_path, tmp_path / "data")
    assert [(row["image"], row["caption"], row["url"]) for row in taken(report)] == [
        ("000.png", "from the JSON", "http://x/1.jpg"), ("001.png", "zweite Ä", ""), ("deep/100.cls.png", "third", ""),
    ]  # fmt: skip
    assert any(".pickle (1)" in str(problem) for problem in report.problems)


def test_whole_paths_in_a_table_leave_only_their_last_part(tmp_path: Path) -> None:
    names = ["/home/ada/a.png", "../../b.png", "C:\\me\\c.png", "sub/d.png"]
    images = [{"bytes": picture((place, 0, 0)), "path": name} for place, name in enumerate(names)]
    parquet.write_table(pa.table({"image": images, "text": ["x"] * 4}), tmp_path / "t.parquet")
    report = import_dataset("parquet", tmp_path / "t.parquet", tmp_path / "data")
    assert [row["image"] for row in taken(report)] == ["a.png", "b.png", "c.png", "sub/d.png"]
    assert report.images_dir == tmp_path / "data" / "pictures"


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"])
def test_names_that_lead_out_of_a_tar_end_the_import(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = write_tar(tmp_path / "in" / "x.tar", {name: picture()})
    before = sorted(tmp_path.rglob("*"))
    if name.startswith("..\\"):  # a name with backslashes is one name on this system, and is written with none
        with pytest.raises(DatasetError):
            import_dataset("webdataset", path, tmp_path / "in" / "data")
    else:
        with pytest.raises(DatasetError, match="must stay inside their folder"):
            import_dataset("webdataset", path, tmp_path / "in" / "data")
    assert [one for one in sorted(tmp_path.rglob("*")) if one.suffix == ".png"] == [
        one for one in before if one.suffix == ".png"
    ]


def test_links_and_devices_of_a_tar_are_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for kind, name in ((tarfile.SYMTYPE, "a.png"), (tarfile.LNKTYPE, "b.png"), (tarfile.FIFOTYPE, "c.png")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        info = tarfile.TarInfo("d.png")
        info.size = len(picture())
        tar.addfile(info, io.BytesIO(picture()))
        info = tarfile.TarInfo("d.txt")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"one"))
    report = import_dataset("webdataset", tmp_path / "x.tar", tmp_path / "data")
    assert [row["image"] for row in taken(report)] == ["d.png"]
    assert any("links and special files (3)" in str(problem) for problem in report.problems)


def test_a_member_that_claims_to_be_huge_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is much in a tar is little in a compressed one."""
    monkeypatch.setattr(webdataset, "MOST_BYTES", 10 * 2**20)
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz", compresslevel=1) as tar:
        for name, size in (("a.png", 30 * 2**20), ("a.txt", 2 * 2**20)):
            info = tarfile.TarInfo(name)
            info.size = size
            tar.addfile(info, _Zeros(size))
    assert (tmp_path / "x.tar.gz").stat().st_size < 2**20
    tracemalloc.start()
    with pytest.raises(DatasetError, match="none for layout webdataset"):
        import_dataset("webdataset", tmp_path / "x.tar.gz", tmp_path / "data")
    assert tracemalloc.get_traced_memory()[1] < 12e6
    tracemalloc.stop()


class _Zeros:
    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        self._left -= size
        return bytes(size)


def test_a_table_whose_pages_grow_far_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_file, "LARGE_BYTES", 2**20)
    table = pa.table({"image": ["1.png"], "text": ["\0" * 5_000_000]})
    parquet.write_table(table, tmp_path / "bomb.parquet", compression="zstd", use_dictionary=False)
    assert (tmp_path / "bomb.parquet").stat().st_size < 20_000
    with pytest.raises(DatasetError, match=r"text of .* bytes that become"):
        import_dataset("parquet", tmp_path / "bomb.parquet", tmp_path / "data")


@pytest.mark.parametrize(
    "layout", ["parquet", "imagefolder", "clip-retrieval", "webdataset", "fiftyone", "openclip", "urls"]
)
@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1\0\0\0\0PAR1", b"\x93NUMPY", b"{", b"[1]", b"\xff" * 900])
def test_what_is_something_else_gets_one_clear_message(layout: str, content: bytes, tmp_path: Path) -> None:
    names = {"parquet": "x.parquet", "imagefolder": "metadata.jsonl", "webdataset": "x.tar", "fiftyone": "samples.json",
             "openclip": "x.csv", "urls": "x.csv", "clip-retrieval": "img_emb_0.npy"}  # fmt: skip
    source = tmp_path / names[layout]
    source.write_bytes(content)
    if layout == "clip-retrieval":
        parquet.write_table(pa.table({"image_path": ["a.png"], "caption": ["a"]}), tmp_path / "metadata_0.parquet")
        source = tmp_path
    with pytest.raises(DatasetError) as caught:
        import_dataset(layout, source, tmp_path / "data")
    assert str(caught.value).count("\n") == 0
    assert not (tmp_path / "data" / "captions_tokenized.csv").exists()


def test_embeddings_with_python_objects_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "img_emb_0.npy", np.array([[object()]]), allow_pickle=True)
    parquet.write_table(pa.table({"image_path": ["a.png"], "caption": ["a"]}), tmp_path / "metadata_0.parquet")
    with pytest.raises(DatasetError, match="float rows"):
        import_dataset("clip-retrieval", tmp_path, tmp_path / "data")


def test_embeddings_of_clip_retrieval_in_parts(tmp_path: Path) -> None:
    """Half precision, two parts, the tenth after the second, and one picture in two rows."""
    rows = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float16)
    for folder in ("img_emb", "metadata", "text_emb"):
        (tmp_path / folder).mkdir()
    for number, part, names in ((2, rows[:2], ["x/a.png", "x/b.png"]), (10, rows[2:], ["x/a.png"])):
        np.save(tmp_path / "img_emb" / f"img_emb_{number}.npy", part)
        np.save(tmp_path / "text_emb" / f"text_emb_{number}.npy", part)
        captions = [f"{name} {number}" for name in names]
        table = pa.table({"image_path": [f"/theirs/{name}" for name in names], "caption": captions})
        parquet.write_table(table, tmp_path / "metadata" / f"metadata_{number}.parquet")
    (tmp_path / "pictures" / "x").mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (tmp_path / "pictures" / "x" / name).write_bytes(picture())
    report = import_dataset("clip-retrieval", tmp_path, tmp_path / "data", images_dir=tmp_path / "pictures")
    gallery = read_gallery(tmp_path / "data", tmp_path / "pictures")
    assert (report.images, report.captions) == (2, 3)
    assert list(gallery.image_ids) == ["x/a.png", "x/b.png"]
    assert [gallery.picture_name(place) for place in range(3)] == ["x/a.png", "x/b.png", "x/a.png"]
    wide = rows[1].astype(np.float64)
    np.testing.assert_allclose(gallery.image_embeddings[1], wide / np.linalg.norm(wide), atol=1e-6)
    assert "--model MODEL" in report.next_command


def test_a_csv_of_addresses_fetches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", None)
    (tmp_path / "1.png").write_bytes(picture())
    (tmp_path / "list.csv").write_text(
        "URL,TEXT\nhttps://example.org/x/1.png?size=2,a dog\nhttps://example.org/2.png,a cat\n", encoding="utf-8"
    )
    report = import_dataset("urls", tmp_path / "list.csv", tmp_path / "data")
    [row] = taken(report)
    assert (row["image"], row["caption"]) == ("1.png", "a dog")
    told = " ".join(str(problem) for problem in report.problems)
    assert "Nothing was fetched" in told
    assert "2.png" in told


def test_samples_of_fiftyone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "1.png").write_bytes(picture())
    sample = {
        "_id": {"$oid": "0" * 24}, "filepath": "data/1.png", "tags": ["train", "good"], "metadata": {"_cls": "ImageMetadata"},
        "caption": "a dog", "ground_truth": {"_cls": "Classification", "label": "dog"}, "year": 1990,
        "boxes": {"_cls": "Detections", "detections": []},
    }  # fmt: skip
    (tmp_path / "samples.json").write_text(json.dumps({"samples": [sample]}), encoding="utf-8")
    report = import_dataset("fiftyone", tmp_path, tmp_path / "ours")
    assert taken(report) == [
        {"image": "1.png", "caption": "a dog", "tags": "train;good", "ground_truth": "dog", "year": "1990"}
    ]
    assert any("boxes (1)" in str(problem) for problem in report.problems)


def test_pictures_alone_are_taken_over(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"a.png": picture()})
    report = import_dataset("webdataset", path, tmp_path / "data")
    assert (report.images, report.captions, report.captions_path) == (1, 0, None)
    assert "build --images" in report.next_command


def test_another_picture_of_the_name_is_never_written_over(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"a.png": picture(), "a.txt": b"one"})
    import_dataset("webdataset", path, tmp_path / "data")
    import_dataset("webdataset", path, tmp_path / "data")  # the same again is fine
    write_tar(path, {"a.png": picture((9, 9, 9)), "a.txt": b"one"})
    with pytest.raises(DatasetError, match="there with other content"):
        import_dataset("webdataset", path, tmp_path / "data")
    assert (tmp_path / "data" / "pictures" / "a.png").read_bytes() == picture()
