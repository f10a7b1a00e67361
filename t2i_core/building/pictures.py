"""Pictures to embeddings: threads read, decode and shrink the next batches while the model works on this one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from t2i_core.building.journal import PictureBatch
from t2i_core.building.ledger import KnownPicture
from t2i_core.cores import usable_cores
from t2i_core.errors import ImageError
from t2i_core.pictures.folder import hash_picture, picture_path, regular_file
from t2i_core.pictures.images import read_image
from t2i_core.types import Encoder, FloatArray

if TYPE_CHECKING:
    from PIL import Image

PLAIN_BATCH = 32
BATCHES_AHEAD = 2
MAX_READERS = 32
# Decoding closer to the input's size sharpens differently: cosine with a whole decoding as low as 0.98.
DRAFT_MARGIN = 2
PLAIN_SIDE = 224  # what an encoder gets that does not say how large it wants its pictures


@runtime_checkable
class PreparingEncoder(Protocol):
    """An encoder that lets any thread bring pictures to its size, see `t2i_core.encoder.ClipEncoder`."""

    @property
    def input_size(self) -> int: ...
    @property
    def image_batch(self) -> int: ...
    def prepare_image(self, image: Image.Image) -> npt.NDArray[np.uint8]: ...
    def encode_prepared(self, squares: npt.NDArray[np.uint8]) -> FloatArray: ...


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """One picture as a reader hands it over: ready for the encoder, known already, or skipped for a reason."""

    image_id: str
    stamp: tuple[int, int, int]
    content: bytes
    size: tuple[int, int] = (0, 0)
    ready: Any = None
    known: FloatArray | None = None
    reason: str = ""
    note: str = ""


def fitting_batch_size(encoder: Encoder) -> int:
    """How many pictures to encode at once when nobody says."""
    return encoder.image_batch if isinstance(encoder, PreparingEncoder) else PLAIN_BATCH


class PictureReader:
    """Reads pictures of ``images_dir`` and brings them to the size ``encoder`` wants.

    Parameters
    ----------
    known : mapping of bytes to KnownPicture
        Embeddings by content; such pictures are not decoded.
    """

    def __init__(
        self, images_dir: Path, encoder: Encoder, *, max_pixels: int, known: Mapping[bytes, KnownPicture]
    ) -> None:
        self._images_dir, self._max_pixels, self._known = images_dir, max_pixels, known
        self._preparing = encoder if isinstance(encoder, PreparingEncoder) else None
        self._side = DRAFT_MARGIN * (self._preparing.input_size if self._preparing else PLAIN_SIDE)

    def read(self, image_id: str) -> ReadPicture:
        """One picture; what is wrong with it stands in ``reason``."""
        stamp, content = (-1, -1, -1), bytes(32)
        try:
            path = picture_path(self._images_dir, image_id)
            facts = regular_file(path, label=image_id)
            stamp = (facts.st_size, facts.st_mtime_ns, time.time_ns())
            content = hash_picture(path, name=image_id)
            known = self._known.get(content)
            if known is not None and known.size[0] * known.size[1] <= self._max_pixels:
                return ReadPicture(image_id, stamp, content, known.size, known=known.embedding)
            image, size, note = read_image(path, max_pixels=self._max_pixels, draft_side=self._side, name=image_id)
        except ImageError as error:
            return ReadPicture(image_id, stamp, content, reason=str(error))
        ready = self._preparing.prepare_image(image) if self._preparing else _shrunk(image, self._side)
        return ReadPicture(image_id, stamp, content, size, ready=ready, note=note)


def encode_batches(
    groups: Iterable[Sequence[str]], *, reader: PictureReader, encoder: Encoder
) -> Generator[PictureBatch, None, None]:
    """Read and encode pictures in their order, one group of names at a time.

    At most ``BATCHES_AHEAD`` batches wait for the encoder, whatever the number of pictures. Closing the
    iterator early drops them.
    """
    groups = iter(groups)
    waiting: deque[list[Future[ReadPicture]]] = deque()
    readers = min(MAX_READERS, usable_cores())
    pool = ThreadPoolExecutor(readers, thread_name_prefix="picture-reader")
    try:
        while True:
            while len(waiting) <= BATCHES_AHEAD and (group := next(groups, None)) is not None:
                waiting.append([pool.submit(reader.read, image_id) for image_id in group])
            if not waiting:
                return
            pictures = [future.result() for future in waiting.popleft()]
            yield _encode(pictures, encoder)
    finally:
        pool.shutdown(cancel_futures=True)


def _encode(pictures: Sequence[ReadPicture], encoder: Encoder) -> PictureBatch:
    embeddings = np.zeros((len(pictures), encoder.dimension), dtype=np.float32)
    fresh = [position for position, picture in enumerate(pictures) if picture.ready is not None]
    if fresh:
        ready = [pictures[position].ready for position in fresh]
        if isinstance(encoder, PreparingEncoder):
            embeddings[fresh] = encoder.encode_prepared(np.stack(ready))
        else:
            embeddings[fresh] = encoder.encode_image(ready)
    for position, picture in enumerate(pictures):
        if picture.known is not None:
            embeddings[position] = picture.known
    return PictureBatch(
        image_ids=tuple(picture.image_id for picture in pictures),
        stamps=np.array([picture.stamp for picture in pictures], dtype=np.int64),
        contents=np.frombuffer(b"".join(picture.content for picture in pictures), dtype=np.uint8).reshape(-1, 32),
        sizes=np.array([picture.size for picture in pictures], dtype=np.int64),
        embeddings=embeddings,
        reasons=tuple(picture.reason for picture in pictures),
        encoded=np.array([picture.ready is not None for picture in pictures], dtype=np.bool_),
        notes=tuple(picture.note for picture in pictures),
    )


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """The picture at twice ``side`` or less: batches that wait must not hold hundreds of megabytes."""
    factor = min(image.size) // side
    return image.reduce(factor) if factor > 1 else image
