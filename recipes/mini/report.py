"""The figures of the model card, on pictures and queries nobody trained on or chose by."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from recipes.mini.gallery_pictures import DemoGallery
from recipes.mini.lessons import Lessons
from recipes.mini.looks import bare_name, read_looks
from recipes.mini.picture_stage import embed_features, measure, own_sentences
from recipes.mini.source_data import Split
from t2i_core.encoder.mini_network import MiniClip
from t2i_core.encoder.tokens import tokenize
from t2i_core.training.feature_store import read_features
from t2i_core.training.measures import hit_shares, in_words, retrieval_recalls

Figures = dict[str, dict[str, float]]

_log = logging.getLogger(__name__)


def report_figures(
    module: MiniClip, lessons: Lessons, split: Split, shown: np.ndarray, demo: DemoGallery, gallery: np.ndarray
) -> Figures:
    """Recalls on the report's pictures at both sizes, and of the demo gallery's held-out queries.

    Parameters
    ----------
    shown : ndarray of features
        The report's pictures at their larger size, in the report's order.
    gallery : ndarray of features
        The demo gallery's pictures.
    """
    module.eval()  # a module that was read from a file is ready to train: its heads leave numbers out at random
    captioned = lessons.captioned
    picked = [captioned.captions[row] for row in split.report]
    owners = torch.from_numpy(np.repeat(np.arange(len(picked)), [len(rows) for rows in picked]))
    captions = texts_of(module, captioned.tokens[np.concatenate(picked)])
    queries = texts_of(module, tokenize(demo.queries))
    demo_pictures = pictures_of(module, gallery)
    figures = {
        "report 160 px": measure(module, lessons, split.report, own_text=True),
        "report 400 px": retrieval_recalls(pictures_of(module, shown), captions, owners),
        "report COCO": measure(module, lessons, split.coco_report, own_text=True, most=1),
        "demo queries": retrieval_recalls(demo_pictures, queries, torch.from_numpy(demo.query_rows)),
    }
    for name, asked in (("demo things", demo.things), ("demo asked", demo.asked)):
        texts, right = texts_of(module, tokenize(asked.queries)), torch.from_numpy(asked.right)
        named = named_in_looks(asked.queries)
        figures |= {
            name: hit_shares(demo_pictures, texts, right),
            f"{name}, named in looks.csv": hit_shares(demo_pictures, texts[named], right[named]),
            f"{name}, not named there": hit_shares(demo_pictures, texts[~named], right[~named]),
        }
    for name, recalls in figures.items():
        _log.info("%s: %s", name, in_words(recalls))
    return figures


def named_in_looks(queries: Sequence[str]) -> torch.Tensor:
    """Which queries are a name in the list of looks: bool Tensor of shape (T,)."""
    known = {bare_name(name) for name in read_looks().names}
    return torch.tensor([bare_name(query) in known for query in queries])


def pictures_of(module: MiniClip, features: np.ndarray) -> torch.Tensor:
    """Unit embeddings (N, D) of stored features."""
    with torch.no_grad():
        parts = [
            embed_features(module, read_features(features, rows))
            for rows in np.array_split(np.arange(len(features)), 10)
        ]
    return torch.cat(parts)


def texts_of(module: MiniClip, tokens: torch.Tensor) -> torch.Tensor:
    """Unit embeddings (M, D) of tokens."""
    with torch.no_grad():
        return F.normalize(module.text.head(own_sentences(module, tokens)), dim=-1)


def write_figures(path: Path, *, measured: Figures, shipped: Figures) -> None:
    """Keep the figures beside the model: before it learned what was set apart, and of what is shipped."""
    path.write_text(json.dumps({"set apart": measured, "shipped": shipped}, indent=1, sort_keys=True) + "\n")
