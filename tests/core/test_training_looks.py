"""What the recipe of mini is told of things it never saw: the list of looks, glosses, and the vocabulary loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from recipes.mini import meanings
from recipes.mini.corpus import Corpus
from recipes.mini.gallery_pictures import Asked, read_demo
from recipes.mini.looks import bare_name, read_looks, spoken
from recipes.mini.losses import described_by, vocabulary_loss
from recipes.mini.meanings import glossed, looked_up, noun_glosses
from recipes.mini.report import named_in_looks
from recipes.mini.wordnet import Nouns
from t2i_core.training.measures import hit_shares
from tests.core.test_training_classes import _INDEX, _NOUNS


@pytest.fixture
def nouns(tmp_path: Path) -> Nouns:
    (tmp_path / "data.noun").write_text(_NOUNS, encoding="latin-1")
    (tmp_path / "index.noun").write_text(_INDEX, encoding="latin-1")
    return Nouns(tmp_path)


@pytest.fixture
def one_hot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence model that gives every new sentence a direction of its own."""

    def embed(sentences: list[str], folder: Path, name: str) -> Corpus:
        return Corpus(sentences, np.eye(len(sentences), 8192, k=4096 if name == "glosses" else 0, dtype=np.float16))

    monkeypatch.setattr(meanings, "embedded", embed)


def test_every_thing_of_the_list_is_named_once_and_described() -> None:
    looks = read_looks()
    assert set(looks.things) == set(looks.owners) == set(range(int(looks.things[-1]) + 1))
    assert len({bare_name(name) for name in looks.names}) == len(looks.names)
    assert all(text == text.strip() and text for text in (*looks.names, *looks.descriptions))


def test_only_words_that_are_no_proper_names_get_an_article() -> None:
    assert spoken("owl")[1:3] == ["an owl", "a photo of an owl"]
    assert spoken("Saturn")[1:3] == ["Saturn", "a photo of Saturn"]


def test_the_words_of_the_list_come_from_nowhere_near_the_gallery() -> None:
    demo = read_demo()
    described = {text.lower().rstrip(".") for text in read_looks().descriptions}
    spoken_there = {text.lower().rstrip(".") for text in (*demo.pictures.captions, *demo.queries)}
    assert not described & spoken_there


def test_a_noun_alone_takes_its_gloss_and_a_sentence_does_not(nouns: Nouns) -> None:
    sentences = ["cat", "a photo of a cat", "a cat on a mat", "domestic dog", "dog"]
    # The first meaning of dog is one that nobody can photograph.
    assert noun_glosses(sentences, nouns) == {
        0: "a purring animal",
        1: "a purring animal",
        3: "a barking animal",
    }


@pytest.mark.usefixtures("one_hot")
def test_glossed_targets_lean_and_the_others_stay(nouns: Nouns, tmp_path: Path) -> None:
    plain = Corpus(["cat", "a cat on a mat"], np.eye(2, 8192, dtype=np.float16))
    taught = glossed(plain, nouns, tmp_path)
    assert np.array_equal(taught.embeddings[1], plain.embeddings[1])
    assert np.isclose(np.linalg.norm(taught.embeddings[0].astype(np.float32)), 1.0, atol=1e-3)
    share = 0.35 / np.hypot(0.35, 0.65)
    assert np.isclose(taught.embeddings[0, 4096], share, atol=1e-3)


@pytest.mark.usefixtures("one_hot")
def test_a_name_leans_towards_all_its_descriptions_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "looks.csv"
    listed.write_text(
        "name,looks\nMars|the red planet,a rusty ball\nSaturn,a pale ball|rings around a ball\nowl,big eyes\n"
    )
    looks = read_looks(listed)
    monkeypatch.setattr(meanings, "read_looks", lambda: looks)
    taught = looked_up(tmp_path)
    count = len(taught.sentences) - len(looks.descriptions)
    place = taught.sentences.index("a photo of Saturn")
    thing = looks.things[looks.names.index("Saturn")]
    described = taught.embeddings[place, count : len(taught.sentences)] > 0
    assert np.array_equal(described, looks.owners == thing)
    assert described.sum() == 2
    assert np.array_equal(taught.embeddings[count:], np.eye(len(taught.sentences), 8192, dtype=np.float16)[count:])


def test_a_sentence_is_where_the_classes_near_it_are() -> None:
    outputs = torch.tensor([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
    closeness = described_by(torch.eye(3)[1:2], torch.eye(3), outputs)
    assert closeness.shape == (1, 2)
    assert closeness[0, 1] > closeness[0, 0]


def test_the_vocabulary_loss_is_smallest_for_the_same_ranking() -> None:
    images, texts = torch.eye(4), torch.eye(4)
    right = vocabulary_loss(images, texts, torch.eye(4), scale=torch.tensor(5.0))
    wrong = vocabulary_loss(images, texts, torch.eye(4).flip(0), scale=torch.tensor(5.0))
    assert right < wrong


def test_hits_count_any_right_picture_and_ties_in_favour_of_it() -> None:
    images = torch.eye(3)
    texts = torch.tensor([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1]])
    right = torch.tensor([[False, True, True], [False, False, True]])
    assert hit_shares(images, texts, right, ranks=(1, 2, 3)) == {"hit@1": 0.0, "hit@2": 50.0, "hit@3": 100.0}


@pytest.mark.parametrize("which", ["things", "asked"])
def test_every_query_has_a_right_picture_and_nearly_every_picture_a_query(which: str) -> None:
    demo = read_demo()
    asked: Asked = getattr(demo, which)
    assert len(set(asked.queries)) == len(asked.queries) > 150
    assert asked.right.shape == (len(asked.queries), len(demo.pictures.paths))
    assert asked.right.any(axis=1).all()
    assert asked.right.any(axis=0).mean() > 0.98


def test_queries_that_the_list_of_looks_names_are_known_apart() -> None:
    named = named_in_looks(["a koala", "Taj Mahal", "a purple telephone"])
    assert named.tolist() == [True, True, False]
