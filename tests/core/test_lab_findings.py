"""Where it fails, what is also right, own questions, and the health of the space."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core import dataset
from t2i_core.arrays import l2_normalize
from t2i_core.errors import DatasetError, QueryError
from t2i_core.lab import right_pairs
from t2i_core.lab.examining import examine, provenance
from t2i_core.lab.health import health_of
from t2i_core.lab.part_captions import captions_of_part
from t2i_core.lab.picture_parts import stamp_of_parts
from t2i_core.lab.questions import answer, ask, line_faults, questions_of, unknown_pictures
from t2i_core.lab.report import report_html, report_json
from t2i_core.lab.tables import answers_table, hits_table
from t2i_core.lab.wording import left_out_sentence
from t2i_core.marks import tag_pictures
from t2i_core.projection import Projection, write_projection
from t2i_core.types import Gallery
from tests.core.lab_galleries import noisy_gallery


def with_a_hard_word(seed: int = 0) -> Gallery:
    """Captions of every third picture say "zebra" and mean their picture hardly at all."""
    gallery = noisy_gallery(150, 3, noise=0.4, seed=seed)
    assert gallery.text_embeddings is not None
    rng = np.random.default_rng(seed)
    hard = np.arange(450) // 3 % 3 == 0
    texts = gallery.text_embeddings.copy()
    texts[hard] = l2_normalize(rng.standard_normal((int(hard.sum()), texts.shape[1])))
    captions = tuple(f"a {'zebra' if bad else 'dog'} stands here" for bad in hard)
    kinds = ["odd" if bad else "fine" for bad in hard]
    return replace(gallery, text_embeddings=texts, captions=captions, caption_columns={"kind": kinds})


def test_the_worst_slices_come_first() -> None:
    slices = examine(with_a_hard_word()).slices
    assert {(one.kind, one.value) for one in slices.worst} == {
        ("word", "zebra"), ("word", "dog"), ("kind", "odd"), ("kind", "fine"),
    }  # fmt: skip  # "stands" and the length are of all captions: no parts
    assert [one.hits.value for one in slices.worst] == sorted(one.hits.value for one in slices.worst)
    first = slices.lowering[0]
    assert (first.value, first.hits.queries, first.pictures) == ("zebra", 150, 50)
    assert first.difference.high is not None and first.difference.high < -0.3
    assert [one.value for one in slices.lowering] == ["zebra"]


def test_a_part_knows_its_captions_worst_first() -> None:
    found = examine(with_a_hard_word())
    zebra = next(one for one in found.slices.worst if one.value == "zebra")
    behind = captions_of_part(found.gallery, found.pairs, zebra)
    assert len(behind) == zebra.hits.queries and {one.caption for one in behind} == {"a zebra stands here"}
    ranks = [one.rank for one in behind]
    assert ranks == sorted(ranks, reverse=True)
    assert sum(rank <= 10 for rank in ranks) / len(ranks) == pytest.approx(zebra.hits.value)
    assert len({one.image_id for one in behind}) == zebra.pictures
    assert captions_of_part(found.gallery, found.pairs, zebra, most=3) == behind[:3]


def test_parts_by_what_pictures_are(tmp_path: Path) -> None:
    gallery = noisy_gallery(90, 3, noise=2.0)
    folders = [("a/deep" if row < 30 else "b") if row < 86 else "few" for row in range(90)]
    names = tuple(f"{folder}/{row}.{'png' if row % 3 else 'jpg'}" for row, folder in enumerate(folders))
    sizes = np.array([(40, 30) if row % 2 else (30, 40) for row in range(90)])
    gallery = replace(gallery, image_ids=names, image_sizes=sizes, data_dir=tmp_path, images_dir=tmp_path)
    tag_pictures(tmp_path, names[:20], add=["kept"])
    tag_pictures(tmp_path, names[:2], add=["rare"])
    labels = np.arange(90, dtype=np.int32) % 2
    empty = np.empty((90, 0))
    write_projection(
        Projection(
            gallery.key, "", np.zeros((90, 2), np.float32), empty.astype(np.int32), empty.astype(np.float32),
            np.ones(90, np.float32), np.zeros(90, np.bool_), np.zeros(90, np.uint64), labels, ("even", "odd"), {},
        ),
        tmp_path,
    )  # fmt: skip
    findings = examine(gallery)
    slices = findings.slices
    held = {(one.kind, one.value): one for one in slices.worst if one.kind != "word"}
    masks = {
        ("folder", "a"): np.arange(90) < 30, ("folder", "a/deep"): np.arange(90) < 30,
        ("folder", "b"): (np.arange(90) >= 30) & (np.arange(90) < 86),
        ("tag", "kept"): np.arange(90) < 20, ("type", "jpg"): np.arange(90) % 3 == 0, ("type", "png"): np.arange(90) % 3 > 0,
        ("orientation", "landscape"): labels == 1, ("orientation", "portrait"): labels == 0,
        ("cluster", "even"): labels == 0, ("cluster", "odd"): labels == 1,
    }  # fmt: skip
    assert {key for key in held if key[0] != "half"} == set(masks)
    hits = findings.pairs.picture_ranks <= 10
    for key, mask in masks.items():
        one, captions = held[key], np.repeat(mask, 3)
        assert (one.hits.queries, one.pictures) == (captions.sum(), mask.sum())
        assert one.hits.value == pytest.approx(hits[captions].mean())
        assert one.hits.low is not None and one.hits.high is not None
        assert one.hits.low < one.hits.value < one.hits.high
    assert [one.hits.value for one in slices.worst] == sorted(one.hits.value for one in slices.worst)
    assert slices.left_out == {"folder": 1, "tag": 1}
    assert "1 by folder, 1 by tag" in left_out_sentence(slices)
    assert len(slices.remarks) == 1 and "index --facts" in slices.remarks[0]
    before = stamp_of_parts(gallery)
    tag_pictures(tmp_path, names[:30], add=["rare"])
    assert stamp_of_parts(gallery) != before
    assert ("tag", "rare") in {(one.kind, one.value) for one in examine(gallery).slices.worst}


def test_without_a_map_or_with_broken_tags_the_rest_is_told(tmp_path: Path) -> None:
    gallery = replace(noisy_gallery(60, 3), data_dir=tmp_path, images_dir=tmp_path)
    (tmp_path / "tags.csv").write_text("nothing", encoding="utf-8")
    (tmp_path / "projection.npz").write_bytes(b"no map")
    slices = examine(gallery).slices
    assert slices.worst and left_out_sentence(slices) == ""
    assert [any(word in told for told in slices.remarks) for word in ("tags.csv", "index --facts", "project")] == [
        True
    ] * 3
    (tmp_path / "projection.npz").unlink()
    assert any("which is not made yet" in told for told in examine(gallery).slices.remarks)


def test_a_part_has_captions_and_pictures_enough() -> None:
    many = replace(noisy_gallery(8, 10), caption_columns={"who": ["x" if place < 40 else "y" for place in range(80)]})
    slices = examine(many).slices
    assert "who" in slices.left_out and slices.left_out["who"] == 2  # 40 captions each, of 4 pictures
    assert {one.kind for one in slices.worst} <= {"word", "half"}
    collides = replace(noisy_gallery(60, 3), caption_columns={"folder": [str(place % 2) for place in range(180)]})
    assert {"column folder"} == {one.kind for one in examine(collides).slices.worst if one.kind != "word"}


def test_a_slice_is_the_mean_of_its_captions() -> None:
    gallery = noisy_gallery(90, 3, noise=2.0)
    found = examine(gallery)
    hits = found.pairs.picture_ranks <= 10
    dogs = np.array(["dog" in caption for caption in gallery.captions])
    one = next(one for one in found.slices.worst if one.value == "dog")
    assert one.hits.value == pytest.approx(hits[dogs].mean())
    assert one.difference.value == pytest.approx(hits[dogs].mean() - hits[~dogs].mean())


def test_the_worst_queries_and_what_came_first() -> None:
    gallery = noisy_gallery(40, 2, noise=2.5)
    findings = examine(gallery)
    assert gallery.text_embeddings is not None
    scores = gallery.text_embeddings @ gallery.image_embeddings.T
    ranks = [one.rank for one in findings.worst]
    assert ranks == sorted(ranks, reverse=True) and ranks[0] == findings.pairs.picture_ranks.max() and ranks[-1] > 1
    for one in findings.worst:
        assert one.first_row == int(scores[one.position].argmax()) != one.row == gallery.picture_of(one.position)
        assert one.first_score >= one.score


def test_also_right_counts_from_then_on() -> None:
    gallery = noisy_gallery(40, 2, noise=2.5)
    before = examine(gallery)
    worst = before.worst[0]
    marks = [
        (worst.caption, gallery.image_ids[worst.first_row]),
        ("no such caption", "0.jpg"),
        (worst.caption, "gone.jpg"),
    ]
    after = examine(gallery, marks)
    assert (before.measured.marked, after.measured.marked) == (0, 1)
    assert worst.position not in {one.position for one in after.worst}
    assert len(after.pairs.text_to_image) == len(before.pairs.text_to_image)
    own = before.measured.text_to_image.figures["hit@1"].value
    assert after.measured.text_to_image.figures["hit@1"].value == pytest.approx(own + 1 / 80)


def test_marks_are_kept_and_read_again(tmp_path: Path) -> None:
    assert dataset.read_relevance(tmp_path) == ()
    marks = [('a "dog", two', "a/b.jpg"), ("=1+1\nnext", "ü.png"), ('a "dog", two', "a/b.jpg")]
    dataset.write_relevance(tmp_path, marks)
    assert dataset.read_relevance(tmp_path) == tuple(marks[:2])
    assert [file.name for file in tmp_path.iterdir()] == ["relevance.csv"]
    dataset.relevance_path(tmp_path).write_text("caption,picture\nx,y\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="must have the columns query and image, got caption, picture"):
        dataset.read_relevance(tmp_path)


def test_ranks_are_kept_beside_a_large_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = replace(noisy_gallery(30, 2), data_dir=tmp_path)
    monkeypatch.setattr(right_pairs, "STORED_FROM_SCORES", 1)
    first = examine(gallery).pairs
    monkeypatch.setattr(right_pairs, "pair_ranks", lambda *_, **__: pytest.fail("counted again"))
    again = examine(gallery).pairs
    assert again.picture_ranks.tolist() == first.picture_ranks.tolist()
    assert again.caption_ranks.tolist() == first.caption_ranks.tolist()
    with pytest.raises(DatasetError, match="must belong to the dataset other"):
        dataset.read_pair_ranks(replace(gallery, key="other"))
    dataset.write_pair_ranks(gallery, first.picture_ranks + 99, first.caption_ranks)
    with pytest.raises(DatasetError, match="must hold ranks of 1 to 30"):
        dataset.read_pair_ranks(gallery)


def test_health_of_a_space_with_a_hub() -> None:
    gallery = noisy_gallery(200, 2, noise=0.5, dimension=32)
    assert gallery.text_embeddings is not None
    plain = health_of(gallery, gallery.text_embeddings)
    centre = l2_normalize(np.ones((1, 32)))
    texts = l2_normalize(gallery.text_embeddings + 0.7 * centre)
    crowded = replace(
        gallery, image_embeddings=np.concatenate([centre, gallery.image_embeddings[1:]]), text_embeddings=texts
    )
    found = health_of(crowded, texts)
    assert found.hubness > plain.hubness + 1
    assert found.hubs[0].row == 0 and found.hubs[0].captions > 390
    assert found.gap.distance > 0.4 > plain.gap.distance
    assert plain.separation > 0.99 and sum(plain.bins.right) == 400
    assert plain.siblings is not None and plain.strangers is not None and plain.siblings > plain.strangers + 0.4
    assert set(found.sentences()) == {"gap", "hubness", "separation", "captions"}
    first = np.argsort(-(texts @ crowded.image_embeddings.T), axis=1)[:, :10]
    times = np.bincount(first.ravel(), minlength=200)
    assert found.hubness == pytest.approx(((times - times.mean()) ** 3).mean() / times.std() ** 3)


@pytest.mark.parametrize("images", [1, 2])
def test_health_of_very_few_pictures(images: int) -> None:
    gallery = noisy_gallery(images, 1)
    assert gallery.text_embeddings is not None
    found = health_of(gallery, gallery.text_embeddings)
    assert found.siblings is None and "captions" not in found.sentences()
    json.dumps(found.as_dict(), allow_nan=False)


def test_own_questions() -> None:
    gallery = noisy_gallery(20, 1)
    marks = [("one", "3.jpg"), ("one", "5.jpg"), ("two", ""), ("three", "7.jpg"), ("three", "elsewhere.jpg")]
    questions = questions_of(gallery, marks)
    assert [(one.query, one.rows, one.unknown) for one in questions] == [
        ("one", (3, 5), ()), ("two", (), ()), ("three", (7,), ("elsewhere.jpg",)),
    ]  # fmt: skip
    found = answer(gallery, questions, gallery.image_embeddings[[3, 4, 7]])
    assert found.answers[0].first[0] == found.answers[0].question.rows[0] == 3
    assert found.answers[0].ranks[0] == 1 and len(found.answers[0].ranks) == 2
    assert (found.answers[1].ranks, found.answers[1].first[0]) == ((), 4)
    assert found.measured is not None and found.measured.queries == 2
    assert found.measured.figures["hit@1"].value == 1.0
    told = unknown_pictures(questions, gallery)
    assert (
        told is not None
        and told.startswith("1 picture that the questions name must be in numbers")
        and "elsewhere.jpg" in told
    )
    with pytest.raises(QueryError, match="at least one line"):
        questions_of(gallery, [])
    assert answer(gallery, questions[1:2], gallery.image_embeddings[[4]]).measured is None


def test_a_report_shows_text_as_text_and_needs_nothing_else() -> None:
    gallery = replace(noisy_gallery(30, 2, noise=2.5), name="<b>mine</b> & co")
    captions = tuple(f"<script>{number}</script> dog" for number in range(60))
    findings = examine(replace(gallery, captions=captions))
    about = provenance(gallery, "mini <1>", "python -m t2i_core evaluate")
    page = report_html(findings, about)
    assert "<script" not in page and "<b>mine" not in page and "&lt;b&gt;mine&lt;/b&gt; &amp; co" in page
    assert "http:" not in page and "https:" not in page and page.count("<svg") >= 2
    record = json.loads(report_json(findings, about))
    assert record["about"]["command"] == "python -m t2i_core evaluate" and record["captions"] == 60
    assert (
        record["text_to_image"]["figures"]["hit@1"]["value"] == findings.measured.text_to_image.figures["hit@1"].value
    )


def test_marks_of_several_at_once_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as people:
        list(people.map(lambda n: dataset.change_relevance(tmp_path, add=(f"caption {n}", f"{n}.jpg")), range(24)))
        list(
            people.map(
                lambda n: dataset.change_relevance(tmp_path, remove=(f"caption {n}", f"{n}.jpg")), range(0, 24, 2)
            )
        )
    assert set(dataset.read_relevance(tmp_path)) == {(f"caption {n}", f"{n}.jpg") for n in range(1, 24, 2)}


def test_faults_of_own_questions_are_told_by_line() -> None:
    gallery = noisy_gallery(5, 2)
    text = 'query,image\n"two\nlines",0.jpg\n,1.jpg\n\na dog, brown,2.jpg\na cat,gone.jpg\nalone\n'
    lines = dataset.mark_lines(text.encode(), Path("mine.csv"))
    assert [line.number for line in lines] == [2, 4, 6, 7, 8]
    faults = line_faults(lines, gallery)
    assert [fault.split(" ")[1] for fault in faults] == ["4", "6", "7"]
    assert "no query" in faults[0] and "3 cells for 2 columns" in faults[1] and "gone.jpg" in faults[2]
    assert [one.query for one in questions_of(gallery, dataset.marks_of(lines))] == [
        "two\nlines",
        "a dog",
        "a cat",
        "alone",
    ]
    limit = csv.field_size_limit(1_000)
    try:
        with pytest.raises(DatasetError, match=r"mine\.csv must .*: line 3: field larger than field limit"):
            dataset.mark_lines(b"query,image\na,b\n" + b"x" * 2_000, Path("mine.csv"))
    finally:
        csv.field_size_limit(limit)


def test_questions_are_encoded_some_at_a_time_and_can_be_stopped() -> None:
    gallery = noisy_gallery(90, 1, noise=0.2)
    assert gallery.text_embeddings is not None
    rows = dict(zip(gallery.captions, gallery.text_embeddings, strict=True))
    asked = questions_of(gallery, [(caption, f"{row}.jpg") for row, caption in enumerate(gallery.captions)])
    told = list[float]()
    answers = ask(gallery, asked, lambda texts: np.stack([rows[text] for text in texts]), on_progress=told.append)
    assert told == [64 / 90, 1.0]
    assert answers.as_dict(gallery) == answer(gallery, asked, gallery.text_embeddings).as_dict(gallery)


def test_answers_as_tables() -> None:
    gallery = noisy_gallery(20, 1, noise=0.1)
    assert gallery.text_embeddings is not None
    asked = questions_of(gallery, [("=1+1", "0.jpg"), ("b", "")])
    answers = answer(gallery, asked, gallery.text_embeddings[:2])
    table = answers_table(answers, gallery)
    assert table.rows[0][:5] == ("=1+1", 1, 1, "1", "0.jpg") and table.rows[1][1:4] == (0, None, "")
    assert table.as_csv().decode("utf-8-sig").splitlines()[1].startswith("'=1+1,")
    first = hits_table(answers, gallery).rows
    assert len(first) == 20 and [row[4] for row in first] == ["yes", *["no"] * 9, *[""] * 10]
