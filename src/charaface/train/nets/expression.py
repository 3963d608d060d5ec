"""The expression network: a small grey face in, the logits of its expression out.

1.47 M parameters; 129 MMAC at 48 px, and as much again for the mirror image.

A residual network (He et al. 2016) with squeeze-excitation (Hu et al. 2018), cut for pictures of 48 px: one 5x5
convolution takes them to half their side, and most of the work is done at a quarter of it. Plain 3x3 convolutions
throughout: a depthwise one needs as long for a thirtieth of the arithmetic. Departures: a block begins as its
shortcut, a shortcut that halves its map takes the mean of what it drops, and in eval mode the logits are the mean of
those of the face and of its mirror image, since an expression has no side, and of the same cut a little closer and
wider, since no box is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.train.nets.landmarker import conv_norm

_SQUEEZE = 8  # channels over those of the narrow layer between


class _Attend(nn.Module):
    """Squeeze-excitation: each channel times a number between 0 and 1 that the whole map decides."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(channels, channels // _SQUEEZE)
        self.wide = nn.Linear(channels // _SQUEEZE, channels)

    def forward(self, x: Tensor) -> Tensor:
        share = torch.sigmoid(self.wide(F.relu(self.narrow(x.mean((2, 3))))))  # (N, C)
        return x * share[:, :, None, None]


class _Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; a stride halves the map."""

    def __init__(self, cin: int, cout: int, stride: int = 1, attend: bool = True) -> None:
        super().__init__()
        self.first = conv_norm(cin, cout, stride=stride)
        self.second = conv_norm(cout, cout)
        nn.init.zeros_(self.second[1].get_parameter("weight"))
        self.attend = _Attend(cout) if attend else nn.Identity()
        same = cin == cout and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(nn.AvgPool2d(stride), conv_norm(cin, cout, 1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.attend(self.second(F.relu(self.first(x), inplace=True)))
        return F.relu(y + self.shortcut(x), inplace=True)


class Expression(nn.Module):
    """(N, channels, S, S) in -1..1 to logits (N, classes); S a multiple of 8, 48 as it was cut for."""

    def __init__(
        self,
        classes: int = 7,
        channels: int = 1,
        widths: Sequence[int] = (48, 128, 160),
        blocks: Sequence[int] = (1, 2, 2),
        dropout: float = 0.3,
        mirror: bool = True,
        full: int = 0,
        cuts: Sequence[int] = (),
    ) -> None:
        """widths and blocks of the stages at a half, a quarter and so on of the side; mirror: as above.

        full: channels of a 3x3 convolution at the full side, before another halves it; 0: a 5x5 halves it at once.
        cuts: pixels less (more where negative) at each edge, of further looks at a face that is not learned from.
        """
        super().__init__()
        if len(widths) != len(blocks) or not widths:
            raise ValueError(f"widths and blocks are of the same stages, got {len(widths)} and {len(blocks)}")
        self.mirror, self.cuts = mirror, tuple(cuts)
        steps: list[nn.Module]
        if full:
            steps = [*conv_norm(channels, full), nn.ReLU(inplace=True), *conv_norm(full, widths[0], stride=2)]
        else:
            steps = [*conv_norm(channels, widths[0], 5, 2)]
        self.stem = nn.Sequential(*steps, nn.ReLU(inplace=True))
        stages, cin = [], widths[0]
        for number, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            first = _Block(cin, width, 2 if number else 1, attend=number > 0)  # a large map is dear to attend to
            stages.append(nn.Sequential(first, *(_Block(width, width, attend=number > 0) for _ in range(count - 1))))
            cin = width
        self.stages = nn.Sequential(*stages)
        self.dropout = nn.Dropout(dropout)
        self.classes = nn.Linear(cin, classes)

    def _read(self, x: Tensor) -> Tensor:
        x = self.stem(x)  # (N, 48, 24, 24)
        x = self.stages(x)  # (N, 160, 6, 6)
        logits: Tensor = self.classes(self.dropout(x.mean((2, 3))))
        return logits

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            return self._read(x)
        looks = [x, *(_recut(x, cut) for cut in self.cuts)]
        if self.mirror:
            looks += [one.flip(3) for one in looks]
        return torch.stack([self._read(one) for one in looks]).mean(0)


def _recut(x: Tensor, cut: int) -> Tensor:
    """(N, C, S, S) crops with so many pixels less at each edge, or the nearest pixel repeated, at their old size."""
    side = x.shape[-1]
    own = x[..., cut : side - cut, cut : side - cut] if cut > 0 else F.pad(x, (-cut,) * 4, mode="replicate")
    return F.interpolate(own, size=(side, side), mode="bilinear", align_corners=False)
