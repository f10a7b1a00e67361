"""What is shown of the picture that is open: captions, facts, score, neighbours, and where to get the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.runtime import get_instance

from pages._ui import resources
from pages._ui.frame import notices
from pages._ui.grid import pictures, stack, term_shares, why
from pages._ui.grid.score_bar import score_help, score_part
from pages._ui.session.asked import ranking_key
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.engine.engine import BALANCED
from t2i_core.errors import ImageError, QueryError, T2IError
from t2i_core.pictures import images
from t2i_core.query import Query, SearchRequest
from t2i_core.types import Gallery, SearchResult

NEIGHBOURS = 10
RELATED_CAPTIONS = 8
MIME_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg", ".png": "image/png",
    ".webp": "image/webp", ".gif": "image/gif", ".avif": "image/avif", ".bmp": "image/bmp", ".tif": "image/tiff",
    ".tiff": "image/tiff",
}  # fmt: skip


def grid_part(
    gallery: Gallery, engine: SearchEngine | None, result: SearchResult | None, settings: Settings, *,
    first: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """The grid's data about the open picture, if one is open; why it cannot be opened is said above the grid.

    Where pictures are looked at beside the page and none is open, the ``first`` of what is shown is opened.
    """
    opened = visit().opened
    if opened.inspecting and opened.picture is None and first is not None:
        opened.picture, opened.related_to, opened.explain = first, None, "heat" if opened.explain else ""
    image_id = opened.picture
    token = _token(gallery, engine, result)
    terms = term_shares.labels(result) if result is not None else []
    closed: dict[str, object] = {"open": None, "detail": None, "token": token, "terms": terms}
    if image_id is None:
        return closed
    try:
        found = _gallery_of(gallery, engine, image_id)
    except T2IError as error:
        notices.error(error, title="This picture cannot be opened")
        return closed
    if found is None:
        return closed
    return closed | {"open": image_id, "detail": describe(found, image_id, engine, result, settings)}


def _token(gallery: Gallery, engine: SearchEngine | None, result: SearchResult | None) -> str:
    """Changes whenever what a browser keeps of a picture would be another query's, another dataset's or another place's."""
    asked = "" if result is None else ranking_key(result.request)
    return f"{gallery.place_key} {asked} {engine is not None}"


def _gallery_of(gallery: Gallery, engine: SearchEngine | None, image_id: str) -> Gallery | None:
    """A gallery that holds the picture; None while that has to wait for the engine.

    Raises
    ------
    QueryError
        When there is no such picture, as with a link to one that is gone.
    DatasetError
        When only the server could tell, and it is away.
    """
    if image_id in _rows(gallery):
        return gallery
    if engine is not None and gallery.images > len(gallery):
        return engine.source.gallery_with(image_id)
    if gallery.images > len(gallery):
        return None
    raise QueryError(
        f"A picture must be in the dataset that is open to be shown, and none there is named {image_id!r}. "
        "It may have been renamed, removed, or be in another dataset."
    )


def describe(
    gallery: Gallery, image_id: str, engine: SearchEngine | None, result: SearchResult | None, settings: Settings
) -> dict[str, object]:
    """Everything known about one picture, ready for the browser."""
    row = _rows(gallery)[image_id]
    large = pictures.shown(gallery, [row], settings, side=pictures.LARGE_SIDE)[0]
    captions = _captions(gallery, row)
    described: dict[str, object] = {
        "id": image_id,
        "large": large.url,
        "width": large.width,
        "height": large.height,
        "note": large.note,
        "captions": captions,
        "captions_page": bool(gallery.captions),
        "addable": result is not None and image_id not in result.query.pictures,
        "captions_any": engine is not None and engine.compares_captions and image_id in engine.gallery.rows_by_id,
        "facts": _facts(gallery, image_id, large),
        "neighbours": [],
        "neighbours_problem": "",
        "explains": False,
        "download": _download(gallery, image_id),
        "download_name": Path(image_id).name,
    }
    if result is not None:
        described |= _score(image_id, result)
    if engine is not None and result is not None and why.can_tell(engine, result):
        described["explains"] = True
        if visit().opened.explain:
            described["why"] = why.why(engine, result, image_id, settings)
    if engine is not None and result is not None:
        described |= stack.part(image_id, result, engine, settings)
    if engine is not None:
        described |= _neighbours(engine, image_id, settings)
    if engine is not None and described["captions_any"] and visit().opened.related_to == image_id:
        described["related"] = [
            {"text": hit.caption, "score": hit.score, "own": hit.own}
            for hit in engine.closest_captions(row, top_k=RELATED_CAPTIONS, balanced=visit().asked.ranking == BALANCED)
        ]
    return described


def _rows(gallery: Gallery) -> Mapping[str, int]:
    return resources.rows_by_id(gallery)


def _captions(gallery: Gallery, row: int) -> list[str]:
    return [gallery.captions[position] for position in gallery.captions_of(row)]


def _score(image_id: str, result: SearchResult) -> dict[str, object]:
    hit = next((hit for hit in result.hits if hit.image_id == image_id), None)
    if hit is None:
        return {}
    return {
        "score": hit.score,
        "rank": hit.rank,
        "bar": score_part(hit.score, result),
        "score_help": score_help(result),
        **term_shares.part(hit, result),
    }


def _facts(gallery: Gallery, image_id: str, large: pictures.Shown) -> list[tuple[str, str]]:
    facts = [("File", image_id)]
    if large.width and large.height:
        facts.append(("Size", f"{large.width:,} × {large.height:,} px"))
    try:
        size = images.picture_path(gallery.images_dir, image_id).stat().st_size
        facts.append(("On disk", stack.in_bytes(size)))
    except (OSError, ImageError):
        facts.append(("On disk", "the file cannot be read"))
    credit = resources.credits(gallery).get(image_id)
    if credit is not None:
        named = (("Author", credit.author), ("Licence", credit.licence), ("Source", credit.source))
        facts += [(name, value) for name, value in named if value]
    return facts


def _neighbours(engine: SearchEngine, image_id: str, settings: Settings) -> dict[str, object]:
    """The closest pictures, or why they cannot be told."""
    try:
        hits = engine.search(SearchRequest(Query.like([image_id]), top_k=min(NEIGHBOURS, engine.images))).hits
    except T2IError as error:
        return {"neighbours_problem": str(error)}
    shown = pictures.shown_hits(engine.gallery, hits, settings)
    neighbours = [
        {
            "id": hit.image_id,
            "src": one.url,
            "width": one.width,
            "height": one.height,
            "caption": _first_caption(engine.gallery, hit.row) if hit.row is not None else hit.caption or "",
        }
        for hit, one in zip(hits, shown, strict=True)
    ]
    return {"neighbours": neighbours}


def _first_caption(gallery: Gallery, row: int) -> str:
    captions = _captions(gallery, row)
    return captions[0] if captions else ""


def _download(gallery: Gallery, image_id: str) -> str:
    """Address of the original file: below ``static/``, else lent to the browser while the picture is open."""
    try:
        path = images.picture_path(gallery.images_dir, image_id)
        images.picture_size(path)  # a link may lead to anything; only pictures are lent
    except ImageError:
        return ""
    mime_type = MIME_TYPES.get(path.suffix.lower())
    if mime_type is None or not path.is_file():
        return ""
    if pictures.served_as_it_is(gallery.images_dir) and path.resolve().is_relative_to(pictures.STATIC_DIR):
        return pictures.static_url(path.resolve())
    files = get_instance().media_file_mgr
    return files.add(str(path), mime_type, f"download {image_id}", file_name=path.name, is_for_static_download=True)
