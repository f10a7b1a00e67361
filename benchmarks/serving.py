"""The app as a person runs it, for benchmarks: served over a dataset, and a Chromium to look at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from machine import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE_S = 600


@dataclass(frozen=True)
class Served:
    """A running app."""

    url: str
    process: int

    def processor_s(self) -> float:
        """Seconds of a processor the process has taken so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> tuple[float, float]:
        """Megabytes the process holds: all, and those that are no pages of files."""
        status = Path(f"/proc/{self.process}/status").read_text().splitlines()
        sizes = dict(line.split(":", 1) for line in status)
        every, own = (int(sizes[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssAnon"))
        return every, own


@contextmanager
def served(
    data: Path | None = None, images: Path | None = None, *, model: Path | None = None, port: int = 0
) -> Iterator[Served]:
    """The app over a dataset, the bundled one when none is named, from its process to its end."""
    if not port:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("T2I_")}
    environment |= {} if data is None else {"T2I_DATA": str(data.resolve())}
    environment |= {} if images is None else {"T2I_IMAGES": str(images.resolve())}
    environment |= {} if model is None else {"T2I_MODEL": str(model)}
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.headless", "true"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield Served(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Until the address answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the app did not start: run `make run` to see why")


@contextmanager
def chromium(*, webgl: bool = False) -> Iterator[Browser]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import launch

    with sync_playwright() as playwright:
        browser = launch(playwright, webgl=webgl, with_windows=True)
        try:
            yield browser
        finally:
            browser.close()
