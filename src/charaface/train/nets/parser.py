"""The parsing network: a crop in; which part each pixel belongs to, what is worn, whether there is colour.

A U-Net (Ronneberger et al. 2015) of few channels over the residual blocks of the landmark network. Departures: its
skips are added, not joined; the first skip is the stem's, at half the side of the crop, and each place there says the
parts of its four pixels (sub-pixel convolution, Shi et al. 2016), since a brow may be a stroke of one pixel; and from
the bottom and the finest map together it says what the face wears, whether the picture has colour and how it is
presented: the rim of clear glasses is to be seen in the finest map alone.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.face import ACCESSORIES, PARTS
from charaface.train.nets.landmarker import Block, conv_norm

_WIDTHS = (24, 32, 64, 128, 160)  # channels at halves of the side, from 1/2 to 1/32


class Parsed(NamedTuple):
    """All that the network says of a batch of crops, as logits."""

    parts: Tensor  # (N, len(PARTS), S, S)
    accessories: Tensor  # (N, len(ACCESSORIES))
    monochrome: Tensor  # (N,)
    masculine: Tensor  # (N,)


class Parser(nn.Module):
    """(N, 3, S, S) in -1..1, S a multiple of 32, to (N, parts, S, S) logits; in training mode to Parsed."""

    def __init__(self, wide: int = 64, fine: int = 32) -> None:
        super().__init__()
        a, b, c, d, e = _WIDTHS
        self.stem = nn.Sequential(conv_norm(3, a, stride=2), nn.ReLU(inplace=True))
        self.down2 = Block(a, b, 2)
        self.down3 = nn.Sequential(Block(b, c, 2), Block(c, c))
        self.down4 = nn.Sequential(Block(c, d, 2), Block(d, d))
        self.down5 = Block(d, e, 2)
        self.side5, self.side4, self.side3 = (conv_norm(n, wide, 1) for n in (e, d, c))
        self.mix3 = nn.Sequential(conv_norm(wide, wide), nn.ReLU(inplace=True), conv_norm(wide, fine, 1))
        self.side2, self.side1 = conv_norm(b, fine, 1), conv_norm(a, fine, 1)
        self.mix2 = nn.Sequential(conv_norm(fine, fine), nn.ReLU(inplace=True))
        self.mix1 = nn.Sequential(conv_norm(fine, fine), nn.ReLU(inplace=True))
        self.out = nn.Sequential(nn.Conv2d(fine, 4 * len(PARTS), 1), nn.PixelShuffle(2))
        self.whole = nn.Sequential(nn.Linear(2 * (e + fine), 64), nn.ReLU(inplace=True))
        self.told = nn.Linear(64, len(ACCESSORIES) + 2)

    def predict(self, x: Tensor) -> Parsed:
        """Parts and the rest of a batch of crops."""
        x1 = self.stem(x)  # (N, 24, S/2, S/2)
        x2 = self.down2(x1)  # (N, 32, S/4, S/4)
        x3 = self.down3(x2)  # (N, 64, S/8, S/8)
        x4 = self.down4(x3)  # (N, 128, S/16, S/16)
        x5 = self.down5(x4)  # (N, 160, S/32, S/32)
        y = F.relu(self.side4(x4) + _doubled(self.side5(x5)))
        y = self.mix3(F.relu(self.side3(x3) + _doubled(y)))  # (N, fine, S/8, S/8)
        y = self.mix2(F.relu(self.side2(x2) + _doubled(y)))
        y = self.mix1(F.relu(self.side1(x1) + _doubled(y)))  # (N, fine, S/2, S/2)
        parts = self.out(y)
        told = self.told(self.whole(torch.cat([*_pooled(x5), *_pooled(y)], dim=1)))
        return Parsed(parts.float(), told[:, :-2].float(), told[:, -2].float(), told[:, -1].float())

    def forward(self, x: Tensor) -> Tensor | Parsed:
        found = self.predict(x)
        return found if self.training else found.parts


def _pooled(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.mean((2, 3)), x.amax((2, 3))


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0)
