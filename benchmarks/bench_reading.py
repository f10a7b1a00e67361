"""How fast a dataset folder is read and checked, against loading the same two files and checking nothing.

    python benchmarks/bench_reading.py [--pictures 20000] [--captions 5] [--dimension 512] [--rounds 5]

Each figure is the best of the rounds; both ways run in every round, so that a busy machine hurts them alike.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import machine
import numpy as np
import pandas as pd

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import CAPTIONS_NAME, EMBEDDINGS_NAME, read_gallery, write_dataset


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--captions", type=int, default=5, help="for each picture")
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        write(data_dir, arguments.pictures, arguments.captions, arguments.dimension)
        plain, ours = [], []
        for _ in range(arguments.rounds):
            plain.append(machine.seconds(lambda: load(data_dir)))
            ours.append(machine.seconds(lambda: read_gallery(data_dir)))
    print(machine.describe())
    print(
        f"{arguments.pictures:,} pictures, "
        f"{arguments.pictures * arguments.captions:,} captions, D = {arguments.dimension}"
    )
    print(f"np.load and pandas.read_csv  {min(plain):.2f} s")
    print(f"read_gallery                 {min(ours):.2f} s, {min(ours) / min(plain):.1f} times as long")


def write(data_dir: Path, pictures: int, captions: int, dimension: int) -> None:
    """A dataset of random rows."""
    rng = np.random.default_rng(0)
    names = [f"{number:08d}.jpg" for number in range(pictures)]
    rows = l2_normalize(rng.standard_normal((pictures, dimension), dtype=np.float32))
    texts = [f"caption number {number} of this dataset" for number in range(pictures * captions)]
    (data_dir.parent / "images").mkdir(parents=True)
    write_dataset(
        data_dir,
        image_ids=names,
        image_embeddings=rows,
        image_sizes=np.full((pictures, 2), 500),
        captions=pd.DataFrame({"image": np.repeat(names, captions), "caption": texts}),
        text_embeddings=np.repeat(rows, captions, axis=0),
        encoder_id="random",
        weights_sha256="0" * 64,
        preprocessing="none",
        images_dir=data_dir.parent / "images",
    )


def load(data_dir: Path) -> None:
    """Both files in memory, nothing looked at."""
    with np.load(data_dir / EMBEDDINGS_NAME) as stored:
        for name in stored.files:
            stored[name]
    pd.read_csv(data_dir / CAPTIONS_NAME)


if __name__ == "__main__":
    main()
