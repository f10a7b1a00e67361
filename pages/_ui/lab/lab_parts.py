"""The parts of the Lab page, one below the other; what is not made yet is said to be on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._ui import components, registry
from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain, with_commands
from pages._ui.grid import pictures
from pages._ui.jobs.lab_work import PARTS, LabWork
from pages._ui.lab import lab_events, lab_part, lab_plots
from pages._ui.serving import permissions
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.dataset import Mark
from t2i_core.errors import count_of
from t2i_core.lab import tables
from t2i_core.lab.examining import Findings
from t2i_core.lab.failures import Failure
from t2i_core.lab.health import ScoreBins
from t2i_core.lab.measuring import MEANINGS, SHARES, Curve, Direction
from t2i_core.lab.slicing import FEWEST_CAPTIONS, FEWEST_PICTURES, SLICE_K, Slices
from t2i_core.lab.wording import KIND_NAMES, in_percent, in_points, in_words, k_sentence, left_out_sentence
from t2i_core.types import Gallery

FAILURES = 10
SLICES = 12
LOWERING = 8
THUMBNAIL_SIDE = 320
FEW_PICTURES = 20
LOWEST_SHARE = 0.05
HUB_WIDTH = 128


def curve(found: Findings) -> None:
    """How many to look at: the curve, a sentence, and a button for each share."""
    direction, shown = found.text_to_image, visit().shown
    pairs = found.pairs
    of = f"{count_of(len(pairs.captions), 'caption')}, each asked of {count_of(pairs.images, 'picture')}"
    also = f"; {count_of(pairs.marked, 'pair')} marked as also right" if pairs.marked else ""
    st.subheader("How many pictures to look at", anchor=False)
    st.markdown(f"**{plain(k_sentence(direction))}**")
    lab_plots.curve(direction.curve, chosen=shown.top_k, on_event=lab_events.on_curve)
    _k_row(direction.curve, found.gallery)
    band = " The band is the 95 % interval: other pictures of this kind would give a curve within it."
    st.caption(plain(f"{of}{also}.{band if direction.curve.hits[0].low is not None else ''}"))
    if found.gallery.sampled:
        st.caption(
            plain(
                f"Measured within the sample; among all {found.gallery.images:,} pictures fewer would be found at the same k."
            )
        )
    if pairs.images <= FEW_PICTURES:
        known = "the intervals say how little" if pairs.images > 1 else "there is no interval of one picture"
        st.caption(plain(f"With {count_of(pairs.images, 'picture')} little can be concluded: {known}."))
    lab_plots.numbers(tables.curve_table(direction.curve), "The numbers of the curve")


def _k_row(found: Curve, gallery: Gallery) -> None:
    """What k means now, and a button for each share of the captions."""
    k = min(visit().shown.top_k, len(found))
    st.markdown(
        plain(
            f"Search shows k = {k}, which answers {in_percent(found.hits[k - 1])}. Click the curve to choose another, or take one:"
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lab_ks"):
        for needed, shares in _shares_by_k(found).items():
            *others, last = (f"{100 * share:g}" for share in shares)
            told = f"{', '.join(others)} and {last}" if others else last
            st.button(
                plain(f"{told} %: k = {needed}"), key=f"lab_k_{shares[0]:g}", on_click=lab_events.choose_k,
                args=(needed, gallery.images),
            )  # fmt: skip
        search = registry.page("search")
        st.page_link(search.file, label="Open Search", icon=search.icon)


def _shares_by_k(found: Curve) -> dict[int, list[float]]:
    """Each k that finds a share of the captions, with all the shares that need no more."""
    shares: dict[int, list[float]] = {}
    for share in SHARES:
        needed = found.k_to_find(share)
        if needed is not None:
            shares.setdefault(needed, []).append(share)
    return shares


def figures(found: Findings, work: LabWork) -> None:
    """Every measure with its interval, both ways."""
    st.subheader("How good it is", anchor=False)
    forth, back = found.text_to_image, found.image_to_text if work.has("image_to_text") else None
    st.markdown(
        "| measure | text → image | image → text |\n|:--|--:|--:|\n"
        + "\n".join(
            f"| {plain(name)} | {plain(_cell(forth, name))} | {plain(_cell(back, name))} |" for name in MEANINGS
        )
    )
    if back is None:
        st.caption(plain(PARTS["image_to_text"]))
    with st.expander("What the measures mean"):
        st.markdown("\n".join(f"- **{plain(name)}**: {plain(meaning)}." for name, meaning in MEANINGS.items()))
    sides = {"text to image": forth} | ({} if back is None else {"image to text": back})
    lab_plots.numbers(tables.figures_table(sides), "The measures as a file")


def _cell(direction: Direction | None, name: str) -> str:
    return "…" if direction is None else in_words(name, direction.figures[name])


def where_it_fails(found: Findings, work: LabWork) -> None:
    """Parts of the captions, worst first, and the words that go with failing."""
    st.subheader("Where it fails", anchor=False)
    if not work.has("slices"):
        st.caption(plain(PARTS["slices"]))
        return
    slices = found.slices
    if not slices.worst:
        st.text(
            f"There are too few captions to look at parts of them: a part needs {FEWEST_CAPTIONS} captions of {FEWEST_PICTURES} "
            f"pictures, and {FEWEST_CAPTIONS} captions beside it."
        )
        return
    st.caption(
        f"hit\\@{SLICE_K:d} of parts of the captions, worst first. Each interval is for its part alone: of many parts some look worse "
        "by chance."
    )
    kind = _kind_shown(slices)
    shown = [one for one in slices.worst if kind in ("", one.kind)][:SLICES]
    lab_plots.parts(shown, on_event=lab_events.on_parts)
    lab_part.draw(found, shown)
    _left_out(slices)
    if slices.lowering:
        told = ", ".join(
            f"{plain(one.value)} ({plain(in_points(one.difference))})" for one in slices.lowering[:LOWERING]
        )
        st.markdown(f"Words whose captions are found less often than the others: {told}.")
    lab_plots.numbers(tables.slices_table(slices.worst), "All parts, with captions and pictures")


def _left_out(slices: Slices) -> None:
    """What is too small to be told of, and what could not be looked at."""
    notices.notes(filter(None, [left_out_sentence(slices)]))
    for remark in slices.remarks:
        st.caption(with_commands(remark))


def _kind_shown(slices: Slices) -> str:
    """The kind of parts to show, empty for all of them; chosen where there are several."""
    lab = visit().lab
    kinds = ["", *slices.kinds]
    if lab.kind not in kinds:
        lab.kind = ""
    if len(kinds) < 3:
        return ""
    counts = Counter(one.kind for one in slices.worst)
    widgets.seed(widgets.LAB_KIND, lab.kind)
    st.pills(
        "Parts by", options=kinds, key=widgets.LAB_KIND, on_change=lab_events.choose_kind, label_visibility="collapsed", required=True,
        format_func=lambda kind: plain(f"{KIND_NAMES.get(kind, kind)} {counts[kind]:,}" if kind else "the worst of all"),
    )  # fmt: skip
    return lab.kind


def worst_queries(found: Findings, work: LabWork, settings: Settings, marks: Sequence[Mark]) -> None:
    """Captions whose picture stands last, with what came first instead."""
    st.subheader("The worst queries", anchor=False)
    if not work.has("worst"):
        st.caption(plain(PARTS["worst"]))
        return
    if not found.worst:
        st.text("Every caption finds its picture first.")
        return
    gallery = found.gallery
    may_mark = lab_events.may_mark(gallery, permissions.current())
    _marked(gallery, marks, may_mark=may_mark)
    chosen = found.worst[:FAILURES]
    rows = [row for one in chosen for row in (one.row, one.first_row)]
    shown = dict(zip(rows, pictures.shown(gallery, rows, settings, side=THUMBNAIL_SIDE), strict=True))
    data = {
        "rows": [_failure(one, gallery, shown) for one in chosen],
        "marks": may_mark,
        "token": f"{gallery.place_key} {len(marks)} {may_mark} {[one.position for one in chosen]}",
    }
    components.lab_failures(data, on_event=lab_events.on_failures)
    lab_plots.numbers(
        tables.failures_table(found), f"The {count_of(len(found.worst), 'worst query').replace('querys', 'queries')}"
    )


def _failure(one: Failure, gallery: Gallery, shown: dict[int, pictures.Shown]) -> dict[str, object]:
    def picture(row: int, score: float) -> dict[str, object]:
        return {"id": gallery.image_ids[row], "src": shown[row].url, "score": score, "note": shown[row].note}

    return {
        "at": one.position,
        "caption": one.caption,
        "rank": f"{one.rank:,}",
        "own": picture(one.row, one.score),
        "first": picture(one.first_row, one.first_score),
    }


def _marked(gallery: Gallery, marks: Sequence[Mark], *, may_mark: bool) -> None:
    """How many pictures are marked as also right, and a way to take the last one back."""
    help_text = "Where what came first is right too, mark it: it counts from then on, here and in reports."
    st.caption(
        help_text if may_mark else "What came first may be right too: captions know only one picture of their own."
    )
    if not marks:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lab_marked"):
        st.caption(f"{count_of(len(marks), 'picture')} marked as also right", width="content")
        if may_mark and lab_events.marked_now(gallery):
            st.button("Take the last one back", key="lab_take_back", on_click=lab_events.take_back, args=(gallery,))


def health(found: Findings, work: LabWork, settings: Settings) -> None:
    """What the space looks like, each number with what it means."""
    st.subheader("Health of the space", anchor=False)
    if not work.has("health"):
        st.caption(plain(PARTS["health"]))
        return
    measured = found.health
    for sentence in measured.sentences().values():
        st.markdown(plain(sentence))
    lab_plots.scores(measured.bins, on_event=lab_events.on_scores)
    _lowest(measured.bins)
    lab_plots.numbers(tables.scores_table(measured), "The numbers of the scores")
    _hubs(found, settings)
    asked = count_of(measured.asked, "caption")
    lab_plots.numbers(
        tables.hubs_table(measured), f"The pictures that come up most often among the first 10 of {asked}"
    )


def _hubs(found: Findings, settings: Settings) -> None:
    """The pictures that most captions find among their first ten, as small cards."""
    hubs, gallery = found.health.hubs, found.gallery
    shown = pictures.shown(gallery, [hub.row for hub in hubs], settings, side=THUMBNAIL_SIDE)
    cards = [
        (f"/{one.url}", hub.image_id, f"{hub.captions:,} captions, {hub.own:,} its own")
        for one, hub in zip(shown, hubs, strict=True)
        if one.url
    ]
    if cards:
        st.markdown("The pictures that come up most often:")
        urls, names, told = (list(side) for side in zip(*cards, strict=True))
        with st.container(key="lab_hubs"):
            st.image(urls, alt=names, caption=[plain(text) for text in told], width=HUB_WIDTH)


def _lowest(bins: ScoreBins) -> None:
    """A way to the captions that fit least: those of the lowest bins, which hold one in twenty together."""
    counts = np.cumsum(bins.right)
    high = bins.edges[1 + int(np.searchsorted(counts, LOWEST_SHARE * counts[-1]))]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lab_lowest"):
        st.caption("A click on the plot opens the captions that score so with their own picture.", width="content")
        st.button(
            plain(f"The lowest, up to {high:.2f}"), key="lab_open_lowest", on_click=lab_events.open_lowest, args=(high,),
        )  # fmt: skip
