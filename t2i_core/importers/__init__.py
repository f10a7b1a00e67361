"""Importers: well-known data sets and plain folders as a captions file that ``build`` reads.

report = import_dataset("flickr8k", Path("~/flickr8k").expanduser(), Path("data"))
print(report.next_command)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from t2i_core.dataset import list_some
from t2i_core.errors import DatasetError
from t2i_core.importers.clip_retrieval import import_clip_retrieval
from t2i_core.importers.coco import import_coco
from t2i_core.importers.csv_tables import import_openclip, import_urls
from t2i_core.importers.embeddings import import_embeddings
from t2i_core.importers.fiftyone import import_fiftyone
from t2i_core.importers.flickr import import_flickr8k, import_flickr30k
from t2i_core.importers.folder import import_folder
from t2i_core.importers.imagefolder import import_imagefolder
from t2i_core.importers.npz import import_npz
from t2i_core.importers.report import Importer, ImportReport
from t2i_core.importers.tables import import_parquet
from t2i_core.importers.webdataset import import_webdataset
from t2i_core.types import Encoder

IMPORTERS: Mapping[str, Importer] = {
    "flickr8k": import_flickr8k,
    "flickr30k": import_flickr30k,
    "coco": import_coco,
    "folder": import_folder,
    "npz": import_npz,
    "imagefolder": import_imagefolder,
    "parquet": import_parquet,
    "webdataset": import_webdataset,
    "clip-retrieval": import_clip_retrieval,
    "openclip": import_openclip,
    "fiftyone": import_fiftyone,
    "urls": import_urls,
    "embeddings": import_embeddings,
}
# Those that take rows over, which a model made.
WITH_ROWS = ("clip-retrieval", "embeddings")


def import_dataset(
    layout: str,
    source: Path,
    data_dir: Path,
    *,
    images_dir: Path | None = None,
    names: Path | None = None,
    encoder: Encoder | None = None,
) -> ImportReport:
    """Import ``source``, laid out as ``layout`` (a key of ``IMPORTERS``), into ``data_dir``.

    Parameters
    ----------
    names : Path, optional
        For ``embeddings``: the pictures' names in the order of the rows.
    encoder : Encoder, optional
        For layouts with embeddings: the model that made them, which is checked.

    Raises
    ------
    DatasetError
        When the layout is unknown, has no use for what is given, or the source is laid out in another way.
    """
    if layout not in IMPORTERS:
        raise DatasetError(
            f"The layout must be one of {list_some(list(IMPORTERS), limit=len(IMPORTERS))}, got {layout!r}. "
            "Use folder for pictures of your own."
        )
    if layout == "embeddings":
        return import_embeddings(source, data_dir, images_dir=images_dir, names=names, encoder=encoder)
    if names is not None or (encoder is not None and layout not in WITH_ROWS):
        given = "names" if names is not None else "a model"
        raise DatasetError(
            f"Names of rows are for the layout embeddings, and a model for {' and '.join(WITH_ROWS)}, got {given} for {layout}. "
            "Leave it out; build takes the model."
        )
    if layout == "clip-retrieval":
        return import_clip_retrieval(source, data_dir, images_dir=images_dir, encoder=encoder)
    return IMPORTERS[layout](source, data_dir, images_dir=images_dir)


__all__ = [
    "IMPORTERS",
    "ImportReport",
    "import_clip_retrieval",
    "import_coco",
    "import_dataset",
    "import_embeddings",
    "import_fiftyone",
    "import_flickr8k",
    "import_flickr30k",
    "import_folder",
    "import_imagefolder",
    "import_npz",
    "import_openclip",
    "import_parquet",
    "import_urls",
    "import_webdataset",
]
