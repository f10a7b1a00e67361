"""Crops: a picture cut out of another is found, mirrored or not, and what only looks like one is left alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from t2i_core.audit.auditing import audit
from t2i_core.audit.stacking import keep_look_alikes
from t2i_core.dataset.kept_file import kept_path
from t2i_core.dataset.stacks_file import STACKS_NAME, read_stacks
from t2i_core.engine import SearchEngine
from t2i_core.errors import QueryError
from t2i_core.facets.crops import crop_pairs
from t2i_core.facets.measuring import measure_pictures
from t2i_core.types import Gallery
from tests.core.audit_galleries import textured, unit_rows, write_gallery
from tests.core.facet_galleries import MAX_PIXELS, asked, engine_of

SIZE = (240, 180)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """A picture without those parts of its sides."""
    width, height = image.size
    box = (left * width, top * height, width - right * width, height - bottom * height)
    return image.crop(tuple(map(round, box)))  # type: ignore[arg-type]


def crops_among(gallery: Gallery) -> set[frozenset[str]]:
    """Which pictures of a gallery are told to be crops, of all pairs of them."""
    facts, _ = measure_pictures(gallery, max_pixels=MAX_PIXELS)
    left, right = np.array(list(combinations(range(len(gallery)), 2))).T
    found = crop_pairs(gallery, facts, left, right, max_pixels=MAX_PIXELS)
    names = gallery.image_ids
    return {frozenset((names[one], names[two])) for one, two in zip(found.left, found.right, strict=True)}


CUTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "everywhere": lambda image: cut(image, 0.05, 0.05, 0.05, 0.05),
    "little": lambda image: cut(image, 0.03, 0.03, 0.03, 0.03),
    "much": lambda image: cut(image, 0.1, 0.1, 0.1, 0.1),
    "left": lambda image: cut(image, 0.1, 0, 0, 0),
    "below": lambda image: cut(image, 0, 0, 0, 0.1),
    "mirrored": lambda image: ImageOps.mirror(cut(image, 0.05, 0.05, 0.05, 0.05)),
    "brighter": lambda image: ImageEnhance.Brightness(cut(image, 0.05, 0.05, 0.05, 0.05)).enhance(1.2),
    "halved": lambda image: cut(image, 0.06, 0.04, 0.02, 0.08).resize((110, 79)),
}


def test_whatever_is_cut_out_is_found(tmp_path: Path) -> None:
    pictures = {}
    for seed, (kind, made) in enumerate(CUTS.items()):
        pictures[f"{kind}.png"] = textured(seed, SIZE)
        pictures[f"{kind} cut.jpg"] = made(pictures[f"{kind}.png"])
    gallery = write_gallery(tmp_path, pictures)
    assert crops_among(gallery) == {frozenset((f"{kind}.png", f"{kind} cut.jpg")) for kind in CUTS}
    (gallery.images_dir / "left cut.jpg").unlink()  # one that went since it was measured
    facts, _ = measure_pictures(gallery, max_pixels=MAX_PIXELS)
    (gallery.images_dir / "below cut.jpg").unlink()
    left, right = np.array(list(combinations(range(len(gallery)), 2))).T
    assert len(crop_pairs(gallery, facts, left, right, max_pixels=MAX_PIXELS)) == len(CUTS) - 2


def test_what_only_looks_like_a_crop_is_not_one(tmp_path: Path) -> None:
    """One scene at two moments, one frame around two pictures, skies, shapes and rugs before white."""
    scene, guest = textured(1, SIZE), textured(2, SIZE)
    pictures = {"scene.png": scene}
    for at, left in enumerate((20, 130)):  # somebody walks through it, and the camera moves a little
        moment = scene.copy()
        moment.paste(guest.crop((0, 0, 60, 120)), (left, 40))
        pictures[f"moment {at}.png"] = cut(moment, 0.03 * at, 0.02, 0.02, 0.03 * at)
    for at in range(2):
        framed = textured(3, SIZE)
        framed.paste(textured(4 + at, SIZE).resize((120, 90)), (60, 45))
        pictures[f"framed {at}.png"] = framed
    across, down = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    for at, tilt in enumerate((0.0, 0.2, 0.5)):
        sky = np.repeat((120 + 100 * down + 60 * tilt * across)[..., None], 3, axis=2)
        pictures[f"sky {at}.png"] = Image.fromarray(sky.clip(0, 255).astype(np.uint8))
        shape = Image.new("RGB", SIZE, "white")
        ImageDraw.Draw(shape).ellipse((60 - 9 * at, 40, 180 + 9 * at, 140), fill=(90, 60, 40))
        pictures[f"shape {at}.png"] = shape
        rug = Image.new("RGB", SIZE, "white")  # of one shape, nearer each time, with a pattern of its own
        rug.paste(
            textured(6 + at, SIZE).convert("L").point([60 + level // 8 for level in range(256)]).resize((200, 150)),
            (20, 15),
        )
        pictures[f"rug {at}.png"] = cut(rug, 0.03 * at, 0.03 * at, 0.03 * at, 0.03 * at)
    still = scene.copy()  # the camera stands, and little moves
    still.paste(guest.crop((0, 0, 20, 20)), (100, 90))
    pictures["still.png"] = still
    assert crops_among(write_gallery(tmp_path, pictures)) == set()


def test_crops_are_stacked_and_told_as_look_alikes(tmp_path: Path) -> None:
    pictures = {f"{seed}.png": textured(seed, SIZE) for seed in range(30)}
    pictures["3 cut.jpg"] = CUTS["everywhere"](pictures["3.png"])
    pictures["7 cut.jpg"] = CUTS["mirrored"](pictures["7.png"])
    rows = unit_rows(len(pictures))
    rows[30], rows[31] = rows[3] + 0.2 * rows[5], rows[7] + 0.2 * rows[6]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    gallery = write_gallery(tmp_path, pictures, image_embeddings=rows)
    stacks = keep_look_alikes(gallery, max_pixels=MAX_PIXELS)
    assert stacks.look_alikes is not None
    assert np.flatnonzero(stacks.look_alikes != np.arange(32)).tolist() == [30, 31]
    assert stacks.look_alikes[30:].tolist() == [3, 7]
    assert (stacks.copies == np.arange(32)).all()  # a crop shows less than its picture: it is no copy
    told = audit(gallery, ("look_alike",), max_pixels=MAX_PIXELS).findings
    assert {(finding.image_id, finding.other): "mirrored" in finding.advice for finding in told} == {
        ("3 cut.jpg", "3.png"): False,
        ("7 cut.jpg", "7.png"): True,
    }
    assert all("cut out of one picture" in finding.advice for finding in told)


def test_look_alikes_that_know_no_crops_are_made_again(tmp_path: Path) -> None:
    gallery = write_gallery(tmp_path, {f"{seed}.png": textured(seed) for seed in range(6)})
    made = keep_look_alikes(gallery, max_pixels=MAX_PIXELS)
    path = kept_path(gallery, STACKS_NAME)
    with np.load(path, allow_pickle=False) as kept:
        arrays = dict(kept)
    np.savez(path, allow_pickle=False, **arrays | {"version": np.array(1)})
    older = read_stacks(gallery)
    np.testing.assert_array_equal(older.copies, made.copies)
    assert older.made_of == made.made_of  # copies need not be looked for again
    engine: SearchEngine = engine_of(gallery)
    assert len(asked(engine, top_k=6, stacking="copies").hits) == 6
    with pytest.raises(QueryError, match="index --look-alikes"):
        asked(engine, top_k=6, stacking="look_alikes")
