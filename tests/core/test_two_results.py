"""Two answers side by side: gained, lost and moved, how alike they are, and search --against on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from t2i_core.cli import main
from t2i_core.lab.two_results import compare_results
from t2i_core.query import Condition, SearchRequest
from t2i_core.types import Hit, SearchResult, Timings
from tests.core.test_cli_search import NAMES, _own_environment, folder  # noqa: F401 its dataset and surroundings


def found(*names: str) -> SearchResult:
    hits = tuple(Hit(rank, None, name, 1.0 / rank) for rank, name in enumerate(names, start=1))
    return SearchResult(SearchRequest.of("a dog"), hits, Timings(), 9, 0.1)


def test_gained_lost_and_moved() -> None:
    compared = compare_results(found("a", "b", "c", "d"), found("b", "a", "e", "d"))
    assert compared.gained == (("e", 3),)
    assert compared.lost == (("c", 3),)
    assert compared.both == (("b", 2, 1), ("a", 1, 2), ("d", 4, 4))
    assert compared.moved == (("b", 2, 1), ("a", 1, 2))
    assert compared.sentence.startswith(
        "3 pictures are in both, 2 of them moved; 1 gained, 1 lost. Rank-biased overlap 0."
    )


def test_an_order_of_the_list_is_no_rank() -> None:
    first = found("a", "b", "c")
    listed = replace(first, hits=first.hits[::-1])
    assert compare_results(first, listed).sentence == "Both find the same 3 pictures in the same order."
    assert compare_results(listed, first).overlap == pytest.approx(1.0)


def test_overlap_counts_first_ranks_most_and_what_is_missing_as_not_shared() -> None:
    whole = found(*"abcdefghij")
    top_changed = compare_results(whole, found(*"xbcdefghij")).overlap
    end_changed = compare_results(whole, found(*"abcdefghix")).overlap
    assert 0 < top_changed < end_changed < 1
    assert 0 < compare_results(whole, found(*"abcde")).overlap < 1
    assert compare_results(whole, found(*"abcde")).overlap == compare_results(found(*"abcde"), whole).overlap
    assert compare_results(whole, found("x")).overlap == 0
    assert compare_results(whole, found()).overlap == 0
    assert compare_results(found(), found()).sentence == "Neither finds a picture."


def test_against_a_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    asked = ["search", "a dog", "--data", "data", "--top-k", "2", "--against", "second.json"]
    second = SearchRequest.of("a red bus", top_k=3, where=(Condition("folder", ("sub",)),))
    (folder / "second.json").write_text(second.to_json(), encoding="utf-8")
    assert main([*asked, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    before, there = [hit["image_id"] for hit in record["hits"]], record["against"]
    after = [hit["image_id"] for hit in there["hits"]]
    assert sorted(after) == sorted(NAMES[1:])  # two, as of the first
    assert there["request"]["query"][0]["words"] == "a red bus"
    assert [one["image_id"] for one in there["gained"]] == [name for name in after if name not in before]
    assert [one["image_id"] for one in there["lost"]] == [name for name in before if name not in after]
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "against: a red bus" in out
    assert "in both" in out or "Both find" in out


def test_against_another_dataset_of_the_same_pictures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert main(["search", "a dog", "--data", "data", "--against-data", "bare"]) == 0
    assert "Both find the same 3 pictures in the same order." in capsys.readouterr().out


def test_against_the_same_request_under_other_conditions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    asked = ["search", "a dog", "--data", "data", "--where", f"picture={NAMES[0]}|{NAMES[1]}", "--format", "json"]
    assert main([*asked, "--against-where", f"not picture={NAMES[0]}"]) == 0
    told = json.loads(capsys.readouterr().out)["against"]
    assert sorted(hit["image_id"] for hit in told["hits"]) == sorted(NAMES[1:])
    assert told["request"]["where"] == [{"field": "picture", "values": [NAMES[0]], "negated": True}]
    assert [one["image_id"] for one in told["lost"]] == [NAMES[0]]
    Path("second.json").write_text(json.dumps(told["request"]), encoding="utf-8")
    assert main([*asked, "--against", "second.json", "--against-where", f"picture={NAMES[2]}"]) == 0
    told = json.loads(capsys.readouterr().out)["against"]
    assert [hit["image_id"] for hit in told["hits"]] == [NAMES[2]]


def test_what_cannot_be_compared_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert main(["search", "a dog", "--data", "data", "--against", "gone.json"]) == 1
    assert "--against needs a JSON file, got gone.json" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["search", "--queries", "q.txt", "--against", "second.json"])
    assert "--against and --against-data compare one search, got --queries" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["search", "--queries", "q.txt", "--against-where", "folder=x"])
    assert "--against-where compares one search, got --queries" in capsys.readouterr().err
