"""mini-Xception: a small grey face in, the logits of its expression out.

The network of Arriaga, Valdenegro-Toro & Ploger (2017, Real-time Convolutional Neural Networks for Emotion and Gender
Classification): 56,951 trainable parameters with 4 blocks at 64 px. The form with 6 blocks, whose last are 256 and 512
wide, is known from its followers, for 96 px. Departures: none in the graph; the pools and strides lie where their
"same" padding of an even map puts them, which is one pixel less at the left and upper edge than PyTorch's own. The
paper's decay of 0.01 on every filter is the recipe's matter, not the network's.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_STEM, _FIRST = 8, 16  # channels of the stem and of the first block; each further block has twice as many
_EPSILON, _MOMENTUM = 1e-3, 0.01  # of its norms: those of the library that it was published in


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON, momentum=_MOMENTUM)


def _separable(cin: int, cout: int) -> nn.Sequential:
    """A depthwise 3x3 convolution and a pointwise one, without biases, and their norm."""
    depthwise = nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False)
    return nn.Sequential(depthwise, nn.Conv2d(cin, cout, 1, bias=False), _norm(cout))


class _Block(nn.Module):
    """Two separable convolutions and a pool beside a strided shortcut: half the side, rounded up."""

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_separable(cin, cout), nn.ReLU(inplace=True), _separable(cout, cout))
        self.shortcut = nn.Sequential(nn.Conv2d(cin, cout, 1, stride=2, bias=False), _norm(cout))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = F.max_pool2d(_same(self.body(x)), 3, stride=2) + self.shortcut(x)
        return y


def _same(x: Tensor) -> Tensor:
    """What a pool of 3 and stride 2 needs around a map so that half of it, rounded up, comes out."""
    high, wide = 2 - (x.shape[2] + 1) % 2, 2 - (x.shape[3] + 1) % 2  # of an even side 1, of an odd one 2
    edges = (wide // 2, wide - wide // 2, high // 2, high - high // 2)
    return F.pad(x, edges, value=float("-inf"))


class MiniXception(nn.Module):
    """(N, channels, S, S) in -1..1 to logits (N, classes); S is 64 as published, 96 for 6 blocks."""

    def __init__(self, classes: int = 7, channels: int = 1, blocks: int = 4) -> None:
        super().__init__()
        if blocks < 1:
            raise ValueError(f"blocks must be at least 1, got {blocks}")
        widths = [_STEM, *(_FIRST << i for i in range(blocks))]  # 8, 16, 32, 64, 128
        self.stem = nn.Sequential(
            nn.Conv2d(channels, _STEM, 3, bias=False),
            _norm(_STEM),
            nn.ReLU(inplace=True),
            nn.Conv2d(_STEM, _STEM, 3, bias=False),
            _norm(_STEM),
            nn.ReLU(inplace=True),
        )
        self.blocks = nn.Sequential(*(_Block(a, b) for a, b in pairwise(widths)))
        self.classes = nn.Conv2d(widths[-1], classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)  # (N, 8, 60, 60)
        x = self.blocks(x)  # (N, 128, 4, 4): 60, 30, 15, 8, 4
        return torch.mean(self.classes(x), (2, 3))  # of (N, classes, 4, 4)
