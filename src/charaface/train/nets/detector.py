"""The face detector: any picture of a multiple of 32 pixels in, boxes and scores at strides 8, 16 and 32 out.

One stage without anchor boxes (after FCOS, Tian et al. 2019): a cell says whether it speaks for a face, with
a score that is trained toward the IoU of its box (Zhang et al. 2021, VarifocalNet), and how far the sides of
the box are. Departures: distances are exponentials in strides, one thin 3x3 convolution a level carries both
answers, and the trunk is a slim residual network that spends its arithmetic where maps are small.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.landmarker import conv_norm

STRIDES = (8, 16, 32)


class Boxes(NamedTuple):
    """What every cell of every level says; A cells in the order of STRIDES, each level row by row."""

    boxes: Tensor  # (N, A, 4) x0, y0, x1, y1 in pixels of the input, edges convention
    logits: Tensor  # (N, A) of the score
    centres: Tensor  # (A, 2) x, y of each cell in pixels of the input
    strides: Tensor  # (A,) pixels


class _Block(nn.Module):
    """Two 3x3 convolutions through a narrower middle beside a shortcut."""

    def __init__(self, width: int, middle: int) -> None:
        super().__init__()
        self.first = conv_norm(width, middle)
        self.second = conv_norm(middle, width)
        nn.init.zeros_(self.second[1].get_parameter("weight"))  # a block begins as its shortcut

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x), inplace=True)), inplace=True)


def _down(cin: int, cout: int) -> nn.Sequential:
    return nn.Sequential(conv_norm(cin, cout, stride=2), nn.ReLU(inplace=True))


class Detector(nn.Module):
    """(N, channels, H, W) in -1..1 to boxes (N, A, 4) and scores (N, A); in training mode to Boxes."""

    def __init__(self, channels: int = 3, pyramid: int = 32) -> None:
        super().__init__()
        stem = nn.Conv2d(
            channels, 32, 6, 4, 1, bias=False
        )  # two strided 3x3 cost twice as much, three times in training
        self.stem = nn.Sequential(stem, nn.BatchNorm2d(32), nn.ReLU(inplace=True))
        self.stage8 = nn.Sequential(_down(32, 48), _Block(48, 16))
        self.stage16 = nn.Sequential(_down(48, 96), _Block(96, 48))
        self.stage32 = nn.Sequential(_down(96, 160), _Block(160, 80), _Block(160, 80))
        self.lateral = nn.ModuleList([conv_norm(c, pyramid, 1) for c in (48, 96, 160)])
        self.smooth = nn.ModuleList(
            [nn.Sequential(conv_norm(pyramid, pyramid), nn.ReLU(inplace=True)) for _ in STRIDES]
        )
        self.head = nn.ModuleList([nn.Conv2d(pyramid, 5, 1) for _ in STRIDES])  # score, left, up, right, down
        for head in self.head:
            nn.init.normal_(head.weight, std=0.01)  # type: ignore[arg-type]
            nn.init.constant_(head.bias, math.log(2.0))  # type: ignore[arg-type]
            nn.init.constant_(head.bias[:1], -4.0)  # type: ignore[index]

    def predict(self, x: Tensor) -> Boxes:
        """Boxes and score logits of every cell, in float32."""
        c4 = self.stem(x)  # (N, 32, H / 4, W / 4)
        c8 = self.stage8(c4)  # (N, 48, H / 8, W / 8)
        c16 = self.stage16(c8)  # (N, 96, H / 16, W / 16)
        c32 = self.stage32(c16)  # (N, 160, H / 32, W / 32)
        p32 = F.relu(self.lateral[2](c32))
        p16 = F.relu(self.lateral[1](c16) + F.interpolate(p32, scale_factor=2.0))
        p8 = F.relu(self.lateral[0](c8) + F.interpolate(p16, scale_factor=2.0))
        levels = [smooth(p) for smooth, p in zip(self.smooth, (p8, p16, p32), strict=True)]
        # eight bits of mantissa are too few for the side of a large box
        with torch.autocast(x.device.type, enabled=False):
            parts = [self._read(h, p.float(), s) for h, p, s in zip(self.head, levels, STRIDES, strict=True)]
        logits, boxes, centres, strides = zip(*parts, strict=True)
        return Boxes(torch.cat(boxes, 1), torch.cat(logits, 1), torch.cat(centres), torch.cat(strides))

    def _read(self, head: nn.Module, features: Tensor, stride: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        out = head(features).flatten(2).transpose(1, 2)  # (N, cells, 5)
        height, width = features.shape[2:]
        y = (torch.arange(height, device=out.device, dtype=torch.float32) + 0.5) * stride
        x = (torch.arange(width, device=out.device, dtype=torch.float32) + 0.5) * stride
        grid = torch.stack([x.expand(height, width), y[:, None].expand(height, width)], dim=2)
        centres = grid.flatten(0, 1)  # (cells, 2)
        sides = torch.exp(out[..., 1:].clamp(-4.0, 4.0)) * stride
        boxes = torch.cat([centres - sides[..., :2], centres + sides[..., 2:]], dim=2)
        return out[..., 0], boxes, centres, torch.full_like(centres[:, 0], stride)

    def forward(self, x: Tensor) -> Boxes | tuple[Tensor, Tensor]:
        found = self.predict(x)
        return found if self.training else (found.boxes, torch.sigmoid(found.logits))
