"""The background of the bundled model: rows of ImageNet samples and of the demo gallery, with which verdicts compare.

    python -m recipes.mini.background_rows --data SHARED_DATA

Every third of the thousand samples (one a class) is enough; what a background shows is compared, not learnt.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from recipes.mini.source_data import read_pool
from t2i_core.dataset import EMBEDDINGS_NAME, replace_file
from t2i_core.encoder import open_encoder
from t2i_core.pictures.images import open_image
from t2i_core.relevance.background import MINI_BACKGROUND
from t2i_core.types import FloatArray

SAMPLES = "imagenet_samples"
TAKEN = 3  # every third
_MOST_PIXELS = 10_000_000
_BATCH = 32
_DEMO = Path("data") / EMBEDDINGS_NAME


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds pool/")
    arguments = parser.parse_args()
    encoder = open_encoder("mini", device="cpu", float32=True)
    paths = [path for path in read_pool(arguments.data).paths if path.parent.name == SAMPLES][::TAKEN]
    rows = [
        encoder.encode_image(
            [open_image(path, max_pixels=_MOST_PIXELS, name=path.name) for path in paths[at : at + _BATCH]]
        )
        for at in range(0, len(paths), _BATCH)
    ]
    with np.load(_DEMO, allow_pickle=False) as demo:
        write_rows(np.concatenate([*rows, demo["image"]]), weights=encoder.weights_sha256)


def write_rows(rows: FloatArray, *, weights: str) -> None:
    """Write unit rows (B, D) as the background; a byte a number is enough, for rows are scaled to length 1 when read."""
    codes = np.rint(rows * (127 / np.abs(rows).max(axis=1, keepdims=True))).astype(np.int8)
    replace_file(
        MINI_BACKGROUND,
        lambda file: np.savez_compressed(file, allow_pickle=False, rows=codes, weights=np.array(weights)),
    )


if __name__ == "__main__":
    main()
