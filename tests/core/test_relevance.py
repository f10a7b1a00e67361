"""Whether anything fits and how much belongs: measured on a dataset's captions, kept beside it, said with a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.captions.telling_words import vocabulary
from t2i_core.dataset import Evidence, evidence_path, read_background, read_evidence, write_evidence
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query import Condition, Cutoff, Query, SearchRequest, parse_query, read_cutoff
from t2i_core.relevance import background, measuring
from t2i_core.relevance.background import background_for
from t2i_core.relevance.cutting import BINS
from t2i_core.relevance.gaps import SHARE
from t2i_core.relevance.measuring import measure_evidence
from t2i_core.types import FloatArray, Gallery, Manifest
from tests.core.small_galleries import DIMENSION, ColourEncoder, make_gallery

ENCODER = ColourEncoder("mini")
PICTURES, EACH = 120, 2


class Knowing(ColourEncoder):
    """Puts every text into a half of the space where no picture lies, as far as it says; bundled pictures lie in the other half."""

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dimension))
        rows[:, : self.dimension // 2] *= 0.05
        return l2_normalize(rows)


def manifest(encoder: ColourEncoder = ENCODER) -> Manifest:
    return Manifest(
        1,
        "mini",
        encoder.weights_sha256,
        encoder.dimension,
        PICTURES,
        PICTURES * EACH,
        "colour",
        "0" * 64,
        "2026-01-01",
        "1",
    )


def captioned(folder: Path, encoder: ColourEncoder, *, told: bool = True) -> Gallery:
    """Pictures in one half of the space, with captions near their own; or, untold, with captions anywhere."""
    rng = np.random.default_rng(1)
    made = rng.normal(size=(PICTURES, encoder.dimension))
    made[:, encoder.dimension // 2 :] *= 0.05
    pictures = l2_normalize(made)
    rows = np.repeat(np.arange(PICTURES), EACH)
    texts = l2_normalize(pictures[rows] + 0.02 * rng.normal(size=(len(rows), encoder.dimension)))
    if not told:
        texts = encoder.encode_text(["x"] * len(rows))
    gallery = make_gallery(pictures, rows.tolist(), texts, manifest=manifest(encoder))
    # The bundled words are named by every other caption, so that some are here and most are not.
    words = vocabulary()[:50]
    captions = tuple(f"{words[place % len(words)]} {place}" for place in range(len(rows)))
    return replace(gallery, data_dir=folder, captions=captions)


@pytest.fixture
def anything(monkeypatch: pytest.MonkeyPatch) -> FloatArray:
    """A background anywhere in the space, in place of the bundled pictures."""
    rows = l2_normalize(np.random.default_rng(7).normal(size=(200, 32)))
    monkeypatch.setattr(background, "_encode_bundled", lambda encoder: rows[:, : encoder.dimension])
    return rows


@pytest.fixture
def engine(tmp_path: Path) -> SearchEngine:
    """Twelve pictures, with evidence beside them by which nearly everything is strong."""
    rows = l2_normalize(np.random.default_rng(3).normal(size=(12, DIMENSION)))
    gallery = replace(make_gallery(rows, manifest=manifest()), data_dir=tmp_path)
    keep(gallery)
    return SearchEngine(ENCODER, FolderSource(gallery))


def keep(gallery: Gallery, *, sentences: tuple[float, float] = (-9.0, -8.0), reaches: int = 99) -> None:
    rows = l2_normalize(np.random.default_rng(4).normal(size=(30, DIMENSION)))
    reach = np.linspace(0, 0.98, reaches, dtype=np.float32)
    none = np.empty(0, dtype=np.int64)
    evidence = Evidence(rows, none, 2, sentences, (8.0, 9.0), 0.8, 0.9, 100, 50, reach)
    assert write_evidence(gallery, evidence)


def test_captions_are_told_from_what_is_not_here(tmp_path: Path, anything: FloatArray) -> None:
    encoder = Knowing(dimension=32)
    evidence = measure_evidence(captioned(tmp_path, encoder), encoder)
    assert evidence.auroc > 0.99
    assert evidence.kept > 0.95
    assert evidence.sentences[0] <= evidence.sentences[1]
    assert evidence.captions == PICTURES == len(evidence.reaches)
    np.testing.assert_allclose(evidence.background, anything)


def test_where_captions_name_few_bundled_words_they_have_the_thresholds_of_sentences(
    tmp_path: Path, anything: FloatArray
) -> None:
    encoder = Knowing(dimension=32)
    gallery = captioned(tmp_path, encoder)
    evidence = measure_evidence(replace(gallery, captions=("untold",) * len(gallery.captions)), encoder)
    assert evidence.captions == PICTURES
    assert evidence.words == evidence.sentences
    assert measure_evidence(gallery, encoder).words != evidence.sentences


def test_a_model_that_knows_nothing_gets_no_verdict(tmp_path: Path, anything: FloatArray) -> None:
    encoder = Knowing(dimension=32)
    with pytest.raises(DatasetError, match="needs a model that tells the dataset's captions"):
        measure_evidence(captioned(tmp_path, encoder, told=False), encoder)


def test_without_captions_the_models_usual_thresholds_hold(tmp_path: Path, anything: FloatArray) -> None:
    gallery = replace(captioned(tmp_path, Knowing(dimension=32)), captions=(), caption_rows=np.empty(0, dtype=np.int64))
    evidence = measure_evidence(replace(gallery, text_embeddings=None), Knowing("mini", dimension=32))
    assert (evidence.sentences, evidence.words) == measuring.USUAL["mini"]
    assert evidence.captions == 0
    assert evidence.reach(0.9) is None
    with pytest.raises(DatasetError, match="no usual thresholds"):
        measure_evidence(replace(gallery, text_embeddings=None), Knowing("other", dimension=32))


def test_few_pictures_get_no_verdict() -> None:
    with pytest.raises(DatasetError, match="at least 50 pictures, got 1 picture"):
        measure_evidence(make_gallery(np.eye(1, DIMENSION)), ENCODER)


def test_the_datasets_own_pictures_are_no_background(tmp_path: Path, anything: FloatArray) -> None:
    own = make_gallery(anything[:60], manifest=manifest(ColourEncoder(dimension=32)))
    rows, brought = background_for(replace(own, data_dir=tmp_path), ColourEncoder(dimension=32))
    assert brought is None
    np.testing.assert_array_equal(rows, anything[60:])
    with pytest.raises(DatasetError, match="at least 100 pictures that colours tells from the dataset's own, got 50"):
        background_for(
            replace(make_gallery(anything[:150], manifest=own.manifest), data_dir=tmp_path), ColourEncoder(dimension=32)
        )


def test_evidence_is_kept_with_the_dataset_it_is_of(tmp_path: Path) -> None:
    gallery = replace(make_gallery(np.eye(3, DIMENSION), manifest=manifest()), data_dir=tmp_path)
    with pytest.raises(DatasetError, match="index --verdict"):
        read_evidence(gallery)
    assert read_background(gallery) is None
    keep(gallery)
    kept = read_evidence(gallery)
    assert evidence_path(gallery) == tmp_path / "verdict.npz"
    assert (kept.best, kept.sentences, kept.words, kept.captions, kept.foreign) == (
        2,
        (-9.0, -8.0),
        (8.0, 9.0),
        100,
        50,
    )
    np.testing.assert_allclose(np.linalg.norm(kept.background, axis=1), 1, atol=1e-6)
    assert not kept.background.flags.writeable
    other = replace(gallery, key="another")
    with pytest.raises(DatasetError, match="must belong to the dataset another"):
        read_evidence(other)
    again = read_background(other)  # rows of the model serve the next build as well
    assert again is not None and len(again) == 30
    strange = replace(manifest(), weights_sha256="0" * 64)
    assert read_background(replace(gallery, manifest=strange)) is None


def test_evidence_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    gallery = replace(make_gallery(np.eye(3, DIMENSION), manifest=manifest()), data_dir=tmp_path)
    keep(gallery)
    with np.load(evidence_path(gallery)) as npz:
        arrays = dict(npz)
    for name, wrong in (("thresholds", np.full((2, 2), np.nan)), ("background", np.zeros((0, DIMENSION), np.float16)),
                        ("counts", np.zeros(2, np.int64)), ("reaches", np.zeros((2, 2), np.float32))):  # fmt: skip
        np.savez(evidence_path(gallery), **(arrays | {name: wrong}))
        with pytest.raises(DatasetError, match="must hold finite background rows"):
            read_evidence(gallery)


@pytest.mark.parametrize(
    ("query", "evidence"),
    [
        ("a dog on a beach", "strong"),
        ("a dog", "weak"),  # few words have thresholds of their own
        ('"a dog on a beach" - snow', "strong"),
        ("- snow", None),
        ("[3.jpg]", None),
        ("[3.jpg] + a dog on a beach", "strong"),
    ],
)
def test_a_verdict_is_of_what_is_wished_for_in_words(engine: SearchEngine, query: str, evidence: str | None) -> None:
    verdict = engine.search(SearchRequest(parse_query(query), top_k=1)).verdict
    assert (None if verdict is None else verdict.evidence) == evidence


def test_the_gap_is_of_the_wish_alone(engine: SearchEngine) -> None:
    sentence = "a dog on a beach"
    wish = ENCODER.encode_text([sentence])[0]
    kept = engine.evidence
    assert kept is not None
    here = np.sort(engine.gallery.image_embeddings @ wish)[-2:].mean()
    elsewhere = np.sort(kept.background @ wish)[-5:].mean()
    for asked in (sentence, f'"{sentence}" - snow'):
        verdict = engine.search(SearchRequest(parse_query(asked), top_k=1)).verdict
        assert verdict is not None
        assert verdict.gap == pytest.approx(here - SHARE * elsewhere, abs=1e-5)


def test_weak_evidence_is_never_called_absence(engine: SearchEngine) -> None:
    keep(engine.gallery, sentences=(8.0, 9.0))
    verdict = (
        SearchEngine(ENCODER, FolderSource(engine.gallery))
        .search(SearchRequest.of("a dog on a beach", top_k=1))
        .verdict
    )
    assert verdict is not None
    assert verdict.evidence == "weak"
    assert verdict.sentence.startswith("Weak evidence: the nearest pictures are shown")


def test_evidence_measured_later_is_found(tmp_path: Path) -> None:
    gallery = replace(make_gallery(np.eye(6, DIMENSION), manifest=manifest()), data_dir=tmp_path)
    engine = SearchEngine(ENCODER, FolderSource(gallery))
    assert engine.search(SearchRequest.of("a dog on a beach", top_k=1)).verdict is None
    keep(gallery)
    assert engine.search(SearchRequest.of("a dog on a beach", top_k=1)).verdict is not None


def test_cutoffs_leave_out_what_they_say(engine: SearchEngine) -> None:
    every = engine.search(SearchRequest.of("a lake", top_k=12)).hits
    scores = [hit.score for hit in every]
    wanted = {
        "best-0.2": sum(one >= scores[0] - 0.2 for one in scores),
        "drop": int(np.argmax(-np.diff(scores))) + 1,
        "keep-0.9": sum(one >= scores[0] - 0.89 for one in scores),
        "-1": 12,
    }
    for written, belong in wanted.items():
        for top_k in (1, 5, 12):
            result = engine.search(SearchRequest.of("a lake", top_k=top_k, cutoff=read_cutoff(written)))
            assert result.cut is not None
            assert result.hits == every[: min(top_k, belong)]
            assert (result.cut.belong, result.cut.estimated) == (belong, False)
            assert result.cut.left_out == max(0, top_k - belong)


def test_the_head_of_a_result_counts_what_is_left_out_of_it(engine: SearchEngine) -> None:
    scores = [hit.score for hit in engine.search(SearchRequest.of("a lake", top_k=12)).hits]
    for top_k in (1, 4, 6, 12):
        whole = engine.search(SearchRequest.of("a lake", top_k=12, cutoff=scores[3]))
        assert whole.head(top_k) == replace(
            engine.search(SearchRequest.of("a lake", top_k=top_k, cutoff=scores[3])), timings=whole.timings
        )


def test_a_cutoff_keeps_to_the_conditions(engine: SearchEngine) -> None:
    where = (Condition("picture", tuple(f"{row}.jpg" for row in range(5))),)
    result = engine.search(SearchRequest(Query.of("a lake"), where, top_k=12, cutoff=-1.0))
    assert result.cut is not None
    assert result.cut.belong == len(result.hits) == 5


def test_a_share_needs_captions_to_go_by(engine: SearchEngine) -> None:
    request = SearchRequest.of("a lake", top_k=1, cutoff=Cutoff("keep", 0.999))
    with pytest.raises(QueryError, match=r"keeps 99\.9 % .* 99 were measured"):
        engine.search(request)


def test_a_histogram_counts_every_picture(engine: SearchEngine) -> None:
    histogram = engine.search(SearchRequest.of("a lake", top_k=1)).histogram
    assert histogram is not None
    assert sum(histogram.counts) == histogram.pictures == 12
    assert len(histogram.counts) == BINS
    assert not histogram.sampled
    scores = engine.gallery.image_embeddings @ ENCODER.encode_text(["a lake"])[0]
    assert (histogram.low, histogram.high) == pytest.approx((scores.min(), scores.max()))
    own_left_out = engine.search(SearchRequest(Query.like(["3.jpg"]), top_k=1)).histogram
    assert own_left_out is not None
    assert own_left_out.pictures == 11
    assert own_left_out.high < 0.99
