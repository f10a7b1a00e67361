"""The recipe of the bundled model: every stage in order, each kept on disk when it is done.

A run that was stopped goes on with the stage it was in; features even where they stopped.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from recipes.mini.backbone_weights import imagenet_networks
from recipes.mini.class_kinds import ClassKinds, class_kinds
from recipes.mini.class_names import imagenet_names, with_article
from recipes.mini.corpus import Corpus, embedded, fit_projection, pool_names, taught, text_only_sentences
from recipes.mini.gallery_pictures import read_demo, spoken_of_shortly
from recipes.mini.lessons import Captioned, Classes, Labelled, Lessons, shared_out
from recipes.mini.meanings import glossed, looked_up
from recipes.mini.picture_stage import PictureStage, StagePlan
from recipes.mini.plan import CONFIG, RULE
from recipes.mini.report import Figures, report_figures, write_figures
from recipes.mini.sentences import TEMPLATES, prompt
from recipes.mini.source_data import (
    CaptionedPictures,
    Split,
    joined,
    read_display,
    read_flickr,
    read_more,
    read_pool,
    read_written,
    split_pictures,
)
from recipes.mini.text_stage import learn_sentences, start_embeddings
from recipes.mini.wordnet import Nouns
from t2i_core.encoder.mini_network import FEATURE_CHANNELS, MiniClip, build_mini, channels_last
from t2i_core.encoder.tokens import tokenize
from t2i_core.errors import DatasetError
from t2i_core.training.feature_store import FeatureStore
from t2i_core.training.saving import save_mini

_log = logging.getLogger(__name__)

VIEWS = ("plain", "flip", "crop1")
TEXT_STEPS = 8_000
PICTURES = StagePlan("pictures", own_text=False, steps=150, head_rate=1e-3, decay=0.97, measure_every=50)
JOINT = StagePlan(
    "joint", own_text=True, steps=50, batch=384, pool_batch=192, prototypes=96, text_batch=192, head_rate=4e-4, text_rate=2e-4,
    measure_every=50,
)  # fmt: skip
ALL = StagePlan(
    "all", own_text=True, steps=130, batch=320, pool_batch=128, prototypes=64, text_batch=160, head_rate=4e-4, text_rate=2e-4,
    measure_every=1000,
)  # fmt: skip
_NEEDED = (Path("flickr8k/captions_train.csv"), Path("pool/labels.csv"), Path("more/text"))
CAPTION_REPEATS = 3  # how often captions of pictures at hand are read for once that another sentence is
LOOKS_REPEATS = 3  # and the names of looks.csv
MORE_PART = 0.3  # of the captioned pictures of a batch: so many are not of Flickr8k
DEMO_PART = 0.45  # and so many of the demo gallery, when its turn comes


class Recipe:
    """One run over the folder ``data``; what can be resumed lies in ``work``."""

    def __init__(self, data: Path, work: Path) -> None:
        missing = [str(path) for path in _NEEDED if not (data / path).exists()]
        if missing:
            raise DatasetError(
                f"The recipe needs {', '.join(map(str, _NEEDED))} in its data folder, and {data} has not "
                f"{', '.join(missing)}. To fine-tune on your own captions: python -m t2i_core train"
            )
        self._data, self._work = data, work
        self._flickr, self._shown, self._pool = read_flickr(data), read_display(data), read_pool(data)
        self._more = read_more(data)
        self._captioned = joined(self._flickr, self._more)
        self._demo = read_demo()
        self._networks = imagenet_networks(CONFIG["image"]["variants"])
        work.mkdir(parents=True, exist_ok=True)

    def make(self, out: Path) -> None:
        """Run what is missing and write the model."""
        self._make_features()
        split = self._split()
        self._fit_projection(split)
        choose = {"Flickr8k": split.choose, "COCO": split.coco_choose}
        lessons = self._lessons(split)
        module = build_mini(CONFIG)
        module.backbone.load_state_dict(self._networks.trunk.state_dict())
        self._stage("text", module, lambda: self._learn_sentences(module, split))
        for plan, seed in ((PICTURES, 2), (JOINT, 11)):
            stage = PictureStage(module, lessons, plan, choose=choose, seed=seed)
            self._stage(plan.name, module, stage.run)
        before = self._figures(module, lessons, split)
        everything = self._everything(lessons, split)
        stage = PictureStage(module, everything, ALL, choose=choose, seed=13)
        self._stage(ALL.name, module, stage.run)
        save_mini(module, out, config=CONFIG)
        after = self._figures(module, lessons, split)
        shipped = {name: recalls for name, recalls in after.items() if name.startswith(("demo", "report COCO"))}
        write_figures(out.with_name("figures.json"), measured=before, shipped=shipped)

    def _figures(self, module: MiniClip, lessons: Lessons, split: Split) -> Figures:
        return report_figures(
            module, lessons, split, self._shown_features(split), self._demo, self._features("gallery")
        )

    def _stage(self, name: str, module: MiniClip, run: Callable[[], None]) -> None:
        kept = self._work / f"{name}.pt"
        if kept.is_file():
            module.load_state_dict(torch.load(kept, map_location="cpu", weights_only=True))
            _log.info("%s: already done", name)
            return
        run()
        partial = kept.with_suffix(".part")
        torch.save(module.state_dict(), partial)
        partial.replace(kept)

    def _make_features(self) -> None:
        trunk = channels_last(copy.deepcopy(self._networks.trunk)).to(torch.bfloat16)
        jobs = (
            ("train", self._flickr.paths, VIEWS),
            ("more", self._more.paths, VIEWS),
            ("display", self._shown.paths, ("plain",)),
            ("pool", self._pool.paths, ("plain",)),
            ("gallery", self._demo.pictures.paths, VIEWS),
        )
        for name, paths, views in jobs:
            for view in views:
                FeatureStore(self._work, f"{name}-{view}").make(paths, view=view, rule=RULE, trunk=trunk)

    def _features(self, name: str, view: str = "plain") -> np.ndarray:
        return FeatureStore(self._work, f"{name}-{view}").read()

    def _views(self, name: str) -> list[np.ndarray]:
        return [self._features(name, view) for view in VIEWS]

    def _guesses(self, *names: str) -> np.ndarray:
        """What the classifiers take each picture for: ndarray of shape (N, 1000), float16, the mean of their shares."""
        stored = np.concatenate([self._features(name) for name in names]).astype(np.float32)
        features = torch.from_numpy(stored).split(FEATURE_CHANNELS, dim=1)
        networks = zip(features, self._networks.weights, self._networks.biases, strict=True)
        shares = [(part @ weight.T + bias).softmax(dim=-1) for part, weight, bias in networks]
        return torch.stack(shares).mean(dim=0).to(torch.float16).numpy()

    def _split(self) -> Split:
        features = np.concatenate([self._features(name) for name in ("train", "more")]).astype(np.float32)
        features /= np.linalg.norm(features, axis=1, keepdims=True)
        return split_pictures(self._flickr, self._shown, self._more, features)

    def _fit_projection(self, split: Split) -> None:
        rows = taught(list(self._captioned.captions), self._work, "captions")
        fit_projection(
            rows[self._captions_of(split.train, split.more)], self._work, dimension=CONFIG["text"]["sentence"]
        )

    def _captions_of(self, *pictures: np.ndarray) -> np.ndarray:
        """Rows of the captions of some pictures."""
        return np.flatnonzero(np.isin(self._captioned.owners, np.concatenate(pictures)))

    def _caption_vectors(self) -> np.ndarray:
        return embedded(list(self._captioned.captions), self._work, "captions").embeddings

    def _text_only(self, split: Split) -> Corpus:
        captions = [self._captioned.captions[row] for row in self._captions_of(split.train)]
        plain = embedded(text_only_sentences(captions, self._names), self._work, "text-only")
        return glossed(plain, self._nouns, self._work)

    def _written(self, split: Split) -> Corpus:
        apart = split.apart
        captions = {self._captioned.captions[row] for row in self._captions_of(apart)}
        paths = [self._captioned.paths[row] for row in apart]
        return embedded(read_written(self._data, paths, captions), self._work, "written")

    def _class_corpus(self) -> Corpus:
        """Every class in every form, form after form; then the words for kinds."""
        sentences = [form.format(a=with_article(name), name=name) for form in TEMPLATES for name in self._names]
        return embedded([*sentences, *(prompt(word) for word in self._kinds.words)], self._work, "classes")

    @cached_property
    def _names(self) -> list[str]:
        return sorted({name for name in pool_names(self._pool) if name} | set(imagenet_names()))

    @cached_property
    def _kinds(self) -> ClassKinds:
        return class_kinds(self._names, self._nouns)

    @cached_property
    def _nouns(self) -> Nouns:
        return Nouns()

    def _meanings(self) -> torch.Tensor:
        """Sentence vectors (1000, S) of the classifiers' outputs: name, synonyms and gloss together."""
        sentences = []
        for name in imagenet_names():
            entry = self._nouns.find(name)
            words, gloss = (entry.words[:4], entry.short_gloss) if entry else ((), "")
            sentences += [prompt(name), ", ".join(dict.fromkeys([name, *words])),
                          f"{name}: {gloss}"]  # fmt: skip
        vectors = torch.from_numpy(embedded(sentences, self._work, "meanings").embeddings.astype(np.float32))
        return torch.nn.functional.normalize(vectors.view(len(sentences) // 3, 3, -1).sum(dim=1), dim=-1)

    def _learn_sentences(self, module: MiniClip, split: Split) -> None:
        used = self._captions_of(split.train, split.more)
        parts = [Corpus([self._captioned.captions[i] for i in used], self._caption_vectors()[used]),
                 looked_up(self._work), self._class_corpus(), self._text_only(split), self._written(split)]  # fmt: skip
        repeats = np.repeat([CAPTION_REPEATS, LOOKS_REPEATS, 1, 1, 1], [len(part.sentences) for part in parts])
        corpus = Corpus(
            [sentence for part in parts for sentence in part.sentences],
            np.concatenate([part.embeddings for part in parts]),
        )
        start_embeddings(module.text)
        learn_sentences(
            module.text, corpus, repeats=repeats, steps=TEXT_STEPS, kept=self._work / "text-state.pt", seed=1
        )

    def _lessons(self, split: Split) -> Lessons:
        text_only, looks, written = self._text_only(split), looked_up(self._work), self._written(split)
        text_vectors = np.concatenate([text_only.embeddings, written.embeddings, *([looks.embeddings] * LOOKS_REPEATS)])
        text_tokens = torch.cat([
            tokenize(text_only.sentences), tokenize(written.sentences), tokenize(looks.sentences).repeat(LOOKS_REPEATS, 1)
        ])  # fmt: skip
        captioned = Captioned(
            [self._views("train"), self._views("more")],
            caption_rows(self._captioned),
            self._caption_vectors(),
            tokenize(self._captioned.captions),
            self._guesses("train", "more"),
            *shared_out((split.train, 1 - MORE_PART), (split.more, MORE_PART)),
        )
        return Lessons(captioned, self._labelled(), self._classes(split), text_vectors, text_tokens)

    def _labelled(self) -> Labelled:
        names = pool_names(self._pool)
        numbers = {name: number for number, name in enumerate(self._names)}
        used = np.array([row for row, name in enumerate(names) if name])
        classes = np.array([numbers[name] for name in names if name])
        # Some classes have a thousand pictures and most have one: the root of it is between both.
        shares = 1.0 / np.sqrt(np.bincount(classes))[classes]
        return Labelled(self._features("pool"), used, classes, shares / shares.sum(), self._guesses("pool")[used])

    def _classes(self, split: Split) -> Classes:
        corpus, forms, count = self._class_corpus(), len(TEMPLATES), len(self._names)
        tokens = tokenize(corpus.sentences)
        numbers = {name: number for number, name in enumerate(self._names)}
        features = torch.from_numpy(self._features("train")[split.train].astype(np.float32))
        mean = features.mean(dim=0)
        directions = torch.cat([weight - weight.mean(dim=0) for weight in self._networks.weights], dim=1)
        length = (features - mean).norm(dim=1).mean()
        return Classes(
            corpus.embeddings[: forms * count].reshape(forms, count, -1),
            tokens[: forms * count].view(forms, count, -1),
            corpus.embeddings[forms * count :],
            tokens[forms * count :],
            torch.from_numpy(self._kinds.fits),
            torch.tensor([numbers[name] for name in imagenet_names()]),
            length * torch.nn.functional.normalize(directions, dim=1),
            mean,
            self._meanings(),
            torch.cat(self._networks.weights, dim=1).T / len(self._networks.weights),
            torch.stack(self._networks.biases).mean(dim=0),
        )

    def _shown_features(self, split: Split) -> np.ndarray:
        """Features of the report's pictures at the largest size there is, in the report's order."""
        larger = {path.name: row for row, path in enumerate(self._shown.paths)}
        shown, small = self._features("display"), self._features("train")
        names = [self._flickr.paths[row].name for row in split.report]
        return np.stack([shown[larger[name]] if name in larger else small[row]
                         for name, row in zip(names, split.report, strict=True)])  # fmt: skip

    def _everything(self, lessons: Lessons, split: Split) -> Lessons:
        """The demo gallery beside the rest, and the Flickr8k pictures that were set apart, now that they are measured.

        Those of COCO stay apart, so that the model that ships can be measured on some pictures.
        """
        old = lessons.captioned
        demo = spoken_of_shortly(self._demo.pictures, np.random.default_rng(4))
        first_picture, first_caption, flickr = len(old.captions), len(old.vectors), len(self._flickr.paths)
        captioned = Captioned(
            [*old.sources, self._views("gallery")],
            [*old.captions, *(rows + first_caption for rows in caption_rows(demo))],
            np.concatenate([old.vectors, embedded(list(demo.captions), self._work, "gallery-captions").embeddings]),
            torch.cat([old.tokens, tokenize(demo.captions)]),
            np.concatenate([old.guesses, self._guesses("gallery")]),
            *shared_out(
                (np.arange(flickr), (1 - DEMO_PART) * (1 - MORE_PART)),
                (split.more, (1 - DEMO_PART) * MORE_PART),
                (np.arange(first_picture, first_picture + len(demo.paths)), DEMO_PART),
            ),
        )
        return dataclasses.replace(lessons, captioned=captioned)


def make_mini(data: Path, out: Path, *, work: Path) -> None:
    """Rebuild the bundled model from pictures, captions and the public packages it starts from."""
    torch.manual_seed(7)
    Recipe(data, work).make(out)


def caption_rows(pictures: CaptionedPictures) -> list[np.ndarray]:
    """For every picture, the rows of its captions."""
    order = np.argsort(pictures.owners, kind="stable")
    counts = np.bincount(pictures.owners, minlength=len(pictures.paths))
    return np.split(order, np.cumsum(counts)[:-1])
