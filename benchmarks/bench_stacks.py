"""Stacks: how many planted copies are stacked with their pictures, how many others are, and what measuring takes.

    python benchmarks/bench_stacks.py --images DIR [DIR ...] [--pictures 1010] [--each 100] [--from 0]

Of the first pictures of each folder copies are added, so many of each kind: halved, saved again at quality 30, mirrored, brighter by
a third, cropped by 5, 3 or 8 % on each side or by 10 % on one, cropped by 5 % and mirrored. Told is how many stand in their picture's
stack: of copies, of these with what is proved to be a mirror image or a crop, and of these with what the model finds most alike,
with a Wilson interval of 95 %; and how many pairs of other pictures are stacked, of all there are.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import machine
import numpy as np
from bench_audit import wilson
from PIL import Image, ImageEnhance, ImageOps

from t2i_core.audit.copies import copies_of, crops_of, look_alikes_of, mirrors_of
from t2i_core.audit.material import Material
from t2i_core.building import BuildOptions, build
from t2i_core.dataset import read_gallery
from t2i_core.facets.copies import joined, stacks_of
from t2i_core.facets.keeping import keep_facts
from t2i_core.pictures.images import list_pictures, open_image

MAX_PIXELS = 10**8
# Hundredths of a picture that are cut away: left, above, right, below.
CUTS = {
    "cropped 5": (5, 5, 5, 5), "cropped 3": (3, 3, 3, 3), "cropped 8": (8, 8, 8, 8), "one side 10": (10, 0, 0, 0),
    "crop mirrored": (5, 5, 5, 5),
}  # fmt: skip
KINDS = ("halved", "quality 30", "mirrored", "brighter", *CUTS)


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--pictures", type=int, default=1_010)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--from", dest="first", type=int, default=0, help="leave out so many pictures of each folder")
    arguments = parser.parse_args()
    print(machine.describe())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        planted = plant(folder / "pictures", arguments)
        build(BuildOptions(images_dir=folder / "pictures", data_dir=folder / "data"))
        gallery = read_gallery(folder / "data", folder / "pictures")
        for path in (folder / "data" / ".cache").glob("picture_*"):
            path.unlink()
        begun = time.process_time()
        keep_facts(gallery, max_pixels=MAX_PIXELS)
        print(f"{len(gallery):,} pictures measured and stacked in {time.process_time() - begun:.1f} s of one core")
        material = Material(gallery, max_pixels=MAX_PIXELS)
        copies, mirrors, near = copies_of(material), mirrors_of(material), material.neighbours[1]
        begun = time.process_time()
        proved = joined(copies, mirrors, crops_of(material))
        print(f"crops looked for among {near.size:,} neighbours in {time.process_time() - begun:.1f} s of one core")
        tiers = {"copies": copies, "mirrors, crops": proved, "look-alikes": joined(copies, look_alikes_of(material))}
    rows = gallery.rows_by_id
    for told, of in ((name, stacks_of(pairs, len(gallery))) for name, pairs in tiers.items()):
        for kind in KINDS:
            found = [of[rows[name]] == of[rows[original]] for name, (original, own) in planted.items() if own == kind]
            low, high = wilson(sum(found), len(found))
            print(f"{told:<16} {kind:<13} {sum(found):>4} of {len(found)}  ({low:.1%} to {high:.1%})")
        originals = np.array([of[row] for row, name in enumerate(gallery.image_ids) if name not in planted])
        _, sizes = np.unique(originals, return_counts=True)
        pairs = len(originals) * (len(originals) - 1) // 2
        print(f"{told:<16} other pairs {int((sizes * (sizes - 1) // 2).sum()):>4} of {pairs:,}")
        shown = [name for name in gallery.image_ids if name not in planted]
        for stack in np.unique(originals)[sizes > 1][:20]:
            print("   ", *(name for name, own in zip(shown, originals, strict=True) if own == stack))


def plant(folder: Path, arguments: argparse.Namespace) -> dict[str, tuple[str, str]]:
    """Write the pictures and copies of some; by the name of each copy its original and kind."""
    chosen = list(
        itertools.islice(
            itertools.chain.from_iterable(
                zip(
                    *(
                        [(place, name) for name in list_pictures(place)[arguments.first :]]
                        for place in arguments.images
                    ),
                    strict=False,
                )
            ),
            arguments.pictures,
        )
    )
    folder.mkdir(parents=True)
    planted: dict[str, tuple[str, str]] = {}
    for number, (place, name) in enumerate(chosen):
        image = open_image(place / name, max_pixels=MAX_PIXELS)
        original = f"{number:05d}.jpg"
        image.save(folder / original, quality=92)
        kind = KINDS[number // len(arguments.images) % len(KINDS)]  # each folder has each kind
        if number < arguments.each * len(KINDS):
            copy = f"{number:05d}-copy.jpg"
            altered(image, kind).save(folder / copy, quality=30 if kind == "quality 30" else 92)
            planted[copy] = original, kind
    return planted


def altered(image: Image.Image, kind: str) -> Image.Image:
    width, height = image.size
    if kind == "halved":
        return image.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.LANCZOS)
    if kind in CUTS:
        left, above, right, below = (part / 100 for part in CUTS[kind])
        box = (left * width, above * height, (1 - right) * width, (1 - below) * height)
        image = image.crop(tuple(map(round, box)))  # type: ignore[arg-type]
    if kind in ("mirrored", "crop mirrored"):
        return ImageOps.mirror(image)
    return ImageEnhance.Brightness(image).enhance(1.33) if kind == "brighter" else image


if __name__ == "__main__":
    main()
