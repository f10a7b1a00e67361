"""What cannot be asked or read gets one clear message everywhere: over HTTP, by agents, on the command line, in Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from t2i_core import cli, encoder
from t2i_core.api import Dataset
from t2i_core.dataset import arrow_file, read_gallery
from t2i_core.errors import T2IError
from t2i_core.importers import import_dataset
from t2i_core.query import SearchRequest
from t2i_core.serving.answers import Answers
from t2i_core.serving.http import make_app
from t2i_core.serving.limits import Limits
from t2i_core.serving.tools import Toolbox
from tests.core.running_app import running
from tests.core.small_galleries import ColourEncoder, save_ours
from tests.core.test_import_formats import picture, write_tar

WORDS = [{"words": "a boat"}]
# What is asked, and what every answer must name.
ASKED: dict[str, tuple[dict[str, Any], str]] = {
    "a huge top_k": ({"query": WORDS, "top_k": 10**9}, "top_k must be in 1.."),
    "a top_k below one": ({"query": WORDS, "top_k": 0}, "top_k must be in 1.."),
    "an unknown picture": ({"query": [{"picture": "swan"}], "top_k": 1}, "Close to it: 'birds/swan.png'"),
    "an unknown picture that is liked": (
        {"query": WORDS, "top_k": 1, "liked": ["swan"]},
        "Close to it: 'birds/swan.png'",
    ),
    "no words": ({"query": [{"words": " \n"}], "top_k": 1}, "at least one word"),
    "no terms": ({"query": [], "top_k": 1}, "needs a sentence or a picture"),
    "a weight beyond all": ({"query": [{"words": "a", "weight": 9}], "top_k": 1}, "weight must be in -2..2, got 9"),
    "half a character": ({"query": [{"words": "\ud800"}], "top_k": 1}, "UTF-8"),
    "a condition on nothing": ({"query": WORDS, "top_k": 1, "where": [{"field": "folder"}]}, "values or a range"),
    "a field that is not there": (
        {"query": WORDS, "top_k": 1, "where": [{"field": "shoe", "values": ["1"]}]},
        "got 'shoe'",
    ),
    "a cutoff of no kind": ({"query": WORDS, "top_k": 1, "cutoff": "soon"}, "got 'soon'"),
}
NO_JSON = {"cut off": '{"query": [', "a list": "[]", "nested far too deep": "[" * 4_000, "no text": "\ufffd"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("bad")
    save_ours(root / "data", ColourEncoder())
    return Dataset(read_gallery(root / "data", root / "images"), encoder=ColourEncoder())


@pytest.fixture(scope="module")
def client(dataset: Dataset) -> Iterator[httpx.Client]:
    app = make_app(Answers(dataset), limits=Limits(rate=0))
    with running(app) as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def on_the_command_line(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    monkeypatch.setattr(encoder, "open_encoder", lambda *_, **__: ColourEncoder())
    gallery = dataset.gallery

    def refused(text: str) -> str:
        (tmp_path / "request.json").write_text(text, encoding="utf-8")
        asked = ["search", "--request", str(tmp_path / "request.json"), "--data", str(gallery.data_dir)]
        capsys.readouterr()
        assert cli.main([*asked, "--images", str(gallery.images_dir), "--model", "colours"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        return err.strip().splitlines()[-1]  # notes on the dataset stand above it

    return refused


def in_python(dataset: Dataset, text: str) -> str:
    with pytest.raises(T2IError) as caught:
        dataset.search(SearchRequest.from_json(text))
    return str(caught.value)


def by_an_agent(dataset: Dataset, record: dict[str, Any]) -> str:
    names = {"words": "text", "picture": "image_id", "weight": "weight"}
    terms = [{names[name]: value for name, value in term.items()} for term in record["query"]]
    with pytest.raises(T2IError) as caught:
        Toolbox({"boats": Answers(dataset)}).call(
            "search_pictures", {"terms": terms, **{name: value for name, value in record.items() if name != "query"}}
        )
    return str(caught.value)


def one_clear(message: str) -> str:
    assert message.count("\n") == 0, message
    assert 20 < len(message) < 500, message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(("record", "named"), ASKED.values(), ids=ASKED)
def test_a_question_that_cannot_be_asked(
    record: dict[str, Any],
    named: str,
    dataset: Dataset,
    client: httpx.Client,
    on_the_command_line: Callable[[str], str],
) -> None:
    text = json.dumps(record)
    answer = client.post("/v1/search", content=text)
    assert answer.status_code in {400, 404}
    for message in (
        answer.json()["error"]["message"],
        by_an_agent(dataset, record),
        on_the_command_line(text),
        in_python(dataset, text),
    ):
        assert named in one_clear(message)


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_request_in_json(
    text: str, dataset: Dataset, client: httpx.Client, on_the_command_line: Callable[[str], str]
) -> None:
    answer = client.post("/v1/search", content=text)
    assert answer.status_code == 400
    for message in (answer.json()["error"]["message"], on_the_command_line(text), in_python(dataset, text)):
        assert "request is a JSON object" in one_clear(message)


def _way_out(folder: Path) -> Path:
    return write_tar(folder / "x.tar", {"../evil.png": picture()})


def _cut_tar(folder: Path) -> Path:
    path = write_tar(folder / "x.tar", {"a.png": picture(), "b.png": picture()})
    path.write_bytes(path.read_bytes()[:1_300])
    return path


def _bomb(folder: Path) -> Path:
    table = pa.table({"image": ["1.png"], "text": ["\0" * 5_000_000]})
    parquet.write_table(table, folder / "x.parquet", compression="zstd", use_dictionary=False)
    return folder / "x.parquet"


@pytest.mark.parametrize(
    ("layout", "make", "named"),
    [
        ("webdataset", _way_out, "stay inside their folder, got '../evil.png'"),
        ("webdataset", _cut_tar, "must be a tar, got something else (truncated header"),
        ("parquet", _bomb, "that become"),
    ],
)
def test_a_source_that_is_not_to_be_trusted(
    layout: str,
    make: Callable[[Path], Path],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(arrow_file, "LARGE_BYTES", 2**20)
    (tmp_path / "in").mkdir()
    source = make(tmp_path / "in")
    with pytest.raises(T2IError) as caught:
        import_dataset(layout, source, tmp_path / "data")
    assert cli.main(["import", layout, str(source), "--data", str(tmp_path / "again")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    for message in (str(caught.value), err.strip()):
        assert named in one_clear(message)
    assert not (tmp_path / "evil.png").exists()
