"""Three hundred broken files of every kind, always the same: each is read, or refused in a sentence."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from t2i_core.errors import T2IError
from tests.core.mutated_files import KINDS, make_room, read_case, write_case

EXAMPLES = 300


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that PyTorch means to retire its archives
        return make_room(tmp_path_factory.mktemp("room") / "room")


@pytest.mark.parametrize("kind", KINDS)
def test_good_files_are_read(room: Path, kind: str, tmp_path: Path) -> None:
    """Otherwise a reader that refuses everything would pass."""
    import shutil

    shutil.copytree(room, tmp_path / "case")
    for name in KINDS[kind].paths:
        try:
            read_case(tmp_path / "case", tmp_path / "case" / name, kind)
        except T2IError as error:
            assert kind == "checkpoint", str(error)  # they hold weights, but of no CLIP
            assert "cannot be read" not in str(error) or name == "a.safetensors"


@pytest.mark.slow
@seed(1)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(kind=st.sampled_from(sorted(KINDS)), number=st.integers(0, 2**32))
def test_broken_files_are_read_or_refused_in_a_sentence(room: Path, kind: str, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        target = Path(folder) / "case"
        path = write_case(room, target, kind, number)
        try:
            read_case(target, path, kind)
        except T2IError as error:
            str(error).encode()  # a page can show it
