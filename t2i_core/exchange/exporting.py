"""export_dataset: a dataset, or the hits of a search, in another program's format; in a new folder, whole or not at all."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from t2i_core.dataset import list_some
from t2i_core.dataset.tags_file import TagMark, read_tag_marks, write_tag_marks
from t2i_core.errors import DatasetError, count_of
from t2i_core.exchange import folders, tables, tars
from t2i_core.exchange.entries import PictureEntry, entries_of
from t2i_core.exchange.pictures import PictureCopies
from t2i_core.types import Gallery, Hit

Writer = Callable[[Gallery, Iterator[PictureEntry], Path, PictureCopies], None]
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Format:
    """How a format is written, which importer reads it back, what it does not carry, and where it keeps pictures by name."""

    write: Writer
    layout: str
    not_carried: str
    pictures: str = ""


FORMATS: Mapping[str, Format] = {
    "imagefolder": Format(folders.write_imagefolder, "imagefolder", "embeddings"),
    "parquet": Format(tables.write_parquet, "parquet", ""),
    "webdataset": Format(tars.write_webdataset, "webdataset", "embeddings"),
    "atlas": Format(tables.write_atlas, "parquet", ""),
    "coco": Format(folders.write_coco, "coco", "embeddings and columns of the captions file", "images"),
    "fiftyone": Format(folders.write_fiftyone, "fiftyone", ""),
    "openclip": Format(folders.write_openclip, "openclip", "embeddings"),
    "clip-retrieval": Format(tables.write_clip_retrieval, "clip-retrieval", "columns of the captions file", "images"),
}


@dataclass(frozen=True)
class ExchangeReport:
    """What an export wrote.

    ``without_file`` are pictures whose file is not there or may not be read; what is known of them is written all the same where
    the format allows it. ``not_carried`` says in words what the format has no place for.
    """

    format: str
    folder: Path
    images: int
    captions: int
    without_file: tuple[str, ...]
    not_carried: str
    import_command: str


def export_dataset(
    gallery: Gallery,
    to: str,
    folder: Path,
    *,
    hits: Sequence[Hit] | None = None,
    copy_pictures: bool = True,
    on_progress: OnProgress | None = None,
) -> ExchangeReport:
    """Write a dataset as another program reads it; tags of its pictures lie beside, as the ``tags.csv`` they were.

    Parameters
    ----------
    gallery : Gallery
    to : str
        A key of `FORMATS`.
    folder : Path
        New, or empty. It appears when everything in it is written.
    hits : sequence of Hit, optional
        Only these pictures, with rank and score.
    copy_pictures : bool
        Whether formats that keep pictures as files beside them get copies; their names are written in any case.
    on_progress : callable, optional
        Told how many pictures are written, of how many.

    Raises
    ------
    DatasetError
        When the format is unknown, there is nothing to write, the folder holds something, or it cannot be written.
    """
    if to not in FORMATS:
        raise DatasetError(f"A format to export to is one of {', '.join(FORMATS)}, got {to!r:.40}. Choose one of them.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(
            f"An export needs a new or an empty folder, got {folder}, which holds something. Name another."
        )
    total = len(gallery) if hits is None else len(hits)
    if not total:
        raise DatasetError(
            "An export needs at least one picture, and the request finds none. Ask for something else, or with fewer conditions."
        )
    if hits is not None and any(hit.row is None for hit in hits):
        raise DatasetError(
            "Hits are exported with what the dataset knows of them, and some lie outside the sample of "
            f"{count_of(len(gallery), 'picture')} that was opened. Export from the folder that was pushed."
        )
    tags = _tags(gallery, hits)
    counted = _Counted(entries_of(gallery, hits), total, on_progress)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        being_written = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
        try:
            copies = PictureCopies(wanted=copy_pictures)
            FORMATS[to].write(gallery, counted, being_written, copies)
            if tags:
                write_tag_marks(being_written, tags)
            being_written.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            being_written.replace(folder)
        except BaseException:
            shutil.rmtree(being_written, ignore_errors=True)
            raise
    except OSError as error:
        raise DatasetError(
            f"An export must be written to {folder}, which failed ({error.strerror or error}). Free some space or name another."
        ) from error
    missing = tuple(copies.missing)
    source = folder / FILES[to] if to in FILES else folder
    words = ["python", "-m", "t2i_core", "import", FORMATS[to].layout, str(source), "--data", "DIR"]
    if FORMATS[to].pictures:
        words += ["--images", str(folder / FORMATS[to].pictures)]
    return ExchangeReport(
        to, folder, counted.images, counted.captions, missing, _not_carried(to, gallery), shlex.join(words)
    )


def _tags(gallery: Gallery, hits: Sequence[Hit] | None) -> list[TagMark]:
    """The tags of the pictures that are exported."""
    if gallery.address:
        return []
    names = gallery.rows_by_id if hits is None else {hit.image_id for hit in hits}
    return [mark for mark in read_tag_marks(gallery.data_dir) if mark.image_id in names]


# Formats whose importer is given the file itself.
FILES = {"openclip": folders.OPENCLIP_NAME}


class _Counted(Iterator[PictureEntry]):
    """Entries, counted as they are written."""

    def __init__(self, entries: Iterator[PictureEntry], total: int, on_progress: OnProgress | None) -> None:
        self._entries, self._total, self._on_progress = entries, total, on_progress
        self.images = self.captions = 0

    def __iter__(self) -> Iterator[PictureEntry]:
        return self

    def __next__(self) -> PictureEntry:
        entry = next(self._entries)
        self.images += 1
        self.captions += len(entry.captions)
        if self._on_progress is not None:
            self._on_progress(self.images, self._total)
        return entry


def _not_carried(to: str, gallery: Gallery) -> str:
    told = FORMATS[to].not_carried
    lost = [told] if told else []
    if gallery.missing_pictures:
        lost.append(f"captions of pictures the dataset lacks ({list_some(list(gallery.missing_pictures.values()))})")
    return "; ".join(lost)
