"""Pictures of an audit: faults are found, copies too, and each file is measured once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from t2i_core.audit import Finding, audit, rotation
from t2i_core.dataset.facts_file import facts_path, read_facts
from t2i_core.facets import measuring
from t2i_core.facets.copies import near_hashes
from t2i_core.pictures.facts import hashes, measure
from t2i_core.types import FloatArray, Gallery
from tests import demo_dataset
from tests.core.audit_galleries import SIZE, caption_frame, textured, unit_rows, write_gallery
from tests.core.small_galleries import ColourEncoder

MAX_PIXELS = 10**7
PICTURE_KINDS = ("dark", "light", "blurred", "low_information", "odd_shape", "odd_size", "damaged")


def found(gallery: Gallery, *kinds: str) -> list[Finding]:
    return list(audit(gallery, kinds, max_pixels=MAX_PIXELS).findings)


def names(findings: list[Finding], kind: str) -> set[str]:
    return {finding.image_id for finding in findings if finding.kind == kind}


def test_each_fault_of_a_picture_is_found_and_nothing_else(tmp_path: Path) -> None:
    pictures = {f"fine{seed}.png": textured(seed) for seed in range(12)}
    pictures["dark.png"] = ImageEnhance.Brightness(textured(20)).enhance(0.2)
    pictures["light.png"] = Image.eval(textured(21), lambda level: 250 + level // 60)
    pictures["blurred.png"] = textured(22).filter(ImageFilter.GaussianBlur(6))
    pictures["softer.png"] = textured(23).filter(ImageFilter.GaussianBlur(2))
    pictures["plain.png"] = Image.new("RGB", SIZE, (120, 130, 140))
    pictures["banner.png"] = textured(24, (216, 33))
    pictures["tiny.png"] = textured(25, (24, 18))
    gallery = write_gallery(tmp_path, pictures | {"broken.png": textured(26)})
    (gallery.images_dir / "broken.png").write_bytes((gallery.images_dir / "broken.png").read_bytes()[:900])
    findings = found(gallery, *PICTURE_KINDS)
    expected = {"dark": "dark.png", "light": "light.png", "odd_shape": "banner.png", "damaged": "broken.png"}
    assert {kind: names(findings, kind) for kind in expected} == {kind: {name} for kind, name in expected.items()}
    assert names(findings, "blurred") - {"plain.png"} == {"blurred.png", "softer.png"}
    assert "plain.png" in names(findings, "low_information")
    assert names(findings, "odd_size") >= {"tiny.png"}
    fine = {name for name in pictures if name.startswith("fine")}
    assert not fine & {finding.image_id for finding in findings}
    assert findings[0].kind == "damaged"
    assert findings[0].severity == "fatal"
    for finding in findings:
        assert finding.advice
        assert 0.0 <= finding.percentile <= 100.0


def test_a_grey_picture_is_no_richer_than_its_one_channel() -> None:
    grey = textured(1).convert("L")
    assert measure(grey.convert("RGB")).entropy == pytest.approx(grey.entropy())
    assert measure(textured(1)).entropy == pytest.approx(textured(1).entropy())


def test_copies_are_found_and_the_better_one_is_kept(tmp_path: Path) -> None:
    pictures = {f"{seed}.png": textured(seed) for seed in range(20)}
    pictures["0 halved.png"] = textured(0).resize((SIZE[0] // 2, SIZE[1] // 2))
    pictures["1 again.jpg"] = textured(1)
    pictures["2 brighter.jpg"] = ImageEnhance.Brightness(textured(2)).enhance(1.15)
    pictures["3 mirrored.jpg"] = textured(3).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    # Two plain pictures have one hash and nothing in common.
    pictures["plain.png"] = Image.new("RGB", SIZE, (200, 10, 10))
    pictures["plain too.png"] = Image.new("RGB", SIZE, (10, 10, 90))
    gallery = write_gallery(tmp_path, pictures)
    copies = found(gallery, "copy")
    assert {(finding.image_id, finding.other) for finding in copies} == {
        ("0 halved.png", "0.png"),
        ("1 again.jpg", "1.png"),
        ("2 brighter.jpg", "2.png"),
    }
    assert all("nearly the same" in finding.advice or "the same pattern" in finding.advice for finding in copies)
    assert [f.image_id for f in found(gallery, "look_alike") if "mirror" in f.advice] == ["3 mirrored.jpg"]


def test_a_group_of_copies_is_told_once_a_picture_but_the_best(tmp_path: Path) -> None:
    pictures = {f"{seed}.png": textured(seed) for seed in range(8)}
    pictures["small.png"] = textured(3).resize((48, 36))
    pictures["large.png"] = textured(3).resize((192, 144))
    copies = found(write_gallery(tmp_path, pictures), "copy")
    assert sorted((finding.image_id, finding.other) for finding in copies) == [
        ("3.png", "large.png"),
        ("small.png", "large.png"),
    ]


def test_equal_embeddings_are_copies_without_the_files(tmp_path: Path) -> None:
    rows = unit_rows(30)
    rows[7] = rows[2]
    gallery = write_gallery(tmp_path, {f"{at}.png": textured(at) for at in range(30)}, image_embeddings=rows)
    for path in gallery.images_dir.iterdir():
        path.unlink()
    report = audit(gallery, ("copy", "dark"), max_pixels=MAX_PIXELS)
    assert [(finding.image_id, finding.other) for finding in report.findings] == [("7.png", "2.png")]
    assert any("--images" in remark for remark in report.remarks)


def test_look_alikes_are_the_closest_pairs_of_the_dataset(tmp_path: Path) -> None:
    rows = unit_rows(500)
    rows[11] = 0.999 * rows[4] + 0.04 * rows[5]
    rows[11] /= np.linalg.norm(rows[11])
    gallery = write_gallery(
        tmp_path, {f"{at:03}.png": textured(at, (24, 18)) for at in range(500)}, image_embeddings=rows
    )
    alike = found(gallery, "look_alike")
    assert {alike[0].image_id, alike[0].other} == {"004.png", "011.png"}
    assert len(alike) == 1  # a hundred-thousandth of 124,750 pairs
    assert alike[0].percentile == pytest.approx(100.0)


@pytest.mark.parametrize("by_column", [True, False])
def test_leakage_is_told_of_what_is_trained_on(tmp_path: Path, by_column: bool) -> None:
    folders = ("", "") if by_column else ("train/", "test/")
    pictures = {f"{folders[0]}{seed}.png": textured(seed) for seed in range(20)}
    pictures[f"{folders[1]}copy.png"] = textured(4).resize((48, 36))
    pictures[f"{folders[0]}other copy.png"] = textured(5).resize((48, 36))
    captions = caption_frame(
        [(name, f"words of {name}") for name in pictures],
        **(
            {"split": ["test" if "copy" in name and "other" not in name else "train" for name in pictures]}
            if by_column
            else {}
        ),
    )
    leaks = found(write_gallery(tmp_path, pictures, captions=captions), "leakage")
    assert [(leak.image_id, leak.other) for leak in leaks] == [(f"{folders[0]}4.png", f"{folders[1]}copy.png")]
    assert "Leave it out of train" in leaks[0].advice


def test_without_splits_nothing_leaks(tmp_path: Path) -> None:
    pictures = {"a.png": textured(1), "b.png": textured(1).resize((48, 36))}
    assert found(write_gallery(tmp_path, pictures), "leakage") == []


def test_hashes_of_a_mirror_image_are_exchanged() -> None:
    greys = np.random.default_rng(0).uniform(0, 255, (32, 32))
    assert hashes(greys[:, ::-1]) == hashes(greys)[::-1]


def test_near_hashes_finds_every_pair_within_eight_bits() -> None:
    rng = np.random.default_rng(3)
    some = rng.integers(0, 2**63, 40, dtype=np.uint64)
    some[30] = some[2] ^ np.uint64(0b11111111)
    some[31] = some[2] ^ np.uint64(0b111111111)
    left, right, bits = near_hashes(some, some)
    pairs = {(a, b): c for a, b, c in zip(left.tolist(), right.tolist(), bits.tolist(), strict=True)}
    assert pairs == {(2, 30): 8, (30, 31): 1}


def test_each_picture_is_measured_once_and_again_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = write_gallery(tmp_path, {f"{seed}.png": textured(seed) for seed in range(6)})
    measured: list[int] = []
    plain = measuring._measured

    def noted(gallery: Gallery, row: int, max_pixels: int) -> measuring.Measured:
        measured.append(row)
        return plain(gallery, row, max_pixels)

    monkeypatch.setattr(measuring, "_measured", noted)
    found(gallery, "dark")
    assert sorted(measured) == list(range(6))
    Image.new("RGB", SIZE).save(gallery.images_dir / "3.png")
    assert names(found(gallery, "dark"), "dark") == {"3.png"}
    assert measured[6:] == [3]
    facts_path(gallery).write_bytes(b"no npz")
    assert not read_facts(gallery).decoded.any()
    found(gallery, "dark")
    assert len(measured) == 13


def test_an_audit_that_is_stopped_keeps_what_it_measured(tmp_path: Path) -> None:
    gallery = write_gallery(tmp_path, {f"{seed}.png": textured(seed) for seed in range(6)})

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "pictures" and done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(gallery, ("dark",), max_pixels=MAX_PIXELS, on_progress=stop)
    assert np.count_nonzero(read_facts(gallery).decoded) == 4


def test_a_picture_with_too_many_pixels_is_told_as_it_is_refused(tmp_path: Path) -> None:
    gallery = write_gallery(tmp_path, {"a.png": textured(1), "b.png": textured(2, (300, 300))})
    [finding] = audit(gallery, ("damaged",), max_pixels=10_000).findings
    assert finding.image_id == "b.png"
    assert "at most 10,000 pixels" in finding.advice


class GravityReader:
    """Takes pictures for upright whose light is above; notes how many views it looked at."""

    def __init__(self) -> None:
        self.looked = 0

    def logits(self, squares: npt.NDArray[np.uint8]) -> FloatArray:
        self.looked += len(squares)
        half = squares.shape[1] // 2
        sides = (
            squares[:, :half],
            squares[:, :, :half],
            squares[:, half:],
            squares[:, :, half:],
        )  # as it is turned to the left
        logits: FloatArray = np.stack(
            [side.mean((1, 2, 3)) / 10 for side in sides], axis=1, dtype=np.float32, casting="same_kind"
        )
        return logits


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> GravityReader:
    found = GravityReader()
    monkeypatch.setattr(rotation, "open_reader", lambda: found)
    return found


def landscape(seed: int) -> Image.Image:
    light = np.linspace(230, 30, 48)[:, None] + np.random.default_rng(seed).normal(0, 25, (48, 48))
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).convert("RGB")


def rotated(gallery: Gallery, opened: Callable[[], ColourEncoder] | None = ColourEncoder) -> dict[str, str]:
    report = audit(gallery, ("rotated",), max_pixels=MAX_PIXELS, open_encoder=opened)
    return {finding.image_id: finding.advice for finding in report.findings}


def test_turned_pictures_are_told_with_the_way_to_turn_them(tmp_path: Path, reader: GravityReader) -> None:
    pictures = {f"{seed:03}.png": landscape(seed) for seed in range(120)}
    turned = {
        "007.png": (Image.Transpose.ROTATE_270, "to the left"),
        "100.png": (Image.Transpose.ROTATE_180, "upside down"),
    }
    pictures |= {name: pictures[name].transpose(how) for name, (how, _) in turned.items()}
    gallery = write_gallery(tmp_path, pictures)
    assert rotated(gallery, None) == {}
    advice = rotated(gallery)
    assert set(advice) == set(turned)
    assert all(said in advice[name] for name, (_, said) in turned.items())
    assert rotated(gallery, None) == advice  # kept beside the dataset


def test_each_picture_is_turned_once_and_again_when_its_file_changes(tmp_path: Path, reader: GravityReader) -> None:
    pictures = {f"{seed}.png": landscape(seed) for seed in range(6)}
    gallery = write_gallery(tmp_path, pictures)
    assert rotated(gallery) == {} and reader.looked == 6 * 4
    landscape(3).transpose(Image.Transpose.ROTATE_180).save(gallery.images_dir / "3.png")
    assert set(rotated(gallery)) == {"3.png"} and reader.looked == 7 * 4
    rebuilt = write_gallery(tmp_path, pictures | {"new.png": landscape(9)}, image_embeddings=unit_rows(7, seed=5))
    for name in pictures:  # the same files, written anew with other times
        os.utime(rebuilt.images_dir / name, ns=(1, 1))
    looked = reader.looked
    rotated(rebuilt)
    os.utime(rebuilt.images_dir / "new.png", ns=(2, 2))
    assert reader.looked == looked + 7 * 4
    rotated(rebuilt)
    assert reader.looked == looked + 8 * 4


def test_of_many_pictures_those_are_turned_that_look_least_upright(
    tmp_path: Path, reader: GravityReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "MOST_TURNED", 3)
    pictures = {f"{seed}.png": landscape(seed) for seed in range(9)}
    pictures["4.png"] = pictures["4.png"].transpose(Image.Transpose.ROTATE_180)
    gallery = write_gallery(tmp_path, pictures)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "turned pictures":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(gallery, ("rotated",), max_pixels=MAX_PIXELS, open_encoder=ColourEncoder, on_progress=stop)
    assert reader.looked == 9
    assert set(rotated(gallery)) == {"4.png"} and reader.looked == 9 + 3 * 3  # what was looked at was kept


def test_the_bundled_reader_finds_the_upright_way_of_pictures_it_never_saw() -> None:
    from t2i_core.encoder.upright import SIDE, open_upright, square

    folder = demo_dataset.ROOT / "static" / "images"
    names = sorted(folder.rglob("*.jpg"))[::24]
    squares = [square(Image.open(path)) for path in names]
    assert squares[0].shape == (SIDE, SIDE, 3) and len(names) >= 10
    logits = np.stack([open_upright().logits(np.stack([np.rot90(one, turn) for turn in range(4)])) for one in squares])
    scores = rotation.ways_together(logits)
    # Close-ups of things and paintings stand every way up; guessing finds a quarter.
    assert (scores.argmax(axis=1) == 0).mean() >= 0.6
    turned, upright = (rotation.gains(one) for one in (scores[:, [1, 0, 2, 3]], scores))
    assert np.median(turned) > rotation.TOLD_FROM > np.median(upright) + 5
