"""push on the command line, and the other commands over the collection it wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from t2i_core.cli import main
from tests.core.test_cli_search import _own_environment, folder  # noqa: F401  (fixtures)
from tests.milvus_server import MilvusServer

pytestmark = pytest.mark.slow


@pytest.fixture(params=["server", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Where to push to, and the address that is then searched."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    name = "t" + uuid4().hex[:12]
    if request.param == "file":
        return f"file:{tmp_path / 'a.db'}/{name}", f"milvus+file:{tmp_path / 'a.db'}/{name}"
    server: MilvusServer = request.getfixturevalue("milvus_server")
    return f"{server.uri}/{name}", f"milvus+{server.uri}/{name}"


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_pushed_dataset_answers_as_the_folder_does(
    capsys: pytest.CaptureFixture[str], place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    uri, address = place
    assert main(["push", "--data", "data", "--uri", uri, "--format", "json"]) == 0
    [report] = printed(capsys)
    assert report["address"] == address
    assert (report["images"], report["captions"], report["written"], report["verified"]) == (3, 3, 6, 3)
    for query in (["a dog"], ["--image", "a.png"], ["--image", "images/sub/b.png"]):
        asked = ["search", *query, "--top-k", "3", "--format", "json"]
        assert main([*asked, "--data", "data"]) == 0
        local = printed(capsys)
        assert main([*asked, "--data", address]) == 0
        assert printed(capsys)[0]["hits"] == [{**hit} for hit in local[0]["hits"]]
    monkeypatch.setenv("T2I_DATA", address)
    assert main(["evaluate", "--format", "json"]) == 0
    there = printed(capsys)
    assert main(["evaluate", "--data", "data", "--format", "json"]) == 0
    assert printed(capsys) == there


def test_another_model_is_refused(capsys: pytest.CaptureFixture[str], place: tuple[str, str]) -> None:
    uri, address = place
    assert main(["push", "--data", "data", "--uri", uri]) == 0
    assert "3 pictures and 3 captions are in" in capsys.readouterr().out
    assert main(["search", "a dog", "--data", address, "--model", "mini"]) == 1
    assert "Queries must be encoded by the model that built the gallery" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["validate"],
        ["index"],
        ["push", "--uri", "http://127.0.0.1:1"],
        ["build", "--images", "images"],
        ["build", "--images", "images", "--shard", "1/2"],
        ["merge", "--images", "images"],
        ["import", "folder", "images"],
        ["train", "--out", "new.pt"],
    ],
)
def test_commands_on_files_refuse_a_collection(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    before = sorted(Path().rglob("*"))
    assert main([*command, "--data", "milvus+http://127.0.0.1:1/photos"]) == 1
    told = capsys.readouterr().err
    assert f"{command[0]} works on a dataset folder, got the collection milvus+http://127.0.0.1:1/photos" in told
    assert "Name the folder it was pushed from, or a new one." in told
    assert sorted(Path().rglob("*")) == before


def test_without_the_package_the_install_line_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    assert main(["search", "a dog", "--data", "milvus+http://127.0.0.1:1/photos"]) == 1
    assert "pip install pymilvus==3.0.2" in capsys.readouterr().err
