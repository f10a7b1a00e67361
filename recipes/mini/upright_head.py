"""The head that tells which way up a picture stands, for the audit's turned pictures.

    python -m recipes.mini.upright_head --data SHARED_DATA --work WORK

5,200 pictures (half of Flickr8k's training photos, half of the sets in more/, without products) are seen in all four ways, at 160 px,
by the smallest backbone of the bundled model, whose weights stay. The head learns to tell the way of each view, and that of the
picture by its four views together, also as in a mirror. Photos that exist at a larger size (flickr8k/display) are no part of it:
the audit is measured on them. 700 pictures are left out to choose on.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.mini_network import FEATURE_CHANNELS
from t2i_core.encoder.upright import (
    HEAD,
    LAST_GRID,
    MIDDLE_CHANNELS,
    MIDDLE_GRID,
    WAYS,
    UprightHead,
    reader_with,
    square,
)
from t2i_core.pictures.images import open_image

SETS = (
    "coco_real", "coco_search_demo", "coco_qa", "unsplash_picsum", "conceptual_captions", "ade20k_descriptions", "concadia",
    "flickr30k_bits",
)  # fmt: skip
EACH = 2_600
LEFT_OUT = 700
MOST_PIXELS = 10_000_000
SMALLEST_SPREAD = 0.05
DROPPED, RATE, DECAY, ROUNDS, BATCH = 0.7, 3e-4, 1.0, 6, 64
EACH_VIEW = 0.15  # of what is learnt from; the rest is the four views together
MIRRORED = (0, 3, 2, 1)  # what is turned to the left is turned to the right in a mirror
Half = npt.NDArray[np.float16]
Lie = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Seen:
    """What the backbone saw of pictures in four ways: last (N, 4, 1280, 3, 3) and middle (N, 4, 112, 5, 5), float16."""

    last: Half
    middle: Half

    def of(self, rows: npt.NDArray[np.int64]) -> list[torch.Tensor]:
        """Both of some pictures, float32."""
        return [torch.from_numpy(part[rows].astype(np.float32)) for part in (self.last, self.middle)]

    def standardised(self, lie: Sequence[Lie]) -> list[torch.Tensor]:
        """Both of all pictures, every channel with mean 0 and spread 1, float16."""
        parts = [torch.empty(part.shape, dtype=torch.float16) for part in (self.last, self.middle)]
        for rows in np.array_split(np.arange(len(self.last)), -(-len(self.last) // 100)):
            for part, maps, (mean, spread) in zip(parts, self.of(rows), lie, strict=True):
                part[rows[0] : rows[-1] + 1] = (maps - mean) / spread
        return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds flickr8k/ and more/")
    parser.add_argument("--work", type=Path, required=True, help="where what the backbone sees is kept, 600 MB")
    parser.add_argument("--out", type=Path, default=HEAD)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    seen = look(chosen_pictures(arguments.data), arguments.work)
    order = np.random.default_rng(1).permutation(len(seen.last))
    right = share_right(train(seen, order[LEFT_OUT:]), seen, order[:LEFT_OUT])
    logging.info("of %d left out, %.1f %% are told to be upright", LEFT_OUT, 100 * right)
    head = train(seen, order)
    save_file({"last": head.last.half(), "middle": head.middle.half(), "bias": head.bias.half()}, arguments.out)


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
        "last": (len(paths), WAYS, FEATURE_CHANNELS, LAST_GRID, LAST_GRID),
        "middle": (len(paths), WAYS, MIDDLE_CHANNELS, MIDDLE_GRID, MIDDLE_GRID),
    }
    files = {name: work / f"{name}.npy" for name in shapes}
    if not all(file.exists() for file in files.values()):
        reader = reader_with(None)
        arrays = {name: np.lib.format.open_memmap(file, "w+", np.float16, shapes[name]) for name, file in files.items()}
        for at, path in enumerate(paths):
            plain = square(open_image(path, max_pixels=MOST_PIXELS, name=path.name))
            with torch.inference_mode():
                last, middle = reader.maps(np.stack([np.rot90(plain, turn) for turn in range(WAYS)]))
            arrays["last"][at], arrays["middle"][at] = last.half().numpy(), middle.half().numpy()
    return Seen(np.load(files["last"], mmap_mode="r"), np.load(files["middle"], mmap_mode="r"))


def train(seen: Seen, rows: npt.NDArray[np.int64]) -> UprightHead:
    """A head that has learnt from some of the pictures."""
    torch.manual_seed(0)
    rng = np.random.default_rng(2)
    lie = [lie_of_channels(maps) for maps in seen.of(rows[:300])]
    views = seen.standardised(lie)
    weights = [torch.zeros(WAYS, *part.shape[2:], requires_grad=True) for part in views]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, ROUNDS * -(-len(rows) // BATCH))
    for _ in range(ROUNDS):
        order = rng.permutation(rows)
        for start in range(0, len(order), BATCH):
            batch = [shown(part[order[start : start + BATCH]].float()) for part in views]
            said = [part.flatten(2) @ own.flatten(1).T for part, own in zip(batch, weights, strict=True)]
            logits = torch.stack(said).sum(0)
            each = F.cross_entropy(logits.flatten(0, 1), torch.arange(WAYS).repeat(len(logits)))
            together = F.cross_entropy(of_pictures(logits), torch.zeros(len(logits), dtype=torch.long))
            optimizer.zero_grad()
            (EACH_VIEW * each + (1 - EACH_VIEW) * together).backward()
            optimizer.step()
            schedule.step()
    return folded([part.detach() for part in weights], lie)


def shown(views: torch.Tensor) -> torch.Tensor:
    """Views without some channels of each picture, and of every second picture those in a mirror."""
    views[1::2] = views[1::2, list(MIRRORED)].flip(-1)
    kept = torch.rand(len(views), 1, views.shape[2], 1, 1) >= DROPPED
    return views * kept / (1 - DROPPED)


def lie_of_channels(maps: torch.Tensor) -> Lie:
    """Mean and spread of every channel."""
    return maps.mean((0, 1, 3, 4), keepdim=True)[0, 0], maps.std((0, 1, 3, 4), keepdim=True)[0, 0] + SMALLEST_SPREAD


def folded(weights: Sequence[torch.Tensor], lie: Sequence[Lie]) -> UprightHead:
    """The head over maps as they are, that says the same of a picture and of its mirror image."""
    both = [(part + part[list(MIRRORED)].flip(-1)) / 2 for part in weights]
    last, middle = (part / spread for part, (_, spread) in zip(both, lie, strict=True))
    biases = [-(part * mean).flatten(1).sum(1) for part, (mean, _) in zip((last, middle), lie, strict=True)]
    return UprightHead(last.contiguous(), middle.contiguous(), torch.stack(biases).sum(0))


def of_pictures(logits: torch.Tensor) -> torch.Tensor:
    """What the four views of each picture say together, as `t2i_core.audit.rotation.ways_together`: (N, 4, 4) to (N, 4)."""
    ways = torch.arange(WAYS)
    return torch.stack([logits[:, view, (ways + view) % WAYS] for view in range(WAYS)]).sum(0)


def share_right(head: UprightHead, seen: Seen, rows: npt.NDArray[np.int64]) -> float:
    """In how many pictures the four views together say that it is upright, as it is."""
    told = []
    for part in np.array_split(rows, 10):
        last, middle = seen.of(part)
        logits = head(last.flatten(0, 1), middle.flatten(0, 1)).view(len(part), WAYS, WAYS)
        told.append(of_pictures(logits).argmax(1) == 0)
    return float(torch.cat(told).float().mean())


if __name__ == "__main__":
    main()
