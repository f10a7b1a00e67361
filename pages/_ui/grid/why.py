"""Why the open picture was found, ready for the browser: heat maps as bytes, words with their shading, suggestions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any

import numpy as np

from pages._ui import resources
from pages._ui.frame import frame
from pages._ui.session.outside import outside_pictures
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.engine.explained import TermHeat, WordFall
from t2i_core.errors import T2IError
from t2i_core.query import Query, Words, write_query
from t2i_core.types import SearchResult

WAIT_S = 1.5  # what takes longer is drawn once it is there: some models look at a picture hundreds of times
_FULL_FALL = 0.5  # of the way from the median to a good hit: a word that costs so much is shaded fully


def can_tell(engine: SearchEngine | None, result: SearchResult | None) -> bool:
    """Whether there is a query to explain pictures by, and a model that tells."""
    return engine is not None and result is not None and engine.explainer.shows_heat


def why(engine: SearchEngine, result: SearchResult, image_id: str, settings: Settings) -> dict[str, object]:
    """As much as is asked and there; ``pending`` while more is on its way."""
    query = result.request.query
    try:
        pictures = outside_pictures(query, settings)
        heat = resources.heat(engine, query, image_id, settings, pictures)
        if not _there(heat):
            return {"pending": True}
        told = _heat(engine, heat.result())
        if visit().opened.explain != "all":
            return told
        reasons = resources.reasons(engine, query, image_id, settings, pictures)
        return told | (_reasons(reasons.result(), query, result) if _there(reasons) else {"pending": True})
    except T2IError as error:
        return {"problem": str(error)}


def _there(made: Future[Any]) -> bool:
    wait_for([made], timeout=WAIT_S)
    if made.done():
        return True
    frame.draw_again_when_changed(made.done, False)
    return False


def _heat(engine: SearchEngine, maps: Sequence[TermHeat]) -> dict[str, object]:
    return {"maps": [_map(one) for one in maps], "misleads": engine.explainer.misleads}


def _map(one: TermHeat) -> dict[str, object]:
    """A map in one byte a place: the browser colours it."""
    values = np.rint(255 * one.heat.values).astype(np.uint8)
    return {
        "label": one.label,
        "share": one.share,
        "heat": base64.b64encode(values.tobytes()).decode("ascii"),
        "shape": list(values.shape),
        "seen": list(one.heat.seen),
        "where": one.heat.where,
    }


def _reasons(reasons: resources.Reasons, query: Query, result: SearchResult) -> dict[str, object]:
    moves = reasons.moves
    return {
        "sentences": _sentences(reasons.words, query, result),
        "word_maps": [_map(one) for one in reasons.word_heat],
        "raising": [{"word": one.word, "rank": one.rank, "query": write_query(one.query)} for one in moves.raising],
        "lowering": [{"word": one.word, "rank": one.rank, "query": write_query(one.query)} for one in moves.lowering],
        "captions": [{"text": caption, "score": score} for caption, score in moves.captions],
        "told": [*reasons.crowd.told, *([moves.apart.told] if moves.apart is not None and moves.apart.told else [])],
    }


def _sentences(falls: Sequence[WordFall], query: Query, result: SearchResult) -> list[list[dict[str, object]]]:
    """The words of each sentence of several words; ``part`` is how strongly one is shaded, 0 to 1."""
    reach = (result.good_score - result.median_score) if result.good_score is not None else 0.2
    full = max(_FULL_FALL * reach, *(fall.falls for fall in falls), 1e-6) if falls else 1.0
    return [
        [
            {"text": fall.word, "falls": fall.falls, "rank": fall.rank, "part": round(max(0.0, fall.falls / full), 3)}
            for fall in falls
            if fall.term == at
        ]
        for at, term in enumerate(query.terms)
        if isinstance(term.subject, Words) and any(fall.term == at for fall in falls)
    ]
