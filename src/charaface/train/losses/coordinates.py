"""Losses on the coordinates of points, in pixels of the crop.

Each is a function of one coordinate's error, averaged over x and y and over the points that are known: one number a
sample, so that a mean over samples is the same however a batch is divided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.told import Told


def offsets(told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:
    """(N, P, 2) pixels from the truth to what was told; 0 where a point is not known, whatever stands there."""
    known = (truth["weight"] > 0)[..., None]
    return torch.where(known, told.points - torch.where(known, truth["points"], 0.0), 0.0) * size


def over_points(values: Tensor, weight: Tensor) -> Tensor:
    """(N,) means of (N, P) values weighted by (N, P); 0 where a sample knows no point."""
    return (values * weight).sum(1) / weight.sum(1).clamp(min=1e-6)


class Coordinates(nn.Module):
    """A loss on coordinates; what it makes of an error is each one's own."""

    def __init__(self, points: int = 68) -> None:
        super().__init__()
        self.points = points

    def of(self, offset: Tensor) -> Tensor:
        """What (N, P, 2) pixels of error cost, coordinate by coordinate."""
        raise NotImplementedError

    def forward(self, told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:
        """(N,); truth holds points (N, P, 2) in 0..1 of the crop and weight (N, P), size is the crop's side."""
        return over_points(self.of(offsets(told, truth, size)).mean(2), truth["weight"])


class MSE(Coordinates):
    """The squared error of a coordinate, px^2."""

    def of(self, offset: Tensor) -> Tensor:
        return offset.square()


class L1(Coordinates):
    """The absolute error of a coordinate, px."""

    def of(self, offset: Tensor) -> Tensor:
        return offset.abs()


class SmoothL1(Coordinates):
    """Half the square below beta pixels, over beta; the absolute error less beta / 2 above (Girshick 2015)."""

    def __init__(self, points: int = 68, beta: float = 1.0) -> None:
        super().__init__(points)
        self.beta = beta

    def of(self, offset: Tensor) -> Tensor:
        return F.smooth_l1_loss(offset, torch.zeros_like(offset), reduction="none", beta=self.beta)


class Wing(Coordinates):
    """w ln(1 + |d| / eps) below w pixels, the absolute error less a constant above (Feng et al. 2018)."""

    def __init__(self, points: int = 68, w: float = 10.0, eps: float = 2.0) -> None:
        super().__init__(points)
        self.w, self.eps = w, eps

    def of(self, offset: Tensor) -> Tensor:
        d = offset.abs()
        join = self.w - self.w * math.log1p(self.w / self.eps)
        return torch.where(d < self.w, self.w * torch.log1p(d / self.eps), d - join)


class SoftWing(Coordinates):
    """The absolute error below inner pixels, a logarithm above that goes on from it (Lin et al. 2021): small errors
    are left to the large ones, and far outliers count for little.
    """

    def __init__(self, points: int = 68, inner: float = 2.0, outer: float = 20.0, eps: float = 0.5) -> None:
        super().__init__(points)
        self.inner, self.outer, self.eps = inner, outer, eps

    def of(self, offset: Tensor) -> Tensor:
        d = offset.abs()
        join = self.inner - self.outer * math.log1p(self.inner / self.eps)
        return torch.where(d < self.inner, d, self.outer * torch.log1p(d / self.eps) + join)
