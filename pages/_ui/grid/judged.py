"""What the grid is told of likes and dislikes: each card's mark and move, and the strip above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages._ui.grid import pictures
from pages._ui.session import feedback
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import count_of
from t2i_core.types import Hit, SearchResult

STRIP_PICTURES = 40


def strip(
    result: SearchResult, everything: SearchResult, engine: SearchEngine, settings: Settings
) -> dict[str, object]:
    """What is liked and disliked, how often one can go back, and what the last step did to the pictures shown."""
    request, judging = result.request, visit().judging
    return {
        "liked": _thumbs(request.liked, engine, settings),
        "disliked": _thumbs(request.disliked, engine, settings),
        "aim": request.aim,
        "seen": len(result.passed_over),
        "more": len(everything.hits) > len(result.hits),
        "undo": bool(judging.done),
        "redo": bool(judging.undone),
        "told": _told(result, everything),
    }


def moves(result: SearchResult, everything: SearchResult) -> Mapping[str, int | str]:
    """How many places each picture shown went up (or down, below 0) by the last step; ``new`` where it had no place.

    Pictures that the step took out are not counted, or all below them would seem to have moved.
    """
    before = visit().judging.moved_from(feedback.question_key(everything.request))
    if not before:
        return {}
    gone = {*result.left_out, *result.request.disliked, *result.passed_over}
    places = {name: place for place, name in enumerate((name for name in before if name not in gone), start=1)}
    moved = {hit.image_id: _move(hit, places) for hit in result.hits}
    return {name: move for name, move in moved.items() if move}


def in_words(result: SearchResult) -> str:
    """What the line above the pictures adds: what they are ranked by beside the query, and what is not among them."""
    request = result.request
    judged = [
        count_of(len(names), one) for names, one in ((request.liked, "like"), (request.disliked, "dislike")) if names
    ]
    said = [f"ranked with {' and '.join(judged)}"] * bool(judged)
    if away := len(set(result.passed_over) - {*request.disliked, *result.left_out}):
        said.append(f"{away:,} seen before {'is' if away == 1 else 'are'} left out")
    return "".join(f"; {one}" for one in said)


def _move(hit: Hit, places: Mapping[str, int]) -> int | str:
    place = places.get(hit.image_id)
    return "new" if place is None else place - hit.rank


def _told(result: SearchResult, everything: SearchResult) -> str:
    step = visit().judging.step
    if not step:
        return ""
    moved = moves(result, everything).values()
    new, rest = sum(move == "new" for move in moved), sum(move != "new" for move in moved)
    parts = [f"{count_of(rest, 'picture')} moved"] * bool(rest) + [f"{new:,} new"] * bool(new)
    return f"{step}. {', '.join(parts)}." if parts else f"{step}."


def _thumbs(names: Sequence[str], engine: SearchEngine, settings: Settings) -> list[dict[str, str]]:
    """Small pictures of the newest; of others their names alone."""
    rows = engine.gallery.rows_by_id
    newest = [name for name in names[-STRIP_PICTURES:] if name in rows]
    shown = dict(zip(newest, pictures.shown(engine.gallery, [rows[name] for name in newest], settings), strict=True))
    return [{"id": name, "src": shown[name].url if name in shown else ""} for name in names]
