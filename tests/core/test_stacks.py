"""Copies and look-alikes as stacks: k of them come, what is behind is named, and nothing else is stacked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.audit.stacking import keep_look_alikes
from t2i_core.dataset.kept_file import kept_path
from t2i_core.dataset.stacks_file import STACKS_NAME, read_stacks
from t2i_core.engine import SearchEngine
from t2i_core.errors import DatasetError, QueryError
from t2i_core.facets.copies import Pairs, stacks_of
from t2i_core.facets.keeping import keep_facts
from t2i_core.query import SearchRequest, read_condition, request_from_link, request_to_link
from t2i_core.types import Gallery
from tests.core.audit_galleries import textured, write_gallery
from tests.core.facet_galleries import MAX_PIXELS, asked, eight_pictures, engine_of


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return eight_pictures(tmp_path)


@pytest.fixture
def engine(gallery: Gallery) -> SearchEngine:
    keep_facts(gallery, max_pixels=MAX_PIXELS)
    return engine_of(gallery)


def test_k_stacks_come_and_what_is_behind_them_is_named(engine: SearchEngine) -> None:
    plain = [hit.image_id for hit in asked(engine).hits]
    stacked = asked(engine, top_k=6, stacking="copies")
    behind = {hit.image_id: hit.stack for hit in stacked.hits if hit.stack}
    pairs = [{"town/wide.png", "town/wide-half.jpg"}, {"town/old/tall.png", "sea/tall-again.jpeg"}]
    assert [{name, *others} for name, others in sorted(behind.items(), key=lambda one: "tall" in one[0])] == pairs
    assert len(stacked.hits) == 6
    assert stacked.stacked == 2
    for pair in pairs:  # the better one is in front
        assert next(name for name in plain if name in pair) in behind
    for top_k in range(1, 7):
        assert asked(engine, top_k=top_k, stacking="copies").hits == stacked.hits[:top_k]
    assert len(asked(engine, top_k=8, stacking="copies").hits) == 6
    narrowed = asked(engine, "not folder=sea", stacking="copies")
    assert {hit.image_id: hit.stack for hit in narrowed.hits if hit.stack}.keys() <= pairs[0]
    assert narrowed.stacked == 1  # what the filter leaves out is behind nothing


def test_look_alikes_are_stacked_where_they_were_made(engine: SearchEngine, gallery: Gallery) -> None:
    with pytest.raises(QueryError, match="index --look-alikes"):
        asked(engine, stacking="look_alikes")
    mirrored = textured(3, (81, 81)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    mirrored.save(gallery.images_dir / "green.png")
    keep_look_alikes(gallery, max_pixels=MAX_PIXELS)
    keep_facts(gallery, max_pixels=MAX_PIXELS)  # what is made of the same facts stays
    behind = {
        frozenset({hit.image_id, *hit.stack})
        for hit in asked(engine_of(gallery), stacking="look_alikes").hits
        if hit.stack
    }
    assert {"sea/square.png", "green.png"} in behind
    kept = read_stacks(gallery)
    assert kept.look_alikes is not None
    assert not np.array_equal(kept.copies, kept.look_alikes)


def test_a_copy_of_a_copy_is_in_the_stack() -> None:
    pairs = Pairs(
        np.array([2, 0, 3]), np.array([5, 2, 4]), np.zeros(3, dtype=np.int64), np.ones(3), np.zeros(3, dtype=np.bool_)
    )
    assert stacks_of(pairs, 6).tolist() == [0, 1, 0, 3, 3, 0]


def test_stacks_of_other_pictures_are_refused(engine: SearchEngine, gallery: Gallery) -> None:
    assert engine
    with pytest.raises(DatasetError, match="must belong"):
        read_stacks(replace(gallery, key="another"))
    with np.load(kept_path(gallery, STACKS_NAME), allow_pickle=False) as kept:
        arrays = dict(kept)
    for bad in (np.full(8, 9), np.arange(7), np.array([0, 0, 1, 3, 4, 5, 6, 7]), np.arange(8.0)):
        np.savez(kept_path(gallery, STACKS_NAME), allow_pickle=False, **arrays | {"copies": bad})
        with pytest.raises(DatasetError, match="stack of each"):
            read_stacks(gallery)


def test_planted_copies_are_stacked_and_nothing_else(tmp_path: Path) -> None:
    """Halved and saved again: all of them; of 70,000 pairs of others, none."""
    originals = {f"{seed}.png": textured(seed) for seed in range(120)}
    halved = {f"half{seed}.png": textured(seed).resize((48, 36)) for seed in range(0, 120, 2)}
    made = write_gallery(tmp_path, originals | halved)
    for seed in range(1, 120, 2):
        textured(seed).save(made.images_dir / f"{seed}.png", "JPEG", quality=30)
    keep_facts(made, max_pixels=MAX_PIXELS)
    stacks = read_stacks(made).copies
    own = {name: row for row, name in enumerate(made.image_ids)}
    wanted = np.arange(len(made))
    for seed in range(0, 120, 2):
        wanted[own[f"half{seed}.png"]] = own[f"{seed}.png"]
    np.testing.assert_array_equal(stacks, wanted)


def test_diversity_brings_what_is_unlike_what_came_before(engine: SearchEngine, gallery: Gallery) -> None:
    plain = asked(engine).hits
    assert asked(engine, diversity=0.0).hits == plain
    varied = asked(engine, diversity=0.5).hits
    assert varied[0] == plain[0]
    assert {hit.image_id for hit in varied} == {hit.image_id for hit in plain}
    assert [hit.image_id for hit in varied] != [hit.image_id for hit in plain]
    assert [hit.rank for hit in varied] == list(range(1, 9))
    assert asked(engine, diversity=0.5, top_k=3).hits == varied[:3]
    rows = gallery.image_embeddings
    second, first = varied[1].row, varied[0].row
    alone = asked(engine, diversity=1.0).hits  # by likeness alone the second is the least like the first
    assert (second, first) != (None, None)
    assert alone[1].row == int(np.argmin(rows @ rows[first]))
    stacked = asked(engine, diversity=0.5, stacking="copies", top_k=6)
    assert len(stacked.hits) == 6
    assert stacked.stacked == 2


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), True, "much"])
def test_a_diversity_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(QueryError, match="diversity must be a number from 0 to 1"):
        SearchRequest.of("a dog", diversity=wrong)


@pytest.mark.parametrize(
    "settings", [{"diversity": 0.25}, {"order": "-taken"}, {"order": "column:year"}, {"stacking": "copies"}]
)
def test_how_hits_are_arranged_survives_link_and_json(settings: dict[str, object]) -> None:
    request = SearchRequest.of("a dog", where=(read_condition("taken>=2019"),), **settings)
    assert request_from_link(request_to_link(request)) == request
    assert SearchRequest.from_json(request.to_json()) == request
