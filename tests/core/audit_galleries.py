"""Small folders of pictures with known faults, and datasets over them, for tests of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.types import FloatArray, Gallery

DIMENSION = 32
SIZE = (96, 72)


def textured(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture with coarse shapes and sharp detail, like no other of another seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    detail = rng.integers(-60, 60, (size[1] // 3, size[0] // 3)).repeat(3, axis=0).repeat(3, axis=1)[..., None]
    return Image.fromarray(np.clip(np.asarray(coarse, dtype=np.int64) + detail, 0, 255).astype(np.uint8))


def unit_rows(count: int, *, seed: int = 0, dimension: int = DIMENSION) -> FloatArray:
    """Random directions."""
    return l2_normalize(np.random.default_rng(seed).standard_normal((count, dimension)))


def write_gallery(
    folder: Path,
    pictures: Mapping[str, Image.Image],
    *,
    captions: pd.DataFrame | None = None,
    image_embeddings: np.ndarray | None = None,
    text_embeddings: np.ndarray | None = None,
) -> Gallery:
    """A dataset over pictures that are saved as PNG or JPEG by their names; rows are random where none are given."""
    images_dir = folder / "images"
    for name, picture in pictures.items():
        (images_dir / name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(images_dir / name, quality=92)
    texts = text_embeddings if captions is None or text_embeddings is not None else unit_rows(len(captions), seed=1)
    write_dataset(
        folder / "data",
        image_ids=list(pictures),
        image_embeddings=unit_rows(len(pictures)) if image_embeddings is None else image_embeddings,
        image_sizes=np.array([picture.size for picture in pictures.values()]),
        captions=captions,
        text_embeddings=texts if captions is not None else None,
        encoder_id="random",
        weights_sha256="0" * 64,
        preprocessing="none",
        images_dir=images_dir,
    )
    return read_gallery(folder / "data")


def caption_frame(rows: list[tuple[str, str]], **columns: list[str]) -> pd.DataFrame:
    """Captions as a captions file holds them."""
    return pd.DataFrame(rows, columns=["image", "caption"]).assign(**columns)
