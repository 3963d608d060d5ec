"""The norm of a network: over the batch as published, or over groups of channels, which no batch has a say in.

Group norm (Wu & He 2018) gives a crop the same points whatever lies beside it in its batch: what is needed where a
batch is small, or divided over several processes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import nn

NORMS = ("batch", "group")
_GROUPS = 32  # the published number, where the channels allow it
_LEAST = 8  # channels of a group: on a map of one cell a group of one channel would always give 0


def set_norm(net: nn.Module, norm: str) -> None:
    """Gives a network the norm of that name, in place: "batch" leaves it, "group" replaces each of its batch norms.

    A batch norm that carries its activation, as timm has them, becomes a group norm and that activation. Raises
    ValueError on another name.
    """
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {', '.join(NORMS)}, got {norm!r}")
    if norm == "batch":
        return
    for parent, name, old in list(_batch_norms(net)):
        new: nn.Module = nn.GroupNorm(groups_of(old.num_features), old.num_features)
        new.load_state_dict({"weight": old.weight, "bias": old.bias})  # some blocks begin as their shortcuts
        act = getattr(old, "act", None)
        if isinstance(act, nn.Module):
            new = nn.Sequential(new, act)
        setattr(parent, name, new)


def groups_of(channels: int) -> int:
    """Into how many groups so many channels are divided."""
    groups = math.gcd(channels, _GROUPS)
    while groups > 1 and channels // groups < _LEAST:
        groups //= 2
    return groups


def _batch_norms(net: nn.Module) -> Iterator[tuple[nn.Module, str, nn.BatchNorm1d | nn.BatchNorm2d]]:
    for parent in net.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
                yield parent, name, child
