"""One step of a training: forward, backward, the optimiser, the average; nothing is learned from what is no number."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from charaface.schemes import scheme_named
from charaface.train import checkpoint, transfer
from charaface.train.checkpoint import Trainee
from charaface.train.config import Recipe, RecipeError
from charaface.train.devices import Crew
from charaface.train.jobs import Job
from charaface.train.losses import LOSSES
from charaface.train.nets import NETS
from charaface.train.nets.heads import ToPoints

Tensors = dict[str, Tensor]
WIDE = 16  # features: a wider last matrix learns more slowly than the rest


def build(config: Recipe) -> nn.Module:
    """The network of a recipe, of weights drawn from its seed. Raises RecipeError for options it does not take."""
    torch.manual_seed(config.seed)
    options = dict(config.options)
    if config.task == "points":
        options["points"] = scheme_named(config.labels.scheme).count
    try:
        return NETS[config.net](**options)
    except (TypeError, ValueError) as error:
        raise RecipeError(f"options of {config.net}: {error}") from error


def start(config: Recipe, device: torch.device, saved: Path | None = None, face: Tensor | None = None) -> Trainee:
    """Network, average and optimiser: from a checkpoint, from the weights of init_from, or from the seed.

    face, (P, 2) in 0..1 of the crop, is what a network whose last matrix is fresh says of every crop at first.
    """
    net = build(config)
    resumed = saved is not None and saved.exists()
    taken = transfer.begin(net, Path(config.init_from), config.init) if config.init_from and not resumed else []
    if face is not None and not resumed and "head" not in taken:
        for matrix in (m for m in net.modules() if isinstance(m, ToPoints)):
            matrix.answer(face)
    net = net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    transfer.set_training(net, config.freeze)
    average = copy.deepcopy(net).eval().requires_grad_(False)
    loss = _loss_of(config).to(device)
    trainee = Trainee(net, average, optimiser_of(net, loss, config), loss)
    if saved and resumed:
        checkpoint.restore(saved, trainee)
    return trainee


def _loss_of(config: Recipe) -> nn.Module:
    if config.task != "points":
        return nn.Identity()
    try:
        return LOSSES[config.loss.kind](points=scheme_named(config.labels.scheme).count, **config.loss.options)
    except TypeError as error:
        raise RecipeError(f"loss.options of {config.loss.kind}: {error}") from error


def optimiser_of(net: nn.Module, loss: nn.Module, config: Recipe) -> torch.optim.AdamW:
    """AdamW over what is not frozen; matrices and filters alone are decayed.

    A step of Adam moves every weight by about the rate, so what it adds to a sum of C features grows with C: a wide
    last matrix would throw all points about together. Its rate falls as 1 / C (Yang & Hu 2021, maximal update).
    """
    last = {id(m.weight): min(1.0, WIDE / m.in_features) for m in net.modules() if isinstance(m, ToPoints)}
    learned = [p for p in net.parameters() if p.requires_grad]
    others = [p for p in learned if p.dim() < 2] + list(loss.parameters())
    groups: list[dict[str, Any]] = [
        {"params": [p for p in learned if p.dim() > 1 and id(p) not in last]},
        {"params": others, "weight_decay": 0.0},
        *({"params": [p], "share": last[id(p)]} for p in learned if id(p) in last),
    ]
    return torch.optim.AdamW(groups, lr=config.schedule.rate, weight_decay=config.schedule.decay, fused=True)


def rate_at(step: int, config: Recipe) -> float:
    """The learning rate of a step: linear warm-up, then a cosine that begins at schedule.start of its way."""
    s = config.schedule
    way = s.start + (1 - s.start) * step / max(config.steps, 1)
    cosine = s.last_rate + (1 - s.last_rate) * 0.5 * (1 + math.cos(math.pi * min(way, 1.0)))
    return s.rate * cosine * min((step + 1) / max(s.warmup, 1), 1.0)


def learn(trainee: Trainee, job: Job, batch: Tensors, config: Recipe, crew: Crew | None = None) -> Tensors:
    """One step; returns the parts of the loss. One that is not finite changes no weight and is counted."""
    crew = crew or Crew()
    net, counts = trainee.net, trainee.counts
    for group in trainee.optimiser.param_groups:
        group["lr"] = rate_at(counts.step, config) * group.get("share", 1.0)
    state = [*net.buffers(), *trainee.loss.buffers()]
    before = [b.clone() for b in state]
    trainee.optimiser.zero_grad()
    told = _gradients(trainee, job, batch, config)
    learned = [p for p in trainee.learns.values() if p.grad is not None]
    crew.mean([p.grad for p in learned if p.grad is not None] + list(told.values()))
    norm = torch.nn.utils.clip_grad_norm_(learned, config.schedule.clip)
    counts.step += 1
    if torch.isfinite(told["loss"]) and torch.isfinite(norm):
        trainee.optimiser.step()
        _average(trainee, config.schedule.ema)
        counts.broken = 0
    else:
        counts.skipped += 1
        counts.broken += 1
        for buffer, old in zip(state, before, strict=True):
            buffer.copy_(old)  # the statistics of a broken forward pass would outlive it
    return told | {"norm": norm.detach()}


def _gradients(trainee: Trainee, job: Job, batch: Tensors, config: Recipe) -> Tensors:
    """Adds up the gradients of a batch, part after part; returns the mean of the losses."""
    parts = config.schedule.accumulate
    sums: Tensors = {}
    for piece in zip(*(values.chunk(parts) for values in batch.values()), strict=True):
        truth = dict(zip(batch, piece, strict=True))
        share = len(truth["image"]) / len(batch["image"])
        with torch.autocast(truth["image"].device.type, torch.bfloat16, enabled=config.bf16):
            found = trainee.net(job.input(truth["image"], trainee.net))
        loss, told = job.loss(found, truth, trainee.loss)
        (loss * share).backward()
        for name, value in {"loss": loss, **told}.items():
            sums[name] = sums.get(name, 0) + value.detach() * share
    return sums


@torch.no_grad()
def _average(trainee: Trainee, memory: float) -> None:
    memory = min(memory, (1 + trainee.counts.step) / (10 + trainee.counts.step))
    new = trainee.net.state_dict()
    for name, value in trainee.average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(new[name], 1 - memory)
        else:
            value.copy_(new[name])
