"""Opening a large dataset: how long it takes, and how much memory the app then holds.

    python benchmarks/bench_memory.py --folder DIR [--images 1000000]

Writes the dataset into DIR once (2 GB a million rows), then opens it in fresh processes: the rows alone, the whole
gallery, and the app itself with 20 searches. Resident memory is told apart: the process's own, and pages of files,
which all processes share and the system may take back.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parents[1]
SEARCHES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--part", choices=("prepare", "rows", "gallery", "app"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    data = (arguments.folder / f"large-{arguments.images}").resolve()
    if arguments.part:
        {"prepare": prepare, "rows": open_rows, "gallery": open_gallery, "app": open_app}[arguments.part](
            data, arguments.images
        )
        return
    print(machine.describe())
    print(f"N {arguments.images:,}, D 512, one caption a picture")
    for part in ("prepare", "rows", "gallery", "app"):
        command = [sys.executable, __file__, "--folder", str(arguments.folder), "--images", str(arguments.images)]
        subprocess.run([*command, "--part", part], check=True, cwd=ROOT)


def prepare(data: Path, images: int) -> None:
    from large_dataset import write_large_dataset

    from t2i_core.dataset import open_codes, read_gallery
    from t2i_core.encoder import open_encoder

    if not (data / "manifest.json").exists():
        write_large_dataset(data, images, open_encoder("mini"))
    started = time.perf_counter()
    gallery = read_gallery(data)
    read = time.perf_counter() - started
    open_codes(gallery)
    print(
        f"  first opening, which makes the store: rows {read:.1f} s, codes {time.perf_counter() - started - read:.1f} s"
    )


def open_rows(data: Path, images: int) -> None:
    from t2i_core.dataset.embeddings_file import list_members
    from t2i_core.dataset.mapped_rows import open_mapped

    before, started = resident(), time.perf_counter()
    mapped = open_mapped(data / "aligned_embeddings.npz", "image", list_members(data / "aligned_embeddings.npz"))
    assert mapped is not None and len(mapped.rows) == images
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
    import os

    from streamlit.testing.v1 import AppTest

    os.environ["T2I_DATA"] = str(data)
    sys.path.insert(0, str(ROOT))
    started = time.perf_counter()
    for number in range(SEARCHES):
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=600)
        app.query_params["q"] = f"a dog and {number} cats"
        app.run()
        while not app.session_state["rankings"]:
            time.sleep(0.5)  # the model is loading, or codes are being opened
            app.run()
        assert not app.exception, app.exception
    total, own, shared = resident()
    print(
        f"  app after {SEARCHES} searches of {images:,} ({time.perf_counter() - started:.0f} s): "
        f"{total:.0f} MB resident, {own:.0f} MB its own, {shared:.0f} MB pages of files"
    )


def resident() -> tuple[float, float, float]:
    """Megabytes this process holds: all, its own, pages of files."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    found = [int(status[name].split()[0]) / 1e3 * 1.024 for name in ("VmRSS", "RssAnon", "RssFile")]
    return found[0], found[1], found[2]


if __name__ == "__main__":
    main()
