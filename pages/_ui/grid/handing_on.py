"""Files of the selected pictures: made when the tray asks for one, and lent to the browser until it asks for something else."""

from __future__ import annotations

import io

from streamlit.runtime import get_instance

from pages._ui.frame import sharing
from pages._ui.session.marking import ExportWish
from pages._ui.session.visit import visit
from t2i_core.errors import T2IError
from t2i_core.marks.contact_sheet import contact_sheet
from t2i_core.marks.handouts import Handout, handout_of_selection
from t2i_core.marks.saving import write_zip
from t2i_core.marks.tables import handout_csv, handout_json, handout_parquet
from t2i_core.types import Gallery, SearchResult

MIME_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".zip": "application/zip",
    ".html": "text/html",
}
ZIP_BYTES = 2**27  # it is held in memory, and read again at every run while it is lent


def part(gallery: Gallery, result: SearchResult | None) -> dict[str, object]:
    """The grid's data about the file that was asked for last; its address is empty where ``problem`` says why there is none."""
    wish = visit().marking.export
    if wish is None or wish.of != gallery.place_key or wish.ending not in MIME_TYPES:
        return {"exported": None}
    told = {"number": wish.number, "name": f"selected{wish.ending}", "url": "", "problem": ""}
    try:
        data = sharing.kept("selected", wish, lambda: _made(gallery, result, wish))
    except T2IError as error:
        return {"exported": told | {"problem": str(error)}}
    lent = get_instance().media_file_mgr.add(
        data, MIME_TYPES[wish.ending], "selected pictures", file_name=str(told["name"]), is_for_static_download=True
    )
    return {"exported": told | {"url": lent}}


def _made(gallery: Gallery, result: SearchResult | None, wish: ExportWish) -> bytes:
    """The selected pictures as the file an ending names: hits with the request that found them, in rank order, first."""
    handout = handout_of_selection(gallery, wish.image_ids, result)
    if wish.ending == ".zip":
        return _zip(handout)
    if wish.ending == ".html":
        return contact_sheet(handout)[0]
    return {".csv": handout_csv, ".json": handout_json, ".parquet": handout_parquet}[wish.ending](handout)


def _zip(handout: Handout) -> bytes:
    content = io.BytesIO()
    write_zip(handout, content, most_bytes=ZIP_BYTES)
    return content.getvalue()
