"""Rows of a table of text: the mark between columns, the header or none, quotes, and rows of the wrong length."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from t2i_core.dataset.open_quotes import Quoting, read_loosely
from t2i_core.dataset.picture_names import list_some
from t2i_core.dataset.text_decoding import text_lines
from t2i_core.errors import DatasetError, count_of
from t2i_core.pictures.folder import PICTURE_SUFFIXES
from t2i_core.types import Problem

CAPTION_COLUMNS = ("clean_caption", "caption")
# What other programs call the two columns; the first that a file has is taken.
IMAGE_NAMES = ("image", "file_name", "filename", "image_name", "image_file", "image_path", "filepath", "path", "img")
CAPTION_NAMES = (*CAPTION_COLUMNS, "text", "title", "comment", "description", "sentence", "raw")
MOST_COLUMNS = 1_000
MARKS = (",", ";", "\t", "|")
MAX_FIELD_CHARACTERS = 2**31 - 1
_MARK_LINE = re.compile(r'\s*"?sep=(?P<mark>\\t|[^\r\n"]?)"?[\s,;]*', re.IGNORECASE)
_SPACED_QUOTE = re.compile(r'[,;|] +"')
_TOKEN_NUMBER = re.compile(r"#\d+$")  # "1000268201_693b08cb0e.jpg#0" of Flickr8k

# The default, 131,072 characters, would turn a long caption into an error.
csv.field_size_limit(MAX_FIELD_CHARACTERS)


@dataclass(frozen=True)
class TableRows:
    """Column names, rows, the line each row starts on, the mark between columns, and columns the file gives no name."""

    columns: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    problems: list[Problem] = field(default_factory=list)
    unnamed: tuple[str, ...] = ()


def split_rows(text: str, path: Path) -> TableRows:
    """A table's rows under column names of which ``image`` and ``caption`` (or ``clean_caption``) are two.

    A first line ``sep=;`` is obeyed. A file without a header is read when its first or last column holds picture
    names. A quote that is not closed is part of the text, and swallows no rows.

    Raises
    ------
    DatasetError
        When the text is empty, has no such columns, or one of them twice.
    """
    first, skipped, mark = _first_line(text)
    if not first.strip():
        raise DatasetError(
            f"A captions file needs a first line with the column names, got an empty file: {path}. "
            "Write image,caption in its first line and one caption per line below."
        )
    delimiter, headless = _marks(first, mark)
    header, rows, lines, problems = _records(text, skipped, delimiter or headless or mark or ",", path)
    if headless:
        rows, lines = [header, *rows], [_line_of_first(text, skipped), *lines]
        columns, note = _without_header(rows, headless, path)
        return TableRows(columns, rows, lines, headless, [note, *problems])
    columns, repeated = check_columns(header, path)
    unnamed = tuple(name for name, spelled in zip(columns, header, strict=False) if not spelled.strip())
    return TableRows(columns, rows, lines, delimiter or ",", [*repeated, *problems], unnamed)


def looks_like_table(text: str) -> bool:
    """Whether the first line of a text names the columns of pictures and captions, or holds one of each."""
    first, _, mark = _first_line(text)
    return any(_marks(first, mark))


def _marks(first: str, named: str) -> tuple[str, str]:
    """The mark between columns when the first line names them, else when it is a picture and its caption already."""
    marks = (named, *MARKS) if named else MARKS
    delimiter = next((mark for mark in marks if has_columns(_fields(first, mark))), "")
    headless = "" if delimiter else next((mark for mark in marks if _names_a_picture(_fields(first, mark))), "")
    return delimiter, headless


def _first_line(text: str) -> tuple[str, int, str]:
    """The first line that holds something, how many characters stand before it, and the mark a ``sep=`` line names."""
    start, mark = 0, ""
    for line in re.finditer(r"[^\r\n]+", text):
        if not line.group().strip():
            continue
        named = _MARK_LINE.fullmatch(line.group())
        if named is None or start:
            return line.group(), line.start(), mark
        start, mark = line.end(), {"\\t": "\t"}.get(named["mark"], named["mark"])
    return "", len(text), mark


def _records(
    text: str, skipped: int, delimiter: str, path: Path
) -> tuple[list[str], list[list[str]], list[int], list[Problem]]:
    body, before = text[skipped:], _line_of_first(text, skipped) - 1
    quoting = Quoting(delimiter, spaced=_SPACED_QUOTE.search(body) is not None)
    if '"' not in body:
        records = _read_plainly(body, delimiter)
        opened: list[int] = []
    else:
        records, opened = read_loosely(body, quoting)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, fields in records:
        if header:
            rows.append(fields)
            lines.append(line + before)
        else:
            header = fields
    problems = []
    if opened:
        where = "line" if len(opened) == 1 else "lines"
        problems.append(
            Problem(
                "warning",
                "captions_open_quotes",
                f"{count_of(len(opened), 'row')} of {path.name} ({where} {list_some([line + before for line in opened])}) "
                f"{'opens' if len(opened) == 1 else 'open'} a quote that does not close its field. "
                "The quote was read as part of the text.",
                'Close it, or write a quote inside a caption twice: "".',
            )
        )
    return header, rows, lines, problems


def _read_plainly(body: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Records of a text without any quote: each line is one."""
    return [
        (number, line.split(delimiter)) for number, line in enumerate(text_lines(body), start=1) if line.strip("\r\n")
    ]


def _line_of_first(text: str, skipped: int) -> int:
    return len(text_lines(text[:skipped]))


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def plain_column(name: str) -> str:
    """A column's name as it is compared: ``Image Name`` is ``image_name``."""
    return re.sub(r"[\s_-]+", "_", name.strip().strip("\ufeff\"'").strip().casefold())


def has_columns(header: Sequence[str]) -> bool:
    """Whether one of the names is that of a column of pictures, and one of captions."""
    names = {plain_column(name) for name in header}
    return bool(names & set(IMAGE_NAMES)) and bool(names & set(CAPTION_NAMES))


def names_picture(cell: str) -> bool:
    """Whether a cell holds what looks like the name of a picture."""
    name = _TOKEN_NUMBER.sub("", cell.strip().strip('"').strip())
    return "." in name and len(name) < 1_000 and "." + name.rpartition(".")[2].lower() in PICTURE_SUFFIXES


def _names_a_picture(fields: Sequence[str]) -> bool:
    return len(fields) > 1 and (names_picture(fields[0]) or names_picture(fields[-1]))


def _without_header(rows: list[list[str]], delimiter: str, path: Path) -> tuple[list[str], Problem]:
    """Make rows of picture name and caption of what they hold, in place: our own list, not yet shared."""
    first = names_picture(rows[0][0])
    for position, fields in enumerate(rows):
        fields = _trimmed(fields, 2)
        name, rest = (fields[0], fields[1:]) if first else (fields[-1], fields[:-1])
        rows[position] = [_TOKEN_NUMBER.sub("", name.strip()), delimiter.join(rest)]
    read = "the first column was read as picture names and the rest as captions"
    if not first:
        read = "the last column was read as picture names and the rest as captions"
    message = f"{path.name} has no line with column names, so {read}."
    return ["image", "caption"], Problem(
        "note", "captions_no_header", message, "Write image,caption in its first line to be sure."
    )


def check_columns(header: Sequence[str], path: Path) -> tuple[list[str], list[Problem]]:
    """Column names with the needed ones in their usual spelling, without unnamed ones at the end.

    Raises
    ------
    DatasetError
        When a needed one is missing or stands there twice, or there are very many.
    """
    header = _trimmed(list(header), 0)
    if len(header) > MOST_COLUMNS:
        raise DatasetError(
            f"A captions file may have at most {MOST_COLUMNS:,} columns, got {len(header):,} in {path}. "
            "Keep image, caption, and the columns to filter by."
        )
    if not has_columns(header):
        received = list_some([name.strip()[:40] for name in header], limit=8)
        raise DatasetError(
            f"A captions file needs the columns image and caption (or clean_caption), got {received} in {path}. "
            "Rename its columns in the first line."
        )
    plain = [plain_column(name) for name in header]
    image = next(name for name in IMAGE_NAMES if name in plain)
    caption = next(name for name in CAPTION_NAMES if name in plain)
    usual = {image: "image", caption: caption if caption in CAPTION_COLUMNS else "caption"}
    usual |= {name: name for name in CAPTION_COLUMNS if name in plain}
    columns = [usual.get(name, spelled.strip()) for name, spelled in zip(plain, header, strict=True)]
    counts = Counter(columns)
    needed = sorted(name for name in set(usual.values()) if counts[name] > 1)
    if needed:
        raise DatasetError(
            f"Each column of a captions file needs its own name, got {list_some(needed)} more than once in {path}. "
            "Rename one of them."
        )
    return _own_names(columns, counts, path)


def _own_names(columns: list[str], counts: Counter[str], path: Path) -> tuple[list[str], list[Problem]]:
    """Each column under a name of its own: repeated and missing names get a number."""
    repeated = [name for name, count in counts.items() if count > 1 and name]
    taken = set(columns)
    named: list[str] = []
    seen: Counter[str] = Counter()
    for position, name in enumerate(columns, start=1):
        seen[name] += 1
        own = name if name and seen[name] == 1 else f"{name} ({seen[name]})" if name else f"column {position}"
        while own != name and own in taken:
            own += "_"
        taken.add(own)
        named.append(own)
    if not repeated:
        return named, []
    message = f"{path.name} has {count_of(len(repeated), 'column name')} more than once: {list_some(repeated)}. They got numbers."
    return named, [Problem("note", "captions_repeated_columns", message, "Give each column its own name.")]


def _trimmed(fields: list[str], width: int) -> list[str]:
    """Fields without the empty ones after ``width``, which spreadsheets leave behind."""
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return fields[:end]


def square_rows(
    rows: list[list[str]], lines: list[int], width: int, *, delimiter: str, joined: bool, path: Path
) -> list[Problem]:
    """Give every row ``width`` fields, in place: our own list, not yet shared.

    With ``joined`` what is too much belongs to the last column; otherwise such rows become empty.
    """
    for position, row in enumerate(rows):
        if len(row) > width:
            rows[position] = _trimmed(row, width)
    long = [position for position, row in enumerate(rows) if len(row) > width]
    short = [position for position, row in enumerate(rows) if len(row) < width]
    for position in short:
        rows[position] = rows[position] + [""] * (width - len(rows[position]))
    for position in long:
        row = rows[position]
        # An unquoted mark in a last column can only be the caption's own; elsewhere nobody can tell.
        rows[position] = [*row[: width - 1], delimiter.join(row[width - 1 :])] if joined else [""] * width
    problems = []
    if long:
        done = "What follows the last one was read as part of the caption." if joined else "Those rows were left out."
        problems.append(
            Problem(
                "warning",
                "captions_long_rows",
                f"{rows_subject(path, long, lines)} more than {width} fields. {done}",
                f"Put captions that hold {delimiter!r} in double quotes.",
            )
        )
    if short:
        problems.append(
            Problem(
                "warning",
                "captions_short_rows",
                f"{rows_subject(path, short, lines)} fewer than {width} fields. The missing ones were read as empty.",
                "Complete those lines.",
            )
        )
    return problems


def rows_subject(path: Path, positions: Sequence[int], lines: Sequence[int], verb: str = "have") -> str:
    """``2 rows of captions.csv (lines 3, 9) have``: the subject of a message about rows."""
    verb = {"have": "has"}.get(verb, verb + "s") if len(positions) == 1 else verb
    where = "line" if len(positions) == 1 else "lines"
    listed = list_some([lines[position] for position in positions])
    return f"{count_of(len(positions), 'row')} of {path.name} ({where} {listed}) {verb}"
