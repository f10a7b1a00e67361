"""Text of people's files: which encoding it has, where its lines end, and which files hold no text at all."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from pathlib import Path

from t2i_core.dataset.legacy_encodings import guess_encoding
from t2i_core.dataset.picture_names import list_some
from t2i_core.errors import DatasetError
from t2i_core.types import Problem

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4_096
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 64  # bytes from the beginning, where a file has its column names or its first words
_WRONG = re.compile(r"[\udc80-\udcff]+")  # bytes that are no UTF-8, as "surrogateescape" writes them
_CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\ufffd]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NO_TEXT = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x1f\x8b", "a file compressed with gzip"),
    (b"BZh", "a file compressed with bzip2"),
    (b"\xfd7zXZ\x00", "a file compressed with xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x93NUMPY", "a NumPy array"),
)
_IN_ZIP = (
    (re.compile(r"^xl/"), "an Excel workbook"),
    (re.compile(r"^word/"), "a Word document"),
    (re.compile(r"^Index/.*\.iwa$|^Index\.zip$"), "a Numbers document"),
    (re.compile(r"\.npy$"), "a NumPy archive"),
)
_SAVE = {
    "an Excel workbook": "Save it as CSV UTF-8 (File, Save As).",
    "an OpenDocument spreadsheet": "Save it as Text CSV, in UTF-8 (File, Save As).",
    "a Numbers document": "Export it as CSV (File, Export To).",
}


def decode_text(data: bytes, path: Path) -> tuple[str, list[Problem]]:
    """Text of a file in UTF-8, UTF-16 or UTF-32 (with or without byte order mark), or in an older 8-bit encoding.

    UTF-8 with a few wrong bytes stays UTF-8: what they most likely meant is put there, and the lines are
    named. Any older encoding is noted.

    Raises
    ------
    DatasetError
        When the file holds no text (a workbook, an archive, a picture), or nobody can tell its encoding.
    """
    refuse_no_text(data, path)
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    if encoding not in {None, "utf-8-sig"}:
        return data.decode(str(encoding), errors="replace"), []
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        first = _line_of(data, error.start)
    text, wrong, single = _repaired(data)
    good = len(_BEYOND_ASCII.findall(text)) - len(_BEYOND_ASCII.findall("".join(single)))
    # Letters of an older encoding hardly ever make up characters of UTF-8.
    if encoding is not None or good >= len(single):
        lines = list(dict.fromkeys(wrong))
        problem = Problem(
            "warning",
            "captions_bad_bytes",
            f"{path.name} is UTF-8 but for {len(wrong):,} wrong {'byte' if len(wrong) == 1 else 'bytes'} "
            f"({'line' if len(lines) == 1 else 'lines'} {list_some(lines)}), read as what was most likely meant.",
            "Check what stands there.",
        )
        return text, [problem]
    name, label = guess_encoding(data, path, line=first)
    problem = Problem(
        "note",
        "captions_latin1",
        f"{path.name} is not UTF-8 (line {first}), so it was read as {label}.",
        "Check its accented letters; save it as UTF-8 to be sure.",
    )
    return data.decode(name, errors="replace"), [problem]


def text_lines(text: str) -> list[str]:
    """Lines of a text: they end at line feeds and carriage returns, and at nothing else that a text may hold."""
    return _LINE_END.split(text)


def refuse_no_text(data: bytes, path: Path) -> None:
    """DatasetError when a file begins like one that holds no text."""
    kind = next((kind for mark, kind in _NO_TEXT if data.startswith(mark)), "")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        kind = "a picture"
    if data.startswith(b"PK\x03\x04"):
        kind = _kind_of_zip(data)
    sample = data[:_LOOKED_AT]
    if not kind and len(_CONTROLS.findall(sample)) > 0.1 * len(sample) and _unmarked(data) is None:
        kind = "" if data.startswith(tuple(mark for mark, _ in _MARKS)) else "a binary file"
    if kind:
        raise DatasetError(
            f"{path} must be a file of text, and is {kind}. {_SAVE.get(kind, 'Name a file of text, for captions a CSV.')}"
        )


def _kind_of_zip(data: bytes) -> str:
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in data[:200]:
        return "an OpenDocument spreadsheet"
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        names = []
    return next((kind for part, kind in _IN_ZIP if any(part.search(name) for name in names)), "a ZIP archive")


def _unmarked(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zeros lie in its first characters."""
    sample = data[:_SAMPLE]
    if b"\x00" not in sample:
        return None
    for width, encoding, place in ((4, "utf-32-le", 0), (4, "utf-32-be", 3), (2, "utf-16-le", 0), (2, "utf-16-be", 1)):
        whole = sample[: len(sample) // width * width]
        characters = whole[place::width]
        others = [byte for start in range(width) if start != place for byte in whole[start::width]]
        # Names of columns are ASCII; a few letters of other scripts may stand beside them.
        if len(characters) >= 4 and 0 not in characters and others.count(0) >= 0.75 * len(others):
            return encoding
    return None


def _repaired(data: bytes) -> tuple[str, list[int], list[str]]:
    """The text of nearly-UTF-8, the line of each of its wrong bytes, and what those were taken for that stand alone."""
    escaped = data.decode("utf-8", errors="surrogateescape")
    lines: list[int] = []
    text: list[str] = []
    single: list[str] = []
    line, last = 1, 0
    for match in _WRONG.finditer(escaped):
        line += _breaks(escaped[last : match.start()])
        bad = match.group().encode("utf-8", errors="surrogateescape")
        # One byte alone comes from an older encoding; several, or the file's last, are a character that was cut.
        cut = _CUT.fullmatch(bad) is not None or (match.end() == len(escaped) and bad[-1] >= 0xC2)
        taken_for = "\ufffd" if cut else bad.decode("cp1252", errors="replace")
        text += [escaped[last : match.start()], taken_for]
        single += [] if cut else taken_for
        lines += [line] * len(bad)
        last = match.end()
    return "".join([*text, escaped[last:]]), lines, single


def _breaks(text: str) -> int:
    return sum(1 for _ in _LINE_END.finditer(text))


def _line_of(data: bytes, position: int) -> int:
    return _breaks(data[:position].decode("latin-1")) + 1
