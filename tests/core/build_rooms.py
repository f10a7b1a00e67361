"""A quick encoder and folders to build from. Run as a script it builds, so that a test can kill it.

See `start_build`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.building import BuildOptions, build
from t2i_core.pictures.images import open_image
from t2i_core.types import FloatArray
from tests.core.picture_files import encoded, noise, put

DIMENSION = 16
BATCH = 4


class ColourEncoder:
    """Implements `t2i_core.types.Encoder` without a model: mean colours, and a hash of each text.

    Like a real network it depends in the last bits on which pictures share a batch and on their
    places in it, so that a build that forms other batches after a kill is found out.
    """

    def __init__(self, *, weights: str = "0" * 64, model_id: str = "colours", seconds: float = 0.0) -> None:
        self.weights_sha256, self.model_id, self._seconds = weights, model_id, seconds
        self.dimension, self.preprocessing, self.device = DIMENSION, "mean colours", "cpu"
        self.images_seen: list[int] = []
        self.texts_seen: list[str] = []
        self.largest_side = 0

    def encode_image(self, images: Sequence[Any]) -> FloatArray:
        time.sleep(self._seconds)
        self.images_seen.append(len(images))
        self.largest_side = max([self.largest_side, *(max(image.size) for image in images)])
        rows = np.stack(
            [np.asarray(image.resize((4, 2)), dtype=np.float64).ravel()[:DIMENSION] + 1 for image in images]
        )
        return l2_normalize(rows * (1 + 1e-3 * len(images)) + 1e-2 * np.arange(len(rows))[:, None])

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        time.sleep(self._seconds)
        self.texts_seen += texts
        rows = np.stack([np.frombuffer(hashlib.sha256(text.encode()).digest()[:DIMENSION], np.uint8) for text in texts])
        return l2_normalize(rows + 1.0 + 1e-2 * len(texts))

    def cut_text(self, text: str) -> str | None:
        return text[:80] if len(text) > 80 else None


class Room:
    """A folder of pictures and a folder for the dataset, with a build that counts what it does."""

    def __init__(self, folder: Path) -> None:
        self.images_dir, self.data_dir, self.captions = folder / "images", folder / "data", folder / "captions.csv"
        self.encoder = ColourEncoder()

    def put_pictures(self, number: int, *, first: int = 0) -> list[str]:
        """Different pictures ``a/000.jpg`` and so on."""
        names = [f"{'ab'[index % 2]}/{index:03d}.jpg" for index in range(first, first + number)]
        for name in names:
            put(self.images_dir, name, encoded(noise(48, 36, seed=int(name[2:5])), "JPEG"))
        return sorted(names)

    def put_captions(self, rows: Sequence[tuple[str, str]]) -> Path:
        text = "image,caption\n" + "".join(f'{image},"{caption}"\n' for image, caption in rows)
        self.captions.write_text(text, encoding="utf-8")
        return self.captions

    def options(self, **changes: Any) -> BuildOptions:
        usual: dict[str, Any] = {"images_dir": self.images_dir, "data_dir": self.data_dir, "batch_size": BATCH}
        return BuildOptions(**(usual | changes))

    def build(self, *, on_progress: Any = None, should_stop: Any = None, encoder: Any = None, **changes: Any) -> Any:
        self.encoder.images_seen.clear()
        self.encoder.texts_seen.clear()
        return build(
            self.options(**changes),
            encoder=encoder or self.encoder,
            on_progress=on_progress,
            should_stop=should_stop,
        )

    def arrays(self) -> dict[str, np.ndarray]:
        with np.load(self.data_dir / "aligned_embeddings.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def row(self, image_id: str) -> np.ndarray:
        arrays = self.arrays()
        found: np.ndarray = arrays["image"][arrays["image_ids"].tolist().index(image_id)]
        return found

    def alone(self, image_id: str) -> np.ndarray:
        """What the encoder makes of one picture."""
        image = open_image(self.images_dir / image_id, max_pixels=10**8)
        row: np.ndarray = ColourEncoder().encode_image([image])[0]
        return row


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    """Whether two datasets hold the same arrays, to the last bit."""
    return list(first) == list(second) and all(
        first[name].dtype == second[name].dtype and first[name].tobytes() == second[name].tobytes() for name in first
    )


def say(text: str, *, wait_at: str) -> None:
    """Print what begins now; at ``wait_at`` wait to be killed, or for whoever started this to be gone."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
    if text == wait_at:
        sys.stdin.read()


def start_build(
    images_dir: Path, data_dir: Path, captions: Path, *, wait_at: str = "", seconds: float = 0.0
) -> subprocess.Popen[str]:
    """Build in another process, which prints each step it begins and waits at ``wait_at`` until it is killed."""
    return subprocess.Popen(
        [sys.executable, __file__, images_dir, data_dir, captions, str(seconds), wait_at],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def read_until(process: subprocess.Popen[str], step: str) -> None:
    """Wait until the other process has printed that it begins ``step``."""
    assert process.stdout is not None
    assert any(line.strip() == step for line in process.stdout), step


def kill(process: subprocess.Popen[str]) -> None:
    """End it at once, as a power failure would."""
    process.kill()
    process.communicate()


class SayingEncoder(ColourEncoder):
    """Says when it starts a batch, so that whoever listens can kill it there."""

    wait_at = ""

    def encode_image(self, images: Sequence[Any]) -> FloatArray:
        say(f"pictures {len(self.images_seen)}", wait_at=self.wait_at)
        return super().encode_image(images)

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        say(f"captions {len(self.texts_seen)}", wait_at=self.wait_at)
        return super().encode_text(texts)


if __name__ == "__main__":
    images, data, captions, seconds, SayingEncoder.wait_at = sys.argv[1:]
    build(
        BuildOptions(images_dir=Path(images), data_dir=Path(data), captions=Path(captions), batch_size=BATCH),
        encoder=SayingEncoder(seconds=float(seconds)),
        on_progress=lambda progress: (
            say("writing", wait_at=SayingEncoder.wait_at) if progress.stage == "writing" else None
        ),
    )
