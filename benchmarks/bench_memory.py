"""Opening a large dataset: how long it takes, and how much memory the app then holds.

    python benchmarks/bench_memory.py --folder DIR [--images 1000000]

Writes the dataset into DIR once (2 GB a million rows), then opens it in fresh processes: the rows alone, the whole
gallery, and the app itself with 20 searches. Resident memory is told apart: the process's own, and pages of files,
which all processes share and the system may take back.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import machine
import numpy as np

SEARCHES = 20


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--part", choices=("prepare", "rows", "gallery", "app"), help="for its own processes")
    arguments = parser.parse_args()
    data = (arguments.folder / f"large-{arguments.images}" / "data").resolve()
    if arguments.part:
        {"prepare": prepare, "rows": open_rows, "gallery": open_gallery, "app": open_app}[arguments.part](
            data, arguments.images
        )
        return
    print(machine.describe())
    print(f"N {arguments.images:,}, D 512, one caption a picture")
    for part in ("prepare", "rows", "gallery", "app"):
        command = [sys.executable, __file__, "--folder", str(arguments.folder), "--images", str(arguments.images)]
        subprocess.run([*command, "--part", part], check=True, cwd=machine.ROOT)


def prepare(data: Path, images: int) -> None:
    from large_dataset import write_large_dataset

    from t2i_core.dataset import open_codes, read_gallery
    from t2i_core.encoder import open_encoder

    if not (data / "manifest.json").exists():
        write_large_dataset(data.parent, images, open_encoder("mini"), pictures=False)
    started = time.perf_counter()
    gallery = read_gallery(data)
    read = time.perf_counter() - started
    open_codes(gallery)
    print(
        f"  first opening, which makes the store: rows {read:.1f} s, codes {time.perf_counter() - started - read:.1f} s"
    )


def open_rows(data: Path, images: int) -> None:
    from t2i_core.dataset.embeddings_file import read_embeddings

    before, started = resident(), time.perf_counter()
    mapped = read_embeddings(data / "aligned_embeddings.npz", mapped=True)
    assert isinstance(mapped.image, np.memmap) and len(mapped.image) == images
    print(f"  rows alone: {(time.perf_counter() - started) * 1e3:.1f} ms, {resident()[0] - before[0]:.0f} MB more")


def open_gallery(data: Path, images: int) -> None:
    from t2i_core.dataset import read_gallery

    before, started = resident(), time.perf_counter()
    gallery = read_gallery(data)
    assert len(gallery) == images
    print(
        f"  gallery with names and captions: {time.perf_counter() - started:.1f} s, {resident()[0] - before[0]:.0f} MB more"
    )


def open_app(data: Path, images: int) -> None:
    """Serve the app and search as a browser tab does; what its process holds afterwards."""
    from serving import served

    with served(data) as app:
        answers = asyncio.run(search(app.url))
        every, own = app.resident_mb()
    print(
        f"  app after {SEARCHES} searches of {images:,} (slowest after the first {max(answers[1:]):.2f} s): {every:.0f} MB "
        f"resident (floor 1,500, goal 900), of them {own:.0f} MB its own and {every - own:.0f} MB pages of files"
    )


async def search(url: str) -> list[float]:
    """Seconds of each search of one tab; the first waits for the model."""
    from tests.app_session import AppSession

    answers = []
    async with AppSession(url) as session:
        for number in range(SEARCHES):
            started = time.perf_counter()
            await session.search(f"a dog and {number} cats")
            answers.append(time.perf_counter() - started)
    return answers


def resident() -> tuple[float, float, float]:
    """Megabytes this process holds: all, its own, pages of files."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    found = [int(status[name].split()[0]) / 1e3 * 1.024 for name in ("VmRSS", "RssAnon", "RssFile")]
    return found[0], found[1], found[2]


if __name__ == "__main__":
    main()
