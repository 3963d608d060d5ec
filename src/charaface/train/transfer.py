"""Weights to begin with, or to meet half-way: a .safetensors file of a run, or an ONNX file that export made."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from charaface.train import checkpoint

PREFIX = "net."  # of a network's own names inside an exported graph


def load_weights(net: nn.Module, path: Path) -> None:
    """Puts into a network the weights of a .safetensors file (of a checkpoint its average) or of our ONNX.

    Raises ValueError, naming the file, where the network has other names or shapes.
    """
    state = _from_onnx(path) if path.suffix == ".onnx" else _from_safetensors(path)
    # tables that a network makes itself are part of a graph, not of its state
    made = {name for name, _ in net.named_buffers()} - net.state_dict().keys()
    try:
        net.load_state_dict({k: v for k, v in state.items() if k not in made})
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {error}") from error


@torch.no_grad()
def take_mean(net: nn.Module, path: Path) -> None:
    """Makes each weight of a network the mean of its own and a file's, as load_weights reads it.

    Between a network and what it was trained on from, the mean is often better on pictures unlike the training's than
    either (Wortsman et al. 2022, WiSE-FT); between strangers it is worth nothing.
    """
    other = copy.deepcopy(net)
    load_weights(other, path)
    theirs = other.state_dict()
    for name, value in net.state_dict().items():
        if value.is_floating_point():
            value.lerp_(theirs[name].to(value), 0.5)


def _from_safetensors(path: Path) -> dict[str, Tensor]:
    _, tensors = checkpoint.read(path)
    average = {k.removeprefix("average."): v for k, v in tensors.items() if k.startswith("average.")}
    return average or tensors


def _from_onnx(path: Path) -> dict[str, Tensor]:
    """Initialisers keep the names of the state dict; BatchNorm is stored unfused, so that nothing is lost."""
    model = onnx.load_from_string(path.read_bytes())
    found = {
        tensor.name.removeprefix(PREFIX): numpy_helper.to_array(tensor)
        for tensor in model.graph.initializer
        if tensor.name.startswith(PREFIX)
    }
    if not found:
        raise ValueError(f"{path} holds no weights named like a network of charaface")
    state = {k: torch.from_numpy(np.array(v, dtype=np.float32)) for k, v in found.items()}
    for name in [k for k in state if k.endswith("running_var")]:
        state[name.replace("running_var", "num_batches_tracked")] = torch.tensor(0)
    return state
