"""WebDataset: tars of numbered samples, each a picture and a JSON of what is known of it."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from t2i_core.exchange.entries import PictureEntry
from t2i_core.exchange.pictures import PictureCopies
from t2i_core.types import Gallery

PICTURES_A_SHARD = 10_000


def write_webdataset(gallery: Gallery, entries: Iterator[PictureEntry], folder: Path, copies: PictureCopies) -> None:
    """Tars of up to 10,000 samples: ``000000042.jpg``, ``.json`` with name, captions and columns, ``.txt`` with the first caption."""
    shard: tarfile.TarFile | None = None
    written = 0
    try:
        for entry in entries:
            data = copies.read(entry)
            if data is None:
                continue  # a sample is its picture
            if shard is None or written % PICTURES_A_SHARD == 0:
                if shard is not None:
                    shard.close()
                shard = tarfile.open(folder / f"{written // PICTURES_A_SHARD:05d}.tar", "w")  # noqa: SIM115  # closed below
            record = {"image_id": entry.image_id, "width": entry.width, "height": entry.height, **entry.record()}
            stem = f"{written:09d}"
            _put(shard, f"{stem}{PurePosixPath(entry.image_id).suffix.lower()}", data)
            _put(shard, f"{stem}.json", json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass"))
            if entry.captions:
                _put(shard, f"{stem}.txt", entry.captions[0].encode())
            written += 1
    finally:
        if shard is not None:
            shard.close()


def _put(shard: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    shard.addfile(member, io.BytesIO(data))
