"""What the networks of points cost: parameters, multiply-adds, forward time and training speed on one thread.

    python benchmarks/nets.py [--net xception ...] [--size 64 --size 128] [--head linear] [--batch 32] [--bf16]

A forward is of one crop, a training step forward, backward and Adam on a batch of noise; float32 unless --bf16. Prints
only; medians of the processor's time, which a busy machine stretches less than the clock's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import nn

from charaface.train.losses import LOSSES
from charaface.train.nets import NETS
from charaface.train.nets.cost import macs, parameters

NAMES = ("xception", "inception_resnet_v1", "resnet50", "vgg16", "pfld")
LOSS = {"linear": "wing", "softargmax": "wing", "heatmap": "heat_mse", "simcc": "simcc"}


def median(run: Callable[[], object], times: int) -> float:
    """Median seconds of the processor that a call takes, after one that is not counted."""
    run()
    spent = []
    for _ in range(times):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def training_step(net: nn.Module, head: str, size: int, batch: int, bf16: bool) -> Callable[[], None]:
    """One step of training, ready to be called."""
    net.train()
    loss = LOSSES[LOSS[head]]()
    optimiser = torch.optim.Adam(net.parameters(), 1e-4)
    crops = torch.randn(batch, 1, size, size).contiguous(memory_format=torch.channels_last)
    truth = {"points": torch.rand(batch, 68, 2), "weight": torch.ones(batch, 68)}

    def step() -> None:
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            told = net(crops)
        loss(told, truth, size).mean().backward()
        optimiser.step()

    return step


def row(name: str, head: str, size: int, batch: int, bf16: bool) -> str:
    """One line of the table."""
    net = NETS[name](head=head).to(memory_format=torch.channels_last).eval()
    crop = torch.zeros(1, 1, size, size)
    with torch.inference_mode():
        forward = 1000 * median(lambda: net(crop), 10)
    cost = parameters(net) / 1e6, macs(net, size) / 1e6
    speed = batch / median(training_step(net, head, size, batch, bf16), 3)
    return f"| {name} | {size} | {cost[0]:.2f} | {cost[1]:.0f} | {forward:.1f} | {speed:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", action="append", choices=sorted(NETS))
    parser.add_argument("--size", action="append", type=int)
    parser.add_argument("--head", choices=sorted(LOSS), default="linear")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--bf16", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print("| network | px | parameters, M | MMAC | forward, ms | training, images/s |\n|---|---|---|---|---|---|")
    for name in given.net or NAMES:
        for size in given.size or (64, 128):
            print(row(name, given.head, size, given.batch, given.bf16), flush=True)


if __name__ == "__main__":
    main()
