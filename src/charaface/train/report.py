"""The page of one run: how it learned, what it reached, where its errors are."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.files import atomic
from charaface.metrics import confusion
from charaface.page import Section, write_page
from charaface.page.plots import NO_PLOTS, can_plot
from charaface.train import plots
from charaface.train.config import Recipe, RecipeError
from charaface.train.folder import ERRORS, RECIPE, read_metrics, read_recipe
from charaface.train.results import FIGURES, part_rows, result

PAGE = "report.html"
_SHEETS = 3  # the first, one in the middle and the last
_SHOWN = 8  # best and worst faces
_GUESSES = {"mean_face": "the mean face", "commonest": "always the commonest"}  # what a run has to beat


def write_report(run: Path) -> Path:
    """Writes report.html into a run's folder and returns its path. Raises RecipeError where it is no run."""
    recipe, lines = read_recipe(run), read_metrics(run)
    batch = recipe["schedule"]["batch"]
    sections = [
        Section("Figures", table=_figures(lines, batch)),
        _learning(lines),
        *_points(run),
        *_expressions(run, recipe),
        *_sheets(run, recipe),
    ]
    sections.append(Section("Recipe", "What differs from the defaults.", table=[["", ""], *_changed(recipe)]))
    made_with = json.loads((run / RECIPE).read_text(encoding="utf-8")).get("made_with", {})
    sections.append(Section("Made with", table=[["", ""], *([k, str(v)] for k, v in made_with.items())]))
    words = [f"{recipe['task']}: {recipe['net']}", *([] if can_plot() else [NO_PLOTS])]
    steps = max((line["step"] for line in lines if "step" in line), default=0)
    skipped = max((line["skipped"] for line in lines if "skipped" in line), default=0)
    path = run / PAGE
    with atomic(path, overwrite=True) as part:
        write_page(part, recipe["name"], words, [(steps, "step"), (skipped, "skipped step")], sections)
    return path


def _figures(lines: list[dict[str, Any]], batch: int) -> list[list[str]]:
    """The figures of the last validation beside those of a guess without looking, and how fast the steps were."""
    last: dict[str, float] = next((line["validation"] for line in reversed(lines) if "validation" in line), {})
    guess = next((name for line in lines for name in _GUESSES if name in line), "mean_face")
    mean: dict[str, float] = next((line[guess] for line in lines if guess in line), {})
    speeds = [line["images_per_s"] for line in lines if "images_per_s" in line]
    table = [["", "this run", _GUESSES[guess]]]
    for name, value in last.items():
        table.append([FIGURES.get(name, name), f"{value:.2f}", f"{mean[name]:.2f}" if name in mean else ""])
    if speeds:
        table.append(["images a second, median", f"{np.median(speeds):.1f}", ""])
        table.append(["seconds of steps", f"{_seconds(lines, batch):.0f}", ""])
    return table


def _seconds(lines: list[dict[str, Any]], batch: int) -> float:
    """How long the steps took, by their speed: what was between them, a pause or a kill, is not counted."""
    told = [(line["step"], line["images_per_s"]) for line in lines if "images_per_s" in line]
    before = [0, *(step for step, _ in told)]
    parts = [max(step - old, 0) * batch / max(speed, 0.1) for (step, speed), old in zip(told, before, strict=False)]
    return float(sum(parts))


def _learning(lines: list[dict[str, Any]]) -> Section:
    if not can_plot():
        return Section("Learning")
    steps = [line for line in lines if "loss" in line]
    told = [line for line in lines if "validation" in line]
    drawn = []
    if steps:
        x = np.asarray([line["step"] for line in steps])
        for name, what in (("loss", "loss"), ("rate", "learning rate")):
            y = np.asarray([line[name] for line in steps])
            drawn.append((what, plots.curves({what: (x, y)}, "step", log=name == "loss")))
    kinds = {
        name
        for line in told
        for name in line["validation"]
        if name.startswith(("nme", "stop", "ap", "recall", "accuracy", "f1")) and name != "stop.temperature"
    }
    lines_of = {}
    for name in sorted(kinds):
        own = [(line["step"], line["validation"][name]) for line in told if name in line["validation"]]
        lines_of[name] = (np.asarray([step for step, _ in own]), np.asarray([value for _, value in own]))
    if lines_of:
        drawn.append(("validation, %", plots.curves(lines_of, "step", log=True)))
    return Section("Learning", plots=drawn)


def _points(run: Path) -> Iterator[Section]:
    """Where the errors of a run for points are; nothing for another, or one that is not done."""
    try:
        found = result(run)
    except RecipeError:
        return
    with np.load(run / ERRORS, allow_pickle=False) as kept:
        names = kept["names"].tolist()
    errors = np.asarray([np.nan if e is None else e for e in found["faces"]])
    points = np.asarray([np.nan if e is None else e for e in found["points"]])
    drawn = []
    if can_plot():
        known = errors[~np.isnan(errors)]
        drawn = [
            ("mean error of each point", plots.face(points, found["scheme"])),
            ("share of the held-out faces within an error", plots.ced({found["name"]: known})),
        ]
    yield Section("Points", f"{len(errors):,} held-out faces.", drawn, part_rows([found]))
    order = [i for i in np.argsort(errors) if not np.isnan(errors[i])]
    ends = [order[:_SHOWN], order[::-1][:_SHOWN]]
    rows = [["nearest", "%", "furthest", "%"]]
    rows += [[names[a], f"{errors[a]:.1f}", names[b], f"{errors[b]:.1f}"] for a, b in zip(*ends, strict=True)]
    yield Section("Faces", "Error over the inter-ocular distance.", table=rows)


def _expressions(run: Path, recipe: dict[str, Any]) -> Iterator[Section]:
    """What a run for expressions takes for what; nothing for another, or one that is not done."""
    if recipe["task"] != "emotion" or not (run / ERRORS).exists():
        return
    with np.load(run / ERRORS, allow_pickle=False) as kept:
        true, found = kept["true"], kept["logits"].argmax(1)
    table = confusion(true, found, len(EXPRESSIONS))
    rows = [["true, then found", *EXPRESSIONS, "of them found, %"]]
    for name, row, own in zip(EXPRESSIONS, table, np.diag(table), strict=True):
        share = f"{100 * own / row.sum():.1f}" if row.sum() else ""
        rows.append([name, *map(str, row.tolist()), share])
    yield Section("Expressions", f"{len(true):,} held-out faces.", table=rows)


def _sheets(run: Path, recipe: dict[str, Any]) -> Iterator[Section]:
    sheets = sorted(run.glob("sheet-*.png"))
    if sheets:
        pick = sorted({round(i) for i in np.linspace(0, len(sheets) - 1, _SHEETS)})
        pictures = [(sheets[i].stem.replace("sheet-", "step "), sheets[i].read_bytes()) for i in pick]
        what = "names" if recipe["task"] == "emotion" else "points"
        yield Section("Held-out faces", f"True {what} are green, found ones red.", pictures=pictures)


def _changed(recipe: dict[str, Any]) -> Iterator[list[str]]:
    """Names and values of a full recipe that are not the defaults'."""
    plain = dataclasses.asdict(Recipe(name="", task="", net=""))
    for name, value in recipe.items():
        default = plain.get(name)
        if isinstance(value, dict) and isinstance(default, dict) and default:
            yield from ([f"{name}.{k}", str(v)] for k, v in value.items() if default.get(k) != v)
        elif value != default:
            yield [name, str(value)]
