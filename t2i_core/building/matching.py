"""Captions and pictures compared before a build encodes anything: what fits, what does not, and whether to go on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from t2i_core.dataset import CaptionTable, count_of, is_foreign, list_some, match_pictures
from t2i_core.dataset.manifest_file import read_manifest
from t2i_core.errors import BuildError

EXAMPLES = 5
ALL_THE_SAME = "To build all the same: --captions-may-miss, or the box on the Build page."


def compare_captions(
    table: CaptionTable | None, image_ids: Sequence[str], *, data_dir: Path, may_miss: bool = False
) -> list[str]:
    """Sentences about captions without a picture and pictures without a caption.

    Parameters
    ----------
    table : CaptionTable or None
        None where there are no captions.
    image_ids : sequence of str
        All pictures of the folder, also those that turn out to be of no use.
    data_dir : Path
        Where the dataset is, or will be.
    may_miss : bool
        Whether captions that name no picture at all are no reason to stop.

    Raises
    ------
    BuildError
        When no caption names a picture of the folder, or a file without captions would replace captions.
    """
    if table is None:
        return []
    matched = match_pictures(table.images, image_ids)
    if not matched.found and not may_miss:
        _refuse(table, image_ids, data_dir)
    name = table.path.name
    notes = [f"{problem.message} {problem.fix}".strip() for problem in table.problems]
    if matched.missing:
        notes.append(
            f"{name} names {count_of(len(matched.missing), 'picture')} that the dataset does not have: "
            f"{list_some(matched.missing, limit=EXAMPLES)}. Their captions are kept, but find no picture."
        )
    if matched.ambiguous:
        first, candidates = next(iter(matched.ambiguous.items()))
        notes.append(
            f"{count_of(len(matched.ambiguous), 'name')} of {name} could mean several pictures, first {first!r}: "
            f"{list_some(candidates, limit=EXAMPLES)}. Their captions are kept, but find no picture. "
            "Write the folder before the name."
        )
    shortened = [one for one, picture in matched.found.items() if is_foreign(one) or len(one) > len(picture)]
    for names, how in (
        (shortened, "by how their paths end"),
        (matched.loose, "without regard to letter case or how accents are stored"),
    ):
        if names:
            pairs = ", ".join(f"{one!r} as {matched.found[one]!r}" for one in names[:EXAMPLES])
            more = f" and {len(names) - EXAMPLES:,} more" if len(names) > EXAMPLES else ""
            notes.append(f"{count_of(len(names), 'name')} of {name} matched {how}: {pairs}{more}.")
    bare = sorted(set(image_ids) - set(matched.found.values()))
    if bare and len(table):
        notes.append(f"{count_of(len(bare), 'picture')} without a caption: {list_some(bare)}.")
    return notes


def _refuse(table: CaptionTable, image_ids: Sequence[str], data_dir: Path) -> None:
    names = list(dict.fromkeys(table.images))
    if names:
        raise BuildError(
            f"Captions must name pictures of the folder, and those of {table.path} name none of them. They name "
            f"{count_of(len(names), 'picture')}: {list_some(names, limit=EXAMPLES)}. The folder holds {len(image_ids):,}: "
            f"{list_some(image_ids, limit=EXAMPLES)}. Name the right folder, or mend the column image. {ALL_THE_SAME}"
        )
    stored, _ = read_manifest(data_dir)
    captions = stored.manifest.captions if stored is not None else 0
    if captions:
        raise BuildError(
            f"A file of captions must not empty a dataset, and {table.path} holds no usable caption, where {data_dir} has "
            f"{captions:,}. Name another file with --captions, or leave it out. {ALL_THE_SAME}"
        )
