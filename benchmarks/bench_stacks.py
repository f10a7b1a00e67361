"""Stacks: how many planted copies are stacked with their pictures, how many others are, and what measuring takes.

    python benchmarks/bench_stacks.py --images DIR [DIR ...] [--pictures 1010] [--each 100]

Of the first pictures of each folder copies are added, so many of each kind: halved, saved again at quality 30, cropped by 5 % on
each side, mirrored, brighter by a third. Told is how many stand in their picture's stack, of copies and of copies and
look-alikes, with a Wilson interval of 95 %; and how many pairs of other pictures are stacked, of all there are.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path

import machine
import numpy as np
from bench_audit import wilson
from PIL import Image, ImageEnhance, ImageOps

from t2i_core.audit.stacking import keep_look_alikes
from t2i_core.building import BuildOptions, build
from t2i_core.dataset import read_gallery
from t2i_core.facets.keeping import keep_facts
from t2i_core.pictures.images import list_pictures, open_image

MAX_PIXELS = 10**8
KINDS = ("halved", "quality 30", "cropped", "mirrored", "brighter")


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--pictures", type=int, default=1_010)
    parser.add_argument("--each", type=int, default=100)
    arguments = parser.parse_args()
    print(machine.describe())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        planted = plant(folder / "pictures", arguments)
        build(BuildOptions(images_dir=folder / "pictures", data_dir=folder / "data"))
        gallery = read_gallery(folder / "data", folder / "pictures")
        for path in (folder / "data" / ".cache").glob("picture_*"):
            path.unlink()
        begun = time.perf_counter()
        keep_facts(gallery, max_pixels=MAX_PIXELS)
        print(f"{len(gallery):,} pictures measured and stacked in {time.perf_counter() - begun:.1f} s")
        stacks = keep_look_alikes(gallery, max_pixels=MAX_PIXELS)
    assert stacks.look_alikes is not None
    rows = gallery.rows_by_id
    for told, of in (("copies", stacks.copies), ("and look-alikes", stacks.look_alikes)):
        for kind in KINDS:
            found = [of[rows[name]] == of[rows[original]] for name, (original, own) in planted.items() if own == kind]
            low, high = wilson(sum(found), len(found))
            print(f"{told:<16} {kind:<11} {sum(found):>4} of {len(found)}  ({low:.1%} to {high:.1%})")
        originals = np.array([of[row] for row, name in enumerate(gallery.image_ids) if name not in planted])
        _, sizes = np.unique(originals, return_counts=True)
        pairs = len(originals) * (len(originals) - 1) // 2
        print(f"{told:<16} other pairs {int((sizes * (sizes - 1) // 2).sum()):>4} of {pairs:,}")
        shown = [name for name in gallery.image_ids if name not in planted]
        for stack in np.unique(originals)[sizes > 1][:20]:
            print("   ", *(name for name, own in zip(shown, originals, strict=True) if own == stack))


def plant(folder: Path, arguments: object) -> dict[str, tuple[str, str]]:
    """Write the pictures and copies of some; by the name of each copy its original and kind."""
    chosen = list(
        itertools.islice(
            itertools.chain.from_iterable(
                zip(*([(place, name) for name in list_pictures(place)] for place in arguments.images), strict=False)  # type: ignore[attr-defined]
            ),
            arguments.pictures,  # type: ignore[attr-defined]
        )
    )
    folder.mkdir(parents=True)
    planted: dict[str, tuple[str, str]] = {}
    for number, (place, name) in enumerate(chosen):
        image = open_image(place / name, max_pixels=MAX_PIXELS)
        original = f"{number:05d}.jpg"
        image.save(folder / original, quality=92)
        kind = KINDS[number % len(KINDS)]
        if number < arguments.each * len(KINDS):  # type: ignore[attr-defined]
            copy = f"{number:05d}-copy.jpg"
            altered(image, kind).save(folder / copy, quality=30 if kind == "quality 30" else 92)
            planted[copy] = original, kind
    return planted


def altered(image: Image.Image, kind: str) -> Image.Image:
    width, height = image.size
    if kind == "halved":
        return image.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.LANCZOS)
    if kind == "cropped":
        return image.crop((width // 20, height // 20, width - width // 20, height - height // 20))
    if kind == "mirrored":
        return ImageOps.mirror(image)
    return ImageEnhance.Brightness(image).enhance(1.33) if kind == "brighter" else image


if __name__ == "__main__":
    main()
