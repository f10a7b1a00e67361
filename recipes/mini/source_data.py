"""The folder of pictures, captions and labels that the recipe learns from, and how it is split."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPORT_PICTURES = 1000  # nothing is chosen on these and nothing is trained on them
CHOOSE_PICTURES = 500
_NEAR_COPY = 0.84  # cosine of two pictures' pooled ImageNet features, above which one is a near-copy


@dataclass(frozen=True)
class CaptionedPictures:
    """Pictures and their captions; ``owners`` (M,) gives each caption's row in ``paths``."""

    paths: tuple[Path, ...]
    captions: tuple[str, ...]
    owners: np.ndarray


@dataclass(frozen=True)
class LabelledPictures:
    """Pictures and the raw name of what each shows."""

    paths: tuple[Path, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Rows of the captioned pictures: disjoint, and no near-copy of ``report`` or ``choose`` in ``train``."""

    train: np.ndarray
    choose: np.ndarray
    report: np.ndarray


def read_flickr(data: Path) -> CaptionedPictures:
    """Flickr8k without its test split: 160 px, squashed."""
    return _read_captioned(data / "flickr8k" / "train_160", data / "flickr8k" / "captions_train.csv")


def read_display(data: Path) -> CaptionedPictures:
    """Some of the same photos at 400 px and in their own shape: for the report only."""
    return _read_captioned(data / "flickr8k" / "display", data / "flickr8k" / "captions_display.csv")


def read_pool(data: Path) -> LabelledPictures:
    """Low-resolution pictures of many kinds, with class names."""
    with (data / "pool" / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return LabelledPictures(tuple(data / "pool" / row["image"] for row in rows), tuple(row["label"] for row in rows))


def split_pictures(pictures: CaptionedPictures, shown: CaptionedPictures, features: np.ndarray) -> Split:
    """Set pictures apart for choosing and for the report.

    Parameters
    ----------
    pictures : CaptionedPictures
    shown : CaptionedPictures
        Pictures that exist at a larger size as well; all of them go to the report.
    features : ndarray of shape (N, F), unit rows
        Pooled ImageNet features of ``pictures``, by which near-copies are known.
    """
    larger = {path.name for path in shown.paths}
    drawn = sorted(
        range(len(pictures.paths)),
        key=lambda row: (pictures.paths[row].name not in larger, zlib.crc32(pictures.paths[row].name.encode())),
    )
    report, rest = np.array(drawn[:REPORT_PICTURES]), np.array(drawn[REPORT_PICTURES:])
    rest = rest[~_near(features, rest, report)]
    choose, train = rest[:CHOOSE_PICTURES], rest[CHOOSE_PICTURES:]
    train = train[~_near(features, train, choose)]
    return Split(np.sort(train), np.sort(choose), np.sort(report))


def _near(features: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    near: np.ndarray = (features[rows] @ features[others].T).max(axis=1) > _NEAR_COPY
    return near


def _read_captioned(folder: Path, captions_path: Path) -> CaptionedPictures:
    with captions_path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers: dict[str, int] = {}
    for row in rows:
        numbers.setdefault(row["image"], len(numbers))
    return CaptionedPictures(
        tuple(folder / name for name in numbers),
        tuple(row["caption"].strip() for row in rows),
        np.array([numbers[row["image"]] for row in rows]),
    )
