"""A slowly moving average of a module's weights: what is measured and kept."""

from __future__ import annotations

from torch import nn


class AveragedWeights:
    """Exponential moving average of the trained weights; early steps are averaged faster."""

    def __init__(self, module: nn.Module, *, decay: float = 0.99) -> None:
        self._decay, self._steps = decay, 0
        self.weights = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}

    def update(self, module: nn.Module) -> None:
        """Take one more step into account."""
        self._steps += 1
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps))
        for name, tensor in module.state_dict().items():
            self.weights[name].lerp_(tensor.detach(), 1.0 - decay)
