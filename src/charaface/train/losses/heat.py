"""Losses on heat maps: how far they are from Gaussians of height 1 around the points.

Widths (sigma) are in cells of the map, a cell being four pixels of the crop. A point's loss is the sum over the cells
of its map, so that a miss costs as much on a large map as on a small one; a sample's is the mean over the points that
are known.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.losses.coordinates import over_points
from charaface.train.nets.heads import centres
from charaface.train.nets.told import Told


def gaussians(points: Tensor, maps: Tensor, sigma: Tensor) -> Tensor:
    """The maps wanted: 1 at points (N, P, 2) in 0..1 of the crop, of widths sigma (P,) in cells, shaped as maps."""
    height, width = maps.shape[2:]
    x = (centres(maps, 3) - points[..., :1]) * width / sigma[:, None]  # (N, P, w)
    y = (centres(maps, 2) - points[..., 1:]) * height / sigma[:, None]  # (N, P, h)
    return torch.exp(-0.5 * y.square())[..., None] * torch.exp(-0.5 * x.square())[..., None, :]


class Heat(nn.Module):
    """A loss on heat maps; what it makes of the maps told and wanted is each one's own."""

    sigma: Tensor  # (P,) cells

    def __init__(self, points: int = 68, sigma: float = 1.5) -> None:
        super().__init__()
        if sigma <= 0:
            raise ValueError(f"sigma must be above 0 cells, got {sigma}")
        self.register_buffer("sigma", torch.full((points,), float(sigma)))

    def of(self, maps: Tensor, wanted: Tensor) -> Tensor:
        """What each cell of maps (N, P, h, w) costs."""
        raise NotImplementedError

    def of_points(self, told: Told, truth: Mapping[str, Tensor]) -> Tensor:
        """(N, P): what the map of each point costs; 0 for a point that is not known."""
        if told.maps is None:
            raise ValueError(f"{type(self).__name__} compares heat maps, and the network gives none: head = 'heatmap'")
        known = truth["weight"] > 0
        points = torch.where(known[..., None], truth["points"], 0.5)
        costs = self.of(told.maps, gaussians(points, told.maps, self.sigma)).sum((2, 3))
        return torch.where(known, costs, 0.0)

    def forward(self, told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:  # noqa: ARG002 (as every loss)
        """(N,); truth holds points (N, P, 2) in 0..1 of the crop and weight (N, P)."""
        return over_points(self.of_points(told, truth), truth["weight"])


class HeatMSE(Heat):
    """The squared difference of each cell (Tompson et al. 2014)."""

    def of(self, maps: Tensor, wanted: Tensor) -> Tensor:
        return (maps - wanted).square()


class AdaptiveWing(Heat):
    """Adaptive wing with its weighted loss map (Wang, Bo & Fuxin 2019).

    A wing whose exponent alpha - y falls where the wanted map is high, so that peaks are met exactly and the ground
    loosely; cells where the wanted map, spread by a cell in all directions, reaches 0.2 count 11 times.
    """

    def __init__(
        self,
        points: int = 68,
        sigma: float = 1.5,
        omega: float = 14.0,
        theta: float = 0.5,
        eps: float = 1.0,
        alpha: float = 2.1,
        emphasis: float = 10.0,
    ) -> None:
        super().__init__(points, sigma)
        self.omega, self.theta, self.eps, self.alpha, self.emphasis = omega, theta, eps, alpha, emphasis

    def of(self, maps: Tensor, wanted: Tensor) -> Tensor:
        d = (maps - wanted).abs()
        power = self.alpha - wanted
        ratio = self.theta / self.eps
        slope = self.omega / (1 + ratio**power) * power * ratio ** (power - 1) / self.eps
        join = self.theta * slope - self.omega * torch.log1p(ratio**power)
        # the power of the branch not taken must stay finite too
        curved = self.omega * torch.log1p((d.clamp(max=self.theta) / self.eps) ** power)
        near = F.max_pool2d(wanted, 3, stride=1, padding=1) >= 0.2
        return torch.where(d < self.theta, curved, slope * d - join) * (1 + self.emphasis * near)
