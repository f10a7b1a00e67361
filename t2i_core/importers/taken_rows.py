"""Embeddings that other programs made: checked, matched with the pictures, compared with the model that is said to have made them."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import check_embeddings, list_some, match_pictures, read_gallery, write_dataset, write_files
from t2i_core.dataset.model_check import MISLEADING, UNUSABLE_TEXT
from t2i_core.errors import DatasetError, count_of
from t2i_core.importers.report import ImportReport
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Encoder, Problem

# Without these nobody can say that the model named made the rows.
NOT_MADE = MISLEADING | {"dimension_differs", "pictures_unchecked"}
NOT_UNIT = 1e-3
_LEAST_LENGTH = 1e-6


@dataclass(frozen=True)
class TakenRows:
    """Rows of embeddings as they were read.

    Attributes
    ----------
    names : list of N str
        The picture of each row as the source spells it; empty where a row names none.
    captions : list of N lists of str
    image : ndarray of shape (N, D), float32
        Unit rows.
    text : ndarray of shape (N, D), float32, optional
        One unit row for each row's only caption.
    problems : tuple of Problem
    """

    names: list[str]
    captions: list[list[str]]
    image: np.ndarray
    text: np.ndarray | None = None
    problems: tuple[Problem, ...] = field(default=())


def unit_rows(parts: Sequence[np.ndarray], *, wanted: int, source: Path) -> tuple[np.ndarray, list[Problem]]:
    """Rows of several parts as one float32 array of unit rows, and a note where they had other lengths.

    Raises
    ------
    DatasetError
        When they are not ``wanted``, not of one dimension, or hold rows that are no directions.
    """
    widths = {part.shape[1] for part in parts}
    count = sum(len(part) for part in parts)
    if len(widths) > 1 or count != wanted:
        raise DatasetError(
            f"Embeddings must be as many as the {wanted:,} names they belong to and of one dimension, got {count:,} of "
            f"{list_some(sorted(widths))} in {source}. Write both anew from one list."
        )
    rows = np.concatenate([np.asarray(part, dtype=np.float32) for part in parts])
    norms = np.linalg.norm(rows, axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms < _LEAST_LENGTH))
    if bad.size:
        raise DatasetError(
            f"Embeddings must be directions, got {norms[bad[0]]:g} as the length of row {int(bad[0])}. Leave it out."
        )
    problems = []
    if np.abs(norms - 1).max() > NOT_UNIT:
        lengths = f"Rows had lengths from {norms.min():.3g} to {norms.max():.3g}."
        message = f"{lengths} They were scaled to 1, which changes no ranking by cosine."
        problems.append(Problem("note", "rows_scaled", message))
    return l2_normalize(rows), problems


def save_rows(
    layout: str, rows: TakenRows, data_dir: Path, *, folder: Path | None, encoder: Encoder | None
) -> ImportReport:
    """Write rows of pictures there are, each picture once with all its captions; with the model where one is named.

    Parameters
    ----------
    folder : Path or None
        The pictures; None where there are none to look for, and names are then taken as they stand.
    encoder : Encoder or None
        The model that is said to have made the rows: a sample of the pictures is encoded again and compared.

    Raises
    ------
    DatasetError
        When no picture is found, or the model did not make the rows; nothing is written then.
    """
    found, problems = _on_disk(rows.names, folder)
    kept = [number for number, name in enumerate(rows.names) if name in found]
    if not kept:
        raise DatasetError(
            f"An import needs pictures it can find, got none of {count_of(len(set(rows.names)), 'name')} in {folder}. "
            "Name their folder with --images."
        )
    first = {found[rows.names[number]]: number for number in reversed(kept)}
    image_ids = list(dict.fromkeys(found[rows.names[number]] for number in kept))
    told = [(number, caption) for number in kept for caption in rows.captions[number]]
    parts: dict[str, object] = {
        "image_ids": image_ids,
        "image_embeddings": rows.image[[first[name] for name in image_ids]],
        "image_sizes": np.zeros((len(image_ids), 2), dtype=np.int64),
        "captions": _frame([(found[rows.names[number]], caption) for number, caption in told]) if told else None,
        "text_embeddings": rows.text[[number for number, _ in told]] if rows.text is not None and told else None,
    }
    if encoder is None:
        write_files(data_dir, **parts)  # type: ignore[arg-type] # named as they are there
        words = ["validate", "--data", str(data_dir), "--encode", "--model", "MODEL"]
        unknown = f"Nobody noted which model made the rows of {layout}."
        fix = "Name it in place of MODEL: a sample of the pictures is then encoded again and compared."
        problems.append(Problem("warning", "model_unknown", unknown, fix))
    else:
        problems += _write_as_made_by(encoder, parts, data_dir, folder)
        words = ["project", "--data", str(data_dir)]
    return ImportReport(
        layout,
        folder,
        data_dir,
        len(image_ids),
        len(told),
        shlex.join(["python", "-m", "t2i_core", *words, *(["--images", str(folder)] if folder is not None else [])]),
        (*rows.problems, *problems),
    )


def _write_as_made_by(encoder: Encoder, parts: dict[str, object], data_dir: Path, folder: Path | None) -> list[Problem]:
    """Compare first, in a folder of its own, then write with a manifest that names the model."""
    if folder is None:
        raise DatasetError(
            f"To see whether {encoder.model_id} made the rows a sample of the pictures is encoded again, got no pictures. "
            "Name their folder with --images."
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".import-") as aside:
        write_files(Path(aside), **parts)  # type: ignore[arg-type] # named as they are there
        found = check_embeddings(read_gallery(Path(aside), folder, derive=False), encoder)
    wrong = [problem for problem in found if problem.code in NOT_MADE]
    if wrong:
        raise DatasetError(
            f"{' '.join(problem.message for problem in wrong)} Nothing was written. Name the model that made them."
        )
    if UNUSABLE_TEXT & {problem.code for problem in found}:
        parts = parts | {"text_embeddings": None}
    write_dataset(
        data_dir, **parts, encoder_id=encoder.model_id, weights_sha256=encoder.weights_sha256,  # type: ignore[arg-type]
        preprocessing=encoder.preprocessing, images_dir=folder,
    )  # fmt: skip
    return found


def _frame(captions: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame({"image": [name for name, _ in captions], "caption": [caption for _, caption in captions]})


def _on_disk(names: Sequence[str], folder: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """What each name is called in the folder; as it stands where there is none to look in."""
    usable = [name for name in names if name]
    if folder is None:
        told = Problem("warning", "import_no_pictures", "No folder of pictures was found.", "Name it with --images.")
        return {name: name.lstrip("/") for name in usable if not name.startswith("../")}, [told]
    matched = match_pictures(usable, list_pictures(folder))
    missing = len(set(usable) - set(matched.found))
    if not missing:
        return matched.found, []
    message = (
        f"{count_of(missing, 'picture')} cannot be found in {folder}: {list_some(matched.missing, limit=5)}. Left out."
    )
    return matched.found, [Problem("warning", "import_pictures_missing", message)]
