"""What a network costs: its parameters, and the multiplications of one crop."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def parameters(net: nn.Module) -> int:
    """How many numbers a network learns."""
    return sum(p.numel() for p in net.parameters())


def channels_of(net: nn.Module) -> int:
    """How many channels a network's crops have: its first filter says so."""
    return next(m.in_channels for m in net.modules() if isinstance(m, nn.Conv2d))


def macs(net: nn.Module, size: int) -> int:
    """Multiply-adds that the convolutions and matrices of a network need for one crop of that side, in eval mode."""
    training = net.training
    device = next(net.parameters()).device
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net.eval()(torch.zeros(1, channels_of(net), size, size, device=device))
    net.train(training)
    return int(counter.get_total_flops()) // 2  # it counts a multiplication and an addition as two
