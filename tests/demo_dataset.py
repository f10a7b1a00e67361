"""A small dataset over some of the demo gallery's pictures, with a tiny model of openai/CLIP's own code.

The pictures' embeddings are fitted to the captions', so that a caption finds its picture although the
weights are random. They are not what the model makes of the pictures, and the app says so.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import write_dataset
from t2i_core.encoder import open_encoder
from t2i_core.pictures.images import picture_size
from tests.core import clip_weights

ROOT = Path(__file__).resolve().parents[1]


def write_checkpoint(path: Path) -> Path:
    """A tiny CLIP with random weights, the same every time."""
    torch.save(clip_weights.tiny_vit(seed=3, dimension=64).state_dict(), path)
    return path


def demo_captions(images: int | None = None) -> pd.DataFrame:
    """Captions of the demo gallery; of an even choice of ``images`` pictures when a number is given."""
    frame = pd.read_csv(ROOT / "data" / "captions_tokenized.csv")
    names = sorted(frame["image"].unique())
    if images is not None:
        names = [names[int(position)] for position in np.linspace(0, len(names) - 1, images)]
    return frame[frame["image"].isin(names)].reset_index(drop=True)


def write_demo_dataset(
    data_dir: Path,
    checkpoint: Path,
    *,
    images: int | None = None,
    images_dir: Path | None = None,
    with_captions: bool = True,
    first_caption: str | None = None,
) -> pd.DataFrame:
    """Write the dataset; the captions it was made from are returned."""
    encoder = open_encoder(str(checkpoint), device="cpu")
    captions = demo_captions(images)
    if first_caption is not None:
        captions.loc[0, "caption"] = first_caption
    folder = images_dir or ROOT / "static" / "images"
    text = encoder.encode_text(captions["caption"].tolist())
    names = sorted(captions["image"].unique())
    belongs = (captions["image"].to_numpy()[:, None] == np.array(names)[None, :]).astype(np.float64)
    wide = text.astype(np.float64)
    ridge = 1e-4 * np.eye(wide.shape[1])
    fitted = np.linalg.solve(wide.T @ wide + ridge, wide.T @ (belongs - belongs.mean(axis=0)))
    write_dataset(
        data_dir,
        image_ids=names,
        image_embeddings=l2_normalize(fitted.T),
        image_sizes=np.array([picture_size(folder / name) for name in names], dtype=np.int64),
        captions=captions if with_captions else None,
        text_embeddings=text if with_captions else None,
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=folder,
    )
    return captions
