"""The app as `make run` serves it, with settings of a test's own, from its process to its end."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 600
STOP_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running app: its port, its process, and what it printed."""

    port: int
    process: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def make_run(*settings: str) -> list[str]:
    """The command that `make run` ends with."""
    told = subprocess.run(
        ["make", "--no-print-directory", "-n", "run", *settings], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return shlex.split(told.stdout.strip().splitlines()[-1])


@contextmanager
def served(
    folder: Path, environment: Mapping[str, str], *options: str, port: int = 0, host: str = "",
    command: list[str] | None = None,
) -> Iterator[Served]:  # fmt: skip
    """The app, once it answers; logs go to ``folder``. ``command`` starts it in another way than `make run`."""
    port = port or free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("T2I_", "STREAMLIT_"))}
    if command is None:
        command = make_run(f"PORT={port}", *([f"HOST={host}"] if host else []))
    else:
        command = [*command, "--server.port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--server.headless", "true", *options],
            cwd=ROOT, env=own | {"OMP_NUM_THREADS": "1"} | dict(environment), stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield Served(port, server.pid, log)
        finally:
            server.terminate()
            try:
                server.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired as error:
                server.kill()
                server.wait()
                raise AssertionError(f"the app did not stop when it was told to:\n{log.read_text()}") from error


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def other_addresses() -> list[str]:
    """Addresses of this computer, besides 127.0.0.1, that somebody could reach it by."""
    found = ["127.0.0.2"] if Path("/proc/net/tcp").exists() else []  # on Linux all of 127.0.0.0/8 is this computer
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((somewhere, 9))  # sends nothing: it only chooses the address that would be used
                found.append(probe.getsockname()[0])
        except OSError:  # no network of this kind
            continue
    return found


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the app answers {error.code}:\n{log.read_text(errors='replace')}") from error
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start:\n{log.read_text(errors='replace')}")
