"""Adaloss (Teixeira, Tamersoy, Singh & Kapoor 2019, arXiv:1908.01070): heat maps whose width adapts, point by point.

The published idea: targets begin as wide Gaussians, which are easy to learn, and the width of each landmark's target
is moved by statistics of the training alone. The rule taken here is the one a public re-implementation gives
(predict-idlab/landmarker; the paper was read no further than its abstract): with V the variance of a landmark's
loss over a window of recent epochs, and V_before that of one epoch earlier,

    sigma <- sigma + rho (1 - V_before / V)

so that a loss which settles sharpens its target. Departures, so that a width cannot leap or swing: an "epoch" is
`every` calls in training mode; a window is the last `window` of their mean losses; V is their plain variance; a loss
is taken as a share of what an empty map would cost, so that a narrower target alone, which costs less, does not count
as a settled loss; an update narrows by rho at the most and never widens; sigma ends at `least`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from charaface.train.losses.coordinates import over_points
from charaface.train.losses.heat import HeatMSE
from charaface.train.nets.told import Told


class Adaloss(HeatMSE):
    """Squared differences of heat maps whose widths sigma, in cells, fall from `sigma` to `least` as losses settle.

    Widths and statistics are buffers: a checkpoint holds them, and the same batches give the same widths. In eval mode
    nothing moves. Where torch.distributed is initialised, statistics are summed over all processes.
    """

    seen: Tensor  # (2, P) sum of the losses of this epoch, and how many samples they are of
    history: Tensor  # (window, P) mean losses of the last epochs, the newest last
    before: Tensor  # (P,) the variance at the last update
    calls: Tensor  # () int64 how often it was called in training mode
    epochs: Tensor  # () int64 how many epochs history has seen

    def __init__(
        self,
        points: int = 68,
        sigma: float = 3.0,
        least: float = 1.0,
        rho: float = 0.1,
        window: int = 3,
        every: int = 20,
    ) -> None:
        super().__init__(points, sigma)
        if not 0 < least <= sigma:
            raise ValueError(f"least must lie above 0 and be at most sigma {sigma}, got {least}")
        if window < 2 or every < 1:
            raise ValueError(f"window must be at least 2 and every at least 1, got {window} and {every}")
        self.least, self.rho, self.window, self.every = least, rho, window, every
        self.register_buffer("seen", torch.zeros(2, points))
        self.register_buffer("history", torch.zeros(window, points))
        self.register_buffer("before", torch.zeros(points))
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))
        self.register_buffer("epochs", torch.zeros((), dtype=torch.int64))

    def forward(self, told: Told, truth: Mapping[str, Tensor], size: int) -> Tensor:  # noqa: ARG002 (as every loss)
        costs = self.of_points(told, truth)
        if self.training:
            with torch.no_grad():
                self._note(costs.detach(), truth["weight"])
        return over_points(costs, truth["weight"])

    def _note(self, costs: Tensor, weight: Tensor) -> None:
        """Counts the losses of a batch, and at the end of an epoch moves the widths."""
        empty = torch.pi * self.sigma.square()  # the sum of a squared Gaussian over the cells
        weight = torch.where(costs.isfinite(), weight, 0.0)  # a step that failed leaves no trace
        self.seen += torch.stack([(costs.nan_to_num(0.0, 0.0, 0.0) * weight).sum(0) / empty, weight.sum(0)])
        self.calls += 1
        if int(self.calls) % self.every:
            return
        total = self.seen.clone()
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(total)
        self.seen.zero_()
        mean = torch.where(total[1] > 0, total[0] / total[1].clamp(min=1e-6), self.history[-1])
        self.history.copy_(torch.cat([self.history[1:], mean[None]]))
        self.epochs += 1
        self._move()

    def _move(self) -> None:
        variance = self.history.var(0, unbiased=False)
        if int(self.epochs) > self.window:  # two whole windows to compare
            step = self.rho * (1 - self.before / variance.clamp(min=1e-12))
            self.sigma.add_(step.clamp(-self.rho, 0.0)).clamp_(min=self.least)
        self.before.copy_(variance)
