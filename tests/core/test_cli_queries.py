"""search --queries: sentences and JSON lines in any encoding, and paths with quotes around them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from t2i_core.cli import main
from tests.core.test_cli_search import _own_environment, folder  # noqa: F401 - fixtures


@pytest.mark.parametrize(
    "content",
    [
        "ein Hund\ncafé\nbus".encode("utf-16"),
        "ein Hund\r\rcafé\rbus\r".encode("utf-16-le"),
        "ein Hund\ncafé\nbus".encode("cp1252"),
        b'{"query": "ein Hund"}\n{"text": "caf\\u00e9"}\n\n{"sentence": "bus", "id": 3}\n',
        '\ufeff"ein Hund"\n"café"\n"bus"\n'.encode(),
        '["ein Hund", {"caption": "café"}, "bus"]'.encode(),
    ],
)
def test_queries_in_any_encoding_and_as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "queries"
    path.write_bytes(content)
    assert main(["search", "--queries", str(path), "--top-k", "1", "--data", "data", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["query"] for line in out.splitlines()] == ["ein Hund", "café", "bus"]
    assert err == "" or err.startswith("note: queries is not UTF-8 (line 2), so it was read as Latin-1.")


def test_what_search_writes_is_read_as_queries(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["search", "a dog", "--data", "data", "--format", "json"]) == 0
    (tmp_path / "again.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["search", "--queries", str(tmp_path / "again.jsonl"), "--data", "data", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["query"] == "a dog"


def test_a_sentence_with_braces_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text('a dog\n{"query": "x"}\n"quoted"\n', encoding="utf-8")
    assert main(["search", "--queries", str(tmp_path / "q.txt"), "--data", "data", "--format", "json"]) == 0
    queries = [json.loads(line)["query"] for line in capsys.readouterr().out.splitlines()]
    assert queries == ["a dog", '{"query": "x"}', '"quoted"']


def test_a_bad_record_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"query": "dog"}\n{"query": null}\n{bad\n{"query": "bus"}\n', encoding="utf-8")
    assert main(["search", "--queries", str(tmp_path / "q.jsonl"), "--data", "data", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["query"] for line in out.splitlines()] == ["dog", "bus"]
    said = 'A query in JSON must be a text or an object like {"query": "a dog"}, got something else. Mend it.'
    assert err == f"error: line 2: {said}\nerror: line 3: {said}\n"


def test_quotes_of_copy_as_path_are_taken_off(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["search", "--image", '"images/sub/c d.png"', "--data", " 'data' ", "--images", "\u201cimages\u201d"]
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["image_id"] == "sub/c d.png"
