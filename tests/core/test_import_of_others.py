"""Importers given what people have: names of other computers, files beside pictures, nulls, and blank lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_captions, read_credits, read_gallery
from t2i_core.importers import ImportReport, import_coco, import_flickr8k, import_flickr30k, import_folder
from tests.core.small_galleries import save_original, save_pictures


def pictures(folder: Path, *names: str) -> Path:
    return save_pictures(folder, dict.fromkeys(names, (1, 2, 3)))


def written(report: ImportReport) -> list[tuple[str, str]]:
    assert report.captions_path is not None
    table = read_captions(report.captions_path)
    return list(zip(table.images, table.captions, strict=True))


def codes(report: ImportReport) -> list[str]:
    return [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    "content",
    [
        "image_name;comment_number;comment\r\n1.png;0;a toucan , on a branch .\r\n2.png;0;a red panda .\r\n",
        "\n\nimage,caption\n1.png,a toucan , on a branch .\n2.png,a red panda .\n",
        "sep=;\nimage;caption\n1.png;a toucan , on a branch .\n2.png;a red panda .\n",
        "1.png,a toucan , on a branch .\n2.png,a red panda .\n",
        "image\tcaption\n1.PNG\ta toucan , on a branch .\n/x/Images/2.png\ta red panda .\n",
        'image,caption\n1.png,"a toucan , on a branch .\n2.png,a red panda .\n',
        json.dumps({"images": [{"filename": "1.png", "sentences": [{"raw": "a toucan , on a branch ."}]},
                               {"filename": "2.png", "sentences": [{"raw": "a red panda ."}]}]}),
    ],
)  # fmt: skip
def test_tables_of_flickr(tmp_path: Path, content: str) -> None:
    pictures(tmp_path / "Images", "1.png", "2.png")
    (tmp_path / "captions.txt").write_text(content, encoding="utf-8")
    for flickr in (import_flickr8k, import_flickr30k):
        rows = [(image, text.lstrip('"')) for image, text in written(flickr(tmp_path, tmp_path / "data"))]
        assert rows == [("1.png", "a toucan , on a branch ."), ("2.png", "a red panda .")]


def test_lines_of_a_token_file_end_at_line_feeds_only(tmp_path: Path) -> None:
    pictures(tmp_path, "1.png")
    path = tmp_path / "Flickr8k.token.txt"
    path.write_text("1.png#0\tone\u2028two\x0bthree\x85four\r\n1.png#1\tfive\n", encoding="utf-8")
    assert written(import_flickr8k(path, tmp_path / "data")) == [("1.png", "one two three four"), ("1.png", "five")]


def test_a_namesake_gets_no_captions(tmp_path: Path) -> None:
    pictures(tmp_path / "Images", "val/0001.png")
    (tmp_path / "captions.txt").write_text("image,caption\ntrain/0001.png,one\nval/0001.png,two\n", encoding="utf-8")
    report = import_flickr8k(tmp_path, tmp_path / "data")
    assert written(report) == [("val/0001.png", "two")]
    assert codes(report) == ["import_pictures_missing"]


def test_coco_takes_what_there_is(tmp_path: Path) -> None:
    pictures(tmp_path / "photos", "p1.png", "p2.png")
    record = {
        "images": [{"id": 1, "file_name": "p1.png"}, {"id": 2, "file_name": "p2.png"}, {"id": 4}],
        "annotations": [
            {"image_id": 1, "caption": "a toucan"},
            {"image_id": 2, "caption": None},
            {"image_id": 2, "caption": "a red panda"},
            {"image_id": 2},
            {"image_id": 3, "caption": "solar boxes"},
            {"image_id": 4, "caption": "no name"},
        ],
    }
    path = tmp_path / "captions_x.json"
    path.write_text(json.dumps(record), encoding="utf-8-sig")
    report = import_coco(path, tmp_path / "data", images_dir=tmp_path / "photos")
    assert written(report) == [("p1.png", "a toucan"), ("p2.png", "a red panda")]
    assert [str(problem) for problem in report.problems] == [
        "warning: 2 annotations of captions_x.json with no text. Left out.",
        "warning: 2 annotations of captions_x.json with a picture that its list of images lacks. Left out.",
    ]


@pytest.mark.parametrize("split", ["test", None])
def test_karpathys_splits(tmp_path: Path, split: str | None) -> None:
    pictures(tmp_path, "val2014/1.png")
    image = {"filepath": "val2014", "filename": "1.png", "sentences": [{"raw": "A dog.", "tokens": []}, {"raw": None}]}
    record = {"dataset": "coco", "images": [image | ({"split": split} if split else {})]}
    (tmp_path / "dataset_coco.json").write_text(json.dumps(record), encoding="utf-8")
    report = import_coco(tmp_path, tmp_path / "data")
    assert written(report) == [("val2014/1.png", "A dog.")]
    assert report.captions_path is not None
    assert read_captions(report.captions_path).other_columns.get("split") == (("test",) if split else None)


def test_files_beside_pictures(tmp_path: Path) -> None:
    source = pictures(
        tmp_path / "src", "IMG_1.PNG", "p2.png", "p3.png", "p4.png", "x/p5.png", "p6.png", "p7.png", "p8.png"
    )
    (source / "IMG_1.TXT").write_text("a toucan\n", encoding="utf-8")
    (source / "p2.caption").write_text("a red panda\n", encoding="utf-16")
    (source / "p3.json").write_text('{"caption": "solar boxes", "url": "x"}', encoding="utf-8")
    (source / "p4.txt").write_text("an old theatre\u2028with stone rows\r\nArches\x85too\n", encoding="utf-8")
    (source / "x" / "P5.png.Json").write_text(
        '{"title": "p5.png", "description": ["one", null, "two"]}', encoding="utf-8"
    )
    (source / "p6.json").write_text('{"url": "x"}', encoding="utf-8")
    (source / "p7.json").write_text("{broken", encoding="utf-8")
    (source / "p8.txt").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    report = import_folder(source, tmp_path / "data")
    assert written(report) == [
        ("IMG_1.PNG", "a toucan"),
        ("p2.png", "a red panda"),
        ("p3.png", "solar boxes"),
        ("p4.png", "an old theatre with stone rows"),
        ("p4.png", "Arches too"),
        ("x/p5.png", "one"),
        ("x/p5.png", "two"),
    ]
    assert [str(problem) for problem in report.problems] == [
        "warning: p6.json holds no caption: none of caption, captions, text, description. Left out. So it is with 1 other file.",
        f"warning: {source / 'p8.txt'} must be a file of text, and is a picture. Name a file of text, for captions a CSV. Left out.",
    ]


def test_credits_keep_their_line_separators(tmp_path: Path) -> None:
    text = 'image,author,licence\r\na.jpg,"Jane\u2028Doe\nand Co","CC\x850"\r\nb.jpg,Müller,CC0\r\n'
    (tmp_path / "CREDITS.csv").write_bytes(text.encode())
    credits = read_credits(tmp_path)
    assert (credits["a.jpg"].author, credits["a.jpg"].licence) == ("Jane\u2028Doe\nand Co", "CC\x850")
    (tmp_path / "CREDITS.csv").write_bytes(text.encode("latin-1", errors="replace"))
    assert read_credits(tmp_path)["b.jpg"].author == "Müller"


def names_of(folder: Path, images: Path) -> list[str]:
    return list(read_gallery(folder, images).image_ids)


@pytest.mark.parametrize("prefix", ["C:\\Users\\me\\", "/home/me/", "../", "photos/"])
def test_rows_named_on_another_computer(tmp_path: Path, prefix: str) -> None:
    """The original project's npz takes its names from the captions file, others from an array."""
    folder = save_original(tmp_path / "old")
    before = names_of(folder, tmp_path / "images")
    path = folder / "captions_tokenized.csv"
    header, *lines = path.read_text(encoding="utf-8").split("\n")
    separator = "\\" if "\\" in prefix else "/"
    whole = {name.rpartition("/")[2]: name for name in before}
    cells = [line.partition(",") for line in lines]
    moved = [
        prefix + whole[cell[0].rpartition("/")[2]].replace("/", separator) + "," + cell[2] for cell in cells if cell[0]
    ]
    path.write_text("\n".join([header, *moved, ""]), encoding="utf-8")
    assert names_of(folder, tmp_path / "images") == before
    with np.load(folder / "aligned_embeddings.npz") as stored:
        rows = stored["image"]
    names = [line.partition(",")[0] for line in moved if line]
    np.savez(folder / "aligned_embeddings.npz", image=rows, image_ids=np.array(names))
    assert names_of(folder, tmp_path / "images") == before
    # Without the folder nobody can look, and the rows are kept under what names they have.
    assert len(names_of(folder, tmp_path / "nowhere")) == len(before)


def test_a_row_is_not_taken_for_its_namesake(tmp_path: Path) -> None:
    pictures(tmp_path / "images", "val/0001.png")
    folder = tmp_path / "data"
    folder.mkdir()
    rows = np.eye(2, 8, dtype=np.float32)
    np.savez(folder / "aligned_embeddings.npz", image=rows, image_ids=np.array(["train/0001.png", "val/0001.png"]))
    gallery = read_gallery(folder, tmp_path / "images")
    assert gallery.image_ids == ("train/0001.png", "val/0001.png")
    assert [problem.code for problem in gallery.problems if problem.severity == "warning"] == ["pictures_missing"]
