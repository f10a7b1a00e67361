"""What the recipe of mini knows of classes: WordNet's files, kinds, and the losses that use them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from recipes.mini.class_kinds import class_kinds
from recipes.mini.losses import kind_loss
from recipes.mini.wordnet import Nouns, read_entries
from t2i_core.encoder.preprocessing import PixelRule
from t2i_core.errors import DatasetError
from t2i_core.training.pictures import pixels

# Made-up entries in WordNet's own format: key, file, part, words in hexadecimal number, pointers, gloss.
_NOUNS = """  1 the licence
00000010 05 n 02 dog 0 domestic_dog 0 001 @ 00000030 n 0000 | a barking animal; "the dog barked all night long"
00000020 05 n 01 cat 0 001 @ 00000030 n 0000 | a purring animal (of several kinds); sits on mats
00000030 05 n 01 carnivore 0 001 @ 00000040 n 0000 | eats meat
00000040 03 n 01 entity 0 000 | what is
00000050 07 n 01 dog 1 001 @ 00000040 n 0000 | bad luck, which nobody can photograph
"""
_INDEX = """  1 the licence
carnivore n 1 1 @ 1 0 00000030
cat n 1 1 @ 1 0 00000020
dog n 2 1 @ 2 0 00000050 00000010
domestic_dog n 1 1 @ 1 0 00000010
"""


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    (tmp_path / "data.noun").write_text(_NOUNS, encoding="latin-1")
    (tmp_path / "index.noun").write_text(_INDEX, encoding="latin-1")
    return tmp_path


def test_entries_are_read_without_the_licence(wordnet: Path) -> None:
    entries = list(read_entries("noun", wordnet))
    assert [entry.words for entry in entries][:2] == [("dog", "domestic dog"), ("cat",)]
    assert entries[0].gloss == "a barking animal"
    assert entries[0].examples == ("the dog barked all night long",)
    assert entries[1].gloss == "a purring animal"
    assert [entry.visible for entry in entries] == [True, True, True, False, False]


def test_a_missing_wordnet_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"data\.noun is not there\. Install it: apt-get install wordnet-base"):
        list(read_entries("noun", tmp_path))


def test_a_word_means_the_first_thing_that_can_be_seen(wordnet: Path) -> None:
    nouns = Nouns(wordnet)
    found = nouns.find("Dogs")
    assert found is not None and found.key == "00000010"
    assert nouns.kinds_of(found) == ["carnivore", "entity"]
    assert nouns.find("unicorn") is None


def test_kinds_that_several_classes_share_fit_them(wordnet: Path) -> None:
    kinds = class_kinds(["cat", "dog", "unicorn"], Nouns(wordnet))
    assert kinds.words == ("carnivore", "domestic dog")
    assert kinds.fits.tolist() == [
        [True, False, False, True, False],
        [False, True, False, True, True],
        [False, False, True, False, False],
    ]


def test_other_right_words_are_not_held_against_a_picture() -> None:
    # Two classes and one kind of both; the picture lies on its class and on the kind alike.
    fits = torch.tensor([[True, False, True], [False, True, True]])
    prompts = torch.eye(3)
    image = torch.tensor([[0.5**0.5, 0.0, 0.5**0.5]])
    scale = torch.tensor(50.0)
    assert kind_loss(image, prompts, torch.tensor([0]), fits, scale=scale).item() < 1e-6
    assert kind_loss(image, prompts, torch.tensor([1]), fits, scale=scale).item() > 30.0


def test_a_class_without_kinds_counts_by_its_name() -> None:
    fits = torch.tensor([[True, False], [False, True]])
    image, scale = torch.tensor([[1.0, 0.0]]), torch.tensor(1.0)
    expected = -torch.log_softmax(torch.tensor([1.0, 0.0]), dim=0)[0].item()
    assert kind_loss(image, torch.eye(2), torch.tensor([0]), fits, scale=scale).item() == pytest.approx(expected)


def test_views_of_a_picture_are_drawn_from_its_row(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = tmp_path / "a.png"
    Image.fromarray(random.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(path)
    rule = PixelRule(16, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), resize="squash")
    plain, flip, crop = (pixels([path], view=view, rule=rule, first=3) for view in ("plain", "flip", "crop1"))
    torch.testing.assert_close(flip, plain.flip(-1))
    assert crop.shape == plain.shape and not torch.allclose(crop, plain, atol=0.05)
    torch.testing.assert_close(pixels([path], view="crop1", rule=rule, first=3), crop)
    torch.testing.assert_close(pixels([path, path], view="crop1", rule=rule, first=2)[1:], crop)
    assert not torch.allclose(pixels([path], view="crop1", rule=rule, first=4), crop)
