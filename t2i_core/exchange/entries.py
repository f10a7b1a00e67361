"""PictureEntry: all that a dataset knows of one picture, as every format is written from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from t2i_core.errors import ImageError
from t2i_core.importers.entries import record_name
from t2i_core.pictures.folder import picture_path, regular_file
from t2i_core.types import FloatArray, Gallery, Hit


@dataclass(frozen=True, eq=False)
class PictureEntry:
    """One picture.

    Attributes
    ----------
    number : int
        From 0, in the order they are written.
    row : int
        In the gallery.
    captions : tuple of str
    columns : mapping of str to tuple
        The captions file's other columns, one value a caption.
    embedding : ndarray of shape (D,), float32, unit
    path : Path or None
        Its file; None where there is none that may be read.
    rank, score : optional
        Where it stands among the hits that are exported.
    """

    number: int
    row: int
    image_id: str
    captions: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    width: int
    height: int
    embedding: FloatArray
    path: Path | None
    rank: int | None = None
    score: float | None = None

    def record(self) -> dict[str, Any]:
        """Captions, columns, and rank and score of a hit, under their names, as JSON.

        A column of one value for all captions of a picture is that value; others are a list of one value a caption.
        """
        record: dict[str, Any] = {"captions": list(self.captions)}
        for column, values in self.columns.items():
            record[record_name(column)] = values[0] if len(set(values)) == 1 else list(values)
        if self.rank is not None:
            record |= {"rank": self.rank, "score": self.score}
        return record

    def read(self) -> bytes | None:
        """Content of its file; None where it cannot be read."""
        if self.path is None:
            return None
        try:
            return self.path.read_bytes()
        except OSError:
            return None


def entries_of(gallery: Gallery, hits: Sequence[Hit] | None = None) -> Iterator[PictureEntry]:
    """Every picture in the gallery's order, or those of ``hits`` in theirs, but for hits outside a gallery that is a sample."""
    chosen: Iterator[tuple[int, int | None, float | None]]
    if hits is None:
        chosen = ((row, None, None) for row in range(len(gallery)))
    else:
        chosen = ((row, hit.rank, hit.score) for hit in hits if (row := hit.row) is not None)
    for number, (row, rank, score) in enumerate(chosen):
        positions = gallery.captions_of(row)
        image_id = gallery.image_ids[row]
        width, height = gallery.image_sizes[row].tolist()
        yield PictureEntry(
            number,
            row,
            image_id,
            tuple(gallery.captions[position] for position in positions),
            {
                name: tuple(_plain(values[position]) for position in positions)
                for name, values in gallery.caption_columns.items()
                if positions
            },
            width,
            height,
            gallery.image_embeddings[row],
            _file(gallery.images_dir, image_id),
            rank,
            score,
        )


def _file(images_dir: Path, image_id: str) -> Path | None:
    try:
        path = picture_path(images_dir, image_id)
        regular_file(path, label=image_id)
    except ImageError:
        return None
    return path


def _plain(value: object) -> str:
    """A cell of the captions file as it stands there; nothing where it is empty."""
    return "" if value is None or value != value else str(value)  # NaN is unlike itself
