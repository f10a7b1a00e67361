"""The original project's files: embeddings with one row per caption, and the captions they follow."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd

from t2i_core.dataset import CAPTIONS_NAME, EMBEDDINGS_NAME, read_gallery, write_files
from t2i_core.errors import DatasetError
from t2i_core.importers.report import ImportReport, existing_source, folder_of
from t2i_core.types import Gallery, Problem, RowArray

PICTURE_FOLDERS = ("static/images", "images", "../static/images", "../images")


def import_npz(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import ``aligned_embeddings.npz`` with ``captions_tokenized.csv``, one row per caption, repeated pictures merged.

    The files also work where they are; an import writes them smaller, with names and without a
    manifest, for nobody knows their model. Files already in ``data_dir`` are kept beside the new ones.

    Parameters
    ----------
    source : Path
        The npz, its folder, or the folder of the original project (with ``data`` in it).
    data_dir : Path
        Where both files are written.
    images_dir : Path, optional
        The pictures; ``static/images`` of the original project when left out.

    Raises
    ------
    DatasetError
        When the files are missing or do not belong together.
    """
    folder = _dataset_folder(existing_source(source))
    pictures = images_dir or _picture_folder(folder, source)
    gallery = read_gallery(folder, pictures)
    kept = gallery.paired_captions  # a caption whose picture has no usable row leads nowhere
    captions = _captions_frame(gallery, kept) if kept.size else None
    text = gallery.text_embeddings
    write_files(
        data_dir,
        image_ids=gallery.image_ids,
        image_embeddings=gallery.image_embeddings,
        image_sizes=gallery.image_sizes,
        captions=captions,
        text_embeddings=text if text is None or kept.size == len(text) else text[kept],
    )
    words = ["python", "-m", "t2i_core", "validate", "--data", str(data_dir), "--images", str(gallery.images_dir)]
    return ImportReport(
        layout="npz",
        images_dir=gallery.images_dir if gallery.images_dir.is_dir() else None,
        captions_path=None if captions is None else data_dir / CAPTIONS_NAME,
        images=len(gallery),
        captions=int(kept.size),
        next_command=shlex.join(words),
        problems=(*(problem for problem in gallery.problems if problem.code != "manifest_missing"), _unknown_model()),
    )


def _dataset_folder(source: Path) -> Path:
    if source.is_file():
        if source.name == EMBEDDINGS_NAME:
            return source.parent
        raise DatasetError(
            f"The layout npz needs a file named {EMBEDDINGS_NAME}, got {source}. Rename it, or name its folder."
        )
    for folder in (source, source / "data"):
        if (folder / EMBEDDINGS_NAME).is_file():
            return folder
    raise DatasetError(
        f"The layout npz needs {EMBEDDINGS_NAME} with {CAPTIONS_NAME} beside it, got neither in {source} nor in {source / 'data'}. "
        "Name the folder that holds them."
    )


def _picture_folder(folder: Path, source: Path) -> Path | None:
    for base in dict.fromkeys([folder_of(source), folder]):
        for name in PICTURE_FOLDERS:
            if (base / name).is_dir():
                return (base / name).resolve() if name.startswith("..") else base / name
    return None


def _captions_frame(gallery: Gallery, kept: RowArray) -> pd.DataFrame:
    """Captions under the names their pictures were merged to, with every other column."""
    columns: dict[str, list[object]] = {"image": [gallery.image_ids[row] for row in gallery.rows_of(kept).tolist()]}
    # The original project keeps the raw text in "caption" beside the cleaned one.
    name = "clean_caption" if "caption" in gallery.caption_columns else "caption"
    for column, values in {name: gallery.captions, **gallery.caption_columns}.items():
        columns[column] = [values[position] for position in kept.tolist()]
    return pd.DataFrame(columns, dtype=object)


def _unknown_model() -> Problem:
    return Problem(
        "warning",
        "model_unknown",
        "Nobody noted which model made these embeddings; in the original project the text rows come from a language model "
        "that knows no pictures.",
        "The app compares a sample with the loaded model and says so. To be sure, rebuild: python -m t2i_core build",
    )
