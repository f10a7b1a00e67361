"""Tools for agents: what they answer, and the official SDK's own client, which speaks with a process of its own."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from t2i_core.api import Dataset
from t2i_core.cli import main
from t2i_core.dataset import read_gallery
from t2i_core.errors import ExtraMissingError, T2IError
from t2i_core.serving import agents
from t2i_core.serving.answers import Answers
from t2i_core.serving.limits import Limits
from t2i_core.serving.tools import Toolbox
from tests.architecture.source_tree import ROOT
from tests.core.mini_weights import save_tiny_mini
from tests.core.running_app import running
from tests.core.small_galleries import CAPTIONS, COLOURS, ColourEncoder, save_ours, save_pictures
from tests.own_loop import run_apart


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    encoder = ColourEncoder()
    save_ours(tmp_path / "boats", encoder)
    gallery = read_gallery(tmp_path / "boats", tmp_path / "images")
    return Toolbox({"boats": Answers(Dataset(gallery, encoder=encoder))})


def call(toolbox: Toolbox, name: str, **arguments: Any) -> dict[str, Any]:
    """A tool's record, once it is what the tool says it answers."""
    reply = toolbox.call(name, arguments)
    jsonschema.validate(reply.record, toolbox.tools[name].answers, cls=jsonschema.Draft202012Validator)
    return reply.record


def test_terms_are_what_a_request_has(toolbox: Toolbox) -> None:
    terms = [{"text": "A red boat"}, {"image_id": "meadow.png", "weight": -0.5}]
    where = [{"field": "folder", "values": ["boats"]}]
    told = call(toolbox, "search_pictures", terms=terms, top_k=2, where=where)
    assert {hit["image_id"] for hit in told["hits"]} == {"boats/red.png", "boats/blue.png"}
    assert told["request"]["query"] == [
        {"words": "A red boat", "weight": 1.0}, {"picture": "meadow.png", "weight": -0.5},
    ]  # fmt: skip
    assert told["request"]["where"] == where
    assert "cosine" in told["score_means"]
    assert len(call(toolbox, "search_pictures", terms=[{"text": "a"}])["hits"]) == len(COLOURS)
    assert call(toolbox, "search_pictures", terms=[{"text": "a"}], cutoff=0.999)["hits"] == []
    cut = call(toolbox, "search_pictures", terms=[{"text": "a"}], cutoff="best-0.05")
    assert cut["cut"]["belong"] == len(cut["hits"])
    judged = call(toolbox, "search_pictures", terms=[{"text": "a"}], liked=["boats/red.png"], disliked=["meadow.png"])
    assert "meadow.png" not in [hit["image_id"] for hit in judged["hits"]]


def test_pictures_like_one(toolbox: Toolbox) -> None:
    told = call(toolbox, "similar_to", image_id="meadow.png")
    assert told["left_out"] == ["meadow.png"]
    assert len(told["hits"]) == len(COLOURS) - 1


def test_pictures_are_seen_on_one_sheet_with_their_numbers(toolbox: Toolbox, tmp_path: Path) -> None:
    reply = toolbox.call("view_pictures", {"ids": ["boats/red.png", "birds/swan.png", "boats/blue.png"]})
    assert reply.picture is not None
    sheet = Image.open(io.BytesIO(reply.picture))
    colours = {colour for _, colour in sheet.convert("RGB").getcolors(100_000) or []}
    for red, green, blue in ((220, 20, 20), (20, 20, 220), (250, 250, 250)):
        assert any(abs(one[0] - red) + abs(one[1] - green) + abs(one[2] - blue) < 20 for one in colours)  # type: ignore[index]
    assert [one["number"] for one in reply.record["pictures"]] == [1, 2, 3]
    assert reply.record["pictures"][1]["captions"] == ["A swan on a lake", "A white bird"]
    (tmp_path / "images" / "meadow.png").write_bytes(b"no picture")
    [broken] = call(toolbox, "view_pictures", ids=["meadow.png"])["pictures"]
    assert "meadow.png" in broken["problem"]


def test_captions_datasets_and_recall(toolbox: Toolbox) -> None:
    assert call(toolbox, "find_captions", words="boat -night")["total"] == 2
    assert call(toolbox, "find_captions", image_id="birds/swan.png")["total"] == 2
    [told] = call(toolbox, "list_datasets")["datasets"]
    assert (told["name"], told["images"]) == ("boats", len(COLOURS))
    assert call(toolbox, "evaluate")["captions"] == len(CAPTIONS)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("find_pictures", {}, "A tool is one of list_datasets, search_pictures"),
        ("search_pictures", {}, "needs terms"),
        ("search_pictures", {"terms": "a dog"}, "must be a list"),
        ("search_pictures", {"terms": ["a dog"]}, "A term has text or image_id"),
        ("search_pictures", {"terms": [{"text": "a", "image_id": "b"}]}, "A term has text or image_id"),
        ("search_pictures", {"terms": [{"text": "a", "weight": 9}]}, "must be in -2..2"),
        ("search_pictures", {"terms": [{"text": "a"}], "top_k": 10**9}, "top_k must be in 1..200"),
        ("search_pictures", {"terms": [{"text": "a"}], "top_k": True}, "must be a whole number"),
        ("search_pictures", {"terms": [{"text": "a"}], "cutoff": [1]}, "must be a number or text"),
        ("search_pictures", {"terms": [{"text": "a"}], "liked": ["boat"]}, "Close to it"),
        ("search_pictures", {"terms": [{"text": "a"}], "colour": "red"}, "got 'colour' too"),
        ("search_pictures", {"terms": [{"text": "a"}], "dataset": "cats"}, "one of 'boats', got 'cats'"),
        ("search_pictures", {"terms": [{"text": "a"}], "where": [{"field": "folder"}]}, "needs values or a range"),
        ("similar_to", {"image_id": "swan"}, "Close to it: 'birds/swan.png'"),
        ("view_pictures", {"ids": []}, "1 to 24 pictures"),
        ("view_pictures", {"ids": ["meadow.png"] * 25}, "1 to 24 pictures"),
        ("view_pictures", {"ids": [3]}, "each of ids of view_pictures must be text"),
        ("find_captions", {}, "by words or by a picture"),
    ],
)
def test_what_does_not_fit_gets_one_message_with_the_way_out(
    toolbox: Toolbox, name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(T2IError) as caught:
        toolbox.call(name, arguments)
    assert message in str(caught.value)


def test_every_tool_describes_itself_in_json_schema(toolbox: Toolbox) -> None:
    assert set(toolbox.tools) == {
        "list_datasets", "search_pictures", "similar_to", "view_pictures", "find_captions", "evaluate",
    }  # fmt: skip
    for tool in toolbox.tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.takes)
        jsonschema.Draft202012Validator.check_schema(tool.answers)


def test_without_the_sdk_the_install_line_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(ExtraMissingError, match=agents.INSTALL):
        agents.check_installed()
    assert main(["mcp", "--data", "nowhere"]) == 1
    assert agents.INSTALL in capsys.readouterr().err


Work = Callable[[Any], Coroutine[Any, Any, None]]


async def with_client(command: list[str], environment: dict[str, str], work: Work) -> None:
    """The SDK's client, connected to a command by its standard input and output."""
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    server = StdioServerParameters(command=command[0], args=command[1:], env=environment, cwd=str(ROOT))
    async with Client(stdio_client(server)) as client:
        await work(client)


def test_over_http_the_official_client_needs_the_token(toolbox: Toolbox) -> None:
    import httpx2
    from mcp.client import Client
    from mcp.client.streamable_http import streamable_http_client

    token = "a-long-and-secret-token"
    app = agents.make_http_app(agents.make_server(toolbox), limits=Limits(rate=0), token=token)

    async def ask(address: str) -> None:
        async with httpx2.AsyncClient(trust_env=False) as bare:
            assert (await bare.post(f"{address}/mcp", json={})).status_code == 401
        headers = {"authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(trust_env=False, headers=headers) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            found = await client.call_tool("find_captions", {"words": "boat"})
            assert found.structured_content["total"] == 3

    with running(app, lifespan="on") as address:
        run_apart(ask(address))


@pytest.mark.slow
def test_the_official_client_finds_and_sees_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "tiny.safetensors"
    save_tiny_mini(model)
    images = save_pictures(tmp_path / "images")
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_MODEL", str(model))
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    assert main(["build", "--images", str(images), "--data", str(tmp_path / "photos")]) == 0
    environment = {"T2I_MODEL": str(model), "T2I_DEVICE": "cpu"}
    command = [sys.executable, "-m", "t2i_core", "mcp", "--data", str(tmp_path / "photos")]

    async def ask(client: Any) -> None:
        tools = (await client.list_tools()).tools
        assert all(tool.annotations.read_only_hint and tool.output_schema for tool in tools)
        found = await client.call_tool("search_pictures", {"terms": [{"text": "a red boat"}], "top_k": 3})
        assert not found.is_error
        names = [hit["image_id"] for hit in found.structured_content["hits"]]
        assert len(names) == 3
        assert set(names) <= set(COLOURS)
        seen = await client.call_tool("view_pictures", {"ids": names})
        [sheet] = [one for one in seen.content if one.type == "image"]
        assert Image.open(io.BytesIO(base64.b64decode(sheet.data))).format == "JPEG"
        wrong = await client.call_tool("similar_to", {"image_id": "swan"})
        assert wrong.is_error
        assert "birds/swan.png" in wrong.content[0].text

    run_apart(with_client(command, environment, ask))
