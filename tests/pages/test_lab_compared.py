"""Which is better, and own questions, on the Lab page: what the command line says, stopped, begun again, and nothing lost."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.jobs import lab_work
from t2i_core.cli import main
from t2i_core.dataset import read_gallery
from t2i_core.lab import questions
from t2i_core.lab.comparing import Compared, compare_rankings
from t2i_core.lab.resampling import Figure
from t2i_core.lab.wording import in_decimals, in_points, in_words
from t2i_core.types import Gallery
from tests import demo_dataset
from tests.pages.lab_on_page import PAGE, OpenApp, measured, write_hard
from tests.pages.page_parts import SECONDS_TO_LOAD, grid, texts, until
from tests.pages.visits import visit


@pytest.fixture
def hard(tmp_path: Path, checkpoint: Path) -> Path:
    return write_hard(tmp_path / "hard", checkpoint)


@pytest.fixture
def several(hard: Path, checkpoint: Path) -> Path:
    """The hard dataset with two others of the same pictures below it, one easier and one a copy, and one of no captions."""
    demo_dataset.write_demo_dataset(hard / "easy", checkpoint, images=12)
    (hard / "twin").mkdir()
    for file in hard.iterdir():
        if file.is_file():
            shutil.copy2(file, hard / "twin" / file.name)
    demo_dataset.write_demo_dataset(hard / "bare", checkpoint, images=3, with_captions=False)
    return hard


def compare_with(app: AppTest, way: str) -> AppTest:
    until(app, lambda app: any(one.key == "lab_other" for one in app.selectbox))
    app.selectbox("lab_other").set_value(way).run()
    app.button("lab_compare_begin").click().run()
    return until(app, lambda app: "Rank-biased overlap" in texts(app))


def test_what_is_better_is_what_the_command_line_says(
    open_app: OpenApp, several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = open_app(several, page=PAGE)
    until(app, lambda app: any(one.key == "lab_other" for one in app.selectbox))
    assert app.selectbox("lab_other").options == [
        "Balanced ranking of this dataset", "Dataset easy", "Dataset twin",
    ]  # fmt: skip
    assert "Rank-biased overlap" not in texts(app)
    compare_with(app, "dataset:easy")
    assert main(["evaluate", "--data", str(several), "--compare", str(several / "easy"), "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)["comparison"]
    said = texts(app)
    for name, figure in record["figures"].items():
        assert f"| {name} | {100 * figure['before']:.1f} | {100 * figure['after']:.1f} |" in said
        assert in_points(Figure(**figure["difference"])) in said
    assert f"Rank-biased overlap {in_decimals(Figure(**record['overlap']))}" in said
    assert f"{record['gained']} captions gained" in said and record["lost"] == 0 and "No caption is lost" in said
    differences = next(one.value for one in app.dataframe if "before" in one.value)
    assert differences["difference"].tolist() == [one["difference"]["value"] for one in record["figures"].values()]
    gained = next(one.value for one in app.dataframe if "change" in one.value)
    assert gained["caption"].tolist() == [one["caption"] for one in record["gained_captions"]]

    first = record["gained_captions"][0]
    app.button("lab_gained_0").click().run()
    asked = visit(app).asked.query
    assert asked is not None and asked.sentence == first["caption"] and grid(app)


def test_two_that_are_the_same_say_so(open_app: OpenApp, several: Path) -> None:
    app = compare_with(open_app(several, page=PAGE), "dataset:twin")
    assert "the differences are 0, and the overlap is 1" in texts(app)
    assert "overlap 1.000 (1.000 to 1.000)" in texts(app)
    assert "No caption is gained" in texts(app) and "No caption is lost" in texts(app)
    visit(app).opened.dataset = "twin"  # another dataset: its own list, and nothing of the other's
    app.run()
    assert "Rank-biased overlap" not in texts(app)


def test_a_comparison_can_be_stopped_and_begun_again(
    open_app: OpenApp, hard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def slow(gallery: Gallery, how: str, *, on_progress: Callable[[float], None]) -> Compared:
        on_progress(0.25)
        assert goes_on.wait(SECONDS_TO_LOAD)
        on_progress(0.5)
        return compare_rankings(gallery, how)

    monkeypatch.setattr(lab_work, "compare_rankings", slow)
    app = measured(open_app(hard, page=PAGE))
    assert app.selectbox("lab_other").options == ["Balanced ranking of this dataset"]
    app.button("lab_compare_begin").click().run()
    until(app, lambda app: [one.proto.value for one in app.get("progress")] == [25])
    app.button("lab_compare_stop").click().run()
    goes_on.set()
    until(app, lambda app: any(one.key == "lab_compare_again" for one in app.button))
    assert "The comparison was stopped" in texts(app)
    app.button("lab_compare_again").click().run()
    until(app, lambda app: "Rank-biased overlap" in texts(app))


def test_a_form_is_compared_as_on_the_command_line(
    open_app: OpenApp, hard: Path, checkpoint: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T2I_MODEL", str(checkpoint))
    app = measured(open_app(hard, page=PAGE))
    until(app, lambda app: any(one.key == "lab_form" for one in app.text_input))
    app.text_input("lab_form").set_value("a photo").run()
    app.button("lab_form_begin").click().run()
    until(app, lambda app: "A form must hold {} once" in texts(app))
    app.text_input("lab_form").set_value("a photo of {}").run()
    app.button("lab_form_begin").click().run()
    until(app, lambda app: "Rank-biased overlap" in texts(app))
    assert main(["evaluate", "--data", str(hard), "--compare", "a photo of {}", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)["comparison"]
    said = texts(app)
    for name, figure in record["figures"].items():
        assert f"| {name} | {100 * figure['before']:.1f} | {100 * figure['after']:.1f} |" in said
        assert in_points(Figure(**figure["difference"])) in said
    moved = record["gained_captions"] + record["lost_captions"]
    assert moved and record["form"] == "a photo of {}"
    kind, ask = ("gained", "a photo of {}") if record["gained"] else ("lost", "{}")
    app.button(f"lab_{kind}_0").click().run()
    asked = visit(app).asked.query
    assert asked is not None and asked.sentence == ask.replace("{}", moved[0]["caption"])


def choose(app: AppTest, text: str, name: str = "mine.csv") -> AppTest:
    app.file_uploader("lab_questions").set_value((name, text.encode(), "text/csv")).run()
    return until(app, lambda app: not app.get("progress"))


def test_own_questions_are_answered_as_on_the_command_line(
    open_app: OpenApp, hard: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("T2I_MODEL", str(checkpoint))  # or the command line does not open what only the manifest names
    gallery = read_gallery(hard)
    asked = [(gallery.captions[position], gallery.picture_name(position)) for position in (0, 9, 30)]
    lines = [f'"{query}",{name}' for query, name in asked]
    text = "\n".join(["query,image", *lines, "something else,", "a thing,not-here.jpg", ",nothing.jpg", ""])
    file = tmp_path / "mine.csv"
    file.write_text(text, encoding="utf-8")
    app = choose(measured(open_app(hard, page=PAGE)), text)
    assert main(["evaluate", "--data", str(hard), "--queries", str(file), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    record = json.loads(out)
    said = texts(app)
    assert "5 questions of mine.csv, 3 with right pictures" in said and "1 picture that the questions name" in said
    for name, figure in record["figures"].items():
        assert f"| {name} | {in_words(name, Figure(**figure))} |" in said
    table = next(one.value for one in app.dataframe if "best rank" in one.value)
    assert table["query"].tolist() == [one["query"] for one in record["answers"]]
    assert table["all ranks"].tolist() == [", ".join(map(str, one["ranks"])) for one in record["answers"]]
    assert table["first picture"].tolist() == [one["first"][0]["image"] for one in record["answers"]]
    first = next(one.value for one in app.dataframe if "rank" in one.value and "right" in one.value)
    assert first["picture"].tolist() == [hit["image"] for one in record["answers"] for hit in one["first"]]
    assert any("2 lines to look at" in one.label.replace("\\", "") for one in app.expander)
    for fault in ("Line 6 names not-here.jpg", "Line 7 names a picture and no query"):
        assert fault in said and fault in err


def test_a_file_that_cannot_be_asked_loses_nothing(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE, data="plain")
    visit(app).opened.dataset = "plain"  # own questions need no captions
    app.run()
    assert "This dataset has pictures and no captions" in texts(app)
    choose(app, "query\na dog\na cat\n")
    assert "2 questions of mine.csv. None of them names a right picture" in texts(app)
    for content, told in (
        ("caption,picture\nx,y\n", "other.csv must have the columns query and image, got caption, picture"),
        ("query,image\n", "at least one line with a query"),
        ("", "got an empty file"),
        ("query\n" + "\n".join(map(str, range(lab_work.MOST_QUESTIONS + 1))), "at most 5,000 questions"),
    ):
        choose(app, content, "other.csv")
        assert told in texts(app) and "2 questions of mine.csv" in texts(app)
    app.file_uploader("lab_questions").set_value(None).run()
    assert "2 questions of mine.csv" in texts(app)


def test_asking_can_be_stopped(open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on, ask = threading.Event(), questions.ask

    def slow(*given: Any, on_progress: Callable[[float], None]) -> Any:
        on_progress(0.5)
        assert goes_on.wait(SECONDS_TO_LOAD)
        return ask(*given, on_progress=on_progress)

    monkeypatch.setattr(questions, "ask", slow)
    app = open_app(datasets, page=PAGE, data="plain")
    visit(app).opened.dataset = "plain"
    app.run()
    app.file_uploader("lab_questions").set_value(("mine.csv", b"query\na\nb\n", "text/csv")).run()
    until(app, lambda app: [one.proto.text.endswith("1 of 2") for one in app.get("progress")] == [True])
    app.button("lab_ask_stop").click().run()
    goes_on.set()
    until(app, lambda app: any(one.key == "lab_ask_again" for one in app.button))
    assert "2 questions" not in texts(app)
    app.button("lab_ask_again").click().run()
    until(app, lambda app: "2 questions of mine.csv" in texts(app))
