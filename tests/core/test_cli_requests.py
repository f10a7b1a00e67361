"""search --request and --terms: the same request as a page's, in files and by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from t2i_core.cli import main
from t2i_core.export import hits_to_json
from t2i_core.opening import open_engine, open_gallery
from t2i_core.query import OutsidePicture, Query, SearchRequest, parse_query
from tests.core.test_cli_search import NAMES, _own_environment, folder  # noqa: F401 its dataset and surroundings


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["search", *arguments, "--data", "data", "--format", "json"]) == 0
    return [hit["image_id"] for hit in json.loads(capsys.readouterr().out)["hits"]]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["search", *arguments, "--data", "data"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_terms_rank_as_the_request_of_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    written = f'2*"a dog" - [{NAMES[0]}]'
    found = asked(capsys, "--terms", written, "--top-k", "2")
    assert len(found) == 2
    (tmp_path / "request.json").write_text(SearchRequest(parse_query(written), top_k=2).to_json(), encoding="utf-8")
    assert asked(capsys, "--request", str(tmp_path / "request.json")) == found
    assert asked(capsys, "--request", str(tmp_path / "request.json"), "--top-k", "1") == found[:1]


def test_terms_tell_what_each_gave(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["search", "--terms", f"2*dog - [{NAMES[0]}]", "--data", "data", "--format", "json", "--top-k", "2"]) == 0
    )
    for hit in json.loads(capsys.readouterr().out)["hits"]:
        assert sum(hit["shares"]) == pytest.approx(hit["score"], abs=5e-6)
        assert len(hit["cosines"]) == 2
    assert main(["search", "a dog", "--data", "data", "--format", "json", "--top-k", "1"]) == 0
    assert set(json.loads(capsys.readouterr().out)["hits"][0]) == {"rank", "image_id", "score", "caption"}


def test_a_rewrite_is_offered_and_never_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "a bus without people", "--data", "data", "--format", "json", "--top-k", "3"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["query"] == "a bus without people"
    assert "To rank less of it: --terms 'a bus - 0.5*people'" in err
    assert main(["search", "--terms", "red + bus", "--data", "data", "--top-k", "1"]) == 0
    assert "As one sentence they may find more: 'red bus'" in capsys.readouterr().err
    assert main(["search", "a red bus", "--data", "data", "--top-k", "1"]) == 0
    assert "note" not in capsys.readouterr().err


def test_balanced_ranking_is_refused_until_it_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Make it: python -m t2i_core index --balanced" in refused(
        capsys, "a dog on a beach", "--ranking", "balanced"
    )
    assert "Make it" in refused(capsys, "--terms", "2*a dog on a beach", "--ranking", "balanced")
    assert main(["index", "--data", "data", "--balanced"]) == 1
    assert "needs at least 800 captions of 100 pictures" in capsys.readouterr().err


def test_the_request_of_an_export_finds_the_same_again(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,  # noqa: F811
) -> None:
    from t2i_core.encoder import open_encoder

    engine = open_engine(open_encoder(str(folder / "tiny.safetensors"), device="cpu"), open_gallery("data"))
    result = engine.search(SearchRequest.of(Query.like([NAMES[1]]), top_k=2))
    exported = hits_to_json(result, dataset="data")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(exported.encode())))
    assert asked(capsys, "--request", "-") == [hit.image_id for hit in result.hits]


def test_a_picture_from_outside_comes_with_its_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import hashlib

    path = Path("images") / NAMES[0]
    query = Query.of(OutsidePicture(hashlib.sha256(path.read_bytes()).hexdigest(), "mine.png"))
    request = tmp_path / "request.json"
    request.write_text(SearchRequest(query, top_k=1).to_json(), encoding="utf-8")
    assert asked(capsys, "--request", str(request), "--image", str(path)) == [NAMES[0]]
    assert "names mine.png, a picture from outside, got no --image" in refused(capsys, "--request", str(request))
    other = refused(capsys, "--request", str(request), "--image", str(Path("images") / NAMES[1]))
    assert "must be the picture the request names" in other
    request.write_text(SearchRequest.of("a dog").to_json(), encoding="utf-8")
    assert "names no picture from outside" in refused(capsys, "--request", str(request), "--image", str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a dog", "cannot be read as one"),
        (b"\xff\xfe", "cannot be read as one"),
        (b"[" * 50_000, "cannot be read as one"),
        (b'{"query": []}', "needs a sentence or a picture"),
        (b'{"version": 9}', "reads requests of version 1, got version 9"),
        (b'{"query": [{"words": "a dog"}], "top_k": 500}', "top_k must be in 1..3, got 500"),
        (b'{"query": [{"picture": "gone.png"}], "top_k": 1}', "No picture of this gallery is named 'gone.png'"),
        (b" " * (2**20 + 1), "at most 1,048,576 bytes"),
    ],
)
def test_bad_requests_are_refused_in_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "request.json").write_bytes(content)
    assert said in refused(capsys, "--request", str(tmp_path / "request.json"))


def test_a_request_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--request needs a JSON file, got nowhere.json" in refused(capsys, "--request", "nowhere.json")


def test_one_question_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["search", "a dog", "--terms", "a cat", "--data", "data"])
    assert caught.value.code == 2
    assert "got SENTENCE and --terms" in capsys.readouterr().err


def test_likes_and_dislikes_are_asked_with_any_question(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["search", "a dog", "--dislike", NAMES[1], "--data", "data", "--format", "json", "--top-k", "3"]) == 0
    out, err = capsys.readouterr()
    assert {hit["image_id"] for hit in json.loads(out)["hits"]} == {NAMES[0], NAMES[2]}
    assert "note: 1 disliked picture is left out." in err
    judged = ("--like", NAMES[2], "--dislike", NAMES[1], "--aim", "one")
    found = asked(capsys, "--terms", "a dog", *judged)
    assert found == asked(capsys, "a dog", *judged)
    request = SearchRequest.of("a dog", top_k=2, liked=[NAMES[2]])
    (tmp_path / "request.json").write_text(request.to_json(), encoding="utf-8")
    # What a request holds already is kept, and more can be said beside it.
    both = asked(capsys, "--request", str(tmp_path / "request.json"), "--dislike", NAMES[1], "--aim", "one")
    assert both == found
    assert asked(capsys, "--image", NAMES[0], "--like", NAMES[1], "--dislike", NAMES[2]) == [NAMES[1]]


def test_a_picture_that_cannot_be_judged_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "is named 'gone.png'" in refused(capsys, "a dog", "--like", "gone.png")
    assert "liked or disliked, got both for 'a.png'" in refused(
        capsys, "a dog", "--like", NAMES[0], "--dislike", NAMES[0]
    )
