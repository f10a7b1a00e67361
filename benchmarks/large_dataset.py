"""A made-up dataset of any size, as `build` would leave it, for benchmarks of opening, memory and pages.

    python benchmarks/large_dataset.py --folder DIR [--images 31783] [--no-pictures]

Rows are made up (clusters in the dimension of the bundled model), one caption a picture. The pictures are the bundled ones,
shrunk to 500 pixels as Flickr30k's are, under as many names as there are rows (hard links, so they take no room).
"""

from __future__ import annotations

from pathlib import Path

import machine
import numpy as np
import pandas as pd
from made_up_rows import make_rows
from PIL import Image

from t2i_core.dataset import write_dataset
from t2i_core.encoder import open_encoder
from t2i_core.types import Encoder

WORDS = ("dog", "cat", "boat", "street", "mountain", "child", "red", "small", "old", "runs", "stands", "sleeps")
SIDE = 500


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--images", type=int, default=31_783)
    parser.add_argument("--no-pictures", action="store_true")
    arguments = parser.parse_args()
    write_large_dataset(arguments.folder, arguments.images, open_encoder("mini"), pictures=not arguments.no_pictures)


def write_large_dataset(folder: Path, images: int, encoder: Encoder, *, pictures: bool) -> None:
    """Write the dataset into ``folder/data`` and its pictures, if any, into ``folder/pictures``."""
    rows, _ = make_rows(images, encoder.dimension, queries=1)
    names = [f"{row // 1000:04d}/{row:07d}.jpg" for row in range(images)]
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    sizes = link_pictures(folder / "pictures", names) if pictures else np.full((images, 2), SIDE)
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, len(WORDS), (images, 4))
    captions = [f"a {WORDS[a]} {WORDS[b]} near a {WORDS[c]} {WORDS[d]}" for a, b, c, d in chosen.tolist()]
    write_dataset(
        folder / "data",
        image_ids=names,
        image_embeddings=rows,
        image_sizes=sizes,
        captions=pd.DataFrame({"image": names, "caption": captions}),
        text_embeddings=None,
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=folder / "pictures",
    )


def link_pictures(folder: Path, names: list[str]) -> np.ndarray:
    """The bundled pictures at 500 pixels under these names; their sizes (N, 2)."""
    shrunk, sizes = [], []
    sources = sorted((machine.ROOT / "static" / "images").rglob("*.jpg"))
    for number, source in enumerate(sources):
        path = folder / f"source-{number}.jpg"
        with Image.open(source) as image:
            small = image.convert("RGB")
        small.thumbnail((SIDE, SIDE))
        small.save(path, quality=88)
        shrunk.append(path)
        sizes.append(small.size)
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.hardlink_to(shrunk[number % len(shrunk)])
    for path in shrunk:
        path.unlink()
    return np.array([sizes[number % len(sizes)] for number in range(len(names))])


if __name__ == "__main__":
    main()
