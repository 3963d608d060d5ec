"""Losses: how far a prediction is from the labels, in units that mean the same for every crop.

A loss of LOSSES is a module made for a number of points. loss(told, truth, size) gives one number a sample; truth
holds points (N, P, 2) in 0..1 of the crop, weight (N, P), 0 where a point is not known, and pose (N, 3) in degrees,
NaN where it is not known; size is the side of the crop in pixels.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from charaface.train.losses.adaloss import Adaloss
from charaface.train.losses.bars import SimCC
from charaface.train.losses.coordinates import L1, MSE, SmoothL1, SoftWing, Wing
from charaface.train.losses.detector import TOP, assign, detector_loss, giou, pairwise_iou
from charaface.train.losses.heat import AdaptiveWing, HeatMSE
from charaface.train.losses.landmarker import landmark_loss
from charaface.train.losses.parser import parser_loss
from charaface.train.losses.parts import weigh
from charaface.train.losses.posed import Posed
from charaface.train.losses.robust import AdaptiveRobust

LOSSES: dict[str, Callable[..., nn.Module]] = {
    "mse": MSE,
    "l1": L1,
    "smooth_l1": SmoothL1,
    "wing": Wing,
    "soft_wing": SoftWing,
    "adaptive_robust": AdaptiveRobust,
    "pfld": Posed,
    "heat_mse": HeatMSE,
    "adaptive_wing": AdaptiveWing,
    "adaloss": Adaloss,
    "simcc": SimCC,
}

__all__ = ["LOSSES", "TOP", "assign", "detector_loss", "giou", "landmark_loss", "pairwise_iou", "parser_loss", "weigh"]
