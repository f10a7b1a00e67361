"""Searches give the same rows and scores on every kind of processor, each forced upon a process of its own.

What chooses by processor: numba's kernels (byte multiply-add, AVX2, neither), numpy's and OpenBLAS's own code, and how
many cores share the work.
"""

from __future__ import annotations

import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.index.tiles import MANY_PLANES
from t2i_core.neighbours.graph import nearest_neighbours

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
IMAGES, DIMENSION, TOP_K = 20_000, 64, 50  # rows enough that two cores share a search
X86 = {
    "no AVX": {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "Nehalem"},
    "AVX2 without AVX512": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "Haswell"},
    "AVX512 without VNNI": {
        "NUMBA_CPU_NAME": "skylake-avx512",
        "NUMBA_CPU_FEATURES": "",
        "OPENBLAS_CORETYPE": "SkylakeX",
    },
}
PLAIN = {"what any of its kind has": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}}
PROCESSORS = {**(X86 if platform.machine().lower() in {"x86_64", "amd64"} else PLAIN), "one core": {"ONE_CORE": "1"}}


def answers() -> dict[str, np.ndarray]:
    """What one query, many at once, a filter and the neighbour graph give for fixed rows, near-ties among them."""
    random = np.random.default_rng(0)
    centers = random.normal(size=(40, DIMENSION)) + random.normal(size=DIMENSION)
    rows = l2_normalize(centers[random.integers(0, 40, IMAGES)] + 1e-4 * random.normal(size=(IMAGES, DIMENSION)))
    queries = l2_normalize(np.concatenate([rows[: MANY_PLANES // 2], random.normal(size=(4, DIMENSION))]))
    where = random.random(IMAGES) < 0.3
    bias = (0.05 * random.standard_normal(IMAGES)).astype(np.float32)
    given: dict[str, np.ndarray] = {}
    for name, index in (("exact", ExactIndex(rows)), ("quantized", QuantizedIndex(rows))):
        for case, asked, mask in (
            ("one", queries[:1], None),
            ("many", queries, None),
            ("filtered", queries[:3], where),
        ):
            given[f"{name} {case} scores"], given[f"{name} {case} rows"] = index.search(asked, TOP_K, mask)
        for case, asked in (("one", queries[:1]), ("many", queries)):
            found = index.search(asked, TOP_K, where, bias)
            given[f"{name} {case} biased scores"], given[f"{name} {case} biased rows"] = found
    # The graph's float32 scores round as the processor multiplies, so near-ties would be told apart by chance.
    given["neighbours"] = nearest_neighbours(l2_normalize(random.normal(size=(3000, DIMENSION))), 5)[1]
    return given


@pytest.fixture(scope="module")
def here() -> dict[str, np.ndarray]:
    return answers()


def test_both_indexes_agree_here(here: dict[str, np.ndarray]) -> None:
    for name in here:
        if name.startswith("exact"):
            np.testing.assert_array_equal(here[name], here[name.replace("exact", "quantized")])


@pytest.mark.parametrize("kind", PROCESSORS)
def test_another_processor_answers_the_same(kind: str, here: dict[str, np.ndarray], tmp_path: Path) -> None:
    # numpy's own choices are turned off, all of them, wherever numba's are.
    umath = importlib.import_module("numpy._core._multiarray_umath")
    dispatched = "" if kind == "one core" else " ".join(umath.__cpu_dispatch__)
    out = tmp_path / "answers.npz"
    subprocess.run(
        [sys.executable, __file__, str(out)],
        check=True,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "NPY_DISABLE_CPU_FEATURES": dispatched, "PYTHONWARNINGS": "ignore"}
        | PROCESSORS[kind],
    )
    with np.load(out) as there:
        assert set(there.files) == set(here)
        for name in here:
            np.testing.assert_array_equal(there[name], here[name], err_msg=name)


if __name__ == "__main__":
    if os.environ.get("ONE_CORE") and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    arrays: dict[str, Any] = {**answers()}
    np.savez(sys.argv[1], **arrays)
