"""Checkpoints: weights, their average and the optimiser in one safetensors file, the state as JSON in its
header.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

STATE = "charaface"  # the key of the JSON state in the header


@dataclass
class Counts:
    """What a training counts."""

    step: int = 0
    skipped: int = 0  # steps whose loss or gradient was not finite
    broken: int = 0  # of these, how many came one after the other up to now
    rolled_back: int = 0  # times that it went back to its checkpoint
    best: float | None = None  # the lowest error on the faces that decide when to stop
    waited: int = 0  # validations since


@dataclass
class Trainee:
    """All that changes while a network learns."""

    net: nn.Module
    average: nn.Module  # exponential average of the weights: what is exported
    optimiser: torch.optim.AdamW
    loss: nn.Module = field(default_factory=nn.Identity)  # what the loss itself learns, as buffers and parameters
    counts: Counts = field(default_factory=Counts)

    @property
    def learns(self) -> dict[str, nn.Parameter]:
        """All parameters by the names they have in a checkpoint."""
        return dict(self.net.named_parameters()) | {f"loss.{k}": v for k, v in self.loss.named_parameters()}


def save(path: Path, trainee: Trainee) -> None:
    """Writes a checkpoint whole: a kill at any moment leaves the old one or the new one."""
    tensors = {f"net.{k}": v for k, v in trainee.net.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in trainee.average.state_dict().items()}
    tensors |= {f"loss.{k}": v for k, v in trainee.loss.state_dict().items()}
    for name, parameter in trainee.learns.items():
        for key, value in trainee.optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser.{key}.{name}"] = value
    write(path, tensors, asdict(trainee.counts))


def restore(path: Path, trainee: Trainee) -> None:
    """Puts a checkpoint into a trainee of the same recipe. Raises ValueError where it does not fit."""
    state, tensors = read(path)
    try:
        trainee.net.load_state_dict(_under("net.", tensors))
        trainee.average.load_state_dict(_under("average.", tensors))
        trainee.loss.load_state_dict(_under("loss.", tensors))
    except RuntimeError as error:
        raise ValueError(f"{path} is not a checkpoint of this network: {error}") from error
    moments = _under("optimiser.", tensors)
    for name, parameter in trainee.learns.items():
        own = {key: moments[f"{key}.{name}"] for key in ("step", "exp_avg", "exp_avg_sq") if f"{key}.{name}" in moments}
        if own:
            trainee.optimiser.state[parameter] = {k: _laid_like(v, parameter) for k, v in own.items()}
    trainee.counts = Counts(**state)


def write(path: Path, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
    """Tensors and a JSON state as one safetensors file, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    plain = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    save_file(plain, temporary, metadata={STATE: json.dumps(state)})
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The JSON state and the tensors of a file that write made. Raises ValueError where it is none."""
    try:
        with safe_open(path, "pt") as file:
            state = json.loads((file.metadata() or {})[STATE])
        return state, load_file(path)
    except (KeyError, ValueError, SafetensorError) as error:
        raise ValueError(f"{path} is not a checkpoint of charaface") from error


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _laid_like(value: Tensor, parameter: Tensor) -> Tensor:
    """A tensor where its parameter lives and, for one of its shape, in the same order of memory."""
    last = value.dim() == 4 and parameter.is_contiguous(memory_format=torch.channels_last)
    layout = torch.channels_last if last else torch.contiguous_format
    return value.to(parameter.device).contiguous(memory_format=layout)
