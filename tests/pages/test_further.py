"""What comes after the top k: further ranks a page at a time, and what a cutoff left out, faded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.grid import further
from pages._ui.session import events
from pages._ui.session.visit import Visit
from t2i_core.query import SearchRequest
from t2i_core.types import Hit, SearchResult, Timings
from tests.core.small_galleries import make_gallery
from tests.pages.page_parts import grid
from tests.pages.visits import begin_visit

OpenApp = Callable[..., AppTest]
IMAGES = 5_000


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return begin_visit(monkeypatch)


def tell(app: AppTest, **event: object) -> AppTest:
    """What the grid reports, followed by the run that it causes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        st.session_state["picture_grid"] = {"event": {"seq": 1, **event}}
        events.on_grid_event()
    return app.run()


def test_the_grid_goes_on_below_top_k(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    first = [one["id"] for one in grid(app)["pictures"]]
    below = grid(app)["further"]
    assert (len(first), below["pictures"], below["more"], below["by_scrolling"]) == (5, [], True, True)
    assert below["line"] == "Top k ends here, after 5 pictures"
    tell(app, type="further", of=below["of"], start=0)
    assert not app.exception
    came = grid(app)["further"]
    assert (came["of"], came["start"], came["more"]) == (below["of"], 0, False)
    assert [one["rank"] for one in came["pictures"]] == list(range(6, 13))
    assert not {one["id"] for one in came["pictures"]} & set(first)
    assert [one["id"] for one in grid(app)["pictures"]] == first
    last = came["pictures"][-1]["id"]
    tell(app, type="open", id=last)
    assert (grid(app)["detail"]["id"], grid(app)["detail"]["rank"]) == (last, 12)
    wish = {"number": 9, "of": grid(app)["tagging"]["of"], "ids": [first[0], last], "tag": "", "ending": ".csv"}
    tell(app, type="export", export=wish)
    assert grid(app)["exported"]["problem"] == ""
    exported = app.session_state["visit"].kept.files["selected"][1].decode("utf-8-sig")
    assert first[0] in exported
    assert last in exported
    app.number_input(key="top_k_typed").set_value(6).run()  # other pictures stand above: it begins anew
    assert grid(app)["further"]["pictures"] == []
    assert grid(app)["further"]["of"] != below["of"]


def test_what_a_cutoff_leaves_out_is_counted_and_opened_faded(open_app: OpenApp, datasets: Path) -> None:
    scores = [one["score"] for one in grid(open_app(datasets, q="a mill", k="5"))["pictures"]]
    least = (scores[2] + scores[3]) / 2
    app = open_app(datasets, q="a mill", k="5", cut=repr(least))
    below = grid(app)["further"]
    assert len(grid(app)["pictures"]) == 3
    assert (below["line"], below["by_scrolling"], below["more"]) == ("2 pictures below the cutoff", False, True)
    tell(app, type="further", of=below["of"], start=0)
    came = grid(app)["further"]
    assert [one["rank"] for one in came["pictures"]] == list(range(4, 13))
    assert all(one["faded"] for one in came["pictures"])
    assert came["below"] == f"Below the cutoff at {least:.3f}"
    assert len(grid(app)["pictures"]) == 3


def test_nothing_comes_after_all_there_are(open_app: OpenApp, datasets: Path) -> None:
    assert grid(open_app(datasets, q="a mill", k="12"))["further"]["more"] is False
    assert grid(open_app(datasets))["further"] is None


def ranking_of(request: SearchRequest) -> SearchResult:
    hits = tuple(Hit(rank, rank, f"{rank}.jpg", 1 - rank / IMAGES) for rank in range(1, min(request.top_k, IMAGES) + 1))
    return SearchResult(request, hits, Timings(), IMAGES, 0.1)


def test_any_rank_is_reached_in_few_searches(session: Visit) -> None:
    asked: list[int] = []

    def rank(request: SearchRequest) -> SearchResult:
        asked.append(request.top_k)
        return ranking_of(request)

    gallery = make_gallery(np.eye(2, dtype=np.float32))
    everything = ranking_of(SearchRequest.of("a mill", top_k=200))
    result = everything.head(24)
    of = further.further(gallery, result, everything=everything, rank=rank).of
    assert asked == []
    for start in range(0, IMAGES, further.PAGE):
        session.shown.want_further(of, start)
        found = further.further(gallery, result, everything=everything, rank=rank)
        page = found.page
        assert [hit.rank for hit in page] == [int(hit.image_id[:-4]) for hit in page]
        assert page[0].rank == 25 + start
        assert found.more is (page[-1].rank < IMAGES)
        if not found.more:
            break
    assert page[-1].rank == IMAGES
    assert sorted(set(asked)) == [800, 3200, 5000]
    session.shown.want_further("another list", 0)
    assert further.further(gallery, result, everything=everything, rank=rank).hits == ()


def test_diversity_goes_no_deeper_than_it_chooses_among(session: Visit) -> None:
    everything = ranking_of(SearchRequest.of("a mill", top_k=200, diversity=0.5))
    gallery, result = make_gallery(np.eye(2, dtype=np.float32)), everything.head(24)
    session.shown.want_further(further.further(gallery, result, everything=everything, rank=ranking_of).of, 420)
    found = further.further(gallery, result, everything=everything, rank=ranking_of)
    assert (found.hits[-1].rank, found.more) == (500, False)
    assert further.known(everything, replace(result, hits=(*result.hits, *found.hits))).hits[-1].rank == 500
