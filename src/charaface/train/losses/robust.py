"""The general and adaptive robust loss (Barron 2019) on coordinates, in pixels of the crop.

rho(d, alpha, c) = |alpha - 2| / alpha ((d / c)^2 / |alpha - 2| + 1)^(alpha / 2) - 1): half the square at alpha = 2,
Charbonnier at 1, Cauchy at 0, Geman-McClure at -2. Fixed, alpha and the scale c are what the caller says. Learned, each
point has an alpha in 0..2 and a scale of its own, which fall out of the negative log-likelihood rho + log c +
log Z(alpha); they are parameters of the module, so an optimiser has to be given them. Departure: Z comes from a
quadrature in every step, not from a spline fitted beforehand.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.losses.coordinates import Coordinates

_NEAR = 1e-3  # alpha this near to 0 or 2 is taken for it: the general form divides by both distances
_LEAST_SCALE = 0.01  # px
_NODES = 256


class AdaptiveRobust(Coordinates):
    """Barron's loss of a coordinate; alpha and scale (px) are fixed, or where learned begin there."""

    angles: Tensor

    def __init__(self, points: int = 68, alpha: float = 1.0, scale: float = 1.0, learned: bool = False) -> None:
        super().__init__(points)
        if scale <= _LEAST_SCALE:
            raise ValueError(f"scale must be above {_LEAST_SCALE} pixels, got {scale}")
        if learned and not _NEAR < alpha < 2 - _NEAR:
            raise ValueError(f"an alpha that is learned must begin between 0 and 2, got {alpha}")
        self.alpha, self.scale, self.learned = alpha, scale, learned
        if learned:
            self.shape = nn.Parameter(torch.full((points,), math.log(alpha / (2 - alpha))))
            self.width = nn.Parameter(torch.full((points,), math.log(math.expm1(scale - _LEAST_SCALE))))
            middles = (torch.arange(_NODES) + 0.5) / _NODES
            self.register_buffer("angles", (middles - 0.5) * math.pi, persistent=False)

    def of(self, offset: Tensor) -> Tensor:
        if not self.learned:
            return _fixed(offset / self.scale, self.alpha)
        alpha = (2 * torch.sigmoid(self.shape)).clamp(_NEAR, 2 - _NEAR)  # (P,)
        scale = F.softplus(self.width) + _LEAST_SCALE
        rho = _general(offset / scale[:, None], alpha[:, None])
        return rho + (torch.log(scale) + self._log_partition(alpha))[:, None]

    def _log_partition(self, alpha: Tensor) -> Tensor:
        """log of the integral of exp(-rho(x, alpha, 1)) over all x, by the midpoints of x = tan(angle)."""
        x = torch.tan(self.angles)
        density = torch.exp(-_general(x, alpha[:, None])) * (1 + x.square())
        return torch.log(density.mean(1) * math.pi)


def _fixed(x: Tensor, alpha: float) -> Tensor:
    if abs(alpha - 2) < _NEAR:
        return 0.5 * x.square()
    if abs(alpha) < _NEAR:
        return torch.log1p(0.5 * x.square())
    if alpha == -math.inf:
        return -torch.expm1(-0.5 * x.square())
    return _general(x, torch.tensor(alpha, dtype=x.dtype, device=x.device))


def _general(x: Tensor, alpha: Tensor) -> Tensor:
    """rho of errors in scales, for an alpha that is neither 0 nor 2."""
    away = (alpha - 2).abs()
    # expm1 and log1p keep the digits of small errors
    return away / alpha * torch.expm1(alpha / 2 * torch.log1p(x.square() / away))
