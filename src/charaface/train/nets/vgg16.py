"""VGG-16 with batch norm (Simonyan & Zisserman 2015; Ioffe & Szegedy 2015): a crop in, its points out.

timm's thirteen convolutions in five blocks, each with a pool behind it (512 channels at a thirty-second of the side).
Departures: the paper's three fully connected layers, 120 of its 138 million parameters and bound to 224 px, are a
global average, dropout and one matrix here; batch norm behind each convolution; one channel in; fresh weights; other
heads and group norm on demand.
"""

from __future__ import annotations

from collections.abc import Mapping

from charaface.train.nets.timm import Timm


def _convolutions(*numbers: int) -> tuple[str, ...]:
    """The prefixes of the convolutions of those numbers and of the norms behind them."""
    return tuple(f"trunk.features_{k}." for number in numbers for k in (number, number + 1))


class VGG16(Timm):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told."""

    STAGES: Mapping[str, tuple[str, ...]] = {
        "entry": _convolutions(0, 3, 7, 10),  # blocks 1 and 2
        "middle": _convolutions(14, 17, 20, 24, 27, 30),  # blocks 3 and 4
        "exit": _convolutions(34, 37, 40),  # block 5
    }

    def __init__(
        self, points: int = 68, channels: int = 1, head: str = "linear", norm: str = "batch", dropout: float = 0.5
    ) -> None:
        # mlp_ratio thins the layers that are left out: as published, they take a second to fill
        super().__init__(points, channels, head, norm, dropout, model="vgg16_bn", mlp_ratio=1 / 512)
