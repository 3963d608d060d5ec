"""Weights that were trained elsewhere, as a run that export takes: read, matched by name, the output brought to 0..1.

What such a file holds is data: a pickle is read with weights_only, which runs no code of it.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from charaface.files import open_input
from charaface.schemes import SCHEMES, scheme_named
from charaface.train import checkpoint
from charaface.train.config import Labels, Recipe, RecipeError
from charaface.train.folder import RECIPE, WEIGHTS, write_text
from charaface.train.nets import NETS
from charaface.train.nets.heads import ToPoints

# how a foreign network says where a point is, to what is to be added to its numbers and the share of a crop they are in
OUTPUTS: dict[str, Callable[[int], tuple[float, float]]] = {
    "pixels": lambda size: (0.5, 1 / size),  # of the crop, 0 the middle of the first pixel
    "unit": lambda _: (0.0, 1.0),  # 0 to 1 of the crop
    "centred": lambda _: (0.5, 1.0),  # -0.5 to 0.5
}
INPUTS = ("plain", "minmax")  # -1..1 as it is; the darkest pixel of each crop -1, the brightest 1
UNKNOWN = "unknown"
_WRAPPERS = ("module.", "model.", "net.", "_orig_mod.")  # what parallel, lightning and compiled networks prefix
_HOLDERS = ("state_dict", "model_state_dict", "model", "net", "weights")  # where a checkpoint keeps a state dict
_SHOWN = 6  # names of a list


@dataclass(frozen=True)
class Origin:
    """What is to be known of foreign weights beside their numbers; all of it goes into the run's recipe."""

    net: str  # a key of NETS
    scheme: str  # of the points, in the order of the network's numbers: x and y of the first, of the second ...
    size: int = 128  # pixels of the input
    output: str = "pixels"  # a key of OUTPUTS
    input: str = "minmax"  # one of INPUTS
    channels: int = 1  # 1: grey, 3: RGB
    crop_scale: float = 1.4  # side of the crop over the longer side of the face's box
    name: str = ""  # of the weights; the file's without it
    licence: str = UNKNOWN
    data: str = UNKNOWN  # what the weights learned from


def import_weights(
    file: str | Path, folder: str | Path, origin: Origin, rename: Mapping[str, str] | None = None
) -> Path:
    """Writes the state dict of a .pt, .pth or .safetensors file as a run that export takes; returns its folder.

    Names must be those of the network: a prefix that all of them share ("module.", "model.") is taken off, rename
    turns the beginning of a name into another. The scale and offset of the output go into the last matrix. Raises
    RecipeError for a network or scheme that is none, ValueError for a file that is no state dict, whose names, shapes
    or number of points do not fit, or that holds what is no number, and FileExistsError for a folder that is not empty.
    """
    file, folder = Path(file), Path(folder)
    net = _build(origin)
    state = renamed(state_of(file), rename or {})
    last = next(name for name, module in net.named_modules() if isinstance(module, ToPoints))
    _check_points(state.get(f"{last}.weight"), origin.scheme, file)
    net.load_state_dict(fitted(net, state, file))
    scale_output(net.get_submodule(last), *OUTPUTS[origin.output](origin.size))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    foreign: dict[str, Any] = {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    foreign |= {"output": origin.output, "stretch": origin.input == "minmax"}
    recipe = _recipe(origin, file.stem) | {"foreign": foreign}
    made_with = {"torch": torch.__version__}
    state_json = {"name": recipe["name"], "version": 1, "step": 0, "figures": {}}
    checkpoint.write(folder / WEIGHTS, dict(net.state_dict()), state_json)
    write_text(folder / RECIPE, json.dumps({"recipe": recipe, "made_with": made_with}, indent=1) + "\n")
    return folder


def state_of(file: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, wrappers' prefixes taken off. Raises ValueError for what is no state dict."""
    with open_input(file):
        held = _safetensors(file) if file.suffix == ".safetensors" else _pickled(file)
    for holder in _HOLDERS:
        if isinstance(held, Mapping) and isinstance(held.get(holder), Mapping):
            held = held[holder]
    if not isinstance(held, Mapping) or not held:
        raise ValueError(f"{file}: holds {type(held).__name__}, not a state dict (names to tensors)")
    odd = [str(name) for name, value in held.items() if not isinstance(value, Tensor)]
    if odd:
        raise ValueError(f"{file}: is no state dict: {_listed(odd)} {'is' if len(odd) == 1 else 'are'} no tensor")
    state = {str(name): value for name, value in held.items()}
    while wrapper := next((w for w in _WRAPPERS if all(name.startswith(w) for name in state)), None):
        state = {name.removeprefix(wrapper): value for name, value in state.items()}
    broken = [name for name, value in state.items() if value.is_floating_point() and not value.isfinite().all()]
    if broken:
        raise ValueError(f"{file}: holds what is no number, in {_listed(broken)}")
    return state


def renamed(state: dict[str, Tensor], rename: Mapping[str, str]) -> dict[str, Tensor]:
    """The tensors, beginnings of names replaced as rename says. Raises ValueError for one that no name has."""
    for old, new in rename.items():
        if not any(name.startswith(old) for name in state):
            raise ValueError(f"no name begins with {old!r}; there are {_listed(sorted(state))}")
        state = {new + name.removeprefix(old) if name.startswith(old) else name: v for name, v in state.items()}
    return state


def fitted(net: nn.Module, state: Mapping[str, Tensor], file: Path) -> dict[str, Tensor]:
    """A state that loads into a network strictly. Raises ValueError listing what is missing, unknown, of another shape.

    Counts of batches, which no network computes with, may be missing.
    """
    own = net.state_dict()
    full = {name: torch.zeros_like(own[name]) for name in own if name.endswith("num_batches_tracked")} | dict(state)
    missing = [name for name in own if name not in full]
    unknown = [name for name in full if name not in own]
    shaped = [name for name in own if name in full and full[name].shape != own[name].shape]
    if not (missing or unknown or shaped):
        return full
    lines = [f"{file}: does not fit {type(net).__name__}"]
    if missing:
        lines.append(f"  missing {len(missing)}: {_listed([_near(name, unknown) for name in missing])}")
    if unknown:
        lines.append(f"  unknown {len(unknown)}: {_listed(unknown)}")
    if shaped:
        words = [f"{name} {tuple(full[name].shape)}, wanted {tuple(own[name].shape)}" for name in shaped]
        lines.append(f"  of another shape {len(shaped)}: {_listed(words)}")
    raise ValueError("\n".join(lines))


@torch.no_grad()
def scale_output(last: Any, add: float, factor: float) -> None:
    """Lets a last matrix whose numbers y were the answer answer (y + add) * factor; the networks add 0.5 to it."""
    last.weight *= factor
    last.bias.copy_((last.bias + add) * factor - 0.5)


def _check_points(weight: Tensor | None, scheme: str, file: Path) -> None:
    wanted = 2 * scheme_named(scheme).count
    if weight is not None and weight.dim() == 2 and len(weight) != wanted:
        fitting = [name for name, one in SCHEMES.items() if 2 * one.count == len(weight)]
        way_out = f"; --scheme {' or '.join(fitting)} has that many" if fitting else ""
        raise ValueError(f"{file}: gives {len(weight)} numbers, and {scheme} has {wanted // 2} points{way_out}")


def _build(origin: Origin) -> nn.Module:
    for what, name, known in (
        ("net", origin.net, [n for n in NETS if n not in ("landmarker", "detector", "timm")]),
        ("output", origin.output, list(OUTPUTS)),
        ("input", origin.input, list(INPUTS)),
    ):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise RecipeError(
                f"no {what} {name!r}; there are {', '.join(known)}{f'; did you mean {near[0]}?' if near else ''}"
            )
    return NETS[origin.net](points=scheme_named(origin.scheme).count, channels=origin.channels).eval()


def _recipe(origin: Origin, stem: str) -> dict[str, Any]:
    labels = Labels(scheme=origin.scheme, size=origin.size, crop_scale=origin.crop_scale)
    recipe = Recipe(
        name=origin.name or stem,
        task="points",
        net=origin.net,
        licence=origin.licence,
        source=origin.data,
        options={"channels": origin.channels},
        labels=labels,
    )
    return dataclasses.asdict(recipe)


def _safetensors(file: Path) -> dict[str, Tensor]:
    try:
        return dict(load_file(file))
    except SafetensorError as error:
        raise ValueError(f"{file}: is no safetensors file ({error})") from None


def _pickled(file: Path) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise ValueError(
            f"{file}: holds a pickled module or other objects, which would run code; where its code is, write "
            "torch.save(model.state_dict(), 'weights.pt') and import that"
        ) from None
    except Exception as error:  # torch raises a dozen unrelated kinds on damaged files
        words = f"{type(error).__name__}: {error}".strip(" :").splitlines()[0][:200]
        raise ValueError(f"{file}: cannot be read as weights of PyTorch ({words})") from None


def _near(name: str, others: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, others, 1, 0.7)
    return f"{name} (near: {near[0]})" if near else name


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
