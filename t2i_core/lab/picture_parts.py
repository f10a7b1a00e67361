"""Parts of the captions by what their pictures are: folder, tag, facts of the file, and cluster of the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from t2i_core.dataset.cluster_names_file import cluster_names_stamp
from t2i_core.dataset.facts_file import facts_path
from t2i_core.dataset.stacks_file import HOW
from t2i_core.dataset.switch_record import file_stamp
from t2i_core.dataset.tags_file import tags_stamp
from t2i_core.errors import ProjectionError, T2IError
from t2i_core.facets.counting import count_facet
from t2i_core.facets.facets import Facets
from t2i_core.query.where import DAY, TAG
from t2i_core.types import Gallery, MaskArray, RowArray

CLUSTER = "cluster"
FACTS = ("folder", TAG, "type", "orientation", "colour", "camera", "megapixels", DAY, "light", "sharp")
KINDS = (*FACTS, CLUSTER)
MOST_VALUES = 30

Part = tuple[str, str, MaskArray]


@dataclass
class PictureParts:
    """Parts as kind, value and mask of the pictures, (N,) bool; and what to do where a kind could not be looked at."""

    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def picture_parts(gallery: Gallery) -> PictureParts:
    """All parts of a gallery that its pictures give; numbers in ranges."""
    found = PictureParts()
    facets, place = Facets(gallery), gallery.address or gallery.data_dir
    known = [name for name in FACTS if name in facets.names]
    for name in known:
        try:
            found.parts += _values(facets, name)
        except T2IError as error:  # tags.csv that somebody broke
            found.remarks.append(str(error))
    if len(known) < len(FACTS):
        found.remarks.append(
            f"Light, sharpness, colours, days and cameras are known once pictures are measured: {HOW} --data {place}"
        )
    found.parts += _clusters(gallery, found.remarks)
    return found


def stamp_of_parts(gallery: Gallery) -> str:
    """A short text that changes whenever parts may be others: `Gallery.key` knows nothing of tags, facts, maps and their names."""
    from t2i_core.projection import projection_stamp

    folder = gallery.data_dir
    maps = (projection_stamp(folder), cluster_names_stamp(folder))
    return " ".join((tags_stamp(folder), *maps, file_stamp(facts_path(gallery))))


def _values(facets: Facets, name: str) -> Iterator[Part]:
    nobody: RowArray = np.empty(0, dtype=np.int64)
    for count in count_facet(facets, name, fitting=None, hits=nobody, limit=MOST_VALUES).counts:
        mask = facets.rows_that_fit((count.condition,))
        if mask is not None:
            yield name, count.label.removeprefix("from "), mask


def _clusters(gallery: Gallery, remarks: list[str]) -> Iterator[Part]:
    """The groups that the map names; they are looked for where the map is made."""
    from t2i_core.projection import read_projection

    try:
        stored = read_projection(gallery)
    except ProjectionError as error:
        remarks.append(f"Clusters are those of the map. {error}")
        return
    if stored is None:
        place = gallery.address or gallery.data_dir
        remarks.append(
            f"Clusters are those of the map, which is not made yet: python -m t2i_core project --data {place}"
        )
        return
    for label, name in enumerate(stored.cluster_names):
        yield CLUSTER, name, stored.cluster_labels == label
