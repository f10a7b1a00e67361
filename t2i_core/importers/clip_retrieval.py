"""clip-retrieval's output: ``img_emb/img_emb_0.npy`` beside ``metadata/metadata_0.parquet``, with ``text_emb`` or without."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import list_some, match_pictures, uniform_picture_name, write_files
from t2i_core.dataset.arrow_file import read_rows
from t2i_core.dataset.npy_file import read_npy_rows
from t2i_core.errors import DatasetError, count_of
from t2i_core.importers.entries import Entries, captions_in, image_named
from t2i_core.importers.report import ImportReport, existing_source
from t2i_core.pictures.images import list_pictures
from t2i_core.types import Problem

_NUMBER = re.compile(r"_(\d+)\.npy$")


def import_clip_retrieval(source: Path, data_dir: Path, *, images_dir: Path | None = None) -> ImportReport:
    """Import embeddings with their captions; a picture that several rows name is taken once, with all its captions.

    Nobody notes in these files which model made them: what is opened is compared with the model that is asked, as for
    embeddings of any unknown model.

    Parameters
    ----------
    source : Path
        The output folder of ``clip-retrieval inference``.
    data_dir : Path
        Where embeddings and captions are written.
    images_dir : Path, optional
        The pictures. Without it those of ``source``, and names as the metadata has them where it holds none.

    Raises
    ------
    DatasetError
        When parts are missing, of different lengths or dimensions, or hold rows that are no directions.
    """
    parts = _parts(existing_source(source))
    names, texts, entries = _metadata([metadata for _, _, metadata in parts])
    image = _rows([path for path, _, _ in parts], len(names))
    written = [text for _, text, _ in parts if text is not None]
    text = _rows(written, len(names)) if len(written) == len(parts) else None
    folder = images_dir or (source if list_pictures(source) else None)
    found, problems = _on_disk(names, folder)
    kept = np.array([number for number, name in enumerate(names) if name in found], dtype=np.int64)
    if not kept.size:
        raise DatasetError(
            f"An import needs pictures it can find, got none of {count_of(len(set(names)), 'name')} in {folder}. "
            "Name their folder with --images."
        )
    image_ids = list(dict.fromkeys(found[names[number]] for number in kept.tolist()))
    first = {found[names[number]]: number for number in reversed(kept.tolist())}
    with_caption = [number for number in kept.tolist() if texts[number]]
    frame = pd.DataFrame(
        {
            "image": [found[names[number]] for number in with_caption],
            "caption": [texts[number] for number in with_caption],
        }
    )
    write_files(
        data_dir,
        image_ids=image_ids,
        image_embeddings=image[[first[name] for name in image_ids]],
        image_sizes=np.zeros((len(image_ids), 2), dtype=np.int64),
        captions=frame if with_caption else None,
        text_embeddings=text[with_caption] if text is not None and with_caption else None,
    )
    words = ["python", "-m", "t2i_core", "validate", "--data", str(data_dir), "--model", "MODEL"]
    command = shlex.join([*words, *([] if folder is None else ["--images", str(folder)])])
    unknown = Problem(
        "warning", "model_unknown", "clip-retrieval does not note which model made its embeddings.",
        "Name it in place of MODEL: a sample of the pictures is then encoded again and compared.",
    )  # fmt: skip
    return ImportReport(
        "clip-retrieval",
        folder,
        data_dir,
        len(image_ids),
        len(with_caption),
        command,
        (*problems, *entries.problems, unknown),
    )


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


def _metadata(paths: list[Path]) -> tuple[list[str], list[str], Entries]:
    names, texts, entries = [], [], Entries()
    for path in paths:
        for record in read_rows(path):
            named = image_named({key: record.get(key) for key in ("image_path", "image_id", "url", "key")})
            names.append(uniform_picture_name(named or str(record.get("url") or record.get("key") or "")) or "")
            texts.append(" ".join(next(iter(captions_in(record)[1]), "").split()))
    return names, texts, entries


def _rows(paths: list[Path], wanted: int) -> np.ndarray:
    parts = [read_npy_rows(path) for path in paths]
    widths = {part.shape[1] for part in parts}
    count = sum(len(part) for part in parts)
    if len(widths) > 1 or count != wanted:
        raise DatasetError(
            f"Embeddings must be as many as the {wanted:,} rows of metadata and of one dimension, got {count:,} of "
            f"{list_some(sorted(widths))} in {paths[0].parent}. Run the inference again."
        )
    rows = np.concatenate([np.asarray(part, dtype=np.float32) for part in parts])
    norms = np.linalg.norm(rows, axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms < 1e-6))
    if bad.size:
        raise DatasetError(
            f"Embeddings must be directions, got {norms[bad[0]]:g} as the length of row {int(bad[0])}. Leave it out."
        )
    return l2_normalize(rows)


def _on_disk(names: list[str], folder: Path | None) -> tuple[dict[str, str], list[Problem]]:
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
