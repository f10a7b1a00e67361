"""How near a model's quicker numbers come to float32, picture by picture, and how much quicker they are.

    python benchmarks/bench_precision.py [--model mini|random-vit-b32|PATH] [--images DIR ...] [--every N] [--bfloat16]

Every picture of the folders is encoded in float32 (as T2I_FLOAT32=1 does) and as this machine does it by itself, eight at
a time in one thread. Printed are the least and the mean cosine between both, how many pictures lie below 0.999, and
pictures a second of that thread's own time. --bfloat16 computes so even where the CPU has no instructions for it, which
is slow. To see what another CPU would do: ATEN_CPU_CAPABILITY=avx2 or default, ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16 (no AMX).
Texts: the captions of the demo dataset, each different one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import machine
import numpy as np
import torch
from bench_build import RANDOM_VIT, open_model

from t2i_core.encoder import ClipEncoder, mini_adapter, open_encoder, openai_towers
from t2i_core.pictures.images import list_pictures, open_image

PROMISED = 0.999
TOGETHER = 8
MAX_PIXELS = 100_000_000


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--model", default="mini", help=f"what open_encoder takes, or {RANDOM_VIT}")
    parser.add_argument("--images", type=Path, nargs="+", default=[machine.ROOT / "static" / "images"])
    parser.add_argument("--every", type=int, default=1, help="take one picture of so many")
    parser.add_argument("--bfloat16", action="store_true", help="compute in bfloat16 where it is not native, too")
    arguments = parser.parse_args()
    print(machine.describe())
    torch.set_num_threads(1)
    if arguments.bfloat16:
        for module in (mini_adapter, openai_towers):  # each asks by the name it imported
            vars(module)["multiplies_bfloat16"] = lambda: True
    with tempfile.TemporaryDirectory() as folder:
        own = open_model(arguments.model, Path(folder))
        precise = open_encoder(own.model_id, device=own.device, float32=True)
        print(f"{arguments.model} on {own.device}")
        _compare_pictures(own, precise, arguments.images, arguments.every)
        _compare_texts(own, precise)


def _compare_pictures(own: ClipEncoder, precise: ClipEncoder, folders: Sequence[Path], every: int) -> None:
    numbers = own.picture_numbers
    for folder in folders:
        names = list_pictures(folder)[::every]
        cosines: list[float] = []
        seconds = {"float32": 0.0, numbers: 0.0}
        for start in range(0, len(names), TOGETHER):
            opened = [open_image(folder / name, max_pixels=MAX_PIXELS) for name in names[start : start + TOGETHER]]
            squares = np.stack([own.prepare_image(image) for image in opened])
            rows = {}
            for name, encoder in (("float32", precise), (numbers, own)):
                begun = time.thread_time()
                rows[name] = encoder.encode_prepared(squares)
                seconds[name] += time.thread_time() - begun
            cosines += np.einsum("bd,bd->b", rows["float32"].astype(float), rows[numbers].astype(float)).tolist()
        below = sum(cosine < PROMISED for cosine in cosines)
        rates = ", ".join(f"{name} {len(names) / taken:.1f}" for name, taken in seconds.items() if taken)
        print(
            f"  {len(names)} pictures of {folder.name}: {numbers} with float32, cosine at least {min(cosines):.5f} "
            f"({names[int(np.argmin(cosines))]}), mean {np.mean(cosines):.5f}, {below} below {PROMISED}; "
            f"a second of one core: {rates}"
        )


def _compare_texts(own: ClipEncoder, precise: ClipEncoder) -> None:
    from t2i_core.dataset import read_captions

    texts = sorted(set(read_captions(machine.ROOT / "data" / "captions_tokenized.csv").captions))[::4]
    cosines = np.einsum("bd,bd->b", own.encode_text(texts).astype(float), precise.encode_text(texts).astype(float))
    print(f"  {len(texts)} texts: cosine at least {cosines.min():.6f}")


if __name__ == "__main__":
    main()
