"""Material: what the checks of an audit look at, each part made when the first check asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.facts_file import FactsTable
from t2i_core.facets.measuring import OnProgress, measure_pictures, nothing_told
from t2i_core.neighbours.graph import nearest_neighbours
from t2i_core.pictures.folder import is_folder
from t2i_core.types import Encoder, FloatArray, Gallery

NEIGHBOURS = 10
Part = TypeVar("Part")


class Material:
    """A gallery, and what is found out about it on the way.

    Parameters
    ----------
    gallery : Gallery
    max_pixels : int
        Pictures with more are not decoded.
    open_encoder : callable, optional
        Opens the gallery's model; without it no check uses one.
    on_progress : callable, optional
        Called with a stage, how many are done and how many there are; an exception it raises ends the audit.
    """

    def __init__(
        self,
        gallery: Gallery,
        *,
        max_pixels: int,
        open_encoder: Callable[[], Encoder] | None = None,
        on_progress: OnProgress = nothing_told,
    ) -> None:
        self.gallery, self.max_pixels, self.tell = gallery, max_pixels, on_progress
        self.remarks: list[str] = []
        self._open_encoder = open_encoder
        self._made: dict[Callable[[Material], object], object] = {}

    def once(self, make: Callable[[Material], Part]) -> Part:
        """What ``make`` makes of this material, made when it is asked for first."""
        if make not in self._made:
            self._made[make] = make(self)
        part: Part = self._made[make]  # type: ignore[assignment]
        return part

    @property
    def one_space(self) -> bool:
        """Whether it is known that one model made the rows of pictures and captions."""
        return self.gallery.text_embeddings is not None and self.gallery.manifest is not None

    @property
    def may_open_models(self) -> bool:
        """Whether models may be used at all."""
        return self._open_encoder is not None

    @cached_property
    def encoder(self) -> Encoder | None:
        """The gallery's model; None where nobody said how to open it."""
        return None if self._open_encoder is None else self._open_encoder()

    @cached_property
    def facts(self) -> FactsTable | None:
        """What is measured of the pictures; None where their files are not here."""
        if not is_folder(self.gallery.images_dir):
            self.remarks.append(
                f"Pictures are not looked at, for their folder is not there: {self.gallery.images_dir}. Name it with --images."
            )
            return None
        table, missing = measure_pictures(self.gallery, max_pixels=self.max_pixels, on_progress=self.tell)
        if len(missing) == len(self.gallery):
            self.remarks.append(
                f"Pictures are not looked at, for {self.gallery.images_dir} holds none of them. Name their folder with --images."
            )
            return None
        return table

    @cached_property
    def neighbours(self) -> tuple[FloatArray, npt.NDArray[np.int32]]:
        """Each picture's ten closest others: similarities (N, k), float32, descending, and rows (N, k), int32."""
        rows = np.ascontiguousarray(self.gallery.image_embeddings)
        k = min(NEIGHBOURS, len(self.gallery) - 1)
        return nearest_neighbours(rows, k, on_block=lambda done, total: self.tell("neighbours", done, total))
