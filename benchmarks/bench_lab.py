"""How long the lab takes: all ranks both ways, and the first figures once ranks are stored.

python benchmarks/bench_lab.py [--images 31783] [--captions 5] [--dimension 512]
"""

from __future__ import annotations

import machine
import numpy as np
from made_up_rows import make_rows

from t2i_core.arrays import l2_normalize
from t2i_core.lab.measuring import draws_of, measure, measure_direction
from t2i_core.lab.right_pairs import RightPairs
from t2i_core.ranks.counting import pair_ranks


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=int, default=31_783)
    parser.add_argument("--captions", type=int, default=5)
    parser.add_argument("--dimension", type=int, default=512)
    arguments = parser.parse_args()
    print(machine.describe())
    images, _ = make_rows(arguments.images, arguments.dimension, queries=1)
    rows = np.repeat(np.arange(arguments.images), arguments.captions)
    rng = np.random.default_rng(1)
    texts = np.empty((len(rows), arguments.dimension), dtype=np.float32)
    for start in range(0, len(rows), 20_000):
        part = slice(start, start + 20_000)
        noise = rng.standard_normal((len(rows[part]), arguments.dimension), dtype=np.float32)
        texts[part] = l2_normalize(images[rows[part]] + 1.4 * noise / np.sqrt(arguments.dimension))
    pair_ranks(images[:3000], texts[:3000], rows[:3000])  # compiled, or its file read
    seconds, (picture_ranks, caption_ranks) = machine.timed(lambda: pair_ranks(images, texts, rows))
    print(f"all ranks both ways, {len(images):,} pictures, {len(texts):,} captions: {seconds:.1f} s")
    print(f"median rank {np.median(picture_ranks):g} of pictures, {np.median(caption_ranks):g} of captions")
    places = np.arange(len(rows))
    pairs = RightPairs(places, rows, places, rows, picture_ranks, caption_ranks, len(images))
    print(f"figures both ways with intervals and curves: {machine.seconds(lambda: measure(pairs)):.2f} s")
    first = machine.seconds(lambda: measure_direction(pairs.text_to_image, draws_of(pairs)))
    print(f"figures and curve of the captions alone, which the page shows first: {first:.2f} s")


if __name__ == "__main__":
    main()
