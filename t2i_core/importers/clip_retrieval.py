"""clip-retrieval's output: ``img_emb/img_emb_0.npy`` beside ``metadata/metadata_0.parquet``, with ``text_emb`` or without."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from t2i_core.dataset import list_some, uniform_picture_name
from t2i_core.dataset.arrow_file import read_rows
from t2i_core.dataset.npy_file import read_npy_rows
from t2i_core.errors import DatasetError
from t2i_core.importers.entries import DERIVED, IMAGE_KEYS, captions_in, counted, image_named
from t2i_core.importers.report import ImportReport, existing_source
from t2i_core.importers.taken_rows import TakenRows, save_rows, unit_rows
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Encoder, Problem

_NUMBER = re.compile(r"_(\d+)\.npy$")


def import_clip_retrieval(
    source: Path, data_dir: Path, *, images_dir: Path | None = None, encoder: Encoder | None = None
) -> ImportReport:
    """Import embeddings with their captions; a picture that several rows name is taken once, with all its captions.

    Nobody notes in these files which model made them: without ``encoder`` what is opened is compared with the model that is
    asked, as for embeddings of any unknown model.

    Parameters
    ----------
    source : Path
        The output folder of ``clip-retrieval inference``.
    data_dir : Path
        Where embeddings and captions are written.
    images_dir : Path, optional
        The pictures. Without it those of ``source``, and names as the metadata has them where it holds none.
    encoder : Encoder, optional
        The model that made them: compared now, and named in the dataset.

    Raises
    ------
    DatasetError
        When parts are missing, of different lengths or dimensions, or hold rows that are no directions.
    """
    parts = _parts(existing_source(source))
    names, texts, left_out = _metadata([metadata for _, _, metadata in parts])
    image, scaled = unit_rows(
        [read_npy_rows(path) for path, _, _ in parts], wanted=len(names), source=parts[0][0].parent
    )
    written = [text for _, text, _ in parts if text is not None]
    text = None
    if len(written) == len(parts):
        text, _ = unit_rows([read_npy_rows(path) for path in written], wanted=len(names), source=written[0].parent)
    folder = images_dir or (source if list_pictures(source) else None)
    captions = [[caption] if caption else [] for caption in texts]
    rows = TakenRows(names, captions, image, text, (*scaled, *left_out))
    return save_rows("clip-retrieval", rows, data_dir, folder=folder, encoder=encoder)


def _parts(source: Path) -> list[tuple[Path, Path | None, Path]]:
    """Embeddings of pictures, of texts where there are any, and metadata, part by part."""
    found: list[tuple[Path, Path | None, Path]] = []
    images = sorted(
        (path for folder in (source / "img_emb", source) for path in folder.glob("img_emb_*.npy")), key=_number
    )
    for path in images:
        number = _NUMBER.search(path.name)
        suffix = number[1] if number else "0"
        around = (path.parent, path.parent.parent / "metadata", path.parent.parent / "text_emb")
        metadata = next((one for folder in around if (one := folder / f"metadata_{suffix}.parquet").is_file()), None)
        if metadata is None:
            raise DatasetError(
                f"Each {path.name} has its metadata_{suffix}.parquet beside it or in metadata, got none. "
                "Run clip-retrieval with metadata."
            )
        text = next((one for folder in around if (one := folder / f"text_emb_{suffix}.npy").is_file()), None)
        found.append((path, text, metadata))
    if not found:
        there = sorted(entry.name for entry in source.iterdir()) if source.is_dir() else [source.name]
        raise DatasetError(
            f"The layout clip-retrieval needs img_emb/img_emb_0.npy and metadata/metadata_0.parquet, got {list_some(there, limit=5)} "
            f"in {source}. Name the output folder of `clip-retrieval inference`."
        )
    return found


def _number(path: Path) -> int:
    found = _NUMBER.search(path.name)
    return int(found[1]) if found else 0


def _metadata(paths: list[Path]) -> tuple[list[str], list[str], list[Problem]]:
    """Names and captions of the rows, and what else stood there."""
    names, texts, left_out = [], [], Counter[str]()
    for path in paths:
        for record in read_rows(path):
            named = image_named({key: record.get(key) for key in ("image_path", "image_id", "url", "key")})
            names.append(uniform_picture_name(named or str(record.get("url") or record.get("key") or "")) or "")
            key, captions = captions_in(record)
            texts.append(" ".join(next(iter(captions), "").split()))
            for name, value in record.items():
                if name not in {key, *IMAGE_KEYS, *DERIVED} and value is not None:
                    left_out[name] += 1
    message = f"Other columns of the metadata were left out: {counted(left_out)}."
    return names, texts, [Problem("note", "import_left_out", message)] if left_out else []
