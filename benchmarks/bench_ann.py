"""Approximate search: our FAISS IVF against graphs (FAISS HNSW, and usearch where it is installed), at the same recall.

    python benchmarks/bench_ann.py [--rows 1000000] [--dimension 512] [--rounds 50] [--no-graphs]

Each index looks at more and more (cells, or candidates of the graph) until recall@50 against the exact index reaches 0.98,
and is timed there: one query a time, top 50, all of them re-ranking what they find in full precision. Rows and queries
are made up as in bench_search.py. A graph of a million rows takes long to make; usearch is no requirement of
the project: `pip install usearch` for this comparison.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import faiss
import machine
import numpy as np
from made_up_rows import make_rows

from t2i_core.cores import usable_cores
from t2i_core.index.ann import WANTED_RECALL, AnnIndex, make_cells, measure, write_cells
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.index.scoring import best_of, exact_scores

TOP_K = 50
SPARE = 2
LINKS, BUILD_EFFORT = 32, 80
EFFORTS = (100, 150, 220, 330, 500, 750, 1_100, 1_700, 2_500, 4_000)
Find = Callable[[np.ndarray, int], np.ndarray]


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--no-graphs", action="store_true", help="only our own")
    arguments = parser.parse_args()
    print(machine.describe())
    faiss.omp_set_num_threads(usable_cores())
    rows, queries = make_rows(arguments.rows, arguments.dimension, queries=200)
    exact = QuantizedIndex(rows)
    truth = exact.search(queries, TOP_K)[1]
    print(f"N {len(rows):,}, D {arguments.dimension}, top {TOP_K}, {len(queries)} queries, {arguments.rounds} timed")
    ivf(rows, queries, exact, arguments.rounds)
    if not arguments.no_graphs:
        graph("FAISS HNSW, 8-bit", faiss_graph, rows, queries, truth, arguments.rounds)
        if find_spec("usearch") is None:
            print("  usearch: not installed, not compared")
        else:
            graph("usearch, 8-bit", usearch_graph, rows, queries, truth, arguments.rounds)


def ivf(rows: np.ndarray, queries: np.ndarray, exact: QuantizedIndex, rounds: int) -> None:
    made, cells = machine.timed(lambda: make_cells(rows))
    facts = measure(rows, cells, exact, queries, queried_with="made-up queries")
    index = AnnIndex(rows, cells, facts)
    took = [machine.seconds(partial(index.search, query[None], TOP_K)) for query in queries[:rounds]]
    with TemporaryDirectory() as folder:
        write_cells(cells, Path(folder) / "cells")
        size = (Path(folder) / "cells").stat().st_size
    tell("ours: FAISS IVF, 8-bit", made, size, facts.recall, f"{facts.probes} of {facts.cells} cells", took)


def graph(
    name: str, make: Callable[[np.ndarray], tuple[Find, int]], rows: np.ndarray, queries: np.ndarray,
    truth: np.ndarray, rounds: int,
) -> None:  # fmt: skip
    made, (find, size) = machine.timed(lambda: make(rows))

    def search(query: np.ndarray, effort: int) -> np.ndarray:
        found = np.sort(find(query, effort))
        return best_of(exact_scores(rows[found], query), found, TOP_K)[1]

    for effort in EFFORTS:
        hits = sum(
            np.intersect1d(search(query, effort), right).size for query, right in zip(queries, truth, strict=True)
        )
        recall = hits / truth.size
        if recall >= WANTED_RECALL:
            break
    took = [machine.seconds(partial(search, query, effort)) for query in queries[:rounds]]
    tell(name, made, size, recall, f"{effort} candidates", took)


def faiss_graph(rows: np.ndarray) -> tuple[Find, int]:
    index = faiss.IndexHNSWSQ(rows.shape[1], faiss.ScalarQuantizer.QT_8bit, LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILD_EFFORT
    index.train(rows[:: max(1, len(rows) // 50_000)])
    index.add(rows)

    def find(query: np.ndarray, effort: int) -> np.ndarray:
        _, found = index.search(query[None], SPARE * TOP_K, params=faiss.SearchParametersHNSW(efSearch=effort))
        rows_found: np.ndarray = found[0][found[0] >= 0]
        return rows_found

    return find, faiss.serialize_index(index).nbytes


def usearch_graph(rows: np.ndarray) -> tuple[Find, int]:
    from usearch.index import Index

    index = Index(
        ndim=rows.shape[1], metric="cos", dtype="i8", connectivity=LINKS, expansion_add=BUILD_EFFORT,
    )  # fmt: skip
    index.add(np.arange(len(rows)), rows, threads=usable_cores())

    def find(query: np.ndarray, effort: int) -> np.ndarray:
        index.expansion_search = effort
        found: np.ndarray = index.search(query, SPARE * TOP_K).keys.astype(np.int64)
        return found

    return find, index.serialized_length


def tell(name: str, made: float, size: int, recall: float, effort: str, took: list[float]) -> None:
    print(
        f"  {name:24} {statistics.median(took) * 1e3:7.2f} ms at recall@{TOP_K} {recall:.4f} ({effort}); "
        f"made in {made:,.0f} s, {size / 1e6:,.0f} MB"
    )


if __name__ == "__main__":
    main()
