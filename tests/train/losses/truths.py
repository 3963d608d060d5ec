"""Labels of points, and predictions at and beside them, for the laws of losses."""

from __future__ import annotations

import torch
from torch import Tensor

from charaface.train.nets.told import Told

SIZE = 64  # pixels of the crops


def truth(count: int = 3, points: int = 5) -> dict[str, Tensor]:
    """Points well inside their crops, all known, and poses."""
    generator = torch.Generator().manual_seed(0)
    return {
        "points": 0.3 + 0.4 * torch.rand(count, points, 2, generator=generator),
        "weight": torch.ones(count, points),
        "pose": 20 * torch.randn(count, 3, generator=generator),
    }


def told_at(points: Tensor) -> Told:
    """What a network tells that puts its points there."""
    return Told(points)
