"""What is done on the Lab page: choosing k, opening a query elsewhere, marking pictures as also right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages._ui import registry
from pages._ui.jobs.lab_work import FORM_WAY
from pages._ui.serving import permissions
from pages._ui.serving.permissions import Permit
from pages._ui.session import state, widgets
from pages._ui.session.captions import CaptionsView
from pages._ui.session.upload import Upload
from pages._ui.session.visit import acted, reported, visit
from t2i_core import dataset
from t2i_core.captions.columns import Filter
from t2i_core.captions.sheet import SIMILARITY, SheetView
from t2i_core.dataset import Mark
from t2i_core.types import Gallery


def on_curve() -> None:
    """Keep what was clicked on the curve, for when the page knows the gallery."""
    acted()
    visit().lab.events.append(reported(widgets.LAB_PLOT))


def on_failures() -> None:
    """Follow what the worst queries report."""
    acted()
    told = reported(widgets.LAB_FAILURES)
    pages = {"search": "search", "map": "embedding_map"}
    kind = str(told.get("type", ""))
    if kind in pages:
        state.ask_text(str(told.get("text", "")))
        state.go_to(registry.page(pages[kind]).file)
    else:
        visit().lab.events.append(told)


def choose_k(k: int, most: int) -> None:
    """Let Search show so many pictures."""
    acted()
    visit().shown.choose_top_k(k, most)


def ask_on_search(text: str) -> None:
    """Go to Search with one of the queries."""
    acted()
    state.ask_text(text, plain=True)
    state.go_to(registry.page("search").file)


def choose_questions() -> None:
    """Take a file of own questions; where it is taken away those that were asked stay."""
    acted()
    file = widgets.value(widgets.LAB_QUESTIONS)
    if file is not None:
        visit().lab.chosen = Upload(file.name, file.getvalue())


def choose_kind() -> None:
    """Show the parts of one kind, or of all."""
    acted()
    visit().lab.kind = str(widgets.value(widgets.LAB_KIND) or "")


def on_parts() -> None:
    """List the captions behind the bar that was clicked."""
    acted()
    visit().lab.part = str(reported(widgets.LAB_PARTS).get("name", ""))


def choose_part() -> None:
    """List the captions of the part that is chosen."""
    acted()
    visit().lab.part = str(widgets.value(widgets.LAB_PART) or "")


def on_scores() -> None:
    """Open Captions with those whose cosine with their picture lies where the plot was clicked."""
    acted()
    told = reported(widgets.LAB_SCORES)
    low, high = told.get("low"), told.get("high")
    if isinstance(low, int | float) and isinstance(high, int | float):
        _open_captions(Filter(low=low, high=high))


def open_lowest(high: float) -> None:
    """Open Captions with those whose cosine with their picture is no higher."""
    acted()
    _open_captions(Filter(high=high))


def _open_captions(scores: Filter) -> None:
    captions = visit().captions
    captions.show(CaptionsView(SheetView(filters={SIMILARITY: scores}), picked=captions.view.picked))
    state.go_to(registry.page("captions").file)


def compare(gallery: Gallery) -> None:
    """Compare with what is chosen in the list."""
    acted()
    visit().lab.compared = (gallery.place_key, str(widgets.value(widgets.LAB_OTHER) or ""))


def compare_form(gallery: Gallery) -> None:
    """Compare the captions as they are with the captions in the form that is written."""
    acted()
    lab = visit().lab
    lab.form = str(widgets.value(widgets.LAB_FORM) or "")
    lab.compared = (gallery.place_key, f"{FORM_WAY}{lab.form}")


def follow(gallery: Gallery, marks: Sequence[Mark]) -> bool:
    """Take over what was reported; True when marks are others now, so that figures are.

    Raises
    ------
    T2IError
        When a mark cannot be kept, or this visitor may not.
    """
    events = visit().lab.events
    changed = False
    while events:
        changed = _followed(events.pop(0), gallery, marks) or changed
    return changed


def _followed(told: Mapping[str, object], gallery: Gallery, marks: Sequence[Mark]) -> bool:
    k = told.get("k")
    if told.get("type") == "k" and isinstance(k, int | float):
        visit().shown.choose_top_k(int(k), gallery.images)
    if told.get("type") != "right":
        return False
    mark = (str(told.get("text", "")).strip(), str(told.get("id", "")))
    if mark in marks or mark[1] not in gallery.rows_by_id or not mark[0]:
        return False
    permissions.current().check(gallery.data_dir)
    dataset.change_relevance(gallery.data_dir, add=mark)
    marked_now(gallery).append(mark)
    return True


def take_back(gallery: Gallery) -> None:
    """Take back the last mark of this visit.

    Raises
    ------
    T2IError
        When that cannot be kept.
    """
    acted()
    mine = marked_now(gallery)
    if mine:
        permissions.current().check(gallery.data_dir)
        dataset.change_relevance(gallery.data_dir, remove=mine[-1])
        mine.pop()


def marked_now(gallery: Gallery) -> list[Mark]:
    """What this visit marked in this gallery, the last one last."""
    lab = visit().lab
    if lab.marked[0] != gallery.place_key:
        lab.marked = (gallery.place_key, [])
    return lab.marked[1]


def may_mark(gallery: Gallery, permit: Permit) -> bool:
    """Whether this visitor may write marks beside the dataset."""
    return not gallery.address and permit.may_use(gallery.data_dir)
