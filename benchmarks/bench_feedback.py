"""What likes and dislikes find: a simulated user judges screens of pictures by captions that were not asked with.

    python benchmarks/bench_feedback.py --data DATASET [--images DIR] [--half odd] [--pictures 400] [--screen 24]

Each need is a picture: one of its captions is the question, and the user judges by the words of its *other* captions (tf-idf
over all captions of a picture, cosine). Intervals are 95 %, over the pictures that needs are made of.

**Find all.** Right are the pictures whose captions are close to those words (cosine of `CLOSE` at least, `FEWEST` of them at least).
A thorough user judges every card of a screen; a sparing one likes the closest three and dislikes the first three wrong ones. Told
are the average precision (AP) over what is unseen after one screen, and the share of the right pictures within some screens.

**One picture.** The picture itself is looked for, where the first screen does not show it. One user likes the closest card of each
screen, another likes three and dislikes the farthest three. Told is the share that is found by the second, third and fourth screen.

Compared: the words alone, screen by screen (paging); twice the mean of the liked minus the mean of the disliked, words dropped, as
FiftyOne does; Rocchio's rule alone, without telling liked from disliked by a logistic regression; ours. `--half` keeps every
other picture of the dataset: what is chosen on one half is reported on the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import machine
import numpy as np

from t2i_core.captions.telling_words import telling_words
from t2i_core.engine import feedback
from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.opening import open_gallery
from t2i_core.types import Gallery

CLOSE = 0.2
FEWEST = 6
SPARING = 3
SCREENS = 4
RESAMPLES = 2_000
Rng = np.random.Generator
Rows = np.ndarray


@dataclass(frozen=True, eq=False)
class World:
    """Pictures (N, D) and their spreads, needs, and how close each picture's captions are to each need's words (needs, N)."""

    rows: np.ndarray
    spreads: ScoreSpreads
    questions: np.ndarray
    pictures: np.ndarray
    closeness: np.ndarray


# What a way makes of a question (D,), what is liked and what is disliked: a vector (D,).
Way = Callable[[World, np.ndarray, Rows, Rows], np.ndarray]
Judge = Callable[[np.ndarray, Rows], tuple[Rows, Rows]]


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--half", choices=("even", "odd"))
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--screen", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    gallery = open_gallery(arguments.data, arguments.images)
    world = world_of(gallery, {"even": 0, "odd": 1, None: None}[arguments.half], arguments.pictures, rng)
    print(machine.describe())
    print(f"{gallery.name}: {len(world.rows):,} pictures, {len(world.questions):,} questions")
    find_all(world, arguments.screen, rng)
    one_picture(world, arguments.screen, rng)


def world_of(gallery: Gallery, half: int | None, pictures: int, rng: Rng) -> World:
    """Every caption of the drawn pictures that have others beside it is a question."""
    if gallery.text_embeddings is None:
        raise SystemExit("The dataset needs captions embedded by its model: build it with --captions.")
    kept = np.arange(len(gallery)) if half is None else np.arange(half, len(gallery), 2)
    words = [[telling_words(gallery.captions[at]) for at in gallery.captions_of(row)] for row in kept.tolist()]
    drawn = rng.permutation([row for row, own in enumerate(words) if len(own) > 2])[:pictures]
    asked = [(row, place) for row in drawn.tolist() for place in range(len(words[row]))]
    everything = [Counter(word for caption in own for word in caption) for own in words]
    others = [
        Counter(word for place, caption in enumerate(words[row]) if place != left for word in caption)
        for row, left in asked
    ]
    seen_in = Counter(word for one in everything for word in one)
    places = {word: place for place, word in enumerate(sorted(seen_in))}
    rarity = np.log(len(words) / np.array([seen_in[word] for word in places]))
    rows = np.asarray(gallery.image_embeddings[kept])
    positions = [gallery.captions_of(int(kept[row]))[place] for row, place in asked]
    return World(
        rows.astype(np.float64), ScoreSpreads(rows), np.asarray(gallery.text_embeddings[positions]),
        np.array([row for row, _ in asked]), weighed(others, places, rarity) @ weighed(everything, places, rarity).T,
    )  # fmt: skip


def weighed(documents: list[Counter[str]], places: dict[str, int], rarity: np.ndarray) -> np.ndarray:
    """tf-idf of documents, unit rows: ndarray of shape (documents, words)."""
    table = np.zeros((len(documents), len(places)), dtype=np.float32)
    for row, document in enumerate(documents):
        for word, count in document.items():
            table[row, places[word]] = (1 + np.log(count)) * rarity[places[word]]
    length = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.where(length == 0, 1, length)


def words_alone(world: World, asked: np.ndarray, liked: Rows, disliked: Rows) -> np.ndarray:
    return asked.astype(np.float64)


def ours(aim: str) -> Way:
    def way(world: World, asked: np.ndarray, liked: Rows, disliked: Rows) -> np.ndarray:
        good, bad = (world.rows[rows].astype(np.float32) for rows in (liked, disliked))
        return feedback.steer(asked, good, bad, world.spreads, aim=aim).embedding.astype(np.float64)

    return way


def rows_alone(world: World, asked: np.ndarray, liked: Rows, disliked: Rows) -> np.ndarray:
    """FiftyOne's formula; the question where nothing is judged."""
    if not len(liked) and not len(disliked):
        return asked.astype(np.float64)
    total = np.zeros(world.rows.shape[1])
    if len(liked):
        total += 2 * world.rows[liked].mean(axis=0)
    return total - world.rows[disliked].mean(axis=0) if len(disliked) else total


def rocchio(aim: str) -> Way:
    """Ours where nobody is told apart."""

    def way(world: World, asked: np.ndarray, liked: Rows, disliked: Rows) -> np.ndarray:
        with mock.patch.dict(feedback.ENOUGH, {aim: len(world.rows) + 1}):
            return ours(aim)(world, asked, liked, disliked)

    return way


def thorough(close: np.ndarray, shown: Rows) -> tuple[Rows, Rows]:
    right = close[shown] >= CLOSE
    return shown[right], shown[~right]


def sparing(close: np.ndarray, shown: Rows) -> tuple[Rows, Rows]:
    right = close[shown] >= CLOSE
    return closest(close, shown[right], SPARING), shown[~right][:SPARING]


def liking(close: np.ndarray, shown: Rows) -> tuple[Rows, Rows]:
    return closest(close, shown[close[shown] > 0], 1), shown[:0]


def choosing(close: np.ndarray, shown: Rows) -> tuple[Rows, Rows]:
    liked = closest(close, shown[close[shown] > 0], SPARING)
    return liked, closest(-close, np.setdiff1d(shown, liked), SPARING)


def closest(close: np.ndarray, rows: Rows, most: int) -> Rows:
    return rows[np.argsort(-close[rows], kind="stable")[:most]]


def screens_of(world: World, need: int, way: Way, judge: Judge, screen: int, screens: int) -> list[tuple[Rows, Rows]]:
    """The pictures of each screen, and what is unseen after it, best first."""
    asked, close = world.questions[need], world.closeness[need]
    vector, seen = asked.astype(np.float64), np.zeros(len(world.rows), dtype=np.bool_)
    liked, disliked = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    told = []
    order = np.argsort(-(world.rows @ vector), kind="stable")
    for _ in range(screens):
        shown = order[:screen]
        seen[shown] = True
        good, bad = judge(close, shown)
        liked, disliked = np.concatenate([liked, good]), np.concatenate([disliked, bad])
        vector = way(world, asked, liked, disliked)
        order = np.argsort(-(world.rows @ vector), kind="stable")
        order = order[~seen[order]]
        told.append((shown, order))
    return told


def find_all(world: World, screen: int, rng: Rng) -> None:
    right = world.closeness >= CLOSE
    needs = [need for need in range(len(world.questions)) if right[need].sum() >= FEWEST]
    groups = world.pictures[needs]
    print(
        f"\nFind all: {len(needs):,} needs of {len(np.unique(groups))} pictures, {right[needs].sum(axis=1).mean():.0f} right"
    )
    ways = {
        "words alone": words_alone,
        "liked, disliked only": rows_alone,
        "Rocchio alone": rocchio("all"),
        "ours": ours("all"),
    }
    for judge in (thorough, sparing):
        precisions: dict[str, np.ndarray] = {}
        shares: dict[str, np.ndarray] = {}
        for name, way in ways.items():
            precision, share = [], []
            for need in needs:
                told = screens_of(world, need, way, judge, screen, SCREENS)
                precision.append(average_precision(right[need][told[0][1]]))
                found = np.cumsum([right[need][shown].sum() for shown, _ in told])
                share.append(found / right[need].sum())
            precisions[name], shares[name] = np.array(precision), np.array(share)
        print(
            f"  {judge.__name__} user"
            + " " * 11
            + "AP of unseen        ÷ words alone          right pictures within 2, 3, 4 screens"
        )
        for name in ways:
            ratio = compared(precisions[name], precisions["words alone"], groups, rng, divided=True)
            seen = "  ".join(f"{100 * part:.1f}" for part in shares[name].mean(axis=0)[1:])
            print(f"    {name:22} {np.nanmean(precisions[name]):.3f}   {ratio:28}  {seen}")
        for other in ("words alone", "Rocchio alone"):
            differences = "  ".join(
                compared(shares["ours"][:, at], shares[other][:, at], groups, rng) for at in range(1, SCREENS)
            )
            print(f"    ours - {other}, points: {differences}")


def one_picture(world: World, screen: int, rng: Rng) -> None:
    scores = world.questions @ world.rows.T
    own = scores[np.arange(len(scores)), world.pictures]
    needs = np.flatnonzero((scores > own[:, None]).sum(axis=1) >= screen)
    groups = world.pictures[needs]
    print(
        f"\nOne picture: {len(needs):,} questions whose picture is not on the first screen, of {len(np.unique(groups))} pictures"
    )
    ways = {
        "paging": words_alone, "liked, disliked only": rows_alone, "Rocchio alone": rocchio("one"),
        "ours, as for all": ours("all"), "ours": ours("one"),
    }  # fmt: skip
    for judge in (liking, choosing):
        found: dict[str, np.ndarray] = {}
        for name, way in ways.items():
            places = []
            for need in needs.tolist():
                told = screens_of(world, need, way, judge, screen, SCREENS)
                places.append(next((at for at, (shown, _) in enumerate(told, 1) if world.pictures[need] in shown), 99))
            found[name] = np.array(places)
        print(f"  {judge.__name__:8} user        found by screen 2, 3, 4          - paging, points")
        for name in ways:
            shares = "  ".join(f"{100 * (found[name] <= at).mean():.1f}" for at in range(2, SCREENS + 1))
            gains = "  ".join(
                compared((found[name] <= at) * 1.0, (found["paging"] <= at) * 1.0, groups, rng)
                for at in range(2, SCREENS + 1)
            )
            print(f"    {name:22} {shares}   {gains}")


def average_precision(right: np.ndarray) -> float:
    """Mean of the precision at each right picture of a ranking; nothing where none is left."""
    places = np.flatnonzero(right) + 1
    return float((np.arange(1, len(places) + 1) / places).mean()) if len(places) else np.nan


def compared(ours: np.ndarray, theirs: np.ndarray, groups: np.ndarray, rng: Rng, *, divided: bool = False) -> str:
    """Ratio of means, or difference in points, with its 95 % interval over pictures with all their questions."""
    told = ~(np.isnan(ours) | np.isnan(theirs))
    _, group = np.unique(groups[told], return_inverse=True)
    sums = [np.bincount(group, values[told]) for values in (ours, theirs)]
    counts = np.bincount(group)
    drawn = rng.integers(0, len(counts), (RESAMPLES, len(counts)))
    means = [one[drawn].sum(axis=1) / counts[drawn].sum(axis=1) for one in sums]
    middles = [one.sum() / counts.sum() for one in sums]
    spread = means[0] / means[1] if divided else 100 * (means[0] - means[1])
    middle = middles[0] / middles[1] if divided else 100 * (middles[0] - middles[1])
    low, high = np.quantile(spread, [0.025, 0.975])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})" if divided else f"{middle:+.1f} ({low:+.1f} to {high:+.1f})"


if __name__ == "__main__":
    main()
