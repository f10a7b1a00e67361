"""Captions of an audit: those that do not fit come first, and texts at fault are told with their fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from t2i_core.arrays import l2_normalize
from t2i_core.audit import audit
from t2i_core.audit.caption_fit import sibling_fit
from t2i_core.audit.languages import language_of, strangers
from t2i_core.types import Gallery
from tests.core.audit_galleries import caption_frame, textured, unit_rows, write_gallery
from tests.core.small_galleries import ColourEncoder, make_gallery

PLAIN = Image.new("RGB", (6, 4), (90, 90, 90))


def captioned(tmp_path: Path, texts: list[tuple[str, str]]) -> Gallery:
    pictures = {name: PLAIN for name, _ in texts}
    return write_gallery(tmp_path, pictures, captions=caption_frame(texts))


def told(gallery: Gallery, encoder: ColourEncoder | None = None) -> dict[str, str]:
    """Advice on each caption whose text is at fault."""
    report = audit(
        gallery, ("caption_text",), max_pixels=10**6, open_encoder=None if encoder is None else lambda: encoder
    )
    return {str(finding.caption): finding.advice for finding in report.findings}


def described(pictures: int, captions: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of pictures, of captions near them, and whose each caption is."""
    rng = np.random.default_rng(seed)
    images = unit_rows(pictures, seed=seed)
    rows = np.repeat(np.arange(pictures), captions)
    texts = l2_normalize(images[rows] + 0.1 * rng.standard_normal((len(rows), images.shape[1])) + 0.3)
    return images, texts, rows


def test_sibling_fit_is_the_mean_cosine_with_the_others() -> None:
    _, texts, rows = described(4, 3)
    fit = sibling_fit(texts, np.arange(12), rows)
    cosines = texts.astype(np.float64) @ texts.T
    for caption in range(12):
        others = [other for other in range(12) if rows[other] == rows[caption] and other != caption]
        assert fit[caption] == pytest.approx(cosines[caption, others].mean(), abs=1e-6)


@pytest.mark.parametrize("captions", [1, 2, 5])
def test_swapped_captions_come_first_and_every_caption_is_listed(tmp_path: Path, captions: int) -> None:
    images, texts, rows = described(40, captions)
    wrong = [3 * captions, 17 * captions]
    texts[wrong] = texts[wrong[::-1]]
    frame = caption_frame([(f"{row}.png", f"caption {at} of it") for at, row in enumerate(rows.tolist())])
    gallery = write_gallery(
        tmp_path,
        {f"{row}.png": PLAIN for row in range(40)},
        captions=frame,
        image_embeddings=images,
        text_embeddings=texts,
    )
    findings = audit(gallery, ("caption_mismatch",), max_pixels=10**6).findings
    assert len(findings) == 40 * captions
    assert {finding.position for finding in findings[:2]} == set(wrong)
    assert findings[0].severity == "warning"
    assert findings[-1].severity == "note"
    assert findings[0].percentile < 10 < findings[-1].percentile
    assert "fits" in findings[-1].advice


def test_a_single_caption_is_compared_with_its_picture_only_where_one_model_made_both() -> None:
    images, texts, rows = described(30, 1)
    gallery = make_gallery(images, rows.tolist(), texts)  # no manifest: nobody knows
    report = audit(gallery, ("caption_mismatch",), max_pixels=10**6)
    assert report.findings == ()
    assert "30 captions without another" in report.remarks[0]


def test_texts_at_fault_are_told(tmp_path: Path) -> None:
    fine = [(f"{at}.png", f"a dog number {at} runs on the grass with a ball") for at in range(12)]
    faulty = [
        ("0.png", "dog"),
        ("1.png", "!!!"),
        ("2.png", "ein Hund rennt mit einem Ball auf der Wiese"),
        ("3.png", "собака бежит по траве"),
        ("4.png", "Stock photo of a dog, click here to enlarge"),
        ("5.png", "IMG_2041.JPG"),
        ("6.png", "A dog waits at the door"),
        ("7.png", "a dog waits at the door."),
    ]
    advice = told(captioned(tmp_path, fine + faulty))
    assert set(advice) == {text for _, text in faulty}
    assert "single word" in advice["dog"]
    assert "no word" in advice["!!!"]
    assert "German" in advice["ein Hund rennt mit einem Ball auf der Wiese"]
    assert "Cyrillic" in advice["собака бежит по траве"]
    assert "Stock photo" in advice["Stock photo of a dog, click here to enlarge"]
    assert "2 pictures have this caption" in advice["A dog waits at the door"]


def test_empty_captions_are_told_though_reading_leaves_them_out(tmp_path: Path) -> None:
    gallery = captioned(tmp_path, [("a.png", "a dog on the grass"), ("b.png", "a cat on the wall")])
    path = gallery.data_dir / "captions_tokenized.csv"
    path.write_text(path.read_text(encoding="utf-8") + "b.png,\n", encoding="utf-8")
    findings = audit(gallery, ("caption_text",), max_pixels=10**6).findings
    assert [(finding.image_id, finding.caption, finding.severity) for finding in findings] == [("b.png", "", "fatal")]


def test_captions_the_model_cuts_are_told(tmp_path: Path) -> None:
    long = "a very long caption " * 6
    gallery = captioned(tmp_path, [("a.png", "a dog on the grass"), ("b.png", long.strip())])
    advice = told(gallery, ColourEncoder())
    assert list(advice) == [long.strip()]
    assert "long caption a" in advice[long.strip()]
    assert told(gallery) == {}  # 24 words fit, as far as anybody knows without the model


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a man wearing no shirt climbs a steep cliff", ""),
        ("two dogs run on the beach", "English"),
        ("deux chiens courent sur la plage avec une balle", "French"),
        ("dos perros corren en la playa con una pelota", "Spanish"),
        ("due cani corrono sulla spiaggia con una palla", "Italian"),
        ("zwei Hunde rennen mit einem Ball", "German"),
        ("twee honden rennen op het strand met een bal", "Dutch"),
        ("两只狗在海滩上奔跑", "Cjk"),
        ("42", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_dataset_of_two_languages_has_no_strangers() -> None:
    texts = ["two dogs run on the beach"] * 6 + ["zwei Hunde rennen mit einem Ball"] * 4
    assert strangers(texts) == ("English", [])


def test_outliers_and_gaps(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    centres = unit_rows(3, seed=5)
    images = l2_normalize(np.repeat(centres, 40, axis=0) + 0.02 * rng.standard_normal((120, centres.shape[1])))
    images[60] = unit_rows(1, seed=9)[0]
    names = [f"{'web' if at < 40 else 'ours'}/{at:03}.png" for at in range(120)]
    texts = l2_normalize(images[:80] + 0.05 * rng.standard_normal((80, centres.shape[1])))
    texts[70] = -centres.mean(axis=0) / np.linalg.norm(centres.mean(axis=0))
    frame = caption_frame([(names[at], f"caption number {at}") for at in range(80)])
    gallery = write_gallery(
        tmp_path,
        {name: textured(1, (12, 9)) for name in names},
        captions=frame,
        image_embeddings=images,
        text_embeddings=texts,
    )
    findings = audit(gallery, ("outlier", "gap"), max_pixels=10**6).findings
    outliers = [finding for finding in findings if finding.kind == "outlier"]
    assert outliers[0].image_id == names[60]
    assert len(outliers) <= 2
    gaps = [finding for finding in findings if finding.kind == "gap"]
    assert next(gap.caption for gap in gaps if gap.caption is not None) == "caption number 70"
    assert any("hardly a caption" in gap.advice and gap.image_id.startswith("ours/") for gap in gaps)
    assert any("come from web" in gap.advice for gap in gaps)


@pytest.mark.parametrize("pictures", [1, 2, 20])
@pytest.mark.parametrize("captions", [0, 1])
def test_small_datasets_are_audited(tmp_path: Path, pictures: int, captions: int) -> None:
    names = [f"{at}.png" for at in range(pictures)]
    frame: pd.DataFrame | None = (
        caption_frame([(name, f"this is what {name} shows") for name in names]) if captions else None
    )
    gallery = write_gallery(tmp_path, {name: textured(at) for at, name in enumerate(names)}, captions=frame)
    report = audit(gallery, max_pixels=10**6)
    mismatches = [finding for finding in report.findings if finding.kind == "caption_mismatch"]
    assert len(mismatches) == captions * pictures
    assert not [finding for finding in report.findings if finding.kind in ("copy", "leakage", "damaged")]
