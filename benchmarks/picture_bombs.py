"""What single hostile or huge pictures cost: memory above idle and seconds of a processor, for all that is done with a picture.

    python benchmarks/picture_bombs.py [--only NAME ...] [--json]

Makes each picture in a temporary folder and, in a process of its own, builds from it (for a model that squashes and
for one that crops), searches with it, makes its thumbnail and its large view. Tells the worst of them, or with
which words it is refused. The bound is 600 MB and 5 seconds a picture.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import machine
import numpy as np
from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
COLOURS = {"grey": 0, "rgb": 2, "palette": 3, "grey+alpha": 4, "rgba": 6}
SAMPLES = {"grey": 1, "rgb": 3, "palette": 1, "grey+alpha": 2, "rgba": 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
MEASURED = ("build", "build, cropping", "search", "thumbnail", "large view", "preview")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, colour: str, bits: int, *, value: int = 7, before: bytes = b"", interlaced: bool = False
) -> bytes:
    """A PNG of one value, written without holding it."""
    packer = zlib.compressobj(1)
    parts = []
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    for left, top, across, down in passes:
        columns, rows = max(0, -(-(width - left) // across)), max(0, -(-(height - top) // down))
        if not columns:
            continue
        row = b"\0" + (value.to_bytes(bits // 8 or 1, "big") * (columns * SAMPLES[colour]))
        several = row * max(1, min(rows, (1 << 20) // len(row)))
        most = len(several) // len(row)
        parts += [packer.compress(several[: len(row) * min(most, rows - done)]) for done in range(0, rows, most)]
    parts.append(packer.flush())
    header = struct.pack(">IIBBBBB", width, height, bits, COLOURS[colour], 0, 0, int(interlaced))
    return PNG + chunk(b"IHDR", header) + before + chunk(b"IDAT", b"".join(parts)) + chunk(b"IEND", b"")


def zeros_packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def orientation(value: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)


def many_scans(width: int, height: int, scans: int) -> bytes:
    whole = saved(Image.new("RGB", (width, height), (90, 120, 60)), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"


def twelve_bits() -> bytes:
    whole = bytearray(saved(Image.new("RGB", (640, 480)), "JPEG", progressive=True))
    whole[whole.index(b"\xff\xc2") + 4] = 12
    return bytes(whole)


Tags = Mapping[int, tuple[int, int, bytes | int]]


def tiff(width: int, height: int, tags: Tags, data: bytes = b"") -> bytes:
    """A little-endian TIFF of one directory; a tag's bytes stand behind it."""
    tags = {256: (4, 1, width), 257: (4, 1, height), **tags}
    at = 8 + 2 + 12 * len(tags) + 4
    entries, behind = b"", b""
    for tag, (kind, count, value) in sorted(tags.items()):
        if isinstance(value, bytes):
            entries += struct.pack("<HHII", tag, kind, count, at + len(behind))
            behind += value
        else:
            entries += struct.pack("<HHII", tag, kind, count, value)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + behind + data


GREY_TIFF = {258: (3, 1, 8), 262: (3, 1, 1), 277: (3, 1, 1)}


def giant_tile() -> bytes:
    tags = {**GREY_TIFF, 259: (3, 1, 8), 322: (4, 1, 60_000), 323: (4, 1, 60_000), 324: (4, 1, 200), 325: (4, 1, 4_000)}
    return tiff(100, 100, tags, bytes(100) + zeros_packed(3))


def many_strips() -> bytes:
    count = 2_000_000
    tags: Tags = {
        **GREY_TIFF,
        259: (3, 1, 1),
        278: (4, 1, 1),
        273: (4, count, bytes(4 * count)),
        279: (4, count, bytes(4 * count)),
    }
    return tiff(1, count, tags)


def frames(kind: str, number: int, side: int, **options: object) -> bytes:
    made = [Image.new("RGB", (side, side), (n % 256, 90, 30)) for n in range(number)]
    return saved(made[0], kind, save_all=True, append_images=made[1:], **options)


def gif_comment() -> bytes:
    plain = saved(Image.new("P", (20, 20), 3), "GIF")
    table = 13 + (3 << ((plain[10] & 7) + 1)) if plain[10] & 0x80 else 13
    return plain[:table] + b"!\xfe" + (b"\xff" + bytes(255)) * 100_000 + b"\0" + plain[table:]


def rle_bmp(width: int, height: int) -> bytes:
    rows = (bytes((255, 9)) * (width // 255) + bytes((width % 255, 9, 0, 0))) * height + b"\0\1"
    offset = 14 + 40 + 1024
    head = struct.pack("<2sIHHI", b"BM", offset + len(rows), 0, 0, offset)
    return head + struct.pack("<IiiHHIIIIII", 40, width, height, 1, 8, 1, len(rows), 0, 0, 256, 0) + bytes(1024) + rows


def noisy(width: int, height: int) -> Image.Image:
    small = np.random.default_rng(1).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height))


def float_tiff(kind: str) -> bytes:
    image = Image.new(kind, (10_000, 10_000), 3)
    return saved(image, "TIFF", compression="tiff_adobe_deflate")


def heic() -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return saved(Image.new("RGB", (8_000, 5_000), (90, 120, 60)), "HEIF", quality=30)


BOMBS: dict[str, Callable[[], bytes]] = {
    "grey 16 bits, 100 MP .png": lambda: png(10_000, 10_000, "grey", 16, value=4_000),
    "grey 8 bits, 100 MP .png": lambda: png(10_000, 10_000, "grey", 8),
    "RGB, 100 MP .png": lambda: png(10_000, 10_000, "rgb", 8),
    "RGBA, 100 MP .png": lambda: png(10_000, 10_000, "rgba", 8),
    "RGBA all transparent, 100 MP .png": lambda: png(10_000, 10_000, "rgba", 8, value=0),
    "RGB 12 of 16 bits, 100 MP .png": lambda: png(10_000, 10_000, "rgb", 16, value=4_000),
    "RGB 12 of 16 bits, 24 MP .png": lambda: png(6_000, 4_000, "rgb", 16, value=4_000),
    "grey with alpha, 12 of 16 bits, 64 MP .png": lambda: png(8_000, 8_000, "grey+alpha", 16, value=4_000),
    "palette with transparency, 100 MP .png": lambda: png(
        10_000, 10_000, "palette", 8, before=chunk(b"PLTE", bytes(768)) + chunk(b"tRNS", bytes(range(256)))
    ),
    "interlaced RGB, 100 MP .png": lambda: png(10_000, 10_000, "rgb", 8, interlaced=True),
    "turned RGB, 100 MP .png": lambda: png(10_000, 10_000, "rgb", 8, before=chunk(b"eXIf", orientation(6))),
    "1 x 99,999,999 .png": lambda: png(1, 99_999_999, "rgb", 8),
    "99,999,999 x 1 .png": lambda: png(99_999_999, 1, "rgb", 8),
    "1 x 20,000,000 .png": lambda: png(1, 20_000_000, "rgb", 8),
    "3 x 30,000,000 .png": lambda: png(3, 30_000_000, "grey", 8),
    "1 x 20,000 .png": lambda: png(1, 20_000, "rgb", 8),
    "zTXt of 4 GB .png": lambda: png(
        50, 50, "rgb", 8, before=chunk(b"zTXt", b"workflow\0\0" + zeros_packed(1_000)) * 4
    ),
    "iTXt of 4 GB .png": lambda: png(
        50, 50, "rgb", 8, before=chunk(b"iTXt", b"workflow\0\1\0\0\0" + zeros_packed(1_000)) * 4
    ),
    "profile of 4 GB .png": lambda: png(50, 50, "rgb", 8, before=chunk(b"iCCP", b"x\0\0" + zeros_packed(4_000))),
    "2,000,000 chunks .png": lambda: png(50, 50, "rgb", 8, before=chunk(b"teXt", b"") * 2_000_000),
    "animation of 2,000 frames .png": lambda: frames("PNG", 2_000, 64),
    "progressive 4:4:4, 98 MP .jpg": lambda: saved(noisy(14_000, 7_000), "JPEG", progressive=True, subsampling=0),
    "progressive 4:2:0, 98 MP .jpg": lambda: saved(noisy(14_000, 7_000), "JPEG", progressive=True, quality=50),
    "baseline, turned, 98 MP .jpg": lambda: saved(
        noisy(14_000, 7_000), "JPEG", exif=b"Exif\0\0" + orientation(6), quality=60
    ),
    "CMYK, 98 MP .jpg": lambda: saved(Image.new("CMYK", (14_000, 7_000), (9, 99, 40, 3)), "JPEG"),
    "2,000 scans, 12 MP .jpg": lambda: many_scans(4_000, 3_000, 2_000),
    "2,000 scans, 1 MP .jpg": lambda: many_scans(1_200, 800, 2_000),
    "150 scans, 12 MP .jpg": lambda: many_scans(4_000, 3_000, 150),
    "progressive of 12 bits .jpg": twelve_bits,
    "float, 100 MP .tif": lambda: float_tiff("F"),
    "32 bits, 100 MP .tif": lambda: float_tiff("I"),
    "16 bits, 100 MP .tif": lambda: float_tiff("I;16"),
    "turned RGB, 60 MP .tif": lambda: saved(
        Image.new("RGB", (10_000, 6_000)), "TIFF", compression="tiff_lzw", tiffinfo={274: 6}
    ),
    "turned RGB, 100 MP .tif": lambda: saved(
        Image.new("RGB", (10_000, 10_000)), "TIFF", compression="tiff_lzw", tiffinfo={274: 6}
    ),
    "tile of 3.6 GB .tif": giant_tile,
    "2,000,000 strips .tif": many_strips,
    "2,000 pages .tif": lambda: frames("TIFF", 2_000, 64),
    "100 MP .gif": lambda: saved(Image.new("P", (10_000, 10_000), 3), "GIF"),
    "2,000 frames .gif": lambda: frames("GIF", 2_000, 64),
    "comment of 25 MB .gif": gif_comment,
    "RLE, 100 MP .bmp": lambda: rle_bmp(10_000, 10_000),
    "lossless, 98 MP .webp": lambda: saved(Image.new("RGB", (14_000, 7_000)), "WEBP", lossless=True, quality=0, method=0),
    "lossy, 24 MP .webp": lambda: saved(noisy(6_000, 4_000), "WEBP", method=0),
    "500 frames .webp": lambda: frames("WEBP", 500, 256, method=0),
    "40 MP .avif": lambda: saved(Image.new("RGB", (8_000, 5_000)), "AVIF", speed=10),
    "98 MP .avif": lambda: saved(Image.new("RGB", (14_000, 7_000)), "AVIF", speed=10),
    "40 MP .heic": heic,
}  # fmt: skip


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--only", nargs="+", choices=BOMBS, metavar="NAME", help=", ".join(BOMBS))
    parser.add_argument(
        "--uses", nargs="+", choices=MEASURED, default=MEASURED, metavar="USE", help=", ".join(MEASURED)
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if not arguments.json:
        print(machine.describe())
    with tempfile.TemporaryDirectory() as folder:
        use_all_once(Path(folder), arguments.uses)
        for name in arguments.only or BOMBS:
            path = Path(folder) / f"bomb{Path(name).suffix}"
            found = forked(make, name, path)
            if "died" not in found:
                found = forked(measure, path, arguments.uses)
            found |= {"name": name, "kilobytes": path.stat().st_size // 1024 if path.exists() else 0}
            print(json.dumps(found) if arguments.json else told(found), flush=True)


def forked(work: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
    """What ``work`` tells from a process of its own, which has imported already what this one has; or that it died."""
    apart = multiprocessing.get_context("fork")
    here, there = apart.Pipe(duplex=False)
    process = apart.Process(target=lambda: there.send(work(*given)))
    process.start()
    there.close()
    try:
        found: dict[str, Any] = here.recv()
    except EOFError:
        found = {}
    process.join()
    return found if process.exitcode == 0 else {"died": process.exitcode}


def make(name: str, path: Path) -> dict[str, Any]:
    path.write_bytes(BOMBS[name]())
    return {}


def told(found: dict[str, Any]) -> str:
    if "died" in found:
        return f"{found['name']:44} DIED: {found['died']}"
    costs = found["costs"]
    worst = {what: max(costs, key=lambda use: costs[use][what]) for what in ("mb", "seconds")}
    return (
        f"{found['name']:44} {found['kilobytes']:>8,} kB  {costs[worst['mb']]['mb']:>5.0f} MB ({worst['mb']})  "
        f"{costs[worst['seconds']]['seconds']:5.2f} s ({worst['seconds']})  {found['refused'][:110]}"
    )


def use_all_once(folder: Path, wanted: Sequence[str]) -> None:
    """All that is done with a picture, on a small one, so that later only the picture counts."""
    import torch

    torch.set_num_threads(1)  # its threads would be missing after a fork
    small = folder / "small.png"
    small.write_bytes(png(40, 30, "rgb", 8))
    for use in uses_of(folder, wanted).values():
        use(small)


def uses_of(folder: Path, wanted: Sequence[str]) -> dict[str, Callable[[Path], object]]:
    from t2i_core.encoder.preprocessing import PixelRule, openai_rule
    from t2i_core.pictures.images import jpeg_preview, make_thumbnail, open_image, read_image

    squash = PixelRule(224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), resize="squash", resample="bilinear")
    limit, cache = 100_000_000, folder / f"cache-{random.random()}"
    uses: dict[str, Callable[[Path], object]] = {
        "build": lambda file: squash.square(read_image(file, max_pixels=limit, draft_side=448).image),
        "build, cropping": lambda file: openai_rule(224).square(
            read_image(file, max_pixels=limit, draft_side=448).image
        ),
        "search": lambda file: squash.square(open_image(file.read_bytes(), max_pixels=limit)),
        "thumbnail": lambda file: make_thumbnail(
            file.parent, file.name, side=640, cache_dir=cache, max_pixels=limit
        ),
        "large view": lambda file: make_thumbnail(
            file.parent, file.name, side=1_800, cache_dir=cache, max_pixels=limit
        ),
        "preview": lambda file: jpeg_preview(file.read_bytes(), side=96, max_pixels=limit),
    }  # fmt: skip
    return {name: use for name, use in uses.items() if name in wanted}


def measure(path: Path, wanted: Sequence[str]) -> dict[str, Any]:
    """Everything that is done with a picture, each with the peak above idle and the seconds."""
    from t2i_core.errors import ImageError

    costs, refused = {}, ""
    for name, use in uses_of(path.parent, wanted).items():
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        idle, started = status("VmRSS"), time.process_time()
        try:
            use(path)
        except ImageError as error:
            refused = str(error)
        seconds = time.process_time() - started
        costs[name] = {"mb": (status("VmHWM") - idle) / 1e6, "seconds": seconds}
    return {"costs": costs, "refused": refused}


def status(field: str) -> int:
    """A size of this process in bytes, as Linux tells it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main()
