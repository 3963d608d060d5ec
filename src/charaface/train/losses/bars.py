"""The loss of SimCC (Li et al. 2022): x and y of a point as distributions over bins."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.losses.coordinates import over_points
from charaface.train.nets.told import Told


class SimCC(nn.Module):
    """Kullback-Leibler divergence from a Gaussian around each coordinate, of width sigma in pixels of the crop."""

    def __init__(self, points: int = 68, sigma: float = 1.5) -> None:
        super().__init__()
        if sigma <= 0:
            raise ValueError(f"sigma must be above 0 pixels, got {sigma}")
        self.points, self.sigma = points, sigma

    def forward(self, told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:
        """(N,), the sum over x and y averaged over the points that are known; truth holds points and weight."""
        if told.bars is None:
            raise ValueError("SimCC compares bins, and the network gives none: head = 'simcc'")
        known = truth["weight"] > 0
        points = torch.where(known[..., None], truth["points"], 0.5)
        axes = zip(told.bars, points.unbind(2), strict=True)
        costs = sum((_divergence(bars, place, self.sigma / size) for bars, place in axes), start=points.new_zeros(()))
        return over_points(torch.where(known, costs, 0.0), truth["weight"])


def wanted_bars(bars: Tensor, place: Tensor, sigma: float) -> Tensor:
    """Logarithms of the probabilities wanted: bars' shape (N, P, bins), place (N, P) and sigma in 0..1 of the crop."""
    count = bars.shape[2]
    middles = (torch.arange(count, dtype=bars.dtype, device=bars.device) + 0.5) / count
    return F.log_softmax(-0.5 * ((middles - place[..., None]) / sigma).square(), 2)


def _divergence(bars: Tensor, place: Tensor, sigma: float) -> Tensor:
    wanted = wanted_bars(bars, place, sigma)
    return F.kl_div(F.log_softmax(bars, 2), wanted, reduction="none", log_target=True).sum(2)
