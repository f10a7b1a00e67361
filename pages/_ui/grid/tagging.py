"""Tags on cards: doing what a browser reported, and what the grid is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages._ui.frame import notices
from pages._ui.serving import permissions
from pages._ui.session.marking import TagWish
from pages._ui.session.visit import visit
from t2i_core.dataset.short_name import uniform
from t2i_core.errors import T2IError, count_of
from t2i_core.marks import TagsChange, apply_change, read_tags, tag_pictures
from t2i_core.types import Gallery

LAST_TAGS = 9  # as many as there are keys


def carry_out(gallery: Gallery) -> None:
    """Write what was tagged since the last run; before anything is asked, for a search may look at tags."""
    marking, permit = visit().marking, permissions.current()
    with marking.lock:
        marking.of_dataset(gallery.place_key)
        while marking.wishes:
            wish = marking.wishes.pop(0)
            try:
                permit.check(gallery.data_dir)
                marking.told, marking.problem = _do(gallery, wish), ""
            except T2IError as error:
                marking.told, marking.problem = "", str(error)
            marking.done = max(marking.done, wish.number)


def part(gallery: Gallery, shown: Sequence[str]) -> dict[str, object]:
    """The grid's data about tags: those of the pictures shown, the last used, and what the last step did."""
    if gallery.address:
        return {"tagging": None}  # tags lie beside the files of a dataset, and a collection has none
    try:
        tags = read_tags(gallery.data_dir)
    except T2IError as error:
        notices.error(error, title="The tags cannot be read")
        return {"tagging": None}
    marking, permit = visit().marking, permissions.current()
    refusal = "" if permit.may_use(gallery.data_dir) else permit.where
    wanted: Mapping[str, list[str]] = {name: list(tags.of_picture[name]) for name in shown if name in tags.of_picture}
    return {
        "tagging": {
            "of": gallery.place_key,
            "tags": wanted,
            "last": list(tags.last_used(LAST_TAGS)),
            "done": marking.done,
            "undo": bool(marking.steps),
            "told": marking.told,
            "problem": marking.problem or refusal,
            "refused": bool(refusal),
        }
    }


def _do(gallery: Gallery, wish: TagWish) -> str:
    """Do one thing; what it did, in words."""
    marking = visit().marking
    if wish.undo:
        if not marking.steps:
            return ""
        back = apply_change(gallery.data_dir, marking.steps[-1].undo)
        marking.steps.pop()
        return f"Taken back: {_in_words(back)}"
    names = [name for name in wish.image_ids if name in gallery.rows_by_id]
    given, taken = (
        ([], [wish.tag]) if wish.taken or (wish.turn and _all_have(gallery, names, wish)) else ([wish.tag], [])
    )
    change = tag_pictures(gallery.data_dir, names, add=given, remove=taken)
    marking.note(change)
    return f"“{wish.tag.strip()}”: {_in_words(change)}"


def _all_have(gallery: Gallery, names: Sequence[str], wish: TagWish) -> bool:
    of_picture = read_tags(gallery.data_dir).of_picture
    return bool(names) and all(uniform(wish.tag) in of_picture.get(name, ()) for name in names)


def _in_words(change: TagsChange) -> str:
    given, taken = len(change.added), len(change.removed)
    parts = [f"{count_of(given, 'picture')} tagged"] * bool(given)
    parts += [f"taken from {count_of(taken, 'picture')}"] * bool(taken)
    return ", ".join(parts) or "nothing changed"
