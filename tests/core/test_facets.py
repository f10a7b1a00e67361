"""Facts of pictures as filters, orders and counts: through engine, build and command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from t2i_core.cli import main
from t2i_core.dataset import read_gallery
from t2i_core.dataset.facts_file import facts_path, read_facts
from t2i_core.dataset.stacks_file import read_stacks
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError
from t2i_core.facets.facets import Facets
from t2i_core.facets.keeping import keep_facts
from t2i_core.pictures.colours import COLOURS, colour_shares, main_colours
from t2i_core.pictures.origin import Origin, read_origin
from t2i_core.query import Condition, Query, SearchRequest, read_condition, write_condition
from t2i_core.types import Gallery
from tests.core.audit_galleries import textured, write_gallery
from tests.core.build_rooms import Room
from tests.core.facet_galleries import MAX_PIXELS, asked, eight_pictures, engine_of, names

NAMED = {
    "black": ["#000000", "#181818"],
    "white": ["#ffffff", "#fffaf0"],
    "grey": ["#808080", "#b0b4b8"],
    "red": ["#e01010", "#8b0000"],
    "orange": ["#ff8c00", "#ffa500"],
    "yellow": ["#ffee00", "#f0d820"],
    "green": ["#008000", "#90d060"],
    "blue": ["#1030d0", "#87ceeb"],
    "purple": ["#800080", "#8a2be2"],
    "pink": ["#ffc0cb", "#ff69b4"],
    "brown": ["#8b4513", "#a08060"],
}


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return eight_pictures(tmp_path)


@pytest.fixture
def engine(gallery: Gallery) -> SearchEngine:
    keep_facts(gallery, max_pixels=MAX_PIXELS)
    return engine_of(gallery)


@pytest.mark.parametrize("name", COLOURS)
def test_colours_have_the_names_people_give_them(name: str) -> None:
    for written in NAMED[name]:
        main = main_colours(colour_shares(Image.new("RGB", (8, 8), written))[None])[0]
        assert [COLOURS[at] for at in np.flatnonzero(main)] == [name], written


def test_a_picture_has_every_colour_that_covers_much_of_it() -> None:
    image = Image.new("RGB", (10, 10), "#1030d0")
    image.paste("#ffee00", (0, 0, 10, 2))
    image.paste("#e01010", (0, 9, 10, 10))
    main = main_colours(np.stack([colour_shares(image), np.zeros(len(COLOURS), dtype=np.uint8)]))
    assert [COLOURS[at] for at in np.flatnonzero(main[0])] == ["yellow", "blue"]
    assert not main[1].any()


def test_day_and_camera_come_from_the_header(gallery: Gallery) -> None:
    found = read_origin(gallery.images_dir / "sea/tall-again.jpeg", name="x")
    assert found == Origin(20190701, "NIKON D90")
    assert read_origin(gallery.images_dir / "town/wide-half.jpg", name="x") == Origin(20210523, "FUJIFILM X100")
    assert read_origin(gallery.images_dir / "sea/red.png", name="x") == Origin()


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("folder=town", {"wide", "wide-half", "tall"}),
        ("folder=town/old|sea", {"tall", "tall-again", "square", "red", "blue"}),
        ("type=jpg", {"wide-half", "tall-again"}),
        ("orientation=portrait", {"tall", "tall-again"}),
        ("not orientation!=square", {"square", "blue"}),
        ("width>=96", {"wide", "red"}),
        ("height=36..40", {"wide-half", "blue"}),
        ("megapixels>=0.02", {"red"}),
        ("taken=2019", {"tall-again"}),
        ("taken>=2020-01", {"wide-half"}),
        ("not taken<=2021-05-23", {"wide", "tall", "square", "red", "blue", "green"}),
        ("camera=NIKON D90", {"tall-again"}),
        ("colour=red", {"red"}),
        ("words=dog", {"wide", "red"}),
        ('words="red dog"|dogged', {"red", "blue"}),
        ("column:year>=2001", {"red"}),
        ("column:year=old|1990", {"wide", "blue"}),
        ("picture=green.png|gone.png", {"green"}),
    ],
)
def test_conditions_leave_what_they_say(engine: SearchEngine, written: str, left: set[str]) -> None:
    condition = read_condition(written)
    result = asked(engine, written)
    assert names(result) == left
    assert result.fitting == len(left)
    others = engine.search(
        SearchRequest(Query.of("anything"), (replace(condition, negated=not condition.negated),), top_k=8)
    )
    assert names(others) == names(asked(engine)) - left


def test_light_and_sharpness_are_those_of_the_audit(tmp_path: Path) -> None:
    blurred = textured(1, (300, 300)).filter(ImageFilter.GaussianBlur(6))
    pictures = {
        "dark.png": Image.new("RGB", (50, 50), "#101010"),
        "sharp.png": textured(1, (300, 300)),
        "blurred.png": blurred,
    }
    made = write_gallery(tmp_path, pictures)
    keep_facts(made, max_pixels=MAX_PIXELS)
    engine = engine_of(made)
    assert names(asked(engine, "light<=0.2", top_k=3)) == {"dark"}
    assert names(asked(engine, "sharp<=0.4", top_k=3)) == {"blurred"}


def test_as_many_come_as_fit_and_were_asked_for(engine: SearchEngine) -> None:
    best = asked(engine).hits
    result = asked(engine, "folder=sea", "not colour=red", top_k=2)
    wanted = [hit.image_id for hit in best if hit.image_id.startswith("sea/") and "red" not in hit.image_id]
    assert [hit.image_id for hit in result.hits] == wanted[:2]
    assert result.fitting == 3
    assert asked(engine).fitting is None


@pytest.mark.parametrize(
    "written", ["folder=a|b", "megapixels>=2", "taken=2019-01-01..2021-05-23", "not colour=red", "width<=9"]
)
def test_a_condition_is_written_as_it_is_read(written: str) -> None:
    condition = read_condition(written)
    assert write_condition(condition) == written
    assert Condition.from_record(json.loads(json.dumps(condition.to_record()))) == condition


@pytest.mark.parametrize(
    "written", ["", "folder", "folder=", "=x", "width>=wide", "taken>=May", "megapixels=many", "width>3"]
)
def test_what_is_no_condition_is_refused(written: str) -> None:
    with pytest.raises(QueryError, match=r"Write folder=animals|compared with"):
        read_condition(written)


def test_a_day_is_called_as_people_write_it() -> None:
    assert read_condition("taken=2019..2021-05").label == "the day it was taken is from 2019-01-01 to 2021-05-31"


def test_pictures_that_are_not_measured_are_told(gallery: Gallery) -> None:
    engine = engine_of(gallery)
    assert names(asked(engine, "type=jpg")) == {"wide-half", "tall-again"}  # needs no measuring
    with pytest.raises(QueryError, match="index --facts"):
        asked(engine, "colour=red")
    with pytest.raises(QueryError, match="index --facts"):
        asked(engine, stacking="copies")
    assert "colour" not in engine.narrowing.facets.names
    keep_facts(gallery, max_pixels=MAX_PIXELS)
    assert names(asked(engine, "colour=red")) == {"red"}  # without opening the dataset again
    assert asked(engine, stacking="copies").hits


def test_facts_are_measured_again_when_a_file_changes(engine: SearchEngine, gallery: Gallery) -> None:
    assert names(asked(engine, "colour=red")) == {"red"}
    Image.new("RGB", (20, 20), "#e01010").save(gallery.images_dir / "green.png")
    known = keep_facts(gallery, max_pixels=MAX_PIXELS)
    assert (known.measured, known.unreadable, known.copies) == (8, 0, 2)
    assert names(asked(engine, "colour=red")) == {"red", "green"}
    facts_path(gallery).write_bytes(b"no npz")
    with pytest.raises(QueryError, match="index --facts"):
        asked(engine_of(gallery), "colour=red")


def test_an_order_changes_no_rank_and_no_choice(engine: SearchEngine) -> None:
    plain, by_size = asked(engine, top_k=5), asked(engine, top_k=5, order="-width")
    assert {hit.image_id for hit in by_size.hits} == {hit.image_id for hit in plain.hits}
    widths = [hit.width for hit in by_size.hits]
    assert widths == sorted(widths, reverse=True)
    assert widths != [hit.width for hit in plain.hits]
    assert {hit.image_id: hit.rank for hit in by_size.hits} == {hit.image_id: hit.rank for hit in plain.hits}
    assert {hit.image_id for hit in by_size.head(2).hits} == {hit.image_id for hit in plain.hits[:2]}
    days = [hit.image_id for hit in asked(engine, order="taken").hits]
    assert days[:2] == ["sea/tall-again.jpeg", "town/wide-half.jpg"]  # those without a day come last
    for order in ("by name", "-score", "column:", "words", ""):
        with pytest.raises(QueryError, match="order must be one of score"):
            asked(engine, order=order)
    with pytest.raises(QueryError, match="looks at one of"):
        asked(engine, order="column:gone")


def test_values_are_counted_in_the_dataset_among_what_fits_and_among_hits(engine: SearchEngine) -> None:
    result = asked(engine, "folder=sea", top_k=2)
    folder, width, year = engine.narrowing.count(result, ["folder", "width", "column:year"])
    assert {one.label: (one.gallery, one.fitting, one.hits) for one in folder.counts} == {
        "sea": (4, 4, 2), "town": (3, 0, 0), "town/old": (1, 0, 0),
    }  # fmt: skip
    assert sum(one.gallery for one in width.counts) == 8
    for one in (*folder.counts, *width.counts, *year.counts):  # a count is what its condition leaves
        assert asked(engine, write_condition(one.condition)).fitting == one.gallery
    assert {one.label: one.gallery for one in year.counts} == {"1990": 1, "2001": 1, "2005": 1, "old": 1}


def test_many_numbers_make_few_ranges_that_hold_every_picture_once(tmp_path: Path) -> None:
    made = write_gallery(tmp_path, {f"{at}.png": Image.new("RGB", (20 + at, 30)) for at in range(40)})
    [facet] = engine_of(made).narrowing.count(asked(engine_of(made), top_k=3), ["width"])
    assert len(facet.counts) == 8
    assert sum(one.gallery for one in facet.counts) == 40
    ends = [(one.condition.at_least, one.condition.at_most) for one in facet.counts]
    assert all(low is not None and high is not None and low <= high for low, high in ends)
    assert ends == sorted(ends)


def test_a_build_measures_its_pictures(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.put_pictures(13)
    room.build()
    built = read_gallery(room.data_dir, room.images_dir)
    assert read_facts(built).decoded.all()
    assert len(read_stacks(built).copies) == 13
    assert "colour" in Facets(built).names


def test_the_command_line_narrows(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = engine_of(gallery).encoder
    monkeypatch.setattr("t2i_core.opening.open_model", lambda *_, **__: encoder)
    data = ["--data", str(gallery.data_dir)]
    assert main(["index", *data, "--facts", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"] == {"measured": 8, "unreadable": 0, "copies": 2}
    narrowed = ["search", "anything", *data, "--where", "folder=sea", "--where", "not colour=red", "--order=-width"]
    assert main([*narrowed, "--stack", "copies", "--top-k", "8", "--facets", "type", "--format", "json"]) == 0
    told = json.loads((read := capsys.readouterr()).out)
    widths = {"sea/square.png": 81, "sea/tall-again.jpeg": 72, "sea/blue.png": 40}
    assert [hit["image_id"] for hit in told["hits"]] == list(widths)
    assert told["fitting"] == 3
    assert told["facets"] == [
        {
            "field": "type",
            "counts": [
                {
                    "condition": {"field": "type", "values": [name]},
                    "label": name,
                    "gallery": all_,
                    "fitting": fit,
                    "hits": fit,
                }
                for name, all_, fit in (("png", 6, 2), ("jpg", 2, 1))
            ],
            "more": 0,
        }
    ]
    assert "Only 3 pictures fit the conditions" in read.err
    assert main(["search", "anything", *data, "--stack", "copies", "--facets"]) == 0
    read = capsys.readouterr()
    assert "stacked behind" in read.err
    assert "orientation" in read.out
    with pytest.raises(SystemExit):
        main(["search", "anything", *data, "--where", "folder"])
    assert "A condition is a field" in capsys.readouterr().err
