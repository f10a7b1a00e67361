"""PictureMap: the map of a dataset's pictures for a notebook, drawn once as one small picture."""

from __future__ import annotations

import base64
import colorsys
import html
import io
import sys
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.api.progress import bar
from t2i_core.errors import ProjectionError, count_of
from t2i_core.projection import Projection, make_projection, read_projection, write_projection
from t2i_core.projection.drawing import bounds_of
from t2i_core.projection.given_names import carried_on
from t2i_core.projection.naming import words_by_model
from t2i_core.types import FloatArray, Gallery

if TYPE_CHECKING:
    import pandas

WIDTH, HEIGHT, EDGE = 720, 480, 12
REST = (150, 150, 150)
_CLUSTERS_TOLD = 12


class PictureMap:
    """Where each picture lies, and in which cluster.

    Attributes
    ----------
    projection : Projection
        Everything the stored map holds.
    gallery : Gallery
    """

    def __init__(self, projection: Projection, gallery: Gallery) -> None:
        self.projection, self.gallery = projection, gallery

    def __len__(self) -> int:
        return len(self.projection)

    @property
    def coordinates(self) -> FloatArray:
        """ndarray of shape (N, 2), float32, read-only."""
        return self.projection.coordinates

    def to_pandas(self) -> pandas.DataFrame:
        """One row a picture: ``image_id``, ``x``, ``y``, and the name of its ``cluster``, None outside of all."""
        import pandas

        names = self.projection.cluster_names
        labels = self.projection.cluster_labels.tolist()
        return pandas.DataFrame(
            {
                "image_id": list(self.gallery.image_ids),
                "x": self.coordinates[:, 0],
                "y": self.coordinates[:, 1],
                "cluster": pandas.Series([names[label] if label >= 0 else None for label in labels], dtype=object),
            }
        )

    def __repr__(self) -> str:
        return f"<PictureMap: {self._heading()}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the points, coloured by cluster, and the names of the biggest clusters."""
        counts = np.bincount(
            self.projection.cluster_labels[self.projection.cluster_labels >= 0],
            minlength=len(self.projection.cluster_names),
        )
        biggest = np.argsort(-counts, kind="stable")[:_CLUSTERS_TOLD].tolist()
        names = "".join(
            f'<span style="margin-right:12px;white-space:nowrap"><span style="color:rgb{_hue(label)}">&#9679;</span> '
            f"{html.escape(self.projection.cluster_names[label])} ({int(counts[label]):,})</span>"
            for label in biggest
        )
        drawn = base64.b64encode(self._png()).decode()
        return (
            f'<div style="font-family:sans-serif;max-width:{WIDTH}px"><b>{html.escape(self._heading())}</b>'
            f'<div><img alt="map of the pictures" src="data:image/png;base64,{drawn}"></div>{names}</div>'
        )

    def _heading(self) -> str:
        kept = float(self.projection.trust.mean()) if len(self) else 0.0
        return (
            f"{count_of(len(self), 'picture')} in {count_of(len(self.projection.cluster_names), 'cluster')}; "
            f"{kept:.0%} of the closest pictures are close on the map too"
        )

    def _png(self) -> bytes:
        from PIL import Image

        left, right, bottom, top = bounds_of(self.coordinates)
        x = EDGE + (self.coordinates[:, 0] - left) / (right - left) * (WIDTH - 2 * EDGE)
        y = EDGE + (top - self.coordinates[:, 1]) / (top - bottom) * (HEIGHT - 2 * EDGE)
        pixels = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
        colours = np.array(
            [*(_hue(label) for label in range(len(self.projection.cluster_names))), REST], dtype=np.uint8
        )
        reach = 2 if len(self) < 5_000 else 1
        for across in range(-reach, reach + 1):
            for down in range(-reach, reach + 1):
                if across * across + down * down <= reach * reach + 1:
                    pixels[np.rint(y).astype(int) + down, np.rint(x).astype(int) + across] = colours[
                        self.projection.cluster_labels
                    ]
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        return out.getvalue()


def draw_map(gallery: Gallery, *, seed: int, refit: bool, progress: bool) -> PictureMap:
    """The stored map where it belongs to the gallery; else, or with ``refit``, one that is made and stored."""
    if not refit:
        try:
            stored = read_projection(gallery)
        except ProjectionError:
            stored = None  # of other embeddings: what of it still holds is taken over below
        if stored is not None:
            return PictureMap(stored, gallery)
    with bar(shown=progress) as tell:
        projection = make_projection(
            gallery,
            seed=seed,
            refit=refit,
            on_progress=lambda step: tell(step.stage, step.done, step.total),
            words_near=None if gallery.captions else words_by_model(gallery, on_missing=_say),
        )
    write_projection(projection, gallery.data_dir)
    projection, problem = carried_on(projection, gallery)
    if problem:
        _say(f"warning: {problem}")
    return PictureMap(projection, gallery)


def _hue(label: int) -> tuple[int, int, int]:
    """Colours far apart for labels that follow each other."""
    red, green, blue = colorsys.hls_to_rgb(label * 0.61803 % 1.0, 0.45, 0.75)
    return round(red * 255), round(green * 255), round(blue * 255)


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
