"""The folder of pictures, captions and labels that the recipe learns from, and how it is split."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPORT_PICTURES = 1000  # nothing is chosen on these and nothing is trained on them
CHOOSE_PICTURES = 500
COCO_PICTURES = 300  # of another kind than Flickr8k's: so many for the report, and as many to choose on
COCO_SETS = ("coco_real", "coco_search_demo")
# How many sentences a picture of each list gives: what is said of one photograph five times is much alike.
_WRITTEN = {
    "flickr30k_captions": 2,
    "coco_captions": 3,
    "conceptual_captions_validation": 1,
    "unsplash_alt_texts": 1,
}
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
    """Rows of the captioned pictures, Flickr8k's first and then the further ones.

    All are disjoint, and neither ``train`` nor ``more`` holds a near-copy of what is set apart.

    Attributes
    ----------
    train, choose, report : ndarray of int
        Of Flickr8k.
    more, coco_choose, coco_report : ndarray of int
        Of the further pictures.
    """

    train: np.ndarray
    choose: np.ndarray
    report: np.ndarray
    more: np.ndarray
    coco_choose: np.ndarray
    coco_report: np.ndarray

    @property
    def apart(self) -> np.ndarray:
        """What nothing may learn from before it is measured."""
        return np.concatenate([self.choose, self.report, self.coco_choose, self.coco_report])


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


def read_more(data: Path) -> CaptionedPictures:
    """The captioned pictures of other sets, one set after another: see more/README.md in the folder of the sources."""
    sets = [
        _read_captioned(folder / "images", folder / "captions.csv")
        for folder in sorted((data / "more").iterdir())
        if (folder / "captions.csv").is_file()
    ]
    starts = np.cumsum([0, *(len(each.paths) for each in sets)])
    return CaptionedPictures(
        tuple(path for each in sets for path in each.paths),
        tuple(caption for each in sets for caption in each.captions),
        np.concatenate([each.owners + start for each, start in zip(sets, starts, strict=False)]),
    )


def joined(first: CaptionedPictures, second: CaptionedPictures) -> CaptionedPictures:
    """Both lists, one behind the other."""
    return CaptionedPictures(
        first.paths + second.paths,
        first.captions + second.captions,
        np.concatenate([first.owners, second.owners + len(first.paths)]),
    )


def read_written(data: Path, apart: Sequence[Path], apart_captions: Collection[str]) -> list[str]:
    """Sentences that people wrote about photographs that are not here, without those about pictures that are set apart.

    Parameters
    ----------
    apart : sequence of Path
        The pictures that are set apart; those of Flickr30k and COCO have their number in the file's name.
    apart_captions : collection of str
        Their captions: a picture without a number is known by what is written about it.
    """
    numbers = {picture_number(path.name) for path in apart} - {""}
    known = {_plain(caption) for caption in apart_captions}
    sentences: list[str] = []
    for name, most in _WRITTEN.items():
        with gzip.open(data / "more" / "text" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            by_picture: dict[str, list[str]] = {}
            for place, row in enumerate(csv.reader(file)):
                if place > 0:  # the first line names the columns
                    by_picture.setdefault(row[0] if len(row) > 1 else f"line {place}", []).append(row[-1].strip())
        for picture, written in by_picture.items():
            if picture_number(picture) not in numbers and not any(_plain(sentence) in known for sentence in written):
                sentences += written[:most]
    return sorted({" ".join(sentence.split()) for sentence in sentences} - {""})


def picture_number(name: str) -> str:
    """The number by which Flickr or COCO know a picture, from a file's name or a number: "" where it has none."""
    found = re.match(r"(?:coco_|f30k_)?0*(\d+)", name)
    return found.group(1) if found else ""


def split_pictures(
    flickr: CaptionedPictures, shown: CaptionedPictures, more: CaptionedPictures, features: np.ndarray
) -> Split:
    """Set pictures apart for choosing and for the report.

    Parameters
    ----------
    flickr : CaptionedPictures
    shown : CaptionedPictures
        Pictures of it that exist at a larger size as well; all of them go to the report.
    more : CaptionedPictures
        The further pictures; of those of `COCO_SETS` some are set apart.
    features : ndarray of shape (N, F), unit rows
        Pooled ImageNet features of ``flickr`` and then of ``more``, by which near-copies are known.
    """
    larger = {path.name for path in shown.paths}
    drawn = sorted(
        range(len(flickr.paths)),
        key=lambda row: (flickr.paths[row].name not in larger, zlib.crc32(flickr.paths[row].name.encode())),
    )
    report, rest = np.array(drawn[:REPORT_PICTURES]), np.array(drawn[REPORT_PICTURES:])
    rest = rest[~_near(features, rest, report)]
    choose, train = rest[:CHOOSE_PICTURES], rest[CHOOSE_PICTURES:]
    paths = (*flickr.paths, *more.paths)
    others = np.arange(len(flickr.paths), len(paths))
    coco = sorted(
        (row for row in others if paths[row].parent.parent.name in COCO_SETS),
        key=lambda row: zlib.crc32(paths[row].name.encode()),
    )
    coco_report, coco_choose = np.array(coco[:COCO_PICTURES]), np.array(coco[COCO_PICTURES : 2 * COCO_PICTURES])
    apart = np.concatenate([choose, report, coco_choose, coco_report])
    train = train[~_near(features, train, apart)]
    others = np.setdiff1d(others, apart)
    others = others[~_near(features, others, apart)]
    return Split(np.sort(train), np.sort(choose), np.sort(report), others, np.sort(coco_choose), np.sort(coco_report))


def _plain(sentence: str) -> str:
    return re.sub(r"\W+", " ", sentence.lower()).strip()


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
