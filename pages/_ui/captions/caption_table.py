"""Drawing the table of captions: one page of rows, the histogram, the words, and what to say when there is nothing."""

from __future__ import annotations

import shlex
import time
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Any

from pages._ui import components, resources
from pages._ui.captions import caption_export, captions_view
from pages._ui.frame import frame, opening
from pages._ui.grid import detail, handing_on, pictures, tagging
from pages._ui.jobs.caption_work import CaptionWork
from pages._ui.session.captions import CaptionsView
from pages._ui.session.visit import visit
from t2i_core import dataset
from t2i_core.captions.columns import CHOICE, NUMBER, Column
from t2i_core.captions.sheet import CAPTION, FILE, FOLDER, ORDER, RANK, SIMILARITY, CaptionSheet, Selection
from t2i_core.captions.word_index import Reading, WordIndex
from t2i_core.captions.word_query import parse_words
from t2i_core.errors import count_of
from t2i_core.types import Gallery, Problem

THUMBNAIL_SIDE = 320
PICTURES_WAIT_S = 0.03
PICTURES_WHILE_TYPING = 8  # as many as a window shows
WORK_WAIT_S = 0.25
WORDS = 30
OTHER_COLUMNS_SHOWN = 3
LONGEST_CELL = 120
NO_EMBEDDING = "This picture is not in the dataset, or has no embedding"
NO_FIT = frozenset({"text_rows_disagree", "text_other_dimension", "text_rows_bad", *dataset.UNUSABLE_TEXT})


def draw(gallery: Gallery, loaded: resources.EngineState, here: frame.Here) -> tuple[CaptionSheet, Selection] | None:
    """The table, and what it shows; None while the captions are being read.

    ``gallery`` has no text embeddings where nobody knows which model made them.
    """
    work = resources.caption_work(gallery)
    view = visit().captions.view
    wanted: list[Future[Any]] = [work.sheet, work.index] if parse_words(view.sheet.words) else [work.sheet]
    wait(wanted, timeout=WORK_WAIT_S)
    stage, sheet = work.stage, work.best_sheet
    if sheet is None or not all(one.done() for one in wanted):
        waiting("The captions are being read", sheet)
        frame.draw_again_when_changed(lambda: work.stage, stage)
        return None
    view = captions_view.current(sheet)
    started = time.perf_counter()
    selection = sheet.select(view.sheet, work.words)
    rows, pages, page = _page(selection, view)
    if page != view.page:  # fewer captions than when it was asked for
        view = replace(view, page=page)
        visit().captions.view = view
    shown = pictures.shown_soon(
        gallery,
        [gallery.picture_of(at) for at in rows],
        here.settings,
        side=THUMBNAIL_SIDE,
        wait_s=PICTURES_WAIT_S,
        wanted=None if captions_view.settled() else PICTURES_WHILE_TYPING,
    )
    listed = [_row(sheet, at, one) for at, one in zip(rows, shown, strict=True)]
    data = _table_part(sheet, selection, view, work.words) | _fit_part(sheet, selection, work, gallery, here, loaded)
    chosen = handing_on.part(gallery, None) | tagging.part(gallery, [row["id"] for row in listed])
    milliseconds = (time.perf_counter() - started) * 1e3
    data |= {
        "rows": listed,
        "page": page,
        "pages": pages,
        "found": len(selection),
        "milliseconds": round(milliseconds, 1),
        "selecting": "" if chosen["tagging"] is None else gallery.place_key,
        "picks": {"of": gallery.place_key, "captions": [(at, gallery.captions[at]) for at in view.picked]},
        **chosen,
        **detail.grid_part(gallery, loaded.engine, None, here.settings),
        "token": f"{gallery.place_key} {loaded.engine is not None}",
    }
    _mount(data)
    pending = [one for one in shown if isinstance(one, pictures.Pending)]
    if pending or work.ranks.running or work.stage != stage:
        frame.draw_again_when_changed(lambda: (work.stage, all(one.done for one in pending)), (stage, not pending))
    return sheet, selection


def _mount(data: dict[str, Any]) -> None:
    table = visit().captions
    base: dict[str, Any] = {
        "seq": table.seq, "version": table.version,
        "columns": [], "shown": [], "rows": [], "page": 1, "pages": 1, "found": 0, "summary": "", "notes": [],
        "marks": [], "words": None, "selecting": "", "tagging": None, "exported": None, "picks": None, "histogram": None,
        "unknown": None, "counting": None, "empty": None, "loading": False, "open": None, "detail": None, "token": "",
    }  # fmt: skip
    components.caption_table({**base, **data}, on_event=captions_view.on_event)


def waiting(summary: str, sheet: CaptionSheet | None = None) -> None:
    """Empty rows in the final layout, while the captions are being read or their dataset is being opened."""
    view = captions_view.current(sheet)
    record = _view_record(view, view.sheet.sort or SIMILARITY)
    _mount({"loading": True, "summary": summary, "view": record, "token": "loading"})


def layout() -> None:
    """The Captions page with empty rows, while its dataset is being opened."""
    caption_export.heading()
    waiting(opening.SUMMARY)


def _view_record(view: CaptionsView, sort: str) -> dict[str, Any]:
    return {
        "words": view.sheet.words,
        "filters": {key: captions_view.filter_record(one) for key, one in view.sheet.filters.items()},
        "sort": sort,
        "descending": view.sheet.descending,
        "page": view.page,
        "size": view.page_size,
    }


def _table_part(
    sheet: CaptionSheet, selection: Selection, view: CaptionsView, index: WordIndex | None
) -> dict[str, Any]:
    everything = len(selection) == len(sheet)
    count = count_of(len(sheet), "caption")
    if not everything:
        count = f"{len(selection):,} of {count}"
    ranked = selection.sort in {SIMILARITY, RANK} and len(selection)
    first = f", {_order_words(selection.sort, view.sheet.descending)}" if ranked else ""
    part: dict[str, Any] = {
        "view": _view_record(view, selection.sort),
        "summary": count + first,
        "notes": _notes(selection.readings),
        "marks": [
            {"word": one.word, "how": one.how}
            for one in selection.readings
            if not one.excluded and one.how != "nothing"
        ],
        "columns": [_column_record(column) for column in sheet.columns.values()],
        "shown": _shown_columns(sheet),
    }
    if index is not None:
        frequent, typical = index.leading(selection.mask, WORDS)
        part["words"] = {"frequent": _counts(frequent), "typical": _counts(typical)}
    if not len(selection):
        part |= {"empty": _nothing_found(selection, view), "words": None}
    return part


def _counts(words: list[Any]) -> list[dict[str, Any]]:
    return [{"word": one.word, "captions": one.captions} for one in words]


def _order_words(sort: str, descending: bool) -> str:
    if sort == SIMILARITY:
        return "best fit first" if descending else "worst fit first"
    return "worst rank first" if descending else "best rank first"


def _notes(readings: tuple[Reading, ...]) -> list[str]:
    read = {"beginning": "words that begin with “{}”", "part": "words that hold “{}”"}
    return [read[one.how].format(one.word) for one in readings if one.how in read]


def _shown_columns(sheet: CaptionSheet) -> list[str]:
    others = [key for key in sheet.columns if key not in {CAPTION, FILE, FOLDER, ORDER}]
    if not sheet.knows_fit:
        others = [key for key in others if key not in {SIMILARITY, RANK}]
    own = [key for key in others if not key.startswith("col.")]
    return own + [key for key in others if key.startswith("col.")][:OTHER_COLUMNS_SHOWN]


def _column_record(column: Column) -> dict[str, Any]:
    extent = column.extent if column.kind == NUMBER else None
    choices = zip(column.texts, column.counts.tolist(), strict=True) if column.kind == CHOICE else ()
    return {
        "key": column.key,
        "label": column.label,
        "help": column.help,
        "kind": column.kind,
        "low": extent[0] if extent else None,
        "high": extent[1] if extent else None,
        "choices": sorted(choices, key=lambda one: -one[1]),
    }


def _fit_part(
    sheet: CaptionSheet,
    selection: Selection,
    work: CaptionWork,
    gallery: Gallery,
    here: frame.Here,
    loaded: resources.EngineState,
) -> dict[str, Any]:
    histogram = sheet.histogram(selection)
    if histogram is None:
        problem = _why_unknown(gallery, here.gallery or gallery, loaded)
        return {"unknown": {"message": problem.message, "fix": problem.fix}}
    part: dict[str, Any] = {
        "histogram": {
            "low": histogram.low,
            "high": histogram.high,
            "everything": histogram.everything.tolist(),
            "shown": histogram.shown.tolist(),
        }
    }
    if work.ranks.running:
        part["counting"] = round(work.ranks.fraction, 2)
    return part


def _why_unknown(gallery: Gallery, stored: Gallery, loaded: resources.EngineState) -> Problem:
    """Why no similarity is known, and what to do about it; ``stored`` is the gallery as it lies on the disk."""
    told = next((problem for problem in gallery.problems if problem.code in NO_FIT), None)
    if told is not None:
        return told
    if stored.text_embeddings is None:
        words = ["python", "-m", "t2i_core", "build", "--images", str(gallery.images_dir)]
        words += ["--captions", str(gallery.data_dir / dataset.CAPTIONS_NAME), "--data", str(gallery.data_dir)]
        message = "The dataset holds no embeddings of its captions, so nobody knows how well they fit their pictures."
        return Problem("note", "text_rows_missing", message, f"Make them: {shlex.join(words)}")
    if loaded.error is not None:
        message = (
            "Which model made the captions' embeddings is not noted, and the model that could tell is not available."
        )
        return Problem("note", "text_rows_unchecked", message, str(loaded.error))
    message = "How well captions fit is shown once the model has confirmed their embeddings."
    return Problem("note", "text_rows_unchecked", message)


def _page(selection: Selection, view: CaptionsView) -> tuple[list[int], int, int]:
    """Positions of the captions on the open page, how many pages there are, and which one it is."""
    pages = max(1, -(-len(selection) // view.page_size))
    page = min(view.page, pages)
    first = (page - 1) * view.page_size
    return selection.rows[first : first + view.page_size].tolist(), pages, page


def _row(sheet: CaptionSheet, at: int, shown: pictures.Shown | pictures.Pending | None) -> dict[str, Any]:
    gallery = sheet.gallery
    row = gallery.picture_of(at)
    ready = shown if isinstance(shown, pictures.Shown) else None
    similarity = sheet.columns[SIMILARITY].value(at)
    extent = sheet.columns[SIMILARITY].extent
    bar = 0.0
    if isinstance(similarity, float) and extent is not None and extent[1] > extent[0]:
        bar = (similarity - extent[0]) / (extent[1] - extent[0])
    width, height = (int(side) for side in gallery.image_sizes[row]) if row is not None else (0, 0)
    rank = sheet.columns[RANK].value(at)
    return {
        "at": at,
        "id": gallery.image_ids[row] if row is not None else "",
        "name": gallery.picture_name(at),
        "src": ready.url if ready else "",
        "width": ready.width if ready else width,
        "height": ready.height if ready else height,
        "pending": isinstance(shown, pictures.Pending),
        "note": (ready.note if ready else "") if row is not None else NO_EMBEDDING,
        "caption": gallery.captions[at],
        "score": similarity,
        "rank": int(rank) if isinstance(rank, float) else None,
        "bar": round(bar, 3),
        "values": {key: _cell(sheet.columns[key].value(at)) for key in _shown_columns(sheet)},
    }


def _cell(value: float | str | None) -> float | str | None:
    return value if not isinstance(value, str) or len(value) <= LONGEST_CELL else value[:LONGEST_CELL] + "…"


def _nothing_found(selection: Selection, view: CaptionsView) -> dict[str, Any]:
    """What to say when no caption is left, and what to try."""
    words, acts = view.sheet.words.strip(), []
    unknown = [one.word for one in selection.readings if one.how == "nothing" and not one.excluded]
    if unknown:
        text = f"No caption holds {', '.join(f'“{word}”' for word in unknown)}, not even inside a longer word."
    elif words and view.sheet.filters:
        text = "Every word is there, but no caption holds all of them and passes the filters."
    elif words:
        text = "Every word is there, but no caption holds all of them. Fewer words find more; quotes ask for words side by side."
    else:
        text = "The filters leave nothing. A wider range or another choice finds more."
    if words:
        acts.append({"label": "Clear the words", "words": ""})
    if view.sheet.filters:
        acts.append({"label": "Clear everything"})
    return {"title": "No caption matches", "text": text, "acts": acts}
