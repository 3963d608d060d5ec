"""How near a training comes to a bare loop: the light Xception on the same cores, with and without what surrounds it.

    python benchmarks/training.py [--size 128] [--batch 32] [--steps 12]

The bare loop holds one batch in memory and does forward, loss, backward and optimiser; the training cuts, jitters,
averages and checks its numbers too. Both run in turns in one process, so that a busy machine slows both. Faces are
drawn by the generator.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import record
import torch
from rows import Row

from charaface.synth.dataset import write
from charaface.train.config import Labels, Recipe, Schedule
from charaface.train.devices import fixed_threads, has_bf16
from charaface.train.jobs import open_job
from charaface.train.loader import prefetched
from charaface.train.losses import LOSSES
from charaface.train.nets import NETS
from charaface.train.points import net_input
from charaface.train.step import learn, start

TURN = 3  # steps of one kind before the other's turn


def bare(recipe: Recipe, batch: dict[str, torch.Tensor]) -> Iterator[float]:
    """Seconds of each step of a loop with nothing around it."""
    net = NETS[recipe.net](points=68).to(memory_format=torch.channels_last).train()
    loss = LOSSES[recipe.loss.kind](points=68)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, fused=True)
    image = net_input(batch["image"], 1)
    while True:
        began = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bf16):
            found = net(image)
        optimiser.zero_grad()
        loss(found, batch, recipe.labels.size).mean().backward()
        optimiser.step()
        yield time.perf_counter() - began


def trained(recipe: Recipe, cache: Path) -> Iterator[float]:
    """Seconds of each step of a training, its batches made in the background as fit makes them."""
    job = open_job(recipe, cache)
    trainee = start(recipe, torch.device("cpu"))
    batches = prefetched(job.batch, 0, recipe.steps, threads=recipe.data.loaders)
    began = time.perf_counter()
    for arrays in batches:
        learn(trainee, job, {k: torch.from_numpy(v) for k, v in arrays.items()}, recipe)
        yield time.perf_counter() - began
        began = time.perf_counter()


def measure(size: int, batch: int, steps: int) -> list[Row]:
    """Images a second of both, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        write(Path(folder) / "faces", 64, size=160, masks=False)
        labels = Labels(files=[str(Path(folder) / "faces" / "labels.jsonl")], size=size)
        schedule = Schedule(samples=10**6, batch=batch)
        bf16 = has_bf16(torch.device("cpu"))
        recipe = Recipe("speed", "points", "xception", labels=labels, schedule=schedule, bf16=bf16)
        ours = trained(recipe, Path(folder))
        next(ours)
        job = open_job(recipe, Path(folder))
        alone = bare(recipe, {k: torch.from_numpy(v) for k, v in job.batch(0).items()})
        next(alone)
        spent: tuple[list[float], list[float]] = ([], [])
        while len(spent[1]) < steps:
            for kind, times in zip((alone, ours), spent, strict=True):
                times += [next(kind) for _ in range(TURN)]
        ours.close()
    plain, whole = (statistics.median(times) for times in spent)
    kind = "bf16" if recipe.bf16 else "float32"
    return [
        Row(f"a bare loop, light Xception, {size} px, batch {batch}, {kind}, one thread, images/s", batch / plain),
        Row("a training with its loader running, images/s", batch / whole),
        Row("training over the bare loop, %", 100 * plain / whole, least=80),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=12)
    args = parser.parse_args()
    rows = measure(args.size, args.batch, args.steps)
    record.write_rows("training", "A step of training beside a bare loop", record.machine(), rows)


if __name__ == "__main__":
    main()
