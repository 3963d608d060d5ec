"""PFLD (Guo et al. 2019, A Practical Facial Landmark Detector): a crop in; its points out, in training its pose too.

The 1X network: MobileNetV2's inverted residuals, features of three scales pooled and joined, one matrix; a branch from
the first group of residuals says the pose while training lasts, and is not there afterwards. Departures: the 7x7
convolution that ends the trunk sees its map brought to 7x7 cells first, as it is of 112 px, so that any size works; the
pose is in degrees; 0 is the middle of the crop; other heads (on the second scale's map) and group norm on demand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.heads import ToPoints, head_named
from charaface.train.nets.norms import set_norm
from charaface.train.nets.told import Told


def _conv(cin: int, cout: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(cout), nn.ReLU())


class _Inverted(nn.Module):
    """Widened, convolved channel by channel, narrowed; beside its input where the shapes are the same."""

    def __init__(self, cin: int, cout: int, widen: int, stride: int = 1) -> None:
        super().__init__()
        wide = cin * widen
        narrow = nn.Sequential(nn.Conv2d(wide, cout, 1, bias=False), nn.BatchNorm2d(cout))
        self.body = nn.Sequential(_conv(cin, wide, 1), _conv(wide, wide, stride=stride, groups=wide), narrow)
        self.beside = stride == 1 and cin == cout

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.body(x)
        return x + y if self.beside else y


class _Seven(nn.Module):
    """A 7x7 convolution over a whole map, which is brought to 7x7 cells first: (N, cin, h, w) to (N, cout)."""

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 7)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[2:] != (7, 7):
            x = F.interpolate(x, (7, 7), mode="bilinear", align_corners=False)
        return F.relu(self.conv(x)).flatten(1)


class _Pose(nn.Module):
    """Features of the first group of residuals to yaw, pitch and roll in degrees."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            _conv(64, 128, stride=2), _conv(128, 128), _conv(128, 32, stride=2), _Seven(32, 128), nn.Linear(128, 32)
        )
        self.fc = nn.Linear(32, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.steps(x)
        with torch.autocast(x.device.type, enabled=False):
            radians: Tensor = self.fc(x.float())
            return radians * (180 / math.pi)


class PFLD(nn.Module):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told, with the pose."""

    STAGES: Mapping[str, tuple[str, ...]] = {
        "entry": ("stem.", "group3."),
        "middle": ("group4.", "group5."),
        "exit": ("group6.", "scale2.", "scale3."),
    }

    def __init__(
        self, points: int = 68, channels: int = 1, head: str = "linear", norm: str = "batch", dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(channels, 64, stride=2), _conv(64, 64, groups=64))
        self.group3 = nn.Sequential(_Inverted(64, 64, 2, stride=2), *(_Inverted(64, 64, 2) for _ in range(4)))
        self.group4 = _Inverted(64, 128, 2, stride=2)
        self.group5 = nn.Sequential(*(_Inverted(128, 128, 4) for _ in range(6)))
        self.group6 = _Inverted(128, 16, 2)
        self.scale2 = _conv(16, 32, stride=2)
        if head == "linear":
            self.scale3 = _Seven(32, 128)
            self.dropout = nn.Dropout(dropout)
            self.fc = ToPoints(16 + 32 + 128, points)
        else:
            self.head = head_named(head)(32, points, doublings=2, dropout=dropout)
            self.STAGES = {**PFLD.STAGES, "exit": ("group6.", "scale2.")}
        self.pose = _Pose()
        set_norm(self, norm)

    def forward(self, x: Tensor) -> Tensor | Told:
        size = x.shape[-1]
        branch = self.group3(self.stem(x))  # (N, 64, S / 4, S / 4)
        one = self.group6(self.group5(self.group4(branch)))  # (N, 16, S / 8, S / 8)
        two = self.scale2(one)  # (N, 32, S / 16, S / 16)
        told = self.head(two, size) if hasattr(self, "head") else self._linear(one, two)
        return told._replace(pose=self.pose(branch)) if self.training else told.points

    def _linear(self, one: Tensor, two: Tensor) -> Told:
        scales = torch.cat([one.mean((2, 3)), two.mean((2, 3)), self.scale3(two)], 1)  # (N, 176)
        return Told(self.fc(self.dropout(scales.float())))
