"""The HTTP server, asked by a real client over a real connection; answers are what the OpenAPI description says."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from t2i_core.api import Dataset
from t2i_core.dataset import read_gallery
from t2i_core.errors import QueryError, T2IError
from t2i_core.query import LINK_NAMES, SearchRequest
from t2i_core.query.cutoff import read_cutoff
from t2i_core.scores import Verdict
from t2i_core.serving.answers import Answers
from t2i_core.serving.http import make_app
from t2i_core.serving.limits import Limits, RateLimit, is_loopback, read_token
from tests.core.running_app import running
from tests.core.small_galleries import CAPTIONS, COLOURS, ColourEncoder, save_ours

FREE = Limits(rate=0, body_bytes=4_096)
TOKEN = "a-long-and-secret-token"


def serving(answers: Answers, *, limits: Limits = FREE, token: str = "") -> AbstractContextManager[str]:
    """The server, by its address."""
    return running(make_app(answers, limits=limits, token=token))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    root = tmp_path_factory.mktemp("serving")
    encoder = ColourEncoder()
    save_ours(root / "data", encoder)
    (root / "secret.txt").write_text("secret", encoding="utf-8")
    return Answers(Dataset(read_gallery(root / "data", root / "images"), encoder=encoder))


@pytest.fixture(scope="module")
def client(answers: Answers) -> Iterator[httpx.Client]:
    with serving(answers) as address, httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/v1/openapi.json").json()
    return told


def described(description: dict[str, Any], path: str, answer: httpx.Response) -> Any:
    """The answer's JSON, once it is what the description says of it."""
    operation = description["paths"][path][answer.request.method.lower()]
    content = operation["responses"][str(answer.status_code)]["content"]["application/json"]
    schema = content["schema"] | {"components": description["components"]}
    jsonschema.validate(answer.json(), schema, cls=jsonschema.Draft202012Validator)
    return answer.json()


def test_a_request_and_a_link_find_what_the_engine_does(
    client: httpx.Client, description: dict[str, Any], answers: Answers
) -> None:
    request = SearchRequest.of("A red boat", top_k=3)
    posted = described(description, "/v1/search", client.post("/v1/search", content=request.to_json()))
    linked = described(description, "/v1/search", client.get("/v1/search", params={"q": "A red boat", "k": "3"}))
    found = answers.dataset.engine.search(request)
    assert [hit["image_id"] for hit in posted["hits"]] == [hit.image_id for hit in found.hits]
    assert posted["hits"] == linked["hits"]
    assert SearchRequest.from_record(posted["request"]) == request
    assert posted["link"] == {"q": "A red boat", "k": "3"}
    assert posted["median_score"] == pytest.approx(found.median_score, abs=1e-5)
    assert "cosine" in posted["score_means"]


def test_without_top_k_there_are_as_many_as_usual_or_all(client: httpx.Client) -> None:
    assert len(client.get("/v1/search", params={"q": "boat"}).json()["hits"]) == len(COLOURS)
    assert len(client.post("/v1/search", json={"query": [{"words": "boat"}]}).json()["hits"]) == len(COLOURS)


def test_pictures_of_the_query_are_left_out_and_terms_tell_their_shares(
    client: httpx.Client, description: dict[str, Any]
) -> None:
    answer = client.get("/v1/search", params={"terms": "2*boat - [meadow.png]", "k": "2"})
    told = described(description, "/v1/search", answer)
    assert len(told["hits"][0]["shares"]) == 2
    like = described(description, "/v1/search", client.get("/v1/search", params={"like": "meadow.png", "k": "3"}))
    assert like["left_out"] == ["meadow.png"]


def test_how_sure_it_is_and_where_it_cut_are_told(
    client: httpx.Client, description: dict[str, Any], answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = described(description, "/v1/search", client.get("/v1/search", params={"q": "a boat", "cut": "best-0.05"}))
    assert (plain["verdict"], plain["request"]["cutoff"]) == (None, "best-0.05")
    assert plain["cut"]["belong"] == len(plain["hits"])
    found = replace(
        answers.dataset.engine.search(SearchRequest.of("a boat", top_k=1)), verdict=Verdict("weak", -0.01, "Hm.")
    )
    monkeypatch.setattr(type(answers.dataset.engine), "search", lambda *_, **__: found)
    told = described(description, "/v1/search", client.get("/v1/search", params={"q": "a boat"}))
    assert told["verdict"] == {"evidence": "weak", "gap": -0.01, "sentence": "Hm."}


def test_likes_and_dislikes_are_asked(client: httpx.Client, description: dict[str, Any]) -> None:
    asked = {"q": "a boat", "liked": "boats/red.png", "disliked": "meadow.png", "k": "3"}
    told = described(description, "/v1/search", client.get("/v1/search", params=asked))
    assert "meadow.png" not in [hit["image_id"] for hit in told["hits"]]
    assert told["request"]["liked"] == ["boats/red.png"]
    unknown = client.get("/v1/search", params={"q": "a boat", "liked": "boat"})
    assert unknown.status_code == 404


ASKED = [{"words": "a"}]
BAD = {
    "no question": ("GET", "/v1/search", {}, 400, "needs a question"),
    "huge top_k": ("GET", "/v1/search?q=a&k=100000", {}, 400, "k must be a whole number in 1..200"),
    "no number": ("GET", "/v1/search?q=a&k=many", {}, 400, "k must be a whole number in 1..200"),
    "more than there are": ("GET", "/v1/search?q=a&k=7", {}, 400, "top_k must be in 1..4"),
    "unknown picture": ("GET", "/v1/search?like=sawn.png", {}, 404, "which is none"),
    "a column that is not there": ("GET", '/v1/search?q=a&where=[{"field":"x","values":["y"]}]', {}, 400, "looks at one of"),
    "no JSON": ("POST", "/v1/search", {"content": b"{"}, 400, "cannot be read"),
    "no UTF-8": ("POST", "/v1/search", {"content": b"\xff\xfe\xfa"}, 400, "cannot be read"),
    "deep JSON": ("POST", "/v1/search", {"content": b"[" * 4_000}, 400, "cannot be read"),
    "a list": ("POST", "/v1/search", {"json": []}, 400, "A request is a JSON object"),
    "another setting": ("POST", "/v1/search", {"json": {"query": ASKED, "shape": 1}}, 400, "no setting named 'shape'"),
    "huge top_k posted": ("POST", "/v1/search", {"json": {"query": ASKED, "top_k": 10**30}}, 400, "top_k must be in 1..200"),
    "too long": ("POST", "/v1/search", {"content": b" " * 5_000}, 413, "at most 4,096 bytes"),
    "a picture from outside": ("POST", "/v1/search", {"json": {"query": [{"sha256": "0" * 64}]}}, 400, "no longer here"),
    "another method": ("DELETE", "/v1/search", {}, 405, "only with"),
    "another address": ("GET", "/v2", {}, 404, "openapi.json tells"),
    "captions of what": ("GET", "/v1/captions", {}, 400, "by words or by a picture"),
    "captions of no picture": ("GET", "/v1/captions?picture=swan", {}, 404, "'birds/swan.png'"),
    "no picture": ("GET", "/v1/pictures/nothing.png", {}, 404, "which is none"),
    "a way out": ("GET", "/v1/pictures/..%2fsecret.txt", {}, 404, "which is none"),
    "no thumbnail": ("GET", "/v1/thumbnails/nothing.png", {}, 404, "which is none"),
    "a huge thumbnail": ("GET", "/v1/thumbnails/meadow.png?side=9999", {}, 400, "must be in 16..1800"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "address", "sent", "status", "message"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_clear_message(
    client: httpx.Client, method: str, address: str, sent: dict[str, Any], status: int, message: str
) -> None:
    answer = client.request(method, address, **sent)
    assert answer.status_code == status
    assert message in answer.json()["error"]["message"]
    assert set(answer.json()) == {"error"}


CUTOFFS = (
    "", "soon", "drop", " drop ", "best-0.05", "best-0", "best-.5", "keep-0.9", "keep-1", "keep-0.0", "keep-.01", "keep-5e-01",
    "keep-5e-00", "best-1e-05", "0.2", "-1e-2", ".", "nan", "inf",
)  # fmt: skip
PARTS: list[dict[str, Any]] = [
    *({"query": [term]} for term in (
        {"words": " \t"}, {"words": " a "}, {}, {"words": "a", "picture": "meadow.png"}, {"words": "a", "name": "x"}, {"picture": ""},
        {"words": "a", "weight": 3}, {"sha256": "0" * 64}, {"sha256": "x"}, {"picture": "nowhere.png"},
    )),
    *({"where": [condition]} for condition in (
        {"field": "folder"}, {"field": "folder", "values": []}, {"field": "folder", "values": ["boats"]},
        {"field": "width", "at_least": 1},
        {"field": "width", "values": ["6"], "at_most": 9}, {"field": "width", "values": [], "at_most": 9},
        {"field": "shoe", "values": ["1"]},
        {"field": "folder", "values": ["boats"], "more": 1},
    )),
    {"cutoff": None}, {"cutoff": 0.2}, {"cutoff": "best-0.05"}, {"query": []},
    {"version": 1.0}, {"top_k": 3.0}, {"top_k": 3.5}, {"top_k": 4}, {"top_k": 5}, {"top_k": 0}, {"liked": [""]},
    {"liked": ["meadow.png"]},
    {"order": "shoe"},
    {"order": "-width"},
]  # fmt: skip


def test_the_description_allows_what_is_answered_and_nothing_else(
    client: httpx.Client, description: dict[str, Any]
) -> None:
    """Who sends what it allows is refused for pictures that are not there, and for nothing else."""
    body = {"$ref": "#/components/schemas/SearchRequest", "components": description["components"]}
    allows = jsonschema.Draft202012Validator(body)
    for cutoff in CUTOFFS:
        try:
            read_cutoff(cutoff)
        except QueryError:
            assert not allows.is_valid({"query": ASKED, "cutoff": cutoff}), cutoff
        else:
            assert allows.is_valid({"query": ASKED, "cutoff": cutoff}), cutoff
    for part in PARTS:
        record = {"query": ASKED, **part}
        status = client.post("/v1/search", json=record).status_code
        assert allows.is_valid(record) == (status in {200, 404}), (part, status)


def test_captions_by_words_and_by_picture(client: httpx.Client, description: dict[str, Any]) -> None:
    by_words = described(description, "/v1/captions", client.get("/v1/captions", params={"q": "boat -night"}))
    assert [one["caption"] for one in by_words["captions"]] == ["A red boat", "A blue boat"]
    by_picture = described(
        description, "/v1/captions", client.get("/v1/captions", params={"picture": "birds/swan.png"})
    )
    assert [one["caption"] for one in by_picture["captions"]] == ["A swan on a lake", "A white bird"]
    cut = client.get("/v1/captions", params={"q": "boat", "k": "1"}).json()
    assert (cut["total"], len(cut["captions"])) == (3, 1)


def test_pictures_are_served_as_they_are_and_small(client: httpx.Client, answers: Answers) -> None:
    whole = client.get("/v1/pictures/birds/swan.png")
    assert whole.headers["content-type"] == "image/png"
    assert whole.content == (answers.dataset.gallery.images_dir / "birds" / "swan.png").read_bytes()
    assert whole.headers["x-content-type-options"] == "nosniff"
    small = client.get("/v1/thumbnails/birds/swan.png", params={"side": 16})
    assert small.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(small.content)).size == (6, 4)  # never larger than the picture is


def test_evaluation_is_that_of_the_core(client: httpx.Client, description: dict[str, Any], answers: Answers) -> None:
    told = described(description, "/v1/evaluate", client.get("/v1/evaluate"))
    assert told == answers.dataset.evaluate().as_dict()
    assert told["captions"] == len(CAPTIONS)


def test_what_it_holds_and_that_it_is_ready(client: httpx.Client, description: dict[str, Any]) -> None:
    told = described(description, "/v1", client.get("/v1"))
    assert (told["images"], told["captions"], told["model"]) == (4, 6, "colours")
    assert described(description, "/health", client.get("/health")) == {"status": "ready"}


def test_every_address_and_parameter_is_described(description: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema({"$defs": description["components"]["schemas"]})
    app = make_app(Answers(Dataset.__new__(Dataset)))._app
    routes = {route.path.replace(":path", ""): route.methods - {"HEAD"} for route in app.routes}  # type: ignore[attr-defined]
    assert {path: {method.upper() for method in told} for path, told in description["paths"].items()} == routes
    asked = description["paths"]["/v1/search"]["get"]["parameters"]
    assert [one["name"] for one in asked] == list(LINK_NAMES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "words": JSON,
        "picture": st.sampled_from(list(COLOURS)) | JSON,
        "sha256": JSON,
        "weight": JSON,
        "name": JSON,
    },
)
REQUESTS = st.fixed_dictionaries(
    {"query": st.lists(TERMS, max_size=3) | JSON},
    optional=dict.fromkeys(
        (
            "version",
            "where",
            "top_k",
            "ranking",
            "order",
            "stacking",
            "cutoff",
            "approximate",
            "liked",
            "disliked",
            "aim",
            "x",
        ),
        JSON,
    ),
)


@settings(max_examples=80)
@given(record=REQUESTS | JSON)
def test_no_json_makes_it_stumble(client: httpx.Client, record: Any) -> None:
    try:
        content = json.dumps(record).encode()
    except ValueError:
        return
    answer = client.post("/v1/search", content=content)
    assert answer.status_code in {200, 400, 404, 413}, answer.text
    assert answer.status_code == 200 or answer.json()["error"]["message"]


@settings(max_examples=60)
@given(params=st.dictionaries(st.sampled_from(LINK_NAMES), st.text(max_size=12), max_size=4))
def test_no_link_makes_it_stumble(client: httpx.Client, params: dict[str, str]) -> None:
    answer = client.get("/v1/search", params=params)
    assert answer.status_code in {200, 400, 404}, answer.text


def test_only_this_computer_asks_without_a_token(client: httpx.Client) -> None:
    assert client.get("/v1", headers={"host": "evil.example"}).json()["error"]["code"] == "foreign_host"
    assert client.get("/v1", headers={"origin": "https://evil.example"}).status_code == 403
    own = str(client.base_url).rstrip("/")
    assert client.get("/v1", headers={"origin": own}).status_code == 200
    assert client.get("/v1", headers={"host": "localhost:80"}).status_code == 200


def test_a_token_is_demanded_and_then_enough(answers: Answers) -> None:
    with serving(answers, token=TOKEN) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/v1").status_code == 401
        assert client.get("/v1", headers={"authorization": "Bearer wrong"}).json()["error"]["code"] == "token_needed"
        twice = [("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")]
        assert client.get("/v1", headers=twice).status_code == 401
        assert client.get("/v1/pictures/meadow.png").status_code == 401
        assert client.get("/health").status_code == 200
        known = {"authorization": f"Bearer {TOKEN}", "host": "photos.example"}
        assert client.get("/v1", headers=known).status_code == 200


def test_who_asks_too_often_is_told_when_to_ask_again(answers: Answers) -> None:
    limits = Limits(rate=0.001, burst=2)
    with serving(answers, limits=limits) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert [client.get("/health").status_code for _ in range(3)] == [200, 200, 429]
        assert int(client.get("/health").headers["retry-after"]) > 100


def test_what_takes_too_long_is_told_so(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(answers, "search", lambda _request: go_on.wait(30))
    limits = Limits(rate=0, seconds=0.05, waiting=1)
    with serving(answers, limits=limits) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.get("/v1/search", params={"q": "a dog"})
        go_on.set()
        assert answer.status_code == 503
        assert "An answer may take 0.05 s" in answer.json()["error"]["message"]
        assert answer.headers["retry-after"] == "5"


def test_what_should_not_happen_tells_nothing_of_this_computer(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_request: SearchRequest) -> None:
        raise RuntimeError("/home/somebody/secret")

    monkeypatch.setattr(answers, "search", fail)
    with serving(answers) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.get("/v1/search", params={"q": "a dog"})
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_the_bucket_fills_again() -> None:
    clock = [0.0]
    rate = RateLimit(Limits(rate=2, burst=2), now=lambda: clock[0])
    assert [rate.wait("a") for _ in range(3)] == [0, 0, 0.5]
    assert rate.wait("b") == 0
    clock[0] = 0.5
    assert [rate.wait("a"), rate.wait("a")] == [0, 0.5]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "photos.example"])
def test_beyond_this_computer_a_token_must_be_set(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(T2IError, match="T2I_TOKEN must be at least 16"):
        read_token(host, {})
    with pytest.raises(T2IError, match="got one of 5 characters"):
        read_token(host, {"T2I_TOKEN": "short"})
    assert read_token(host, {"T2I_TOKEN": TOKEN}) == TOKEN


def test_on_this_computer_a_token_may_be_set() -> None:
    assert [read_token(host, {}) for host in ("127.0.0.1", "localhost", "::1")] == ["", "", ""]
    assert read_token("127.0.0.1", {"T2I_TOKEN": TOKEN}) == TOKEN


def test_files_beside_the_pictures_are_never_served(client: httpx.Client, answers: Answers) -> None:
    (Path(answers.dataset.gallery.images_dir) / "notes.txt").write_text("secret", encoding="utf-8")
    assert client.get("/v1/pictures/notes.txt").status_code == 404
