"""Writes a dataset over another and kills itself at one step of it. Run as a script, so that a test can count steps.

Steps are the calls that change a folder: opening for writing, renames, second names, removals, flushes to the disk.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from t2i_core.dataset import write_dataset
from t2i_core.types import Manifest

PICTURES = 5


def write_version(folder: Path, version: int) -> Manifest:
    """A dataset whose every file says which version it is of: names, captions, rows and model."""
    rows = np.eye(PICTURES, 8, k=version % 3, dtype=np.float32)
    names = [f"{version}/{number}.jpg" for number in range(PICTURES)]
    return write_dataset(
        folder,
        image_ids=names,
        image_embeddings=rows,
        image_sizes=np.full((PICTURES, 2), 9),
        captions=pd.DataFrame({"image": names, "caption": [f"version {version}"] * PICTURES}),
        text_embeddings=rows,
        encoder_id=f"version {version}",
        weights_sha256=str(version),
        preprocessing="none",
        images_dir=folder.parent / "images",
    )


def kill_at(step: int, *, after: bool) -> Callable[[], int]:
    """End this process before, or after, its ``step``-th change of the disk; how many there were until now."""
    seen = 0

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == step and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            mine = seen == step
            try:
                return change(*arguments, **options)
            finally:  # also where the change fails: a folder may be there already
                if mine and after:
                    os.kill(os.getpid(), signal.SIGKILL)

        return call

    for name in ("replace", "link", "unlink", "fsync", "mkdir"):
        setattr(os, name, counted(getattr(os, name)))
    opened = io.open
    changing = counted(opened)

    def open_counted(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        return (changing if set(mode) & set("wax+") else opened)(file, mode, *arguments, **options)

    io.open = open_counted
    return lambda: seen


if __name__ == "__main__":
    # One process imports, then forks for every step: it has no other threads.
    data_dir, before, version = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    step, killed = 0, True
    while killed:
        step += 1
        for after in (False, True):
            folder = data_dir / f"{step}{'b' if after else 'a'}" / "data"
            write_version(folder, before)
            child = os.fork()
            if not child:
                kill_at(step, after=after)
                write_version(folder, version)
                os._exit(0)
            killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    sys.stdout.write(str(step - 1))
