"""Searching: the indexes of this project against scikit-learn, numpy and FAISS, on rows clustered like real embeddings.

    python benchmarks/bench_search.py [--rows 31783 158915 1000000] [--dimension 512] [--rounds 15] [--ann]

One query a time, top 50. In each round every way answers the same query, one after the other, so that a busy machine
hurts them alike; figures are medians over the rounds, ratios medians of each round's ratio. Rows of ours are compared
with the exact index for every query. "Three terms" are weighted, standardised and balanced. `--batch 1000` adds many queries at
once against FAISS; `--ann` the approximate index with its recall. Rows and queries are made up: a common cone, clusters in
it, and queries from another cone.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import faiss
import machine
import numpy as np
from made_up_rows import make_rows
from numba import njit
from sklearn.metrics.pairwise import cosine_similarity

from t2i_core.arrays import common_direction
from t2i_core.cores import usable_cores
from t2i_core.engine.engine import MEDIAN_SAMPLE
from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.index.ann import AnnIndex, make_cells, measure
from t2i_core.index.exact import ExactIndex
from t2i_core.index.quantized import QuantizedIndex

TOP_K = 50
SLOW_ROUNDS = 3  # the scikit-learn way takes seconds at a million rows


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[31_783, 158_915, 1_000_000])
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=0, metavar="Q", help="also Q queries at once")
    parser.add_argument("--ann", action="store_true", help="also the approximate index")
    parser.add_argument(
        "--ours", action="store_true", help="ours alone, side by side, for their ratios on a busy machine"
    )
    arguments = parser.parse_args()
    print(machine.describe())
    threads = usable_cores()
    faiss.omp_set_num_threads(threads)
    print(f"top {TOP_K}, {threads} threads, read bandwidth {bandwidth(threads) / 1e9:.1f} GB/s")
    for rows in arguments.rows:
        measure_size(rows, arguments, threads)


def measure_size(images: int, arguments: argparse.Namespace, threads: int) -> None:
    rows, queries = make_rows(images, arguments.dimension, queries=max(arguments.rounds, 200))
    made, ours = machine.timed(lambda: QuantizedIndex(rows))
    exact = ExactIndex(rows)
    flat = faiss.IndexFlatIP(arguments.dimension)
    codes = faiss.IndexScalarQuantizer(arguments.dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    if not arguments.ours:
        flat.add(rows)
        codes.train(rows[:: max(1, images // 50_000)])
        codes.add(rows)
    nearness = np.random.default_rng(0).normal(0.3, 0.05, images).astype(np.float32)  # as balanced ranking takes off
    terms = ThreeTerms(rows, queries[-2:], nearness)
    ways: dict[str, Callable[[np.ndarray], object]] = {
        "ours, quantized": lambda query: ours.search(query[None], TOP_K),
        "ours, balanced": lambda query: ours.search(query[None], TOP_K, None, np.float32(-0.5) * nearness),
        "ours, three terms": lambda query: ours.search(*terms.asked(query)),
        "ours, exact": lambda query: exact.search(query[None], TOP_K),
        "FAISS flat": lambda query: flat.search(query[None], TOP_K),
        "FAISS 8-bit": lambda query: codes.search(query[None], TOP_K),
        "numpy": lambda query: np.argpartition(rows @ query, images - TOP_K)[-TOP_K:],
        "scikit-learn": lambda query: np.argsort(cosine_similarity(query[None], rows)[0])[::-1][:TOP_K],
    }
    if arguments.ann:
        cells = make_cells(rows)
        facts = measure(rows, cells, ours, queries[-200:], queried_with="made-up queries")
        ann = AnnIndex(rows, cells, facts)
        ways["ours, approximate"] = lambda query: ann.search(query[None], TOP_K)
    if arguments.ours:
        times = side_by_side(
            {name: way for name, way in ways.items() if name.startswith("ours")}, queries[: arguments.rounds]
        )
    else:
        times = {name: one_by_one(name, way, queries[: arguments.rounds]) for name, way in ways.items()}
    wrong = sum(
        not np.array_equal(
            ours.search(query[None], TOP_K, None, bias)[1], exact.search(query[None], TOP_K, None, bias)[1]
        )
        for query in queries[: arguments.rounds]
        for bias in (None, -nearness)
    )
    wrong += sum(
        not np.array_equal(ours.search(*terms.asked(query))[1], exact.search(*terms.asked(query))[1])
        for query in queries[: arguments.rounds]
    )
    candidates = statistics.median(ours.candidates(query, TOP_K).size for query in queries[: arguments.rounds])
    print(f"\nN {images:,}, D {arguments.dimension}: codes made in {made:.1f} s, {candidates:.0f} rows re-ranked")
    for name, found in times.items():
        ratio = machine.median_ratio(found, times["ours, quantized"])
        print(f"  {name:18} {statistics.median(found) * 1e3:9.2f} ms   {ratio:7.1f} x ours")
    scanned = images * arguments.dimension / statistics.median(times["ours, quantized"])
    print(f"  codes scanned at {scanned / 1e9:.1f} GB/s, {scanned / bandwidth(threads):.2f} of the read bandwidth")
    print(
        f"  queries, plain, balanced and of terms, whose rows differ from the exact index: {wrong} of {3 * arguments.rounds}"
    )
    if arguments.ann:
        print(f"  approximate: recall@{facts.top_k} {facts.recall:.4f}, {facts.probes} of {facts.cells} cells")
    if arguments.batch and not arguments.ours:
        many = make_rows(images, arguments.dimension, queries=arguments.batch)[1]
        mine, theirs = [], []
        for _ in range(3):
            mine.append(machine.seconds(lambda: ours.search(many, TOP_K)))
            theirs.append(machine.seconds(lambda: flat.search(many, TOP_K)))
        ratio = machine.median_ratio(theirs, mine)
        print(
            f"  {arguments.batch:,} queries at once: ours {statistics.median(mine):.2f} s, "
            f"FAISS flat {statistics.median(theirs):.2f} s, {ratio:.2f} x ours"
        )


class ThreeTerms:
    """What a search makes of three weighted terms and balance before it asks the index, given the terms' vectors."""

    def __init__(self, rows: np.ndarray, others: np.ndarray, nearness: np.ndarray) -> None:
        self._spreads = ScoreSpreads(rows[:: max(1, len(rows) // MEDIAN_SAMPLE)])
        self._others, self._nearness = others, nearness

    def asked(self, query: np.ndarray) -> tuple[np.ndarray, int, None, np.ndarray]:
        """One query, how many, no filter, and the bias: arguments of an index's search."""
        terms = np.stack([query, *self._others])
        weights = self._spreads.equalised(np.array([1.0, -0.5, 0.5]), terms)
        weighted = terms.astype(np.float64) * weights[:, None]
        embedding = common_direction(weighted, asked="Terms", way_out="Keep")
        amount = weights.sum() / np.linalg.norm(weighted.sum(axis=0))
        return embedding[None], TOP_K, None, np.float32(-0.5 * amount) * self._nearness


def one_by_one(name: str, way: Callable[[np.ndarray], object], queries: np.ndarray) -> list[float]:
    """Seconds a query, after one that is not counted."""
    way(queries[0])
    few = queries[:SLOW_ROUNDS] if name == "scikit-learn" else queries
    return [machine.seconds(partial(way, query)) for query in few]


def side_by_side(ways: dict[str, Callable[[np.ndarray], object]], queries: np.ndarray) -> dict[str, list[float]]:
    """The same where all ways answer one query before the next comes, so that what else is at work hurts them alike."""
    for way in ways.values():
        way(queries[0])
    times: dict[str, list[float]] = {name: [] for name in ways}
    for query in queries:
        for name, way in ways.items():
            times[name].append(machine.seconds(partial(way, query)))
    return times


def bandwidth(threads: int) -> float:
    """Bytes a second that all threads together read from memory: the best of several passes over 256 MiB."""
    numbers = np.ones(2**25, dtype=np.int64)
    parts = np.array_split(numbers, threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_sum, parts))
        best: float = min(machine.seconds(lambda: list(pool.map(_sum, parts))) for _ in range(7))
        return numbers.nbytes / best


@njit(nogil=True)
def _sum(numbers: np.ndarray) -> int:
    total = 0
    for position in range(numbers.size):
        total += numbers[position]
    return total


if __name__ == "__main__":
    main()
