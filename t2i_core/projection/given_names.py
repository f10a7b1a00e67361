"""Names that people give to clusters: which cluster of a map each belongs to, giving them, and taking them back.

A name is tied to pictures and not to a number, so it stays with its cluster when the map is made again. A cluster and a name
belong together where at least half of the pictures that either has are in both (Jaccard), told of large clusters by a sample:
the pictures whose names have the smallest hashes, which are nearly the same ones of two clusters that are nearly the same.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.cluster_names_file import (
    MOST_PICTURES,
    GivenName,
    cluster_name,
    cluster_names_path,
    read_cluster_names,
    write_cluster_names,
)
from t2i_core.dataset.holding import held
from t2i_core.errors import DatasetError, ProjectionError, count_of
from t2i_core.types import Gallery

if TYPE_CHECKING:
    from t2i_core.projection.stored import Projection

MOSTLY = 0.5  # share of the pictures of a cluster or a name that both must have


@dataclass(frozen=True)
class Renamed:
    """One cluster that has another name now.

    Attributes
    ----------
    label : int
        Its number on the map.
    before, after : str
        What it was called, and is.
    given : str
        The name that somebody had given it before; empty where it had the name that was made for it.
    """

    label: int
    before: str
    after: str
    given: str = ""


def with_given_names(projection: Projection, gallery: Gallery) -> Projection:
    """A map whose clusters have the names that people gave them; the others keep those that were made.

    Raises
    ------
    DatasetError
        When the file of names cannot be read.
    """
    given = read_cluster_names(gallery.data_dir)
    if not given:
        return projection
    names = _shown(projection, _belonging(_fits(projection, gallery, given)), given)
    return replace(projection, cluster_names=names, made_names=projection.made_names or projection.cluster_names)


def rename_cluster(
    gallery: Gallery, projection: Projection, label: int, name: str, *, was: str | None = None
) -> Renamed:
    """Give a cluster of a gallery's map a name; an empty one gives back the name that was made for it.

    Parameters
    ----------
    gallery : Gallery
    projection : Projection
        The gallery's map.
    label : int
        The cluster's number.
    name : str
    was : str, optional
        What it is called as far as who asks for it knows.

    Raises
    ------
    ProjectionError
        When there is no such cluster, another one has that name, or it is called otherwise than ``was`` by now.
    DatasetError
        When the name cannot be one, or the file cannot be read or written. Nothing is changed then.
    """
    count = len(projection.cluster_names)
    if not 0 <= label < count:
        raise ProjectionError(f"A cluster has a number in 0..{count - 1}, got {label}. Load the map again.")
    wanted = cluster_name(name) if name.strip() else ""
    with held(cluster_names_path(gallery.data_dir)):
        given = read_cluster_names(gallery.data_dir)
        fits = _fits(projection, gallery, given)
        belonging = _belonging(fits)
        names = _shown(projection, belonging, given)
        before = names[label]
        if was is not None and was != before:
            raise ProjectionError(
                f"Somebody else renamed this cluster: it was {was!r} and is {before!r} by now. Look at it again, and rename that."
            )
        other = next((at for at, one in enumerate(names) if at != label and _same(one, wanted)), None)
        if wanted and other is not None:
            own = count_of(int((projection.cluster_labels == other).sum()), "picture")
            raise ProjectionError(
                f"Each cluster has a name of its own, and {names[other]!r} is that of another, of {own}. Choose another name."
            )
        # A name that fits no cluster of this map waits for one that it fits, but not beside another one that is spelled the same.
        kept = [
            one for at, one in enumerate(given) if (fits[at][0] != label if at in fits else not _same(one.name, wanted))
        ]
        made = _shown(projection, _belonging(_fits(projection, gallery, kept)), kept)[label]
        if wanted and wanted != made:
            kept.append(GivenName(wanted, sample_of(_names_of(projection, gallery, label))))
        if kept != list(given):
            write_cluster_names(gallery.data_dir, kept)
    return Renamed(label, before, wanted or made, given[belonging[label]].name if label in belonging else "")


def take_back(gallery: Gallery, projection: Projection, done: Renamed) -> Renamed:
    """Give a cluster the name back that it had before it was renamed; raises as `rename_cluster`."""
    return rename_cluster(gallery, projection, done.label, done.given, was=done.after)


def carry_on(gallery: Gallery, projection: Projection) -> int:
    """Tie names to the pictures of their clusters as a new map has them, so that they stay while clusters grow; how many belong.

    Raises
    ------
    DatasetError
        When the file cannot be read or written.
    """
    if not cluster_names_path(gallery.data_dir).exists():
        return 0  # and no lock is left in a folder that has no names
    with held(cluster_names_path(gallery.data_dir)):
        given = read_cluster_names(gallery.data_dir)
        labels = {at: label for label, at in _belonging(_fits(projection, gallery, given)).items()}
        renewed = [
            replace(one, pictures=sample_of(_names_of(projection, gallery, labels[at]))) if at in labels else one
            for at, one in enumerate(given)
        ]
        if renewed != list(given):
            write_cluster_names(gallery.data_dir, renewed)
    return len(labels)


def carried_on(projection: Projection, gallery: Gallery) -> tuple[Projection, str]:
    """A new map with the names that people gave, which are tied to it now; and where that cannot be done, without, and why."""
    try:
        carry_on(gallery, projection)
        return with_given_names(projection, gallery), ""
    except DatasetError as error:
        return projection, f"clusters have the names that were made for them. {error}"


def sample_of(names: Sequence[str]) -> tuple[str, ...]:
    """The pictures by which a cluster is known again: all of them, or those of the smallest hashes."""
    if len(names) <= MOST_PICTURES:
        return tuple(names)
    least = np.argsort(_hashes(names), kind="stable")[:MOST_PICTURES]
    return tuple(names[at] for at in np.sort(least).tolist())


def likeness(some: Sequence[str], others: Sequence[str]) -> float:
    """Share of the pictures of two samples, or of what they are samples of, that are in both (Jaccard).

    Examples
    --------
    >>> likeness(["a", "b", "c"], ["b", "c", "d"])
    0.5
    """
    one, other = np.unique(_hashes(some)), np.unique(_hashes(others))
    # Of two samples of smallest hashes the smallest of both together are a sample of the union, if it is as large as they are.
    whole = len(some) < MOST_PICTURES and len(others) < MOST_PICTURES
    union = np.union1d(one, other)[: None if whole else MOST_PICTURES]
    return float((np.isin(union, one) & np.isin(union, other)).mean()) if len(union) else 0.0


def _hashes(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """One number a name, the same on every computer; CRCs of names that follow each other do, so their bits are mixed."""
    mixed = np.fromiter((zlib.crc32(name.encode("utf-8", "surrogatepass")) for name in names), np.uint64, len(names))
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(factor)
    hashes: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(32))
    return hashes


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _names_of(projection: Projection, gallery: Gallery, label: int) -> list[str]:
    return [gallery.image_ids[row] for row in np.flatnonzero(projection.cluster_labels == label).tolist()]


def _fits(projection: Projection, gallery: Gallery, given: Iterable[GivenName]) -> dict[int, tuple[int, float]]:
    """Of each given name, by its place, the cluster that it fits and how well; none of those that fit none."""
    samples: dict[int, tuple[str, ...]] = {}
    fits = {}
    for at, one in enumerate(given):
        rows = [row for row in map(gallery.rows_by_id.get, one.pictures) if row is not None]
        counts = Counter(projection.cluster_labels[rows].tolist())
        counts.pop(-1, None)
        if not counts:
            continue
        # Half of what a name stands for is in its cluster, so that is the one most of its pictures are in.
        label = min(counts, key=lambda label: (-counts[label], label))
        if label not in samples:
            samples[label] = sample_of(_names_of(projection, gallery, label))
        alike = likeness(one.pictures, samples[label])
        if alike >= MOSTLY:
            fits[at] = (label, alike)
    return fits


def _belonging(fits: Mapping[int, tuple[int, float]]) -> dict[int, int]:
    """Of each cluster that has a given name, the place of the one that fits best; of equal ones the last that was given."""
    best: dict[int, tuple[float, int]] = {}
    for at, (label, alike) in fits.items():
        best[label] = max(best.get(label, (0.0, -1)), (alike, at))
    return {label: at for label, (_, at) in best.items()}


def _shown(projection: Projection, belonging: dict[int, int], given: Sequence[GivenName]) -> tuple[str, ...]:
    """What each cluster is called; no two alike: a made name gives way to a given one."""
    made = projection.made_names or projection.cluster_names
    names: dict[int, str] = {}
    taken: set[str] = set()
    for label in sorted(range(len(made)), key=lambda label: (label not in belonging, label)):
        name = own = given[belonging[label]].name if label in belonging else made[label]
        number = label + 1
        while name.casefold() in taken:
            name = f"{own} {number}"
            number += len(made)
        taken.add(name.casefold())
        names[label] = name
    return tuple(names[label] for label in range(len(made)))
