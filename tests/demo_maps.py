"""Maps for tests of pages: made without umap, which would compile for seconds, and one of very many pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.encoder import open_encoder
from t2i_core.neighbours.graph import nearest_neighbours, row_prints
from t2i_core.projection import Projection, clusters, write_projection
from t2i_core.projection.layout import pca_layout
from t2i_core.projection.trust import neighbours_kept
from t2i_core.types import FloatArray, Gallery

WITH_FILES = 40


def write_map(data_dir: Path, *, coordinates: FloatArray | None = None, key: str | None = None) -> Projection:
    """A map of the dataset in a folder, laid out by PCA, or as it is told to be."""
    gallery = read_gallery(data_dir)
    projection = flat_projection(gallery, coordinates, key=key)
    write_projection(projection, data_dir)
    return projection


def flat_projection(gallery: Gallery, coordinates: FloatArray | None = None, *, key: str | None = None) -> Projection:
    """A map with everything a map has; without neighbours when its coordinates are given."""
    embeddings = gallery.image_embeddings
    k = min(5, len(gallery) - 1) if coordinates is None else 0
    similarities, neighbours = nearest_neighbours(embeddings, k)
    places = pca_layout(embeddings) if coordinates is None else coordinates
    labels = clusters.find_clusters(embeddings)
    return Projection(
        gallery_key=key or gallery.key,
        dataset_sha256="",
        coordinates=places,
        neighbours=neighbours,
        similarities=similarities,
        trust=neighbours_kept(places, neighbours),
        placed=np.zeros(len(gallery), dtype=np.bool_),
        row_prints=row_prints(embeddings),
        cluster_labels=labels,
        cluster_names=clusters.name_clusters(gallery, labels),
        parameters={"method": "pca", "seed": 42},
    )


def write_large_dataset(data_dir: Path, checkpoint: Path, *, images: int, seed: int = 5) -> Projection:
    """Very many pictures in eighty groups, without captions; the first few have files, and the first lies by itself."""
    random = np.random.default_rng(seed)
    encoder = open_encoder(str(checkpoint), device="cpu")
    names = [f"{row // 1000:03d}/{row:07d}.jpg" for row in range(images)]
    folder = data_dir.parent / f"{data_dir.name} pictures"
    for row, name in enumerate(names[:WITH_FILES]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        colour = tuple(int(one) for one in random.integers(40, 220, 3))
        Image.new("RGB", (320, 200 + row), colour).save(folder / name)
    group = random.integers(80, size=images)
    directions = random.standard_normal((80, encoder.dimension))
    rows = directions[group] + 0.6 * random.standard_normal((images, encoder.dimension))
    write_dataset(
        data_dir,
        image_ids=names,
        image_embeddings=l2_normalize(rows),
        image_sizes=np.full((images, 2), (320, 200), dtype=np.int64),
        captions=None,
        text_embeddings=None,
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=folder,
    )
    places = random.uniform(-0.85, 0.85, (80, 2))[group] + random.normal(0, 0.035, (images, 2))
    places[0] = (0.97, 0.97)
    return write_map(data_dir, coordinates=places.astype(np.float32))
