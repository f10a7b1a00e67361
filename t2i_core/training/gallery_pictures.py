"""The project's own demo gallery: pictures, captions, and queries that are never trained on."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from t2i_core.training.sentences import as_keywords
from t2i_core.training.source_data import CaptionedPictures

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class DemoGallery:
    """``queries`` (Q,) with the row of the picture each was written for, and ``things`` (T,) to ask for.

    ``shown`` (T, N) bool says which pictures show each thing.
    """

    pictures: CaptionedPictures
    queries: tuple[str, ...]
    query_rows: np.ndarray
    things: tuple[str, ...]
    shown: np.ndarray


def read_demo(root: Path = _ROOT) -> DemoGallery:
    """Read static/images, data/captions_tokenized.csv, and the queries in tests/golden."""
    captions = _rows(root / "data" / "captions_tokenized.csv")
    queries = _rows(root / "tests" / "golden" / "demo_queries.csv")
    numbers = {name: row for row, name in enumerate(sorted({row["image"] for row in captions}))}
    pictures = CaptionedPictures(
        tuple(root / "static" / "images" / name for name in numbers),
        tuple(row["caption"] for row in captions),
        np.array([numbers[row["image"]] for row in captions]),
    )
    pairs = _rows(root / "tests" / "golden" / "demo_things.csv")
    things = {thing: row for row, thing in enumerate(dict.fromkeys(pair["query"] for pair in pairs))}
    shown = np.zeros((len(things), len(numbers)), dtype=bool)
    shown[[things[pair["query"]] for pair in pairs], [numbers[pair["image"]] for pair in pairs]] = True
    return DemoGallery(
        pictures,
        tuple(row["query"] for row in queries),
        np.array([numbers[row["image"]] for row in queries]),
        tuple(things),
        shown,
    )


def spoken_of_shortly(pictures: CaptionedPictures, random: np.random.Generator) -> CaptionedPictures:
    """The same pictures with two more kinds of caption: each shortened to keywords, and the words of its file name."""
    keywords = [as_keywords(caption, random) for caption in pictures.captions]
    names = [re.sub(r"[-_]?\d+$", "", path.stem).replace("-", " ") for path in pictures.paths]
    return CaptionedPictures(
        pictures.paths,
        (*pictures.captions, *keywords, *names),
        np.concatenate([pictures.owners, pictures.owners, np.arange(len(pictures.paths))]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
