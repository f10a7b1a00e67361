"""What a person sets about results: how many pictures, how large, captions; link and export, and remarks about them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages._ui.asking import facet_panel, saving
from pages._ui.asking.answer import Answer
from pages._ui.frame import notices, sharing
from pages._ui.frame.plain_text import plain
from pages._ui.session import widgets
from pages._ui.session.visit import Shown, acted, visit
from t2i_core import engine
from t2i_core.arrays import MAX_TOP_K
from t2i_core.dataset import Balance
from t2i_core.engine.balance import in_words
from t2i_core.errors import count_of
from t2i_core.query import Cutoff
from t2i_core.query.cutoff import DROP
from t2i_core.query.request import DEFAULT_TOP_K
from t2i_core.types import Gallery, SearchResult

BALANCED_HELP = (
    "Some pictures are near every sentence; balanced ranking puts those lower. Measured on this dataset's own captions it adds "
    "{}. The score shown stays the cosine."
)


def toolbar(answer: Answer, *, first_dataset: str | None, more: Callable[[], None] = lambda: None) -> None:
    """How many pictures (where a ranking is shown or expected), their size, captions; filters; ``more``; link and export."""
    result, recall = answer.result, recall_note(answer.engine)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        if answer.waiting or result is not None:
            top_k(most_hits(answer.gallery, result))
            by_score()
        shown_as()
        if recall:
            widgets.seed(widgets.APPROXIMATE, visit().asked.approximate)
            st.toggle("Approximate", key=widgets.APPROXIMATE, help=plain(recall), on_change=_take_approximate)
        ranking_choice(answer.engine)
        facet_panel.button()
        if result is not None:
            more()
            saving.save_button(answer)
            sharing.hits(
                answer.gallery, result, first_dataset=first_dataset, more=visit().second.link_params(visit().asked),
                remarks=saving.why_not(answer.gallery),
            )  # fmt: skip
        notices.problems(answer.problems)


def shown_as() -> None:
    """How large the pictures are, and whether their captions are shown."""
    shown = visit().shown
    widgets.seed(widgets.SIZE, shown.size)
    st.segmented_control(
        "Picture size", Shown.SIZES, key=widgets.SIZE, required=True, label_visibility="collapsed", on_change=_take_size
    )
    widgets.seed(widgets.CAPTIONS, shown.captions)
    st.toggle("Captions", key=widgets.CAPTIONS, on_change=_take_captions)


def result_notes(result: SearchResult) -> list[str]:
    """Remarks for the person who asked: where the query was cut, and that there are fewer pictures than asked for."""
    remarks = list(result.notes)
    shown, refused = len(result.hits), visit().shown.top_k_refused
    asked = visit().shown.top_k if refused is None else refused
    if asked < 1:
        remarks.append(f"At least one picture is shown, so 1 is shown instead of {asked:,}.")
    elif asked > shown == result.images - result.away and asked != DEFAULT_TOP_K:
        held = count_of(shown, "other picture" if result.away else "picture")
        them = "which is shown" if shown == 1 else "so all of them are shown"
        remarks.append(f"This gallery has {held}, {them} instead of {asked:,}.")
    elif (result.request.where or not shown) and shown < min(asked, MAX_TOP_K):
        fit = f"Only {count_of(shown, 'picture')} {'fits' if shown == 1 else 'fit'}"
        remarks.append(f"{fit}, so no more are shown." if shown else "No picture fits.")
    elif asked > MAX_TOP_K:
        remarks.append(f"At most {MAX_TOP_K} pictures are shown at once, so {shown:,} are shown instead of {asked:,}.")
    return remarks


def most_hits(gallery: Gallery, result: SearchResult | None) -> int:
    """The most that top k can be: pictures of the query itself are not among its hits, nor disliked and seen ones."""
    return max(1, min(MAX_TOP_K, gallery.images - (result.away if result is not None else 0)))


def recall_note(engine: engine.SearchEngine | None) -> str:
    """What switching to the approximate index of a dataset means; empty where there is none."""
    if engine is None or engine.approximate is None:
        return ""
    facts = engine.approximate.facts
    return (
        f"Quicker among {facts.images:,} pictures: measured on {facts.queries:,} of this dataset's {facts.queried_with}, "
        f"it finds {facts.recall:.1%} of the exact best {facts.top_k}. Off: every search is exact."
    )


def ranking_choice(engine: engine.SearchEngine | None) -> None:
    """Cosine or balanced, where the dataset has a balance that surely helps; beside it, by how much."""
    balance = balance_offered(engine)
    if balance is None:
        return
    widgets.seed(widgets.RANKING, visit().asked.ranking)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ranking", width="content"):
        st.segmented_control(
            "Ranking", ["cosine", "balanced"], key=widgets.RANKING, format_func=str.capitalize, required=True,
            label_visibility="collapsed", on_change=_take_ranking,
        )  # fmt: skip
        gain = f"{100 * balance.gain:+.1f} points"
        st.caption(plain(gain), width="content", help=plain(BALANCED_HELP.format(in_words(balance))))


def balance_offered(engine: engine.SearchEngine | None) -> Balance | None:
    """What balanced ranking goes by, where it surely helps."""
    balance = None if engine is None else engine.balance
    return balance if balance is not None and balance.offered else None


def top_k(most: int) -> None:
    """How many pictures, by slider and by typing."""
    chosen = visit().shown.top_k
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="top_k_row", width=270):
        st.caption("top k", width="content")
        if most > 1:
            widgets.seed(widgets.TOP_K_SLIDER, min(chosen, most))
            st.slider(
                "How many pictures", 1, most, key=widgets.TOP_K_SLIDER, label_visibility="collapsed",
                on_change=_take_top_k, args=(widgets.TOP_K_SLIDER, most),
            )  # fmt: skip
        # In every run: a field that the browser mounts anew would else begin at 1 and report that as a choice.
        widgets.seed(widgets.TOP_K_TYPED, min(chosen, most))
        # Without bounds: the browser would keep a number beyond them in red and never say what is wrong with it.
        st.number_input(
            "How many pictures, typed", min_value=None, max_value=None, step=1, key=widgets.TOP_K_TYPED,
            label_visibility="collapsed", width=72, on_change=_take_top_k, args=(widgets.TOP_K_TYPED, most),
        )  # fmt: skip


def by_score() -> None:
    """Whether pictures are also left out by their scores; where, is chosen on the score strip."""
    widgets.seed(widgets.BY_SCORE, visit().asked.cutoff is not None)
    st.toggle("By score", key=widgets.BY_SCORE, on_change=_take_by_score)


def _take_by_score() -> None:
    acted()
    visit().asked.cutoff = Cutoff(DROP) if widgets.value(widgets.BY_SCORE) else None


def _take_top_k(widget: str, most: int) -> None:
    """Take over how many pictures, as far as there are so many."""
    acted()
    asked = widgets.value(widget)
    if asked is not None:
        visit().shown.choose_top_k(int(asked), most)


def _take_size() -> None:
    acted()
    visit().shown.size = widgets.value(widgets.SIZE)


def _take_captions() -> None:
    acted()
    visit().shown.captions = widgets.value(widgets.CAPTIONS)


def _take_ranking() -> None:
    acted()
    visit().asked.ranking = widgets.value(widgets.RANKING)


def _take_approximate() -> None:
    acted()
    visit().asked.approximate = widgets.value(widgets.APPROXIMATE)
