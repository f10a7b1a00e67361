"""Captions in JSON: records a line, lists, COCO's and Karpathy's files, and what is left out of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core.dataset import read_captions
from tests.core.test_captions_of_others import TWO, read, refused

RECORDS = [{"file_name": "p1.jpg", "text": "a toucan"}, {"file_name": "p2.jpg", "text": "a red panda"}]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(record) for record in RECORDS),
        "\ufeff" + "\r\n\r\n".join(json.dumps(record) for record in RECORDS) + "\r\n",
        ",\n".join(json.dumps(record) for record in RECORDS),
        json.dumps(RECORDS),
        json.dumps({"data": RECORDS}, indent=2),
        json.dumps({"version": 3, "images": RECORDS}),
        json.dumps([{"image": "p1.jpg", "caption": ["a toucan"]}, {"image": "p2.jpg", "captions": ["a red panda", None]}]),
        json.dumps({"p1.jpg": "a toucan", "p2.jpg": ["a red panda", ""]}),
        json.dumps({"images": [{"filename": "p1.jpg", "sentences": [{"raw": "a toucan", "tokens": ["a"]}]},
                               {"filename": "p2.jpg", "sentences": [{"raw": "a red panda"}]}]}),
        json.dumps([{"image": {"path": "p1.jpg"}, "text": "a toucan"}, {"image": {"path": "p2.jpg"}, "text": "a red panda"}]),
        json.dumps({"images": [{"id": 1, "file_name": "p1.jpg"}, {"id": 2, "file_name": "p2.jpg"}],
                    "annotations": [{"image_id": 1, "caption": "a toucan"}, {"image_id": 2, "caption": "a red panda"}]}),
    ],
)  # fmt: skip
def test_json_of_captions(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content, "metadata.jsonl") == (TWO, [])


def test_json_with_a_bad_line_and_nothings(tmp_path: Path) -> None:
    lines = [json.dumps(RECORDS[0] | {"split": "train", "ok": True}), "{bad", '{"file_name": "p3.jpg", "text": NaN}']
    lines += [
        '{"text": "nobody"}',
        '{"file_name": "p4.jpg", "text": null}',
        json.dumps(RECORDS[1] | {"text": 7}),
        "[1]",
    ]
    path = tmp_path / "metadata.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    table = read_captions(path)
    assert list(zip(table.images, table.captions, strict=True)) == [("p1.jpg", "a toucan"), ("p2.jpg", "7")]
    assert table.other_columns == {"split": ("train", ""), "ok": ("True", "")}
    assert [str(problem) for problem in table.problems] == [
        "warning: 2 lines of metadata.jsonl (lines 2, 7) are no JSON record. Left out. Mend those lines.",
        "warning: 1 record of metadata.jsonl (4) with no picture. Left out.",
        "warning: 2 records of metadata.jsonl (3, 5) with no caption. Left out.",
    ]


@pytest.mark.parametrize(
    ("content", "received"),
    [
        ('{"url": "x", "width": 3}', "records of 'url', 'width'"),
        ('{"a": \n{"b"', "text that is no JSON"),
        ('["a", "b"]', "a list of other things"),
        ("[" * 100_000, "lists nested too deep"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, content: str, received: str) -> None:
    assert refused(tmp_path, content, "x.jsonl") == (
        'A JSON file of captions must hold one record a line, for instance {"file_name": "1.jpg", "text": "a dog"}, '
        f"got {received} in x.jsonl. Name another file, or write a CSV with image,caption."
    )


def test_karpathy_keeps_folder_and_split(tmp_path: Path) -> None:
    image = {"filepath": "val2014", "filename": "1.jpg", "split": "test", "sentences": [{"raw": "A dog."}]}
    path = tmp_path / "dataset_coco.json"
    path.write_text(json.dumps({"dataset": "coco", "images": [image]}), encoding="utf-8")
    table = read_captions(path)
    assert (table.images, table.captions) == (("val2014/1.jpg",), ("A dog.",))
    assert table.other_columns == {"split": ("test",)}
