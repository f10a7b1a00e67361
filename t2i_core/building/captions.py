"""Captions to embeddings: each different text once, in batches of like length, going on after a kill."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from t2i_core.building.journal import CaptionBatch, hash_texts
from t2i_core.dataset import CAPTIONS_NAME, CaptionTable, count_of, match_pictures, read_captions
from t2i_core.dataset.switch_record import current_path
from t2i_core.types import Encoder, FloatArray

CAPTION_BATCH = 256
# openai/CLIP's tokenizer makes no more tokens than a text has bytes, so shorter ones need not be asked about.
SURELY_READ_BYTES = 70


def find_captions(captions: Path | None, data_dir: Path) -> CaptionTable | None:
    """The captions file that was named, else the dataset's own, else None.

    Raises
    ------
    DatasetError
        When the file cannot be read or used.
    """
    if captions is not None:
        return read_captions(captions)
    own = data_dir / CAPTIONS_NAME
    there = current_path(own)
    return replace(read_captions(there), path=own) if there.exists() else None


def plan_captions(captions: Sequence[str], known: set[bytes]) -> dict[bytes, str]:
    """The different texts that have no embedding yet by their digests, shortest first: the order depends on nothing else."""
    unique = sorted(set(captions), key=lambda text: (len(text), text))
    return {
        digest: text
        for text, row in zip(unique, hash_texts(unique), strict=True)
        if (digest := row.tobytes()) not in known
    }


def encode_captions(texts: Mapping[bytes, str], encoder: Encoder) -> CaptionBatch:
    """Encode one batch of texts, given by their digests."""
    digests = np.frombuffer(b"".join(texts), dtype=np.uint8).reshape(-1, 32)
    return CaptionBatch(digests, encoder.encode_text(tuple(texts.values())))


def caption_rows(captions: Sequence[str], rows: dict[bytes, FloatArray], *, dimension: int) -> FloatArray:
    """One embedding per caption: ndarray of shape (M, D), float32."""
    embeddings = np.empty((len(captions), dimension), dtype=np.float32)
    for position, digest in enumerate(hash_texts(captions)):
        embeddings[position] = rows[digest.tobytes()]
    return embeddings


def caption_notes(
    table: CaptionTable, skipped: Collection[str], image_ids: Sequence[str], encoder: Encoder
) -> list[str]:
    """What is known of the captions only after encoding: whose pictures could not be used, and texts that are cut.

    Parameters
    ----------
    skipped : collection of str
        The pictures that could not be used.
    image_ids : sequence of str
        All pictures of the folder, these too.
    """
    notes = []
    if skipped:
        found = match_pictures(table.images, image_ids).found
        lost = sum(found.get(name) in skipped for name in table.images)
        if lost:
            notes.append(
                f"{count_of(lost, 'caption')} {'describes a picture' if lost == 1 else 'describe pictures'} that could not be used. "
                f"{'It is' if lost == 1 else 'They are'} kept for when it can be, and given to no other picture."
            )
    long = [text for text in set(table.captions) if len(text.encode()) > SURELY_READ_BYTES]
    cut = sum(encoder.cut_text(text) is not None for text in long)
    if cut:
        notes.append(
            f"{encoder.model_id} reads only the beginning of {count_of(cut, 'caption')}, the rest is too long."
        )
    return notes
