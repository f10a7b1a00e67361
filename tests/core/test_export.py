"""Exported hits: what spreadsheets and scripts read back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
import pytest

from t2i_core.export import hits_to_csv, hits_to_json, pictures_to_csv, spreadsheet_cell
from t2i_core.query import Query, SearchRequest, Words
from t2i_core.types import Hit, Manifest, SearchResult, Timings
from tests.core.small_galleries import make_gallery

MANIFEST = Manifest(1, "mini", "ab" * 32, 4, 9, 9, "squash", "cd" * 32, "2026-01-01T00:00:00+00:00", "0.1.0")


def result_with(caption: str | None, *, image_id: str = "animals/dog.jpg") -> SearchResult:
    hits = (Hit(1, 5, image_id, 0.30000001192, caption, 640, 480), Hit(2, 3, "cat.jpg", -0.25, None))
    return SearchResult(SearchRequest.of("ein Hund"), hits, Timings(), 9, 0.1)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv() -> None:
    text = hits_to_csv(result_with('A dog, "big",\nruns – schnell 🐶'))
    assert rows_of(text) == [
        ["rank", "image", "score", "caption", "width", "height"],
        ["1", "animals/dog.jpg", "0.300000", 'A dog, "big",\nruns – schnell 🐶', "640", "480"],
        ["2", "cat.jpg", "-0.250000", "", "", ""],
    ]
    assert text.endswith("\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  =", "\n="])
def test_cells_that_look_like_formulas_are_text(start: str) -> None:
    evil = start + "HYPERLINK(1)"
    [_, first, _] = rows_of(hits_to_csv(result_with(evil, image_id=evil)))
    assert first[1] == first[3] == "'" + evil


@pytest.mark.parametrize(
    "text",
    [
        "\u00a0=1+1", "\ufeff=1+1", "\u200b@SUM(A1)", "\u2060\u00ad+1", "\u3000 \u200d-2", "\u2028=1", "\x00=1", "\x0b=1", "\u034f=1",
        "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A", "\ufe661", "\ufe62 1", "\ufe63 1", "\ufe6bA", "\u22121",
        "\u00a0\uff1dcmd",
    ],
)  # fmt: skip
def test_formulas_behind_what_cannot_be_seen_and_in_full_width(text: str) -> None:
    assert spreadsheet_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "\u00a0", "a dog", "\ufeffa = b", "\u00bd off", "1+1", "'=x", "猫=cat", "#tag"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert spreadsheet_cell(text) == text


def test_json() -> None:
    moment = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    record = json.loads(hits_to_json(result_with("A dog"), dataset="demo", manifest=MANIFEST, created=moment))
    assert record == {
        "query": {"text": "ein Hund", "label": "ein Hund"},
        "request": SearchRequest.of("ein Hund").to_record(),
        "left_out": [],
        "top_k": 2,
        "dataset": "demo",
        "dataset_sha256": "cd" * 32,
        "model": "mini",
        "weights_sha256": "ab" * 32,
        "created": "2026-05-04T03:02:01+00:00",
        "hits": [
            {"rank": 1, "image_id": "animals/dog.jpg", "score": 0.3, "caption": "A dog", "width": 640, "height": 480},
            {"rank": 2, "image_id": "cat.jpg", "score": -0.25, "caption": None, "width": None, "height": None},
        ],
    }


def test_json_without_a_manifest_names_no_model() -> None:
    record = json.loads(hits_to_json(result_with(None), dataset="old"))
    assert record["model"] is None
    assert datetime.fromisoformat(record["created"]).utcoffset() is not None


def test_a_kind_of_term_that_is_added_is_called_by_its_tag() -> None:
    @dataclass(frozen=True)
    class Colour(Words):
        tag: ClassVar[str] = "colour"

    asked = SearchRequest(Query.of(Colour("#ff0000")))
    record = json.loads(hits_to_json(replace(result_with(None), request=asked), dataset="demo"))
    assert record["query"] == {"colour": "#ff0000", "label": "#ff0000"}
    assert record["request"]["query"] == [{"colour": "#ff0000", "weight": 1.0}]


def test_nothing_found() -> None:
    empty = result_with(None).head(0)
    assert len(rows_of(hits_to_csv(empty))) == 1
    assert json.loads(hits_to_json(empty, dataset="demo"))["hits"] == []


def test_chosen_pictures_as_csv() -> None:
    gallery = replace(make_gallery(np.eye(3), [0, 2, 2]), captions=("one", "=SUM(A1)", "two\nlines"))
    places = np.array([[0, 1], [0.5, 0.25], [-1, 0]], dtype=np.float32)
    assert rows_of(pictures_to_csv(gallery, [2, 1], places)) == [
        ["image", "x", "y", "captions"],
        ["2.jpg", "-1.00000", "0.00000", "'=SUM(A1)\ntwo\nlines"],
        ["1.jpg", "0.50000", "0.25000", ""],
    ]
