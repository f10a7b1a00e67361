"""What holds for all tests: none depends on how fast the machine is, or on luck."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.milvus_server import SERVER, MilvusServer

pytest_plugins = ["tests.dealing", "tests.slow"]

# Several processes share the cores. Threads that wait for their next piece of work by spinning, as OpenMP's do at
# first, take them from those who have something to do: half of the processor's time in the tests of training.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: Python need not look through it for garbage again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[MilvusServer]:
    """A real server, started once; a test that stops it starts it again, and `tests.dealing` ends it after the last that asks."""
    if sys.platform == "win32":
        pytest.skip("there is no Milvus server for Windows to test against")
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    pytestconfig.stash[SERVER] = server
    yield server
    server.stop()
