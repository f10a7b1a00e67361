"""Clusters and their names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from t2i_core.captions import telling_words
from t2i_core.projection import clusters
from tests.core.small_maps import grouped_gallery, grouped_rows

GROUP = np.arange(90) * 3 // 90


def test_groups_are_found_and_numbered_by_size() -> None:
    rows = np.concatenate([grouped_rows(60, groups=2), grouped_rows(90)[60:75]])
    labels = clusters.find_clusters(rows, count=3)
    assert np.bincount(labels).tolist() == sorted(np.bincount(labels).tolist(), reverse=True)
    truth = np.array([0] * 30 + [1] * 30 + [2] * 15)
    for group in range(3):
        assert np.bincount(labels[truth == group]).max() >= 0.9 * (truth == group).sum()
    assert (clusters.find_clusters(rows, count=3) == labels).all()


def test_too_few_pictures_are_not_grouped() -> None:
    assert clusters.find_clusters(grouped_rows(11)).tolist() == [-1] * 11
    assert clusters.find_clusters(np.repeat(grouped_rows(1, groups=1), 20, axis=0)).tolist() == [0] * 20


def test_names_are_the_words_that_set_captions_apart(tmp_path: Path) -> None:
    gallery = grouped_gallery(grouped_rows(90), tmp_path)
    names = clusters.name_clusters(gallery, GROUP.astype(np.int32))
    assert len(set(names)) == 3
    for name, words in zip(names, ("castle tower stone", "fish coral reef", "rocket smoke launch"), strict=True):
        assert set(name.split(", ")) <= set(words.split())


def test_without_captions_the_words_near_each_direction_are_names(tmp_path: Path) -> None:
    gallery = grouped_gallery(grouped_rows(90), tmp_path, captions=False)
    words = ("castle", "fish", "rocket", "nothing")
    names = clusters.name_clusters(
        gallery,
        GROUP.astype(np.int32),
        words_near=lambda directions: clusters.nearest_words(directions, words, np.eye(16, dtype=np.float32)[:4]),
    )
    assert [name.split(", ")[0] for name in names] == ["castle", "fish", "rocket"]
    assert clusters.name_clusters(gallery, GROUP.astype(np.int32)) == ("group 1", "group 2", "group 3")


def test_names_stand_at_a_picture_of_their_cluster() -> None:
    places = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    told = clusters.cluster_places(places, GROUP.astype(np.int32))
    assert [count for _, _, count in told] == [30, 30, 30]
    for label, (x, y, _) in enumerate(told):
        assert (places[label == GROUP] == np.array([x, y], dtype=np.float32)).all(axis=1).any()


def test_telling_words_leave_out_what_every_sentence_has() -> None:
    told = telling_words.telling_words("Two photos of the castles, seen from a church's berries and a bus; it's grass")
    assert told == {"castle", "church", "berry", "bus", "grass"}


def test_distinctive_words_are_frequent_here_and_rare_elsewhere() -> None:
    chosen = [{"castle", "sky"}, {"castle", "sky"}, {"castle", "water"}, {"sky", "ruin"}]
    others = [{"sky", "fish"}] * 20
    everywhere = Counter(word for words in [*chosen, *others] for word in words)
    words = telling_words.distinctive_words(chosen, everywhere, 24)
    assert words[0] == "castle"
    assert "sky" not in words
    assert telling_words.distinctive_words([], everywhere, 24) == []


def test_the_vocabulary_is_plain_words() -> None:
    words = telling_words.vocabulary()
    assert len(words) > 300
    assert len(set(words)) == len(words)
