"""Tables of one row a caption: open_clip's CSV of file paths and titles, and lists of addresses, which are never fetched."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from t2i_core.dataset import CaptionTable, decode_text, list_some, text_lines
from t2i_core.dataset.captions_file import parse_captions, read_table
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import own_column
from t2i_core.importers.report import ImportReport, existing_source, folder_of, read_source, save_import
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Problem

URL_NAMES = ("url", "image_url", "img_url", "link")


def import_openclip(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import open_clip's CSV: ``filepath`` and ``title``, parted by tabs or another mark, one caption a row.

    Parameters
    ----------
    source : Path
        The CSV itself.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        The pictures; the CSV's folder when left out, if it holds some. Whole paths of other computers are matched by their ends.

    Raises
    ------
    DatasetError
        When it has no such columns.
    """
    path = _file(source, "openclip")
    return _save("openclip", parse_captions(read_source(path), path), data_dir, images_dir or _near(path), [])


def import_urls(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import a CSV of addresses and captions, for pictures that are on this disk; **nothing is fetched**.

    A picture is matched by how its address ends, so ``https://…/a/1.jpg?size=2`` means ``a/1.jpg`` or ``1.jpg``. The address
    stays as the column ``url``.

    Parameters
    ----------
    source : Path
        A CSV with a column ``url`` (or ``image_url``, ``img_url``, ``link``) and one of captions.
    data_dir : Path
        Where ``captions_tokenized.csv`` is written.
    images_dir : Path, optional
        Where the pictures were fetched to by another program; the CSV's folder when left out, if it holds some.

    Raises
    ------
    DatasetError
        When it has no such columns.
    """
    path = _file(source, "urls")
    text, _ = decode_text(read_source(path), path)
    first = next((line for line in text_lines(text) if line.strip()), "")
    mark = max(("\t", ",", ";", "|"), key=first.count)
    names = next(csv.reader([first], delimiter=mark), [])
    plain = [name.strip().lower() for name in names]
    column = next((name for name in URL_NAMES if name in plain), None)
    if column is None:
        raise DatasetError(
            f"A CSV of addresses has a column {list_some(URL_NAMES, limit=9)}, got {first[:80]!r} as the first line of {path}. "
            "Rename the column, or use the layout openclip for paths."
        )
    names[plain.index(column)] = "image"
    header = io.StringIO()
    csv.writer(header, delimiter=mark, lineterminator="").writerow(names)
    text = text.replace(first, header.getvalue(), 1)
    table, spelled = parse_captions(text.encode(), path), read_table(text, path)
    place = spelled.columns.index("image")
    addresses = [spelled.rows[row][place] for row in table.file_rows.tolist()]  # the table has them as paths
    told = Problem(
        "note", "import_not_fetched", "Nothing was fetched: pictures are those that lie on this disk already."
    )
    return _save("urls", table, data_dir, images_dir or _near(path), [told], addresses=addresses)


def _file(source: Path, layout: str) -> Path:
    if not existing_source(source).is_file():
        raise DatasetError(f"The layout {layout} needs the CSV itself, got the folder {source}. Name the file in it.")
    return source


def _near(path: Path) -> Path | None:
    folder = folder_of(path)
    return folder if list_pictures(folder) else None


def _save(
    layout: str,
    table: CaptionTable,
    data_dir: Path,
    images_dir: Path | None,
    problems: list[Problem],
    *,
    addresses: Sequence[str] = (),
) -> ImportReport:
    columns = {own_column(name): list(values) for name, values in table.other_columns.items()}
    if addresses:
        columns["url"] = list(addresses)
    rows = zip(table.images, table.captions, strict=True)
    return save_import(
        layout, rows, data_dir, images_dir=images_dir, problems=[*problems, *table.problems], columns=columns
    )
