"""Captions to embeddings: each different text once, in batches of like length, going on after a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from t2i_core.build_journal import CaptionBatch, hash_texts
from t2i_core.dataset import CAPTIONS_NAME, CaptionTable, count_of, list_some, match_pictures, read_captions
from t2i_core.dataset.switch_record import current_path
from t2i_core.types import Encoder, FloatArray

CAPTION_BATCH = 256
# openai/CLIP's tokenizer makes no more tokens than a text has bytes, so shorter ones need not be asked about.
SURELY_READ_BYTES = 70


@dataclass(frozen=True)
class CaptionsToEncode:
    """The different texts that have no embedding yet, shortest first, and the digest of each."""

    texts: tuple[str, ...]
    digests: tuple[bytes, ...]


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


def plan_captions(captions: Sequence[str], known: set[bytes]) -> CaptionsToEncode:
    """Which texts are to be encoded, in an order that depends on nothing but the texts."""
    unique = sorted(set(captions), key=lambda text: (len(text), text))
    pairs = [
        (text, digest)
        for text, row in zip(unique, hash_texts(unique), strict=True)
        if (digest := row.tobytes()) not in known
    ]
    return CaptionsToEncode(tuple(text for text, _ in pairs), tuple(digest for _, digest in pairs))


def encode_captions(todo: CaptionsToEncode, encoder: Encoder) -> Iterator[CaptionBatch]:
    """Encode texts ``CAPTION_BATCH`` at a time."""
    for start in range(0, len(todo.texts), CAPTION_BATCH):
        stop = start + CAPTION_BATCH
        digests = np.frombuffer(b"".join(todo.digests[start:stop]), dtype=np.uint8).reshape(-1, 32)
        yield CaptionBatch(digests, encoder.encode_text(todo.texts[start:stop]))


def caption_rows(captions: Sequence[str], rows: dict[bytes, FloatArray], *, dimension: int) -> FloatArray:
    """One embedding per caption: ndarray of shape (M, D), float32."""
    embeddings = np.empty((len(captions), dimension), dtype=np.float32)
    for position, digest in enumerate(hash_texts(captions)):
        embeddings[position] = rows[digest.tobytes()]
    return embeddings


def caption_notes(table: CaptionTable, image_ids: Sequence[str], encoder: Encoder) -> list[str]:
    """What a person should know about the captions: unusable rows, unknown pictures, texts that are cut."""
    notes = [str(problem) for problem in table.problems]
    matched = match_pictures(table.images, image_ids)
    unknown = [*matched.missing, *matched.ambiguous]
    if unknown:
        notes.append(
            f"{table.path.name} names {count_of(len(unknown), 'picture')} that the dataset does not have: "
            f"{list_some(unknown)}. Their captions are kept, but find no picture."
        )
    bare = sorted(set(image_ids) - set(matched.found.values()))
    if bare and len(table):
        notes.append(f"{count_of(len(bare), 'picture')} without a caption: {list_some(bare)}.")
    long = [text for text in set(table.captions) if len(text.encode()) > SURELY_READ_BYTES]
    cut = sum(encoder.cut_text(text) is not None for text in long)
    if cut:
        notes.append(
            f"{encoder.model_id} reads only the beginning of {count_of(cut, 'caption')}, the rest is too long."
        )
    return notes
