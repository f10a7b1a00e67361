"""What every benchmark shares: its options, what it prints first (machine, load, versions), and how it takes time.

Imported first: it puts the project on the path, so that `python benchmarks/bench_search.py` runs from anywhere.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PACKAGES = ("numpy", "torch", "faiss-cpu", "numba", "scikit-learn", "pandas", "pillow", "umap-learn", "streamlit")
Result = TypeVar("Result")


def options(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose help is the benchmark's own docstring."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds, and what came of them."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def seconds(work: Callable[[], object]) -> float:
    """Seconds alone."""
    return timed(work)[0]


def median_ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """The median of each round's ratio: a busy machine hurts both ways of a round alike."""
    return statistics.median(one / other for one, other in zip(theirs, ours, strict=False))


def describe() -> str:
    """Machine, load and versions in two lines."""
    cpus = Path("/proc/cpuinfo")
    named = [line for line in cpus.read_text().splitlines() if line.startswith("model name")] if cpus.exists() else []
    model = named[0].partition(":")[2].strip() if named else platform.processor()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    busy = " (busy: do not trust times)" if load > 0.5 * cores else ""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return (
        f"{model}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, load {load:.1f}{busy}\n"
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )
