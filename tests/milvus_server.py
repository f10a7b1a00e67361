"""A real Milvus server on loopback, and a proxy that can hold its answers back or cut its connections."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

ETCD_PORT = 2380  # of the etcd inside the server, always the same: one server runs at a time on a machine
# Two checkouts may be tested at once: the second waits for the first's server.
TURN = Path(tempfile.gettempdir()) / "t2i-tests-milvus-server.lock"
TURN_WITHIN_S = 3_600.0
# What a killed server had registered in its etcd outlives it by this long; until then the one that was started again
# says that it is healthy, yet waits for the killed one to search. Milvus takes 30 s.
SESSION_S = 10
ENDS_WITHIN_S = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class MilvusServer:
    """The server of the package ``milvus`` over one folder and one port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._server: Any = None
        self._turn = FileLock(TURN, timeout=TURN_WITHIN_S)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start over the folder and port, new or as they were; healthy when it returns.

        Collections that were there before may take `SESSION_S` longer.
        """
        from milvus import MilvusServer as Server
        from milvus import MilvusServerConfig

        class Config(MilvusServerConfig):  # type: ignore[misc]  # the package names no types
            def try_bind_port(self, port: int) -> socket.socket | None:
                """As the package's, but a port whose last connections have just ended counts as free."""
                sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind(("127.0.0.1", port))
                    sock.listen()
                except OSError:
                    sock.close()
                    return None
                return sock

        self._turn.acquire()
        for port in (ETCD_PORT, self.port):
            _wait_until_free(port)
        config = Config(data_dir=str(self.folder), proxy_port=self.port)
        config.set("common.session.ttl", SESSION_S)
        self._server = Server(config, wait_for_started=False)
        self._server.start()
        self._wait_until_healthy()

    def _wait_until_healthy(self) -> None:
        """The package's own waiting goes on for minutes when the server has died, say of a port another one holds."""
        health = f"http://127.0.0.1:{self._server.webservice_port}/healthz"
        while self._server.server_proc.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=10) as answer:
                if b"OK" in answer.read():
                    return
            time.sleep(0.2)
        raise RuntimeError(
            f"The Milvus server ended while it started, with exit code {self._server.server_proc.poll()}. "
            f"Look into {self.folder / 'logs'}."
        )

    def stop(self) -> None:
        """End it at once, as a crash would, and wait until it is gone; what it has acknowledged is in its folder.

        Asked to end, a server with one query node waits half an hour for another to take over.
        """
        if self._server is None:
            return
        process = self._server.server_proc  # etcd runs inside it, there are no children
        process.kill()
        process.wait(timeout=ENDS_WITHIN_S)
        self._server.stop()  # closes its logs
        self._server = None
        for port in (ETCD_PORT, self.port):
            _wait_until_free(port)
        self._turn.release(force=True)


# Where the tests' one server is found, once it was started.
SERVER = pytest.StashKey[MilvusServer]()


def _wait_until_free(port: int) -> None:
    until = time.monotonic() + ENDS_WITHIN_S
    while True:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: ended connections do not count
            try:
                tried.bind(("127.0.0.1", port))
                return
            except OSError as error:
                if time.monotonic() > until:
                    raise RuntimeError(
                        f"Port {port} must be free for a Milvus server, and another process has held it for "
                        f"{ENDS_WITHIN_S:g} s. End that server: pgrep -f 'milvus run'"
                    ) from error
        time.sleep(0.1)


class HoldingProxy:
    """Passes bytes between a client and a server; while it is held, nothing comes back."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def cut(self) -> None:
        """End every connection there is; new ones are taken."""
        self._open.set()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def close(self) -> None:
        """End every connection and take no new ones."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, held: bool) -> None:
        try:
            while data := source.recv(65_536):
                if held:
                    self._open.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return
