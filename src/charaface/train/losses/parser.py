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
    """The loss of a batch, and its parts unweighted. Of every four pixels one counts, in each sample another.

    parts: cross-entropy over known pixels; overlap: 1 less the soft Dice coefficient (Milletari et al. 2016), the mean
    over the parts that a batch shows, so that a small one counts as much as a large one; worn: binary cross-entropy
    of accessories, monochrome and masculine, over those that are known (not NaN).
    """
    told, labels = _quarter(found.parts, truth["labels"])
    known = labels != UNKNOWN
    told, labels = told.log_softmax(1), torch.where(known, labels, 0).long()
    own = told.gather(1, labels[:, None])[:, 0] * known
    worn = torch.cat([found.accessories, found.monochrome[:, None], found.masculine[:, None]], dim=1)
    wanted = torch.cat([truth["accessories"], truth["monochrome"][:, None], truth["masculine"][:, None]], dim=1)
    sure = ~torch.isnan(wanted)
    each = F.binary_cross_entropy_with_logits(worn, torch.where(sure, wanted, 0.0), reduction="none")
    parts = {
        "parts": -own.sum() / known.sum().clamp(min=1),
        "overlap": 1 - _dice(told.exp() * known[:, None], own.exp() * known, labels, known),
        "worn": (each * sure).sum() / sure.sum().clamp(min=1),
    }
    return weigh(parts, weights), parts


def _quarter(maps: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """(K, P) logits and (K,) labels of every other pixel of every other row, from another first one in each sample."""
    told = [maps[i::4, :, i // 2 :: 2, i % 2 :: 2].movedim(1, -1).flatten(0, -2) for i in range(min(4, len(maps)))]
    true = [labels[i::4, i // 2 :: 2, i % 2 :: 2].flatten() for i in range(min(4, len(maps)))]
    return torch.cat(told), torch.cat(true)


def _dice(told: Tensor, own: Tensor, labels: Tensor, known: Tensor) -> Tensor:
    """The soft Dice coefficient of each part that is there, their mean.

    told: (K, P) probabilities of pixels, own (K,) those of their true labels (K,); 0 where not known (K,).
    """
    none = torch.zeros(told.shape[1], device=told.device)
    both, there = none.index_add(0, labels, own), none.index_add(0, labels, known.float())
    dice = 2 * both / (told.sum(0) + there).clamp(min=1)
    return (dice * (there > 0)).sum() / (there > 0).sum().clamp(min=1)
