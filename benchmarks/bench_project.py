"""How fast the project command is against umap-learn alone, each from a cold process, and what both keep.

    python benchmarks/bench_project.py [--pictures 31783] [--dimension 512] [--rounds 1] [--data DIR]

Without ``--data`` the embeddings are made up: 80 groups with a common centre, as CLIP's pictures have. Both ways run in
processes of their own, one after the other, over the same rows. "Kept" is the share of each picture's 15 closest others
that are among its 15 closest on the map; trustworthiness is scikit-learn's, on an even choice of 4,000 pictures.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import machine
import numpy as np

from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.neighbours.graph import nearest_neighbours
from t2i_core.projection import read_projection
from t2i_core.projection.trust import neighbours_kept
from t2i_core.types import FloatArray

SAMPLE = 4_000
ALONE = """
import sys, warnings
import numpy as np
warnings.simplefilter("ignore")
import umap
rows = np.load(sys.argv[1])
np.save(sys.argv[2], umap.UMAP(metric="cosine", random_state=42).fit_transform(rows))
"""


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--pictures", type=int, default=31_783)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a dataset folder instead of made-up embeddings; it is only read")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.data is not None:
            rows = np.asarray(read_gallery(arguments.data).image_embeddings)
        else:
            rows = made_up(arguments.pictures, arguments.dimension)
        write_embeddings(folder / "data", rows)
        np.save(folder / "rows.npy", rows)
        times: dict[str, list[float]] = {"project": [], "umap alone": []}
        project = [sys.executable, "-m", "t2i_core", "project", "--refit", "--data", str(folder / "data")]
        (folder / "alone.py").write_text(ALONE)
        alone = [sys.executable, str(folder / "alone.py"), str(folder / "rows.npy"), str(folder / "alone.npy")]
        for _ in range(arguments.rounds):
            times["project"].append(machine.seconds(lambda: run(project)))
            times["umap alone"].append(machine.seconds(lambda: run(alone)))
        projection = read_projection(read_gallery(folder / "data"))
        assert projection is not None
        tell(rows, {"project": projection.coordinates, "umap alone": np.load(folder / "alone.npy")}, times)


def made_up(pictures: int, dimension: int, seed: int = 0) -> FloatArray:
    """Rows in 80 groups with neighbours of neighbours, and all of them on one side, as CLIP's are."""
    random = np.random.default_rng(seed)
    wide = random.standard_normal((12, dimension))
    centres = 0.8 * wide[random.integers(12, size=80)] + 0.7 * random.standard_normal((80, dimension))
    spread = 0.18 * random.standard_normal((60, dimension))
    rows = random.standard_normal((1, dimension)) + centres[random.integers(80, size=pictures)]
    rows = rows + random.standard_normal((pictures, 60)) @ spread + 0.25 * random.standard_normal((pictures, dimension))
    unit: FloatArray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def write_embeddings(data_dir: Path, rows: FloatArray) -> None:
    # A model that is not there: clusters get numbers, so that no weights are loaded and none of the time is theirs.
    write_dataset(
        data_dir, image_ids=[f"{row:07d}.jpg" for row in range(len(rows))], image_embeddings=rows,
        image_sizes=np.zeros((len(rows), 2), dtype=np.int64), captions=None, text_embeddings=None,
        encoder_id="no model", weights_sha256="0" * 64, preprocessing="none", images_dir=data_dir / "images",
    )  # fmt: skip


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd=machine.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tell(rows: FloatArray, maps: dict[str, FloatArray], times: dict[str, list[float]]) -> None:
    from sklearn.manifold import trustworthiness

    print(machine.describe())
    print(f"N = {len(rows):,}, D = {rows.shape[1]}, {len(times['project'])} rounds, medians")
    _, neighbours = nearest_neighbours(rows, 15)
    chosen = np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(int)
    for name, coordinates in maps.items():
        kept = neighbours_kept(coordinates.astype(np.float32), neighbours).mean()
        trust = trustworthiness(rows[chosen], coordinates[chosen], n_neighbors=15, metric="cosine")
        seconds = statistics.median(times[name])
        print(f"{name:11} {seconds:7.1f} s   kept {kept:.4f}   trustworthiness {trust:.4f}")
    ratios = [alone / own for own, alone in zip(times["project"], times["umap alone"], strict=True)]
    print(f"umap alone ÷ project  {statistics.median(ratios):.2f}   (floor 1.5, goal 3)")


if __name__ == "__main__":
    main()
