"""Approximate search for millions of rows: FAISS looks at the nearest few of many cells. The only file that imports faiss.

Cells are k-means clusters of the rows; a search scans the int8 codes of the nearest ``probes`` cells and re-ranks what it
finds in full precision, so scores are exact and only the choice of rows is approximate. How often the choice is right
is measured with the exact index and told (`AnnFacts`).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.cores import usable_cores
from t2i_core.errors import SearchIndexError
from t2i_core.index.exact import check_image_embeddings, check_search
from t2i_core.index.scoring import best_of, exact_scores, search_each
from t2i_core.types import FloatArray, Index, MaskArray, RowArray

MEASURED_TOP_K = 50
WANTED_RECALL = 0.98
LARGEST_RECALL_SAMPLE = 500
_ROWS_A_CELL = 64  # fewer and a query looks at too many cells; more and a cluster of pictures has no cell of its own
_MOST_CELLS_PER_ROOT = 16  # times the square root of the rows: making cells takes as many comparisons for each row
_ROWS_PER_CELL_TRAINED = 20
_ADDED_AT_ONCE = 65_536
_SPARE = 2  # codes blur the order near the last place, so more are re-ranked than asked for
_SEED = 1234


@dataclass(frozen=True)
class AnnFacts:
    """How an approximate index was made and what it was measured to do.

    ``recall`` is the share of the exact best ``top_k`` it finds, averaged over ``queries`` queries of the kind
    ``queried_with``: ``captions`` of the dataset, or its ``pictures`` where it has no captions.
    """

    images: int
    dimension: int
    cells: int
    probes: int
    top_k: int
    recall: float
    queries: int
    queried_with: str

    def to_record(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class AnnIndex:
    """Implements `t2i_core.types.Index`, approximately.

    Parameters
    ----------
    image_embeddings : ndarray of shape (N, D), float32, unit rows; may be memory-mapped
    cells : faiss.Index
        Made by `make_cells`, or opened by `open_cells`.
    facts : AnnFacts
    """

    def __init__(self, image_embeddings: FloatArray, cells: Any, facts: AnnFacts) -> None:
        self._image_embeddings = check_image_embeddings(image_embeddings)
        self._cells = cells
        self.facts = facts
        if (cells.ntotal, cells.d) != image_embeddings.shape:
            raise SearchIndexError(
                f"An approximate index must be of the rows it searches, {image_embeddings.shape}, "
                f"got {(cells.ntotal, cells.d)}. Make it again: python -m t2i_core index"
            )

    def __len__(self) -> int:
        return len(self._image_embeddings)

    def search(
        self, query_embeddings: FloatArray, top_k: int, where: MaskArray | None = None, bias: FloatArray | None = None
    ) -> tuple[FloatArray, RowArray]:
        """Nearly the best rows per query; see `t2i_core.types.Index.search`. As many as there are, always."""
        if bias is not None:
            raise SearchIndexError(
                "A bias needs an index that looks at every row, got an approximate one. Ask the exact one."
            )
        allowed = check_search(self._image_embeddings, query_embeddings, top_k, where)
        k = min(top_k, len(self) if allowed is None else allowed.size)
        bits = None if where is None else np.packbits(where, bitorder="little")
        return search_each(query_embeddings, k, lambda query: self._search_one(query, k, bits))

    def _search_one(self, query: FloatArray, k: int, bits: np.ndarray | None) -> tuple[np.ndarray, RowArray]:
        wanted = min(len(self), _SPARE * k)
        probes = min(self.facts.probes, self.facts.cells)
        while True:
            rows = _look(self._cells, query[None], wanted, probes, bits)[0]
            rows = np.sort(rows[rows >= 0])
            # A mask, or small cells, may leave fewer than k in the cells looked at: look at more, at last at all.
            if rows.size >= k or probes >= self.facts.cells:
                return best_of(exact_scores(self._image_embeddings[rows], query), rows, k)
            probes = min(4 * probes, self.facts.cells)


def cell_count(images: int) -> int:
    """How many cells for so many rows: a power of two, about one for 64 rows, up to 16 times the rows' square root."""
    wanted = min(images / _ROWS_A_CELL, _MOST_CELLS_PER_ROOT * math.sqrt(images))
    return min(images, 1 << max(0, round(math.log2(wanted)))) if wanted > 1 else 1


def make_cells(image_embeddings: FloatArray, *, on_progress: Callable[[int], None] | None = None) -> Any:
    """Cells over unit rows (N, D): a faiss index. Takes about five minutes a million rows on two cores."""
    import faiss

    check_image_embeddings(image_embeddings)
    images, dimension = image_embeddings.shape
    count = cell_count(images)
    with _threads(usable_cores()):
        centres = faiss.IndexFlatIP(dimension)
        cells = faiss.IndexIVFScalarQuantizer(
            centres, dimension, count, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True
        )
        cells.cp.seed, cells.cp.niter, cells.cp.spherical = _SEED, 8, True
        cells.cp.min_points_per_centroid = 1
        sample = np.random.default_rng(_SEED).permutation(images)[: _ROWS_PER_CELL_TRAINED * count]
        cells.train(np.ascontiguousarray(image_embeddings[np.sort(sample)]))
        for start in range(0, images, _ADDED_AT_ONCE):
            block = np.ascontiguousarray(image_embeddings[start : start + _ADDED_AT_ONCE])
            cells.add(block)
            if on_progress is not None:
                on_progress(start + len(block))
        _shorten_centres(cells, centres)
    return cells


def _shorten_centres(cells: Any, centres: Any) -> None:
    """Keep the cells' centres in float16: every query is compared with all of them, four times as quickly so."""
    import faiss

    short = faiss.IndexScalarQuantizer(cells.d, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    rows = centres.reconstruct_n(0, centres.ntotal)
    short.train(rows)
    short.add(rows)
    short.this.disown()  # from here on it lives as long as the cells that point there
    cells.quantizer, cells.own_fields = short, True


def measure(
    image_embeddings: FloatArray,
    cells: Any,
    exact: Index,
    query_embeddings: FloatArray,
    *,
    queried_with: str,
    wanted: float = WANTED_RECALL,
) -> AnnFacts:
    """Find the fewest probes that reach the wanted recall on some queries, and note what they reach.

    Parameters
    ----------
    exact : Index
        Over the same rows: what is right.
    query_embeddings : ndarray of shape (Q, D), float32, unit rows
    wanted : float
        Recall to reach; with all cells looked at it is nearly 1.
    """
    images, dimension = image_embeddings.shape
    top_k = min(MEASURED_TOP_K, images)
    _, truth = exact.search(query_embeddings, top_k)
    probes = 1
    while True:
        facts = AnnFacts(images, dimension, cells.nlist, probes, top_k, 0.0, len(query_embeddings), queried_with)
        _, found = AnnIndex(image_embeddings, cells, facts).search(query_embeddings, top_k)
        hits = sum(np.intersect1d(one, other).size for one, other in zip(found, truth, strict=True))
        recall = hits / truth.size
        if recall >= wanted or probes >= cells.nlist:
            return AnnFacts(
                images, dimension, cells.nlist, probes, top_k, round(recall, 4), len(query_embeddings), queried_with
            )
        probes = min(cells.nlist, max(probes + 1, probes * 3 // 2))


def write_cells(cells: Any, path: Path) -> None:
    """Write cells to a file; OSError when that is not possible."""
    import faiss

    try:
        faiss.write_index(cells, str(path))
    except RuntimeError as error:
        raise OSError(f"{path} could not be written: {str(error)[:200]}") from error


def open_cells(path: Path) -> Any:
    """Cells from a file, memory-mapped; OSError when they cannot be read."""
    import faiss

    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    except RuntimeError as error:
        raise OSError(f"{path} could not be read: {str(error)[:200]}") from error


def _look(cells: Any, queries: FloatArray, count: int, probes: int, bits: np.ndarray | None) -> RowArray:
    """Rows that the codes in the nearest cells call best: ndarray of shape (Q, count), int64; -1 behind the last."""
    import faiss

    chosen = None if bits is None else faiss.IDSelectorBitmap(bits)
    parameters = faiss.SearchParametersIVF(sel=chosen, nprobe=probes)
    _, rows = cells.search(np.ascontiguousarray(queries, dtype=np.float32), count, params=parameters)
    found: RowArray = rows
    return found


_setting_threads = threading.Lock()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """FAISS on so many threads while the block runs; one block at a time, because the setting is the process's."""
    import faiss

    with _setting_threads:
        before = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(count)
        try:
            yield
        finally:
            faiss.omp_set_num_threads(before)
