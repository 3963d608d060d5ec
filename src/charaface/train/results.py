"""What came of a run, as plain JSON values that outlive its weights."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from charaface.metrics import bootstrap
from charaface.schemes import scheme_named
from charaface.train.config import RecipeError
from charaface.train.folder import ERRORS, WEIGHTS, last_figures, read_metrics, read_recipe

Result = dict[str, Any]
FIGURES = {  # of a run, and the head of their column
    "nme.inter-ocular": "NME",
    "nme.median": "median",
    "nme.inter-pupil": "pupils",
    "nme.box": "box",
    "nme.chin": "chin",
    "failed.8": "beyond 8 %",
    "failed.10": "beyond 10 %",
    "auc": "AUC",
}
_APART = {"name", "seed", "sheet_every", "save_every"}  # of a recipe: may differ between runs of several seeds


def result(run: Path) -> Result:
    """What a run for points was told and what it reached.

    figures and mean_face in per cent, as points.Errors has them; points (P) and faces (N) the mean errors of each
    over the inter-ocular distance in per cent, None where the truth does not tell; measured_on a name for the held-out
    faces, their lengths and the points of each that are known: runs of one name can be compared face by face; alike a
    name for the recipe but for its seed. Raises RecipeError where the run is not done, or is not for points.
    """
    recipe = read_recipe(run)
    if recipe["task"] != "points":
        raise RecipeError(f"{run}: a run of the task {recipe['task']}; those of points can be compared")
    if not is_measured(run):
        raise RecipeError(f"{run}: is not done, or held nothing out")
    lines = read_metrics(run)
    losses = [line["loss"] for line in lines if math.isfinite(line.get("loss", math.nan))]
    with np.load(run / ERRORS, allow_pickle=False) as kept:
        over = 100 * kept["points"] / kept["length.inter-ocular"][:, None]
        lengths = {name: np.round(kept[name], 4).tolist() for name in sorted(kept.files) if name.startswith("length.")}
        measured = [kept["names"].tolist(), np.packbits(np.isnan(kept["points"])).tolist(), lengths]
    return {
        "name": recipe["name"],
        "net": recipe["net"],
        "options": recipe["options"],
        "scheme": recipe["labels"]["scheme"],
        "size": recipe["labels"]["size"],
        "seed": recipe["seed"],
        "init": recipe["init"] if recipe["init_from"] else "none",
        "freeze": recipe["freeze"],
        "loss": recipe["loss"]["kind"],
        "losses": [losses[0], losses[-1]] if losses else [],
        "figures": _rounded(last_figures(run)),
        "mean_face": _rounded(next((line["mean_face"] for line in lines if "mean_face" in line), {})),
        "points": _means(over, 0),
        "faces": _means(over, 1),
        "measured_on": _digest(measured),
        "alike": _digest({name: value for name, value in recipe.items() if name not in _APART}),
    }


def is_measured(run: Path) -> bool:
    """Whether a run is for points, done, and held faces out: what result needs."""
    return (run / WEIGHTS).exists() and (run / ERRORS).exists()


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in figures.items() if math.isfinite(value)}


def _means(over: np.ndarray, axis: int) -> list[float | None]:
    """Means along an axis of what is known; None where nothing is."""
    count = (~np.isnan(over)).sum(axis)
    mean = np.nansum(over, axis) / np.maximum(count, 1)
    return [round(float(value), 2) if n else None for value, n in zip(mean, count, strict=True)]


def difference(one: Result, other: Result) -> tuple[float, float, float] | None:
    """How much further off the first is on the same faces, in per cent, and its paired 95 % bootstrap interval.

    None where they were measured on different faces or points, or no face has an inter-ocular distance.
    """
    if one["measured_on"] != other["measured_on"] or one["scheme"] != other["scheme"]:
        return None
    pairs = [(a, b) for a, b in zip(one["faces"], other["faces"], strict=True) if a is not None and b is not None]
    if not pairs:
        return None
    apart = np.asarray([a - b for a, b in pairs])
    low, high = bootstrap(apart, lambda sample: sample.mean(axis=1), draws=1000)
    return float(apart.mean()), low, high


def part_rows(found: Sequence[Result]) -> list[list[str]]:
    """The mean error of each part, run by run; parts by the schemes' names."""
    names = list(dict.fromkeys(part for one in found for part in scheme_named(one["scheme"]).parts))
    out = [["run", *(name.replace("_", " ") for name in names)]]
    for one in found:
        parts = scheme_named(one["scheme"]).parts
        cells = []
        for name in names:
            own = [one["points"][i] for i in parts.get(name, ()) if one["points"][i] is not None]
            cells.append(f"{np.mean(own):.1f}" if own else "")
        out.append([one["name"], *cells])
    return out
