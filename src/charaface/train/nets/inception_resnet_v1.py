"""Inception-ResNet-v1 (Szegedy et al. 2017) in FaceNet's form: a crop in, its points out.

The attributes have the names of the widely used PyTorch port, from conv2d_1a to last_bn and logits, so that a foreign
state dict fits by name. Departures from FaceNet: one channel in the stem, a ReLU between last_bn and logits, logits to
2 numbers a point in place of classes (0 is the middle of the crop), other heads and group norm on demand. Its
convolutions are without padding: a crop below 75 px would run out of pixels, so one below 96 px is enlarged to 128
before the stem.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.heads import ToPoints, head_named
from charaface.train.nets.norms import set_norm
from charaface.train.nets.told import Told

LEAST = 96  # pixels of a crop that is read as it is
_ENLARGED = 128


class _Conv(nn.Module):
    """A convolution without a bias, its norm, ReLU."""

    def __init__(
        self, cin: int, cout: int, kernel: int | tuple[int, int], stride: int = 1, padding: int | tuple[int, int] = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(cout, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class _Residual(nn.Module):
    """Branches side by side, a 1x1 convolution, a share of the sum added to the input: what the three blocks share."""

    def __init__(self, branches: list[nn.Module], width: int, channels: int, scale: float, last: bool) -> None:
        super().__init__()
        for i, branch in enumerate(branches):
            setattr(self, f"branch{i}", branch)
        self.count, self.scale, self.last = len(branches), scale, last
        self.conv2d = nn.Conv2d(width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.cat([getattr(self, f"branch{i}")(x) for i in range(self.count)], 1)
        y = x + self.scale * self.conv2d(y)
        return y if self.last else F.relu(y)


def _block35() -> _Residual:
    branches: list[nn.Module] = [
        _Conv(256, 32, 1),
        nn.Sequential(_Conv(256, 32, 1), _Conv(32, 32, 3, padding=1)),
        nn.Sequential(_Conv(256, 32, 1), _Conv(32, 32, 3, padding=1), _Conv(32, 32, 3, padding=1)),
    ]
    return _Residual(branches, 96, 256, 0.17, last=False)


def _block17() -> _Residual:
    wide, tall = _Conv(128, 128, (1, 7), padding=(0, 3)), _Conv(128, 128, (7, 1), padding=(3, 0))
    branches: list[nn.Module] = [_Conv(896, 128, 1), nn.Sequential(_Conv(896, 128, 1), wide, tall)]
    return _Residual(branches, 256, 896, 0.10, last=False)


def _block8(scale: float = 0.20, last: bool = False) -> _Residual:
    wide, tall = _Conv(192, 192, (1, 3), padding=(0, 1)), _Conv(192, 192, (3, 1), padding=(1, 0))
    branches: list[nn.Module] = [_Conv(1792, 192, 1), nn.Sequential(_Conv(1792, 192, 1), wide, tall)]
    return _Residual(branches, 384, 1792, scale, last)


class _Mixed6a(nn.Module):
    """Half the side: two ways of convolutions and a pool side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.branch0 = _Conv(256, 384, 3, stride=2)
        self.branch1 = nn.Sequential(_Conv(256, 192, 1), _Conv(192, 192, 3, padding=1), _Conv(192, 256, 3, stride=2))
        self.branch2 = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch0(x), self.branch1(x), self.branch2(x)], 1)


class _Mixed7a(nn.Module):
    """Half the side: three ways of convolutions and a pool side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.branch0 = nn.Sequential(_Conv(896, 256, 1), _Conv(256, 384, 3, stride=2))
        self.branch1 = nn.Sequential(_Conv(896, 256, 1), _Conv(256, 256, 3, stride=2))
        self.branch2 = nn.Sequential(_Conv(896, 256, 1), _Conv(256, 256, 3, padding=1), _Conv(256, 256, 3, stride=2))
        self.branch3 = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch0(x), self.branch1(x), self.branch2(x), self.branch3(x)], 1)


_ENTRY = ("conv2d_1a.", "conv2d_2a.", "conv2d_2b.", "conv2d_3b.", "conv2d_4a.", "conv2d_4b.", "repeat_1.")
_MIDDLE = ("mixed_6a.", "repeat_2.")
_EXIT = ("mixed_7a.", "repeat_3.", "block8.")


class InceptionResnetV1(nn.Module):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told.

    With the linear head a training batch needs two crops at least: last_bn is a norm over the batch.
    """

    STAGES: Mapping[str, tuple[str, ...]] = {
        "entry": _ENTRY,
        "middle": _MIDDLE,
        "exit": (*_EXIT, "last_linear.", "last_bn."),
    }

    def __init__(
        self, points: int = 68, channels: int = 1, head: str = "linear", norm: str = "batch", dropout: float = 0.6
    ) -> None:
        super().__init__()
        self.conv2d_1a = _Conv(channels, 32, 3, stride=2)
        self.conv2d_2a = _Conv(32, 32, 3)
        self.conv2d_2b = _Conv(32, 64, 3, padding=1)
        self.maxpool_3a = nn.MaxPool2d(3, stride=2)
        self.conv2d_3b = _Conv(64, 80, 1)
        self.conv2d_4a = _Conv(80, 192, 3)
        self.conv2d_4b = _Conv(192, 256, 3, stride=2)
        self.repeat_1 = nn.Sequential(*(_block35() for _ in range(5)))
        self.mixed_6a = _Mixed6a()
        self.repeat_2 = nn.Sequential(*(_block17() for _ in range(10)))
        self.mixed_7a = _Mixed7a()
        self.repeat_3 = nn.Sequential(*(_block8() for _ in range(5)))
        self.block8 = _block8(scale=1.0, last=True)
        if head == "linear":
            self.avgpool_1a = nn.AdaptiveAvgPool2d(1)
            self.dropout = nn.Dropout(dropout)
            self.last_linear = nn.Linear(1792, 512, bias=False)
            self.last_bn = nn.BatchNorm1d(512, eps=1e-3)
            self.logits = ToPoints(512, points)
        else:
            # 2 cells of 128 px are 64 px a cell: four doublings
            self.head = head_named(head)(1792, points, doublings=4, dropout=dropout)
            self.STAGES = {"entry": _ENTRY, "middle": _MIDDLE, "exit": _EXIT}
        set_norm(self, norm)

    def forward(self, x: Tensor) -> Tensor | Told:
        size = x.shape[-1]
        features = self.features(x)
        told = self.head(features, size) if hasattr(self, "head") else self._linear(features)
        return told if self.training else told.points

    def features(self, x: Tensor) -> Tensor:
        """The last maps of the trunk."""
        if x.shape[-1] < LEAST:
            x = F.interpolate(x, (_ENLARGED, _ENLARGED), mode="bilinear", align_corners=False)
        x = self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(x)))  # (N, 64, 61, 61) of 128 px
        x = self.conv2d_4a(self.conv2d_3b(self.maxpool_3a(x)))  # (N, 192, 28, 28)
        x = self.repeat_1(self.conv2d_4b(x))  # (N, 256, 13, 13)
        x = self.repeat_2(self.mixed_6a(x))  # (N, 896, 6, 6)
        last: Tensor = self.block8(self.repeat_3(self.mixed_7a(x)))  # (N, 1792, 2, 2)
        return last

    def _linear(self, features: Tensor) -> Told:
        x = self.dropout(self.avgpool_1a(features).flatten(1))  # (N, 1792)
        return Told(self.logits(F.relu(self.last_bn(self.last_linear(x)))))
