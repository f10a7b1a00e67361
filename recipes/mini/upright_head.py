"""The head that tells which way up a picture stands, for the audit's turned pictures.

    python -m recipes.mini.upright_head --data SHARED_DATA --work WORK

5,200 pictures (half of Flickr8k's training photos, half of the sets in more/, without products) are seen in all four ways, at 160 px,
by the smallest backbone of the bundled model, whose weights stay. A linear head over where its maps see what learns to give
the upright way the highest of the four scores. Photos that exist at a larger size (flickr8k/display) are no part of it: the audit
is measured on them. One picture in seven is left out to choose on.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.upright import HEAD, LAST_GRID, MIDDLE_CHANNELS, MIDDLE_GRID, bare_reader, square
from t2i_core.pictures.images import open_image

SETS = (
    "coco_real", "coco_search_demo", "coco_qa", "unsplash_picsum", "conceptual_captions", "ade20k_descriptions", "concadia",
    "flickr30k_bits",
)  # fmt: skip
EACH = 2_600
LEFT_OUT = 700
LAST_CHANNELS = 1280
MOST_PIXELS = 10_000_000
SMALLEST_SPREAD = 0.05
DROPPED, RATE, DECAY, ROUNDS, BATCH = 0.7, 3e-4, 1.0, 8, 64
Half = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Seen:
    """What the backbone saw of pictures in four ways: last (N, 4, 1280, 3, 3) and middle (N, 4, 112, 5, 5), float16."""

    last: Half
    middle: Half


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds flickr8k/ and more/")
    parser.add_argument("--work", type=Path, required=True, help="where what the backbone sees is kept, 600 MB")
    parser.add_argument("--out", type=Path, default=HEAD)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    seen = look(chosen_pictures(arguments.data), arguments.work)
    order = np.random.default_rng(1).permutation(len(seen.last))
    told = train(seen, order[LEFT_OUT:], judged=order[:LEFT_OUT])
    logging.info("of %d left out, %.1f %% have the upright way's score highest", LEFT_OUT, 100 * told[1])
    weights, _ = train(seen, order)
    last, middle = weights[: LAST_CHANNELS * LAST_GRID**2], weights[LAST_CHANNELS * LAST_GRID**2 :]
    head = {
        "last": last.view(LAST_CHANNELS, LAST_GRID, LAST_GRID).half(),
        "middle": middle.view(MIDDLE_CHANNELS, MIDDLE_GRID, MIDDLE_GRID).half(),
    }
    save_file(head, arguments.out)


def chosen_pictures(data: Path) -> list[Path]:
    """Pictures of both kinds in turn."""
    rng = np.random.default_rng(5)
    reported = {path.name for path in (data / "flickr8k" / "display").glob("*.jpg")}
    flickr = [path for path in sorted((data / "flickr8k" / "train_160").glob("*.jpg")) if path.name not in reported]
    more = [path for name in SETS for path in sorted((data / "more" / name / "images").glob("*.jpg"))]
    one, other = ([paths[at] for at in rng.permutation(len(paths))[:EACH].tolist()] for paths in (flickr, more))
    return [path for pair in zip(one, other, strict=True) for path in pair]


def look(paths: list[Path], work: Path) -> Seen:
    """See every picture in four ways; what is in ``work`` already is taken from there."""
    shapes = {
        "last": (len(paths), 4, LAST_CHANNELS, LAST_GRID, LAST_GRID),
        "middle": (len(paths), 4, MIDDLE_CHANNELS, MIDDLE_GRID, MIDDLE_GRID),
    }
    files = {name: work / f"{name}.npy" for name in shapes}
    if not all(file.exists() for file in files.values()):
        reader = bare_reader()
        arrays = {name: np.lib.format.open_memmap(file, "w+", np.float16, shapes[name]) for name, file in files.items()}
        for at, path in enumerate(paths):
            plain = square(open_image(path, max_pixels=MOST_PIXELS, name=path.name))
            with torch.inference_mode():
                last, middle = reader.maps(np.stack([np.rot90(plain, turn) for turn in range(4)]))
            arrays["last"][at] = F.adaptive_avg_pool2d(last, LAST_GRID).half().numpy()
            arrays["middle"][at] = F.adaptive_avg_pool2d(middle, MIDDLE_GRID).half().numpy()
    return Seen(np.load(files["last"], mmap_mode="r"), np.load(files["middle"], mmap_mode="r"))


def train(seen: Seen, rows: np.ndarray, *, judged: np.ndarray | None = None) -> tuple[torch.Tensor, float]:
    """Weights of the head, and in how many of the pictures that are ``judged`` the upright way's score is the highest."""
    torch.manual_seed(0)
    rng = np.random.default_rng(2)
    inputs, scale = standardised(seen)
    weights = torch.zeros(inputs.shape[2], requires_grad=True)
    optimizer = torch.optim.AdamW([weights], lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, ROUNDS * -(-len(rows) // BATCH))
    for _ in range(ROUNDS):
        order = rng.permutation(rows)
        for start in range(0, len(order), BATCH):
            batch = inputs[order[start : start + BATCH]].float()
            kept = (torch.rand(len(batch), 1, batch.shape[2]) > DROPPED) / (1 - DROPPED)
            loss = F.cross_entropy((batch * kept) @ weights, torch.zeros(len(batch), dtype=torch.long))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    found = weights.detach()
    right = np.nan if judged is None else float(((inputs[judged].float() @ found).argmax(1) == 0).float().mean())
    return found / scale, right


def standardised(seen: Seen) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs (N, 4, F), float16, each channel to mean 0 and spread 1, and the spread of each input (F,)."""
    parts, scales = [], []
    for array in (seen.last, seen.middle):
        some = array[:300].astype(np.float32)
        middle, spread = some.mean((0, 1, 3, 4)), some.std((0, 1, 3, 4)) + SMALLEST_SPREAD
        room = np.empty(array.shape, dtype=np.float16)
        for start in range(0, len(array), 100):
            part = array[start : start + 100].astype(np.float32)
            room[start : start + 100] = (part - middle[:, None, None]) / spread[:, None, None]
        parts.append(torch.from_numpy(room.reshape(len(room), 4, -1)))
        scales.append(torch.from_numpy(np.repeat(spread, array.shape[3] * array.shape[4])))
    return torch.cat(parts, dim=2), torch.cat(scales)


if __name__ == "__main__":
    main()
