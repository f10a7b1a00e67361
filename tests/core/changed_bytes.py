"""Bytes of a good file made into those of a bad one, whatever is in it; one `random.Random` gives one change."""

from __future__ import annotations

import io
import json
import random
import string
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

Random = random.Random
MOST_NUMBERS = 10_000


def change_bytes(content: bytes, rng: Random) -> bytes:
    """Bytes cut off, flipped, repeated, overwritten, in front, behind."""
    if not content:
        return rng.randbytes(rng.randrange(64))
    at, size = rng.randrange(len(content)), rng.choice((1, 1, 2, 4, 8, 64, 1000))
    made = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size), content[at : at + size]))
    other = rng.randrange(len(content))
    return rng.choice(
        (
            lambda: content[:at],
            lambda: content[at:],
            lambda: content[:at] + made + content[at + size :],
            lambda: content[:at] + made + content[at:],
            lambda: made + content,
            lambda: content + made,
            lambda: content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :],
            lambda: content[:other] + content[at : at + size] + content[other + size :],
        )
    )()


def odd_value(rng: Random, depth: int = 0) -> Any:
    """A value no record should hold."""
    values: list[Callable[[], Any]] = [
        lambda: None, lambda: True, lambda: rng.choice((-1, 0, 1, 2**31, 2**63, 2**64, -(2**63), 10**30)),
        lambda: rng.choice((1.5, 1e308, -0.0)), lambda: rng.choice(ODD_TEXTS),
        lambda: "".join(rng.choice(string.printable) for _ in range(rng.randrange(30))), lambda: [], dict,
    ]  # fmt: skip
    if depth < 3:
        values += [lambda: [odd_value(rng, depth + 1)] * rng.randrange(4), lambda: {"a": odd_value(rng, depth + 1)}]
    return rng.choice(values)()


ODD_TEXTS = (
    "", "/", "..", "../..", "~", "~nobody", "\ud800", "a\x00b", "a\nb", "x" * 5000, "x/" * 3000, "/dev/zero", "/dev/stdin",
    "/proc/self/root", "file:///etc/passwd", "\u202e\u2028", "mini", "ViT-B/32", "NaN", "1e999", "-1", ".manifest.json.1.1.tmp",
)  # fmt: skip


def change_json(content: bytes, rng: Random) -> bytes:
    """A field replaced, removed or added, deep nesting, or other bytes."""
    how = rng.randrange(8)
    if how == 0:
        return change_bytes(content, rng)
    if how == 1:
        return rng.choice((b"[", b'{"a":', b"[[],")) * rng.choice((1000, 100_000))
    try:
        record = json.loads(content)
        if not isinstance(record, dict) or not record:
            return json.dumps(odd_value(rng)).encode()
    except (ValueError, RecursionError):
        return change_bytes(content, rng)
    holder, name = record, rng.choice(sorted(record))
    while isinstance(holder[name], dict) and holder[name] and rng.random() < 0.6:
        holder = holder[name]
        name = rng.choice(sorted(holder))
    if how == 2:
        del holder[name]
    elif how == 3:
        holder[str(rng.choice(ODD_TEXTS))] = odd_value(rng)
    else:
        holder[name] = odd_value(rng)
    return json.dumps(record, ensure_ascii=rng.random() < 0.8).encode("utf-8", "surrogatepass")


def odd_array(rng: Random, like: np.ndarray) -> np.ndarray:
    """Another type, shape or content than an array had."""
    if like.size > MOST_NUMBERS:
        return like  # made large by a change before this one: what is to be tested is how it is read
    try:
        return _odd_array(rng, like)
    except (ValueError, OverflowError, TypeError, SystemError):  # text that is no number cannot become one
        return np.arange(3)


def _odd_array(rng: Random, like: np.ndarray) -> np.ndarray:
    n = max(1, len(like) if like.shape else 1)
    return rng.choice(
        (
            lambda: like.astype(rng.choice(("f2", "f8", ">f4", "i4", "u8", "U3", "S2", "c8", "?"))),
            lambda: like[: rng.randrange(n + 1)] if like.shape else like[None],
            lambda: like.reshape(-1),
            lambda: like[None],
            lambda: np.concatenate([like, like]) if like.shape else like,
            lambda: np.full(like.shape, rng.choice((-1, 0, 1, n, 2**31 - 1)), like.dtype if like.dtype.kind in "iuf" else "i4"),
            lambda: np.full(like.shape, rng.choice((np.nan, np.inf, 1e38, 1e-45)), np.float32),
            lambda: np.array(json.dumps(odd_value(rng))),
            lambda: np.array([rng.choice(ODD_TEXTS)] * n),
            lambda: np.array([rng.randrange(2**32)] * n, np.uint32).view("U1"),
            lambda: np.empty((0, *like.shape[1:]), like.dtype),
            lambda: np.array([None] * n, dtype=object),
        )
    )()  # fmt: skip


HEADERS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 512)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-4, 8)}",

    "{'descr': '|O', 'fortran_order': False, 'shape': (4,)}",
    "{'descr': '|V0', 'fortran_order': True, 'shape': ()}", "(" * 100, "", "{}",
    "{'descr': [('a', '<f4', (9999, 9999))], 'fortran_order': False, 'shape': (99999,)}",
    "{'descr': '<U999999999', 'fortran_order': False, 'shape': (9,)}", "\x00" * 20, "{'descr': '<f4', 'shape': (4,8), 'x': 1}",
)  # fmt: skip


def change_npz(content: bytes, rng: Random) -> bytes:
    """An array replaced, left out, added or given another header, zeros without end, or other bytes."""
    if rng.random() < 0.3:
        return change_bytes(content, rng)
    try:
        with np.load(io.BytesIO(content)) as loaded:
            arrays = {name: loaded[name] for name in loaded.files}
    except Exception:  # noqa: BLE001 - changed before: any bytes will do
        return change_bytes(content, rng)
    if not arrays:
        return change_bytes(content, rng)
    name = rng.choice(sorted(arrays))
    how = rng.randrange(6)
    if how == 0:
        del arrays[name]
    elif how == 1:
        arrays[rng.choice(("extra", "image_ids", "image_sizes", "text", "a/b", "x" * 300))] = odd_array(
            rng, arrays[name]
        )
    else:
        arrays[name] = odd_array(rng, arrays[name])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", rng.choice((0, 8, 12, 14))) as archive:
        for one, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, array)
            raw = data.getvalue()
            if one == name and how == 4:
                header = rng.choice(HEADERS).encode("latin-1").ljust(118) + b"\n"
                raw = b"\x93NUMPY" + rng.choice((b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x09"))
                raw += len(header).to_bytes(2, "little") + header + bytes(rng.choice((0, 8, 256)))
            if one == name and how == 5 and rng.random() < 0.2:  # a hundred megabytes in a hundred kilobytes
                header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (819200, 32)}".ljust(118) + b"\n"
                raw = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(819200 * 32 * 4)
            archive.writestr(f"{one}.npy", raw)
    return buffer.getvalue()


def change_csv(content: bytes, rng: Random) -> bytes:
    """Quotes, separators, columns, names and encodings that nobody expects."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    odd = rng.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")
    return rng.choice(
        (
            lambda: change_bytes(content, rng),
            lambda: b"\n".join([*lines[:at], odd + b"," + odd, *lines[at:]]),
            lambda: b"\n".join([*lines[:at], b'"' + lines[at], *lines[at:]]),
            lambda: b",".join([b"c%d" % n for n in range(rng.choice((10, 1000)))]) + b"\n" + content,
            lambda: content.replace(b",", rng.choice((b";", b"\t", b"|", b",,"))),
            lambda: content.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\x00", b"\xe2\x80\xa8"))),
            lambda: content.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-16-be", "utf-8-sig"))),
            lambda: content * rng.choice((2, 50)),
        )
    )()


def change_archive(content: bytes, rng: Random) -> bytes:
    """A part of a zip changed, where it is one; otherwise bytes."""
    if rng.random() < 0.5 or not zipfile.is_zipfile(io.BytesIO(content)):
        return change_bytes(content, rng)
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", rng.choice((0, 0, 8))) as new:
            chosen = rng.choice(old.namelist())
            for name in old.namelist():
                part = old.read(name)
                if name == chosen:
                    part = change_bytes(part, rng)
                if name != chosen or rng.random() < 0.8:
                    new.writestr(name, part)
    except Exception:  # noqa: BLE001 - changed before: any bytes will do
        return change_bytes(content, rng)
    return buffer.getvalue()
