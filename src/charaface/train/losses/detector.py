"""The loss of the detector: which cell speaks for which face, how surely, and where its box lies."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from charaface.train.config import Loss
from charaface.train.losses.parts import weigh
from charaface.train.nets.detector import Boxes

TOP = 9  # cells that may speak for one face
_ALPHA, _GAMMA = 0.75, 2.0  # of the varifocal loss, for cells that speak for none


def detector_loss(found: Boxes, truth: Mapping[str, Tensor], weights: Loss) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch of pictures, and its parts unweighted.

    truth: boxes (N, M, 4) pixels with count (N,) of them real; ignored (N, G, 4), padded with empty boxes.
    score: varifocal loss (Zhang et al. 2021) toward the quality that assign gives; box: generalised IoU,
    weighted by that quality.
    """
    total = found.logits.new_tensor(1.0)
    score, place = found.logits.new_zeros(()), found.logits.new_zeros(())
    for i, count in enumerate(truth["count"].tolist()):
        boxes = truth["boxes"][i, :count]
        quality, face = assign(found.boxes[i].detach(), found.logits[i].detach().sigmoid(), found, boxes)
        chosen = quality > 0
        asked = chosen | ~_inside(found.centres, truth["ignored"][i]).any(1)
        score = score + (_varifocal(found.logits[i], quality) * asked).sum()
        if count:
            overlap = giou(found.boxes[i][chosen], boxes[face[chosen]])
            place = place + ((1 - overlap) * quality[chosen]).sum()
        total = total + quality.sum()
    parts = {"score": score / total, "box": place / total}
    return weigh(parts, weights), parts


@torch.no_grad()
def assign(boxes: Tensor, scores: Tensor, cells: Boxes, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Which cell speaks for which face: task-aligned (Feng et al. 2021, TOOD), at most TOP cells a face.

    boxes (A, 4) and scores (A,) are what the cells say, truth (M, 4) the faces. A cell may speak for a face
    when its centre lies in the face's box (or within 0.75 of its stride from the box's middle, so that the
    smallest faces have a voice). Returns quality (A,), 0 for a cell that speaks for none and up to the best
    IoU of its face else; and face (A,) indices.
    """
    quality = scores.new_zeros(len(scores))
    face = torch.zeros(len(scores), dtype=torch.int64, device=scores.device)
    if not len(truth):
        return quality, face
    overlap = pairwise_iou(truth, boxes)  # (M, A)
    middle = (truth[:, None, :2] + truth[:, None, 2:]) / 2
    near = ((cells.centres - middle).abs() < 0.75 * cells.strides[:, None]).all(2)  # (M, A)
    able = _inside(cells.centres, truth).T | near
    fit = torch.where(able, (scores.clamp(min=1e-4) ** 0.5) * overlap**4, -1.0)
    # before boxes are any good, nearness to the middle at the level of the face's size decides among equals
    far = ((cells.centres - middle) / cells.strides[:, None]).square().sum(2).sqrt()
    side = (truth[:, 2:] - truth[:, :2]).amax(1)
    level = torch.log2(side[:, None] / (4 * cells.strides)).abs()
    fit = torch.where(able, fit + 1e-4 * torch.exp(-0.5 * far - level), -1.0)
    top, index = fit.topk(min(TOP, fit.shape[1]), dim=1)
    kept = torch.full_like(fit, -1.0).scatter_(1, index, top)
    best, owner = kept.max(0)  # a cell that two faces want speaks for the better fit
    chosen = best > 0
    mine = torch.where(chosen & (owner == torch.arange(len(truth), device=owner.device)[:, None]), kept, 0.0)
    highest = mine.amax(1, keepdim=True).clamp(min=1e-12)
    reach = torch.where(mine > 0, overlap, 0.0).amax(1, keepdim=True).clamp(min=0.1)
    return (mine / highest * reach).amax(0), owner * chosen


def _varifocal(logits: Tensor, quality: Tensor) -> Tensor:
    p = logits.sigmoid()
    weight = torch.where(quality > 0, quality, _ALPHA * p.detach() ** _GAMMA)
    return F.binary_cross_entropy_with_logits(logits, quality, reduction="none") * weight


def _inside(points: Tensor, boxes: Tensor) -> Tensor:
    """(A, M) bool: which of the (A, 2) points lie in which of the (M, 4) boxes."""
    return ((points[:, None] > boxes[:, :2]) & (points[:, None] < boxes[:, 2:])).all(2)


def _sides(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0)


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """(N, M) intersection over union of (N, 4) and (M, 4) boxes."""
    low, high = torch.maximum(a[:, None, :2], b[:, :2]), torch.minimum(a[:, None, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    return shared / (_sides(a).prod(1)[:, None] + _sides(b).prod(1) - shared).clamp(min=1e-6)


def giou(a: Tensor, b: Tensor) -> Tensor:
    """(N,) generalised IoU (Rezatofighi et al. 2019) of the (N, 4) boxes a and b, row by row."""
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = _sides(a).prod(1) + _sides(b).prod(1) - shared
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    return shared / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)
