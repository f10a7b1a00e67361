"""From a neighbour graph to two dimensions: umap-learn's own graph and optimisation, or PCA where there is too little.

umap-learn would look for neighbours itself, approximately, and compile its search for them first. It is
given ours, and what it compiles is kept on disk: `UMAP().fit` differs from this in nothing else.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from t2i_core.types import FloatArray

NEIGHBOURS = 15
MIN_DIST = 0.1
FEWEST_FOR_UMAP = 16
EPOCHS_SMALL, EPOCHS_LARGE, LARGE = 400, 150, 10_000
OnEpoch = Callable[[int, int], None]


def umap_parameters(count: int, *, seed: int) -> dict[str, object]:
    """What is stored about a layout of ``count`` distinct pictures."""
    if count < FEWEST_FOR_UMAP:
        return {"method": "pca", "metric": "cosine", "seed": seed}
    return {
        "method": "umap",
        "metric": "cosine",
        "n_neighbors": min(NEIGHBOURS, count - 1),
        "min_dist": MIN_DIST,
        "epochs": EPOCHS_LARGE if count > LARGE else EPOCHS_SMALL,
        "seed": seed,
        "umap-learn": version("umap-learn"),
    }


def pca_layout(embeddings: FloatArray) -> FloatArray:
    """The two directions in which the rows differ most: (N, 2) float32, every N from 1 on."""
    wide = embeddings.astype(np.float64) - embeddings.mean(axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(wide, full_matrices=False)
    found = left[:, :2] * sizes[:2]
    flat = np.zeros((len(embeddings), 2))
    flat[:, : found.shape[1]] = found
    # The sign of a singular vector is arbitrary; the longest entry points to the positive side.
    farthest = flat[np.argmax(np.abs(flat), axis=0), [0, 1]]
    return scaled(flat * np.where(farthest < 0, -1, 1))


def umap_layout(
    embeddings: FloatArray,
    similarities: FloatArray,
    neighbours: npt.NDArray[np.int32],
    *,
    parameters: dict[str, object],
    on_epoch: OnEpoch | None = None,
) -> FloatArray:
    """A layout by umap-learn.

    Parameters
    ----------
    embeddings : ndarray of shape (U, D), float32, unit rows, all distinct
    similarities, neighbours : ndarrays of shape (U, k), float32 and int32
        The exact neighbour graph, without the rows themselves.
    parameters : dict
        From `umap_parameters`.
    on_epoch : callable, optional
        Called with epochs done and epochs in all.

    Returns
    -------
    ndarray of shape (U, 2), float32
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses tensorflow, which nothing here needs
        from umap import layouts, spectral, umap_
    for compiled in (
        umap_.smooth_knn_dist,
        umap_.compute_membership_strengths,
        layouts._nb_optimize_layout_euclidean_single_epoch,
    ):
        with contextlib.suppress(RuntimeError):  # nowhere to keep it: it is compiled each time then
            compiled.enable_caching()
    count, k = len(embeddings), int(str(parameters["n_neighbors"]))
    own = np.arange(count, dtype=np.int32)[:, None]
    rows = np.concatenate([own, neighbours[:, : k - 1]], axis=1)
    distances = np.concatenate([np.zeros((count, 1), np.float32), np.maximum(0, 1 - similarities[:, : k - 1])], axis=1)
    random = np.random.RandomState(int(str(parameters["seed"])))
    epochs = int(str(parameters["epochs"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a graph in several parts is no fault of the person who waits
        graph, _, _ = umap_.fuzzy_simplicial_set(embeddings, k, random, "cosine", knn_indices=rows, knn_dists=distances)
        begin = spectral.spectral_layout(embeddings, graph, 2, random, metric="cosine")
        begin = umap_.noisy_scale_coords(begin, random, max_coord=10, noise=0.0001)
        a, b = umap_.find_ab_params(1.0, MIN_DIST)
        found, _ = umap_.simplicial_set_embedding(
            embeddings, graph, 2, 1.0, a, b, 1.0, 5, epochs, begin, random, "cosine", {}, False, {}, False,
            parallel=False,
            tqdm_kwds={"disable": on_epoch is None, "file": _Epochs(on_epoch), "bar_format": "{n}/{total}\n"},
        )  # fmt: skip
    return scaled(found)


def scaled(coordinates: np.ndarray) -> FloatArray:
    """Coordinates around 0 whose longer side runs from -1 to 1; shape and proportions stay."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    reach = float((high - low).max()) / 2
    scaled: FloatArray = ((coordinates - (low + high) / 2) / (reach or 1.0)).astype(np.float32)
    return scaled


class _Epochs(io.StringIO):
    """Reads umap-learn's progress bar, the only way it tells how far it is."""

    def __init__(self, on_epoch: OnEpoch | None) -> None:
        super().__init__()
        self._on_epoch = on_epoch

    def write(self, text: str) -> int:
        told = re.search(r"(\d+)/(\d+)", text)
        if told and self._on_epoch is not None:
            self._on_epoch(int(told[1]), int(told[2]))
        return len(text)
