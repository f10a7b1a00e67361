"""Files of many requests: JSON lines, lists and CSV, and what is wrong told by the line it stands on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core.errors import QueryError
from t2i_core.marks.batches import NamedRequest, parse_batch
from t2i_core.query import SearchRequest, parse_query

DOG = {"query": [{"words": "a dog"}]}


def parsed(text: str, name: str) -> list[NamedRequest]:
    return parse_batch(text.encode("utf-8"), Path(name))


def test_a_table_of_questions_as_they_are_typed() -> None:
    text = 'Name;query;top_k\r\ndogs;a dog;3\r\n;"2*""red\r\ncar"" - snow";\r\n\r\nbad;"";2\r\nworse;a cat;many\r\n'
    dogs, cars, bad, worse = parsed(text, "asked.CSV")
    assert dogs == NamedRequest("dogs", SearchRequest.of("a dog", top_k=3), "line 2")
    assert (cars.name, cars.place) == ("2", "line 3")
    assert cars.request == SearchRequest(parse_query('2*"red car" - snow'))
    assert (bad.place, worse.place) == ("line 6", "line 7")
    assert isinstance(bad.request, QueryError)
    assert "top_k must be a whole number, got 'many'" in str(worse.request)


def test_a_table_of_whole_requests() -> None:
    text = 'request,note\n"{""query"": [{""words"": ""a dog""}], ""top_k"": 2}",x\n{},y\n'
    good, bad = parsed(text, "asked.csv")
    assert good.request == SearchRequest.of("a dog", top_k=2)
    assert isinstance(bad.request, QueryError)
    assert bad.place == "line 3"


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    text = f"\n{json.dumps(DOG)}\n\nno json\n"
    first, second = parsed(text, "asked.jsonl")
    assert (first.name, first.place, first.request) == ("1", "line 2", SearchRequest.of("a dog"))
    assert (second.name, second.place) == ("2", "line 4")
    assert "this line cannot be read" in str(second.request)


def test_a_list_and_saved_searches() -> None:
    assert [one.place for one in parsed(json.dumps([DOG, 7]), "asked.json")] == ["request 1", "request 2"]
    [saved] = parsed(json.dumps({"version": 1, "searches": [{"name": "dogs", "request": DOG}]}), "searches.json")
    assert saved == NamedRequest("dogs", SearchRequest.of("a dog"), "request 1")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("image,words\na.png,a dog\n", "asked.csv", "has a column query .* has image, words"),
        ("query\n\n", "asked.csv", "at least one request"),
        ("", "asked.csv", "has a column query .* has none"),
        ("[]", "asked.json", "at least one request"),
    ],
)
def test_a_file_without_requests_is_refused(text: str, name: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parsed(text, name)
