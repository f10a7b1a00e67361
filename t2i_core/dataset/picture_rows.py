"""Image rows of an embeddings file as unique, usable pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.arrays import read_only
from t2i_core.dataset.captions_file import CaptionTable
from t2i_core.dataset.embeddings_file import StoredEmbeddings
from t2i_core.dataset.picture_names import (
    is_foreign,
    is_picture_name,
    list_files,
    list_named,
    list_some,
    match_pictures,
    uniform_picture_name,
)
from t2i_core.dataset.rebuilding import REBUILD
from t2i_core.dataset.stored_files import CAPTIONS_NAME
from t2i_core.dataset.unit_rows import CHUNK_ROWS, row_norms, usable_rows
from t2i_core.errors import DatasetError, ImageError, count_of
from t2i_core.pictures.folder import is_folder, list_pictures
from t2i_core.types import FloatArray, Problem, RowArray

SAME_DIRECTION = 0.9999  # cosine of repeated rows that differ by rounding only
NOTED_DEVIATION = 1e-3  # half precision stays below this


@dataclass(frozen=True, eq=False)
class PictureRows:
    """Unique pictures; ``rows`` maps every spelling of a name to its row."""

    image_ids: tuple[str, ...]
    embeddings: FloatArray
    sizes: RowArray
    rows: dict[str, int]
    left_out: frozenset[str]


def read_pictures(
    stored: StoredEmbeddings, table: CaptionTable | None, folder: Path, *, own: bool
) -> tuple[PictureRows, list[Problem]]:
    """Pictures of the image rows; with ``own`` their names are those a build of this program gave them, and no others."""
    problems: list[Problem] = []
    names = _row_names(stored, table, own=own)
    # Files that name their pictures say which folders to look into: the whole of it may be a whole disk.
    look = list_files if stored.image_ids is None else partial(list_named, names=names)
    on_disk = look(folder) if is_folder(folder) else None
    if on_disk is None:
        problems.append(
            Problem(
                "warning",
                "images_dir_missing",
                f"The picture folder {folder} does not exist.",
                "Name it with --images.",
            )
        )
    codes, spellings = pd.factorize(np.array(names, dtype=object))
    resolved, name_problems = _resolve(list(spellings), on_disk, folder, match=not own or stored.image_ids is None)
    problems += name_problems
    norms = stored.row_norms("image")
    good = usable_rows(norms)
    named = np.array([resolved[spelling] != "" for spelling in spellings], dtype=bool)[codes]
    if not (good & named).any():
        raise DatasetError(
            f"{stored.path} must hold at least one usable image row, got {count_of(len(good), 'row')}, "
            f"{np.count_nonzero(~good):,} of them not a number or all zeros, {np.count_nonzero(~named):,} without a usable "
            f"picture name. {REBUILD}"
        )
    problems += _bad_rows(names, good, named)
    kept = np.flatnonzero(good & named)
    picture_codes, image_ids = pd.factorize(np.array([resolved[name] for name in spellings], dtype=object)[codes[kept]])
    first = kept[np.unique(picture_codes, return_index=True)[1]]
    problems += _repeated_rows(stored.image, kept, first[picture_codes], names)
    rows = {str(image_id): row for row, image_id in enumerate(image_ids)}
    rows |= {name: rows[picture] for name, picture in resolved.items() if name and picture in rows}
    unmoved = len(first) == len(stored.image)  # then every row stays in place and nothing is copied
    embeddings = stored.unit_rows("image", None if unmoved else first, norms[first])
    problems += length_note(norms[kept], "image")
    pictures = PictureRows(
        image_ids=tuple(str(image_id) for image_id in image_ids),
        embeddings=read_only(embeddings),
        sizes=read_only(_sizes(stored, first)),
        rows=rows,
        left_out=frozenset(set(spellings) - set(rows)),
    )
    return pictures, problems


def _row_names(stored: StoredEmbeddings, table: CaptionTable | None, *, own: bool) -> Sequence[str]:
    """Picture name of each image row, uniform where another program wrote it; empty where no file can have it."""
    if stored.image_ids is not None:
        names: list[str] = stored.image_ids.tolist()
        return [name if is_picture_name(name) else "" if own else uniform_picture_name(name) or "" for name in names]
    if table is None:
        raise DatasetError(
            f"{stored.path} names no pictures, so {CAPTIONS_NAME} must stand beside it and name one per row, got none. "
            f"Copy it there. {REBUILD}"
        )
    if len(table.row_images) != len(stored.image):
        raise DatasetError(
            f"{stored.path.name} and {CAPTIONS_NAME} must have equally many rows, got {len(stored.image):,} image rows and "
            f"{len(table.row_images):,} caption rows in {stored.path.parent}. Put the pair that belongs together there. {REBUILD}"
        )
    return table.row_images


def _resolve(
    spellings: Sequence[str], on_disk: Sequence[str] | None, folder: Path, *, match: bool
) -> tuple[dict[str, str], list[Problem]]:
    """The picture each name means; a name that cannot be found keeps its spelling, but for paths of elsewhere."""
    resolved = {name: name for name in spellings}
    names = [name for name in spellings if name]
    # A backslash may stand in a name of ours; where no file is called so, it parts the folders of another computer.
    present = set(on_disk or ())
    asked = {name: name if name in present else uniform_picture_name(name) or name for name in names}
    if on_disk is None:
        return resolved | {name: _inside(asked[name]) for name in names if is_foreign(asked[name])}, []
    problems = []
    missing = [name for name in names if name not in present]
    if match and missing:
        exact = [name for name in names if name in present]
        matched = match_pictures(asked.values(), sorted({*listed_pictures(folder), *exact}))
        resolved |= {name: matched.found[uniform] for name, uniform in asked.items() if uniform in matched.found}
        # Nothing that a file names is looked for outside the folder.
        resolved |= {
            name: "" for name, uniform in asked.items() if uniform not in matched.found and is_foreign(uniform)
        }
        unmatched = set(matched.missing)
        missing = [name for name, uniform in asked.items() if uniform in unmatched and resolved[name]]
        if matched.ambiguous:
            name, candidates = next(iter(matched.ambiguous.items()))
            problems.append(
                Problem(
                    "warning",
                    "pictures_ambiguous",
                    f"{count_of(len(matched.ambiguous), 'name')} could mean several pictures, "
                    f"first {name!r}: {list_some(candidates)}. They are not shown.",
                    "Write the folder before the name.",
                )
            )
        problems += loose_note(matched.loose, matched.found)
    if missing:
        problems.append(
            Problem(
                "warning",
                "pictures_missing",
                f"{count_of(len(missing), 'picture')} of {len(names):,} cannot be found in the picture folder: {list_some(missing)}.",
                "Name the right folder with --images, or copy them there.",
            )
        )
    return resolved, problems


def listed_pictures(folder: Path) -> Sequence[str]:
    """The pictures of a folder; none where it cannot be looked into."""
    try:
        return list_pictures(folder)
    except ImageError:
        return ()  # `validate` says so


def _inside(name: str) -> str:
    """A path of elsewhere as a name below the picture folder: nobody can look yet whether it is there."""
    parts = [part for part in name.split("/") if part not in {"", ".."}]
    return "/".join(parts[1:] if parts[0].endswith(":") else parts)


def loose_note(loose: Sequence[str], found: Mapping[str, str]) -> list[Problem]:
    """A note on names that differ from their pictures by letter case or by how accents are stored."""
    if not loose:
        return []
    first = f"{loose[0]!r} as {found[loose[0]]!r}"
    message = f"{count_of(len(loose), 'name')} matched without regard to letter case or how accents are stored, first {first}."
    return [Problem("note", "names_matched_loosely", message)]


def _bad_rows(names: Sequence[str], good: np.ndarray, named: np.ndarray) -> list[Problem]:
    problems = []
    if not good.all():
        bad = np.flatnonzero(~good)
        message = (
            f"{count_of(len(bad), 'image row')} of {len(good):,} cannot be used, not a number or all zeros: "
            f"{_rows_of(bad)} ({list_some([names[row] for row in bad.tolist()])}). Left out."
        )
        problems.append(Problem("warning", "image_rows_bad", message, REBUILD))
    if not named.all():
        bad = np.flatnonzero(~named)
        message = (
            f"{count_of(len(bad), 'image row')} of {len(named):,} cannot be used, naming no picture inside the picture folder: "
            f"{_rows_of(bad)}. Left out."
        )
        problems.append(
            Problem("warning", "image_rows_unnamed", message, "Write names relative to the picture folder.")
        )
    return problems


def _rows_of(positions: np.ndarray) -> str:
    """``row 3``, ``rows 3, 7``; counted from 0, as numpy does."""
    return f"{'row' if len(positions) == 1 else 'rows'} {list_some(positions.tolist())}"


def _repeated_rows(image: np.ndarray, kept: np.ndarray, first: np.ndarray, names: Sequence[str]) -> list[Problem]:
    """A warning when rows of one picture point in different directions: they cannot all be right."""
    repeated = kept != first
    if not repeated.any():
        return []
    rows, originals = kept[repeated], first[repeated]
    differing: set[str] = set()
    for start in range(0, len(rows), CHUNK_ROWS):
        these, those = rows[start : start + CHUNK_ROWS], originals[start : start + CHUNK_ROWS]
        one, other = image[these].astype(np.float32), image[those].astype(np.float32)
        cosines = np.einsum("rd,rd->r", one, other) / (row_norms(one) * row_norms(other))
        differing.update(names[row] for row in those[cosines < SAME_DIRECTION].tolist())
    if not differing:
        return []
    message = (
        f"{count_of(len(differing), 'picture')} has several different image rows: {list_some(sorted(differing))}. "
        "The first row was used."
    ).replace("pictures has", "pictures have")
    return [Problem("warning", "image_rows_differ", message, REBUILD)]


def length_note(norms: np.ndarray, kind: str) -> list[Problem]:
    off = np.abs(norms - 1.0) > NOTED_DEVIATION
    if not off.any():
        return []
    message = (
        f"{np.count_nonzero(off):,} of {len(norms):,} {kind} rows were not of length 1 "
        f"({norms.min():.4g} to {norms.max():.4g}); they were scaled while reading."
    )
    return [Problem("note", f"{kind}_rows_scaled", message)]


def _sizes(stored: StoredEmbeddings, rows: np.ndarray) -> RowArray:
    sizes = stored.image_sizes
    if sizes is None or sizes.shape != (len(stored.image), 2) or sizes.dtype.kind not in "iu":
        return np.zeros((len(rows), 2), dtype=np.int64)
    found: RowArray = sizes[rows].astype(np.int64)
    return found
