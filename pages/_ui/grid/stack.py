"""What stands behind a picture as one of its copies, side by side, with what they differ in."""

from __future__ import annotations

from pathlib import PurePosixPath

from pages._ui.grid import pictures
from t2i_core.config import Settings
from t2i_core.engine import SearchEngine
from t2i_core.errors import ImageError, QueryError
from t2i_core.pictures import images
from t2i_core.query import Condition
from t2i_core.query.where import DAY
from t2i_core.types import SearchResult

MOST_SHOWN = 24
DIFFERING = ("Size", "On disk", "Taken", "Folder", "Type")


def part(image_id: str, result: SearchResult, engine: SearchEngine, settings: Settings) -> dict[str, object]:
    """The stack a picture is in, the one that was found first; nothing where it is in none."""
    hit = next((one for one in result.hits if one.stack and image_id in (one.image_id, *one.stack)), None)
    if hit is None:
        return {}
    names = (hit.image_id, *hit.stack)
    shown = names[:MOST_SHOWN]
    rows = [engine.gallery.rows_by_id[name] for name in shown]
    told = [_facts(name, engine) for name in shown]
    differing = [fact for fact in DIFFERING if len({one[fact] for one in told}) > 1]
    faces = pictures.shown(engine.gallery, rows, settings)
    return {
        "stack": [
            {
                "id": name,
                "src": face.url,
                "width": face.width,
                "height": face.height,
                "caption": PurePosixPath(name).name,
                "facts": [[fact, facts[fact] or "unknown"] for fact in differing],
            }
            for name, face, facts in zip(shown, faces, told, strict=True)
        ],
        "stack_more": len(names) - len(shown),
    }


def _facts(name: str, engine: SearchEngine) -> dict[str, str]:
    gallery = engine.gallery
    row = gallery.rows_by_id[name]
    width, height = (int(side) for side in gallery.image_sizes[row])
    path = PurePosixPath(name)
    return {
        "Size": f"{width:,} × {height:,} px" if width > 0 and height > 0 else "",
        "On disk": _on_disk(name, engine),
        "Taken": _taken(row, engine),
        "Folder": str(path.parent) if path.parent.name else "the folder of pictures itself",
        "Type": path.suffix.lower().removeprefix("."),
    }


def _on_disk(name: str, engine: SearchEngine) -> str:
    try:
        size = images.picture_path(engine.gallery.images_dir, name).stat().st_size
    except (OSError, ImageError):
        return ""
    return in_bytes(size)


def in_bytes(size: int) -> str:
    """How large a file is."""
    return f"{size / 1024:,.0f} kB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"


def _taken(row: int, engine: SearchEngine) -> str:
    """The day a picture was taken, as its facts say; empty where nobody knows."""
    try:
        day = float(engine.narrowing.facets.column(DAY).places[row])
    except QueryError:
        return ""
    return Condition(DAY, at_least=day).label.rpartition(" ")[2] if day > 0 else ""
