"""Small datasets and an encoder without a network, for tests of everything around the model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from t2i_core.dataset import write_dataset
from t2i_core.types import FloatArray, Gallery, Manifest

DIMENSION = 8
COLOURS = {
    "birds/swan.png": (250, 250, 250),
    "boats/red.png": (220, 20, 20),
    "boats/blue.png": (20, 20, 220),
    "meadow.png": (30, 200, 40),
}
CAPTIONS = (
    ("birds/swan.png", "A swan on a lake"),
    ("birds/swan.png", "A white bird"),
    ("boats/red.png", "A red boat"),
    ("boats/blue.png", "A blue boat"),
    ("boats/blue.png", "A boat at night"),
    ("meadow.png", "Green grass, seen from afar"),
)


class ColourEncoder:
    """Unit rows from a hash of the text, or of the picture's colour; reads at most five words."""

    preprocessing = "colour"
    device = "cpu"

    def __init__(self, model_id: str = "colours", *, dimension: int = DIMENSION, salt: str = "") -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.weights_sha256 = hashlib.sha256(f"{model_id}{salt}".encode()).hexdigest()
        self.texts: list[str] = []

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        return np.stack([self._row(" ".join(text.split()[:5])) for text in texts])

    def encode_image(self, images: Sequence[Image.Image]) -> FloatArray:
        return np.stack([self._row(str(image.resize((1, 1)).getpixel((0, 0)))) for image in images])

    def cut_text(self, text: str) -> str | None:
        words = text.split()
        return " ".join(words[:5]) if len(words) > 5 else None

    def _row(self, content: str) -> FloatArray:
        digest = hashlib.sha256(f"{self.weights_sha256}{content}".encode()).digest()
        row = np.random.default_rng(list(digest)).standard_normal(self.dimension)
        return (row / np.linalg.norm(row)).astype(np.float32)


def save_pictures(images_dir: Path, colours: dict[str, tuple[int, int, int]] | None = None) -> Path:
    """One-coloured pictures of 6 by 4 pixels."""
    for name, colour in (COLOURS if colours is None else colours).items():
        path = images_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 4), colour).save(path)
    return images_dir


def encode_pictures(encoder: ColourEncoder, names: Sequence[str]) -> FloatArray:
    return encoder.encode_image([Image.new("RGB", (6, 4), COLOURS[name]) for name in names])


def save_ours(folder: Path, encoder: ColourEncoder | None = None, *, captions: bool = True) -> Manifest:
    """A dataset as ``build`` writes it, with its pictures in ``images`` beside it."""
    encoder = encoder or ColourEncoder()
    names = list(COLOURS)
    frame = pd.DataFrame(CAPTIONS, columns=["image", "caption"]) if captions else None
    return write_dataset(
        folder,
        image_ids=names,
        image_embeddings=encode_pictures(encoder, names),
        image_sizes=np.full((len(names), 2), (6, 4)),
        captions=frame,
        text_embeddings=encoder.encode_text([text for _, text in CAPTIONS]) if captions else None,
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=save_pictures(folder.parent / "images"),
    )


def save_original(folder: Path, encoder: ColourEncoder | None = None, *, text: np.ndarray | None = None) -> Path:
    """A dataset as the original project leaves it: one row per caption, bare file names, no manifest."""
    encoder = encoder or ColourEncoder()
    folder.mkdir(parents=True, exist_ok=True)
    save_pictures(folder.parent / "images")
    image = encode_pictures(encoder, [name for name, _ in CAPTIONS])
    text = encoder.encode_text([caption for _, caption in CAPTIONS]) if text is None else text
    np.savez(folder / "aligned_embeddings.npz", image=image, text=text)
    lines = ["image,caption,clean_caption,tokens"]
    lines += [f'{Path(name).name},"{caption.upper()}!","{caption}","[1, 2]"' for name, caption in CAPTIONS]
    (folder / "captions_tokenized.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def make_gallery(
    image_embeddings: np.ndarray,
    caption_rows: Sequence[int] = (),
    text_embeddings: np.ndarray | None = None,
    *,
    manifest: Manifest | None = None,
) -> Gallery:
    """A gallery in memory, with names and captions made of numbers."""
    return Gallery(
        name="numbers",
        data_dir=Path("data"),
        images_dir=Path("images"),
        image_ids=tuple(f"{row}.jpg" for row in range(len(image_embeddings))),
        image_embeddings=np.asarray(image_embeddings, dtype=np.float32),
        captions=tuple(f"caption {position}" for position in range(len(caption_rows))),
        caption_rows=np.array(caption_rows, dtype=np.int64),
        text_embeddings=None if text_embeddings is None else np.asarray(text_embeddings, dtype=np.float32),
        image_sizes=np.zeros((len(image_embeddings), 2), dtype=np.int64),
        key="numbers",
        manifest=manifest,
    )
