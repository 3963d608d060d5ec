"""The landmark network: a crop in; its points, how sure each is, which are visible, whether it is a face.

A small residual network (He et al. 2016) under a light feature pyramid (Lin et al. 2017) with one heat map a
point, read by soft-argmax (Sun et al. 2018). Departures: the grid of the heat map spans 1.2 times the crop,
so that a point may leave it; each point has a scale of its own (a radial Laplace density, after Kendall & Gal
2017) read from the features under its own heat map; the same trunk says whether the crop is centred on a face
at all, and which kind of picture it is. Plain 3x3 convolutions throughout: a depthwise one needs as long for
a thirtieth of the arithmetic, in training and in inference alike.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.face import DOMAINS

GRID_SPAN = 1.2  # side of the heat map's grid over the side of the crop
SURE_WITHIN = 0.05  # of the face box: the error that a point's score is about
_LOG_SCALE = (math.log(0.001), math.log(1.0))  # limits of the predicted scale, in face boxes


class Points(NamedTuple):
    """All that the network says of a batch of crops."""

    points: Tensor  # (N, P, 2) in 0..1 of the crop, 0 = left edge of the first pixel; may leave 0..1
    log_scale: Tensor  # (N, P) log of the Laplace scale of each point's distance error, in face boxes
    visible: Tensor  # (N, P) logits
    face: Tensor  # (N,) logits
    domain: Tensor  # (N, 5) logits of the kinds of picture, face.DOMAINS

    def scores(self) -> Tensor:
        """(N, P) probability that a point's error is below 5 % of the face box: a radial Laplace is
        Gamma(2).
        """
        x = SURE_WITHIN * torch.exp(-self.log_scale)
        return 1 - (1 + x) * torch.exp(-x)


def conv_norm(cin: int, cout: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution without a bias and its batch norm."""
    conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(cout))


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; a stride halves the map."""

    def __init__(self, cin: int, cout: int, stride: int = 1) -> None:
        super().__init__()
        self.first = conv_norm(cin, cout, stride=stride)
        self.second = conv_norm(cout, cout)
        nn.init.zeros_(self.second[1].get_parameter("weight"))  # a block begins as its shortcut
        same = cin == cout and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(nn.AvgPool2d(stride), conv_norm(cin, cout, 1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(F.relu(self.first(x), inplace=True))
        return F.relu(y + self.shortcut(x), inplace=True)


class Landmarker(nn.Module):
    """(N, channels, 128, 128) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Points."""

    grid: Tensor

    def __init__(self, points: int = 68, channels: int = 3, pyramid: int = 64) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            conv_norm(channels, 24, stride=2),
            nn.ReLU(inplace=True),
            conv_norm(24, 32, stride=2),
            nn.ReLU(inplace=True),
        )
        self.stage1 = Block(32, 32)
        self.stage2 = nn.Sequential(Block(32, 64, 2), Block(64, 64))
        self.stage3 = nn.Sequential(Block(64, 128, 2), Block(128, 128))
        self.stage4 = nn.Sequential(Block(128, 160, 2), Block(160, 160))
        self.lateral2 = conv_norm(64, pyramid, 1)
        self.lateral3 = conv_norm(128, pyramid, 1)
        self.lateral4 = conv_norm(160, pyramid, 1)
        self.smooth = nn.Sequential(conv_norm(pyramid, pyramid), nn.ReLU(inplace=True))
        self.heat = nn.Conv2d(pyramid, points, 1)
        self.reduce = nn.Sequential(conv_norm(160, 16, 1), nn.ReLU(inplace=True))
        self.context = nn.Linear(16 * 4 * 4, 64)
        self.whole = nn.Linear(64, 2 * points + 1)  # scale and visibility of each point, and the face
        self.kind = nn.Linear(64, len(DOMAINS))
        self.local = nn.Linear(pyramid, 2)  # scale and visibility, from the features under a point
        centres = (torch.arange(16) + 0.5) / 16
        self.register_buffer("grid", (centres - 0.5) * GRID_SPAN + 0.5, persistent=False)
        with torch.no_grad():
            self.whole.bias[:points] = -3.0  # a scale of 5 % of the box: where training soon arrives

    def predict(self, x: Tensor) -> Points:
        """Points, scales, visibility and face of a batch of crops, all in float32."""
        x = self.stage1(self.stem(x))  # (N, 32, 32, 32)
        c2 = self.stage2(x)  # (N, 64, 16, 16)
        c3 = self.stage3(c2)  # (N, 128, 8, 8)
        c4 = self.stage4(c3)  # (N, 160, 4, 4)
        p3 = self.lateral3(c3) + F.interpolate(self.lateral4(c4), scale_factor=2.0)
        p2 = self.smooth(F.relu(self.lateral2(c2) + F.interpolate(p3, scale_factor=2.0)))  # (N, 64, 16, 16)
        context = self.reduce(c4).flatten(1)  # (N, 256)
        # eight bits of mantissa are too few for a place finer than a cell: the heads compute in full
        with torch.autocast(x.device.type, enabled=False):
            return self._read(p2.float(), context.float())

    def _read(self, features: Tensor, context: Tensor) -> Points:
        heat = self.heat(features).flatten(2).softmax(2)  # (N, P, 256)
        maps = heat.unflatten(2, (16, 16))  # (N, P, 16 down, 16 across)
        x = (maps.sum(2) * self.grid).sum(2)
        y = (maps.sum(3) * self.grid).sum(2)
        under = heat @ features.flatten(2).transpose(1, 2)  # (N, P, pyramid)
        count = heat.shape[1]
        seen = F.relu(self.context(context))  # (N, 64)
        scale, visible, face = self.whole(seen).split([count, count, 1], dim=1)
        local = self.local(under)  # (N, P, 2)
        log_scale = (scale + local[..., 0]).clamp(*_LOG_SCALE)
        return Points(torch.stack([x, y], dim=2), log_scale, visible + local[..., 1], face[:, 0], self.kind(seen))

    def forward(self, x: Tensor) -> Tensor | Points:
        found = self.predict(x)
        return found if self.training else found.points
