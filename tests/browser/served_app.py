"""What the browser tests know of the app they drive."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

# A busy machine is no failure: these are for an app that hangs, not for one that is slow.
START_SECONDS = 600
STOP_SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]
HOSTILE_CAPTION = '<img src=x onerror="window.hurt=1"> [a](javascript:hurt) **bold**'


@dataclass(frozen=True)
class App:
    """A running app, its process, its dataset folder, and the captions of its first dataset."""

    url: str
    process: int
    data_dir: Path
    captions: pd.DataFrame
    checkpoint: Path


@contextmanager
def serve(
    data_dir: Path,
    log_file: Path,
    *,
    model: Path | None = None,
    command: Sequence[str] = ("-m", "streamlit", "run", "Home.py"),
) -> Iterator[tuple[str, int]]:
    """The app over a dataset folder, as long as it is needed: its address and its process.

    ``model`` is the checkpoint the dataset was built with: that its manifest names a file is not enough to open it.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("T2I_")}
    environment |= {"T2I_DATA": str(data_dir), "OMP_NUM_THREADS": "1"}
    if model is not None:
        environment["T2I_MODEL"] = str(model)
    options = ["--server.headless", "true", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log_file.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command, *options], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, server, log_file)
            yield url, server.pid
        finally:
            server.terminate()
            try:
                server.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=30):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start:\n{log.read_text(errors='replace')}")
