"""How fast a build is, against the model alone and against the original way of one picture at a time.

    python benchmarks/bench_build.py --images DIR [--model mini|random-vit-b32|PATH] [--pictures 256] [--rounds 3]

Each round runs the three ways one after another over the same pictures, so that a busy machine hurts
them alike; the figures are medians over the rounds, the ratios medians of each round's ratio.

- forward: ready tensors through the image tower, one batch of 32 after another, torch using all cores;
- cores: ready tensors through the image tower as the build runs it, batches of 8 side
  by side, each on one core: what no build can beat;
- build: `t2i_core.building.build` into an empty folder, reading, decoding, shrinking, encoding, journal
  and all, timed from its first to its last picture;
- one by one: open, preprocess and encode one picture after another in float32.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import machine
import numpy as np
import torch
from PIL import Image

from t2i_core.building import BuildOptions, build
from t2i_core.encoder import ClipEncoder, open_encoder
from t2i_core.encoder.clip_encoder import CORE_BATCH
from t2i_core.encoder.core_workers import CoreWorkers
from t2i_core.encoder.mini_network import load_mini
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.encoder.weight_files import find_weights
from t2i_core.pictures.images import list_pictures, open_image

RANDOM_VIT = "random-vit-b32"


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--model", default="mini", help=f"as for build, or {RANDOM_VIT}: the shapes of ViT-B/32")
    parser.add_argument("--pictures", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch-size", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_model(arguments.model, Path(folder))
        names = list_pictures(arguments.images)[: arguments.pictures]
        images_dir = Path(folder) / "images"
        for name in names:
            (images_dir / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(arguments.images / name, images_dir / name)
        batch_size = arguments.batch_size or encoder.image_batch
        rounds = [measure(encoder, images_dir, names, batch_size, Path(folder)) for _ in range(arguments.rounds)]
    tell(encoder, names, batch_size, rounds)


def open_model(model: str, folder: Path) -> ClipEncoder:
    if model != RANDOM_VIT:
        return open_encoder(model)
    from t2i_core.encoder.openai_clip import clip_model

    torch.manual_seed(0)
    path = folder / "vit-b32.pt"
    torch.save(clip_model.CLIP(512, 224, 12, 768, 32, 77, 49_408, 512, 8, 12).state_dict(), path)
    return open_encoder(str(path))


def measure(
    encoder: ClipEncoder, images_dir: Path, names: list[str], batch_size: int, folder: Path
) -> dict[str, tuple[float, float]]:
    """Pictures a second, and processor seconds a picture, of each way."""
    images = [open_image(images_dir / name, max_pixels=10**9) for name in names]
    squares = np.stack([encoder.prepare_image(image) for image in images])
    del images
    network = encoder._network  # the bare tower: the benchmark's peer, not for other code
    tensors = network.pixel_rule.pixels_of_squares(squares, device=torch.device(encoder.device))

    def forward() -> None:
        with torch.inference_mode():
            for start in range(0, len(tensors), 32):
                network.encode_image(tensors[start : start + 32])
            if encoder.device == "cuda":
                torch.cuda.synchronize()

    parts = [tensors[start : start + CORE_BATCH] for start in range(0, len(tensors), CORE_BATCH)]

    def core(part: torch.Tensor) -> None:
        with torch.inference_mode():
            network.encode_image(part)

    def forward_cores() -> None:
        workers.map(core, parts)

    def one_by_one() -> None:
        for name in few:
            with Image.open(images_dir / name) as image:
                pixels = network.pixel_rule.pixels([image.convert("RGB")], device=torch.device(encoder.device))
            with torch.inference_mode():
                original(pixels)

    few = names[: max(16, len(names) // 8)]
    original = original_tower(encoder)
    original(tensors[:1])
    workers = CoreWorkers()
    workers.map(core, parts[:2])
    with torch.inference_mode():
        network.encode_image(tensors[:32])
    return {
        "forward": timed(forward, len(names)),
        "cores": timed(forward_cores, len(names)),
        "build": timed_build(encoder, images_dir, len(names), batch_size, folder / "data"),
        "one by one": timed(one_by_one, len(few)),
    }


def original_tower(encoder: ClipEncoder) -> Callable[[torch.Tensor], torch.Tensor]:
    """The image tower in float32, as openai/CLIP runs it."""
    network = encoder._network
    if isinstance(network, OpenAINetwork):
        tower: Callable[[torch.Tensor], torch.Tensor] = network.module.encode_image
        return tower
    module, _ = load_mini(find_weights(encoder.model_id, model_dir=None))
    return module.encode_image


def timed(work: Callable[[], None], pictures: int) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return pictures / (time.perf_counter() - wall), (time.process_time() - processor) / pictures


def timed_build(
    encoder: ClipEncoder, images_dir: Path, pictures: int, batch_size: int, data_dir: Path
) -> tuple[float, float]:
    shutil.rmtree(data_dir, ignore_errors=True)
    processor = time.process_time()
    report = build(BuildOptions(images_dir, data_dir, batch_size=batch_size), encoder=encoder)
    assert report.encoded == pictures, report.skipped
    return report.rate, (time.process_time() - processor) / pictures


def tell(encoder: ClipEncoder, names: list[str], batch_size: int, rounds: list[dict[str, tuple[float, float]]]) -> None:
    def median(way: str, which: int) -> float:
        return statistics.median(figures[way][which] for figures in rounds)

    def ratio(way: str) -> float:
        return statistics.median(figures["build"][0] / figures[way][0] for figures in rounds)

    print(machine.describe())
    print(
        f"model: {Path(encoder.model_id).name}, D = {encoder.dimension}, input {encoder.input_size} px; "
        f"N = {len(names)} pictures, batches of {batch_size}, {len(rounds)} rounds"
    )
    for way in ("forward", "cores", "build", "one by one"):
        print(f"{way:11} {median(way, 0):8.1f} pictures/s {1000 * median(way, 1):8.1f} ms of processor a picture")
    print(f"build ÷ forward     {ratio('forward'):.2f}   (floor 0.85, goal 0.95)")
    print(f"build ÷ cores       {ratio('cores'):.2f}   (the same: no build can do more than 1)")
    print(f"build ÷ one by one  {ratio('one by one'):.2f}   (ViT-B/32: floor 2, goal 4)")


if __name__ == "__main__":
    main()
