"""The stages with pictures: their head and the text side together, from stored features.

At first the text side is the sentence model itself behind a trained head; afterwards it is the
transformer that has learned to imitate it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention
from torch.nn.attention import SDPBackend, sdpa_kernel

from recipes.mini.averaged_weights import AveragedWeights
from recipes.mini.lessons import Lessons
from recipes.mini.losses import described_by, guess_loss, imitation_loss, kind_loss, vocabulary_loss
from t2i_core.encoder.mini_network import MiniClip
from t2i_core.training.feature_store import read_features
from t2i_core.training.losses import caption_loss
from t2i_core.training.measures import in_words, retrieval_recalls

_log = logging.getLogger(__name__)
_MAX_SCALE = math.log(60.0)
_PROMPTS_STALE_AFTER = 30  # steps; prompts of the moving transformer are computed anew then
_LABELS, _PROTOTYPES, _GUESSES, _ANGLE, _VOCABULARY = 0.15, 0.1, 0.1, 2.0, 0.5  # weights of the losses
_AWAY = 0.3  # how far a prototype stands away from the mean picture, towards some picture
_NOISE = 0.02


@dataclass(frozen=True)
class StagePlan:
    """How one stage trains.

    Attributes
    ----------
    own_text : bool
        Text through the transformer, which is trained too, instead of the stored sentence vectors.
    batch, pool_batch, prototypes, text_batch : int
        How many captioned pictures, labelled pictures, prototypes and sentences without pictures are in a batch.
    captions : int
        How many of a picture's captions are in a batch.
    """

    name: str
    own_text: bool
    steps: int
    batch: int = 512
    pool_batch: int = 256
    prototypes: int = 128
    text_batch: int = 256
    captions: int = 2
    head_rate: float = 1e-3
    text_rate: float = 2e-4
    decay: float = 0.98
    measure_every: int = 40


class PictureStage:
    """One stage: `run` trains ``module`` in place and leaves the averaged weights in it."""

    def __init__(
        self, module: MiniClip, lessons: Lessons, plan: StagePlan, *, choose: Mapping[str, np.ndarray], seed: int
    ) -> None:
        self._module, self._lessons, self._plan, self._choose = module, lessons, plan, choose
        self._random = np.random.default_rng(seed)
        self._prompts: torch.Tensor | None = None
        self._prompts_made = -_PROMPTS_STALE_AFTER

    def run(self) -> None:
        plan, module = self._plan, self._module
        groups = self._groups()
        optimizer = torch.optim.AdamW(groups, weight_decay=0.05, betas=(0.9, 0.98), fused=True)
        rates = [group["lr"] for group in optimizer.param_groups]
        trained = [weight for group in optimizer.param_groups for weight in group["params"]]
        average = AveragedWeights(module, decay=plan.decay)
        begun = time.monotonic()
        for step in range(plan.steps):
            factor = min(1.0, (step + 1) / 20) * (0.02 + 0.98 * math.cos(math.pi / 2 * step / plan.steps) ** 2)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            module.train()
            with sdpa_kernel(SDPBackend.MATH):  # as in the text stage
                parts = self._losses(step)
                loss = torch.stack(list(parts.values())).sum()
                optimizer.zero_grad()
                loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 2.0)
            optimizer.step()
            with torch.no_grad():
                module.logit_scale.clamp_(max=_MAX_SCALE)
            average.update(module)
            if (step + 1) % 10 == 0:
                shown = " ".join(f"{name} {value.item():.3f}" for name, value in parts.items())
                _log.info(
                    "%s: step %d of %d %s %.0f s", plan.name, step + 1, plan.steps, shown, time.monotonic() - begun
                )
            if (step + 1) % plan.measure_every == 0:
                self._measure(average, step)
        module.load_state_dict(average.weights)
        module.eval()
        self._tell("done")

    def _groups(self) -> list[dict[str, object]]:
        plan, module = self._plan, self._module
        module.requires_grad_(False)
        heads = [*module.head.parameters(), *module.text.head.parameters(), module.logit_scale]
        groups: list[dict[str, object]] = [{"params": heads, "lr": plan.head_rate}]
        if plan.own_text:
            transformer = [w for name, w in module.text.named_parameters() if not name.startswith("head.")]
            groups.append({"params": transformer, "lr": plan.text_rate})
        for group in groups:
            for weight in group["params"]:  # type: ignore[attr-defined]
                weight.requires_grad_(True)
        return groups

    def _losses(self, step: int) -> dict[str, torch.Tensor]:
        plan, module, lessons, random = self._plan, self._module, self._lessons, self._random
        rows = lessons.captioned.drawn(plan.batch, random)
        others = random.choice(len(lessons.labelled.rows), size=plan.pool_batch, p=lessons.labelled.shares)
        outputs = torch.from_numpy(random.integers(len(lessons.classes.prototypes), size=plan.prototypes))
        features = torch.cat([
            lessons.captioned.features(rows, random),
            read_features(lessons.labelled.features, lessons.labelled.rows[others]),
            self._prototypes(outputs),
        ])  # fmt: skip
        images = embed_features(module, features)
        picked = [random.choice(lessons.captioned.captions[row], plan.captions, replace=False)
                  if len(lessons.captioned.captions[row]) > plan.captions else lessons.captioned.captions[row]
                  for row in rows]  # fmt: skip
        captions = np.concatenate(picked)
        owners = torch.from_numpy(np.repeat(np.arange(len(rows)), [len(chosen) for chosen in picked]))
        sentences, alone, taught, parts = self._sentences(captions)
        prompted = self._prompt_vectors(step)
        heads = torch.cat([sentences, alone, prompted])
        if not plan.own_text:
            heads = F.normalize(heads + _NOISE * torch.randn_like(heads), dim=-1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            heads = module.text.head(heads)
        texts, words, prompts = F.normalize(heads.float(), dim=-1).split([len(sentences), len(alone), len(prompted)])
        scale = module.logit_scale.exp()
        shown, labelled, made = images.split([len(rows), len(others), len(outputs)])
        classes = lessons.classes
        parts["captions"] = caption_loss(shown, texts, owners, scale=scale)
        parts["labels"] = _LABELS * kind_loss(
            labelled, prompts, torch.from_numpy(lessons.labelled.classes[others]), classes.fits, scale=scale
        )
        parts["prototypes"] = _PROTOTYPES * kind_loss(
            made, prompts, classes.imagenet_rows[outputs], classes.fits, scale=scale
        )
        closeness = described_by(taught, classes.meanings, features @ classes.weights + classes.biases)
        parts["vocabulary"] = _VOCABULARY * vocabulary_loss(images, words, closeness, scale=scale)
        shares = np.concatenate([lessons.captioned.guesses[rows], lessons.labelled.guesses[others]])
        parts["guesses"] = _GUESSES * guess_loss(
            torch.cat([shown, labelled]), prompts[classes.imagenet_rows],
            torch.from_numpy(shares.astype(np.float32)), scale=scale,
        )  # fmt: skip
        return parts

    def _prototypes(self, outputs: torch.Tensor) -> torch.Tensor:
        """Features (B, C) of no picture, near the mean picture, where the classifiers are sure of a class."""
        classes, captioned = self._lessons.classes, self._lessons.captioned
        somewhere = captioned.features(captioned.drawn(len(outputs), self._random), self._random)
        made = classes.mean + _AWAY * (somewhere - classes.mean) + classes.prototypes[outputs]
        return made.clamp_min(0.0)  # features come out of a rectifier

    def _sentences(
        self, captions: np.ndarray
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
        """Sentence vectors of captions, and of sentences without pictures: the used ones, and those that are taught.

        Those of the own transformer come with the loss that keeps it by the sentence model.
        """
        lessons, plan = self._lessons, self._plan
        taught = _vectors(lessons.captioned.vectors[captions])
        extra = self._random.integers(len(lessons.text_vectors), size=plan.text_batch)
        meant = _vectors(lessons.text_vectors[extra])
        if not plan.own_text:
            return taught, meant, meant, {}
        tokens = torch.cat([lessons.captioned.tokens[captions], lessons.text_tokens[extra]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            own = self._module.text.sentences(tokens).float()
        sentences, alone = own.split([len(captions), len(extra)])
        angle = 1.0 - (sentences * taught).sum(dim=-1).mean()
        kept = _ANGLE * angle + imitation_loss(alone, meant)
        return sentences, alone, meant, {"imitation": kept}

    def _prompt_vectors(self, step: int) -> torch.Tensor:
        """Sentence vectors (K + H, S): every class in one of its sentences, then the words for kinds."""
        classes, plan = self._lessons.classes, self._plan
        count = classes.name_vectors.shape[1]
        form = self._random.integers(len(classes.name_vectors), size=count)
        if not plan.own_text:
            return _vectors(np.concatenate([classes.name_vectors[form, np.arange(count)], classes.kind_vectors]))
        if step - self._prompts_made >= _PROMPTS_STALE_AFTER or self._prompts is None:
            tokens = torch.cat([classes.name_tokens[form, np.arange(count)], classes.kind_tokens])
            self._prompts, self._prompts_made = own_sentences(self._module, tokens), step
        return self._prompts

    def _measure(self, average: AveragedWeights, step: int) -> None:
        current = {name: tensor.clone() for name, tensor in self._module.state_dict().items()}
        self._module.load_state_dict(average.weights)
        self._tell(f"step {step + 1}")
        self._module.load_state_dict(current)

    def _tell(self, when: str) -> None:
        for name, rows in self._choose.items():
            recalls = measure(self._module, self._lessons, rows, own_text=self._plan.own_text)
            _log.info("%s: %s, %s: %s", self._plan.name, when, name, in_words(recalls))


def embed_features(module: MiniClip, features: torch.Tensor) -> torch.Tensor:
    """Unit embeddings (B, D) of stored features (B, C)."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        images = module.head(features)
    return F.normalize(images.float(), dim=-1)


def own_sentences(module: MiniClip, tokens: torch.Tensor) -> torch.Tensor:
    """Sentence vectors (M, S) through the transformer, without gradients, alike lengths together."""
    was_training = module.training
    module.eval()
    vectors = torch.empty(len(tokens), module.text.projection.out_features)
    order = torch.argsort(tokens.argmax(dim=-1))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for rows in order.split(256):
            vectors[rows] = module.text.sentences(tokens[rows]).float()
    module.train(was_training)
    return vectors


def measure(
    module: MiniClip, lessons: Lessons, rows: np.ndarray, *, own_text: bool, most: int | None = None
) -> dict[str, float]:
    """Recalls on some of the captioned pictures, first view, by at most ``most`` captions of each."""
    module.eval()
    captioned = lessons.captioned
    picked = [captioned.captions[row][:most] for row in rows]
    captions = np.concatenate(picked)
    owners = torch.from_numpy(np.repeat(np.arange(len(rows)), [len(chosen) for chosen in picked]))
    with torch.no_grad():
        images = torch.cat(
            [embed_features(module, captioned.features(part)) for part in np.array_split(rows, len(rows) // 100 + 1)]
        )
        sentences = (
            own_sentences(module, captioned.tokens[captions]) if own_text else _vectors(captioned.vectors[captions])
        )
        texts = F.normalize(module.text.head(sentences), dim=-1)
    return retrieval_recalls(images, texts, owners)


def _vectors(rows: np.ndarray) -> torch.Tensor:
    return F.normalize(torch.from_numpy(rows.astype(np.float32)), dim=-1)
