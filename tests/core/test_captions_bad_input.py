"""Captions files and manifests that are wrong or unusual: what is said, and that nothing is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_captions, read_gallery
from t2i_core.errors import DatasetError
from tests.core.bad_datasets import CAPTIONS, EMBEDDINGS, change, folders, no_settings, problem, refused  # noqa: F401 - a fixture
from tests.core.small_galleries import save_original, save_ours


def captions_refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "captions.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_captions(path)
    return str(caught.value).replace(str(path), "captions.csv")


def captions_of(tmp_path: Path, content: bytes) -> tuple[tuple[str, ...], list[str]]:
    path = tmp_path / "captions.csv"
    path.write_bytes(content)
    table = read_captions(path)
    return table.captions, [str(item) for item in table.problems]


def test_columns_missing(tmp_path: Path) -> None:
    assert captions_refused(tmp_path, b"file,text\na.jpg,dog\n") == (
        "A captions file needs the columns image and caption (or clean_caption), got 'file', 'text' in captions.csv. "
        "Rename its columns in the first line."
    )


def test_column_twice(tmp_path: Path) -> None:
    assert captions_refused(tmp_path, b"image,caption,Caption\na.jpg,dog,cat\n") == (
        "Each column of a captions file needs its own name, got 'caption' more than once in captions.csv. "
        "Rename one of them."
    )


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_empty_captions_file(tmp_path: Path, content: bytes) -> None:
    assert captions_refused(tmp_path, content) == (
        "A captions file needs a first line with the column names, got an empty file: captions.csv. "
        "Write image,caption in its first line and one caption per line below."
    )


def test_captions_file_missing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        read_captions(tmp_path / "none.csv")
    assert str(caught.value) == (
        f"The captions file {tmp_path / 'none.csv'} cannot be read: No such file or directory. "
        "Name a CSV file with the columns image and caption."
    )


def test_quote_never_closed(tmp_path: Path) -> None:
    """Nothing is swallowed: the quote is text, and every row after it is read."""
    content = b'image,caption\na.jpg,dog\nb.jpg,"cat\n' + b"".join(b"c%d.jpg,bird\n" % row for row in range(40))
    captions, problems = captions_of(tmp_path, content)
    assert captions == ("dog", '"cat', *["bird"] * 40)
    assert problems == [
        "warning: 1 row of captions.csv (line 3) opens a quote that does not close its field. "
        'The quote was read as part of the text. Close it, or write a quote inside a caption twice: "".'
    ]


def test_header_only(tmp_path: Path) -> None:
    assert captions_of(tmp_path, b"image,caption\n") == (
        (),
        ["warning: captions.csv holds no usable caption. Add one row per caption."],
    )


def test_duplicate_rows(tmp_path: Path) -> None:
    content = b"image,caption\na.jpg,dog\na.jpg, dog \nb.jpg,dog\na.jpg,dog\n"
    assert captions_of(tmp_path, content) == (
        ("dog", "dog"),
        [
            "warning: 2 rows of captions.csv (lines 3, 5) repeat the picture and caption of an earlier row. Read once. "
            "Delete those lines."
        ],
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    assert captions_of(tmp_path, "image,caption\na.jpg,Café ☕\n".encode(encoding)) == (("Café ☕",), [])


def test_latin_1(tmp_path: Path) -> None:
    assert captions_of(tmp_path, "image,caption\nb.jpg,dog\na.jpg,Café\n".encode("latin-1")) == (
        ("dog", "Café"),
        [
            "note: captions.csv is not UTF-8 (line 3), so it was read as Latin-1. "
            "Check its accented letters; save it as UTF-8 to be sure."
        ],
    )


@pytest.mark.parametrize(
    "content",
    [
        b"image;caption\na.jpg;dog\n",
        b"image\tcaption\r\na.jpg\tdog\r\n",
        b"\n\nIMAGE, Caption \na.jpg,dog",
        b"image,caption\ra.jpg,dog\r",
    ],
)
def test_other_separators_and_line_ends(tmp_path: Path, content: bytes) -> None:
    assert captions_of(tmp_path, content) == (("dog",), [])


def test_unquoted_commas(tmp_path: Path) -> None:
    captions, problems = captions_of(tmp_path, b"image,caption\na.jpg,a dog, a cat, a bird\n")
    assert captions == ("a dog, a cat, a bird",)
    assert problems == [
        "warning: 1 row of captions.csv (line 2) has more than 2 fields. What follows the last one was read as part of the "
        "caption. Put captions that hold ',' in double quotes."
    ]


def test_empty_captions_and_names(tmp_path: Path) -> None:
    captions, problems = captions_of(tmp_path, b"image,caption\na.jpg,\n,dog\nb.jpg\nc.jpg,cat\n")
    assert captions == ("cat",)
    assert problems == [
        "warning: 1 row of captions.csv (line 4) has fewer than 2 fields. The missing ones were read as empty. "
        "Complete those lines.",
        "warning: 1 row of captions.csv (line 3) has no picture. Left out. Fill in the image column.",
        "warning: 2 rows of captions.csv (lines 2, 4) have no caption. Left out. Write a caption or delete those lines.",
    ]


@pytest.mark.parametrize(
    ("name", "uniform"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("/etc/passwd", "/etc/passwd"),
        ("C:\\Windows\\win.ini", "C:/Windows/win.ini"),
        ("a/../../b.jpg", "../b.jpg"),
        ("..\\..\\secret.png", "../../secret.png"),
    ],
)
def test_names_outside_the_folder_open_nothing(tmp_path: Path, name: str, uniform: str) -> None:
    """They keep their captions and mean no picture, unless one of the folder is the end of such a path."""
    save_ours(tmp_path / "data")
    with (tmp_path / "data" / CAPTIONS).open("a", encoding="utf-8") as file:
        file.write(f"{name},root\n")
    assert read_captions(tmp_path / "data" / CAPTIONS).images[-1] == uniform
    change(tmp_path / "data", text=np.eye(7, 8, dtype=np.float32))
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert (gallery.captions[-1], gallery.caption_rows[-1]) == ("root", -1)
    assert uniform in problem(tmp_path / "data", "captions_unknown_pictures")


@pytest.mark.parametrize("name", ["a\x00.jpg", "a\u2028.jpg", "x/.."])
def test_names_no_file_can_have(tmp_path: Path, name: str) -> None:
    captions, problems = captions_of(tmp_path, f"image,caption\n{name},root\na.jpg,dog\n".encode())
    assert captions == ("dog",)
    assert problems == [
        f"warning: 1 row of captions.csv (line 2) names a picture as no file can be called, first {name!r}. Left out. "
        "Write the file's name, relative to the image folder."
    ]


def test_an_image_row_named_outside_the_folder(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    path = folder / CAPTIONS
    path.write_text(path.read_text(encoding="utf-8").replace("red.png", "../../etc/passwd"), encoding="utf-8")
    gallery = read_gallery(folder, tmp_path / "images")
    assert gallery.image_ids == ("birds/swan.png", "boats/blue.png", "meadow.png")
    assert gallery.text_embeddings is not None and len(gallery.text_embeddings) == len(gallery.captions) == 6
    assert np.count_nonzero(gallery.caption_rows == -1) == 1
    assert problem(folder, "image_rows_unnamed") == (
        "warning: 1 image row of 6 cannot be used, naming no picture inside the picture folder: row 2. Left out. "
        "Write names relative to the picture folder."
    )


def test_unknown_pictures(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    with (tmp_path / "data" / CAPTIONS).open("a", encoding="utf-8") as file:
        file.write("ghost.jpg,A ghost\n")
    change(tmp_path / "data", text=np.eye(7, 8, dtype=np.float32))
    gallery = read_gallery(tmp_path / "data")
    assert gallery.captions[-1] == "A ghost"
    assert gallery.caption_rows[-1] == -1
    assert problem(tmp_path / "data", "captions_unknown_pictures") == (
        "warning: captions_tokenized.csv names 1 picture without embeddings: 'ghost.jpg'. "
        f"Their captions cannot be searched. Rebuild: python -m t2i_core build {folders(tmp_path / 'data')}"
    )


def test_html_stays_text(tmp_path: Path) -> None:
    html = '<img src=x onerror="alert(1)"> & <b>bold</b>'
    quoted = html.replace('"', '""')
    assert captions_of(tmp_path, f'image,caption\na.jpg,"{quoted}"\n'.encode()) == ((html,), [])


@pytest.mark.parametrize("content", ["{", "[]", "null", '{"format_version": "1"}'])
def test_a_broken_manifest_is_a_warning(tmp_path: Path, content: str) -> None:
    save_ours(tmp_path / "data")
    (tmp_path / "data" / "manifest.json").write_text(content, encoding="utf-8")
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert gallery.manifest is None
    assert re.fullmatch(
        r"warning: manifest\.json (cannot be read \(.*\)|lacks .*), so the model is unknown\. "
        rf"Rebuild: python -m t2i_core build {re.escape(folders(tmp_path / 'data'))}",
        str(gallery.problems[0]),
    )


def test_a_manifest_of_the_future_is_refused(tmp_path: Path) -> None:
    save_ours(tmp_path / "data")
    path = tmp_path / "data" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format_version": 9}), encoding="utf-8")
    assert refused(tmp_path / "data") == (
        f"{path} must have format version 1 or lower, got 9. "
        "Use the newer version of this program that wrote it, or rebuild: "
        f"python -m t2i_core build {folders(tmp_path / 'data')}"
    )
