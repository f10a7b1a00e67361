"""Pages with a question of several terms: chips, rewrites, what each term gave, and the ranking's switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from t2i_core.dataset import Balance, balance_path, write_balance
from t2i_core.opening import open_gallery
from tests.pages.page_parts import bar, grid, texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]
SENTENCE = "a white mill on a hill"


def address(app: AppTest) -> dict[str, str]:
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


def labels(app: AppTest) -> list[tuple[str, float]]:
    return [(one["label"], one["weight"]) for one in bar(app)["terms"]]


def test_chips_come_with_weights_and_a_plain_question_has_none(open_app: OpenApp, datasets: Path) -> None:
    plain = open_app(datasets, q="a mill")
    assert bar(plain)["chips"] is False
    assert bar(plain)["text"] == "a mill"
    assert "gave" not in grid(plain)["pictures"][0]
    name = grid(plain)["pictures"][3]["id"]
    app = open_app(datasets, terms=f"2*a mill - snow + [{name}]")
    assert bar(app)["chips"] is True
    assert bar(app)["text"] == ""
    assert labels(app) == [("a mill", 2.0), ("snow", -1.0), (name.rsplit("/", 1)[-1], 1.0)]
    assert bar(app)["terms"][2]["src"].startswith("app/static/images/")
    assert bar(app)["asked"]["kind"] == "terms"
    app.switch_page("pages/embedding_map.py").run()
    assert bar(app)["chips"] is True


def test_a_sentence_that_means_terms_stands_in_quotes(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill - a hill")
    assert bar(app)["text"] == '"a mill - a hill"'
    assert bar(app)["chips"] is False


def test_each_card_tells_what_each_term_gave(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, terms="a mill - 0.5*snow")
    assert grid(app)["terms"] == ["a mill", "snow"]
    (result,) = visit(app).kept.rankings.values()
    everyone = [sum(one["gave"]) for one in grid(app)["pictures"]]
    assert len(everyone) == len(result.hits) == 12
    assert sum(everyone) == pytest.approx(0.0, abs=1e-2)  # beside an average picture, over all pictures
    for card in grid(app)["pictures"]:
        assert sum(card["gave"]) == pytest.approx(card["score"] - sum(result.typical_shares), abs=1e-3)


@pytest.mark.parametrize(
    ("params", "offered"),
    [
        ({"q": "a mill without snow"}, "a mill - 0.5*snow"),
        ({"together": "red\nroof"}, "red roof"),
        ({"q": "a mill"}, None),
        ({"terms": "a mill - 0.5*snow"}, None),
    ],
)
def test_a_rewrite_is_offered_and_not_asked(
    open_app: OpenApp, datasets: Path, params: dict[str, str], offered: str | None
) -> None:
    app = open_app(datasets, **params)
    rewrite = bar(app)["rewrite"]
    assert (rewrite and rewrite["text"]) == offered
    assert address(app) == params


def test_an_open_picture_tells_it_too(open_app: OpenApp, datasets: Path) -> None:
    card = grid(open_app(datasets, terms="a mill - 0.5*snow"))["pictures"][2]
    app = open_app(datasets, terms="a mill - 0.5*snow", picture=card["id"])
    assert grid(app)["detail"]["gave"] == card["gave"]
    assert grid(app)["terms"] == ["a mill", "snow"]
    plain = open_app(datasets, q="a mill", picture=card["id"])
    assert "gave" not in grid(plain)["detail"]


def test_a_picture_is_added_to_what_is_asked_only(open_app: OpenApp, datasets: Path) -> None:
    name = grid(open_app(datasets))["pictures"][0]["id"]
    assert grid(open_app(datasets, picture=name))["detail"]["addable"] is False
    assert grid(open_app(datasets, q="a mill", picture=name))["detail"]["addable"] is True
    assert grid(open_app(datasets, terms=f"a mill + [{name}]", picture=name))["detail"]["addable"] is False


@pytest.fixture
def balanced(datasets: Path) -> Iterator[Balance]:
    """A balance beside the dataset that surely helps; gone with the test."""
    gallery = open_gallery(datasets)
    nearness = np.linspace(0.9, 0.0, len(gallery)).astype(np.float32)
    balance = Balance(nearness, 0.5, 0.031, 0.012, 0.05, 900)
    assert write_balance(gallery, balance)
    yield balance
    balance_path(gallery).unlink()


def test_the_switch_of_rankings_states_its_gain(open_app: OpenApp, datasets: Path, balanced: Balance) -> None:
    app = open_app(datasets, q=SENTENCE)
    cosine = [(one["id"], one["score"]) for one in grid(app)["pictures"]]
    assert [one[1] for one in cosine] == sorted((one[1] for one in cosine), reverse=True)
    assert "+3.1 points" in texts(app)
    (stated,) = [one.help for one in app.caption if "points" in one.value]
    assert "95 % interval" in stated.replace("\\", "")
    app.segmented_control(key="ranking_choice").set_value("balanced").run()
    shown = [(one["id"], one["score"]) for one in grid(app)["pictures"]]
    assert sorted(shown) == sorted(cosine)  # the score shown stays the cosine
    assert shown != cosine
    assert address(app) == {"q": SENTENCE, "ranking": "balanced"}
    assert "Ranked in another way" not in texts(app)
    assert grid(app)["summary"] == "12 of 12 pictures, in balanced order"
    app.switch_page("pages/embedding_map.py").run()
    assert "Ranked in another way than by scores alone: balanced" in texts(app)
    assert app.segmented_control(key="ranking_choice").value == "balanced"
    app.segmented_control(key="ranking_choice").set_value("cosine").run()  # the Map has the switch, too
    assert address(app) == {"q": SENTENCE}
    assert "Ranked in another way" not in texts(app)
    app.switch_page("pages/search.py").run()
    assert [(one["id"], one["score"]) for one in grid(app)["pictures"]] == cosine


def test_there_is_no_switch_where_balance_may_not_help(open_app: OpenApp, datasets: Path, balanced: Balance) -> None:
    write_balance(open_gallery(datasets), replace(balanced, low=-0.001))
    app = open_app(datasets, q=SENTENCE)
    assert not [one for one in app.get("button_group") if one.key == "ranking_choice"]
    assert "points" not in texts(app)
