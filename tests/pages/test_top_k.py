"""How many pictures are shown, and why not more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from t2i_core.query import SearchRequest
from tests.pages.page_parts import grid, texts
from tests.pages.visits import begin_visit

OpenApp = Callable[..., AppTest]
BOX = "top_k_typed"


@pytest.mark.parametrize(
    ("typed", "shown", "said"),
    [
        (999, 12, "This gallery has 12 pictures, so all of them are shown instead of 999."),
        (10**12, 12, "This gallery has 12 pictures, so all of them are shown instead of 1,000,000,000,000."),
        (13, 12, "This gallery has 12 pictures, so all of them are shown instead of 13."),
        (0, 1, "At least one picture is shown, so 1 is shown instead of 0."),
        (-7, 1, "At least one picture is shown, so 1 is shown instead of -7."),
    ],
)
def test_a_number_that_cannot_be_is_put_right_and_told(
    open_app: OpenApp, datasets: Path, typed: int, shown: int, said: str
) -> None:
    app = open_app(datasets, q="a mill", k="9")
    app.number_input(key=BOX).set_value(typed).run()
    assert len(grid(app)["pictures"]) == shown
    assert app.number_input(key=BOX).value == shown
    assert app.slider(key="top_k_slider").value == shown
    assert said in texts(app)
    app.number_input(key=BOX).set_value(4).run()
    assert len(grid(app)["pictures"]) == 4
    assert "instead of" not in texts(app)


def test_the_box_says_how_many_there_can_be(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets / "plain", q="a mill")
    assert app.number_input(key=BOX).value == 3
    assert len(grid(app)["pictures"]) == 3
    assert "instead of" not in texts(app)  # nobody asked for more
    assert "k" not in app.query_params


def test_pictures_of_the_query_do_not_count(open_app: OpenApp, datasets: Path) -> None:
    liked = grid(open_app(datasets))["pictures"][0]["id"]
    app = open_app(datasets, like=liked, k="12")
    assert app.number_input(key=BOX).value == 11
    assert "This gallery has 11 other pictures, so all of them are shown instead of 12." in texts(app)


def test_the_map_says_it_too(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    app.switch_page("pages/embedding_map.py").run()
    app.number_input(key=BOX).set_value(999).run()
    assert "This gallery has 12 pictures, so all of them are shown instead of 999." in texts(app)
    assert app.number_input(key=BOX).value == 12


def test_a_link_for_too_many_says_so(open_app: OpenApp, datasets: Path) -> None:
    assert "instead of 5,000." in texts(open_app(datasets, q="a mill", k="5000"))


def test_more_than_are_ever_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui.asking import controls
    from t2i_core.types import Hit, SearchResult, Timings

    begin_visit(monkeypatch).shown.choose_top_k(999, 200)
    hits = tuple(Hit(rank, rank, f"{rank}.jpg", 0.1) for rank in range(1, 201))
    result = SearchResult(SearchRequest.of("a"), hits, Timings(), 300, 0.0)
    assert controls.result_notes(result) == ["At most 200 pictures are shown at once, so 200 are shown instead of 999."]
