"""Filters: one exact query with a filter against one without, and what the filter itself takes.

    python benchmarks/bench_filters.py [--rows 1000000] [--dimension 512] [--rounds 21]

Rows, sizes and folders are made up. In each round every way answers the same query, one after the other, so that a busy
machine hurts them alike; ratios are medians of each round's ratio. "Masks" are how a request's conditions become rows: the
first time with everything that is made for it, then again.
"""

from __future__ import annotations

import statistics
from functools import partial
from pathlib import Path

import machine
import numpy as np
from made_up_rows import make_rows

from t2i_core.facets.facets import Facets
from t2i_core.index.quantized import QuantizedIndex
from t2i_core.query import Condition, read_condition
from t2i_core.types import Gallery

TOP_K = 200
FILTERS = ("folder=f1", "megapixels>=2", "width=100..119", "orientation=portrait", "not folder=f1|f2|f3", "width=100")


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=21)
    arguments = parser.parse_args()
    print(machine.describe())
    rows, queries = make_rows(arguments.rows, arguments.dimension, queries=arguments.rounds)
    index, facets = QuantizedIndex(rows), Facets(made_up_gallery(rows))
    for written in FILTERS:
        conditions = (read_condition(written),)
        first, mask = machine.timed(partial(facets.rows_that_fit, conditions))
        assert mask is not None
        again = statistics.median(machine.seconds(partial(facets.rows_that_fit, conditions)) for _ in range(7))
        plain, narrowed, ratios = [], [], []
        for query in queries[: arguments.rounds]:
            without = machine.seconds(partial(index.search, query[None], TOP_K))
            within = machine.seconds(partial(filtered, index, facets, conditions, query))
            plain.append(without)
            narrowed.append(within)
            ratios.append(within / without)
        print(
            f"{written:<22} {mask.mean():7.2%} fit  masks {first * 1e3:7.0f} then {again * 1e3:5.1f} ms  "
            f"query {statistics.median(plain) * 1e3:6.1f} → {statistics.median(narrowed) * 1e3:6.1f} ms  "
            f"× {statistics.median(ratios):.2f}",
            flush=True,
        )


def filtered(index: QuantizedIndex, facets: Facets, conditions: tuple[Condition, ...], query: np.ndarray) -> object:
    """One query with a filter, the filter's own time included."""
    return index.search(query[None], TOP_K, facets.rows_that_fit(conditions))


def made_up_gallery(rows: np.ndarray) -> Gallery:
    """Pictures of many sizes in forty folders."""
    count = len(rows)
    sizes = np.random.default_rng(0).integers(100, 3000, (count, 2))
    return Gallery(
        name="made up", data_dir=Path("nowhere"), images_dir=Path("nowhere"), image_embeddings=rows,
        image_ids=tuple(f"f{row % 40}/{row}.jpg" for row in range(count)),
        captions=(), caption_rows=np.empty(0, dtype=np.int64), text_embeddings=None, image_sizes=sizes, key="made up",
    )  # fmt: skip


if __name__ == "__main__":
    main()
