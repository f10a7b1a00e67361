"""Compared: two ways of finding the same captions' pictures, query by query, so that small differences can be sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from t2i_core import dataset
from t2i_core.arrays import spread_rows
from t2i_core.engine.balance import MOST_SENTENCES, SHARE, nearness_to
from t2i_core.errors import DatasetError, count_of
from t2i_core.lab.each_alone import Alone, alone
from t2i_core.lab.measuring import HIT_KS
from t2i_core.lab.overlap import DEPTH, first_places, rank_biased_overlap
from t2i_core.lab.ranking import Ranking
from t2i_core.lab.resampling import Draws, Figure
from t2i_core.lab.right_pairs import check_measurable
from t2i_core.ranks.counting import OnProgress, pair_ranks
from t2i_core.types import FloatArray, Gallery, RowArray

BALANCED, APPROXIMATE = "balanced", "approximate"
OVERLAP_QUERIES = 1_000
GAINED_AT = 10
BEYOND = 2**30  # rank of what an approximate search did not return
_ASKED_TOGETHER = 1024


@dataclass(frozen=True, eq=False)
class Way:
    """One way to find pictures: what it is called, where each caption's picture stands by it, and its first places.

    Attributes
    ----------
    name : str
    ranks : ndarray of shape (C,), int64
        Of each caption's own picture, from 1.
    first : callable
        The first places for some captions, (Q, depth) rows, given their places among those asked.
    """

    name: str
    ranks: RowArray
    first: Callable[[RowArray, int], RowArray]


@dataclass(frozen=True)
class Change:
    """A caption that one way finds among the first 10 and the other does not."""

    caption: str
    image_id: str
    before: int
    after: int

    def as_dict(self) -> dict[str, object]:
        """As JSON has it; ``null`` for a rank beyond what an approximate search returns."""
        before, after = (None if rank >= BEYOND else rank for rank in (self.before, self.after))
        return {"caption": self.caption, "image": self.image_id, "before": before, "after": after}


@dataclass(frozen=True, eq=False)
class Compared:
    """What changes from ``before`` to ``after``, both named for people.

    Attributes
    ----------
    differences : dict of str to Figure
        ``hit@1``, ``hit@5``, ``hit@10`` and ``mrr`` of the second less those of the first, with their paired intervals.
    values : dict of str to tuple
        Both values of each.
    gained, lost : tuple of Change
        Captions whose picture comes among the first 10, or leaves them; the largest moves first.
    overlap : Figure
        Rank-biased overlap of both rankings, over an even choice of the captions.
    queries, images, left_out : int
        Captions and pictures compared, and the captions of the first that the second does not have, or that were not asked.
    form : str
        What the second wrote captions into; empty where it asked them as they are.
    alone : tuple of Alone
        Two datasets each by itself, where they hold other pictures or captions; else empty.
    """

    before: str
    after: str
    differences: dict[str, Figure]
    values: dict[str, tuple[float, float]]
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    overlap: Figure
    queries: int
    images: int
    left_out: int = 0
    form: str = ""
    alone: tuple[Alone, ...] = ()

    def asked_after(self, caption: str) -> str:
        """A caption as the second way asked it."""
        return self.form.replace("{}", caption) if self.form else caption

    @property
    def same(self) -> bool:
        """Whether both find everything at the same ranks, in the same order."""
        alike = all({figure.value, figure.low, figure.high} <= {0.0, None} for figure in self.differences.values())
        return alike and not self.gained and not self.lost and self.overlap.value >= 1.0 - 1e-9

    def as_dict(self, *, most: int = 100) -> dict[str, object]:
        """As JSON has it, with so many of the gained and of the lost captions."""
        return {
            "before": self.before,
            "after": self.after,
            "captions": self.queries,
            "images": self.images,
            "left_out": self.left_out,
            **({"form": self.form} if self.form else {}),
            **({"each_alone": [one.as_dict() for one in self.alone]} if self.alone else {}),
            "figures": {
                name: {"before": self.values[name][0], "after": self.values[name][1], "difference": figure.as_dict()}
                for name, figure in self.differences.items()
            },
            "overlap": self.overlap.as_dict(),
            "gained": len(self.gained),
            "lost": len(self.lost),
            "gained_captions": [one.as_dict() for one in self.gained[:most]],
            "lost_captions": [one.as_dict() for one in self.lost[:most]],
        }


def compare_datasets(one: Gallery, other: Gallery, *, on_progress: OnProgress | None = None) -> Compared:
    """Two datasets, most often two models, over the pictures and captions that both have.

    Raises
    ------
    DatasetError
        When either cannot be measured, or they share no captioned picture.
    """
    sides = [_Side.of(gallery) for gallery in (one, other)]
    shared = [image_id for image_id in one.image_ids if image_id in other.rows_by_id]
    keys = [side.captions_by_key(set(shared)) for side in sides]
    common = [key for key in keys[0] if key in keys[1]]
    if not common:
        raise DatasetError(
            f"A comparison needs captions of the same pictures, and {one.data_dir} and {other.data_dir} share none. "
            "Compare datasets built from the same pictures and captions."
        )
    same = len(shared) == len(one) == len(other) and len(common) == len(keys[0]) == len(keys[1])
    parts = 2 if same else 4
    number = {image_id: place for place, image_id in enumerate(shared)}
    own = np.array([number[image_id] for image_id, _, _ in common], dtype=np.int64)
    before, after = (
        side.way([known[key] for key in common], shared, own, part_of(on_progress, at, parts))
        for at, (side, known) in enumerate(zip(sides, keys, strict=True))
    )
    texts, names = [text for _, text, _ in common], [image_id for image_id, _, _ in common]
    compared = compare(before, after, texts, names, own, len(shared), left_out=len(keys[0]) - len(common))
    if same:
        return compared
    each = enumerate((one, other), start=2)
    return replace(
        compared, alone=tuple(alone(gallery, on_progress=part_of(on_progress, at, parts)) for at, gallery in each)
    )


@dataclass(frozen=True, eq=False)
class _Side:
    gallery: Gallery
    texts: FloatArray

    @classmethod
    def of(cls, gallery: Gallery) -> _Side:
        return cls(gallery, check_measurable(gallery))

    def captions_by_key(self, shared: set[str]) -> dict[tuple[str, str, int], int]:
        """Position of each caption by its picture, its text, and how often that picture had this text before."""
        found: dict[tuple[str, str, int], int] = {}
        seen: dict[tuple[str, str], int] = {}
        positions = self.gallery.paired_captions
        for position, row in zip(positions.tolist(), self.gallery.rows_of(positions).tolist(), strict=True):
            pair = (self.gallery.image_ids[row], self.gallery.captions[position].strip())
            if pair[0] in shared:
                seen[pair] = seen.get(pair, 0) + 1
                found[*pair, seen[pair]] = position
        return found

    def way(self, positions: list[int], shared: list[str], own: RowArray, on_progress: OnProgress | None) -> Way:
        rows = np.array([self.gallery.rows_by_id[image_id] for image_id in shared], dtype=np.int64)
        images = self.gallery.image_embeddings[rows]
        asked = self.texts[np.array(positions, dtype=np.int64)]
        model = self.gallery.manifest.model_id if self.gallery.manifest else "unknown model"
        return way_of(f"{self.gallery.name} ({model})", images, asked, own, on_progress=on_progress)


def way_of(
    name: str, images: FloatArray, asked: FloatArray, own: RowArray, *, on_progress: OnProgress | None = None
) -> Way:
    """Ranking by inner product: captions (C, D), pictures (N, D), and the row of each caption's own picture."""
    ranks, _ = pair_ranks(images, asked, own, on_progress=on_progress)
    return Way(name, ranks, lambda places, depth: first_places(images, asked[places], depth))


def compare_rankings(gallery: Gallery, how: str, *, seed: int = 0, on_progress: OnProgress | None = None) -> Compared:
    """The exact ranking by cosine against another way to rank the same dataset: ``"balanced"`` or ``"approximate"``.

    Raises
    ------
    DatasetError
        When there is nothing to measure, or no approximate index.
    """
    texts = check_measurable(gallery)
    captions = gallery.paired_captions
    own, asked = gallery.rows_of(captions), texts[captions]
    exact = way_of("by cosine", gallery.image_embeddings, asked, own, on_progress=part_of(on_progress, 0, 2))
    rest = part_of(on_progress, 1, 2)
    other = _balanced(gallery, asked, own, seed, rest) if how == BALANCED else _approximate(gallery, asked, own, rest)
    names = [gallery.image_ids[row] for row in own.tolist()]
    written = [gallery.captions[position] for position in captions.tolist()]
    return compare(exact, other, written, names, own, len(gallery))


def part_of(on_progress: OnProgress | None, at: int, parts: int) -> OnProgress:
    """What a part of the work is told to call: its own share becomes one of the whole.

    Examples
    --------
    >>> told: list[float] = []
    >>> part_of(told.append, 1, 2)(0.5)
    >>> told
    [0.75]
    """

    def tell(share: float) -> None:
        if on_progress is not None:
            on_progress((at + share) / parts)

    return tell


def _balanced(gallery: Gallery, asked: FloatArray, own: RowArray, seed: int, on_progress: OnProgress) -> Way:
    """Balanced ranking, measured crosswise: no caption is asked of pictures whose balance it had a part in."""
    if len(gallery) < 2:
        raise DatasetError("Balanced ranking needs at least 2 pictures, got 1. Compare a dataset with more.")
    half = np.random.default_rng(seed).permutation(len(gallery)) % 2
    ranks = np.empty(len(own), dtype=np.int64)
    stretched, extended = np.empty((len(asked), asked.shape[1] + 1), dtype=np.float32), []
    stretched[:, :-1], stretched[:, -1] = asked, -SHARE
    for side in (0, 1):
        others = np.flatnonzero(half[own] != side)
        mine = np.flatnonzero(half[own] == side)
        if not len(others):
            raise DatasetError(
                f"Balanced ranking is measured on captions of several pictures, got {count_of(len(np.unique(own)), 'picture')} "
                "with captions. Compare a dataset with more."
            )
        bank = others[spread_rows(len(others), MOST_SENTENCES)]
        near = nearness_to(gallery, asked[bank], own[bank], on_progress=part_of(on_progress, 2 * side, 4))
        # One number more for each picture: the inner product then is the score less its share of the nearness.
        extended.append(np.concatenate([gallery.image_embeddings, near[:, None]], axis=1))
        counting = part_of(on_progress, 2 * side + 1, 4)
        ranks[mine] = pair_ranks(extended[side], stretched[mine], own[mine], on_progress=counting)[0]

    def first(places: RowArray, depth: int) -> RowArray:
        rows = np.empty((len(places), depth), dtype=np.int64)
        for side in (0, 1):
            mine = np.flatnonzero(half[own[places]] == side)
            rows[mine] = first_places(extended[side], stretched[places[mine]], depth)
        return rows

    return Way(BALANCED, ranks, first)


def _approximate(gallery: Gallery, asked: FloatArray, own: RowArray, on_progress: OnProgress) -> Way:
    index = dataset.open_ann(gallery)
    if index is None:
        raise DatasetError(
            f"Comparing with approximate search needs its index, and {gallery.data_dir} has none. "
            f"Make it: python -m t2i_core index --ann --data {gallery.data_dir}"
        )
    depth = min(200, len(gallery))
    parts = []
    for at in range(0, len(asked), _ASKED_TOGETHER):
        parts.append(index.search(asked[at : at + _ASKED_TOGETHER], depth)[1])
        on_progress(min(1.0, (at + _ASKED_TOGETHER) / len(asked)))
    found = np.concatenate(parts)
    there = found == own[:, None]
    ranks = np.where(there.any(axis=1), there.argmax(axis=1) + 1, BEYOND).astype(np.int64)
    return Way(APPROXIMATE, ranks, lambda places, most: found[places, :most])


def compare(
    before: Way, after: Way, captions: list[str], image_ids: list[str], units: RowArray, images: int, *, left_out: int = 0,
    form: str = "", seed: int = 0,
) -> Compared:  # fmt: skip
    """Both ways on the same captions.

    Parameters
    ----------
    before, after : Way
    captions, image_ids : list of str, length C
        What is asked, and the name of the picture that is right.
    units : ndarray of shape (C,), int64
        The picture each is resampled with.
    images : int
    left_out : int
        Captions that could not be compared, to be told.
    form : str
        What the second way wrote them into.
    seed : int
    """
    places = np.arange(len(units))
    rankings = [Ranking.of(places, way.ranks, units, images) for way in (before, after)]
    draws = Draws(images, units, seed=seed)
    values = [_values(ranking) for ranking in rankings]
    changes = np.stack([values[1][name] - values[0][name] for name in values[0]], axis=1)
    figures = draws.ratios(draws.sums(changes, units), draws.sums(np.ones((len(units), 1)), units), bounded=False)
    chosen = spread_rows(len(units), OVERLAP_QUERIES)
    depth = min(DEPTH, images)
    overlaps = rank_biased_overlap(before.first(chosen, depth), after.first(chosen, depth))
    overlap = Draws(images, units[chosen], seed=seed)
    measured = overlap.ratios(
        overlap.sums(overlaps[:, None], units[chosen]),
        overlap.sums(np.ones((len(chosen), 1)), units[chosen]),
        bounded=False,
    )[0]
    moved = [
        Change(captions[place], image_ids[place], int(before.ranks[place]), int(after.ranks[place]))
        for place in np.flatnonzero((before.ranks <= GAINED_AT) != (after.ranks <= GAINED_AT)).tolist()
    ]
    gained = sorted((one for one in moved if one.after < one.before), key=lambda one: one.after - one.before)
    lost = sorted((one for one in moved if one.after > one.before), key=lambda one: one.before - one.after)
    return Compared(
        before.name, after.name, dict(zip(values[0], figures, strict=True)),
        {name: (float(values[0][name].mean()), float(values[1][name].mean())) for name in values[0]},
        tuple(gained), tuple(lost), measured, len(units), images, left_out, form,
    )  # fmt: skip


def _values(ranking: Ranking) -> dict[str, np.ndarray]:
    known = ranking.best < BEYOND
    return {f"hit@{k}": ranking.hits(k) for k in HIT_KS} | {"mrr": np.where(known, ranking.reciprocal(), 0.0)}
