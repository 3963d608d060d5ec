"""Weights to begin with, or to meet half-way: which blocks are taken from a file, and which stay as they are."""

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
STAGES = ("entry", "middle", "exit")  # of a network for points, as its class names them; all else is its head
INIT: dict[str, tuple[str, ...]] = {  # what is taken from another network
    "none": (),
    "entry": STAGES[:1],
    "entry+middle": STAGES[:2],
    "all": (*STAGES, "head"),
}
FREEZE: dict[str, tuple[str, ...]] = {  # what is not trained; with all of it a network is only evaluated
    "none": (),
    "entry": STAGES[:1],
    "features": STAGES,
    "all": (*STAGES, "head"),
}


def block_of(net: nn.Module, name: str) -> str:
    """The stage that a name of a network's state, or of a module in it, belongs to, or "head"."""
    for stage, prefixes in stages_of(net).items():
        if f"{name}.".startswith(prefixes):
            return stage
    return "head"


def stages_of(net: nn.Module) -> dict[str, tuple[str, ...]]:
    """The stages that a network's class names. Raises ValueError where it names none."""
    stages: dict[str, tuple[str, ...]] | None = getattr(net, "STAGES", None)
    if stages is None:
        raise ValueError(f"{type(net).__name__} has no stages to take or to freeze; init is all, freeze is none")
    return stages


def begin(net: nn.Module, path: Path, init: str) -> list[str]:
    """Puts the blocks that init names (a key of INIT) of a file's weights into a network; returns those it took.

    A head of another number of points stays fresh. Raises ValueError, naming the file, where a block does not fit.
    """
    if init == "all" and not hasattr(net, "STAGES"):
        load_weights(net, path)
        return list(INIT[init])
    blocks = list(INIT[init])
    theirs, own = _state(path), net.state_dict()
    mine = {block: [name for name in own if block_of(net, name) == block] for block in blocks}
    if "head" in blocks and any(n not in theirs or theirs[n].shape != own[n].shape for n in mine["head"]):
        blocks.remove("head")
    taken = {name: theirs.get(name) for block in blocks for name in mine[block]}
    wrong = [name for name, value in taken.items() if value is None or value.shape != own[name].shape]
    if wrong:
        raise ValueError(f"{path} does not fit the network: {len(wrong)} of {len(taken)} names, {wrong[0]} first")
    net.load_state_dict({**own, **{k: v for k, v in taken.items() if v is not None}})
    return blocks


def set_training(net: nn.Module, freeze: str) -> None:
    """Training mode, but for the blocks that freeze names (a key of FREEZE): these keep weights and statistics."""
    net.train()
    if not FREEZE[freeze]:
        return
    frozen = set(FREEZE[freeze])
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(block_of(net, name) not in frozen)
    for name, module in net.named_modules():
        if name and block_of(net, name) in frozen:
            module.eval()


def load_weights(net: nn.Module, path: Path) -> None:
    """Puts into a network the weights of a .safetensors file (of a checkpoint its average) or of our ONNX.

    Raises ValueError, naming the file, where the network has other names or shapes.
    """
    state = _state(path)
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


def _state(path: Path) -> dict[str, Tensor]:
    return _from_onnx(path) if path.suffix == ".onnx" else _from_safetensors(path)


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
