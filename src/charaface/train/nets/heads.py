"""Heads: from a trunk's last features to points, each a way of its own; for crops of any size.

linear: pooled features and one matrix. softargmax (Sun et al. 2018, Integral Human Pose Regression), heatmap (Xiao et
al. 2018, Simple Baselines) and simcc (Li et al. 2022) read a map of a quarter of the crop's side, which thin
deconvolutions make. Departures: 64 channels in place of 256, since CPUs train this, after a 1x1 convolution; a heat
map is read by a parabola through the logarithms around its peak, which is exact for a Gaussian; simcc's bins come from
the strongest features of each column and row, not from a matrix over the whole map, which would fix the size of crops.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.told import Told

WIDTH = 64  # channels of the maps that points are read from
BINS = 2  # simcc: bins of a pixel
_STRIDE = 4  # pixels of the crop in a cell of a map


class ToPoints(nn.Linear):
    """The last matrix of a network: (N, C) features to (N, P, 2) points, where 0 is the middle of the crop."""

    def __init__(self, channels: int, points: int) -> None:
        super().__init__(channels, 2 * points)

    def forward(self, features: Tensor) -> Tensor:
        # eight bits of mantissa are too few for a place: it is computed in full
        with torch.autocast(features.device.type, enabled=False):
            points: Tensor = super().forward(features.float()).unflatten(1, (-1, 2)) + 0.5
            return points

    @torch.no_grad()
    def answer(self, points: Tensor) -> None:
        """Lets it give these (P, 2) points, in 0..1 of the crop, for whatever features."""
        self.weight.zero_()
        self.bias.copy_((points - 0.5).flatten())


class Linear(nn.Module):
    """Global average, dropout, one matrix."""

    def __init__(self, channels: int, points: int, doublings: int = 0, dropout: float = 0.0) -> None:  # noqa: ARG002
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.fc = ToPoints(channels, points)

    def forward(self, features: Tensor, size: int) -> Told:  # noqa: ARG002
        pooled = features.mean((2, 3))  # (N, C)
        return Told(self.fc(self.dropout(pooled.float())))


class Deconvolutions(nn.Module):
    """(N, channels, h, w) to (N, WIDTH, size / 4, size / 4), doubled so many times on the way."""

    def __init__(self, channels: int, doublings: int) -> None:
        super().__init__()
        steps: list[nn.Module] = [nn.Conv2d(channels, WIDTH, 1, bias=False), nn.BatchNorm2d(WIDTH), nn.ReLU()]
        for _ in range(doublings):
            up = nn.ConvTranspose2d(WIDTH, WIDTH, 4, stride=2, padding=1, bias=False)
            steps += [up, nn.BatchNorm2d(WIDTH), nn.ReLU()]
        self.steps = nn.Sequential(*steps)

    def forward(self, features: Tensor, size: int) -> Tensor:
        maps: Tensor = self.steps(features)
        side = size // _STRIDE
        if maps.shape[2:] != (side, side):  # a trunk whose stride is no power of two, or an odd size
            maps = F.interpolate(maps, (side, side), mode="bilinear", align_corners=False)
        return maps.float()


class _Maps(nn.Module):
    """One map a point."""

    def __init__(self, channels: int, points: int, doublings: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.up = Deconvolutions(channels, doublings)
        self.dropout = nn.Dropout2d(dropout)
        self.heat = nn.Conv2d(WIDTH, points, 1)

    def maps(self, features: Tensor, size: int) -> Tensor:
        """(N, P, size / 4, size / 4) in float32, whatever the rest is computed in."""
        cells = self.dropout(self.up(features, size))
        with torch.autocast(features.device.type, enabled=False):
            maps: Tensor = self.heat(cells)
            return maps


class SoftArgmax(_Maps):
    """The centre of mass of a softmax over the cells: points that coordinate losses can teach."""

    def forward(self, features: Tensor, size: int) -> Told:
        maps = self.maps(features, size)
        heat = maps.flatten(2).softmax(2).unflatten(2, maps.shape[2:])
        x = (heat.sum(2) * centres(heat, 3)).sum(2)
        y = (heat.sum(3) * centres(heat, 2)).sum(2)
        return Told(torch.stack([x, y], 2))


class Heatmap(_Maps):
    """One heat map a point, taught by a loss on maps; its points carry no gradient."""

    def forward(self, features: Tensor, size: int) -> Told:
        maps = self.maps(features, size)
        return Told(peaks(maps.detach()), maps=maps)


class SimCC(nn.Module):
    """x and y of a point as two classifications over bins of half a pixel; its points carry no gradient."""

    def __init__(self, channels: int, points: int, doublings: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.up = Deconvolutions(channels, doublings)
        self.dropout = nn.Dropout2d(dropout)
        self.across = self._axis(points)
        self.down = self._axis(points)

    @staticmethod
    def _axis(points: int) -> nn.Sequential:
        wide = nn.Conv1d(WIDTH, points * BINS * _STRIDE, 1)
        return nn.Sequential(nn.Conv1d(WIDTH, WIDTH, 3, padding=1), nn.ReLU(), wide)

    def forward(self, features: Tensor, size: int) -> Told:
        cells = self.dropout(self.up(features, size))
        with torch.autocast(features.device.type, enabled=False):
            x = _interleaved(self.across(cells.amax(2)))  # (N, P, 2 size)
            y = _interleaved(self.down(cells.amax(3)))
            points = torch.stack([peak(x.detach()), peak(y.detach())], 2)
            return Told(points, bars=(x, y))


HEADS: dict[str, Callable[..., nn.Module]] = {
    "linear": Linear,
    "softargmax": SoftArgmax,
    "heatmap": Heatmap,
    "simcc": SimCC,
}


def head_named(name: str) -> Callable[..., nn.Module]:
    """The head of that name; ValueError says which there are."""
    if name not in HEADS:
        raise ValueError(f"head must be one of {', '.join(HEADS)}, got {name!r}")
    return HEADS[name]


def centres(maps: Tensor, axis: int) -> Tensor:
    """Where the cells of a map have their centres along an axis, in 0..1 of the crop."""
    count = maps.shape[axis]
    return (torch.arange(count, dtype=maps.dtype, device=maps.device) + 0.5) / count


def peaks(maps: Tensor) -> Tensor:
    """(N, P, 2) in 0..1 of the crop: where heat maps (N, P, h, w) have their peaks, finer than a cell.

    Parabolas through the logarithms of the nine cells around the greatest, exact for a Gaussian of a cell's width or
    more: the idea of DARK (Zhang et al. 2020), without its smoothing. A peak leaves those cells by half a one at most.
    """
    height, width = maps.shape[2:]
    flat = maps.flatten(2)
    index = flat.argmax(2, keepdim=True)  # (N, P, 1)
    row = (index // width).clamp(1, height - 2)
    column = (index % width).clamp(1, width - 2)
    step = torch.arange(-1, 2, device=maps.device)
    around = (row + step)[..., None] * width + (column + step)[..., None, :]  # (N, P, 3, 3)
    near = flat.gather(2, around.flatten(2)).unflatten(2, (3, 3))
    log = torch.log(near.clamp(min=1e-3))
    x = column[..., 0] + 0.5 + _vertex(log.mean(2))
    y = row[..., 0] + 0.5 + _vertex(log.mean(3))
    return torch.stack([x / width, y / height], 2)


def peak(bars: Tensor) -> Tensor:
    """(N, P) in 0..1 of the crop: where logits over bins (N, P, bins) have their peaks, finer than a bin."""
    count = bars.shape[2]
    index = bars.argmax(2, keepdim=True).clamp(1, count - 2)
    near = bars.gather(2, index + torch.arange(-1, 2, device=bars.device))
    return (index[..., 0] + 0.5 + _vertex(near)) / count


def _vertex(values: Tensor) -> Tensor:
    """Where a parabola through (..., 3) equally spaced values has its top, in steps from the middle one."""
    left, middle, right = values[..., 0], values[..., 1], values[..., 2]
    bend = (2 * middle - left - right).clamp(min=1e-3)  # flat values have no top: the middle stays
    return (0.5 * (right - left) / bend).clamp(-1.5, 1.5)


def _interleaved(wide: Tensor) -> Tensor:
    """(N, P k, w) to (N, P, w k): each cell's k bins side by side."""
    split = wide.reshape(wide.shape[0], -1, BINS * _STRIDE, wide.shape[2])
    return split.transpose(2, 3).flatten(2)
