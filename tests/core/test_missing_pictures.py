"""Captions whose picture is not in the gallery: they are never taken for another picture's, and keep its name."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from t2i_core.arrays import NO_PICTURE, l2_normalize
from t2i_core.captions import fit, saving, telling_words
from t2i_core.captions.columns import Filter
from t2i_core.captions.sheet import FILE, SheetView, caption_sheet
from t2i_core.dataset import read_gallery, validate, write_dataset
from t2i_core.engine.score_scale import reach_of_captions
from t2i_core.errors import ProjectionError
from t2i_core.evaluation import evaluate
from t2i_core.export import pictures_to_csv
from t2i_core.neighbours import variety
from t2i_core.opening import open_engine
from t2i_core.projection.gap import modality_gap
from t2i_core.projection.making import make_joint
from t2i_core.projection.stored import JOINT_NAME, JointMap, read_joint, write_joint
from t2i_core.query import Query, SearchRequest
from t2i_core.types import Gallery
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery

ORPHANS = {1: "gone/1.jpg", 4: "gone/2.jpg", 6: "gone/1.jpg"}
OWNERS = (0, NO_PICTURE, 2, 1, NO_PICTURE, 2, NO_PICTURE)  # the last picture, 3, has no caption


def orphaned() -> Gallery:
    """Four pictures; three of seven captions name pictures that are not there, with words nobody else has."""
    chance = np.random.default_rng(3)
    pictures, texts = (l2_normalize(chance.standard_normal((count, DIMENSION))) for count in (4, 7))
    gallery = make_gallery(pictures, OWNERS, texts)
    words = tuple("zebra stripes" if position in ORPHANS else f"house number {position}" for position in range(7))
    return replace(gallery, captions=words, missing_pictures=ORPHANS, caption_columns={"n": tuple("abcdefg")})


def without_orphans(gallery: Gallery) -> Gallery:
    kept = [position for position in range(len(gallery.captions)) if position not in ORPHANS]
    assert gallery.text_embeddings is not None
    return replace(
        gallery,
        captions=tuple(gallery.captions[position] for position in kept),
        caption_rows=gallery.caption_rows[kept],
        text_embeddings=gallery.text_embeddings[kept],
        caption_columns={"n": tuple("abcdefg"[position] for position in kept)},
        missing_pictures={},
    )


def test_the_gallery_says_which_picture_or_none() -> None:
    gallery = orphaned()
    assert [gallery.picture_of(position) for position in range(7)] == [0, None, 2, 1, None, 2, None]
    assert gallery.paired_captions.tolist() == [0, 2, 3, 5]
    assert gallery.rows_of(gallery.paired_captions).tolist() == [0, 2, 1, 2]
    assert [gallery.captions_of(row) for row in range(4)] == [[0], [3], [2, 5], []]
    assert gallery.captions_of(NO_PICTURE) == []
    assert gallery.caption_counts.tolist() == [1, 1, 2, 0]
    assert [gallery.picture_name(position) for position in (0, 1, 4)] == ["0.jpg", "gone/1.jpg", "gone/2.jpg"]
    with pytest.raises(
        ValueError, match=r"the one at position 4 has none\. Take positions from Gallery\.paired_captions"
    ):
        gallery.rows_of(np.array([0, 4]))
    assert not gallery.paired_captions.flags.writeable


def test_no_captions_at_all() -> None:
    gallery = make_gallery(np.eye(3))
    assert gallery.paired_captions.tolist() == []
    assert gallery.caption_counts.tolist() == [0, 0, 0]
    assert gallery.captions_of(2) == []


def test_an_evaluation_is_that_of_the_others() -> None:
    gallery = orphaned()
    with_them, without = evaluate(gallery), evaluate(without_orphans(gallery))
    assert with_them.as_dict() == without.as_dict()
    assert with_them.captions == 4
    assert with_them.text_ranks.tolist() == without.text_ranks.tolist()
    assert with_them.image_ranks.tolist() == without.image_ranks.tolist()


def test_fit_and_ranks_are_unknown() -> None:
    gallery = orphaned()
    similarities, ranks = fit.caption_similarities(gallery), fit.caption_ranks(gallery)
    assert np.isnan(similarities[[1, 4, 6]]).all()
    assert ranks[[1, 4, 6]].tolist() == [0, 0, 0]
    known = gallery.paired_captions
    np.testing.assert_allclose(similarities[known], fit.caption_similarities(without_orphans(gallery)), atol=1e-6)
    assert ranks[known].tolist() == fit.caption_ranks(without_orphans(gallery)).tolist()


def test_gap_scale_words_and_examples_know_nothing_of_them() -> None:
    gallery = orphaned()
    own = without_orphans(gallery)
    assert modality_gap(gallery) == modality_gap(own)
    assert telling_words.words_by_picture(gallery) == telling_words.words_by_picture(own)
    assert not any("zebra" in words for words in telling_words.words_by_picture(gallery))
    assert sorted(variety.short_captions(gallery, 7)) == ["house number 0", "house number 2", "house number 3"]
    many = make_gallery(np.eye(DIMENSION)[[0, 1]], [0, 1, NO_PICTURE] * 20, np.eye(DIMENSION)[[0, 1, 1] * 20])
    reach = reach_of_captions(many, np.eye(DIMENSION, dtype=np.float32)[[0, 1, 1] * 20], many.image_embeddings)
    assert reach == pytest.approx(0.5)  # every caption scores 1 with its picture, over a median of a half


def test_the_joint_map_has_places_for_the_others_only(tmp_path: Path) -> None:
    gallery = replace(orphaned(), data_dir=tmp_path)
    joint = make_joint(gallery)
    assert joint.caption_positions.tolist() == [0, 2, 3, 5]
    write_joint(joint, tmp_path)
    stored = read_joint(gallery)
    assert stored is not None
    assert gallery.rows_of(stored.caption_positions).tolist() == [0, 2, 1, 2]
    for positions in ([0, 1, 3, 5], [0, 2, 3, 99], [0, 2, 3, -1], [0, 2]):
        odd = JointMap(
            joint.gallery_key, joint.coordinates, joint.caption_coordinates, np.array(positions, dtype=np.int64)
        )
        write_joint(odd, tmp_path)
        with pytest.raises(
            ProjectionError, match=f"{JOINT_NAME} must hold a map this program wrote, got: points of captions"
        ):
            read_joint(gallery)


def test_searches_show_own_captions_only() -> None:
    gallery = orphaned()
    engine = open_engine(ColourEncoder(), replace(gallery, manifest=None))
    assert [engine.captions_of(row) for row in range(4)] == [
        ("house number 0",), ("house number 3",), ("house number 2", "house number 5"), (),
    ]  # fmt: skip
    hits = engine.search(SearchRequest.of("anything", top_k=4)).hits
    assert {hit.caption for hit in hits if hit.row == 3} == {None}
    assert "zebra stripes" not in {hit.caption for hit in hits}
    assert "zebra stripes" not in {
        hit.caption for hit in engine.search(SearchRequest.of(Query.like(["0.jpg"]), top_k=3)).hits
    }
    table = list(csv.DictReader(io.StringIO(pictures_to_csv(gallery, [3, 2], np.zeros((4, 2), dtype=np.float32)))))
    assert [row["captions"] for row in table] == ["", "house number 2\nhouse number 5"]


def test_the_sheet_and_its_files_keep_the_pictures_name() -> None:
    gallery = orphaned()
    sheet = caption_sheet(gallery, fit.caption_similarities(gallery)).with_ranks(fit.caption_ranks(gallery))
    everything = sheet.select(SheetView(sort="order")).rows
    rows = list(csv.DictReader(io.StringIO(saving.captions_to_csv(sheet, everything).decode("utf-8-sig"))))
    assert [row["image"] for row in rows] == [
        "0.jpg", "gone/1.jpg", "2.jpg", "1.jpg", "gone/2.jpg", "2.jpg", "gone/1.jpg",
    ]  # fmt: skip
    assert [row["similarity"] == "" for row in rows] == [position in ORPHANS for position in range(7)]
    pytest.importorskip("pyarrow")
    table = pd.read_parquet(io.BytesIO(saving.captions_to_parquet(sheet, everything)))
    assert table["image"].tolist() == [row["image"] for row in rows]
    found = sheet.select(SheetView(filters={FILE: Filter(choices=("gone/1.jpg",))}))
    assert sorted(found.rows.tolist()) == [1, 6]


def test_names_are_shown_exactly_and_not_those_they_begin() -> None:
    names = ("1.jpg", "11.jpg", "21.jpg", "a/1.jpg", "1.JPG")
    gallery = replace(make_gallery(np.eye(5), [0, 1, 2, 3, 4, 0]), image_ids=names)
    sheet = caption_sheet(gallery, np.full(6, np.nan, dtype=np.float32))
    shown = {name: sheet.select(SheetView(filters={FILE: Filter(choices=(name,))})).rows.tolist() for name in names}
    assert shown == {"1.jpg": [0, 5], "11.jpg": [1], "21.jpg": [2], "a/1.jpg": [3], "1.JPG": [4]}
    assert len(sheet.select(SheetView(filters={FILE: Filter(text="1.jpg")}))) == 6  # a part of a name, as ever


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A dataset whose captions file was given rows of pictures that nobody embedded, and one row that cannot be used."""
    encoder = ColourEncoder()
    captions = [("a.png", "one"), ("gone.png", "two"), ("b.png", "three"), ("sub/gone.png", "four"), ("a.png", "five")]
    write_dataset(
        tmp_path / "data",
        image_ids=["a.png", "b.png"],
        image_embeddings=encoder.encode_text(["a", "b"]),
        image_sizes=np.full((2, 2), 4),
        captions=pd.DataFrame(captions, columns=["image", "caption"]),
        text_embeddings=encoder.encode_text([text for _, text in captions]),
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=tmp_path,
    )
    return tmp_path / "data"


def test_reading_keeps_the_names_of_pictures_that_are_not_there(written: Path) -> None:
    gallery = read_gallery(written)
    assert gallery.missing_pictures == {1: "gone.png", 3: "sub/gone.png"}
    assert [gallery.picture_name(position) for position in range(5)] == [
        "a.png", "gone.png", "b.png", "sub/gone.png", "a.png",
    ]  # fmt: skip
    assert not any(problem.code == "pictures_uncaptioned" for problem in validate(written))


def test_positions_of_names_stay_right_where_text_rows_are_left_out(written: Path) -> None:
    path = written / "aligned_embeddings.npz"
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["text"] = arrays["text"].copy()
    arrays["text"][0] = np.nan
    np.savez(path, **arrays)
    gallery = read_gallery(written)
    assert list(gallery.captions) == ["two", "three", "four", "five"]
    assert gallery.missing_pictures == {0: "gone.png", 2: "sub/gone.png"}
