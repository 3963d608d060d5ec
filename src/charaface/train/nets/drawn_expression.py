"""The expression network of drawings: the trunk of the landmark network, and what it sees where features are.

1.91 M parameters; 123 MMAC at 128 px, and as much again for the mirror image.

An expression of a drawing is a few thin strokes, and where brows, lids and mouth lie is what the landmark network
(landmarker.py) has learned already: the same trunk and pyramid, of the same names, so that training begins with its
weights (`--init-from landmarks68.onnx`), under a head of its own. The head keeps places apart: the mean over a map,
which most classifiers take, does not tell a stroke above an eye from one below. In eval mode the logits are the mean
of those of the face and of its mirror image, since an expression has no side.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.landmarker import Landmarker, conv_norm


class DrawnExpression(nn.Module):
    """(N, channels, 128, 128) in -1..1 to logits (N, classes)."""

    STAGES: ClassVar[dict[str, tuple[str, ...]]] = {
        "entry": ("stem.", "stage1.", "stage2."),
        "middle": ("stage3.", "stage4."),
        "exit": ("lateral2.", "lateral3.", "lateral4.", "smooth."),
    }

    def __init__(self, classes: int = 7, channels: int = 3, dropout: float = 0.2, mirror: bool = True) -> None:
        """mirror: as above."""
        super().__init__()
        self.mirror = mirror
        trunk = Landmarker(channels=channels)
        self.stem, self.stage1, self.stage2 = trunk.stem, trunk.stage1, trunk.stage2
        self.stage3, self.stage4 = trunk.stage3, trunk.stage4
        self.lateral2, self.lateral3, self.lateral4 = trunk.lateral2, trunk.lateral3, trunk.lateral4
        self.smooth = trunk.smooth
        self.near = nn.Sequential(conv_norm(64, 32, stride=2), nn.ReLU(inplace=True))
        self.far = nn.Sequential(conv_norm(160, 32, 1), nn.ReLU(inplace=True))
        self.mix = nn.Sequential(nn.Linear(32 * 8 * 8 + 32 * 4 * 4, 96), nn.ReLU(inplace=True), nn.Dropout(dropout))
        self.classes = nn.Linear(96, classes)

    def _read(self, x: Tensor) -> Tensor:
        x = self.stage1(self.stem(x))  # (N, 32, 32, 32)
        c2 = self.stage2(x)  # (N, 64, 16, 16)
        c3 = self.stage3(c2)  # (N, 128, 8, 8)
        c4 = self.stage4(c3)  # (N, 160, 4, 4)
        p3 = self.lateral3(c3) + F.interpolate(self.lateral4(c4), scale_factor=2.0)
        p2 = self.smooth(F.relu(self.lateral2(c2) + F.interpolate(p3, scale_factor=2.0)))  # (N, 64, 16, 16)
        seen = torch.cat([self.near(p2).flatten(1), self.far(c4).flatten(1)], dim=1)  # (N, 2560)
        logits: Tensor = self.classes(self.mix(seen))
        return logits

    def forward(self, x: Tensor) -> Tensor:
        logits = self._read(x)
        if self.training or not self.mirror:
            return logits
        return (logits + self._read(x.flip(3))) / 2
