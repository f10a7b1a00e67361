"""A made-up dataset of any size on the disk, as `build` would leave it, for benchmarks of opening and memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from bench_search import make_rows

from t2i_core.dataset import write_dataset
from t2i_core.types import Encoder

WORDS = ("dog", "cat", "boat", "street", "mountain", "child", "red", "small", "old", "runs", "stands", "sleeps")


def write_large_dataset(folder: Path, images: int, encoder: Encoder) -> None:
    """A dataset of ``images`` rows in the encoder's dimension, one caption each without an embedding; no pictures."""
    rows, _ = make_rows(images, encoder.dimension, queries=1)
    names = [f"{row // 1000:04d}/{row:07d}.jpg" for row in range(images)]
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, len(WORDS), (images, 4))
    captions = [f"a {WORDS[a]} {WORDS[b]} near a {WORDS[c]} {WORDS[d]}" for a, b, c, d in chosen.tolist()]
    pictures = folder.parent / "no-pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    write_dataset(
        folder,
        image_ids=names,
        image_embeddings=rows,
        image_sizes=np.full((images, 2), 640),
        captions=pd.DataFrame({"image": names, "caption": captions}),
        text_embeddings=None,
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=pictures,
    )
