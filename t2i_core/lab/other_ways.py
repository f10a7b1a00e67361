"""What there is to compare a dataset with: other ways to rank it, and other datasets of the same pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from t2i_core import dataset
from t2i_core.dataset import EMBEDDINGS_NAME
from t2i_core.errors import DatasetError
from t2i_core.lab.comparing import APPROXIMATE, BALANCED
from t2i_core.types import Gallery


def other_rankings(gallery: Gallery) -> tuple[str, ...]:
    """What `comparing.compare_rankings` can compare the cosine with here."""
    captioned = len(np.unique(gallery.rows_of(gallery.paired_captions)))
    balanced = (BALANCED,) if captioned > 1 else ()
    return balanced if dataset.open_ann(gallery) is None else (*balanced, APPROXIMATE)


def same_pictures(gallery: Gallery, folders: Iterable[Path]) -> tuple[Path, ...]:
    """The datasets among some folders that have captions with embeddings and any of the gallery's pictures; their rows stay unread.

    One whose pictures only its captions file names, as in the original project's files, is kept: comparing says what it shares.
    """
    return tuple(folder for folder in folders if _shares(gallery, folder))


def _shares(gallery: Gallery, folder: Path) -> bool:
    try:
        names = dataset.read_captioned_pictures(folder / EMBEDDINGS_NAME)
    except DatasetError:
        return False
    return names is None or any(name in gallery.rows_by_id for name in names.tolist())
