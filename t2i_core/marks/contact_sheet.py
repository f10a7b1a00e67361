"""A contact sheet: one HTML page with small pictures in it, that opens anywhere without a network."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from html import escape
from pathlib import Path

from t2i_core.config import read_settings
from t2i_core.errors import DatasetError, ImageError, count_of
from t2i_core.export import SCORE_DIGITS
from t2i_core.marks.handouts import HandedPicture, Handout
from t2i_core.pictures.folder import picture_path
from t2i_core.pictures.images import jpeg_preview

MOST_PICTURES = 2_000  # a page with more, about 15 KB each, opens slowly and fits no mail
SIDE = 240
# Nothing is fetched and nothing is run, whatever a name or a caption says.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1.25rem; max-width: 80rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.25rem; margin-top: 1.5rem; }
figure { margin: 0; break-inside: avoid; overflow-wrap: anywhere; }
img, .none { width: 100%; height: 11rem; object-fit: contain; background: color-mix(in srgb, currentColor 8%, transparent); }
.none { display: grid; place-items: center; font-size: .85rem; padding: .5rem; box-sizing: border-box; }
figcaption { font-size: .85rem; margin-top: .35rem; }
.tag { border: 1px solid; border-radius: 1rem; padding: 0 .5rem; margin-right: .25rem; white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
"""

Progress = Callable[[int, int], None]


def contact_sheet(handout: Handout, on_progress: Progress = lambda done, total: None) -> tuple[bytes, tuple[str, ...]]:
    """The page, and the names of pictures whose file cannot be shown: their place says why.

    Raises
    ------
    DatasetError
        When there are more than `MOST_PICTURES`.
    """
    total = len(handout.pictures)
    if total > MOST_PICTURES:
        raise DatasetError(
            f"A contact sheet holds at most {count_of(MOST_PICTURES, 'picture')}, got {total:,}. "
            "Take fewer, or make a ZIP or a table of them."
        )
    figures, without = [], []
    for done, one in enumerate(handout.pictures, start=1):
        shown, known = _picture(handout.gallery.images_dir, one)
        if not known:
            without.append(one.image_id)
        figures.append(f"<figure>{shown}<figcaption>{_told(one)}</figcaption></figure>")
        on_progress(done, total)
    title = escape(handout.title)
    about = escape(json.dumps(handout.about, ensure_ascii=False, indent=2))
    told = f"{count_of(total, 'picture')} of {handout.gallery.name}, {handout.created}"
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{title}</h1><p>{escape(told)}</p>\n<main>\n" + "\n".join(figures) + "\n</main>\n"
        f"<details><summary>What made it</summary><pre>{about}</pre></details></body></html>\n"
    )
    return page.encode("utf-8", "backslashreplace"), tuple(without)


def _picture(images_dir: Path, one: HandedPicture) -> tuple[str, bool]:
    try:
        source = picture_path(images_dir, one.image_id)
        small = jpeg_preview(source, side=SIDE, max_pixels=read_settings().max_pixels)
    except ImageError as error:
        return f'<div class="none">{escape(str(error))}</div>', False
    described = escape(one.caption or one.image_id)
    return f'<img alt="{described}" src="data:image/jpeg;base64,{base64.b64encode(small).decode("ascii")}">', True


def _told(one: HandedPicture) -> str:
    ranked = "" if one.rank is None else f"{one.rank}. "
    score = "" if one.score is None else f" ({one.score:.{SCORE_DIGITS - 3}f})"
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in one.tags)
    parts = [f"<strong>{ranked}{escape(one.image_id)}</strong>{score}", escape(one.caption), tags]
    return "<br>".join(part for part in parts if part)
