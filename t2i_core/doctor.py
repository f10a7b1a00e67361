"""What this computer has for the app, and what is missing: one finding a line, each with the way out."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from t2i_core import __version__
from t2i_core.config import Settings
from t2i_core.cores import usable_cores
from t2i_core.encoder.names import MINI_PATH, OPENAI_MODELS
from t2i_core.encoder.weight_files import CACHE_DIR
from t2i_core.errors import T2IError
from t2i_core.index.address import is_address, parse_address

GOOD, OPTIONAL, BAD = "ok", "optional", "problem"
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
LEAST_MEMORY, LEAST_DISK = 2 * 2**30, 2**30
# Its build for CUDA brings gigabytes that a computer without such a GPU never uses.
CPU_WHEELS = (
    "python -m pip install --index-url https://HOST/whl/cpu torch torchvision (PyTorch's site tells HOST; "
    "in a checkout: make clean run TORCH=cpu TORCH_INDEX=https://HOST/whl/cpu)"
)
OPTIONAL_PACKAGES = {
    "pymilvus": ("datasets in Milvus", "python -m pip install pymilvus==3.0.2"),
    "pillow-heif": ("HEIC pictures", "python -m pip install pillow-heif==1.8.1"),
    "mcp": ("agents (`mcp`)", "python -m pip install mcp==2.3.0"),
    "pyarrow": ("Parquet and Arrow", "python -m pip install pyarrow"),
    "tqdm": ("progress bars in notebooks", "python -m pip install tqdm"),
}
NEEDED_PACKAGES = (
    "streamlit",
    "numpy",
    "pandas",
    "pillow",
    "numba",
    "faiss-cpu",
    "umap-learn",
    "safetensors",
    "rf-clip",
)


@dataclass(frozen=True)
class Finding:
    """One line: ``kind`` is `GOOD`, `OPTIONAL` (missing, and nothing else fails for it) or `BAD`."""

    kind: str
    what: str
    told: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.kind:<9} {self.what:<18} {self.told}" + (f" {self.fix}" if self.fix else "")


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one finding after the other; nothing is changed and nothing is fetched."""
    yield Finding(GOOD, "t2i", __version__)
    yield _python()
    yield from _needed()
    yield from _processor()
    yield _memory()
    yield _disk(settings)
    yield from _models(settings)
    yield from _dataset(settings)
    yield from _optional()


def _python() -> Finding:
    here = sys.version_info[:2]
    told = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {usable_cores()} cores"
    if here < OLDEST_PYTHON:
        return Finding(BAD, "Python", told, "Python 3.11 or newer is needed.")
    if here > NEWEST_PYTHON:
        return Finding(
            OPTIONAL, "Python", told, "The packages' versions have wheels for up to 3.14; for later ones some may not."
        )
    return Finding(GOOD, "Python", told)


def _needed() -> Iterator[Finding]:
    for name in NEEDED_PACKAGES:
        found = _version(name)
        if not found:
            yield Finding(
                BAD, name, "not installed.", "Install what the app needs: python -m pip install -r requirements.txt"
            )
    there = [f"{name} {found}" for name in NEEDED_PACKAGES[:3] if (found := _version(name))]
    if there:
        yield Finding(GOOD, "packages", ", ".join(there))


def _processor() -> Iterator[Finding]:
    from t2i_core.encoder.processor import describe_processor

    try:
        here = describe_processor()
    except (ImportError, OSError) as error:
        yield Finding(BAD, "PyTorch", f"cannot be loaded ({str(error)[:120]}).", f"Install it: {CPU_WHEELS}")
        return
    yield Finding(GOOD, "PyTorch", here.version)
    if here.gpu:
        yield Finding(GOOD, "GPU", here.gpu)
    elif here.built_for and sys.platform == "linux":
        told = f"PyTorch was built for CUDA {here.built_for}, and no such GPU is seen; its packages take gigabytes."
        yield Finding(OPTIONAL, "GPU", told, f"The CPU's build is enough: {CPU_WHEELS}")
    else:
        yield Finding(OPTIONAL, "GPU", "none that PyTorch sees; models run on the processor.")
    numbers = "bfloat16 is native" if here.bfloat16 else "float32 only, about half as quick as with bfloat16"
    yield Finding(GOOD, "processor", f"{here.instructions}; {numbers}.")


def _memory() -> Finding:
    free = _free_memory()
    if free is None:
        return Finding(OPTIONAL, "memory", "this system does not say how much is free.")
    told = f"{free / 2**30:.1f} GB free"
    if free < LEAST_MEMORY:
        return Finding(
            BAD, "memory", f"{told}.", "The app takes about 1 GB, a large picture 0.6 more: close something."
        )
    return Finding(GOOD, "memory", told)


def _free_memory() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _disk(settings: Settings) -> Finding:
    place = Path.cwd() if is_address(settings.data_dir) else settings.data_dir.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    told = f"{free / 2**30:.1f} GB free where {place} lies"
    if free < LEAST_DISK:
        return Finding(BAD, "disk", f"{told}.", "A million pictures take 4 GB: free some space or name another folder.")
    if not os.access(place, os.W_OK):
        return Finding(
            OPTIONAL, "disk", f"{told}, and may not be written.", "Searching works; to build, name another --data."
        )
    return Finding(GOOD, "disk", told)


def _models(settings: Settings) -> Iterator[Finding]:
    if MINI_PATH.is_file():
        yield Finding(GOOD, "model mini", f"{MINI_PATH.stat().st_size / 2**20:.0f} MB, bundled")
    else:
        yield Finding(
            BAD, "model mini", f"is not at {MINI_PATH}.", "Install the package again, or name another: --model PATH"
        )
    folders = [folder for folder in (settings.model_dir, CACHE_DIR.expanduser()) if folder is not None]
    there = sorted({path.name for folder in folders if folder.is_dir() for path in folder.glob("*.pt")})
    if there:
        yield Finding(GOOD, "OpenAI's models", ", ".join(there))
    else:
        told = f"none of the {len(OPENAI_MODELS)} is on this disk; one is fetched at its first use."
        yield Finding(
            OPTIONAL, "OpenAI's models", told, "Without a network put its file into a folder and name it: T2I_MODEL_DIR"
        )


def _dataset(settings: Settings) -> Iterator[Finding]:
    if is_address(settings.data_dir):
        yield _server(str(settings.data_dir))
        return
    from t2i_core.dataset import list_datasets

    found = list_datasets(settings.data_dir)
    if found:
        yield Finding(GOOD, "datasets", f"{len(found)} in {settings.data_dir}")
    else:
        fix = "Build one: python -m t2i_core build --images PICTURES --data " + str(settings.data_dir)
        yield Finding(OPTIONAL, "datasets", f"none in {settings.data_dir}.", fix)


def _server(address: str) -> Finding:
    from t2i_core.index.milvus import MilvusCollection

    fix = "Is it running, and is the address right? T2I_DATA=milvus+http://HOST:PORT/COLLECTION"
    try:
        facts = MilvusCollection(parse_address(address), patience_s=3.0, call_s=3.0).facts()
    except T2IError as error:
        return Finding(BAD, "Milvus", f"{error}", fix)
    if facts is None:
        return Finding(
            BAD, "Milvus", f"answers at {address}, and has no such collection.", "Write it: python -m t2i_core push"
        )
    return Finding(GOOD, "Milvus", f"answers, {int(facts.get('images') or 0):,} pictures in {address}")


def _optional() -> Iterator[Finding]:
    for name, (what, install) in OPTIONAL_PACKAGES.items():
        found = _version(name)
        if found:
            yield Finding(GOOD, name, f"{found}, for {what}")
        else:
            yield Finding(OPTIONAL, name, f"not installed; for {what}.", f"To have it: {install}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?" if find_spec(package.replace("-", "_")) else ""
