"""One of a thing is not several."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from t2i_core.commands import build, evaluate, project
from t2i_core.errors import count_of


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 pictures"), (1, "1 picture"), (2, "2 pictures"), (1_000, "1,000 pictures")]
)
def test_count_of(number: int, text: str) -> None:
    assert count_of(number, "picture") == text


def test_summaries_of_one() -> None:
    report: Any = SimpleNamespace(rate=0.0, seconds=1.0, encoded=1, reused=0, removed=0, skipped=())
    manifest: Any = SimpleNamespace(images=1, captions=1, model_id="mini")
    assert build.summary(report, manifest).startswith("1 picture and 1 caption ready, encoded with mini")
    scores = {"recall@1": 1.0, "recall@5": 1.0, "recall@10": 1.0, "median_rank": 1.0}
    record = {"text_to_image": scores, "image_to_text": scores, "images": 1, "captions": 1, "model": "mini"}
    assert evaluate.table(record)[-1] == "1 picture, 1 caption, model mini"
    facts = {
        "pictures": 1,
        "placed": 0,
        "method": "umap",
        "seconds": 1.0,
        "neighbours_kept": 1.0,
        "clusters": [1],
        "file": "x",
    }
    assert project.summary(facts) == (
        "1 picture mapped by UMAP in 1.0 s; 100% of the closest pictures are close on the map too; 1 cluster. Stored as x"
    )
