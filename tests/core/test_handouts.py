"""What is handed on: tables, ZIPs and contact sheets, each with what made it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from PIL import Image

from t2i_core.commands import keeping
from t2i_core.dataset import read_gallery
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.errors import DatasetError
from t2i_core.marks import saving, tag_pictures
from t2i_core.marks.contact_sheet import POLICY, contact_sheet
from t2i_core.marks.handouts import Handout, handout_of_result, handout_of_selection, handout_of_tags
from t2i_core.marks.saving import FORMATS, save_handout, write_zip
from t2i_core.query import SearchRequest
from tests.core.small_galleries import COLOURS, ColourEncoder, save_ours

SWAN, RED, BLUE, MEADOW = COLOURS
REQUEST = SearchRequest.of("a boat", top_k=3)


@pytest.fixture
def handout(tmp_path: Path) -> Handout:
    save_ours(tmp_path / "data")
    gallery = read_gallery(tmp_path / "data")
    tag_pictures(gallery.data_dir, [RED, BLUE], add=["keep", "=cover"])
    result = SearchEngine(ColourEncoder(), FolderSource(gallery)).search(REQUEST)
    return handout_of_result(gallery, result)


def check_about(about: dict[str, Any], handout: Handout) -> None:
    assert SearchRequest.from_record(about["request"]) == REQUEST
    assert handout.gallery.manifest is not None
    assert about["dataset_sha256"] == handout.gallery.manifest.dataset_sha256
    assert about["dataset"] == handout.gallery.name
    assert about["pictures"] == 3


def saved(handout: Handout, tmp_path: Path, ending: str) -> bytes:
    path = tmp_path / "out" / f"hits{ending}"
    assert save_handout(handout, path) == saving.Saved(path, len(handout.pictures))
    return path.read_bytes()


def test_csv(handout: Handout, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(saved(handout, tmp_path, ".csv").decode("utf-8-sig"), newline="")))
    assert [row["image"] for row in rows] == [one.image_id for one in handout.pictures]
    assert {row["tags"] for row in rows if row["image"] == RED} <= {"keep; =cover"}
    assert all(SearchRequest.from_json(row["request"]) == REQUEST for row in rows)
    assert {row["dataset_sha256"] for row in rows} == {handout.about["dataset_sha256"]}


def test_json_is_a_request_that_finds_the_same(handout: Handout, tmp_path: Path) -> None:
    record = json.loads(saved(handout, tmp_path, ".json"))
    check_about(record, handout)
    assert record["hits"] == list(handout.records())
    result = SearchEngine(ColourEncoder(), FolderSource(handout.gallery)).search(
        SearchRequest.from_record(record["request"])
    )
    assert [hit.image_id for hit in result.hits] == [one["image_id"] for one in record["hits"]]


def test_parquet(handout: Handout, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(saved(handout, tmp_path, ".parquet")))
    assert [row | {"score": None} for row in table.to_pylist()] == [row | {"score": None} for row in handout.records()]
    check_about(json.loads(table.schema.metadata[b"t2i"]), handout)


def test_a_zip_holds_the_files_as_they_are(handout: Handout, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    save_handout(handout, tmp_path / "hits.ZIP", lambda done, total: told.append((done, total)))
    with zipfile.ZipFile(tmp_path / "hits.ZIP") as packed:
        assert packed.testzip() is None
        names = [one.image_id for one in handout.pictures]
        assert packed.namelist() == ["about.json", "pictures.csv", *(f"pictures/{name}" for name in names)]
        for name in names:
            assert packed.read(f"pictures/{name}") == (handout.gallery.images_dir / name).read_bytes()
        check_about(json.loads(packed.read("about.json")), handout)
        assert packed.read("pictures.csv").startswith(b"\xef\xbb\xbfrank,image")
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_zip_has_limits_that_are_told_before_anything_is_read(
    handout: Handout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatasetError, match=r"at most \S+ GiB of pictures"):
        write_zip(handout, io.BytesIO(), most_bytes=4)
    monkeypatch.setattr(saving, "ZIP_PICTURES", 2)
    (tmp_path / "hits.zip").write_bytes(b"as it was")
    with pytest.raises(DatasetError, match="at most 2 pictures, got 3"):
        save_handout(handout, tmp_path / "hits.zip")
    assert (tmp_path / "hits.zip").read_bytes() == b"as it was"


def test_pictures_without_a_file_are_told_and_the_others_go_on(handout: Handout, tmp_path: Path) -> None:
    gone, *others = [one.image_id for one in handout.pictures]
    (handout.gallery.images_dir / gone).unlink()
    done = save_handout(handout, tmp_path / "hits.zip")
    assert (done.pictures, done.without_file) == (2, (gone,))
    with zipfile.ZipFile(tmp_path / "hits.zip") as packed:
        assert packed.namelist()[2:] == [f"pictures/{name}" for name in others]
    assert save_handout(handout, tmp_path / "hits.html").without_file == (gone,)
    assert '<div class="none">' in (tmp_path / "hits.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Every element of a page with its attributes, and all text outside style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_contact_sheet_opens_alone_and_runs_nothing(handout: Handout) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</main><script>alert(2)</script>"
    hostile = replace(
        handout,
        title=evil,
        pictures=tuple(replace(one, caption=evil, tags=(evil,)) for one in handout.pictures),
    )
    page = contact_sheet(hostile)[0].decode()
    elements = Elements(page)
    assert {tag for tag, _ in elements.found} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "p", "main", "figure", "img", "figcaption", "strong", "br",
        "span", "details", "summary", "pre",
    }  # fmt: skip
    pictures = [attributes for tag, attributes in elements.found if tag == "img"]
    assert len(pictures) == 3
    assert all((one["src"] or "").startswith("data:image/jpeg;base64,") for one in pictures)
    assert all(one["alt"] == evil for one in pictures)
    assert not re.search(r"https?:|url\(|@import", page)
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in elements.found
    assert POLICY == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert evil in elements.text
    assert handout.about["dataset_sha256"] in elements.text


def test_a_contact_sheet_shows_the_pictures(handout: Handout) -> None:
    import base64

    [first, *_] = re.findall(r"base64,([^\"]+)", contact_sheet(handout)[0].decode())
    shown = Image.open(io.BytesIO(base64.b64decode(first))).convert("RGB").getpixel((1, 1))
    wanted = COLOURS[handout.pictures[0].image_id]
    assert isinstance(shown, tuple)
    assert max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) < 12


def test_a_contact_sheet_has_a_limit(handout: Handout) -> None:
    with pytest.raises(DatasetError, match="at most 2,000 pictures, got 2,001"):
        contact_sheet(replace(handout, pictures=handout.pictures[:1] * 2001))


def test_pictures_of_tags(handout: Handout) -> None:
    gallery = handout.gallery
    tag_pictures(gallery.data_dir, [SWAN, "gone.png"], add=["birds"])
    assert [one.image_id for one in handout_of_tags(gallery, ["birds", "keep"]).pictures] == [RED, BLUE, SWAN]
    everything = handout_of_tags(gallery)
    assert [one.image_id for one in everything.pictures] == [RED, BLUE, SWAN]
    assert everything.pictures[0].tags == ("keep", "=cover")
    assert everything.pictures[2].caption == "A swan on a lake"
    assert (everything.about["request"], everything.about["tags"]) == (None, [])
    with pytest.raises(DatasetError, match=r"\(=cover, birds, keep\), got 'Keep'"):
        handout_of_tags(gallery, ["Keep"])


def test_a_selection_is_hits_in_their_order_and_then_others(handout: Handout) -> None:
    gallery = handout.gallery
    result = SearchEngine(ColourEncoder(), FolderSource(gallery)).search(REQUEST)
    first, second, third = (hit.image_id for hit in result.hits)
    [other] = set(COLOURS) - {first, second, third}
    selected = handout_of_selection(gallery, [other, third, "gone.png", first], result)
    assert [(one.image_id, one.rank) for one in selected.pictures] == [(first, 1), (third, 3), (other, None)]
    assert selected.request == REQUEST
    unasked = handout_of_selection(gallery, [BLUE, RED, "gone.png", BLUE])
    assert [(one.image_id, one.rank, one.tags) for one in unasked.pictures] == [
        (BLUE, None, ("keep", "=cover")),
        (RED, None, ("keep", "=cover")),
    ]
    assert (unasked.request, unasked.title) == (None, "Selected pictures")


def test_other_endings_are_refused(handout: Handout, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"ends with one of \.csv, .*got 'hits\.xls'"):
        save_handout(handout, tmp_path / "hits.xls")
    assert not (tmp_path / "hits.xls").exists()


def test_the_command_line_names_the_same_endings() -> None:
    assert tuple(FORMATS) == keeping.ENDINGS
