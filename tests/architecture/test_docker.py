"""The Dockerfile without Docker: who runs, what is copied, what is left out, how its health is told, how it is reached."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import PurePosixPath

import pytest

from t2i_core.cli import build_parser
from tests.architecture.source_tree import ROOT

PORT = "8501"


def instructions() -> list[tuple[str, str]]:
    """Name and rest of each instruction, comments left out and continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ").splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line.strip())]


def told(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(place for place, (name, _) in enumerate(found) if name == "FROM") :]


def copied() -> list[str]:
    """What is copied from the checkout."""
    sources = []
    for rest in told("COPY"):
        words = [word for word in rest.split() if not word.startswith("--")]
        if "--from=" not in rest:
            sources += words[:-1]
    return sources


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path from Docker: the last line that fits it or a folder above it decides."""
    found = False
    above = [str(one) for one in (PurePosixPath(path), *PurePosixPath(path).parents) if str(one) != "."]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        anywhere = pattern.removeprefix("**/")
        names = [PurePosixPath(one).name for one in above] if anywhere != pattern else above
        # A star of Docker's fits no slash, one of fnmatch's does.
        if any(fnmatch.fnmatchcase(one, anywhere) and one.count("/") == anywhere.count("/") for one in names):
            found = not line.startswith("!")
    return found


def test_images_are_slim_and_of_one_version() -> None:
    bases = [rest.split()[0] for rest in told("FROM")]
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", bases[0])


def test_the_app_is_compiled_once() -> None:
    """After it is copied, and while it may still be written."""
    stage = last_stage()
    places = [place for place, (name, rest) in enumerate(stage) if name == "RUN" and "compileall" in rest]
    assert [stage[place] for place in places] == [("RUN", "python -m compileall -q Home.py pages t2i_core")]
    names = [name if not rest.endswith(("Home.py ./", " pages", " t2i_core")) else "app" for name, rest in stage]
    last_copied = max(place for place, name in enumerate(names) if name == "app" and place not in places)
    assert last_copied < places[0] < names.index("USER")


def test_it_runs_as_a_user_who_may_not_change_the_app() -> None:
    stage = last_stage()
    [number] = [rest for name, rest in stage if name == "USER"]
    assert int(number) > 0
    [user] = re.findall(
        rf"useradd --uid {number} .*?(\w+)\s+&&", " ".join(rest for name, rest in stage if name == "RUN")
    )
    owned = [rest for name, rest in stage if name == "COPY" and "--chown" in rest]
    assert owned == [f"--chown={user} data /data"]
    assert [rest for name, rest in stage if name == "VOLUME"] == ["/data"]
    assert any("T2I_DATA=/data" in rest for name, rest in stage if name == "ENV")


def test_it_is_made_of_the_pins() -> None:
    [install] = [rest for rest in told("RUN") if "pip install" in rest]
    assert "-c constraints.txt -r requirements.txt" in install
    assert install.index("torch_wheel.py") < install.index("pip install")


def test_what_is_copied_is_there_and_everything_else_stays_out() -> None:
    for source in copied():
        assert (ROOT / source).exists(), source
        assert not ignored(source), source
    for path in ("Home.py", "pages/search.py", "t2i_core/encoder/weights/mini.safetensors", "data/manifest.json",
                 ".streamlit/config.toml", "static/images/CREDITS.csv"):  # fmt: skip
        assert (ROOT / path).exists()
        assert not ignored(path), path
        assert any(PurePosixPath(path).is_relative_to(source) for source in copied()), path
    for path in (".git/config", ".venv/bin/python", "tests/conftest.py", ".streamlit/secrets.toml", "data/.cache/x.npz",
                 "static/thumbnails/a.jpg", "pages/_ui/__pycache__/x.pyc", "t2i_core/app/Home.py"):  # fmt: skip
        assert ignored(path), path


def test_it_listens_knowingly_where_it_is_exposed() -> None:
    command = json.loads(told("CMD")[-1])
    assert command[:3] == ["python", "-m", "t2i_core"]
    asked = build_parser().parse_args(command[3:])
    assert (asked.command, asked.host, str(asked.port)) == ("run", "0.0.0.0", PORT)
    assert told("EXPOSE") == [PORT]
    page = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
    assert f"docker run --rm -p 127.0.0.1:{PORT}:{PORT}" in page


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/_stcore/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def health() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Health)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_its_health_is_what_the_server_says(
    status: int, code: int, health: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Health, "status", status)
    [check] = told("HEALTHCHECK")
    _, *words = json.loads(check.partition(" CMD ")[2])
    script = [word.replace(PORT, str(health.server_port)) for word in words]
    assert script != words
    environment = {"http_proxy": "http://127.0.0.1:9"}  # which a container may inherit
    assert subprocess.run([sys.executable, *script], env=environment, capture_output=True).returncode == code
