"""Labels of points, and predictions at and beside them, for the laws of losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from charaface.train.losses.bars import wanted_bars
from charaface.train.losses.heat import gaussians
from charaface.train.nets.told import Told

SIZE = 64  # pixels of the crops
POINTS = 5


def truth(count: int = 3) -> dict[str, Tensor]:
    """Points well inside their crops, all known, and poses."""
    generator = torch.Generator().manual_seed(0)
    return {
        "points": 0.3 + 0.4 * torch.rand(count, POINTS, 2, generator=generator),
        "weight": torch.ones(count, POINTS),
        "pose": 20 * torch.randn(count, 3, generator=generator),
    }


def told_at(points: Tensor, loss: nn.Module, pose: Tensor | None = None) -> Told:
    """What a network tells that is sure of its points, in the form that a loss reads."""
    sigma = getattr(loss, "sigma", 1.5)
    widths = sigma if isinstance(sigma, Tensor) else torch.full((POINTS,), 1.5)
    maps = gaussians(points, torch.zeros(1, 1, SIZE // 4, SIZE // 4), widths)
    empty = torch.zeros(*points.shape[:2], 2 * SIZE)
    x, y = (wanted_bars(empty, points[..., k], 1.5 / SIZE) for k in (0, 1))
    return Told(points, maps, (x, y), pose)
