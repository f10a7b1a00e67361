"""Drawing pictures: a gallery's sample, a ranking, or the place where one will be."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pages._ui import components, resources
from pages._ui.grid import detail, further, handing_on, judged, pictures, score_bar, tagging, term_shares
from pages._ui.session import events, feedback
from pages._ui.session.marking import MOST_PICTURES
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import count_of
from t2i_core.query.request import RANKINGS
from t2i_core.types import Gallery, Hit, RowArray, SearchResult

SAMPLE = 36


def sample(
    gallery: Gallery, settings: Settings, *, engine: SearchEngine | None, size: str | None = None, count: int = SAMPLE,
    fitting: RowArray | None = None,
) -> None:  # fmt: skip
    """A varied choice of the gallery, or of the rows that fit, for a page where nothing is asked yet."""
    rows = resources.first_rows(gallery, count) if fitting is None else resources.some_of(gallery, fitting, count)
    cards = _cards_of(gallery, rows, settings)
    _grid(
        {
            "pictures": cards,
            "label": "Some pictures of the gallery",
            "summary": _sample_summary(
                len(cards),
                len(gallery) if fitting is None else len(fitting),
                filtered=fitting is not None,
                sampled=gallery.sampled,
            ),
            **_sized(size),
            **detail.grid_part(gallery, engine, None, settings, first=_first(cards)),
        }
    )


def chosen(
    gallery: Gallery, rows: Sequence[int], settings: Settings, *, engine: SearchEngine | None,
    everything: SearchResult | None, of: int,
) -> None:  # fmt: skip
    """Pictures somebody chose, in the gallery's order: the first of ``of``."""
    cards = _cards_of(gallery, rows, settings)
    _grid(
        {
            "pictures": cards,
            "label": "Selected pictures",
            "summary": f"{len(cards):,} of {of:,}" if len(cards) < of else "",
            "judging": judged.strip(everything, everything, engine, settings) if engine and everything else None,
            **_sized("S"),
            **_marked(gallery, rows, everything, of=of),
            **detail.grid_part(gallery, engine, everything, settings, first=_first(cards)),
        }
    )


def _first(cards: Sequence[Mapping[str, object]]) -> str | None:
    return str(cards[0]["id"]) if cards else None


def _marked(gallery: Gallery, rows: Sequence[int], everything: SearchResult | None, *, of: int) -> dict[str, object]:
    """What tags and exports the selection; not where it is larger than what is tagged at once."""
    if of > MOST_PICTURES:
        return {}
    return handing_on.part(gallery, everything) | tagging.part(gallery, [gallery.image_ids[row] for row in rows])


def ranking(
    result: SearchResult, engine: SearchEngine, settings: Settings, *, everything: SearchResult, size: str | None = None,
    marks: Mapping[str, int | str] | None = None, deeper: further.Rank | None = None,
) -> None:  # fmt: skip
    """The hits of a result, closest first; ``everything`` is the ranking they were sliced from.

    ``marks`` say how pictures moved, by name, where that is against another request and not by the last step. With
    ``deeper``, which answers requests, the grid goes on below the hits.
    """
    started = time.perf_counter()
    shown = pictures.shown_hits(engine.gallery, result.hits, settings)
    cards = _hit_cards(result, shown, judged.moves(result, everything) if marks is None else marks)
    below = None if deeper is None else further.further(engine.gallery, result, everything=everything, rank=deeper)
    more: dict[str, object] = {}
    known, drawn = everything, result
    if below is not None:
        faces = pictures.shown_hits(engine.gallery, below.page, settings)
        page = [_hit_card(hit, one, result) for hit, one in zip(below.page, faces, strict=True)]
        more["further"] = further.part(below, result, page)
        drawn = replace(result, hits=(*result.hits, *below.hits))
        known = further.known(everything, drawn)
    pictures_ms = (time.perf_counter() - started) * 1e3
    _grid(
        {
            "pictures": cards,
            "label": f"Pictures for {result.query.label}, closest first",
            "summary": _summary(result),
            "score_help": score_bar.score_help(result),
            "timings": {
                "encode_ms": result.timings.encode_ms,
                "search_ms": result.timings.search_ms,
                "pictures_ms": pictures_ms,
            },
            **_sized(size),
            "judging": judged.strip(result, everything, engine, settings),
            "paired": marks is not None,
            **more,
            **handing_on.part(engine.gallery, drawn),
            **tagging.part(engine.gallery, [hit.image_id for hit in drawn.hits]),
            **detail.grid_part(engine.gallery, engine, known, settings, first=_first(cards)),
        }
    )
    feedback.note_drawn(everything.request, [hit.image_id for hit in everything.hits])
    later = [hit.row for hit in everything.hits[len(result.hits) :] if hit.row is not None]
    pictures.warm(engine.gallery, later, settings)


def second_ranking(
    result: SearchResult, engine: SearchEngine, settings: Settings, *, marks: Mapping[str, int | str]
) -> None:
    """The hits of the second of two results, whose pictures are opened where those of the first are."""
    shown = pictures.shown_hits(engine.gallery, result.hits, settings)
    data = {
        "pictures": _hit_cards(result, shown, marks),
        "label": f"Pictures for the second request, {result.query.label}",
        "summary": _summary(result),
        "score_help": score_bar.score_help(result),
        "terms": term_shares.labels(result),
        "elsewhere": True,
        "paired": True,
        "seq": visit().second.seq,
    }
    components.second_grid({**_base(), **data}, on_event=events.on_second_event)


def skeleton(count: int, *, summary: str, scored: bool = True, size: str | None = None) -> None:
    """Empty cards in the final layout while a model loads or a dataset is being opened."""
    waiting = {"pictures": [], "loading": count, "scored": scored, "label": "Loading", "summary": summary}
    _grid(waiting | _sized(size))


def _grid(data: dict[str, object]) -> None:
    resources.thumbnails_trimmed(pictures.trim)
    components.picture_grid({**_base(), **data}, on_event=events.on_grid_event)


def _base() -> dict[str, object]:
    """What a grid is told where nothing else is said."""
    shown = visit().shown
    return {
        "size": shown.size,
        "captions": shown.captions,
        "open": None,
        "detail": None,
        "seq": visit().opened.grid_seq,
        "token": "",
        "judging": None,
        "tagging": None,
        "exported": None,
        "further": None,
        "paired": False,
    }


def _sized(size: str | None) -> dict[str, object]:
    """Another picture size than the one chosen on Search."""
    return {} if size is None else {"size": size}


def _sample_summary(shown: int, pictures: int, *, filtered: bool = False, sampled: bool = False) -> str:
    held = count_of(pictures, "picture") + " of the sample" * (filtered and sampled)
    if filtered:
        few = f"{held} that {'fits' if pictures == 1 else 'fit'}" if pictures else "No picture fits"
        return few if shown == pictures else f"{shown:,} of {few}, a varied choice"
    return held if pictures == 1 else f"{shown:,} of {held}, a varied choice"


def _summary(result: SearchResult) -> str:
    """How many of how many; pictures that are not looked for are not counted: the query's own, disliked ones, those seen."""
    away = len(result.left_out)
    if away and away == result.images:
        return "There is no other picture; the query is made of all there are"
    others = count_of(result.images - result.away, "other picture" if result.away else "picture")
    if result.fitting is not None:
        others = f"{count_of(result.fitting, 'picture')} that {'fits' if result.fitting == 1 else 'fit'}"
    order = "closest first" if result.request.ranking == RANKINGS[0] else "in balanced order"
    said = f"{len(result.hits):,} of {others}, {order}{judged.in_words(result)}"
    if not away:
        return said
    return (
        f"{said}; the query's own picture is left out"
        if away == 1
        else f"{said}; the query's own {away:,} are left out"
    )


def _hit_cards(
    result: SearchResult, shown: Sequence[pictures.Shown], moved: Mapping[str, int | str]
) -> list[dict[str, object]]:
    return [
        _hit_card(hit, one, result) | {"move": moved.get(hit.image_id)}
        for hit, one in zip(result.hits, shown, strict=True)
    ]


def _hit_card(hit: Hit, shown: pictures.Shown, result: SearchResult) -> dict[str, object]:
    part = score_bar.score_part(hit.score, result)
    return _card(hit.image_id, shown, caption=hit.caption) | {
        "row": hit.row,
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "bar": None if part is None else round(part, 3),
        "behind": len(hit.stack),
        **term_shares.part(hit, result),
    }


def _card(image_id: str, shown: pictures.Shown, *, caption: str | None) -> dict[str, object]:
    return {
        "id": image_id,
        "src": shown.url,
        "width": shown.width,
        "height": shown.height,
        "caption": caption or "",
        "note": shown.note,
        "score": None,
    }


def _cards_of(gallery: Gallery, rows: Sequence[int], settings: Settings) -> list[dict[str, object]]:
    """A card of each row, with its first caption and without a score."""
    shown = pictures.shown(gallery, rows, settings)
    first_captions = _first_captions(gallery, rows)
    return [
        _card(gallery.image_ids[row], one, caption=first_captions.get(row)) | {"row": row}
        for row, one in zip(rows, shown, strict=True)
    ]


def _first_captions(gallery: Gallery, rows: Sequence[int]) -> dict[int, str]:
    own = {row: gallery.captions_of(row)[:1] for row in rows}
    return {row: gallery.captions[positions[0]] for row, positions in own.items() if positions}
