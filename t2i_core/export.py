"""Hits as files for other programs: CSV for spreadsheets, JSON for scripts."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from t2i_core.query import GalleryPicture, OutsidePicture, Query, Words
from t2i_core.types import Gallery, Hit, Manifest, SearchResult

CSV_COLUMNS = ("rank", "image", "score", "caption", "width", "height")
# A spreadsheet runs a cell that starts with one of these as a formula, and captions come from anywhere.
_FORMULA_STARTS = frozenset("=+-@\t\r\n\u2212")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc", "Mn", "Me"})  # blanks, marks of width zero, control characters
# Scores are float32: more digits than these are noise of the conversion.
SCORE_DIGITS = 6


def hit_record(hit: Hit) -> dict[str, Any]:
    """One hit as JSON: ``rank``, ``image_id``, ``score``, ``caption`` (null where there is none), ``stack`` where it has one."""
    return {
        "rank": hit.rank,
        "image_id": hit.image_id,
        "score": round(hit.score, SCORE_DIGITS),
        "caption": hit.caption,
    } | ({"stack": list(hit.stack)} if hit.stack else {})


def term_record(hit: Hit) -> dict[str, list[float]]:
    """What each term of a query gave to a hit, as JSON: ``shares`` add up to the score, ``cosines`` are of each term alone."""
    return {
        name: [round(part, SCORE_DIGITS) + 0.0 for part in parts]
        for name, parts in (("shares", hit.shares), ("cosines", hit.cosines))
    }


def judged_record(result: SearchResult) -> dict[str, Any]:
    """The verdict, where a cutoff fell and how many fit, as JSON: ``verdict``, ``cut``, ``fitting``, each only where there is one."""
    record: dict[str, Any] = {}
    if result.fitting is not None:
        record["fitting"] = result.fitting
    if result.verdict is not None:
        gap = round(result.verdict.gap, SCORE_DIGITS)
        record["verdict"] = {"evidence": result.verdict.evidence, "gap": gap, "sentence": result.verdict.sentence}
    if result.cut is not None:
        record["cut"] = asdict(result.cut) | {"score": round(result.cut.score, SCORE_DIGITS)}
    return record


def hits_to_csv(result: SearchResult) -> str:
    """Hits as CSV with a header line, one row a hit, best first.

    Cells that a spreadsheet would take for a formula get a leading apostrophe. Write the text as
    UTF-8 with ``newline=""``; Excel wants a byte order mark in front (encoding ``utf-8-sig``).
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for hit in result.hits:
        writer.writerow(
            [
                hit.rank,
                spreadsheet_cell(hit.image_id),
                f"{hit.score:.{SCORE_DIGITS}f}",
                spreadsheet_cell(hit.caption or ""),
                hit.width or "",
                hit.height or "",
            ]
        )
    return text.getvalue()


def hits_to_json(
    result: SearchResult, *, dataset: str, manifest: Manifest | None = None, created: datetime | None = None
) -> str:
    """Hits with what is needed to get them again, as indented JSON; ``left_out`` names the pictures of the query itself.

    Where pictures were ``passed_over``, they are named too.

    Parameters
    ----------
    result : SearchResult
    dataset : str
        Name of the gallery.
    manifest : Manifest, optional
        Of the gallery; names the model and the version of the data.
    created : datetime, optional
        When; now if not given. Written in UTC.
    """
    moment = (created or datetime.now(UTC)).astimezone(UTC)
    record: dict[str, Any] = {
        "query": _query_record(result.query),
        "request": result.request.to_record(),
        "left_out": list(result.left_out),
        "top_k": len(result.hits),
        "dataset": dataset,
        "dataset_sha256": manifest.dataset_sha256 if manifest else None,
        "model": manifest.model_id if manifest else None,
        "weights_sha256": manifest.weights_sha256 if manifest else None,
        "created": moment.isoformat(timespec="seconds"),
        **judged_record(result),
        "hits": [hit_record(hit) | {"width": hit.width or None, "height": hit.height or None} for hit in result.hits],
    }
    if result.passed_over:
        record["passed_over"] = list(result.passed_over)
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _query_record(query: Query) -> dict[str, Any]:
    """A plain question under the name of its kind, as it is easiest to read; the whole request stands beside it."""
    contents = [term.subject.content for term in query.terms]
    kinds = {type(term.subject) for term in query.terms} if all(term.weight == 1.0 for term in query.terms) else set()
    named = {
        Words: ("text", "texts"),
        GalleryPicture: ("image_id", "image_ids"),
        OutsidePicture: ("upload_sha256",) * 2,
    }
    record: dict[str, Any] = {}
    if len(kinds) == 1:
        [kind] = kinds
        one, several = named.get(kind, (kind.tag,) * 2)  # a kind that is added is called by its tag
        record[one if len(contents) == 1 else several] = contents[0] if len(contents) == 1 else contents
    return record | {"label": query.label}


def pictures_to_csv(gallery: Gallery, rows: Sequence[int], coordinates: np.ndarray) -> str:
    """Chosen pictures as CSV, one a row: file name, place on the map, and captions, one a line in the cell.

    Parameters
    ----------
    gallery : Gallery
    rows : sequence of int
    coordinates : ndarray of shape (N, 2), float32
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["image", "x", "y", "captions"])
    for row in rows:
        x, y = coordinates[row].tolist()
        writer.writerow(
            [
                spreadsheet_cell(gallery.image_ids[row]),
                f"{x:.5f}",
                f"{y:.5f}",
                spreadsheet_cell("\n".join(gallery.captions[position] for position in gallery.captions_of(row))),
            ]
        )
    return out.getvalue()


def spreadsheet_cell(text: str) -> str:
    """Text with an apostrophe in front where a spreadsheet would run it as a formula.

    What begins it counts after everything that cannot be seen (blanks of any kind, byte order marks, joiners), and
    full-width or small signs count like the plain ones: programs take the former off and turn the latter around.

    Examples
    --------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("a dog")
    ("'=1+1", 'a dog')
    """
    for letter in text:
        if letter in _FORMULA_STARTS or unicodedata.normalize("NFKC", letter)[:1] in _FORMULA_STARTS:
            return f"'{text}"
        if unicodedata.category(letter) not in _UNSEEN:
            break
    return text
