"""What the tests of wrong datasets share: refusals, problems, and changing what is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_gallery
from t2i_core.errors import DatasetError

EMBEDDINGS = "aligned_embeddings.npz"
CAPTIONS = "captions_tokenized.csv"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("T2I_IMAGES", raising=False)


def refused(folder: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_gallery(folder, folder.parent / "images")
    return str(caught.value)


def problem(folder: Path, code: str) -> str:
    problems = read_gallery(folder, folder.parent / "images").problems
    return str(next(item for item in problems if item.code == code))


def folders(folder: Path) -> str:
    """How a command to copy names the folders of `refused` and `problem`."""
    return f"--images {folder.parent / 'images'} --data {folder}"


def change(folder: Path, **arrays: np.ndarray) -> None:
    with np.load(folder / EMBEDDINGS) as stored:
        np.savez(folder / EMBEDDINGS, **({name: stored[name] for name in stored.files} | arrays))
