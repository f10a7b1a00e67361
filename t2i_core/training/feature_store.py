"""What the frozen backbones see in each picture, computed once and kept on disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from t2i_core.encoder.mini_network import ImageTrunk
from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.training.pictures import pixels

_BATCH = 16  # larger ones leave the processor's cache

_log = logging.getLogger(__name__)


class FeatureStore:
    """Features of one list of pictures in one view: (N, C) float16 in a memory-mapped file.

    Making a store that was interrupted goes on where it stopped.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._array_path = folder / f"{name}.npy"
        self._progress_path = folder / f"{name}.json"

    def make(self, paths: Sequence[Path], *, view: str, rule: PixelRule, trunk: ImageTrunk) -> np.ndarray:
        """Compute what is missing and return the whole array, read-only.

        Parameters
        ----------
        trunk : ImageTrunk
            In channels-last memory; its type (bfloat16 or float32) is the type of the computation.
        """
        done = self._done(len(paths))
        if done < len(paths):
            self._array_path.parent.mkdir(parents=True, exist_ok=True)
            self._compute(paths, done, view=view, rule=rule, trunk=trunk)
        return self.read()

    def read(self) -> np.ndarray:
        """The array of a finished store."""
        stored: np.ndarray = np.load(self._array_path, mmap_mode="r", allow_pickle=False)
        return stored

    def _done(self, total: int) -> int:
        if not self._progress_path.is_file():
            return 0
        progress = json.loads(self._progress_path.read_text())
        return int(progress["done"]) if progress["total"] == total else 0

    def _compute(self, paths: Sequence[Path], done: int, *, view: str, rule: PixelRule, trunk: ImageTrunk) -> None:
        array: np.memmap | None = np.lib.format.open_memmap(self._array_path, mode="r+") if done else None
        dtype = trunk.dtype
        for start in range(done, len(paths), _BATCH):
            batch = pixels(paths[start : start + _BATCH], view=view, rule=rule, first=start).to(dtype)
            with torch.inference_mode():
                features = trunk(batch.contiguous(memory_format=torch.channels_last)).to(torch.float16).numpy()
            if array is None:
                array = np.lib.format.open_memmap(
                    self._array_path, mode="w+", dtype=np.float16, shape=(len(paths), features.shape[1])
                )
            array[start : start + len(features)] = features
            if start // _BATCH % 100 == 0 or start + len(features) == len(paths):
                array.flush()
                self._progress_path.write_text(json.dumps({"done": start + len(features), "total": len(paths)}))
                _log.info("%s: %d of %d", self._array_path.stem, start + len(features), len(paths))


def read_features(array: np.ndarray, rows: np.ndarray) -> torch.Tensor:
    """Some rows of a store: Tensor of shape (B, C), float32."""
    return torch.from_numpy(array[rows].astype(np.float32))
