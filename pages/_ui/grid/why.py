"""Why the open picture was found, ready for the browser: heat maps as bytes, words with their shading, suggestions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any, TypeVar

import numpy as np

from pages._ui import resources
from pages._ui.frame import frame
from pages._ui.session.outside import outside_pictures
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.engine.explained import Crowd, TermHeat, WordFall
from t2i_core.errors import T2IError
from t2i_core.query import Query, Words, write_query
from t2i_core.types import SearchResult

WAIT_S = 1.5  # what takes longer is drawn once it is there: some models look at a picture hundreds of times
_FULL_FALL = 0.5  # of the way from the median to a good hit: a word that costs so much is shaded fully
_OTHER_RANK = (
    "Ranks told here are by the score alone, among all pictures. The page's order differs: filters, likes, stacks, the query's own "
    "pictures and balanced or varied ranking come in there."
)
Outcome = TypeVar("Outcome")


def can_tell(engine: SearchEngine | None, result: SearchResult | None) -> bool:
    """Whether there is a query to explain pictures by, and a model that tells."""
    return engine is not None and result is not None and engine.explainer.shows_heat


def why(engine: SearchEngine, result: SearchResult, image_id: str, settings: Settings) -> dict[str, object]:
    """As much as is asked and there; ``pending`` while more is on its way, ``problem`` where something failed."""
    query = result.request.query
    told: dict[str, object] = {}
    try:
        pictures = outside_pictures(query, settings)
        heat = resources.heat(engine, query, image_id, settings, pictures)
        if not _there(heat):
            return {"pending": True}
        maps = _outcome(heat, lambda: resources.forget_heat(engine, query, image_id))
        told |= _heat(engine, maps)
        if visit().opened.explain != "all":
            return told
        reasons = resources.reasons(engine, query, image_id, settings, pictures)
        if not _there(reasons):
            return told | {"pending": True}
        found = _outcome(reasons, lambda: resources.forget_reasons(engine, query, image_id))
        return told | _reasons(found, image_id, result)
    except T2IError as error:
        return told | {"problem": str(error)}


def _there(made: Future[Any]) -> bool:
    wait_for([made], timeout=WAIT_S)
    if made.done():
        return True
    frame.draw_again_when_changed(made.done, False)
    return False


def _outcome(made: Future[Outcome], forget: Callable[[], None]) -> Outcome:
    """What came of it. A failure is told once: kept, it would stand for a picture that is back by now."""
    try:
        return made.result()
    except Exception:
        forget()
        raise


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


def _reasons(reasons: resources.Reasons, image_id: str, result: SearchResult) -> dict[str, object]:
    moves, crowd = reasons.moves, reasons.crowd
    apart = [] if moves.apart is None or not moves.apart.told else [moves.apart.told]
    return {
        "sentences": _sentences(reasons.words, result.request.query, result),
        "word_maps": [_map(one) for one in reasons.word_heat],
        "raising": [{"word": one.word, "rank": one.rank, "query": write_query(one.query)} for one in moves.raising],
        "lowering": [{"word": one.word, "rank": one.rank, "query": write_query(one.query)} for one in moves.lowering],
        "captions": [{"text": caption, "score": score} for caption, score in moves.captions],
        "told": [*crowd.told, *_another_order(crowd, image_id, result), *apart],
        "strip": _strip(crowd, result),
    }


def _another_order(crowd: Crowd, image_id: str, result: SearchResult) -> list[str]:
    """Why the rank on the card is another one, where it is."""
    shown = next((hit.rank for hit in result.hits if hit.image_id == image_id), None)
    return [_OTHER_RANK] if crowd.exact and shown is not None and shown != crowd.rank else []


def _strip(crowd: Crowd, result: SearchResult) -> dict[str, object] | None:
    """All scores, as the strip on Search shows them, and where this picture's lies among them."""
    histogram = result.histogram
    if histogram is None:
        return None
    ends = {"low": histogram.low, "high": histogram.high, "counts": list(histogram.counts)}
    return ends | {"median": crowd.median, "score": crowd.score}


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
