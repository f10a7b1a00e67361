"""A real Milvus server on loopback, and a proxy that can hold its answers back or cut its connections."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class MilvusServer:
    """The server of the package ``milvus`` over one folder and one port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._server: Any = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from milvus import MilvusServer as Server
        from milvus import MilvusServerConfig

        class Config(MilvusServerConfig):
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

        self._server = Server(Config(data_dir=str(self.folder), proxy_port=self.port), wait_for_started=False)
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
            "The Milvus server ended while it started; its embedded etcd needs port 2380, so one server runs at a time. "
            f"Look into {self.folder / 'logs'}."
        )

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


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
