"""How far a map can be trusted: how many of each picture's neighbours are its neighbours there, too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from t2i_core.cores import usable_cores
from t2i_core.types import FloatArray


def neighbours_kept(coordinates: FloatArray, neighbours: npt.NDArray[np.int32]) -> FloatArray:
    """Share of each row's neighbours that are among as many nearest ones on the map.

    Parameters
    ----------
    coordinates : ndarray of shape (N, 2), float32
    neighbours : ndarray of shape (N, k), int32

    Returns
    -------
    ndarray of shape (N,), float32, 0 to 1; ones where there are no neighbours to lose
    """
    count, k = neighbours.shape
    if k == 0:
        return np.ones(count, dtype=np.float32)
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(coordinates).query(coordinates, k=k + 1, workers=usable_cores())
    kept = np.empty(count, dtype=np.float32)
    step = 65_536
    for start in range(0, count, step):
        part = slice(start, min(count, start + step))
        own = nearest[part] == np.arange(part.start, part.stop)[:, None]
        # Of points that lie on each other the row itself may be missing; then the farthest one goes.
        own[~own.any(axis=1), -1] = True
        others = nearest[part][~own].reshape(-1, k)
        kept[part] = (others[:, :, None] == neighbours[part][:, None, :]).any(axis=1).mean(axis=1)
    return kept
