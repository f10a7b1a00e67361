"""CaptionSheet: filters, order and histogram, each against the plain way; exports; ranks and where they are kept."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from t2i_core import dataset
from t2i_core.arrays import l2_normalize
from t2i_core.captions import fit
from t2i_core.captions.columns import Filter
from t2i_core.captions.saving import captions_to_csv, captions_to_parquet
from t2i_core.captions.sheet import CaptionSheet, SheetView, caption_sheet
from t2i_core.captions.word_index import WordIndex
from t2i_core.errors import DatasetError, QueryError
from t2i_core.evaluation import rank_pairs
from t2i_core.types import Gallery
from tests.core.small_galleries import make_gallery

CAPTIONS = ("A dog", "=cmd|' /C calc'!A0", "A red hat", "dogs, and a hat", "Nothing known")


@pytest.fixture
def gallery() -> Gallery:
    """Three pictures in two folders, five captions, the last of a picture without embedding."""
    random = np.random.default_rng(2)
    bare = make_gallery(
        l2_normalize(random.standard_normal((3, 6))), [0, 0, 1, 2, -1], l2_normalize(random.standard_normal((5, 6)))
    )
    return replace(
        bare,
        image_ids=("a/1.jpg", "a/2.jpg", "b/=3.jpg"),
        captions=CAPTIONS,
        caption_columns={
            "score": ("1", "-2.5", "", "10", "3"),
            "who": ("eve", "Bob", "eve", "", "eve"),
            "rank": "abcde",
        },
    )


@pytest.fixture
def sheet(gallery: Gallery) -> CaptionSheet:
    return caption_sheet(gallery, fit.caption_similarities(gallery)).with_ranks(fit.caption_ranks(gallery))


def rows(sheet: CaptionSheet, **view: Any) -> list[int]:
    found: list[int] = sheet.select(SheetView(**view), WordIndex(sheet.gallery.captions)).rows.tolist()
    return found


def test_similarity_and_rank_are_those_of_the_own_picture(gallery: Gallery) -> None:
    similarities, ranks = fit.caption_similarities(gallery), fit.caption_ranks(gallery)
    assert gallery.text_embeddings is not None
    scores = gallery.text_embeddings @ gallery.image_embeddings.T
    own = scores[np.arange(4), gallery.caption_rows[:4]]
    assert similarities[:4] == pytest.approx(own, abs=1e-6)
    assert np.isnan(similarities[4])
    assert ranks.tolist() == [*(1 + (scores[:4] > own[:, None]).sum(axis=1)), 0]


def test_ranks_are_those_of_the_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(7)
    images = l2_normalize(random.standard_normal((40, 5)))
    images[7] = images[3]  # a tie goes to the smaller row
    caption_rows = random.integers(0, 40, 90)
    texts = l2_normalize(images[caption_rows] + random.standard_normal((90, 5)))
    expected, _ = rank_pairs(images, texts, caption_rows)
    monkeypatch.setattr(fit, "BLOCK_SCORES", 40 * 7)  # many blocks, the last one short
    seen: list[float] = []
    found = fit.caption_ranks(make_gallery(images, caption_rows.tolist(), texts), on_progress=seen.append)
    assert found.tolist() == expected.tolist()
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_nothing_is_known_without_text_embeddings(gallery: Gallery) -> None:
    bare = replace(gallery, text_embeddings=None)
    assert np.isnan(fit.caption_similarities(bare)).all()
    assert not fit.caption_ranks(bare).any()
    sheet = caption_sheet(bare, fit.caption_similarities(bare))
    assert not sheet.knows_fit
    assert rows(sheet) == [0, 1, 2, 3, 4]
    assert sheet.histogram(sheet.select(SheetView())) is None


def test_the_worst_fit_comes_first_and_the_unknown_last(sheet: CaptionSheet) -> None:
    similarities = sheet.columns["similarity"].numbers[:4]
    assert rows(sheet) == [*np.argsort(similarities).tolist(), 4]
    assert rows(sheet, sort="similarity", descending=True) == [*np.argsort(-similarities).tolist(), 4]


def test_any_column_sorts(sheet: CaptionSheet) -> None:
    assert rows(sheet, sort="order", descending=True) == [4, 3, 2, 1, 0]
    assert rows(sheet, sort="length") == [0, 4, 1, 2, 3]
    assert rows(sheet, sort="caption") == [1, 0, 2, 3, 4]
    assert rows(sheet, sort="col.score") == [1, 0, 4, 3, 2]
    assert rows(sheet, sort="col.who", descending=True) == [0, 2, 4, 1, 3]  # ties by position, the empty one last


def test_kinds_of_columns(sheet: CaptionSheet) -> None:
    kinds = {key: column.kind for key, column in sheet.columns.items()}
    assert kinds == {
        "similarity": "number", "rank": "number", "length": "number", "caption": "text", "file": "text",
        "folder": "choice", "col.score": "number", "col.who": "choice", "col.rank": "text", "order": "number",
    }  # fmt: skip
    assert sheet.columns["col.score"].extent == (-2.5, 10.0)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"length": Filter(low=3)}, [1, 2, 3]),
        ({"length": Filter(low=2, high=2)}, [0, 4]),
        ({"col.score": Filter(high=3)}, [0, 1, 4]),
        ({"col.who": Filter(choices=("eve",))}, [0, 2, 4]),
        ({"col.who": Filter(choices=("Bob", ""))}, [1, 3]),
        ({"folder": Filter(choices=("b",))}, [3]),
        ({"file": Filter(text="1.JPG")}, [0, 1]),
        ({"folder": Filter(choices=("a",)), "col.score": Filter(low=0)}, [0]),
        ({"similarity": Filter(low=-1)}, [0, 1, 2, 3]),
        ({"rank": Filter(high=3)}, [0, 1, 2, 3]),
        ({"length": Filter()}, [0, 1, 2, 3, 4]),
        ({"col.who": Filter(choices=("nobody",))}, []),
    ],
)
def test_filters(sheet: CaptionSheet, filters: dict[str, Filter], expected: list[int]) -> None:
    assert rows(sheet, sort="order", filters=filters) == expected
    assert rows(sheet, sort="order", filters=filters, words="a") == [row for row in expected if row in (0, 2, 3)]


def test_what_does_not_fit_is_refused(sheet: CaptionSheet) -> None:
    with pytest.raises(QueryError, match=r"No column of these captions is 'colour'. There are: similarity, rank"):
        sheet.select(SheetView(sort="colour"))
    with pytest.raises(QueryError, match="Words holds numbers, so its filter is a range"):
        sheet.select(SheetView(filters={"length": Filter(text="a")}))
    with pytest.raises(QueryError, match="Picture holds text, so its filter is no range"):
        sheet.select(SheetView(filters={"file": Filter(low=1)}))
    with pytest.raises(QueryError, match="got none"):
        sheet.select(SheetView(words="dog"))


def test_the_histogram_is_over_everything_but_its_own_filter(sheet: CaptionSheet) -> None:
    selection = sheet.select(SheetView(filters={"similarity": Filter(high=-2), "folder": Filter(choices=("a",))}))
    assert len(selection) == 0
    histogram = sheet.histogram(selection)
    assert histogram is not None
    assert histogram.everything.sum() == 4
    assert histogram.shown.sum() == 3
    assert histogram.everything[0] >= 1
    assert histogram.everything[-1] >= 1


def test_csv_is_safe_in_a_spreadsheet(sheet: CaptionSheet) -> None:
    content = captions_to_csv(sheet, np.array([3, 1, 4]))
    assert content.startswith(b"\xef\xbb\xbf")
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert header == ["image", "caption", "words", "similarity", "rank", "score", "who", "rank (file)"]
    assert [line[1] for line in lines] == ["dogs, and a hat", "'=cmd|' /C calc'!A0", "Nothing known"]
    assert lines[0][0] == "b/=3.jpg"
    assert float(lines[0][3]) == pytest.approx(sheet.columns["similarity"].numbers[3], abs=1e-6)
    assert [line[5] for line in lines] == ["10", "-2.5", "3"]
    assert lines[2][0] == lines[2][3] == lines[2][4] == ""


def test_parquet_keeps_types_and_order(sheet: CaptionSheet) -> None:
    frame = pd.read_parquet(io.BytesIO(captions_to_parquet(sheet, np.array([2, 0, 4]))))
    assert frame["caption"].tolist() == ["A red hat", "A dog", "Nothing known"]
    assert frame["similarity"].dtype == np.float32
    assert frame["similarity"][:2].tolist() == pytest.approx(
        sheet.columns["similarity"].numbers[[2, 0]].tolist(), abs=1e-6
    )
    assert frame["similarity"].isna().tolist() == [False, False, True]
    assert frame["words"].tolist() == [3, 2, 2]
    assert frame["score"].isna().tolist() == [True, False, False]
    assert frame["rank (file)"].tolist() == ["c", "a", "e"]
    assert len(captions_to_parquet(sheet, np.empty(0, dtype=np.int64))) > 0


def test_ranks_are_kept_beside_the_dataset(gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = replace(gallery, data_dir=tmp_path)
    assert fit.kept_caption_ranks(here).tolist() == fit.caption_ranks(here).tolist()
    assert not dataset.ranks_path(here).exists()  # small ones are counted again
    monkeypatch.setattr(fit, "STORED_FROM_SCORES", 1)
    first = fit.kept_caption_ranks(here)
    assert dataset.ranks_path(here).is_file()
    monkeypatch.setattr(fit, "caption_ranks", lambda *_, **__: pytest.fail("counted again"))
    assert fit.kept_caption_ranks(here).tolist() == first.tolist()


def test_ranks_of_other_embeddings_and_broken_ones_are_refused(gallery: Gallery, tmp_path: Path) -> None:
    here = replace(gallery, data_dir=tmp_path)
    assert dataset.write_caption_ranks(here, np.arange(5))
    with pytest.raises(DatasetError, match="must belong to the dataset other, got ranks of numbers"):
        dataset.read_caption_ranks(replace(here, key="other"))
    with pytest.raises(DatasetError, match=r"must hold 4 ranks of type int32, got \(5,\)"):
        dataset.read_caption_ranks(replace(here, captions=CAPTIONS[:4]))
    dataset.ranks_path(here).write_bytes(b"PK no zip")
    with pytest.raises(DatasetError, match="Ranks of captions must lie in"):
        dataset.read_caption_ranks(here)
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert not dataset.write_caption_ranks(replace(gallery, data_dir=blocked), np.arange(5))
