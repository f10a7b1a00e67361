"""What weighted terms find: A - ½ B against "A without B", and words with a picture, half and half.

    python benchmarks/bench_terms.py --data DATASET [--images DIR] [--pairs 200] [--targets 400]

Pairs of words are drawn from the dataset's captions; pictures whose captions name A and not B are right. Told are the share of B
among the first 20 and the average precision (AP), with 95 % intervals over pairs. Then single pictures are looked for by their
first caption and by the picture whose captions share most words with theirs, half and half, against each alone and against
the plain sum of both vectors: recall@10, with intervals over pictures. Words of captions are the labels: what is shown
and not named counts as absent, alike for every way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import machine
import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.captions.telling_words import words_by_picture
from t2i_core.encoder import open_encoder
from t2i_core.engine import SearchEngine
from t2i_core.opening import open_engine, open_gallery
from t2i_core.query import GalleryPicture, Query, Term, Words

FIRST = 20
FEWEST = 8  # pictures with A and B, and with A alone
RECALL_AT = 10
RESAMPLES = 2_000
Rng = np.random.Generator


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--targets", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    gallery = open_gallery(arguments.data, arguments.images)
    engine = open_engine(open_encoder(gallery.manifest.model_id if gallery.manifest else "mini", device="cpu"), gallery)
    words = words_by_picture(gallery)
    rng = np.random.default_rng(arguments.seed)
    print(machine.describe())
    print(f"{gallery.name}: {len(gallery):,} pictures, {engine.encoder.model_id}")
    without(engine, words, arguments.pairs, rng)
    half_and_half(engine, words, arguments.targets, rng)


def without(engine: SearchEngine, words: list[frozenset[str]], pairs: int, rng: Rng) -> None:
    drawn = word_pairs(words, pairs, rng)
    ways: dict[str, Callable[[str, str], Query]] = {
        "A": lambda a, b: Query.of(a),
        "A without B": lambda a, b: Query.of(f"{a} without {b}"),
        "A - ½ B": lambda a, b: Query((Term(Words(a)), Term(Words(b), -0.5))),
        "A - B": lambda a, b: Query((Term(Words(a)), Term(Words(b), -1.0))),
    }
    shares: dict[str, np.ndarray] = {}
    precisions: dict[str, np.ndarray] = {}
    for name, ask in ways.items():
        share, precision = [], []
        for a, b in drawn:
            order = ranked(engine, engine.embedding_of(ask(a, b)))
            has_b = np.array([b in words[row] for row in order])
            share.append(has_b[:FIRST].mean())
            precision.append(average_precision(np.array([a in words[row] for row in order]) & ~has_b))
        shares[name], precisions[name] = np.array(share), np.array(precision)
    print(f"\n{len(drawn)} pairs of words                  B among the first {FIRST}        AP of A and not B")
    for name in ways:
        print(f"  {name:14} {told(shares[name], rng)}   {told(precisions[name], rng)}")
    drawn_pairs = rng.integers(0, len(drawn), (RESAMPLES, len(drawn)))
    ratios = shares["A - ½ B"][drawn_pairs].mean(axis=1) / shares["A"][drawn_pairs].mean(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    print(f"  B of A - ½ B ÷ B of A: {shares['A - ½ B'].mean() / shares['A'].mean():.2f} ({low:.2f} to {high:.2f})")


def word_pairs(words: list[frozenset[str]], pairs: int, rng: Rng) -> list[tuple[str, str]]:
    """Pairs of words that stand together in some pictures, and the first of them alone in some."""
    counts = Counter(word for one in words for word in one)
    common = sorted(word for word, count in counts.items() if FEWEST <= count <= len(words) // 4)
    rng.shuffle(common)
    having = {word: np.array([word in one for one in words]) for word in common}
    found: list[tuple[str, str]] = []
    for a in common:
        fitting = [
            b
            for b in common
            if b != a and (having[a] & having[b]).sum() >= FEWEST and (having[a] & ~having[b]).sum() >= FEWEST
        ]
        found += [(a, str(rng.choice(fitting)))] if fitting else []
    return found[:pairs]


def half_and_half(engine: SearchEngine, words: list[frozenset[str]], targets: int, rng: Rng) -> None:
    gallery = engine.gallery
    captioned = [row for row in range(len(gallery)) if gallery.captions_of(row) and words[row]]
    drawn = rng.permutation(captioned)[:targets].tolist()
    found: dict[str, list[float]] = {"words": [], "picture": [], "plain sum": [], "half and half": []}
    for row in drawn:
        # The picture most like the target by words of captions alone, so that no model chose it.
        likeness = [
            len(words[row] & one) / len(words[row] | one) if at != row else -1.0 for at, one in enumerate(words)
        ]
        other = int(np.argmax(likeness))
        text, picture = Words(gallery.captions[gallery.captions_of(row)[0]]), GalleryPicture(gallery.image_ids[other])
        rows = [engine.embedding_of(Query.of(subject)) for subject in (text, picture)]
        both = engine.embedding_of(Query((Term(text, 0.5), Term(picture, 0.5))))
        plain = l2_normalize(np.sum(rows, axis=0, keepdims=True))[0]
        for name, embedding in zip(found, (*rows, plain, both), strict=True):
            order = [at for at in ranked(engine, embedding).tolist() if at != other]
            found[name].append(float(row in order[:RECALL_AT]))
    print(f"\n{len(drawn)} pictures looked for        recall@{RECALL_AT}")
    for name, hits in found.items():
        print(f"  {name:14} {told(np.array(hits), rng)}")
    print(f"  half and half - words: {told(np.array(found['half and half']) - np.array(found['words']), rng)}")


def ranked(engine: SearchEngine, embedding: np.ndarray) -> np.ndarray:
    return np.argsort(-(engine.gallery.image_embeddings @ embedding), kind="stable")


def average_precision(right: np.ndarray) -> float:
    """Mean of the precision at each right picture of a whole ranking (N,), bool."""
    places = np.flatnonzero(right) + 1
    return float((np.arange(1, len(places) + 1) / places).mean()) if len(places) else 0.0


def told(values: np.ndarray, rng: Rng) -> str:
    """Mean in percent with its 95 % interval."""
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{100 * values.mean():5.1f} % ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    main()
