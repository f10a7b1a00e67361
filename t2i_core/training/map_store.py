"""What the frozen backbone sees in each picture, computed once and kept on disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from t2i_core.encoder.mini_network import LiteBackbone
from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.training.pictures import pixels

_BATCH = 64

_log = logging.getLogger(__name__)


class MapStore:
    """Features of one list of pictures in one view: (N, H, W, C) float16 in a memory-mapped file.

    Making a store that was interrupted goes on where it stopped.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._array_path = folder / f"{name}.npy"
        self._progress_path = folder / f"{name}.json"

    def make(
        self, paths: Sequence[Path], *, view: str, rule: PixelRule, backbone: LiteBackbone, pooled: bool = True
    ) -> np.ndarray:
        """Compute what is missing and return the whole array, read-only.

        Parameters
        ----------
        backbone : LiteBackbone
            In channels-last memory; its type (bfloat16 or float32) is the type of the computation.
        pooled : bool
            Keep the mean over the positions only (H and W are 1), which is all that a head without attention reads.
        """
        done = self._done(len(paths))
        if done < len(paths):
            self._array_path.parent.mkdir(parents=True, exist_ok=True)
            self._compute(paths, done, view=view, rule=rule, backbone=backbone, pooled=pooled)
        return self.read()

    def read(self) -> np.ndarray:
        """The array of a finished store."""
        return np.load(self._array_path, mmap_mode="r", allow_pickle=False)

    def _done(self, total: int) -> int:
        if not self._progress_path.is_file():
            return 0
        progress = json.loads(self._progress_path.read_text())
        return int(progress["done"]) if progress["total"] == total else 0

    def _compute(
        self, paths: Sequence[Path], done: int, *, view: str, rule: PixelRule, backbone: LiteBackbone, pooled: bool
    ) -> None:
        array: np.memmap | None = np.lib.format.open_memmap(self._array_path, mode="r+") if done else None
        dtype = backbone.stem.conv.weight.dtype
        for start in range(done, len(paths), _BATCH):
            batch = pixels(paths[start : start + _BATCH], view=view, rule=rule).to(dtype)
            with torch.inference_mode():
                maps = backbone(batch).float()
                maps = maps.mean(dim=(2, 3), keepdim=True) if pooled else maps
                maps = maps.permute(0, 2, 3, 1).to(torch.float16).numpy()
            if array is None:
                array = np.lib.format.open_memmap(
                    self._array_path, mode="w+", dtype=np.float16, shape=(len(paths), *maps.shape[1:])
                )
            array[start : start + len(maps)] = maps
            if start // _BATCH % 20 == 0 or start + len(maps) == len(paths):
                array.flush()
                self._progress_path.write_text(json.dumps({"done": start + len(maps), "total": len(paths)}))
                _log.info("%s: %d of %d", self._array_path.stem, start + len(maps), len(paths))


def read_maps(array: np.ndarray, rows: np.ndarray) -> torch.Tensor:
    """Some rows of a store: Tensor of shape (B, C, H, W), float32, channels-last."""
    return torch.from_numpy(np.ascontiguousarray(array[rows])).float().permute(0, 3, 1, 2)
