"""Fine-tuning on a person's own captions, with recall on held-out pictures before and after."""

from __future__ import annotations

import json
import logging
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from t2i_core.config import read_settings
from t2i_core.dataset import read_gallery
from t2i_core.encoder.tokens import tokenize
from t2i_core.encoder.weight_files import file_sha256, find_weights
from t2i_core.errors import DatasetError
from t2i_core.training.losses import caption_loss
from t2i_core.training.measures import in_words, retrieval_recalls
from t2i_core.training.tuned_models import TunedModel, open_tuned
from t2i_core.types import Gallery

MIN_PICTURES = 20  # with captions; fewer cannot be split into learning and checking
_HELD_OUT_SHARE = 0.1
_MIN_HELD_OUT = 5
_BATCH = 64
_CAPTIONS = 2  # of a picture in a batch

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FineTuning:
    """What came out: recalls in percent on ``held_out`` pictures, before and after, and the time it took."""

    before: dict[str, float]
    after: dict[str, float]
    trained: int
    held_out: int
    seconds: float


def fine_tune(
    data_dir: Path,
    out: Path,
    *,
    model: str = "mini",
    images_dir: Path | None = None,
    epochs: int = 5,
    work: Path | None = None,
) -> FineTuning:
    """Train a model further on the captions of a dataset folder.

    Parameters
    ----------
    data_dir : Path
        Folder that `t2i_core.dataset.read_gallery` reads.
    out : Path
        Where the tuned model goes: whole, at the end. Use it with ``--model OUT``.
    model : str
        ``mini``, a name of OpenAI's or the path of a checkpoint.
    epochs : int
        Times every picture is seen.
    work : Path, optional
        Folder for features and the state after each epoch, from which a stopped run goes on;
        removed when the model is written.

    Raises
    ------
    DatasetError
        When there are too few captioned pictures, or pictures are missing.
    ModelError
        When the model cannot be had or read.
    """
    if epochs < 1:
        raise DatasetError(f"epochs must be 1 or more, got {epochs}. Leave --epochs out for 5.")
    begun = time.monotonic()
    lesson = _Lesson.read(data_dir, images_dir)
    weights = find_weights(model, model_dir=read_settings().model_dir)
    work = work or out.with_name(out.name + ".work")
    key = f"{lesson.key} {file_sha256(weights)} {epochs}"
    _prepare(work, key)
    tuned = open_tuned(weights, lesson.paths, work)
    before = _recalls(tuned, lesson)
    _log.info("before: %d held-out pictures: %s", len(lesson.held_out), in_words(before))
    _train(tuned, lesson, epochs=epochs, kept=work / "state.pt")
    after = _recalls(tuned, lesson)
    _log.info("after: %d held-out pictures: %s", len(lesson.held_out), in_words(after))
    tuned.save(out)
    shutil.rmtree(work)
    _log.info("wrote %s; use it with --model %s, after a build with it", out, out)
    return FineTuning(before, after, len(lesson.train), len(lesson.held_out), time.monotonic() - begun)


@dataclass(frozen=True)
class _Lesson:
    """Captioned pictures: ``rows`` of captions for each, and which pictures are for what."""

    key: str
    paths: list[Path]
    tokens: torch.Tensor
    captions: list[np.ndarray]
    train: np.ndarray
    held_out: np.ndarray

    @classmethod
    def read(cls, data_dir: Path, images_dir: Path | None) -> _Lesson:
        gallery = read_gallery(data_dir, images_dir)
        captioned = np.flatnonzero(gallery.caption_counts).tolist()
        if len(captioned) < MIN_PICTURES:
            raise DatasetError(
                f"Fine-tuning needs at least {MIN_PICTURES} pictures with captions, and {data_dir} has "
                f"{len(captioned)}. Write more captions into captions_tokenized.csv and build again."
            )
        paths = [gallery.images_dir / gallery.image_ids[row] for row in captioned]
        missing = [path for path in paths if not path.is_file()]
        if missing:
            raise DatasetError(
                f"Fine-tuning needs the pictures themselves, and {len(missing)} of {len(paths)} are not in "
                f"{gallery.images_dir}, the first {missing[0].name}. Name their folder: --images DIR"
            )
        held_out = max(_MIN_HELD_OUT, round(_HELD_OUT_SHARE * len(paths)))
        order = np.random.default_rng(0).permutation(len(paths))
        captions = [np.array(gallery.captions_of(row)) for row in captioned]
        return cls(
            _key(gallery),
            paths,
            tokenize(gallery.captions),
            captions,
            np.sort(order[held_out:]),
            np.sort(order[:held_out]),
        )


def _key(gallery: Gallery) -> str:
    return f"{gallery.key} {len(gallery)}"


def _prepare(work: Path, key: str) -> None:
    """Make the work folder; what another run left there is thrown away."""
    note = work / "run.json"
    if work.is_dir() and not (note.is_file() and json.loads(note.read_text())["key"] == key):
        if any(work.iterdir()) and not note.is_file():
            raise DatasetError(
                f"The work folder must be new or an earlier run's, and {work} holds other files. "
                "Name another one: --work DIR"
            )
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"key": key}))


def _train(tuned: TunedModel, lesson: _Lesson, *, epochs: int, kept: Path) -> None:
    groups = tuned.groups()
    optimizer = torch.optim.AdamW(groups, weight_decay=0.05, betas=(0.9, 0.98))
    rates = [group["lr"] for group in groups]
    first = 0
    if kept.is_file():
        state = torch.load(kept, map_location="cpu", weights_only=True)
        tuned.module.load_state_dict(state["module"])
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["epoch"]) + 1
        _log.info("going on after epoch %d", first)
    for epoch in range(first, epochs):
        begun = time.monotonic()
        # Drawn from the epoch's own seed, so that a resumed run sees what an unbroken one would.
        with torch.random.fork_rng():
            torch.manual_seed(epoch)
            loss = _train_epoch(tuned, lesson, optimizer, rates, epoch=epoch, epochs=epochs)
        _log.info("epoch %d of %d: loss %.3f, %.0f s", epoch + 1, epochs, loss, time.monotonic() - begun)
        partial = kept.with_suffix(".part")
        torch.save({"module": tuned.module.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, partial)
        partial.replace(kept)
    tuned.module.eval()


def _train_epoch(
    tuned: TunedModel,
    lesson: _Lesson,
    optimizer: torch.optim.Optimizer,
    rates: list[float],
    *,
    epoch: int,
    epochs: int,
) -> float:
    """See every picture once; the mean loss comes back."""
    random = np.random.default_rng(epoch)
    order = random.permutation(lesson.train)
    batches = np.array_split(order, max(1, round(len(order) / _BATCH)))
    total = 0.0
    tuned.module.train()
    for number, rows in enumerate(batches):
        left = 1.0 - (epoch + number / len(batches)) / epochs
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * max(left, 0.05)
        picked = [random.permutation(lesson.captions[row])[:_CAPTIONS] for row in rows]
        owners = torch.from_numpy(np.repeat(np.arange(len(rows)), [len(part) for part in picked]))
        texts = tuned.texts(lesson.tokens[np.concatenate(picked)])
        loss = caption_loss(tuned.images(rows, random), texts, owners, scale=tuned.scale())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(batches)


def _recalls(tuned: TunedModel, lesson: _Lesson) -> dict[str, float]:
    tuned.module.eval()
    rows = lesson.held_out
    picked = [lesson.captions[row] for row in rows]
    owners = torch.from_numpy(np.repeat(np.arange(len(rows)), [len(part) for part in picked]))
    with torch.no_grad():
        images = torch.cat([tuned.images(part, None) for part in np.array_split(rows, len(rows) // 64 + 1)])
        texts = torch.cat([tuned.texts(part) for part in lesson.tokens[np.concatenate(picked)].split(128)])
    return retrieval_recalls(images, texts, owners)
