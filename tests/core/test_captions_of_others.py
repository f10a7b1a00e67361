"""Captions as other programs and people write them: read rightly, or refused in one sentence, and nothing lost."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from t2i_core.dataset import read_captions
from t2i_core.errors import DatasetError

TWO = [("p1.jpg", "a toucan"), ("p2.jpg", "a red panda")]


def read(tmp_path: Path, content: bytes | str, name: str = "captions.csv") -> tuple[list[tuple[str, str]], list[str]]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = read_captions(path)
    return list(zip(table.images, table.captions, strict=True)), [problem.code for problem in table.problems]


def refused(tmp_path: Path, content: bytes | str, name: str = "captions.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DatasetError) as caught:
        read_captions(path)
    return str(caught.value).replace(str(path), name)


# Columns and marks


@pytest.mark.parametrize(
    "content",
    [
        "image,caption,,\r\np1.jpg,a toucan,,\r\np2.jpg,a red panda,,\r\n",
        "image,caption\np1.jpg,a toucan,\np2.jpg,a red panda,,,,\n",
        "image,,caption\np1.jpg,,a toucan\np2.jpg,,a red panda\n",
        "sep=;\r\nimage;caption\r\np1.jpg;a toucan\r\np2.jpg;a red panda\r\n",
        "\ufeffsep=;\r\nimage;caption\r\np1.jpg;a toucan\r\np2.jpg;a red panda\r\n",
        '"sep=|"\nimage|caption\np1.jpg|a toucan\np2.jpg|a red panda\n',
        "SEP=\t\nimage\tcaption\np1.jpg\ta toucan\np2.jpg\ta red panda\n",
        "file_name,text\np1.jpg,a toucan\np2.jpg,a red panda\n",
        "filepath\ttitle\np1.jpg\ta toucan\np2.jpg\ta red panda\n",
        "Image Name;Caption \np1.jpg;a toucan\np2.jpg;a red panda\n",
        '"FILE-NAME","Description"\n"p1.jpg","a toucan"\n"p2.jpg","a red panda"\n',
        "caption,image\na toucan,p1.jpg\na red panda,p2.jpg\n",
        "\n \nimage_name| comment_number| comment\np1.jpg| 0| a toucan\np2.jpg| 1| a red panda\n",
        "image,caption\rp1.jpg,a toucan\rp2.jpg,a red panda",
        'image, caption\np1.jpg, "a toucan"\np2.jpg, a red panda\n',
        "image,caption" + "," * 20_000 + "\np1.jpg,a toucan" + "," * 20_000 + "\np2.jpg,a red panda\n",
    ],
)
def test_tables_are_read(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == (TWO, [])


@pytest.mark.parametrize(
    "content",
    [
        "p1.jpg,a toucan\np2.jpg,a red panda\n",
        "p1.jpg\ta toucan\np2.jpg\ta red panda\n",
        "p1.jpg#0\ta toucan\np2.jpg#0\ta red panda\n",
        '\n"p1.jpg";"a toucan"\n"p2.jpg";"a red panda"\n',
        "a toucan,p1.jpg\na red panda,p2.jpg\n",
        "p1.jpg,a toucan,,\np2.jpg,a red panda,,\n",
        "sep=,\np1.jpg,a toucan\np2.jpg,a red panda\n",
    ],
)
def test_tables_without_a_header_are_read_and_said(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == (TWO, ["captions_no_header"])


def test_a_caption_without_a_header_keeps_its_commas(tmp_path: Path) -> None:
    content = "p1.jpg, a bird, black and yellow .\np1.jpg,\n"
    assert read(tmp_path, content) == (
        [("p1.jpg", "a bird, black and yellow .")],
        ["captions_no_header", "captions_empty"],
    )


def test_columns_called_alike_get_numbers(tmp_path: Path) -> None:
    path = tmp_path / "captions.csv"
    path.write_text("image,caption,tag,tag,,x\np1.jpg,a toucan,bird,zoo,why,1\n", encoding="utf-8")
    table = read_captions(path)
    assert table.other_columns == {"tag": ("bird",), "tag (2)": ("zoo",), "column 5": ("why",), "x": ("1",)}
    assert [problem.code for problem in table.problems] == ["captions_repeated_columns"]


def test_the_usual_names_come_before_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "captions.csv"
    path.write_text("title,image,text,caption,path\nT,p1.jpg,X,a toucan,/x/p9.jpg\n", encoding="utf-8")
    table = read_captions(path)
    assert (table.images, table.captions) == (("p1.jpg",), ("a toucan",))
    assert table.other_columns == {"title": ("T",), "text": ("X",), "path": ("/x/p9.jpg",)}


def test_swapped_columns_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "image,caption\na toucan,p1.jpg\na red panda,p2.jpg\n") == (
        "The column image must name pictures, and in captions.csv the column caption does, first 'p1.jpg'. "
        "Swap the two names in its first line."
    )


def test_very_many_columns_are_refused(tmp_path: Path) -> None:
    header = ",".join(["image", "caption", *(f"c{number}" for number in range(100_000))])
    assert refused(tmp_path, header + "\np1.jpg,a toucan\n") == (
        "A captions file may have at most 1,000 columns, got 100,002 in captions.csv. "
        "Keep image, caption, and the columns to filter by."
    )


# Quotes


@pytest.mark.parametrize(
    ("content", "captions", "opened"),
    [
        ('image,caption\np1.jpg,"a toucan\np2.jpg,a red panda\n', ['"a toucan', "a red panda"], True),
        ('image\tcaption\np1.jpg\t"Toucan\np2.jpg\tthree "solar" boxes\np3.jpg\t"Ruins',
         ['"Toucan', 'three "solar" boxes', '"Ruins'], True),
        ('image,caption\np1.jpg,"Toucan" says it\np2.jpg,a\n', ['"Toucan" says it', "a"], True),
        # two stray quotes that look like one field of three rows
        ('image,caption\np1.jpg,"a toucan\np2.jpg,a red panda\np3.jpg,12"\n', ['"a toucan', "a red panda", '12"'], True),
        ('image,caption\np1.jpg,a 12" pizza\np2.jpg,say ""hi""\n', ['a 12" pizza', 'say ""hi""'], False),
        ('image,caption\np1.jpg,"a ""red"" panda, two"\n', ['a "red" panda, two'], False),
        ('image,caption\np1.jpg,"a toucan" \np2.jpg,"b"\n', ["a toucan", "b"], False),
        ('image,caption\np1.jpg, "a dog, brown"\n', ["a dog, brown"], False),
        ('image,caption\r\np1.jpg,"one\r\ntwo\r\n\r\nthree"\r\np2.jpg,x\r\n', ["one\r\ntwo\r\n\r\nthree", "x"], False),
        ('image,caption\rp1.jpg,"one\rtwo"\rp2.jpg,"open\rp3.jpg,y\r', ["one\rtwo", '"open', "y"], True),
        ('image,caption\np1.jpg,"' + "\n- item" * 500 + '"\np2.jpg,x\n', [("\n- item" * 500).strip(), "x"], False),
        ('image,caption\np1.jpg,"' + "long " * 100_000 + '"\n', [("long " * 100_000).strip()], False),
        ('image,caption,note\np1.jpg,a,"open\np2.jpg,b,"closed"\n', ["a", "b"], True),
        ('"image","caption"\n"p1.jpg","a"\n"p2.jpg","b\n"p3.jpg","c"\n', ["a", '"b', "c"], True),
    ],
)  # fmt: skip
def test_quotes_swallow_nothing(tmp_path: Path, content: str, captions: list[str], opened: bool) -> None:
    rows, codes = read(tmp_path, content)
    assert [caption for _, caption in rows] == captions
    assert codes == (["captions_open_quotes"] if opened else [])


def test_open_quotes_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "captions.csv"
    path.write_text('sep=,\n\nimage,caption\np1.jpg,"one\ntwo"\np2.jpg,"open\np3.jpg,x\n', encoding="utf-8")
    table = read_captions(path)
    assert table.captions == ("one\ntwo", '"open', "x")
    assert "(line 6) opens a quote" in str(table.problems[0])


def test_ten_thousand_open_quotes_take_no_time(tmp_path: Path) -> None:
    content = "image,caption\n" + "".join(f'p{row}.jpg,"open {row}\n' for row in range(10_000))
    assert len(read(tmp_path, content)[0]) == 10_000


# Encodings

POLISH = "żółw i gęś, ślimak źle"
CZECH = "Žena, děti a kůň běží"


@pytest.mark.parametrize(
    ("caption", "encoding", "code"),
    [
        ("犬が走る ☕", "utf-16-le", []),
        ("犬が走る ☕", "utf-16-be", []),
        ("犬が走る 🐻", "utf-16", []),
        ("犬が走る 🐻", "utf-32", []),
        ("犬が走る 🐻", "utf-32-be", []),
        ("don’t – “naïve” café", "cp1252", ["captions_latin1"]),
        ("¿Qué? 20°C ½", "latin-1", ["captions_latin1"]),
        (POLISH, "iso8859-2", ["captions_latin1"]),
        (POLISH, "cp1250", ["captions_latin1"]),
        (CZECH, "iso8859-2", ["captions_latin1"]),
        (CZECH, "cp1250", ["captions_latin1"]),
    ],
)
def test_encodings(tmp_path: Path, caption: str, encoding: str, code: list[str]) -> None:
    assert read(tmp_path, f'image,caption\np1.jpg,"{caption}"\n'.encode(encoding)) == ([("p1.jpg", caption)], code)


def test_a_file_of_excel_for_mac(tmp_path: Path) -> None:
    content = "image;caption\rp1.jpg;Café für Mädchen\r".encode("mac_roman")
    assert read(tmp_path, content) == ([("p1.jpg", "Café für Mädchen")], ["captions_latin1"])


@pytest.mark.parametrize(
    ("caption", "encoding"),
    [("собака на пляже", "cp1251"), ("собака на пляже", "koi8-r"), ("狗在沙滩上奔跑", "gb18030")],
)
def test_other_scripts_must_be_utf8(tmp_path: Path, caption: str, encoding: str) -> None:
    assert refused(tmp_path, f"image,caption\np1.jpg,{caption}\n".encode(encoding)) == (
        "Text must be UTF-8 where its letters are not Latin, and captions.csv is not (line 2). "
        "Save it as UTF-8 in the program that made it."
    )


def test_a_wrong_byte_keeps_utf8_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "captions.csv"
    path.write_bytes("image,caption\np1.jpg,Café Fluß\np2.jpg,na".encode() + b"\xefve\np3.jpg,\xf0\x9f\x90, a b\xe4r\n")
    table = read_captions(path)
    assert table.captions == ("Café Fluß", "naïve", "\ufffd, a bär")
    assert (
        str(table.problems[0])
        == (
            "warning: captions.csv is UTF-8 but for 5 wrong bytes (lines 3, 4), read as what was most likely meant. "
            "Check what stands there."
        )
        or table.problems[0].code == "captions_latin1"
    )


# What is no text


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (zipped(xl__workbook=b"x"), "an Excel workbook. Save it as CSV UTF-8 (File, Save As)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an Excel workbook. Save it as CSV UTF-8 (File, Save As)."),
        (
            zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
            "an OpenDocument spreadsheet. Save it as Text CSV, in UTF-8 (File, Save As).",
        ),
        (zipped(**{"Index__Document.iwa": b"x"}), "a Numbers document. Export it as CSV (File, Export To)."),
        (zipped(**{"image.npy": b"x"}), "a NumPy archive. Name a file of text, for captions a CSV."),
        (zipped(**{"captions.csv": b"image,caption"}), "a ZIP archive. Name a file of text, for captions a CSV."),
        (b"PK\x03\x04 cut", "a ZIP archive. Name a file of text, for captions a CSV."),
        (b"PAR1" + bytes(range(256)), "a Parquet file. Name a file of text, for captions a CSV."),
        (
            gzip.compress(b"image,caption\n", mtime=0),
            "a file compressed with gzip. Name a file of text, for captions a CSV.",
        ),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "a picture. Name a file of text, for captions a CSV."),
        (b"%PDF-1.7\n", "a PDF. Name a file of text, for captions a CSV."),
        (bytes(range(256)) * 20, "a binary file. Name a file of text, for captions a CSV."),
        (bytes(5_000), "a binary file. Name a file of text, for captions a CSV."),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path: Path, content: bytes, kind: str) -> None:
    assert refused(tmp_path, content) == f"captions.csv must be a file of text, and is {kind}"


def test_zeros_at_the_end_lose_nothing_before_them(tmp_path: Path) -> None:
    content = b"image,caption\np1.jpg,a tou\0can\np2.jpg,a red panda\n" + bytes(4)
    rows, codes = read(tmp_path, content)
    assert rows == TWO
    assert codes == ["captions_short_rows", "captions_zeros", "captions_bad_names"]


def test_noise_is_refused_or_read_without_a_traceback(tmp_path: Path) -> None:
    for seed in range(40):
        noise = random.Random(seed).randbytes(200 + seed)
        for content in (noise, b"image,caption\n" + noise, "image,caption\n".encode("utf-16") + noise):
            try:
                read(tmp_path, content)
            except DatasetError as error:
                assert "\n" not in str(error)


# Empty and nothing


@pytest.mark.parametrize(
    "content", ["image;caption\n", "image\tcaption", "file_name,text\r\n\r\n", "[]", '{"data": []}']
)
def test_no_rows_are_said(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == ([], ["captions_none"])


@pytest.mark.parametrize("nothing", ["", " ", "nan", "NaN", "None", "null", "NULL", "#N/A"])
def test_what_programs_write_for_nothing_is_no_caption(tmp_path: Path, nothing: str) -> None:
    content = f"image,caption\np1.jpg,{nothing}\np1.jpg,a toucan\np2.jpg,a red panda\n"
    assert read(tmp_path, content) == (TWO, ["captions_empty"])


def test_numbers_and_words_like_none_are_captions(tmp_path: Path) -> None:
    content = "image,caption\np1.jpg,42\np2.jpg,nan bread\np3.jpg,none of them\n"
    assert [caption for _, caption in read(tmp_path, content)[0]] == ["42", "nan bread", "none of them"]
