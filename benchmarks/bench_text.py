"""One query through a text tower: ours against all 77 positions in float32 (openai/CLIP's own way).

    python benchmarks/bench_text.py [--model random-vit-b32|mini|PATH] [--rounds 30]

Both ways run in one process, on all cores, one query after another; medians, and the median of each round's ratio. Ours
reads up to the end token, with packed weights, in bfloat16 where the CPU has it; the cosine tells how near the result is.
"""

from __future__ import annotations

import statistics
import tempfile
from functools import partial
from pathlib import Path

import machine
import numpy as np
import torch
from bench_build import RANDOM_VIT, open_model

from t2i_core.arrays import l2_normalize
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.encoder.tokens import tokenize

QUERIES = (
    "a dog on a beach",
    "two people ride bicycles through a park in autumn",
    "snow",
    "an old red car parked in front of a small white house with a garden",
    "children playing football",
)


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--model", default=RANDOM_VIT)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    print(machine.describe())
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_model(arguments.model, Path(folder))
    network = encoder._network  # the bare tower: the benchmark's peer, not for other code
    if not isinstance(network, OpenAINetwork):
        raise SystemExit("--model must be of openai/CLIP's architecture: the peer is its own encode_text")
    model = network.module
    mask = model.build_attention_mask()

    def whole(text: str) -> np.ndarray:
        tokens = tokenize([text])
        with torch.inference_mode():
            for block in model.transformer.resblocks:
                block.attn_mask = mask
            row: np.ndarray = l2_normalize(model.encode_text(tokens).float().numpy())[0]
            return row

    def own(text: str) -> np.ndarray:
        row: np.ndarray = encoder.encode_text([text])[0]
        return row

    ours, theirs, cosines = [], [], []
    for number in range(arguments.rounds + 1):
        text = QUERIES[number % len(QUERIES)]
        seconds, mine = machine.timed(partial(own, text))
        full_seconds, full = machine.timed(partial(whole, text))
        cosines.append(float(mine @ full))
        if number:
            ours.append(seconds)
            theirs.append(full_seconds)
    ratio = machine.median_ratio(theirs, ours)
    print(f"{encoder.model_id}, {torch.get_num_threads()} threads, {len(QUERIES)} queries, D {encoder.dimension}")
    print(f"  77 positions {statistics.median(theirs) * 1e3:8.1f} ms")
    print(
        f"  ours         {statistics.median(ours) * 1e3:8.1f} ms   {ratio:.1f} x quicker, cosine at least {min(cosines):.6f}"
    )


if __name__ == "__main__":
    main()
