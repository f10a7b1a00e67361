"""fix: decisions become a new dataset; nothing that is on the disk is deleted or changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.audit.findings import CAPTION_KINDS, GAP
from t2i_core.dataset import MANIFEST_NAME, write_dataset, write_files
from t2i_core.dataset.audit_file import (
    CORRECT,
    EXCLUDE,
    KEEP,
    NO_FAULT,
    Decision,
    read_decisions,
    standing,
    write_decisions,
)
from t2i_core.dataset.cluster_names_file import GivenName, read_cluster_names, write_cluster_names
from t2i_core.dataset.stored_files import EMBEDDINGS_NAME
from t2i_core.dataset.tags_file import read_tag_marks
from t2i_core.errors import DatasetError
from t2i_core.marks.tagging import TagsChange, apply_change
from t2i_core.types import Encoder, FloatArray, Gallery


@dataclass(frozen=True)
class Fixed:
    """What a new dataset holds, and what was done for it."""

    images: int
    captions: int
    images_excluded: tuple[str, ...]
    captions_excluded: int
    captions_corrected: int


@dataclass(frozen=True)
class Changes:
    """What decisions ask for: names of pictures to leave out, positions of captions to leave out, and captions to correct."""

    pictures: frozenset[str]
    captions: frozenset[int]
    corrections: dict[int, str]


def changes_of(gallery: Gallery, decisions: Sequence[Decision]) -> Changes:
    """What decisions ask of a gallery. Those about what is no longer there ask nothing."""
    pictures: set[str] = set()
    captions: set[int] = set()
    corrections: dict[int, str] = {}
    positions: dict[tuple[str, str], int] = {
        (gallery.picture_name(position), text): position for position, text in enumerate(gallery.captions)
    }
    for decision in standing(decisions).values():
        if decision.decision not in (EXCLUDE, CORRECT):
            continue
        if is_of_caption(decision.kind, decision.about):
            position = positions.get((decision.image_id, decision.about))
            if position is None:
                continue
            if decision.decision == EXCLUDE:
                captions.add(position)
            else:
                corrections[position] = " ".join(decision.correction.split())
        elif decision.decision == EXCLUDE and decision.image_id in gallery.rows_by_id:
            pictures.add(decision.image_id)
    corrections = {position: text for position, text in corrections.items() if position not in captions}
    return Changes(frozenset(pictures), frozenset(captions), corrections)


def is_of_caption(kind: str, about: str) -> bool:
    """Whether a finding means a caption rather than a picture."""
    return kind in CAPTION_KINDS or (kind == GAP and about != "")


def fix(gallery: Gallery, out: Path, *, open_encoder: Callable[[], Encoder]) -> Fixed:
    """Write what a dataset becomes by the decisions about it into another folder.

    Pictures and captions that are excluded are not in it, corrected captions say what was written and are embedded anew;
    all other rows are taken over as they are. It names the same folder of pictures. Findings that were no fault, or are to
    be kept, are not asked about again there. Tags of all other pictures are taken over.

    Parameters
    ----------
    gallery : Gallery
        Of a folder.
    out : Path
        A folder without a dataset; made when it does not exist.
    open_encoder : callable
        Opens the gallery's model; called only where captions are corrected.

    Raises
    ------
    DatasetError
        When nothing was decided that changes anything, ``out`` holds a dataset, no picture would be left, or it cannot be written.
    """
    decisions = read_decisions(gallery.data_dir)
    changes = changes_of(gallery, decisions)
    if not (changes.pictures or changes.captions or changes.corrections):
        raise DatasetError(
            f"A dataset is fixed by decisions to exclude or correct something, got none in {gallery.data_dir / 'audit.csv'}. "
            "Decide on the Audit page first."
        )
    _refuse_taken(gallery, out)
    rows = np.array([row for row, name in enumerate(gallery.image_ids) if name not in changes.pictures], dtype=np.int64)
    if not len(rows):
        raise DatasetError(
            "A dataset needs at least one picture, and all of them are excluded. Take some decisions back."
        )
    kept = [
        position
        for position in range(len(gallery.captions))
        if position not in changes.captions and gallery.picture_name(position) not in changes.pictures
    ]
    tags = tuple(mark for mark in read_tag_marks(gallery.data_dir) if mark.image_id not in changes.pictures)
    names = _names(gallery, changes.pictures)
    corrected = {position: text for position, text in changes.corrections.items() if position in set(kept)}
    texts = _text_rows(gallery, kept, corrected, open_encoder)
    _write(gallery, out, rows, _frame(gallery, kept, corrected), texts, sorted(changes.pictures))
    apply_change(out, TagsChange(added=tags))
    if names:
        write_cluster_names(out, names)
    write_decisions(out, [one for one in decisions if one.decision in (KEEP, NO_FAULT)])
    return Fixed(
        images=len(rows),
        captions=len(kept),
        images_excluded=tuple(sorted(changes.pictures)),
        captions_excluded=len(gallery.captions) - len(kept),
        captions_corrected=len(corrected),
    )


def _names(gallery: Gallery, excluded: Collection[str]) -> list[GivenName]:
    """The names that people gave to clusters, for when the new dataset has a map."""
    left = (
        (one.name, tuple(name for name in one.pictures if name not in excluded))
        for one in read_cluster_names(gallery.data_dir)
    )
    return [GivenName(name, pictures) for name, pictures in left if pictures]


def _refuse_taken(gallery: Gallery, out: Path) -> None:
    if (
        out.resolve() == gallery.data_dir.resolve()
        or (out / EMBEDDINGS_NAME).exists()
        or (out / MANIFEST_NAME).exists()
    ):
        raise DatasetError(
            f"A fixed dataset is written into a folder of its own, and {out} holds one already. Name a new folder with --out."
        )


def _text_rows(
    gallery: Gallery, kept: Sequence[int], corrected: dict[int, str], open_encoder: Callable[[], Encoder]
) -> FloatArray | None:
    """Embeddings of the captions that are left: ndarray of shape (K, D), float32."""
    if gallery.text_embeddings is None:
        return None
    rows = np.array(gallery.text_embeddings[np.array(kept, dtype=np.int64)], dtype=np.float32)
    if corrected:
        places = {position: at for at, position in enumerate(kept)}
        fresh = open_encoder().encode_text(list(corrected.values()))
        if fresh.shape[1] != rows.shape[1]:
            raise DatasetError(
                f"Corrected captions must be embedded in {rows.shape[1]} numbers as the others are, the model makes {fresh.shape[1]}. "
                "Name the model the dataset was built with."
            )
        rows[[places[position] for position in corrected]] = fresh
    return rows


def _frame(gallery: Gallery, kept: Sequence[int], corrected: dict[int, str]) -> pd.DataFrame | None:
    """The captions file that is left, with its other columns."""
    if not gallery.captions:
        return None
    # Where captions were read from the column clean_caption, the raw ones are one of the other columns.
    read_from = "clean_caption" if "caption" in gallery.caption_columns else "caption"
    columns: dict[str, list[object]] = {
        "image": [gallery.picture_name(position) for position in kept],
        read_from: [corrected.get(position, gallery.captions[position]) for position in kept],
    }
    for name, values in gallery.caption_columns.items():
        if name not in columns:
            columns[name] = [values[position] for position in kept]
    return pd.DataFrame(columns)


def _write(
    gallery: Gallery,
    out: Path,
    rows: np.ndarray,
    captions: pd.DataFrame | None,
    texts: FloatArray | None,
    excluded: Sequence[str],
) -> None:
    names = [gallery.image_ids[row] for row in rows.tolist()]
    embeddings, sizes = gallery.image_embeddings[rows], gallery.image_sizes[rows]
    manifest = gallery.manifest
    if manifest is None:
        write_files(
            out,
            image_ids=names,
            image_embeddings=embeddings,
            image_sizes=sizes,
            captions=captions,
            text_embeddings=texts,
        )
        return
    write_dataset(
        out,
        image_ids=names,
        image_embeddings=embeddings,
        image_sizes=sizes,
        captions=captions,
        text_embeddings=texts,
        encoder_id=manifest.model_id,
        weights_sha256=manifest.weights_sha256,
        preprocessing=manifest.preprocessing,
        images_dir=gallery.images_dir,
        skipped=excluded,
    )
