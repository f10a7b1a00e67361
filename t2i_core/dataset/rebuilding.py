"""The command that makes a dataset's embeddings anew, ready to copy."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from t2i_core.errors import DatasetError
from t2i_core.types import Gallery, Problem

BUILD = "python -m t2i_core build"
REBUILD = f"Rebuild: {BUILD}"


def rebuild_command(gallery: Gallery, *, model: str) -> str:
    """The command that builds a gallery again with another model; its captions file is found by the build itself."""
    return f"{BUILD} {_folders(gallery.data_dir, gallery.images_dir)} --model {shlex.quote(model)}"


def complete(problem: Problem, *, data_dir: Path, images_dir: Path) -> Problem:
    """The same problem, with the folders in its command: who finds a fault in a file knows neither.

    Without them the command would build the default dataset, not this one.
    """
    if not problem.fix.endswith(BUILD):
        return problem
    return replace(problem, fix=f"{problem.fix} {_folders(data_dir, images_dir)}")


def complete_error(error: DatasetError, *, data_dir: Path, images_dir: Path | None) -> DatasetError:
    """As `complete`, for an error; a picture folder that nobody named stands as DIR."""
    text = str(error)
    return DatasetError(f"{text} {_folders(data_dir, images_dir)}" if text.endswith(BUILD) else text)


def _folders(data_dir: Path, images_dir: Path | None) -> str:
    return shlex.join(["--images", str(images_dir or "DIR"), "--data", str(data_dir)])
