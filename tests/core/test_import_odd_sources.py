"""Importers and what sources hold besides the usual: dates, nested values, names that come twice, files that end early."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from t2i_core.errors import DatasetError
from t2i_core.importers import import_dataset
from tests.core.test_import_formats import picture, taken, write_tar

RED, BLUE = picture((250, 0, 0)), picture((0, 0, 250))
MOMENT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def told(problems: Any) -> str:
    return " ".join(str(problem) for problem in problems)


def write_table(path: Path, **columns: list[Any]) -> Path:
    parquet.write_table(pa.table(columns), path)
    return path


def test_dates_and_decimals_are_columns_and_what_has_no_text_is_told(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "t.parquet",
        image=[{"bytes": RED, "path": "1.png"}],
        text=["two\nlines, and a comma"],
        day=[date(2020, 1, 2)],
        taken=[MOMENT],
        local=[MOMENT.replace(tzinfo=None)],
        hour=[time(3, 4)],
        price=[Decimal("1.20")],
        nested=[{"a": {"b": 1}}],
        numbers=[[1, 2, 3]],
        long=[timedelta(seconds=5)],
    )
    report = import_dataset("parquet", path, tmp_path / "data")
    assert taken(report) == [
        {
            "image": "1.png",
            "caption": "two lines, and a comma",
            "day": "2020-01-02",
            "taken": "2020-01-02T03:04:05+00:00",
            "local": "2020-01-02T03:04:05",
            "hour": "03:04:00",
            "price": "1.20",
        }
    ]
    assert "left out: nested (1), numbers (1), long (1)." in told(report.problems)


def test_of_very_many_columns_that_are_left_out_some_are_named(tmp_path: Path) -> None:
    more: dict[str, list[Any]] = {f"c{number}": [[1, 2]] for number in range(9)}
    path = write_table(tmp_path / "t.parquet", image=[{"bytes": RED, "path": "1.png"}], text=["a"], **more)
    assert "c5 (1) and 3 more." in told(import_dataset("parquet", path, tmp_path / "data").problems)


def test_a_table_whose_columns_share_a_name_is_refused(tmp_path: Path) -> None:
    table = pa.table([["1.png"], ["x"], ["y"]], names=["image", "text", "text"])
    parquet.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(DatasetError, match="names of their own, got 'text' 2 times"):
        import_dataset("parquet", tmp_path / "t.parquet", tmp_path / "data")


@pytest.mark.parametrize("cells", [[None, None], [1, 2], [[1], [2]]], ids=["null", "numbers", "lists"])
def test_records_without_a_picture_are_counted(cells: list[Any], tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.parquet", image=cells, text=["a", "b"])
    with pytest.raises(DatasetError, match="2 records neither held nor named a picture"):
        import_dataset("parquet", path, tmp_path / "data")


def test_a_source_without_records_says_so(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.parquet", image=[], text=[])
    (tmp_path / "metadata.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "samples.json").write_text('{"samples": []}', encoding="utf-8")
    (tmp_path / "captions_x.json").write_text('{"images": [], "annotations": []}', encoding="utf-8")
    for layout, source in (
        ("parquet", path),
        ("imagefolder", tmp_path),
        ("fiftyone", tmp_path),
        ("coco", tmp_path / "captions_x.json"),
    ):
        with pytest.raises(DatasetError, match="The source holds no record"):
            import_dataset(layout, source, tmp_path / "data")


def test_pictures_of_one_name_get_numbers_and_the_same_ones_again(tmp_path: Path) -> None:
    """Tables note file names without folders; what is imported twice is there once."""
    images = [{"bytes": data, "path": name} for data, name in ((RED, "1.png"), (BLUE, "1.png"), (RED, "1.png"))]
    path = write_table(tmp_path / "t.parquet", image=images, text=["red", "blue", "also red"])
    for _ in range(2):
        report = import_dataset("parquet", path, tmp_path / "data")
        assert [(row["image"], row["caption"]) for row in taken(report)] == [
            ("1.png", "red"), ("1 (2).png", "blue"), ("1.png", "also red"),
        ]  # fmt: skip
    assert sorted(one.name for one in (tmp_path / "data" / "pictures").iterdir()) == ["1 (2).png", "1.png"]
    assert "first '1.png' as '1 (2).png'" in told(report.problems)


def test_shards_that_count_alike_keep_all_their_samples(tmp_path: Path) -> None:
    (tmp_path / "tars").mkdir()
    write_tar(tmp_path / "tars" / "0.tar", {"000.png": RED, "000.txt": b"red"})
    write_tar(tmp_path / "tars" / "1.tar", {"000.png": BLUE, "000.txt": b"blue"})
    report = import_dataset("webdataset", tmp_path / "tars", tmp_path / "data")
    assert [(row["image"], row["caption"]) for row in taken(report)] == [("000.png", "red"), ("000 (2).png", "blue")]


def test_a_name_that_comes_again_in_a_tar_is_another_sample(tmp_path: Path) -> None:
    first = write_tar(tmp_path / "x.tar", {"a.png": RED, "a.txt": b"red"})
    with (
        tarfile.open(first, "a") as tar,
        tarfile.open(write_tar(tmp_path / "y.tar", {"a.png": BLUE, "a.txt": b"blue"})) as more,
    ):
        for member in more:
            tar.addfile(member, more.extractfile(member))
    report = import_dataset("webdataset", first, tmp_path / "data")
    assert [(row["image"], row["caption"]) for row in taken(report)] == [("a.png", "red"), ("a (2).png", "blue")]


def test_texts_apart_from_their_picture_are_told(tmp_path: Path) -> None:
    write_tar(tmp_path / "x.tar", {"a.png": RED, "b.png": BLUE, "a.txt": b"red", "b.txt": b"blue"})
    report = import_dataset("webdataset", tmp_path / "x.tar", tmp_path / "data")
    assert (report.images, report.captions) == (2, 0)
    assert "texts that do not follow their picture (2)" in told(report.problems)


@pytest.mark.parametrize("damage", ["cut", "damaged"])
def test_a_tar_that_ends_early_is_refused(damage: str, tmp_path: Path) -> None:
    """What was read until then would pass for all of it."""
    path = write_tar(tmp_path / "x.tar", {"a.png": RED, "a.txt": b"red", "b.png": BLUE, "b.txt": b"blue"})
    data = path.read_bytes()
    second = data.index(b"a.txt")
    path.write_bytes(data[: second + 300] if damage == "cut" else data[:second] + b"z" + data[second + 1 :])
    with pytest.raises(DatasetError, match=r"header|checksum") as caught:
        import_dataset("webdataset", path, tmp_path / "data")
    assert f"at byte {second:,}" in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbfZwei V\xc3\xb6gel", "Zwei Vögel".encode("latin-1")], ids=["mark", "latin"]
)
def test_texts_of_a_tar_in_other_encodings(text: bytes, tmp_path: Path) -> None:
    write_tar(tmp_path / "x.tar", {"a.png": RED, "a.txt": text})
    assert taken(import_dataset("webdataset", tmp_path / "x.tar", tmp_path / "data"))[0]["caption"] == "Zwei Vögel"


def test_names_in_a_json_of_a_tar_that_lead_out_are_not_taken(tmp_path: Path) -> None:
    facts = json.dumps({"image_id": "../../x.png", "caption": "one\nline"}).encode()
    write_tar(tmp_path / "x.tar", {"a.png": RED, "a.json": facts})
    [row] = taken(import_dataset("webdataset", tmp_path / "x.tar", tmp_path / "data"))
    assert (row["image"], row["caption"]) == ("a.png", "one line")
    assert [path.name for path in tmp_path.rglob("*.png")] == ["a.png"]


def test_dates_and_several_labels_of_fiftyone(tmp_path: Path) -> None:
    sample = {
        "filepath": "data/1.png", "captions": ["a dog"], "created_at": {"$date": 1}, "taken": {"$date": 1577934245000},
        "seen": {"$date": "2020-01-02T03:04:05Z"}, "never": {"$date": 10**30},
        "kinds": {"_cls": "Classifications", "classifications": [{"label": "dog"}, {"label": "animal"}]},
    }  # fmt: skip
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "1.png").write_bytes(RED)
    (tmp_path / "samples.json").write_text(json.dumps({"samples": [sample, {"captions": ["?"]}]}), encoding="utf-8")
    report = import_dataset("fiftyone", tmp_path, tmp_path / "ours")
    assert taken(report) == [
        {
            "image": "1.png",
            "caption": "a dog",
            "taken": "2020-01-02T03:04:05+00:00",
            "seen": "2020-01-02T03:04:05Z",
            "kinds": "dog;animal",
        }
    ]
    assert "1 record neither held nor named a picture" in told(report.problems)
    assert "never (1)" in told(report.problems)


def test_addresses_stay_as_they_were_and_columns_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(RED)
    (tmp_path / "l.csv").write_text(
        'My URL,Url,TEXT\nx,"https://example.org/a,b/1.png?size=2#top",a dog\n', encoding="utf-8"
    )
    [row] = taken(import_dataset("urls", tmp_path / "l.csv", tmp_path / "data"))
    assert row == {
        "image": "1.png", "caption": "a dog", "My URL": "x", "url": "https://example.org/a,b/1.png?size=2#top",
    }  # fmt: skip


def test_what_clip_retrieval_has_besides_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "img_emb_0.npy", np.eye(2, 8, dtype=np.float32))
    write_table(
        tmp_path / "metadata_0.parquet", image_path=["a.png", "b.png"], caption=["one\ntwo", None], NSFW=[0.5, 0.1]
    )
    report = import_dataset("clip-retrieval", tmp_path, tmp_path / "data")
    assert "left out: NSFW (2)." in told(report.problems)
    assert (report.images, report.captions) == (2, 1)
