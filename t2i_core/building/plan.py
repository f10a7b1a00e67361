"""Which pictures a build has to encode, which it knows already, and putting both together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from t2i_core.building.journal import Bytes, Journal
from t2i_core.building.ledger import KnownPicture, Ledger
from t2i_core.building.types import BuildOptions, SkippedPicture
from t2i_core.dataset import is_picture_name, list_some
from t2i_core.errors import ImageError
from t2i_core.pictures.folder import picture_path
from t2i_core.types import FloatArray, RowArray


@dataclass(frozen=True, eq=False)
class PicturePlan:
    """The pictures of a folder, sorted into what is to be done.

    Attributes
    ----------
    listed : frozenset of str
        All pictures of the folder.
    todo : tuple of str
        To be read, and encoded unless their content is known.
    unchanged : frozenset of str
        As they were at the last finished build.
    kept : frozenset of str
        Done by a run that did not finish.
    skipped : tuple of SkippedPicture
        Known to be of no use: by their names, or since that run.
    """

    listed: frozenset[str]
    todo: tuple[str, ...]
    unchanged: frozenset[str]
    kept: frozenset[str]
    skipped: tuple[SkippedPicture, ...]

    @property
    def total(self) -> int:
        """Number of pictures in the folder."""
        return len(self.listed)


@dataclass(frozen=True, eq=False)
class Pictures:
    """N encoded pictures in the order of their names; arrays as in `t2i_core.building.journal.PictureBatch`."""

    image_ids: tuple[str, ...]
    embeddings: FloatArray
    sizes: RowArray
    stamps: RowArray
    contents: Bytes


def plan_pictures(image_ids: Sequence[str], options: BuildOptions, *, ledger: Ledger, journal: Journal) -> PicturePlan:
    """Sort pictures by what the last build and a run that did not finish know of them."""
    usable, skipped = _by_name(image_ids)
    unchanged = {name for name in usable if _unchanged(name, options, ledger)}
    journaled: dict[str, str | None] = {}  # a later batch wins: its file was read again
    for name, known, reason in _journaled(journal):
        if name in usable and name not in unchanged:
            # What could not be read at all left no hash, and may have been put right without a new time.
            still = any(known.content) and known.is_still(options.images_dir / name)
            journaled[name] = reason if still else None
    skipped += [SkippedPicture(name, reason) for name, reason in journaled.items() if reason]
    again = sorted(name for name, reason in journaled.items() if reason is None)
    # Those come last, so that the others fall into the same batches as in a build that nobody disturbed.
    fresh = sorted(usable - unchanged - set(journaled))
    return PicturePlan(
        listed=frozenset(image_ids),
        todo=(*fresh, *again),
        unchanged=frozenset(unchanged),
        kept=frozenset(name for name, reason in journaled.items() if reason == ""),
        skipped=tuple(skipped),
    )


def collect_pictures(plan: PicturePlan, *, ledger: Ledger, journal: Journal, dimension: int) -> Pictures:
    """All usable pictures of a finished run."""
    found = {name: ledger.pictures[name] for name in plan.unchanged}
    wanted = plan.kept | set(plan.todo)
    # A later batch wins: its file was read again because it had changed.
    found |= {name: known for name, known, reason in _journaled(journal) if name in wanted and not reason}
    image_ids = tuple(sorted(found))
    embeddings = np.empty((len(image_ids), dimension), dtype=np.float32)
    for row, name in enumerate(image_ids):
        embeddings[row] = found[name].embedding
    contents = b"".join(found[name].content for name in image_ids)
    return Pictures(
        image_ids=image_ids,
        embeddings=embeddings,
        sizes=np.array([found[name].size for name in image_ids], dtype=np.int64).reshape(-1, 2),
        stamps=np.array([found[name].stamp for name in image_ids], dtype=np.int64).reshape(-1, 3),
        contents=np.frombuffer(contents, dtype=np.uint8).reshape(-1, 32),
    )


def picture_notes(journal: Journal) -> list[str]:
    """What a person should know of how pictures of this run were read: a sentence for each kind, with examples."""
    found: dict[str, set[str]] = {}
    for batch in journal.pictures():
        for name, note in zip(batch.image_ids, batch.notes, strict=True):
            if note:
                found.setdefault(note, set()).add(name)
    return [f"{note} ({len(names):,}): {list_some(sorted(names))}." for note, names in sorted(found.items())]


def _unchanged(name: str, options: BuildOptions, ledger: Ledger) -> bool:
    known = ledger.pictures.get(name)
    if known is None or known.size[0] * known.size[1] > options.max_pixels:
        return False
    try:
        return known.is_still(picture_path(options.images_dir, name))
    except ImageError:  # it has become a link to elsewhere: reading it will say so
        return False


def _by_name(image_ids: Sequence[str]) -> tuple[set[str], list[SkippedPicture]]:
    """Pictures whose names a dataset can hold, and the others with a name that can at least be shown."""
    usable: set[str] = set()
    skipped: list[SkippedPicture] = []
    for name in image_ids:
        if is_picture_name(name):
            usable.add(name)
        else:
            reason = f"A picture's name must be valid UTF-8 without control characters, got {name!a}. Rename the file."
            skipped.append(SkippedPicture(name.encode("utf-8", "replace").decode(), reason))
    return usable, skipped


def _journaled(journal: Journal) -> Iterator[tuple[str, KnownPicture, str]]:
    """Each picture of the journal, with the reason where it was skipped."""
    for batch in journal.pictures():
        for position, name in enumerate(batch.image_ids):
            stamp, size = batch.stamps[position].tolist(), batch.sizes[position].tolist()
            known = KnownPicture(
                (stamp[0], stamp[1], stamp[2]),
                batch.contents[position].tobytes(),
                (size[0], size[1]),
                batch.embeddings[position],
            )
            yield name, known, batch.reasons[position]
