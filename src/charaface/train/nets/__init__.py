"""Networks, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from charaface.train.nets.detector import Detector
from charaface.train.nets.landmarker import Landmarker

NETS: dict[str, Callable[..., nn.Module]] = {"landmarker": Landmarker, "detector": Detector}
