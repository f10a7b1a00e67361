"""Which build of PyTorch `make` and the Dockerfile install: CUDA's, which is the usual one on Linux and takes gigabytes, or the CPU's.

python torch_wheel.py                              one line about what is to come, where that is CUDA's and nothing here uses it
python torch_wheel.py --build cpu [--index URL]    install the CPU's build, from the index named or those that pip's settings name

It needs nothing but Python and pip, for it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("torch", "torchvision")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
NVIDIA = Path("/proc/driver/nvidia/version")
HINT = (
    "PyTorch's usual build for Linux brings gigabytes for CUDA, and no such GPU is seen here. Its CPU build is enough: "
    "make run TORCH=cpu TORCH_INDEX=URL (docs/installing.md)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Install or hint; 1 where the build asked for cannot be had."""
    parser = argparse.ArgumentParser(description="Choose the build of PyTorch before everything else is installed.")
    parser.add_argument("--build", choices=("", "cpu"), default="", help="cpu, or nothing for the usual build")
    parser.add_argument(
        "--index", default="", help="address of an index that has the CPU's build; default: pip's settings"
    )
    asked = parser.parse_args(arguments)
    if asked.index and not asked.build:
        say("TORCH_INDEX names where the CPU's build is; say TORCH=cpu beside it.")
        return 1
    if not brings_cuda(installed("torch")):
        return 0
    if not asked.build:
        if not NVIDIA.exists() and not installed("torch"):
            say(HINT)
        return 0
    if installed("torch"):
        say(f"PyTorch {installed('torch')} is replaced by the CPU's build.")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps"]
    command += ["--index-url", asked.index] if asked.index else []
    code = subprocess.run([*command, *cpu_builds(REQUIREMENTS.read_text(encoding="utf-8"))]).returncode
    if code != 0:
        where = asked.index or "the indexes that pip's settings name"
        say(
            f"PyTorch's CPU build must be in an index that pip can read, and is not in {where}. PyTorch's site tells the address: "
            "TORCH=cpu TORCH_INDEX=URL"
        )
    return 1 if code else 0


def brings_cuda(there: str) -> bool:
    """Whether the usual build would bring CUDA here: on Linux, unless the CPU's build, version ``there``, is installed already."""
    return sys.platform == "linux" and platform.machine() in {"x86_64", "aarch64"} and not there.endswith("+cpu")


def cpu_builds(requirements: str) -> list[str]:
    """The packages as pip is to find them: the version that is pinned, built for the CPU, and no other.

    >>> cpu_builds("numpy==2.4.6\\ntorch==2.13.0\\ntorchvision==0.28.0\\n")
    ['torch==2.13.0+cpu', 'torchvision==0.28.0+cpu']
    """
    pinned = dict(re.findall(r"^([a-z]+)==([\w.]+)$", requirements, re.MULTILINE))
    return [f"{name}=={pinned[name]}+cpu" for name in PACKAGES]


def say(remark: str) -> None:
    """One line beside whatever `make` prints."""
    sys.stderr.write(f"{remark}\n")


def installed(package: str) -> str:
    """The version that is here, empty where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
