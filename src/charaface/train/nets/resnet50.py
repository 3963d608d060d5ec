"""ResNet-50 (He et al. 2016): a crop in, its points out.

timm's network to the last map of its fourth stage (2048 channels at a thirty-second of the side), pooled, and one
matrix. Departures: the stride of a block in its 3x3 convolution, as everywhere today; one channel in; fresh weights;
other heads and group norm on demand.
"""

from __future__ import annotations

from collections.abc import Mapping

from charaface.train.nets.timm import Timm


class ResNet50(Timm):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told."""

    STAGES: Mapping[str, tuple[str, ...]] = {
        "entry": ("trunk.conv1.", "trunk.bn1.", "trunk.layer1."),
        "middle": ("trunk.layer2.", "trunk.layer3."),
        "exit": ("trunk.layer4.",),
    }

    def __init__(
        self, points: int = 68, channels: int = 1, head: str = "linear", norm: str = "batch", dropout: float = 0.0
    ) -> None:
        super().__init__(points, channels, head, norm, dropout, model="resnet50")
