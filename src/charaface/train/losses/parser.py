"""The loss of the parsing network: parts, what is worn, whether there is colour, how a face is presented."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from charaface.train.config import Loss
from charaface.train.losses.parts import weigh
from charaface.train.nets.parser import Parsed

UNKNOWN = 255  # a pixel whose part is not known


def parser_loss(found: Parsed, truth: Mapping[str, Tensor], weights: Loss) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch, and its parts unweighted. Each place of a map learns from one pixel that it covers.

    parts: cross-entropy over known pixels; overlap: 1 less the soft Dice coefficient (Milletari et al. 2016), the mean
    over the parts that a batch shows, so that a small one counts as much as a large one; worn: binary cross-entropy
    of accessories, monochrome and masculine, over those that are known (not NaN).
    """
    whole = _as_coarse(truth["labels"], found.parts.shape[-1])
    known = whole != UNKNOWN  # (N, S / 2, S / 2)
    labels = torch.where(known, whole, 0).long()
    cross = F.cross_entropy(found.parts, labels, reduction="none")
    told = torch.cat([found.accessories, found.monochrome[:, None], found.masculine[:, None]], dim=1)
    wanted = torch.cat([truth["accessories"], truth["monochrome"][:, None], truth["masculine"][:, None]], dim=1)
    sure = ~torch.isnan(wanted)
    worn = F.binary_cross_entropy_with_logits(told, torch.where(sure, wanted, 0.0), reduction="none")
    parts = {
        "parts": (cross * known).sum() / known.sum().clamp(min=1),
        "overlap": 1 - _dice(found.parts, labels, known),
        "worn": (worn * sure).sum() / sure.sum().clamp(min=1),
    }
    return weigh(parts, weights), parts


def _as_coarse(labels: Tensor, side: int) -> Tensor:
    """(N, side, side) of (N, S, S) labels: every k-th pixel, from another first one for each sample in turn."""
    k = labels.shape[-1] // side
    return torch.stack([one[i % k :: k, i % k :: k] for i, one in enumerate(labels)])


def _dice(logits: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    """The soft Dice coefficient of each part that is there, their mean."""
    told = logits.softmax(1) * known[:, None]
    true = F.one_hot(labels, logits.shape[1]).movedim(-1, 1) * known[:, None]
    both, there = (told * true).sum((0, 2, 3)), true.sum((0, 2, 3))
    dice = 2 * both / (told.sum((0, 2, 3)) + there).clamp(min=1)
    return (dice * (there > 0)).sum() / (there > 0).sum().clamp(min=1)
