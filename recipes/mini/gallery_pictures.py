"""The project's own demo gallery: pictures, captions, and queries that are never trained on."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipes.mini.sentences import as_keywords
from recipes.mini.source_data import CaptionedPictures

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Asked:
    """Queries (T,), and which pictures are right for each: ``right`` (T, N) bool."""

    queries: tuple[str, ...]
    right: np.ndarray


@dataclass(frozen=True)
class DemoGallery:
    """The pictures, and what they are asked for with.

    Attributes
    ----------
    queries, query_rows
        Hard paraphrases (Q,), with the row of the one picture each was written for.
    things : Asked
        By name. Weights of losses were compared on it: for choosing, not for a report.
    asked : Asked
        As people ask, written by somebody who had seen the gallery and nothing that is trained on: for the report alone.
    """

    pictures: CaptionedPictures
    queries: tuple[str, ...]
    query_rows: np.ndarray
    things: Asked
    asked: Asked


def read_demo(root: Path = _ROOT) -> DemoGallery:
    """Read static/images, data/captions_tokenized.csv, and the lists of queries in tests/golden."""
    captions = _rows(root / "data" / "captions_tokenized.csv")
    queries = _rows(root / "tests" / "golden" / "demo_queries.csv")
    numbers = {name: row for row, name in enumerate(sorted({row["image"] for row in captions}))}
    pictures = CaptionedPictures(
        tuple(root / "static" / "images" / name for name in numbers),
        tuple(row["caption"] for row in captions),
        np.array([numbers[row["image"]] for row in captions]),
    )
    golden = root / "tests" / "golden"
    return DemoGallery(
        pictures,
        tuple(row["query"] for row in queries),
        np.array([numbers[row["image"]] for row in queries]),
        _asked(golden / "demo_things.csv", numbers),
        _asked(golden / "demo_asked.csv", numbers),
    )


def _asked(path: Path, numbers: Mapping[str, int]) -> Asked:
    """A list with one line for a query and a picture that is right for it."""
    pairs = _rows(path)
    places = {query: place for place, query in enumerate(dict.fromkeys(pair["query"] for pair in pairs))}
    right = np.zeros((len(places), len(numbers)), dtype=bool)
    right[[places[pair["query"]] for pair in pairs], [numbers[pair["image"]] for pair in pairs]] = True
    return Asked(tuple(places), right)


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
