"""Decisions about findings: written, taken back, and applied to a new dataset; and the commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from t2i_core import audit as audits
from t2i_core import cli
from t2i_core.audit.fixing import fix
from t2i_core.commands import audit as command
from t2i_core.dataset import read_gallery
from t2i_core.dataset.audit_file import Decision, add_decision, read_decisions, standing, take_back
from t2i_core.dataset.cluster_names_file import (
    GivenName,
    cluster_names_path,
    read_cluster_names,
    write_cluster_names,
)
from t2i_core.dataset.tags_file import read_tag_marks, tags_path
from t2i_core.errors import DatasetError
from t2i_core.marks import tag_pictures
from tests.core.audit_galleries import caption_frame, textured, write_gallery
from tests.core.small_galleries import CAPTIONS, ColourEncoder, save_ours

BOAT, MEADOW = "boats/red.png", "meadow.png"
WHITE_BIRD = Decision(
    "caption_mismatch", "birds/swan.png", "A white bird", "exclude", decided="2026-01-02T03:04:05+00:00"
)
LAKE = Decision("caption_text", "birds/swan.png", "A swan on a lake", "correct", "A swan, on the lake")
NO_BOAT = Decision("dark", BOAT, "", "exclude")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    save_ours(tmp_path / "data")
    return tmp_path / "data"


def test_decisions_are_read_as_they_were_written(data: Path) -> None:
    assert read_decisions(data) == ()
    odd = Decision("caption_mismatch", MEADOW, 'He said "no",\nand left', "not a fault")
    for decision in (WHITE_BIRD, LAKE, odd):
        add_decision(data, decision)
    assert read_decisions(data) == (WHITE_BIRD, LAKE, odd)


def test_the_latest_decision_counts_and_can_be_taken_back(data: Path) -> None:
    kept = Decision("dark", BOAT, "", "keep")
    add_decision(data, NO_BOAT)
    assert standing(add_decision(data, kept)) == {kept.subject: kept}
    assert standing(take_back(data, kept)) == {NO_BOAT.subject: NO_BOAT}
    assert take_back(data, kept) == (NO_BOAT,)
    assert take_back(data, NO_BOAT) == ()


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision("dark", BOAT, "", "perhaps"), "must be one of keep, exclude"),
        (Decision("caption_text", BOAT, "A red boat", "correct", "  "), "corrected by other words"),
        (Decision("caption_text", BOAT, "A red boat", "exclude", "words"), "corrected by other words"),
    ],
)
def test_senseless_decisions_are_refused(data: Path, decision: Decision, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        add_decision(data, decision)
    assert read_decisions(data) == ()


@pytest.mark.parametrize("content", [b"", b"image,caption\na.png,words\n", b"\xff\xfe\x00\xd8\x00"])
def test_a_file_of_something_else_is_refused_and_left(data: Path, content: bytes) -> None:
    (data / "audit.csv").write_bytes(content)
    with pytest.raises(DatasetError, match=r"audit\.csv"):
        add_decision(data, NO_BOAT)
    assert (data / "audit.csv").read_bytes() == content


def test_fix_leaves_out_and_corrects_and_changes_nothing_here(data: Path, tmp_path: Path) -> None:
    kept = Decision("outlier", MEADOW, "", "not a fault")
    for decision in (WHITE_BIRD, LAKE, NO_BOAT, kept, Decision("dark", "gone.png", "", "exclude")):
        add_decision(data, decision)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    gallery = read_gallery(data)
    encoder = ColourEncoder()
    fixed = fix(gallery, tmp_path / "fixed", open_encoder=lambda: encoder)
    assert (fixed.images, fixed.captions) == (3, 4)
    assert fixed.images_excluded == (BOAT,)
    assert (fixed.captions_excluded, fixed.captions_corrected) == (2, 1)
    assert encoder.texts == ["A swan, on the lake"]
    after = read_gallery(tmp_path / "fixed")
    assert list(after.image_ids) == [name for name in gallery.image_ids if name != BOAT]
    assert list(after.captions) == [
        "A swan, on the lake",
        "A blue boat",
        "A boat at night",
        "Green grass, seen from afar",
    ]
    assert after.images_dir == gallery.images_dir
    assert after.manifest is not None
    np.testing.assert_array_equal(after.text_embeddings, ColourEncoder().encode_text(after.captions))
    for name in after.image_ids:
        np.testing.assert_array_equal(
            after.image_embeddings[after.rows_by_id[name]], gallery.image_embeddings[gallery.rows_by_id[name]]
        )
    assert read_decisions(tmp_path / "fixed") == (kept,)
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()} == before
    assert (gallery.images_dir / BOAT).exists()


def test_fix_takes_tags_over_but_for_pictures_left_out(data: Path, tmp_path: Path) -> None:
    add_decision(data, NO_BOAT)
    tag_pictures(data, [MEADOW, "gone.png"], add=["keep"], when="2026-01-02T03:04:05+00:00")
    tag_pictures(data, [BOAT], add=["keep", "boats"])
    before = tags_path(data).read_bytes()
    fixed = fix(read_gallery(data), tmp_path / "fixed", open_encoder=ColourEncoder)
    assert fixed.images_excluded == (BOAT,)
    assert read_tag_marks(tmp_path / "fixed") == tuple(
        mark for mark in read_tag_marks(data) if mark.image_id in {MEADOW, "gone.png"}
    )
    assert len(read_tag_marks(tmp_path / "fixed")) == 2
    assert tags_path(data).read_bytes() == before


def test_fix_takes_names_of_clusters_over_but_for_pictures_left_out(data: Path, tmp_path: Path) -> None:
    add_decision(data, NO_BOAT)
    write_cluster_names(data, [GivenName("Boats", (BOAT,)), GivenName("Water", (BOAT, MEADOW, "gone.png"))])
    before = cluster_names_path(data).read_bytes()
    fix(read_gallery(data), tmp_path / "fixed", open_encoder=ColourEncoder)
    assert read_cluster_names(tmp_path / "fixed") == (GivenName("Water", (MEADOW, "gone.png")),)
    assert cluster_names_path(data).read_bytes() == before
    cluster_names_path(data).unlink()
    fix(read_gallery(data), tmp_path / "other", open_encoder=ColourEncoder)
    assert not cluster_names_path(tmp_path / "other").exists()


def test_fix_keeps_the_other_columns_and_which_one_is_read(tmp_path: Path) -> None:
    frame = caption_frame(
        [("a.png", "A DOG!"), ("b.png", "A CAT!")], clean_caption=["a dog", "a cat"], split=["train", "test"]
    )
    gallery = write_gallery(tmp_path, {"a.png": textured(1), "b.png": textured(2)}, captions=frame)
    assert list(gallery.captions) == ["a dog", "a cat"]
    add_decision(gallery.data_dir, Decision("dark", "a.png", "", "exclude"))
    fix(gallery, tmp_path / "out", open_encoder=ColourEncoder)
    after = read_gallery(tmp_path / "out")
    assert list(after.captions) == ["a cat"]
    assert dict(after.caption_columns) == {"caption": ("A CAT!",), "split": ("test",)}


def test_fix_refuses_what_it_cannot_do(data: Path, tmp_path: Path) -> None:
    gallery = read_gallery(data)

    def no_model() -> ColourEncoder:
        raise AssertionError("nothing is to be encoded")

    with pytest.raises(DatasetError, match="exclude or correct"):
        fix(gallery, tmp_path / "out", open_encoder=no_model)
    add_decision(data, NO_BOAT)
    with pytest.raises(DatasetError, match="a folder of its own"):
        fix(gallery, data, open_encoder=no_model)
    for name in gallery.image_ids:
        add_decision(data, Decision("dark", name, "", "exclude"))
    with pytest.raises(DatasetError, match="at least one picture"):
        fix(gallery, tmp_path / "out", open_encoder=no_model)
    assert not (tmp_path / "out").exists()


def test_the_command_names_the_kinds_of_the_core() -> None:
    assert command.KINDS == audits.KINDS
    assert sorted(kind for check in audits.CHECKS for kind in check.kinds) == sorted(audits.KINDS)


def test_the_command_prints_findings_in_order(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["audit", "--data", str(data), "--only", "caption_mismatch", "--only", "caption_text", "low_information"]
    files = ["--csv", str(tmp_path / "f.csv"), "--files", str(tmp_path / "f.txt")]
    assert cli.main([*asked, *files, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert list(record) == ["findings"]
    findings = record["findings"]
    assert [one["kind"] for one in findings].count("caption_mismatch") == len(CAPTIONS)
    for one in findings:
        keys = {"kind", "severity", "image_id", "value", "percentile", "advice"}
        assert set(one) == (keys if one["kind"] == "low_information" else keys | {"caption"})
    assert {one["image_id"] for one in findings if one["kind"] == "low_information"} == set(
        read_gallery(data).image_ids
    )
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        assert [row["kind"] for row in csv.DictReader(file)] == [one["kind"] for one in findings]
    assert sorted((tmp_path / "f.txt").read_text(encoding="utf-8").split()) == sorted(
        {one["image_id"] for one in findings}
    )
    assert cli.main([*asked, "--top", "2", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == findings[:2]
    assert cli.main(asked) == 0
    assert "low_information" in capsys.readouterr().out


def test_the_command_fixes(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_decision(data, NO_BOAT)
    out = tmp_path / "fixed"
    assert cli.main(["fix", "--data", str(data), "--out", str(out), "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images_excluded"] == [BOAT]
    assert record["images"] == len(read_gallery(out)) == 3
    assert cli.main(["fix", "--data", str(data), "--out", str(out)]) == 1
    assert "a folder of its own" in capsys.readouterr().err
