"""The Lab page in every state: figures that are the command line's, k, marks, and datasets with little to measure."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.jobs import lab_work
from pages._ui.lab import lab_events
from pages._ui.serving import permissions
from t2i_core import dataset
from t2i_core.captions.columns import Filter
from t2i_core.dataset import read_gallery
from t2i_core.lab.examining import Findings, examine
from t2i_core.lab.measuring import SHARES
from t2i_core.lab.part_captions import captions_of_part
from t2i_core.lab.wording import in_words, k_sentence, left_out_sentence, part_name
from tests.pages.lab_on_page import PAGE, OpenApp, measured, plots, write_hard
from tests.pages.page_parts import JOINER, SECONDS_TO_LOAD, component, texts, until
from tests.pages.visits import begin_visit, visit


@pytest.fixture
def hard(tmp_path: Path, checkpoint: Path) -> Path:
    return write_hard(tmp_path / "hard", checkpoint)


@pytest.fixture
def lab(open_app: OpenApp, hard: Path) -> AppTest:
    return measured(open_app(hard, page=PAGE))


@pytest.fixture
def found(hard: Path) -> Findings:
    return examine(read_gallery(hard))


def test_the_page_says_what_the_command_line_says(lab: AppTest, found: Findings) -> None:
    said = texts(lab)
    assert k_sentence(found.text_to_image) in said
    for side in (found.text_to_image, found.image_to_text):
        for name, figure in side.figures.items():
            assert in_words(name, figure) in said
    for sentence in found.health.sentences().values():
        assert sentence in said
    curve = plots(lab)["curve"]
    assert curve["hits"] == [round(one.value, 4) for one in found.text_to_image.curve.hits]
    assert curve["plotly"].endswith(".min.js") and "% at k = 1" in curve["label"]


def test_every_plot_has_its_numbers_as_a_table_and_a_file(lab: AppTest) -> None:
    titles = [one.label for one in lab.expander]
    assert any("curve" in one for one in titles) and any("scores" in one for one in titles)
    assert len(lab.dataframe) == len(titles) - 1 >= 5  # one says what the measures mean
    saved = [one.proto.id for one in lab.get("download_button")]
    assert len(saved) == len(lab.dataframe)


def test_a_click_on_the_curve_sets_k_on_search(lab: AppTest, found: Findings) -> None:
    visit(lab).lab.events = [{"type": "k", "k": 7}]
    lab.run()
    assert visit(lab).shown.top_k == 7
    assert plots(lab)["curve"]["chosen"] == 7
    assert "Search shows k = 7" in texts(lab)
    lab.button("lab_k_0.5").click().run()
    assert visit(lab).shown.top_k == found.text_to_image.curve.k_to_find(0.5)


def test_shares_that_need_the_same_k_have_one_button(lab: AppTest, found: Findings) -> None:
    curve = found.text_to_image.curve
    needed = {f"{100 * share:g}": curve.k_to_find(share) for share in SHARES}
    labels = [
        one.label.replace("\\", "").replace(JOINER, "") for one in lab.button if (one.key or "").startswith("lab_k_")
    ]
    told = [
        (shares.replace(" and ", ", ").split(", "), int(k)) for shares, k in (one.split(" %: k = ") for one in labels)
    ]
    assert [k for _, k in told] == sorted({k for k in needed.values() if k is not None})
    assert {share: k for shares, k in told for share in shares} == {name: k for name, k in needed.items() if k}
    assert len(labels) < len([k for k in needed.values() if k])  # some share one here


def test_parts_can_be_looked_at_by_kind(open_app: OpenApp, tmp_path: Path, checkpoint: Path) -> None:
    folder = write_hard(tmp_path, checkpoint, images=40)
    slices = examine(read_gallery(folder)).slices
    app = measured(open_app(folder, page=PAGE))
    assert plots(app)["bars"]["names"] == [part_name(one) for one in slices.worst[:12]]
    pills = app.button_group("lab_kind")
    assert len(pills.options) == 1 + len(slices.kinds) > 3 and {"orientation", "megapixels"} & set(slices.kinds)
    kind = next(one for one in slices.kinds if one in {"orientation", "megapixels"})
    pills.set_value(kind).run()
    assert plots(app)["bars"]["names"] == [part_name(one) for one in slices.worst if one.kind == kind][:12]
    said = texts(app)
    assert left_out_sentence(slices) in said and "fewer than 20 captions or 5 pictures" in said
    assert "index --facts" in said and "which is not made yet" in said
    table = next(one.value for one in app.dataframe if "difference low" in one.value)
    assert table["part"].tolist() == [part_name(one) for one in slices.worst]
    assert {"captions", "low", "high"} <= set(table)


def test_the_worst_queries_open_search(lab: AppTest, found: Findings) -> None:
    rows = component(lab, "t2i_lab_failures")["rows"]
    assert rows
    assert [row["caption"] for row in rows] == [one.caption for one in found.worst[:10]]
    assert all(row["own"]["src"] and row["first"]["src"] for row in rows)
    assert [row["rank"] for row in rows] == [str(one.rank) for one in found.worst[:10]]


def test_marks_are_kept_count_and_can_be_taken_back(open_app: OpenApp, hard: Path) -> None:
    app = measured(open_app(hard, page=PAGE))
    row = component(app, "t2i_lab_failures")["rows"][0]
    visit(app).lab.events = [{"type": "right", "text": row["caption"], "id": row["first"]["id"]}]
    measured(app.run())
    assert dataset.read_relevance(hard) == ((row["caption"], row["first"]["id"]),)
    assert "1 pair marked as also right" in texts(app) and "1 picture marked as also right" in texts(app)
    assert row["caption"] not in {one["caption"] for one in component(app, "t2i_lab_failures")["rows"]}
    app.button("lab_take_back").click().run()
    assert dataset.read_relevance(hard) == ()
    measured(app)
    assert "marked as also right" not in texts(app).replace("mark it", "")


def test_who_may_not_write_cannot_mark(open_app: OpenApp, hard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("10.0.0.9", ()))
    app = measured(open_app(hard, page=PAGE))
    assert component(app, "t2i_lab_failures")["marks"] is False
    row = component(app, "t2i_lab_failures")["rows"][0]
    visit(app).lab.events = [{"type": "right", "text": row["caption"], "id": row["first"]["id"]}]
    app.run()
    assert not dataset.relevance_path(hard).exists()
    assert "Marks could not be read or kept" in texts(app)


def test_a_mark_of_nothing_is_ignored(lab: AppTest, hard: Path) -> None:
    nothing = ({"type": "right", "text": "", "id": "x"}, {"type": "right", "text": "a", "id": "no such.jpg"})
    for event in (*nothing, {"type": "k", "k": "x"}):
        visit(lab).lab.events = [event]
        lab.run()
        assert not lab.exception
    assert not dataset.relevance_path(hard).exists()


def test_without_captions_it_says_how_to_get_them(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE, data="plain")
    app.run()
    visit(app).opened.dataset = "plain"
    app.run()
    assert "This dataset has pictures and no captions. With captions this page measures" in texts(app)
    assert not plots(app)


@pytest.mark.parametrize("images", [1, 2, 20])
def test_few_pictures_are_told(open_app: OpenApp, tmp_path: Path, checkpoint: Path, images: int) -> None:
    app = measured(open_app(write_hard(tmp_path, checkpoint, images), page=PAGE))
    assert f"With {images} picture" in texts(app) and "little can be concluded" in texts(app)
    assert len(plots(app)["curve"]["hits"]) == images


def test_the_counting_can_be_stopped_and_begun_again(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def slow(*_: object, on_progress: Callable[[float], None], **__: object) -> Findings:
        on_progress(0.25)
        assert goes_on.wait(SECONDS_TO_LOAD)
        on_progress(0.5)
        return examine(read_gallery(datasets))

    monkeypatch.setattr(lab_work, "examine", slow)
    app = open_app(datasets, page=PAGE, settled=False)
    until(app, lambda app: [one.proto.value for one in app.get("progress")] == [25])
    app.button("lab_stop").click().run()
    goes_on.set()
    until(app, lambda app: any(one.key == "lab_again" for one in app.button))
    app.button("lab_again").click().run()
    measured(app)


def test_what_is_behind_a_bar_is_listed_and_asked_on_search(
    open_app: OpenApp, tmp_path: Path, checkpoint: Path
) -> None:
    found = examine(read_gallery(write_hard(tmp_path, checkpoint, images=40)))
    app = measured(open_app(tmp_path, page=PAGE))
    shown = found.slices.worst[:12]
    assert app.selectbox("lab_part").options == ["choose a part", *(part_name(one) for one in shown)]
    part = shown[1]
    app.selectbox("lab_part").set_value(part_name(part)).run()
    behind = captions_of_part(found.gallery, found.pairs, part)
    said = texts(app)
    assert f"{part_name(part)}: {len(behind)} captions of {part.pictures} picture" in said
    label = app.button("lab_part_0").label.replace("\\", "").replace(JOINER, "")
    assert label == f"{behind[0].caption} · rank {behind[0].rank}" and behind[0].rank == max(one.rank for one in behind)
    table = next(one.value for one in app.dataframe if list(one.value) == ["caption", "picture", "rank"])
    assert table["caption"].tolist() == [one.caption for one in behind]
    app.button("lab_part_0").click().run()
    asked = visit(app).asked.query
    assert asked is not None and asked.sentence == behind[0].caption


def test_clicks_on_bars_and_scores_are_followed(
    lab: AppTest, hard: Path, found: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.button("lab_open_lowest").click().run()
    shown = visit(lab).captions.view.sheet.filters["similarity"]
    edges, right = found.health.bins.edges, found.health.bins.right
    assert shown.low is None and shown.high in edges
    below = sum(count for edge, count in zip(edges[1:], right, strict=True) if edge <= shown.high)
    assert below >= 0.05 * sum(right) > below - right[edges.index(shown.high) - 1]
    assert "similarity" in component(lab, "t2i_caption_table")["view"]["filters"]

    session = begin_visit(monkeypatch)
    reports = {
        "lab_parts": {"type": "part", "name": "“dog”"},
        "lab_scores": {"type": "scores", "low": 0.1, "high": 0.2},
    }
    monkeypatch.setattr(lab_events, "reported", reports.__getitem__)
    lab_events.on_parts()
    lab_events.on_scores()
    assert session.lab.part == "“dog”" and session.opened.go_to == "pages/captions.py"
    assert session.captions.view.sheet.filters == {"similarity": Filter(low=0.1, high=0.2)}
    reports["lab_scores"] = {"type": "scores", "low": "x", "high": 0.2}
    lab_events.on_scores()
    assert session.captions.view.sheet.filters == {"similarity": Filter(low=0.1, high=0.2)}
