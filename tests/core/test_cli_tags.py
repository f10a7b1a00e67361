"""tag, searches, batch, and what search keeps: what is printed where, and the exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pyarrow.parquet
import pytest

from t2i_core.cli import main
from t2i_core.dataset.searches_file import read_searches
from t2i_core.marks import read_tags
from t2i_core.query import Condition, SearchRequest
from tests.core.test_cli_search import NAMES, _own_environment, folder  # noqa: F401 its dataset and surroundings


@pytest.fixture
def data(tmp_path: Path, _own_environment: None) -> Path:  # noqa: F811
    """A copy that this test alone marks."""
    return Path(shutil.copytree("data", tmp_path / "data"))


def out_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_tags_are_given_taken_and_listed(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    told = out_of(capsys, "tag", "--data", data, "--add", "keep", "--add", "Ärger", "a.png", "b.png")
    assert told == "4 tags given and 0 taken, of 2 pictures.\n"
    assert read_tags(data).pictures == {"keep": ("a.png", "sub/b.png"), "Ärger": ("a.png", "sub/b.png")}
    assert out_of(capsys, "tag", "--data", data, "--remove", "keep", "a.png", "--format", "json") == (
        '{"added": 0, "removed": 1, "pictures": 1}\n'
    )
    assert out_of(capsys, "tag", "--data", data, "--list") == "     1  keep\n     2  Ärger\n"
    assert out_of(capsys, "tag", "--data", data, "--list", "--of", "keep") == "sub/b.png\n"
    records = [
        json.loads(line) for line in out_of(capsys, "tag", "--data", data, "--list", "--format", "json").splitlines()
    ]
    assert records[0] == {"tag": "keep", "pictures": ["sub/b.png"], "gone": []}


def test_names_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NAMES[0]}\n\n{NAMES[2]}\n"))
    out_of(capsys, "tag", "--data", data, "--add", "keep", "-")
    assert read_tags(data).pictures == {"keep": (NAMES[0], NAMES[2])}


def test_an_unknown_picture_changes_nothing(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    assert "got 'd.png', which no picture is called" in refused(
        capsys, "tag", "--data", data, "--add", "k", "a.png", "d.png"
    )
    assert read_tags(data).pictures == {}


def test_pictures_that_are_gone_keep_their_tags_and_can_lose_them(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    (data / "tags.csv").write_text("image,tag,when\nold/gone.png,keep,\na.png,keep,\n", encoding="utf-8")
    assert main(["tag", "--data", str(data), "--list"]) == 0
    out, err = capsys.readouterr()
    assert out == "     2  keep  (1 gone)\n"
    assert "1 tagged picture not in the dataset any more; the tags are kept" in err
    out_of(capsys, "tag", "--data", data, "--remove", "keep", "gone.png")
    assert read_tags(data).pictures == {"keep": ("a.png",)}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a.png",),
        ("--add", "keep"),
        ("--list", "a.png"),
        ("--list", "--add", "k", "a.png"),
        ("--of", "k", "--add", "k", "a.png"),
    ],
)
def test_one_thing_at_a_time(data: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["tag", "--data", str(data), *arguments])
    assert caught.value.code == 2


def test_tags_are_imported_and_handed_on(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs.csv").write_text("image,tag\nb.png,keep\nnone.png,keep\n", encoding="utf-8")
    assert main(["tag", "--data", str(data), "--import", str(tmp_path / "theirs.csv")]) == 0
    out, err = capsys.readouterr()
    assert (out, "1 name that no picture has, or several: 'none.png'" in err) == ("1 tag given, of 2 rows.\n", True)
    out_of(capsys, "tag", "--data", data, "--export", tmp_path / "keep.zip", "--of", "keep")
    with zipfile.ZipFile(tmp_path / "keep.zip") as packed:
        assert packed.namelist() == ["about.json", "pictures.csv", "pictures/sub/b.png"]
    assert "must be one that a picture has (keep)" in refused(
        capsys, "tag", "--data", data, "--export", tmp_path / "no.zip", "--of", "no"
    )
    assert "ends with one of" in refused(capsys, "tag", "--data", data, "--export", tmp_path / "keep.txt")


def test_a_tag_is_a_condition_of_a_request(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    out_of(capsys, "tag", "--data", data, "--add", "keep", "b.png", "c d.png")
    request = tmp_path / "request.json"
    for where, wanted in (
        ((Condition("tag", ("keep",)),), {"sub/b.png", "sub/c d.png"}),
        ((Condition("tag", ("keep",), negated=True),), {"a.png"}),
        ((Condition("tag", ("none",)),), set()),
    ):
        request.write_text(SearchRequest.of("a dog", where=where, top_k=3).to_json(), encoding="utf-8")
        found = json.loads(out_of(capsys, "search", "--data", data, "--request", request, "--format", "json"))
        assert {hit["image_id"] for hit in found["hits"]} == wanted


def test_hits_are_kept_under_a_name_and_as_a_file(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    plain = out_of(capsys, "search", "a dog", "--data", data, "--top-k", 2)
    sheet = tmp_path / "dogs.html"
    assert main(["search", "a dog", "--data", str(data), "--top-k", "2", "--save", "dogs", "--out", str(sheet)]) == 0
    out, err = capsys.readouterr()
    assert out == plain
    assert "saved as 'dogs', with its first 2 hits" in err
    assert f"2 pictures written to {sheet}" in err
    assert sheet.read_text(encoding="utf-8").count("<img ") == 2
    [search] = read_searches(data)
    assert (search.request, len(search.first)) == (SearchRequest.of("a dog", top_k=2), 2)


def test_what_cannot_be_kept_is_refused_before_the_model_is_read(
    capsys: pytest.CaptureFixture[str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T2I_MODEL", "nowhere.pt")
    assert "ends with one of" in refused(capsys, "search", "a dog", "--data", data, "--out", "dogs.xls")
    assert "has a name of 1 to" in refused(capsys, "search", "a dog", "--data", data, "--save", " ")
    with pytest.raises(SystemExit):
        main(["search", "--queries", "q.txt", "--data", str(data), "--save", "dogs"])


def test_searches_are_listed_shown_asked_again_and_removed(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    out_of(capsys, "search", "a dog", "--data", data, "--top-k", 2, "--save", "dogs")
    [line] = out_of(capsys, "searches", "--data", data).splitlines()
    assert line.endswith("  dogs  (a dog)")
    shown = out_of(capsys, "searches", "--data", data, "--show", "dogs")
    assert SearchRequest.from_json(shown) == SearchRequest.of("a dog", top_k=2)
    assert out_of(capsys, "searches", "--data", data, "--changes") == "dogs: as it was, 2 pictures\n"
    stored = json.loads((data / "searches.json").read_text(encoding="utf-8"))
    first, second = stored["searches"][0]["first"]
    stored["searches"][0]["first"] = ["old.png", first]
    (data / "searches.json").write_text(json.dumps(stored), encoding="utf-8")
    assert out_of(capsys, "searches", "--data", data, "--changes", "dogs").splitlines() == [
        "dogs: 1 came, 1 went, 1 moved, 0 stayed",
        f"  +    2  {second}",
        "  -    1  old.png (not in the dataset)",
        f"       2 → 1  {first}",
    ]
    record = json.loads(out_of(capsys, "searches", "--data", data, "--changes", "--format", "json"))
    assert (record["came"], record["gone"], record["moved"]) == ([[second, 2]], ["old.png"], [[first, 2, 1]])
    out_of(capsys, "searches", "--data", data, "--remove", "dogs")
    assert read_searches(data) == ()
    assert "names: none yet; got 'dogs'" in refused(capsys, "searches", "--data", data, "--show", "dogs")


BATCH = [
    {"name": "dogs", "request": {"query": [{"words": "a dog"}], "top_k": 2}},
    {"query": [{"words": "=1+1"}], "top_k": 1},
    {"name": "bad", "request": {"query": [{"picture": "gone.png"}], "top_k": 1}},
]


def test_a_batch_is_one_table_and_one_bad_request_stops_no_other(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    lines = [json.dumps(record) for record in BATCH] + ["no json", json.dumps({"query": []})]
    (tmp_path / "batch.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["batch", str(tmp_path / "batch.jsonl"), "--data", str(data)]) == 1
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["search"], row["rank"]) for row in rows] == [("dogs", "1"), ("dogs", "2"), ("2", "1")]
    assert SearchRequest.from_json(rows[2]["request"]) == SearchRequest.of("=1+1", top_k=1)
    alone = json.loads(out_of(capsys, "search", "a dog", "--data", data, "--top-k", "2", "--format", "json"))
    assert [row["image"] for row in rows[:2]] == [hit["image_id"] for hit in alone["hits"]]
    for told in ("error: bad: No picture", "error: 4: A request is a JSON object", "error: 5: "):
        assert told in err


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_a_batch_as_a_file(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, ending: str) -> None:
    (tmp_path / "batch.json").write_text(json.dumps(BATCH[:2]), encoding="utf-8")
    target = tmp_path / f"results{ending}"
    assert out_of(capsys, "batch", tmp_path / "batch.json", "--data", data, "--out", target, "--top-k", 1) == ""
    if ending == ".csv":
        rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))
    elif ending == ".json":
        rows = json.loads(target.read_text(encoding="utf-8"))
    else:
        rows = pyarrow.parquet.read_table(target).to_pylist()
    assert [(row["search"], int(row["rank"])) for row in rows] == [("dogs", 1), ("2", 1)]


def test_saved_searches_are_a_batch(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    out_of(capsys, "search", "a dog", "--data", data, "--top-k", 1, "--save", "dogs")
    rows = list(
        csv.DictReader(io.StringIO(out_of(capsys, "batch", data / "searches.json", "--data", data), newline=""))
    )
    assert [row["search"] for row in rows] == ["dogs"]


def test_a_batch_that_cannot_be_read_is_refused(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text(" \n", encoding="utf-8")
    assert "needs at least one request" in refused(capsys, "batch", tmp_path / "empty.jsonl", "--data", data)
    assert "A file of requests" in refused(capsys, "batch", tmp_path / "none.jsonl", "--data", data)
    assert "--out must end with" in refused(capsys, "batch", tmp_path / "none.jsonl", "--data", data, "--out", "a.zip")
