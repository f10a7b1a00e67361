"""The recipe of the bundled model: every stage in order, each kept on disk when it is done.

A run that was stopped goes on with the stage it was in; feature maps even where they stopped.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from t2i_core.encoder.mini_network import LiteBackbone, MiniClip, build_mini, channels_last
from t2i_core.encoder.tokens import tokenize
from t2i_core.errors import DatasetError
from t2i_core.training.backbone_weights import imagenet_lite2
from t2i_core.training.class_names import imagenet_names
from t2i_core.training.corpus import Corpus, embedded, pool_names, prompt_sentences, text_only_sentences
from t2i_core.training.gallery_pictures import read_demo
from t2i_core.training.lessons import Captioned, Labelled, Lessons, Prompts
from t2i_core.training.map_store import MapStore
from t2i_core.training.picture_stage import PictureStage, StagePlan
from t2i_core.training.plan import CONFIG, RULE
from t2i_core.training.report import report_figures, write_figures
from t2i_core.training.saving import save_mini
from t2i_core.training.source_data import (
    CaptionedPictures,
    LabelledPictures,
    Split,
    read_display,
    read_flickr,
    read_pool,
    split_pictures,
)
from t2i_core.training.text_stage import learn_sentences, start_embeddings

_log = logging.getLogger(__name__)

TEXT_SECONDS, TEXT_EPOCHS = 570.0, 12
PICTURES = StagePlan(
    "pictures", own_text=False, seconds=60, steps=110, batch=512, pool_batch=128, captions=2, head_rate=1.5e-3,
    decay=0.97, measure_every=30,
)  # fmt: skip
JOINT = StagePlan(
    "joint", own_text=True, seconds=120, steps=220, batch=256, pool_batch=48, text_batch=48, captions=1,
    head_rate=4e-4, text_rate=2e-4, decay=0.96, measure_every=1000,
)  # fmt: skip
DEMO = StagePlan(
    "demo", own_text=True, seconds=120, steps=220, batch=256, pool_batch=32, text_batch=32, captions=1,
    head_rate=4e-4, text_rate=2e-4, decay=0.96, measure_every=1000,
)  # fmt: skip
DEMO_REPEATS = 6  # how often the demo pictures stand among the others, so that every batch has some


class Recipe:
    """One run over the folder ``data``; what can be resumed lies in ``work``."""

    def __init__(self, data: Path, work: Path) -> None:
        if not (data / "flickr8k" / "captions_train.csv").is_file():
            raise DatasetError(
                f"The recipe needs flickr8k/captions_train.csv and pool/labels.csv in its data folder, and {data} has "
                "not. To fine-tune on your own captions leave --recipe out."
            )
        self._data, self._work = data, work
        self._flickr, self._shown, self._pool = read_flickr(data), read_display(data), read_pool(data)
        self._demo = read_demo()
        self._network = imagenet_lite2()
        work.mkdir(parents=True, exist_ok=True)

    def make(self, out: Path) -> None:
        """Run what is missing and write the model."""
        self._make_maps()
        split = self._split()
        lessons = self._lessons(split)
        module = channels_last(build_mini(CONFIG))
        module.backbone.load_state_dict(self._network.backbone.state_dict())
        self._stage("text", module, lambda: self._learn_sentences(module, split))
        for plan, seed in ((PICTURES, 2), (JOINT, 11)):
            stage = PictureStage(module, lessons, plan, choose=split.choose, seed=seed)
            self._stage(plan.name, module, stage.run)
        before = report_figures(module, lessons, split, self._shown_maps(split), self._demo, self._maps("gallery"))
        with_demo = self._with_demo(lessons, split)
        stage = PictureStage(module, with_demo, DEMO, choose=split.choose, seed=13)
        self._stage(DEMO.name, module, stage.run)
        after = report_figures(module, lessons, split, self._shown_maps(split), self._demo, self._maps("gallery"))
        save_mini(module, out, config=CONFIG)
        write_figures(out.with_name("figures.json"), before=before, after=after)

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

    def _make_maps(self) -> None:
        backbone = LiteBackbone("lite2").eval()
        backbone.load_state_dict(self._network.backbone.state_dict())
        backbone = channels_last(backbone).to(torch.bfloat16)
        jobs = (("train", self._flickr.paths, True), ("display", self._shown.paths, False),
                ("pool", self._pool.paths, False), ("gallery", self._demo.pictures.paths, False))  # fmt: skip
        for name, paths, mirrored in jobs:
            for view in ("plain", "flip") if mirrored else ("plain",):
                MapStore(self._work, f"{name}-{view}").make(paths, view=view, rule=RULE, backbone=backbone)

    def _maps(self, name: str, view: str = "plain") -> np.ndarray:
        return MapStore(self._work, f"{name}-{view}").read()

    def _guesses(self, name: str) -> np.ndarray:
        features = torch.from_numpy(self._maps(name)[:, 0, 0].astype(np.float32))
        logits = features @ self._network.weight.T + self._network.bias
        return logits.softmax(dim=-1).to(torch.float16).numpy()

    def _split(self) -> Split:
        features = self._maps("train")[:, 0, 0].astype(np.float32)
        features /= np.linalg.norm(features, axis=1, keepdims=True)
        return split_pictures(self._flickr, self._shown, features)

    def _caption_vectors(self) -> np.ndarray:
        return embedded(list(self._flickr.captions), self._work, "captions").embeddings

    def _text_only(self, split: Split) -> Corpus:
        rows = np.concatenate([split.train, split.choose])
        return embedded(text_only_sentences(self._flickr, rows, self._pool), self._work, "text-only")

    def _prompt_corpus(self) -> Corpus:
        return embedded(list(prompt_sentences(self._pool).values()), self._work, "prompts")

    def _learn_sentences(self, module: MiniClip, split: Split) -> None:
        used = np.flatnonzero(np.isin(self._flickr.owners, split.train))
        parts = [Corpus([self._flickr.captions[i] for i in used], self._caption_vectors()[used]),
                 self._prompt_corpus(), self._text_only(split)]  # fmt: skip
        corpus = Corpus(
            [sentence for part in parts for sentence in part.sentences],
            np.concatenate([part.embeddings for part in parts]),
        )
        start_embeddings(module.text)
        learn_sentences(module.text, corpus, seconds=TEXT_SECONDS, epochs=TEXT_EPOCHS, seed=1)

    def _lessons(self, split: Split) -> Lessons:
        text_only = self._text_only(split)
        captioned = Captioned(
            [[self._maps("train"), self._maps("train", "flip")]],
            caption_rows(self._flickr),
            self._caption_vectors(),
            tokenize(self._flickr.captions),
            self._guesses("train"),
            split.train,
        )
        labelled, prompts = self._labelled(self._pool)
        return Lessons(captioned, labelled, prompts, text_only.embeddings, tokenize(text_only.sentences))

    def _labelled(self, pool: LabelledPictures) -> tuple[Labelled, Prompts]:
        names, corpus = pool_names(pool), self._prompt_corpus()
        order = {name: row for row, name in enumerate(prompt_sentences(pool))}
        used = np.array([row for row, name in enumerate(names) if name])
        rows = np.array([order[name] for name in names if name])
        pool_rows = np.unique(rows)
        labelled = Labelled(self._maps("pool"), used, np.searchsorted(pool_rows, rows), self._guesses("pool")[used])
        imagenet = np.array([order[name] for name in imagenet_names()])
        return labelled, Prompts(corpus.embeddings, tokenize(corpus.sentences), pool_rows, imagenet)

    def _shown_maps(self, split: Split) -> np.ndarray:
        """Maps of the report's pictures at the largest size there is, in the report's order."""
        larger = {path.name: row for row, path in enumerate(self._shown.paths)}
        shown, small = self._maps("display"), self._maps("train")
        names = [self._flickr.paths[row].name for row in split.report]
        return np.stack([shown[larger[name]] if name in larger else small[row]
                         for name, row in zip(names, split.report, strict=True)])  # fmt: skip

    def _with_demo(self, lessons: Lessons, split: Split) -> Lessons:
        old, demo = lessons.captioned, self._demo.pictures
        first_picture, first_caption = len(old.captions), len(old.vectors)
        added = np.arange(first_picture, first_picture + len(demo.paths))
        captioned = Captioned(
            [*old.sources, [self._maps("gallery")]],
            [*old.captions, *(rows + first_caption for rows in caption_rows(demo))],
            np.concatenate([old.vectors, embedded(list(demo.captions), self._work, "gallery-captions").embeddings]),
            torch.cat([old.tokens, tokenize(demo.captions)]),
            np.concatenate([old.guesses, self._guesses("gallery")]),
            np.concatenate([split.train, split.choose, np.repeat(added, DEMO_REPEATS)]),
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
