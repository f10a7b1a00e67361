"""What holds for all tests: none depends on how fast the machine is, or on luck."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.milvus_server import MilvusServer

settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two processes run the tests: those of a file stay together, and only one process may start a Milvus server."""
    for item in items:
        needs_server = "milvus_server" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("milvus" if needs_server else item.path.as_posix()))


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A real server, started once; a test that stops it starts it again."""
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.stop()
