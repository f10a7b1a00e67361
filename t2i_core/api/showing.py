"""HTML for notebooks: pictures as cards, all of it escaped and in one piece, for a notebook is sent around."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence

from t2i_core.config import read_settings
from t2i_core.errors import ImageError
from t2i_core.pictures.images import jpeg_preview, picture_path
from t2i_core.types import Gallery

# Pictures shown of a dataset, and of a result at most: each is embedded, and a notebook with thousands opens no more.
MOST_SHOWN = (8, 50)
SIDE = 160
_FRAME = "font-family:sans-serif;line-height:1.35"
_GRID = "display:flex;flex-wrap:wrap;gap:8px;align-items:flex-end"
_CARD = f"margin:0;width:{SIDE}px;font-size:12px;overflow-wrap:anywhere"
_MISSING = f"width:{SIDE}px;height:60px;border:1px dashed #888;font-size:11px;overflow:hidden"


def card(gallery: Gallery, image_id: str, told: str, caption: str = "") -> str:
    """One picture with its name, what is told of it, and a caption; a frame with the reason where it cannot be shown."""
    name = html.escape(image_id.encode("utf-8", "replace").decode())
    try:
        source = picture_path(gallery.images_dir, image_id)
        small = jpeg_preview(source, side=SIDE, max_pixels=read_settings().max_pixels)
        shown = f'<img alt="{name}" src="data:image/jpeg;base64,{base64.b64encode(small).decode()}">'
    except ImageError as error:
        shown = f'<div style="{_MISSING}">{html.escape(str(error))}</div>'
    below = "<br>".join(part for part in (html.escape(told), name, html.escape(caption)) if part)
    return f'<figure style="{_CARD}">{shown}<figcaption>{below}</figcaption></figure>'


def framed(heading: str, told: Sequence[str], cards: Iterable[str]) -> str:
    """A heading, lines below it, and cards that are HTML already."""
    below = "".join(f"<div>{html.escape(line)}</div>" for line in told)
    title = html.escape(heading.encode("utf-8", "replace").decode())
    return f'<div style="{_FRAME}"><b>{title}</b>{below}<div style="{_GRID}">{"".join(cards)}</div></div>'


def lines(messages: Sequence[str], *, most: int = 5) -> list[str]:
    """The first few messages, and how many more there are."""
    more = len(messages) - most
    return [*messages[:most], *([f"and {more:,} more"] if more > 0 else [])]
