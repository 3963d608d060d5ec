"""The parts of a loss, each with its weight."""

from __future__ import annotations

import torch
from torch import Tensor

from charaface.train.config import Loss


def weigh(parts: dict[str, Tensor], weights: Loss) -> Tensor:
    """The sum of the parts of a loss, each times its weight."""
    return torch.stack([getattr(weights, name) * value for name, value in parts.items()]).sum()
