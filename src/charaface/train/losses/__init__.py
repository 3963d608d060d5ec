"""Losses: how far a prediction is from the labels, in units that mean the same for every crop."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from charaface.train.losses.coordinates import L1, MSE, SmoothL1, SoftWing, Wing
from charaface.train.losses.detector import TOP, assign, detector_loss, giou, pairwise_iou
from charaface.train.losses.landmarker import landmark_loss
from charaface.train.losses.parts import weigh

LOSSES: dict[str, Callable[..., nn.Module]] = {
    "mse": MSE,
    "l1": L1,
    "smooth_l1": SmoothL1,
    "wing": Wing,
    "soft_wing": SoftWing,
}

__all__ = ["LOSSES", "TOP", "assign", "detector_loss", "giou", "landmark_loss", "pairwise_iou", "weigh"]
