"""The Search page in every state, and what a change of top_k costs."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from t2i_core.encoder import ClipEncoder
from t2i_core.index.exact import ExactIndex
from t2i_core.query import OutsidePicture, Query
from tests.pages.page_parts import bar, grid, texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]


def test_first_visit_shows_the_gallery_and_examples(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    assert not app.exception
    assert len(grid(app)["pictures"]) == 12
    assert all(picture["score"] is None for picture in grid(app)["pictures"])
    assert bar(app)["examples"]
    assert bar(app)["message"] == ""
    assert "12 pictures, 60 captions" in texts(app)
    assert "tiny" in texts(app)
    assert not app.number_input  # nothing to count before anything is asked


def test_first_paint_does_not_wait_for_the_model(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import Future

    from pages._ui.resources import engines

    monkeypatch.setattr(engines, "_engine", lambda *_, **__: Future())
    app = open_app(datasets, settled=False)
    assert len(grid(app)["pictures"]) == 12
    assert "is loading" in texts(app)


def test_query_while_the_model_loads_shows_skeletons(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import Future

    from pages._ui.resources import engines

    monkeypatch.setattr(engines, "_engine", lambda *_, **__: Future())
    app = open_app(datasets, settled=False, q="a mill", k="7")
    assert grid(app)["loading"] == 7
    assert grid(app)["pictures"] == []
    assert "is loading" in grid(app)["summary"]


def test_caption_finds_its_picture_first(open_app: OpenApp, datasets: Path) -> None:
    captions = pd.read_csv(datasets / "captions_tokenized.csv")
    hits = 0
    for row in (0, 17, 33):
        app = open_app(datasets, q=captions["caption"][row], k="5")
        pictures = grid(app)["pictures"]
        assert [picture["rank"] for picture in pictures] == [1, 2, 3, 4, 5]
        scores = [picture["score"] for picture in pictures]
        assert scores == sorted(scores, reverse=True)
        bars = [picture["bar"] for picture in pictures]
        assert bars == sorted(bars, reverse=True)
        assert 0 <= bars[-1] < bars[0] <= 1
        hits += pictures[0]["id"] == captions["image"][row]
    assert hits >= 2


def test_a_picture_appears_once(open_app: OpenApp, datasets: Path) -> None:
    ids = [picture["id"] for picture in grid(open_app(datasets, q="a mill", k="12"))["pictures"]]
    assert len(ids) == len(set(ids)) == 12


def test_top_k_never_encodes_or_scores_again(
    open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(datasets, q="a white mill")
    calls = {"encode": 0, "search": 0}
    encode, search = ClipEncoder.encode_text, ExactIndex.search

    def counted_encode(self: ClipEncoder, texts: list[str]) -> object:
        calls["encode"] += 1
        return encode(self, texts)

    def counted_search(self: ExactIndex, *args: Any) -> object:
        calls["search"] += 1
        return search(self, *args)

    monkeypatch.setattr(ClipEncoder, "encode_text", counted_encode)
    monkeypatch.setattr(ExactIndex, "search", counted_search)
    first = [picture["id"] for picture in grid(app)["pictures"]]
    app.slider(key="top_k_slider").set_value(3).run()
    assert [picture["id"] for picture in grid(app)["pictures"]] == first[:3]
    assert app.number_input(key="top_k_typed").value == 3
    app.number_input(key="top_k_typed").set_value(9).run()
    assert [picture["id"] for picture in grid(app)["pictures"]] == first[:9]
    assert app.slider(key="top_k_slider").value == 9
    app.segmented_control(key="card_size_choice").set_value("L").run()
    app.toggle(key="show_captions_choice").set_value(False).run()
    assert grid(app)["size"] == "L"
    assert grid(app)["captions"] is False
    assert calls == {"encode": 0, "search": 0}
    visit(app).asked.query = Query.of("something else")
    app.run()
    assert calls == {"encode": 1, "search": 1}


def test_top_k_beyond_the_gallery_shows_all_and_says_so(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="200")
    assert len(grid(app)["pictures"]) == 12
    assert "This gallery has 12 pictures, so all of them are shown instead of 200." in texts(app)
    assert app.slider(key="top_k_slider").max == 12


@pytest.mark.parametrize("top_k", ["0", "-3", "many", "1e3", "99999999999999999999", "٣"])
def test_nonsense_in_a_link_is_no_error(open_app: OpenApp, datasets: Path, top_k: str) -> None:
    app = open_app(datasets, q="a mill", k=top_k, size="XXL", captions="?", picture="../../etc/passwd")
    assert not app.exception
    assert grid(app)["size"] == "M"
    assert grid(app)["open"] is None
    assert "**This picture cannot be opened**" in texts(app)
    assert "none there is named '../../etc/passwd'" in texts(app)


def test_link_restores_query_and_view(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="4", size="S", captions="0", data="plain")
    assert bar(app)["text"] == "a mill"
    assert grid(app)["size"] == "S"
    assert grid(app)["captions"] is False
    assert len(grid(app)["pictures"]) == 3  # the smaller dataset
    assert "3 pictures, no captions" in texts(app)


def test_view_is_written_to_the_link(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    app.slider(key="top_k_slider").set_value(5).run()
    app.segmented_control(key="card_size_choice").set_value("S").run()
    assert dict(app.query_params) == {"q": "a mill", "k": "5", "size": "S"}


def test_what_the_browser_says_of_a_widget_is_not_written_back_to_it(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill")
    app.segmented_control(key="card_size_choice").set_value("L").run()
    for number in (5, 7):
        app.slider(key="top_k_slider").set_value(number).run()
        assert not app.segmented_control(key="card_size_choice").proto.set_value
        assert app.segmented_control(key="card_size_choice").value == "L"
        assert not app.slider(key="top_k_slider").proto.set_value
        typed = app.number_input(key="top_k_typed")
        assert (typed.proto.set_value, typed.value) == (True, number)
    visit(app).shown.size = "S"  # as when a link says so
    app.run()
    assert app.segmented_control(key="card_size_choice").proto.set_value
    assert app.segmented_control(key="card_size_choice").value == "S"
    app.switch_page("pages/captions.py").run()
    app.switch_page("pages/search.py").run()
    assert app.segmented_control(key="card_size_choice").proto.set_value
    assert app.segmented_control(key="card_size_choice").value == "S"


def test_more_like_this(open_app: OpenApp, datasets: Path) -> None:
    first = grid(open_app(datasets))["pictures"][0]["id"]
    app = open_app(datasets, like=first)
    pictures = grid(app)["pictures"]
    assert len(pictures) == 11
    assert first not in {picture["id"] for picture in pictures}
    assert grid(app)["summary"] == "11 of 11 other pictures, closest first; the query's own picture is left out"
    assert "is full at 1, the same picture" in grid(app)["score_help"]
    assert bar(app)["image"]["label"] == f"Like {first.rsplit('/', 1)[-1]}"
    assert bar(app)["image"]["src"].startswith("app/static/images/")


def test_like_an_unknown_picture(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, like="nobody/knows.jpg")
    assert (
        bar(app)["message"]
        == "No picture of this gallery is named 'nobody/knows.jpg'. Names are relative to the image folder."
    )
    assert len(grid(app)["pictures"]) == 12  # the gallery stays in view


def test_detail_of_a_picture(open_app: OpenApp, datasets: Path) -> None:
    captions = pd.read_csv(datasets / "captions_tokenized.csv")
    image_id = captions["image"][0]
    app = open_app(datasets, q="a mill", picture=image_id)
    assert grid(app)["open"] == image_id
    detail = grid(app)["detail"]
    assert detail["captions"] == captions["caption"][captions["image"] == image_id].tolist()
    assert len(detail["neighbours"]) == 10
    assert image_id not in [neighbour["id"] for neighbour in detail["neighbours"]]
    facts = dict(detail["facts"])
    assert facts["File"] == image_id
    assert facts["Licence"]
    assert 1 <= detail["rank"] <= 12
    assert detail["download"] == f"app/static/images/{image_id}"


def test_detail_finds_captions_of_the_whole_dataset(open_app: OpenApp, datasets: Path) -> None:
    image_id = pd.read_csv(datasets / "captions_tokenized.csv")["image"][0]
    app = open_app(datasets, q="a mill", picture=image_id)
    visit(app).opened.related_to = image_id
    # Random weights: the check found that the pictures' rows are not the model's, the captions' are.
    related = grid(app.run())["detail"]["related"]
    assert len(related) == 8
    assert [entry["score"] for entry in related] == sorted((entry["score"] for entry in related), reverse=True)
    assert any(entry["own"] for entry in related)


def test_long_query_shows_where_it_was_cut(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a white mill on a green hill " * 14)
    assert "The model reads at most 77 tokens, so it stopped after: a white mill" in texts(app)


def test_query_of_10000_characters(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    visit(app).asked.query = Query.of("x" * 10_000)
    app.run()
    assert (
        bar(app)["message"]
        == "A query may have at most 2,000 characters, got 10,000. Keep the part that describes the picture."
    )


def test_emoji_and_markup_are_text(open_app: OpenApp, datasets: Path) -> None:
    query = "<img src=x onerror=alert(1)> 🐕 on a beach"
    app = open_app(datasets, q=query)
    assert not app.exception
    assert bar(app)["text"] == query
    assert len(grid(app)["pictures"]) == 12


def test_empty_query(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    visit(app).asked.empty = True
    app.run()
    assert bar(app)["message"] == "A query needs at least one word, got an empty one. Type what you want to see."


def test_suggestions_come_from_the_captions(open_app: OpenApp, datasets: Path) -> None:
    captions = pd.read_csv(datasets / "captions_tokenized.csv")["caption"]
    word = max(captions[0].rstrip(".").split(), key=len)
    app = open_app(datasets, q=word[:-1])
    app.run()
    assert captions[0] in bar(app)["suggestions"]["items"]


def upload(app: AppTest, content: bytes, name: str = "photo.png") -> AppTest:
    from pages._ui.session.upload import Upload

    picture = Upload(name, content)
    visit(app).asked.upload = picture
    visit(app).asked.query = Query.of(OutsidePicture(picture.sha256, name))
    return app.run()


def test_uploaded_picture(open_app: OpenApp, datasets: Path) -> None:
    content = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 30, 30)).save(content, "PNG")
    app = upload(open_app(datasets), content.getvalue())
    app.session_state["share"] = True
    app.run()
    assert len(grid(app)["pictures"]) == 12
    assert bar(app)["image"]["label"] == "photo.png"
    preview = Image.open(io.BytesIO(base64.b64decode(bar(app)["image"]["src"].split(",")[1])))
    assert preview.size == (90, 60)
    assert "An uploaded picture is not part of a link; the rest of the view is." in texts(app)


def test_upload_that_is_no_picture(open_app: OpenApp, datasets: Path) -> None:
    app = upload(open_app(datasets), b"%PDF-1.7 nothing to see", "letter.png")
    assert bar(app)["message"] == (
        "A picture must be a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, got something else: letter.png. "
        "Replace it or remove it."
    )
    assert len(grid(app)["pictures"]) == 12


def test_upload_of_a_decompression_bomb(open_app: OpenApp, datasets: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    app = upload(open_app(datasets), bomb, "bomb.png")
    assert "bomb.png" in bar(app)["message"]
    assert "number of pixels" in bar(app)["message"] or "at most 100,000,000 pixels" in bar(app)["message"]


def test_query_survives_a_visit_to_another_page(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets, q="a mill", k="5")
    app.switch_page("pages/build.py").run()
    app.switch_page("pages/search.py").run()
    assert bar(app)["text"] == "a mill"
    assert len(grid(app)["pictures"]) == 5


def test_wrong_setting_is_explained(open_app: OpenApp, datasets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T2I_DEVICE", "toaster")
    app = open_app(datasets, settled=False)
    assert "T2I_DEVICE must be auto, cpu or cuda, got 'toaster'" in texts(app)
