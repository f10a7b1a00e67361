"""ClipEncoder: sentences and pictures to unit vectors of one space, whichever model is behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import torch

from t2i_core.arrays import l2_normalize
from t2i_core.cores import usable_cores
from t2i_core.encoder.core_workers import CoreWorkers
from t2i_core.encoder.explaining import BACKGROUND_SENTENCES, Sought
from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.encoder.tokens import end_positions, part_read, tokenize
from t2i_core.errors import ModelError, QueryError
from t2i_core.types import FloatArray

if TYPE_CHECKING:
    from PIL import Image

TEXT_BATCH = 128
GPU_BATCH = 128
CORE_BATCH = 8  # of 2, 4, 8, 16 and 32 the fastest on one core, for the bundled model and for ViT-B/32


class Network(Protocol):
    """A text and an image tower; what differs between architectures."""

    dimension: int
    context_length: int
    pixel_rule: PixelRule

    @property
    def picture_type(self) -> torch.dtype:
        """What most of a picture's products are computed in."""
        ...

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embed pixels (B, 3, side, side) into a Tensor of shape (B, D), not normalised."""
        ...

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Embed tokens (B, L) into a Tensor of shape (B, D), not normalised."""
        ...

    @property
    def heat_scale(self) -> tuple[float, float] | None:
        """What `explain` says of a place without it, and of one that shows it clearly; None where only proportions count."""
        ...

    @property
    def explained_rule(self) -> PixelRule:
        """What `explain` looks at: the rule of embeddings, perhaps at a finer size."""
        ...

    def explain(self, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
        """Where pixels (1, 3, side, side) show what is sought: Tensor of shape (T, h, w), float32."""
        ...


class ClipEncoder:
    """Implements `t2i_core.types.Encoder`. Safe to share between threads; long lists are batched inside.

    Made by `t2i_core.encoder.open_encoder`.
    """

    def __init__(self, network: Network, *, model_id: str, weights_sha256: str, device: torch.device) -> None:
        self._network = network
        self._model_id = model_id
        self._weights_sha256 = weights_sha256
        self._device = device
        # The towers keep state during a pass (the sliced attention mask), and two passes at once
        # would only fight for the same cores.
        self._lock = threading.Lock()

    @property
    def model_id(self) -> str:
        """What a person asked for: ``mini``, ``ViT-B/32`` or a path."""
        return self._model_id

    @property
    def weights_sha256(self) -> str:
        """Hash of the weights' file, hexadecimal."""
        return self._weights_sha256

    @property
    def dimension(self) -> int:
        """Length D of every embedding."""
        return self._network.dimension

    @property
    def preprocessing(self) -> str:
        """What happens to a picture first, in words."""
        return str(self._network.pixel_rule)

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device.type

    @property
    def picture_numbers(self) -> str:
        """What most of a picture's products are computed in here: ``float32``, ``bfloat16`` or ``float16``."""
        return str(self._network.picture_type).removeprefix("torch.")

    @property
    def input_size(self) -> int:
        """Side of the network's input in pixels: a picture need not be decoded much larger than this."""
        return self._network.pixel_rule.side

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts.

        Parameters
        ----------
        texts : sequence of str, length B
            Longer than the context they are cut; see `cut_text`.

        Returns
        -------
        ndarray of shape (B, D), float32, unit rows

        Raises
        ------
        ModelError
            When the network returns values that are no numbers.
        """
        if isinstance(texts, str):
            raise QueryError("encode_text takes a list of texts, got one string. Put it into a list: [text].")
        embeddings = np.empty((len(texts), self.dimension), dtype=np.float32)
        tokens = tokenize(texts, context_length=self._network.context_length)
        # Texts of like length share a batch, because a batch is as slow as its longest text.
        order = torch.argsort(end_positions(tokens), stable=True)
        for start in range(0, len(texts), TEXT_BATCH):
            rows = order[start : start + TEXT_BATCH]
            embeddings[rows.numpy()] = self._run(self._network.encode_text, tokens[rows])
        return self._unit_rows(embeddings, "text")

    def encode_image(self, images: Sequence[Image.Image]) -> FloatArray:
        """Embed decoded pictures.

        Parameters
        ----------
        images : sequence of PIL.Image.Image, length B

        Returns
        -------
        ndarray of shape (B, D), float32, unit rows

        Raises
        ------
        ModelError
            When the network returns values that are no numbers.
        """
        embeddings = np.empty((len(images), self.dimension), dtype=np.float32)
        step = self.image_batch
        for start in range(0, len(images), step):
            squares = np.stack([self.prepare_image(image) for image in images[start : start + step]])
            embeddings[start : start + step] = self.encode_prepared(squares)
        return embeddings

    def prepare_image(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        """One picture at the network's size, ndarray of shape (input_size, input_size, 3): any thread may do this part."""
        return self._network.pixel_rule.square(image)

    def encode_prepared(self, squares: npt.NDArray[np.uint8]) -> FloatArray:
        """Embed what `prepare_image` made; the same result as `encode_image` to rounding, many at once faster.

        Parameters
        ----------
        squares : ndarray of shape (B, input_size, input_size, 3), uint8
            `image_batch` of them keep the device busy.

        Returns
        -------
        ndarray of shape (B, D), float32, unit rows
            On one machine the same numbers for the same B pictures, always.

        Raises
        ------
        ModelError
            When the network returns values that are no numbers.
        """
        step = len(squares) if self._on_gpu else CORE_BATCH
        parts = [squares[start : start + step] for start in range(0, len(squares), step)]
        if len(parts) == 1:
            embeddings = self._run(self._network.encode_image, self._pixels(parts[0]))
        else:
            embeddings = np.concatenate(self._core_workers.map(self._encode_part, parts))
        return self._unit_rows(embeddings, "picture")

    @property
    def image_batch(self) -> int:
        """How many pictures `encode_prepared` should get at once."""
        return GPU_BATCH if self._on_gpu else 2 * CORE_BATCH * usable_cores()

    @property
    def _on_gpu(self) -> bool:
        return self._device.type == "cuda"

    @cached_property
    def _core_workers(self) -> CoreWorkers:
        return CoreWorkers()

    def _encode_part(self, squares: npt.NDArray[np.uint8]) -> FloatArray:
        # Without the lock: image towers keep no state during a pass.
        with torch.inference_mode():
            features: FloatArray = self._network.encode_image(self._pixels(squares)).float().numpy()
        return features

    def _pixels(self, squares: npt.NDArray[np.uint8]) -> torch.Tensor:
        return self._network.pixel_rule.pixels_of_squares(squares, device=self._device)

    def explain(
        self, image: Image.Image, query_embedding: FloatArray, *, background: FloatArray | None = None
    ) -> FloatArray:
        """Where in a picture the model sees what is asked.

        Each family has its own way: the bundled model's head is asked at every place of its last maps, a ViT's attention for
        what would raise the similarity (LeGrad), a ResNet through each of its channels (gScoreCAM, which takes some 300
        passes). See `t2i_core.encoder.explaining_mini`, `explaining_vit` and `explaining_resnet`.

        Parameters
        ----------
        image : PIL.Image.Image
        query_embedding : ndarray of shape (D,) or (T, D), float32, unit rows
            One query, or several that share the pass through the network.
        background : ndarray of shape (B, D), float32, unit rows, optional
            What places are compared with, where the family compares; 64 sentences about all sorts of things when left out.

        Returns
        -------
        ndarray of shape (h, w) or (T, h, w), float32
            Rows from top to bottom of the part of the picture that `seen_part` names; bigger where there is more of it. See
            `heat_scale` for what its numbers mean.

        Raises
        ------
        ModelError
            When the network returns values that are no numbers.
        """
        rows = np.atleast_2d(np.asarray(query_embedding, dtype=np.float32))
        if rows.shape[1:] != (self.dimension,):
            raise QueryError(
                f"A query embedding must have {self.dimension} numbers to be explained by {self.model_id}, got "
                f"{rows.shape[-1]}. Embed the query with the same model."
            )
        against = rows[
            :0
        ]  # what has no scale compares with nothing, and 64 sentences take seconds where the text tower is large
        if self._network.heat_scale is not None:
            against = self._background if background is None else np.asarray(background, dtype=np.float32)
        rule = self._network.explained_rule
        pixels = rule.pixels([image], device=self._device)
        directions, others = (torch.tensor(one, device=self._device) for one in (rows, against))
        # Without the lock: image towers keep no state during a pass.
        heat: FloatArray = self._network.explain(pixels, Sought(directions, others)).float().cpu().numpy()
        if not np.isfinite(heat).all():
            raise ModelError(
                f"A heat map must hold finite numbers, and {self.model_id} on {self.device} made others. "
                "The weights may be damaged: fetch them again; on a GPU, try --device cpu."
            )
        return heat if np.ndim(query_embedding) > 1 else heat[0]

    @property
    def heat_scale(self) -> tuple[float, float] | None:
        """What `explain` says of a place without it, and of one that shows it clearly; None where only proportions count."""
        return self._network.heat_scale

    def seen_part(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Which part of a picture the network looks at: left, top, right and bottom in parts of its width and height."""
        return self._network.pixel_rule.seen_part(width, height)

    @cached_property
    def _background(self) -> FloatArray:
        return self.encode_text(BACKGROUND_SENTENCES)

    def cut_text(self, text: str) -> str | None:
        """The part of ``text`` the model reads when it is too long, or None when all of it is read."""
        return part_read(text, context_length=self._network.context_length)

    def _run(self, tower: Callable[[torch.Tensor], torch.Tensor], batch: torch.Tensor) -> FloatArray:
        with self._lock, torch.inference_mode():
            features: FloatArray = tower(batch.to(self._device)).float().cpu().numpy()
        return features

    def _unit_rows(self, embeddings: FloatArray, noun: str) -> FloatArray:
        norms = np.linalg.norm(embeddings, axis=1)
        bad = np.flatnonzero(~(np.isfinite(norms) & (norms > 0)))
        if bad.size:
            raise ModelError(
                f"Embeddings must be finite and not zero, and {self.model_id} on {self.device} made "
                f"{bad.size} of {len(embeddings)} otherwise, the first for {noun} {bad[0] + 1}. "
                "The weights may be damaged: fetch them again; on a GPU, try --device cpu."
            )
        return l2_normalize(embeddings)
