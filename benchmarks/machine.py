"""What every benchmark prints first: the machine, its load, and the versions that matter."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "torch", "faiss-cpu", "numba", "scikit-learn", "streamlit")


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
