"""The loss of PFLD (Guo et al. 2019): squared distances, weighed by how wrongly the pose is told."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from charaface.train.losses.coordinates import Coordinates, offsets, over_points
from charaface.train.nets.told import Told


class Posed(Coordinates):
    """Squared distance of a point in px^2, times base plus the sum of 1 - cos over the errors of yaw, pitch and roll.

    As published base is 0: where the pose is told exactly, points cost nothing. A sample whose pose is not known (NaN),
    and a network that tells none, have the factor 1. The paper's weights for rare attributes are left out.
    """

    def __init__(self, points: int = 68, base: float = 0.0) -> None:
        super().__init__(points)
        if base < 0:
            raise ValueError(f"base must be at least 0, got {base}")
        self.base = base

    def forward(self, told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:
        """(N,); truth holds points (N, P, 2) in 0..1 of the crop, weight (N, P) and pose (N, 3) in degrees."""
        distance = over_points(offsets(told, truth, size).square().sum(2), truth["weight"])
        return distance if told.pose is None else distance * self._factor(told.pose, truth["pose"])

    def _factor(self, pose: Tensor, truth: Tensor) -> Tensor:
        known = truth.isfinite().all(1)
        wrong = torch.deg2rad(pose - torch.where(known[:, None], truth, 0.0))
        return torch.where(known, self.base + (1 - torch.cos(wrong)).sum(1), 1.0)
