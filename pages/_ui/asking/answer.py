"""Answer: what a page asks and what came of it. The one step from session, link and gallery to a request and its result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages._ui import resources
from pages._ui.asking import ranking
from pages._ui.session.visit import visit
from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import ModelError, QueryError, T2IError
from t2i_core.query import SearchRequest
from t2i_core.types import Gallery, Problem, RowArray, SearchResult


@dataclass(frozen=True)
class Answer:
    """What is there for what is asked at the moment.

    Attributes
    ----------
    gallery : Gallery
    settings : Settings
    loaded : EngineState
    everything : SearchResult, optional
        The whole ranking, so that another top k is a slice of it.
    result : SearchResult, optional
        Its first ``top_k``, which are shown.
    problem : T2IError, optional
        Why there is none.
    fitting : ndarray of shape (F,), int64, optional
        Rows that fit the conditions, where nothing is asked beside them.
    """

    gallery: Gallery
    settings: Settings
    loaded: resources.EngineState
    everything: SearchResult | None = None
    result: SearchResult | None = None
    problem: T2IError | None = None
    fitting: RowArray | None = None

    @property
    def engine(self) -> SearchEngine | None:
        return self.loaded.engine

    @property
    def waiting(self) -> bool:
        """Whether something is asked and its engine is still loading."""
        return visit().asked.query is not None and self.loaded.loading

    def deeper(self, request: SearchRequest) -> SearchResult:
        """What the engine finds for another request, as far down as it asks; T2IError as `ranking.rank`."""
        if self.engine is None:
            raise QueryError("A ranking needs a model, and it is not there yet. Wait until it is loaded.")
        return ranking.rank(self.engine, request, self.settings)

    @property
    def live(self) -> bool:
        """Whether answers come quickly enough to ask while somebody types."""
        return ranking.is_smooth(self.everything)

    @property
    def model_problem(self) -> ModelError | None:
        """Why nothing at all can be asked."""
        return self.problem if isinstance(self.problem, ModelError) else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found about the dataset."""
        return (self.loaded.engine.gallery if self.loaded.engine else self.gallery).problems


def answer(gallery: Gallery, settings: Settings) -> Answer:
    """Ask the gallery's engine what the session asks, as far as both are there."""
    loaded, asked = resources.engine_state(gallery, settings), visit().asked
    if asked.query is None and asked.where:
        return _filtered(gallery, settings, loaded)
    if loaded.engine is None:
        return Answer(gallery, settings, loaded, problem=loaded.error)
    # Where there is no approximate index its switch is not on the page, and what a link says of it means nothing.
    approximate = loaded.engine.approximate is not None and asked.approximate
    try:
        request = asked.request(min(MAX_TOP_K, loaded.engine.images), approximate=approximate)
        if request is None:
            return Answer(gallery, settings, loaded)
        everything = ranking.rank(loaded.engine, request, settings)
    except T2IError as error:
        return Answer(gallery, settings, loaded, problem=error)
    result = everything.head(min(visit().shown.top_k, gallery.images))
    if asked.settled:
        visit().history.note(str(gallery.data_dir), result.request, result.hits)
    return Answer(gallery, settings, loaded, everything, result)


def _filtered(gallery: Gallery, settings: Settings, loaded: resources.EngineState) -> Answer:
    """The gallery itself, as far as it fits."""
    try:
        kept = resources.facets(gallery, loaded.engine).rows_that_fit(visit().asked.where)
    except T2IError as error:
        return Answer(gallery, settings, loaded, problem=loaded.error or error)
    return Answer(
        gallery, settings, loaded, problem=loaded.error, fitting=None if kept is None else np.flatnonzero(kept)
    )
