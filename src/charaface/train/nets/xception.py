"""The light Xception: a crop in, its points out.

Xception (Chollet 2017) in the thin form that landmark tutorials made known: 2,630,888 parameters at 68 points. Beside
the paper's: no stride in the stem, six middle blocks in place of eight, 256 channels in place of 728, no layer of
2048, LeakyReLU of slope 0.2, and a convolution to 2 numbers a point in place of classes. Departures from that form:
the sum of head and 0.5 is the place in the crop, so that 0 is its middle; other heads and group norm on demand.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from charaface.train.nets.heads import head_named
from charaface.train.nets.norms import set_norm
from charaface.train.nets.told import Told

_SLOPE = 0.2


def _relu() -> nn.LeakyReLU:
    return nn.LeakyReLU(_SLOPE)


def _separable(cin: int, cout: int) -> nn.Sequential:
    """A depthwise 3x3 convolution and a pointwise one, without biases, and their norm."""
    depthwise = nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False)
    return nn.Sequential(depthwise, nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout))


class _Down(nn.Module):
    """Two separable convolutions and a pool beside a strided shortcut: half the side."""

    def __init__(self, cin: int, middle: int, cout: int, begins: bool = False) -> None:
        super().__init__()
        first = [] if begins else [_relu()]  # what comes from the stem is activated already
        pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.body = nn.Sequential(*first, _separable(cin, middle), _relu(), _separable(middle, cout), pool)
        self.shortcut = nn.Sequential(nn.Conv2d(cin, cout, 1, stride=2), nn.BatchNorm2d(cout))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.body(x) + self.shortcut(x)
        return y


class _Same(nn.Module):
    """Three separable convolutions beside their input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*(step for _ in range(3) for step in (_relu(), _separable(width, width))))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.body(x)
        return y


class Xception(nn.Module):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told."""

    STAGES: Mapping[str, tuple[str, ...]] = {"entry": ("entry.",), "middle": ("middle.",), "exit": ("exit.",)}

    def __init__(
        self, points: int = 68, channels: int = 1, head: str = "linear", norm: str = "batch", dropout: float = 0.3
    ) -> None:
        super().__init__()
        self.entry = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            _relu(),
            nn.Conv2d(32, 64, 3, padding=1, bias=False),
            nn.BatchNorm2d(64),
            _relu(),
            _Down(64, 64, 128, begins=True),
            _Down(128, 128, 256),
        )
        self.middle = nn.Sequential(*(_Same(256) for _ in range(6)))
        self.exit = nn.Sequential(_Down(256, 256, 512), _separable(512, 512), _relu(), _separable(512, 1024), _relu())
        self.head = head_named(head)(1024, points, doublings=1, dropout=dropout)
        set_norm(self, norm)

    def forward(self, x: Tensor) -> Tensor | Told:
        size = x.shape[-1]
        x = self.entry(x)  # (N, 256, S / 4, S / 4)
        x = self.middle(x)
        x = self.exit(x)  # (N, 1024, S / 8, S / 8)
        told: Told = self.head(x, size)
        return told if self.training else told.points
