"""serve on the command line: a process of its own, asked by a client, and what it refuses to begin with."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from t2i_core.cli import main
from tests.architecture.source_tree import ROOT
from tests.core.mini_weights import save_tiny_mini
from tests.core.small_galleries import COLOURS, save_pictures

LISTENING = re.compile(r"Answering for 4 pictures at (http://127\.0\.0\.1:\d+)/v1")


@pytest.mark.slow
def test_a_served_dataset_answers_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "tiny.safetensors"
    save_tiny_mini(model)
    images = save_pictures(tmp_path / "images")
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.setenv("T2I_MODEL", str(model))
    assert main(["build", "--images", str(images), "--data", str(tmp_path / "data")]) == 0
    server = subprocess.Popen(
        [sys.executable, "-m", "t2i_core", "serve", "--data", str(tmp_path / "data"), "--port", "0"],
        cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True,
        # As from a terminal: what a shell runs in the background is started with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        assert server.stderr is not None
        lines = []
        for line in server.stderr:
            lines.append(line)
            if found := LISTENING.search(line):
                break
        else:
            pytest.fail("".join(lines))
        with httpx.Client(base_url=found[1], trust_env=False, timeout=60) as client:
            hits = client.get("/v1/search", params={"q": "a red boat"}).json()["hits"]
            assert {hit["image_id"] for hit in hits} == set(COLOURS)
            assert client.get(f"/v1/thumbnails/{hits[0]['image_id']}").headers["content-type"] == "image/jpeg"
            assert "server" not in client.get("/health").headers
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 130
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "0.0.0.0"], "T2I_TOKEN must be at least 16"),
        (["--port", "70000"], "A port is 0 to 65535"),
        (["--seconds", "0"], "more than 0 seconds"),
    ],
)
def test_what_cannot_be_served_is_told_before_the_model_is_loaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.delenv("T2I_TOKEN", raising=False)
    monkeypatch.setattr("t2i_core.opening.open_model", None)
    assert main(["serve", "--data", "nowhere", *options]) == 1
    assert message in capsys.readouterr().err
