"""Records of a table whose quotes may not close: a quote swallows no rows, and a field in quotes has any length."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property

from t2i_core.pictures.folder import PICTURE_SUFFIXES

_LINE_END = re.compile(r"\r\n|\r|\n")
_SUFFIXES = "|".join(re.escape(suffix) for suffix in sorted(PICTURE_SUFFIXES))


@dataclass(frozen=True)
class Quoting:
    """How fields are told apart; ``spaced`` when blanks stand between a mark and a quote."""

    delimiter: str
    spaced: bool = False

    @cached_property
    def quoted(self) -> re.Pattern[str]:
        """A whole field in quotes, closed before the next mark or line end."""
        mark = re.escape(self.delimiter)
        blanks = " *" if self.spaced else ""
        return re.compile(rf'{blanks}"((?:[^"]++|"")*+)"[ ]*(?={mark}|[\r\n]|\Z)')

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """A field without quotes around it."""
        return re.compile(rf"[^{re.escape(self.delimiter)}\r\n]*")

    @cached_property
    def row_inside(self) -> re.Pattern[str]:
        """A line inside a field that begins as a row does: with the name of a picture and a mark."""
        mark = re.escape(self.delimiter)
        return re.compile(rf'[\r\n] *"?[^\r\n"{mark}]{{0,500}}(?:{_SUFFIXES})(?:#\d+)?"? *{mark}', re.IGNORECASE)


def read_loosely(body: str, quoting: Quoting) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """Records with the line each starts on, and the lines of quotes that open a field and do not close it.

    Such a quote is part of the text, which ends at the next mark or line end. So is one whose field would swallow
    lines that begin with a picture's name: two stray quotes can look like one field of many rows.
    """
    read = _read_strictly(body, quoting)
    if read is not None:
        return read, []
    records: list[tuple[int, list[str]]] = []
    opened: list[int] = []
    at, line, end = 0, 1, len(body)
    while at < end:
        fields: list[str] = []
        start = line
        while True:
            match = quoting.quoted.match(body, at)
            if match is not None and not quoting.row_inside.search(match.group()):
                fields.append(match[1].replace('""', '"'))
                line += len(_LINE_END.findall(match[1]))
            else:
                match = quoting.plain.match(body, at)
                assert match is not None  # it matches nothing, too
                fields.append(match.group())
                if match.group().lstrip(" ").startswith('"') and line not in opened[-1:]:
                    opened.append(line)
            at = match.end()
            if body.startswith(quoting.delimiter, at):
                at += 1
                continue
            break
        line_end = _LINE_END.match(body, at)
        if line_end is not None:
            at, line = line_end.end(), line + 1
        if fields != [""]:
            records.append((start, fields))
    return records, opened


def _read_strictly(body: str, quoting: Quoting) -> list[tuple[int, list[str]]] | None:
    """As the csv module reads it, much quicker; None where a quote is not closed, or may not have been meant to be."""
    reader = csv.reader(
        io.StringIO(body, newline=""), delimiter=quoting.delimiter, strict=True, skipinitialspace=quoting.spaced
    )
    records: list[tuple[int, list[str]]] = []
    last = 0
    try:
        for row in reader:
            spanned = reader.line_num - last
            if spanned > 1 and any(quoting.row_inside.search(field) for field in row):
                return None
            if row:
                records.append((last + 1, row))
            last = reader.line_num
    except csv.Error:
        return None
    return records
