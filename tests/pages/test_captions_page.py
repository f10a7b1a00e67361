"""The Captions page in every state."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from t2i_core.dataset import read_gallery
from t2i_core.query import Query
from tests.pages.page_parts import bar, component, grid, texts, until
from tests.pages.visits import visit

PAGE = "pages/captions.py"
OpenApp = Callable[..., AppTest]


def table(app: AppTest) -> dict[str, Any]:
    return component(app, "t2i_caption_table")


def with_ranks(app: AppTest) -> AppTest:
    """Run until the ranks are counted, behind the page."""
    return until(app, lambda app: table(app)["counting"] is None and table(app)["words"] is not None)


def report(app: AppTest, **event: object) -> AppTest:
    """What the browser would send, as the handler leaves it."""
    from pages._ui.captions import captions_view

    view = event.get("view")
    assert isinstance(view, dict)
    visit(app).captions.view = captions_view.from_event(view)
    return app.run()


def test_the_worst_fit_comes_first(open_app: OpenApp, datasets: Path) -> None:
    app = with_ranks(open_app(datasets, page=PAGE))
    assert not app.exception
    shown = table(app)
    assert shown["summary"] == "60 captions, worst fit first"
    assert len(shown["rows"]) == 50
    assert shown["pages"] == 2
    fits = [row["score"] for row in shown["rows"]]
    assert fits == sorted(fits)
    thumbnails = until(app, lambda app: all(row["src"] for row in table(app)["rows"]))
    assert all(row["src"].startswith("app/static/") for row in table(thumbnails)["rows"])
    assert all(1 <= row["rank"] <= 12 for row in shown["rows"])
    assert sum(shown["histogram"]["everything"]) == sum(shown["histogram"]["shown"]) == 60
    assert shown["words"]["frequent"]
    assert shown["unknown"] is None
    assert shown["selecting"] == read_gallery(datasets).place_key  # rows select their pictures


def test_words_filters_order_and_pages_come_from_the_link(open_app: OpenApp, datasets: Path) -> None:
    captions = pd.read_csv(datasets / "captions_tokenized.csv")["caption"]
    params = {"find": "a", "sort": "-length", "rows": "25", "page": "2", "f.length": "3..14"}
    app = open_app(datasets, page=PAGE)
    from pages._ui.captions import captions_view

    visit(app).captions.view = captions_view.from_params(params)
    app.run()
    shown = table(app)
    fitting = captions[captions.str.contains(r"\b[Aa]\b") & captions.str.split().str.len().between(3, 14)]
    assert shown["found"] == len(fitting) > 25
    assert len(shown["rows"]) == min(50, len(fitting)) - 25
    lengths = [row["values"]["length"] for row in shown["rows"]]
    assert lengths == sorted(lengths, reverse=True)
    assert {key: one if isinstance(one, str) else one[0] for key, one in app.query_params.items()} == params
    assert shown["marks"] == [{"word": "a", "how": "word"}]


def test_no_match_says_why(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE)
    report(app, view={"words": "zzzz"})
    empty = table(app)["empty"]
    assert empty["title"] == "No caption matches"
    assert "No caption holds “zzzz”" in empty["text"]
    assert [act["label"] for act in empty["acts"]] == ["Clear the words"]
    report(app, view={"filters": {"length": {"low": 500, "high": None}}})
    assert "The filters leave nothing" in table(app)["empty"]["text"]
    assert table(app)["found"] == 0


def test_a_page_beyond_the_last_is_the_last(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE)
    report(app, view={"page": 99, "size": 25})
    assert (table(app)["page"], table(app)["pages"]) == (3, 3)
    assert len(table(app)["rows"]) == 10


def test_a_caption_goes_to_search(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, page=PAGE)
    caption = table(app)["rows"][0]["caption"]

    visit(app).asked.query = Query.of(caption)
    visit(app).opened.go_to = "pages/search.py"
    app.run()
    assert bar(app)["text"] == caption
    assert grid(app)["pictures"][0]["rank"] == 1


def test_several_captions_are_one_query(open_app: OpenApp, datasets: Path) -> None:
    captions = pd.read_csv(datasets / "captions_tokenized.csv")["caption"][:3].tolist()
    app = open_app(datasets, together="\n".join(captions))
    assert bar(app)["image"]["label"].startswith("3 captions: ")
    assert [picture["rank"] for picture in grid(app)["pictures"]] == list(range(1, 13))


def test_without_captions_the_page_says_how_to_get_them(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets / "plain", page=PAGE)
    assert not app.exception
    assert "This dataset has pictures and no captions" in texts(app)
    assert any("--captions captions.csv" in code.value for code in app.code)


def rewrite(source: Path, target: Path, change: Callable[[dict[str, np.ndarray]], object]) -> Path:
    """A copy of a dataset with other arrays; its manifest no longer vouches for them."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("plain"))
    with np.load(target / "aligned_embeddings.npz") as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(target / "aligned_embeddings.npz", **arrays)
    return target


def test_without_text_embeddings_everything_but_the_fit_is_there(
    open_app: OpenApp, datasets: Path, tmp_path: Path
) -> None:
    folder = rewrite(datasets, tmp_path / "bare", lambda arrays: arrays.pop("text"))
    app = open_app(folder, page=PAGE)
    shown = table(app)
    assert shown["summary"] == "60 captions"
    assert shown["histogram"] is None
    assert "holds no embeddings of its captions" in shown["unknown"]["message"]
    assert "python -m t2i_core build" in shown["unknown"]["fix"]
    assert "similarity" not in shown["shown"]
    assert [row["at"] for row in shown["rows"]] == list(range(50))


def test_text_rows_of_another_model_give_no_similarity(
    open_app: OpenApp, datasets: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_model(arrays: dict[str, np.ndarray]) -> None:
        random = np.random.default_rng(1)
        arrays["text"] = random.standard_normal(arrays["text"].shape).astype(np.float32)

    folder = rewrite(datasets, tmp_path / "foreign", other_model)
    monkeypatch.setenv("T2I_MODEL", str(checkpoint))
    app = open_app(folder, page=PAGE)
    shown = table(app)
    assert shown["histogram"] is None
    assert "text rows were not made by the model" in shown["unknown"]["message"]
    assert "similarity" not in shown["shown"]


def test_other_columns_of_the_file_are_shown_and_filtered(open_app: OpenApp, datasets: Path, tmp_path: Path) -> None:
    shutil.copytree(datasets, tmp_path / "wide", ignore=shutil.ignore_patterns("plain"))
    path = tmp_path / "wide" / "captions_tokenized.csv"
    frame = pd.read_csv(path)
    frame["who"] = np.where(np.arange(len(frame)) % 2, "eve", "<b>bob</b>")
    frame["votes"] = np.arange(len(frame))
    frame.to_csv(path, index=False)
    app = open_app(tmp_path / "wide", page=PAGE)
    report(app, view={"filters": {"col.who": {"choices": ["<b>bob</b>"]}, "col.votes": {"low": 10, "high": 20}}})
    shown = table(app)
    assert shown["shown"][-2:] == ["col.who", "col.votes"]
    assert sorted(row["values"]["col.votes"] for row in shown["rows"]) == [10, 12, 14, 16, 18, 20]


def test_an_unreadable_dataset_and_none(open_app: OpenApp, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "aligned_embeddings.npz").write_bytes(b"no zip")
    app = open_app(tmp_path / "broken", settled=False, page=PAGE)
    assert not app.exception
    assert "cannot be read" in texts(app)
    (tmp_path / "none").mkdir()
    app = open_app(tmp_path / "none", settled=False, page=PAGE)
    assert "holds no embeddings" in texts(app)


def test_captions_without_their_picture_name_it_and_harm_no_other(
    open_app: OpenApp, datasets: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "main"
    shutil.copytree(datasets, folder)
    path = folder / "captions_tokenized.csv"
    captions = pd.read_csv(path)
    last = sorted(captions["image"].unique())[-1]
    gone = captions["image"] == last
    captions.loc[gone, "image"] = "not/here.jpg"
    captions.to_csv(path, index=False)
    app = with_ranks(open_app(folder, page=PAGE))
    shown = table(report(app, view={"size": 100}))
    away = [row for row in shown["rows"] if not row["id"]]
    assert len(away) == int(gone.sum())
    assert {row["name"] for row in away} == {"not/here.jpg"}
    assert {(row["src"], row["score"], row["rank"]) for row in away} == {("", None, None)}
    assert all("not in the dataset" in row["note"] for row in away)
    assert all(row["name"] == row["id"] for row in shown["rows"] if row["id"])
    app = open_app(folder, picture=last)
    assert grid(app)["detail"]["captions"] == []
    cards = {one["id"]: one["caption"] for one in grid(app)["pictures"]}
    assert cards[last] == ""
    app = open_app(folder, q="a mill", k="12")
    assert {one["id"]: one["caption"] for one in grid(app)["pictures"]}[last] == ""
    app = report(open_app(folder, page=PAGE), view={"filters": {"file": {"choices": ["not/here.jpg"]}}})
    assert table(app)["found"] == len(away)
    assert app.query_params["f.file"] == "=not/here.jpg"
