"""Different things under one name: queries, pasted pictures, datasets. What is remembered of one is not shown for another."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages._ui.session.upload import Upload
from t2i_core.dataset import read_gallery
from t2i_core.query import OutsidePicture, Query
from tests.pages.page_parts import bar, component, grid, settle
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]
MAP = "pages/embedding_map.py"


def picture(colour: tuple[int, int, int]) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "PNG")
    return content.getvalue()


def ask_upload(app: AppTest, colour: tuple[int, int, int], name: str = "image.png") -> AppTest:
    upload = Upload(name, picture(colour))
    visit(app).asked.upload = upload
    visit(app).asked.query = Query.of(OutsidePicture(upload.sha256, name))
    return app.run()


def detail(app: AppTest, image_id: str) -> dict[str, Any]:
    visit(app).opened.picture = image_id
    app.run()
    return grid(app)


def names(app: AppTest) -> list[str]:
    return [one["id"] for one in grid(app)["pictures"]]


def test_two_pasted_pictures_of_one_name_are_two_queries(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    image_id = names(app)[0]
    red = detail(ask_upload(app, (220, 30, 30)), image_id)
    blue = detail(ask_upload(app, (20, 20, 230)), image_id)
    assert red["label"] == blue["label"] == "Pictures for image.png, closest first"
    assert red["token"] != blue["token"]  # what the browser keeps of a picture goes by it
    assert red["detail"]["score"] != blue["detail"]["score"]
    assert detail(ask_upload(app, (220, 30, 30)), image_id)["detail"]["score"] == red["detail"]["score"]


def test_a_picture_under_another_name_is_the_same_query(open_app: OpenApp, datasets: Path) -> None:
    app = open_app(datasets)
    first = ask_upload(app, (220, 30, 30))
    token, pictures = grid(first)["token"], grid(first)["pictures"]
    again = ask_upload(app, (220, 30, 30), "holiday.png")
    assert grid(again)["token"] == token
    assert grid(again)["pictures"] == pictures
    assert bar(again)["image"]["label"] == "holiday.png"
    assert len(visit(app).kept.rankings) == 1


@pytest.mark.parametrize("kind", ["pictures", "sentences"])
def test_two_queries_of_one_label_keep_their_own_scores(open_app: OpenApp, datasets: Path, kind: str) -> None:
    app = open_app(datasets)
    every = sorted(names(app))
    asked = [
        Query.like(tuple(every[first : first + 3]))
        if kind == "pictures"
        else Query.of("a mill", f"thing {first}", "a dog")
        for first in (0, 3)
    ]
    seen = []
    for query in asked:
        visit(app).asked.query = query
        seen.append(detail(app.run(), every[-1]))
    assert seen[0]["token"] != seen[1]["token"]
    assert seen[0]["detail"]["score"] != seen[1]["detail"]["score"]


def test_a_map_card_is_of_its_own_query(open_app: OpenApp, datasets: Path, tmp_path: Path) -> None:
    from tests import demo_maps

    folder = tmp_path / "main"
    shutil.copytree(datasets, folder)
    demo_maps.write_map(folder)
    app = open_app(folder, page=MAP)
    every = sorted(one["id"] for one in grid(open_app(folder))["pictures"])
    looks = []
    for first in (0, 3):
        visit(app).asked.query = Query.like(tuple(every[first : first + 3]))
        visit(app).map.events = [{"type": "look", "seq": first + 1, "rows": [11]}]
        looks.append(component(app.run(), "t2i_embedding_map"))
    assert looks[0]["query"] != looks[1]["query"]
    assert [one["looked"]["query"] for one in looks] == [one["query"] for one in looks]
    assert looks[0]["looked"]["cards"]["11"]["score"] != looks[1]["looked"]["cards"]["11"]["score"]


@pytest.fixture
def two_copies(datasets: Path, tmp_path: Path) -> Path:
    """Two datasets of one content and one name, whose pictures lie in different folders."""
    root = tmp_path / "both"
    for place, colour in (("one", (200, 0, 0)), ("two", (0, 0, 200))):
        folder = root / place
        shutil.copytree(datasets, folder, ignore=shutil.ignore_patterns("plain", ".*"))
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        pictures = tmp_path / place / "pictures"
        for name in read_gallery(folder).image_ids:
            (pictures / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (64, 48), colour).save(pictures / name)
        manifest |= {"name": "Holidays", "images_dir": str(pictures)}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return root


def test_copies_of_a_dataset_show_their_own_pictures(open_app: OpenApp, two_copies: Path) -> None:
    app = open_app(two_copies, q="a mill")
    picker = app.selectbox(key="dataset_choice")
    assert picker.options == ["Holidays (one)", "Holidays (two)"]
    first = detail(app, names(app)[0])
    app.selectbox(key="dataset_choice").select("two").run()
    app = open_app(two_copies, q="a mill", data="two")
    second = detail(app, names(app)[0])
    assert [one["id"] for one in first["pictures"]] == [one["id"] for one in second["pictures"]]
    assert not {one["src"] for one in first["pictures"]} & {one["src"] for one in second["pictures"]}
    assert first["token"] != second["token"]
    assert first["detail"]["large"] != second["detail"]["large"]


def test_copies_share_no_engine_within_a_server(open_app: OpenApp, two_copies: Path, begun: list[Any]) -> None:
    app = open_app(two_copies, q="a mill")
    first = grid(app)
    app.selectbox(key="dataset_choice").select("two").run()
    second = grid(settle(app, begun))
    assert first["pictures"][0]["id"] == second["pictures"][0]["id"]
    assert first["pictures"][0]["src"] != second["pictures"][0]["src"]
    assert bar(app)["dataset"] != ""


def test_the_open_dataset_stays_open_when_its_name_goes_to_another(
    open_app: OpenApp, datasets: Path, tmp_path: Path
) -> None:
    root = tmp_path / "photos"
    shutil.copytree(datasets / "plain", root / "photos")
    shutil.copytree(datasets / "plain", root / "z")
    app = open_app(root)
    assert app.selectbox(key="dataset_choice").options == ["photos", "z"]
    before = bar(app)["dataset"]
    for path in datasets.iterdir():  # now the folder above holds a dataset too, and is listed first
        if path.is_file():
            shutil.copy(path, root / path.name)
    app.run()
    assert visit(app).opened.dataset == "photos 2"
    assert bar(app)["dataset"] == before
    app.selectbox(key="dataset_choice").select("photos").run()
    assert visit(app).opened.dataset == "photos"
    assert bar(app)["dataset"] != before


def test_what_a_browser_keeps_survives_a_new_build(open_app: OpenApp, datasets: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    shutil.copytree(datasets / "plain", folder)
    before = bar(open_app(folder))["dataset"]
    (folder / "captions_tokenized.csv").write_text("image,caption\n", encoding="utf-8")
    assert bar(open_app(folder))["dataset"] == before


def test_an_upload_is_never_kept_by_a_browser(open_app: OpenApp, datasets: Path) -> None:
    app = ask_upload(open_app(datasets), (220, 30, 30))
    assert bar(app)["asked"] is None
    liked = names(app)[0]
    visit(app).asked.query = Query.like([liked])
    assert bar(app.run())["asked"]["id"] == liked
    visit(app).asked.query = Query.like(["nobody.jpg"])
    assert bar(app.run())["asked"] is None
    assert base64.b64encode(picture((220, 30, 30))).decode() not in json.dumps(bar(app))
