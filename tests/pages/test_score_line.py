"""The score strip on Search: what it is given, the cutoffs it and the toolbar choose, and their place in the link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.session import events
from t2i_core.arrays import l2_normalize
from t2i_core.dataset import Evidence, evidence_path, read_gallery, write_evidence
from t2i_core.query import Cutoff
from t2i_core.relevance.cutting import BINS, before_largest_drop
from tests.pages.page_parts import component, grid, texts
from tests.pages.visits import begin_visit

OpenApp = Callable[..., AppTest]
STRONG, WEAK = (-3.0, -2.0), (2.0, 3.0)


def strip(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_score_strip")


def address(app: AppTest) -> dict[str, str]:
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


@pytest.fixture
def judged(datasets: Path) -> Iterator[Callable[..., None]]:
    """Puts evidence beside the dataset, by which sentences are what it says and few words strong."""

    def put(sentences: tuple[float, float]) -> None:
        gallery = read_gallery(datasets)
        rows = l2_normalize(np.random.default_rng(0).normal(size=(30, gallery.dimension)))
        none, reaches = np.empty(0, dtype=np.int64), np.linspace(0, 0.01, 20, dtype=np.float32)
        assert write_evidence(gallery, Evidence(rows, none, 1, sentences, STRONG, 0.9, 0.9, 100, 100, reaches))

    yield put
    evidence_path(read_gallery(datasets)).unlink()


def test_there_is_none_before_something_is_asked(open_app: OpenApp, datasets: Path) -> None:
    with pytest.raises(AssertionError, match="no component"):
        strip(open_app(datasets))


def test_it_tells_how_all_scores_lie(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    assert not app.exception
    given, scores = strip(app), [one["score"] for one in grid(app)["pictures"]]
    assert given["hits"] == scores
    assert given["best"] == pytest.approx(scores[0], abs=1e-5)
    histogram = given["histogram"]
    assert (sum(histogram["counts"]), len(histogram["counts"]), histogram["of"]) == (12, BINS, 12)
    assert histogram["low"] <= given["median"] <= histogram["high"]
    assert given["cut"] is None
    assert given["evidence"] == ""  # too few pictures for a verdict, so nothing is said of one
    assert "verdict" not in given["about"]
    assert [one["cut"] for one in given["ways"] if one["chosen"]] == [""]


@pytest.mark.parametrize(("thresholds", "evidence"), [(STRONG, "strong"), (WEAK, "weak")])
def test_the_verdict_is_one_sentence(
    open_app: OpenApp, datasets: Path, judged: Callable[..., None], thresholds: tuple[float, float], evidence: str
) -> None:
    judged(thresholds)
    given = strip(open_app(datasets, q="a white mill on a hill"))
    assert given["evidence"] == evidence
    assert given["sentence"].startswith(f"{evidence.capitalize()} evidence")
    assert given["about"].startswith(f"{evidence.capitalize()} evidence: ")
    assert "drop" not in given["sentence"] or evidence != "weak"


def test_by_score_cuts_at_the_largest_drop_and_stands_in_the_link(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    scores = [one["score"] for one in grid(app)["pictures"]]
    belong = before_largest_drop(scores)
    app.toggle(key="by_score_choice").set_value(True).run()
    assert [one["score"] for one in grid(app)["pictures"]] == scores[:belong]
    assert address(app) == {"q": "a mill", "cut": "drop"}
    assert strip(app)["cut"] == pytest.approx(scores[belong - 1], abs=1e-5)
    assert f"{12 - belong} left out" in strip(app)["sentence"]
    assert "Only pictures before the largest drop of scores" in texts(app)
    app.toggle(key="by_score_choice").set_value(False).run()
    assert address(app) == {"q": "a mill"}
    assert [one["score"] for one in grid(app)["pictures"]] == scores


def test_a_linked_cutoff_is_shown_where_it_is_chosen(
    open_app: OpenApp, datasets: Path, judged: Callable[..., None]
) -> None:
    judged(STRONG)
    app = open_app(datasets, q="a white mill on a hill", cut="keep-0.9")
    assert app.toggle(key="by_score_choice").value is True
    assert [one["cut"] for one in strip(app)["ways"] if one["chosen"]] == ["keep-0.9"]
    assert "90 % of right pictures lie above the cutoff" in strip(app)["about"]
    assert "conformal risk control on 20 captions" in strip(app)["about"]
    assert address(app) == {"q": "a white mill on a hill", "cut": "keep-0.9"}


@pytest.mark.parametrize(
    ("told", "cutoff"),
    [
        ({"type": "cut", "cut": "best-0.043", "seq": 3}, Cutoff("best", 0.043)),
        ({"type": "cut", "cut": "", "seq": 3}, None),
        ({"type": "cut", "cut": "nonsense", "seq": 3}, 0.5),
        ({"type": "other", "cut": "drop", "seq": 3}, 0.5),
    ],
)
def test_what_the_strip_reports_is_followed(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, object], cutoff: Cutoff | float | None
) -> None:
    visited = begin_visit(monkeypatch, {"score_strip": {"event": told}})
    visited.asked.cutoff = 0.5
    events.on_strip_event()
    assert visited.asked.cutoff == cutoff
    assert visited.opened.strip_seq == 3
    assert visited.link.acted
