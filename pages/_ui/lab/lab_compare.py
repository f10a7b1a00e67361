"""Which is better: the open dataset by cosine against another way to rank it, or another dataset of the same pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import wait
from dataclasses import dataclass

import streamlit as st

from pages._ui import resources
from pages._ui.frame import frame, notices, sharing
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.lab_work import FORM_WAY, CompareJob
from pages._ui.lab import lab_events, lab_plots
from pages._ui.lab.lab_parts import FEW_PICTURES
from pages._ui.resources import DatasetChoice
from pages._ui.serving import permissions
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core.errors import count_of
from t2i_core.lab import tables
from t2i_core.lab.comparing import APPROXIMATE, BALANCED, GAINED_AT, Change, Compared
from t2i_core.lab.prompt_forms import LONGEST
from t2i_core.lab.wording import comparison_sentence, in_decimals, in_points, in_words, not_compared, rank_in_words
from t2i_core.types import Gallery

LOOK_WAIT_S = 0.1
PROGRESS_SECONDS = 0.4
SHOWN = 8
RANKINGS = {BALANCED: "Balanced ranking of this dataset", APPROXIMATE: "Approximate search of this dataset"}


@dataclass(frozen=True, eq=False)
class Asked:
    """What somebody on the page compares with, and the job that does; ``argument`` is what the command line calls it."""

    way: str
    choice: DatasetChoice | None
    job: CompareJob

    @property
    def argument(self) -> str:
        return self.way.removeprefix(FORM_WAY) if self.choice is None else str(self.choice.folder)


def asked(gallery: Gallery, here: frame.Here) -> Asked | None:
    """The comparison that is shown; None where nobody asked for one of this gallery, or it is gone."""
    key, way = visit().lab.compared
    if key != gallery.place_key:
        return None
    choice = None
    if not way.startswith(FORM_WAY):
        ways = resources.other_ways_of(gallery, here.choices)
        if not ways.done() or way not in ways.result():
            return None
        choice = ways.result()[way]
    job = resources.comparison(gallery, way, choice, here.settings)
    wait([job.future], LOOK_WAIT_S)
    return Asked(way, choice, job)


def draw(gallery: Gallery, here: frame.Here, shown: Asked | None) -> None:
    """The list of what there is to compare with, and what came of it."""
    st.subheader("Which is better?", anchor=False)
    looking = resources.other_ways_of(gallery, here.choices)
    wait([looking], LOOK_WAIT_S)
    if not looking.done():
        st.caption("Looking for what there is to compare with")
        frame.draw_again_when_changed(looking.done, False)
        return
    ways = looking.result()
    if not ways:
        st.text(
            "There is nothing to compare with: that takes captions of at least 2 pictures, or another dataset of the same pictures, "
            "for instance one made by another model."
        )
        return
    st.caption(
        "Every caption is asked both ways. What both find alike drops out, so that small differences can be sure."
    )
    _choose(gallery, here, ways)
    _write_form(gallery)
    if shown is None:
        return
    job, now = shown.job, shown.job.progress
    if job.running:
        _progress(job)
        frame.draw_again_when_changed(lambda: job.running, True)
        frame.draw_again_when_changed(lambda: job.progress, now, every=PROGRESS_SECONDS)
    elif job.error is not None:
        notices.error(job.error, title="These cannot be compared")
    elif job.outcome is not None:
        _outcome(job.outcome)
    else:
        st.text("The comparison was stopped.")
        again = (gallery, shown.way, shown.choice)
        st.button("Compare again", key="lab_compare_again", on_click=resources.forget_comparison, args=again)


def _choose(gallery: Gallery, here: frame.Here, ways: Mapping[str, DatasetChoice | None]) -> None:
    titles = resources.titles(here.choices)
    names = {
        way: RANKINGS[way] if choice is None else f"Dataset {titles.get(choice.name, choice.name)}"
        for way, choice in ways.items()
    }
    key, way = visit().lab.compared
    chosen = widgets.value(widgets.LAB_OTHER)
    if chosen not in names:
        chosen = way if key == gallery.place_key and way in names else next(iter(names))
    widgets.seed(widgets.LAB_OTHER, chosen)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="lab_compare"):
        st.selectbox(
            "Compare the cosine with",
            list(names),
            key=widgets.LAB_OTHER,
            format_func=names.__getitem__,
            width=360,
        )
        st.button("Compare", key="lab_compare_begin", on_click=lab_events.compare, args=(gallery,))


def _write_form(gallery: Gallery) -> None:
    """A field for what captions are written into, which asks how queries are best put to this model."""
    form = widgets.value(widgets.LAB_FORM)
    widgets.seed(widgets.LAB_FORM, visit().lab.form if form is None else form)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="lab_write_form"):
        st.text_input(
            "Compare captions as they are with", key=widgets.LAB_FORM, max_chars=LONGEST, width=360,
            help="A form that queries are written into: {} is the caption. For instance: a photo of {}",
        )  # fmt: skip
        st.button("Compare the form", key="lab_form_begin", on_click=lab_events.compare_form, args=(gallery,))


def _progress(job: CompareJob) -> None:
    with st.container(width=notices.WIDTH):
        st.progress(job.progress.fraction, text=plain(str(job.progress)))
        if permissions.current().allowed:
            st.button("Stop", key="lab_compare_stop", on_click=job.stop)


def _outcome(found: Compared) -> None:
    st.markdown(f"**{plain(comparison_sentence(found))}**")
    st.markdown(
        f"| measure, in percent | {plain(found.before)} | {plain(found.after)} | difference |\n|:--|--:|--:|--:|\n"
        + "\n".join(
            f"| {plain(name)} | {100 * found.values[name][0]:.1f} | {100 * found.values[name][1]:.1f} | {plain(in_points(figure))} |"
            for name, figure in found.differences.items()
        )
    )
    of = f"{count_of(found.queries, 'caption')} of {count_of(found.images, 'picture')}"
    left = f" {not_compared(found)}" if found.left_out else ""
    overlap = f"Rank-biased overlap {in_decimals(found.overlap)}: 1 is the same order, 0 has nothing in common."
    st.caption(plain(f"{of}, each with its 95 % interval.{left} {overlap}"))
    _alone(found)
    if found.images <= FEW_PICTURES:
        st.caption(plain(f"With {count_of(found.images, 'picture')} little can be concluded."))
    _changes("gained", f"among the first {GAINED_AT} only with “{found.after}”", found.gained, found.asked_after)
    _changes("lost", f"among the first {GAINED_AT} only with “{found.before}”", found.lost)
    lab_plots.numbers(tables.comparison_table(found), "The differences as a file")
    if found.gained or found.lost:
        lab_plots.numbers(tables.changes_table(found), "All that is gained and lost")
    record = json.dumps(found.as_dict(), ensure_ascii=False, indent=2).encode("utf-8")
    sharing.download("Comparison as JSON", record, "application/json", "comparison.json")


def _alone(found: Compared) -> None:
    """Each by itself, where the datasets hold other pictures or captions, as after `fix`."""
    if not found.alone:
        return
    before, after = found.alone
    names = (f"{found.before}: {before.of}", f"{found.after}: {after.of}")
    head = f"| measure | {plain(names[0])} | {plain(names[1])} |\n|:--|--:|--:|\n"
    lines = "\n".join(
        f"| {plain(name)} | {plain(in_words(name, figure))} | {plain(in_words(name, after.figures[name]))} |"
        for name, figure in before.figures.items()
    )
    st.markdown("Each dataset by itself, over all its captions and pictures:")
    st.markdown(head + lines)


def _changes(kind: str, what: str, changes: tuple[Change, ...], asked: Callable[[str], str] = str) -> None:
    """The largest moves, each to be opened on Search, asked as the way that finds it asks."""
    if not changes:
        st.markdown(plain(f"No caption is {kind}."))
        return
    which = f"the {SHOWN} that move farthest; a click" if len(changes) > SHOWN else "a click"
    st.markdown(plain(f"{count_of(len(changes), 'caption')} {kind}: {what} ({which} asks one on Search)."))
    with st.container(gap="xxsmall", key=f"lab_{kind}"):
        for number, one in enumerate(changes[:SHOWN]):
            moved = f"rank {rank_in_words(one.before)} → {rank_in_words(one.after)}"
            st.button(
                plain(f"{one.caption} · {moved}"), key=f"lab_{kind}_{number}", type="tertiary",
                on_click=lab_events.ask_on_search, args=(asked(one.caption),),
            )  # fmt: skip
