"""What a recipe would train, before it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from charaface.train.config import Recipe
from charaface.train.emotion import open_expressions
from charaface.train.fit import check
from charaface.train.jobs import LABELLED
from charaface.train.labelled import open_labelled
from charaface.train.nets.cost import macs, parameters
from charaface.train.points import divided
from charaface.train.settings import load_recipe
from charaface.train.step import build
from charaface.train.transfer import FREEZE, block_of


def plan(recipe: str | Path, settings: Sequence[str] = (), init_from: str | Path | None = None) -> dict[str, Any]:
    """The whole recipe, and of its network and its labelled faces how much there is.

    Cuts the faces, where they are not yet. Raises RecipeError as train does.
    """
    changes = {"init_from": str(Path(init_from).resolve())} if init_from else {}
    config = load_recipe(recipe, settings, **changes)
    check(config)
    out: dict[str, Any] = {"recipe": asdict(config), "steps": config.steps, "network": _network(config)}
    if config.task in LABELLED:
        faces = open_labelled(config.labels) if config.task == "points" else open_expressions(config.labels)
        parts = divided(faces, config.labels)
        out["faces"] = {name: len(getattr(parts, name)) for name in ("learned", "stop", "held_out")}
        out["groups"] = len(set(faces.keys))
        out["epochs"] = round(config.steps * config.schedule.batch / len(parts.learned), 2)
    return out


def _network(config: Recipe) -> dict[str, int]:
    net = build(config)
    frozen = FREEZE[config.freeze]
    trained = sum(p.numel() for n, p in net.named_parameters() if not frozen or block_of(net, n) not in frozen)
    size = {"landmarks": 128, "detect": 320}.get(config.task, config.labels.size)
    return {"parameters": parameters(net), "trained": trained, "macs": macs(net, size)}
