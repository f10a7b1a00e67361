"""What fine-tuning needs of a model: embeddings with gradients, what to train, and how to save it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder.checkpoints import is_safetensors, read_state_dict, safetensors_metadata
from t2i_core.encoder.mini_adapter import pixel_rule_of
from t2i_core.encoder.mini_network import load_mini
from t2i_core.encoder.openai_network import OpenAINetwork
from t2i_core.training.feature_store import FeatureStore, read_features
from t2i_core.training.pictures import pixels
from t2i_core.training.saving import replace_safetensors, save_mini

Groups = list[dict[str, Any]]


class TunedModel(Protocol):
    """A model whose pictures are known by their row in the list it was opened with."""

    @property
    def module(self) -> nn.Module:
        """The network, whose state a stopped run keeps."""
        ...

    def groups(self) -> Groups:
        """Weights to train with their rates."""
        ...

    def images(self, rows: np.ndarray, random: np.random.Generator | None) -> torch.Tensor:
        """Unit embeddings (B, D); with ``random``, of a random view."""
        ...

    def texts(self, tokens: torch.Tensor) -> torch.Tensor:
        """Unit embeddings (M, D)."""
        ...

    def scale(self) -> torch.Tensor:
        """What cosines are multiplied by."""
        ...

    def save(self, out: Path) -> None:
        """Write the model whole or not at all."""
        ...


class TunedMini:
    """The bundled architecture: its convolutions stay as they are, so each picture passes them once."""

    def __init__(self, weights: Path, paths: Sequence[Path], work: Path) -> None:
        self.module, self._config = load_mini(weights)
        rule = pixel_rule_of(self._config)
        self._views = [
            FeatureStore(work, f"features-{view}").make(paths, view=view, rule=rule, trunk=self.module.backbone)
            for view in ("plain", "flip")
        ]

    def groups(self) -> Groups:
        self.module.requires_grad_(False)
        heads = [*self.module.head.parameters(), *self.module.text.head.parameters()]
        transformer = [w for name, w in self.module.text.named_parameters() if not name.startswith("head.")]
        for weight in heads + transformer:
            weight.requires_grad_(True)
        return [{"params": heads, "lr": 2e-4}, {"params": transformer, "lr": 1e-4}]

    def images(self, rows: np.ndarray, random: np.random.Generator | None) -> torch.Tensor:
        view = self._views[int(random.integers(2)) if random else 0]
        return F.normalize(self.module.head(read_features(view, rows)), dim=-1)

    def texts(self, tokens: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.module.encode_text(tokens), dim=-1)

    def scale(self) -> torch.Tensor:
        scale: torch.Tensor = self.module.logit_scale.exp()
        return scale

    def save(self, out: Path) -> None:
        save_mini(self.module, out, config=self._config)


class TunedOpenAI:
    """openai/CLIP's architecture, trained whole: slow on a CPU."""

    def __init__(self, weights: Path, paths: Sequence[Path]) -> None:
        self._network = OpenAINetwork(read_state_dict(weights), device=torch.device("cpu"), source=weights.name)
        self.module = self._network.module
        self._paths = list(paths)

    def groups(self) -> Groups:
        self.module.requires_grad_(True)
        return [{"params": list(self.module.parameters()), "lr": 5e-6}]

    def images(self, rows: np.ndarray, random: np.random.Generator | None) -> torch.Tensor:
        view = "flip" if random is not None and random.random() < 0.5 else "plain"
        batch = pixels([self._paths[row] for row in rows], view=view, rule=self._network.pixel_rule)
        return F.normalize(self.module.encode_image(batch), dim=-1)

    def texts(self, tokens: torch.Tensor) -> torch.Tensor:
        return F.normalize(self._network.encode_text_in_module(tokens), dim=-1)

    def scale(self) -> torch.Tensor:
        scale: torch.Tensor = self.module.get_parameter("logit_scale").exp()
        return scale

    def save(self, out: Path) -> None:
        weights = {name: tensor.detach().half().contiguous() for name, tensor in self.module.state_dict().items()}
        replace_safetensors(out, weights)


def open_tuned(weights: Path, paths: Sequence[Path], work: Path) -> TunedModel:
    """Open a file of either architecture for training."""
    if is_safetensors(weights) and "config" in safetensors_metadata(weights):
        return TunedMini(weights, paths, work)
    return TunedOpenAI(weights, paths)
