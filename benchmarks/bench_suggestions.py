"""How fast caption suggestions are, against looking at one caption after another until enough fit.

    python benchmarks/bench_suggestions.py [--captions 160000] [--rounds 5]

The captions are made up: ten words each, drawn as often as words of a language are (the n-th in 1 of n).
Each figure is the best of the rounds; both ways run in every round, so that a busy machine hurts them alike.
"""

from __future__ import annotations

from functools import partial
from itertools import islice

import machine
import numpy as np

from t2i_core.captions.suggestions import CaptionSuggestions

LIMIT = 7


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--captions", type=int, default=160_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    vocabulary, captions = make_captions(arguments.captions)
    built, suggestions = machine.timed(lambda: CaptionSuggestions(captions))
    print(machine.describe())
    print(f"{len(captions):,} captions, {len(vocabulary):,} words")
    print(f"index built in {built:.2f} s")
    rare = f"{vocabulary[40]} {vocabulary[90]} b"
    slowest = (0.0, 0.0)
    print(f"{'typed':<24}{'index':>10}{'one by one':>16}")
    for typed in ("a", "s", "a ", "in a", "a the in", "a the s", rare, "nothing like this", "the a in t"):
        ours, plain = [], []
        for _ in range(arguments.rounds):
            ours.append(machine.seconds(partial(suggestions.suggest, typed, limit=LIMIT)))
            plain.append(machine.seconds(partial(plain_suggestions, captions, typed)))
        slowest = (max(slowest[0], min(ours)), max(slowest[1], min(plain)))
        print(f"{typed:<24}{1e3 * min(ours):>7.2f} ms{1e3 * min(plain):>13.2f} ms")
    print(
        f"the slowest answer takes {1e3 * slowest[0]:.2f} ms with the index and {1e3 * slowest[1]:.0f} ms without, "
        f"{slowest[1] / slowest[0]:.0f} times as long"
    )


def make_captions(count: int) -> tuple[list[str], list[str]]:
    """A vocabulary, the commonest word first, and captions of ten words each."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnoprstuvwy"))
    vocabulary = ["".join(rng.choice(letters, size=size)) for size in rng.integers(2, 9, size=12_000)]
    vocabulary[:3] = ["a", "in", "the"]
    frequencies = 1.0 / np.arange(1, len(vocabulary) + 1)
    picks = rng.choice(len(vocabulary), size=(count, 10), p=frequencies / frequencies.sum())
    return vocabulary, [" ".join(vocabulary[word] for word in row) for row in picks.tolist()]


def plain_suggestions(captions: list[str], typed: str) -> list[str]:
    """The same answers without an index, as soon as enough are found."""
    *whole, last = typed.split(" ")
    fitting = (
        caption
        for caption in captions
        if set(whole) <= (words := set(caption.split())) and any(word.startswith(last) for word in words)
    )
    return list(islice(fitting, LIMIT))


if __name__ == "__main__":
    main()
