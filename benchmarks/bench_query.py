"""How long one sentence takes to become an embedding, against the text tower alone.

    python benchmarks/bench_query.py [--model mini|PATH] [--rounds 200]

What lies between the two is tokenising, sorting, copying and normalising. Each figure is the median of
the rounds; both run in every round, so that a busy machine hurts them alike.
"""

from __future__ import annotations

import statistics

import machine
import torch

from t2i_core.encoder import open_encoder
from t2i_core.encoder.tokens import tokenize

SENTENCE = "a dog running along a sandy beach at sunset"


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.model, device="cpu")
    tokens = tokenize([SENTENCE])
    network = encoder._network.encode_text
    whole, tower = [], []
    with torch.inference_mode():
        for _ in range(10):
            encoder.encode_text([SENTENCE])
        for _ in range(arguments.rounds):
            tower.append(1e3 * machine.seconds(lambda: network(tokens)))
            whole.append(1e3 * machine.seconds(lambda: encoder.encode_text([SENTENCE])))
    one, other = statistics.median(whole), statistics.median(tower)
    print(machine.describe())
    print(f"{encoder.model_id}, D = {encoder.dimension}")
    print(f"text tower alone  {other:.2f} ms")
    print(f"encode_text       {one:.2f} ms, {one / other:.2f} times as long")


if __name__ == "__main__":
    main()
