"""The loss of the landmark network: points, how sure each is, which are visible, whether it is a face."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from charaface.schemes import IBUG68
from charaface.train.config import Loss
from charaface.train.losses.parts import weigh
from charaface.train.nets.landmarker import Points

_EYES = [i for part in ("right_eye", "left_eye") for i in IBUG68.parts[part]]


def landmark_loss(found: Points, truth: Mapping[str, Tensor], weights: Loss) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch, and its parts unweighted.

    point: mean of |dx| + |dy| in face boxes; likelihood: radial Laplace (density exp(-r / b) / (2 pi b^2)),
    constant left out; visible and face: binary cross-entropy; domain: cross-entropy over those known. A crop
    without a framed face counts for the face alone.
    """
    face = truth["face"]  # (N,)
    offset = (found.points - truth["points"]) / truth["unit"][:, None, None]  # (N, 68, 2) in face boxes
    count = torch.where(truth["visible"] > 0, 1.0, weights.hidden) * face[:, None]  # (N, 68)
    emphasis = torch.ones_like(count)
    emphasis[:, _EYES] = weights.eyes
    count = count * emphasis
    total = count.sum().clamp(min=1.0)
    distance = torch.sqrt(offset.square().sum(2) + 1e-10)
    likelihood = distance * torch.exp(-found.log_scale) + 2 * found.log_scale
    seen = F.binary_cross_entropy_with_logits(found.visible, truth["visible"], reduction="none").mean(1)
    parts = {
        "point": (offset.abs().sum(2) * count).sum() / total,
        "likelihood": (likelihood * count).sum() / total,
        "visible": (seen * face).sum() / face.sum().clamp(min=1.0),
        "face": F.binary_cross_entropy_with_logits(found.face, face),
        "domain": _domain(found.domain, torch.where(face > 0, truth["domain"], -1)),
    }
    return weigh(parts, weights), parts


def _domain(logits: Tensor, truth: Tensor) -> Tensor:
    """Mean cross-entropy of (N, D) logits over the (N,) indices that are not -1; 0 where all are."""
    whole = F.cross_entropy(logits, truth, ignore_index=-1, reduction="sum")
    return whole / (truth >= 0).sum().clamp(min=1)
