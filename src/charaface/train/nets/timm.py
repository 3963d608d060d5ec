"""Any convolutional network of the timm package as a trunk: a crop in, its points out.

The trunk ends with the last map of timm's `features_only` form: what classifies lies behind it and is left out. Weights
are always fresh (pretrained=False): nothing is fetched, and the data behind foreign weights is not this package's.
Departure from all of timm: a head of this package's in place of the classifier; group norm on demand.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from charaface.train.nets.heads import head_named
from charaface.train.nets.norms import set_norm
from charaface.train.nets.told import Told

STAGES = ("entry", "middle", "exit")


class Timm(nn.Module):
    """(N, channels, S, S) in -1..1 to (N, points, 2) in 0..1 of the crop; in training mode to Told.

    model is a name that timm knows ("mobilenetv3_small_100"), arguments are further ones of its create_model. The
    stages are thirds of the maps that timm names.
    Raises ValueError where timm does not know it, or it has no maps (a transformer for pictures of one size).
    """

    STAGES: Mapping[str, tuple[str, ...]]

    def __init__(
        self,
        points: int = 68,
        channels: int = 1,
        head: str = "linear",
        norm: str = "batch",
        dropout: float = 0.0,
        model: str = "resnet18",
        **arguments: Any,
    ) -> None:
        super().__init__()
        self.trunk = trunk_named(model, channels, **arguments)
        info = self.trunk.feature_info  # of the one map that is asked for
        doublings = (int(info.reduction()[-1]) // 4).bit_length() - 1
        self.head = head_named(head)(info.channels()[-1], points, doublings=max(doublings, 0), dropout=dropout)
        set_norm(self, norm)
        if not hasattr(type(self), "STAGES"):
            self.STAGES = thirds(self)

    def forward(self, x: Tensor) -> Tensor | Told:
        size = x.shape[-1]
        (features,) = self.trunk(x)  # (N, C, S / 32, S / 32) of most
        told: Told = self.head(features, size)
        return told if self.training else told.points


def trunk_named(model: str, channels: int, **arguments: Any) -> Any:
    """timm's network of that name up to its last map, which it gives in a list of one."""
    import timm

    if not timm.is_model(model):
        near = difflib.get_close_matches(model, timm.list_models(), 3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise ValueError(f"timm knows no model {model!r}{hint}; timm.list_models() names all")
    if timm.get_pretrained_cfg(model).fixed_input_size:
        raise ValueError(f"timm's {model} reads pictures of one size; take a convolutional one, as resnet18")
    try:
        return timm.create_model(
            model, pretrained=False, in_chans=channels, features_only=True, out_indices=(-1,), **arguments
        )
    except (RuntimeError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"timm's {model} gives no maps to read points from ({error}); resnet18 does") from error


def thirds(net: nn.Module) -> dict[str, tuple[str, ...]]:
    """Prefixes of a network's state for entry, middle and exit: a third each of the maps that timm names.

    What makes a map belongs to it; where three do not divide the maps, the earlier stages have one more.
    """
    order = {name: i for i, (name, _) in enumerate(net.named_modules())}
    info: Any = net.get_submodule("trunk").feature_info
    ends = sorted(set(_ends(order, info.info)))
    if len(ends) < len(STAGES):
        raise ValueError(f"timm names {len(ends)} maps of this model; entry, middle and exit need three")
    cuts = [ends[-(-len(ends) * k // len(STAGES)) - 1] for k in (1, 2)]
    trunk = [name for name in net.state_dict() if name.startswith("trunk.")]
    stage_of = {name: STAGES[sum(order[name.rpartition(".")[0]] > cut for cut in cuts)] for name in trunk}
    parts: dict[str, list[str]] = {stage: [] for stage in STAGES}
    for prefix, stage in _prefixes(stage_of, ""):
        parts[stage].append(prefix)
    return {stage: tuple(prefixes) for stage, prefixes in parts.items()}


def _ends(order: Mapping[str, int], info: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """The place in the order of modules where each map is made."""
    for one in info:
        # timm flattens "features.5" to "features_5"
        made = f"trunk.{one['module']}.", f"trunk.{one['module'].replace('.', '_')}."
        found = [i for name, i in order.items() if f"{name}.".startswith(made)]
        if found:
            yield max(found)


def _prefixes(stage_of: Mapping[str, str], above: str) -> Iterator[tuple[str, str]]:
    """The shortest prefixes whose names all belong to one stage, with it."""
    groups: dict[str, dict[str, str]] = {}
    for name, stage in stage_of.items():
        first, dot, _ = name[len(above) :].partition(".")
        groups.setdefault(above + first + dot, {})[name] = stage
    for prefix, group in groups.items():
        if len(set(group.values())) == 1:
            yield prefix, next(iter(group.values()))
        else:
            yield from _prefixes(group, prefix)
