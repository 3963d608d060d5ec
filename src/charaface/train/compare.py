"""Runs beside each other: the table of a study, a page with plots, and one clip with the points of every network."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from charaface.files import OutputError, atomic
from charaface.page import Section, write_page
from charaface.page.plots import NO_PLOTS, can_plot
from charaface.tasks.annotate import annotate
from charaface.train import plots
from charaface.train.config import Recipe, RecipeError
from charaface.train.devices import fixed_threads
from charaface.train.export import export
from charaface.train.folder import read_recipe
from charaface.train.nets.cost import channels_of, macs, parameters
from charaface.train.results import FIGURES, Result, difference, part_rows, result
from charaface.train.settings import from_table
from charaface.train.step import build

_REPEATS = 7  # of a crop that is timed


def compare(runs: Sequence[Path], *, cost: bool = True) -> list[Result]:
    """The results of runs, in their order; the name of each is that of its folder.

    difference: to the first run, on the same faces, as results.difference has it. cost adds parameters, macs and ms,
    the median time of one crop in torch, float32, on one thread. Raises RecipeError for a run that is not done.
    """
    found = [result(run) | {"name": run.name} for run in runs]
    if len({one["name"] for one in found}) < len(found):  # two folders of one name
        found = [one | {"name": str(run)} for one, run in zip(found, runs, strict=True)]
    for one in found[1:]:
        one["difference"] = difference(one, found[0])
    known: dict[str, dict[str, float]] = {}
    for run, one in zip(runs, found, strict=True) if cost else ():
        kind = str([one["net"], one["options"], one["size"], one["scheme"]])
        if kind not in known:
            known[kind] = _cost(run)
        one |= known[kind]
    return found


def _cost(run: Path) -> dict[str, float]:
    recipe = from_table(Recipe, {k: v for k, v in read_recipe(run).items() if k != "foreign"})
    net, size = build(recipe).eval(), recipe.labels.size
    crop = torch.zeros(1, channels_of(net), size, size)
    times = []
    with fixed_threads(1), torch.inference_mode():
        for _ in range(_REPEATS):
            start = time.perf_counter()
            net(crop)
            times.append(time.perf_counter() - start)
    ms = round(1000 * statistics.median(times), 2)
    return {"parameters": parameters(net), "macs": macs(net, size), "ms": ms}


def rows(found: Sequence[Result]) -> list[list[str]]:
    """The table of compared runs, its head first; runs that differ in the seed alone have their mean in a row too."""
    named = [name for name in FIGURES if any(name in one["figures"] for one in found)]
    head = ["run", "network", "taken", "frozen", "loss", *(FIGURES[name] for name in named), "to the first"]
    costs = any("ms" in one for one in found)
    head += ["M parameters", "M MAC", "ms"] if costs else []
    out = [head]
    for one in found:
        figures = [f"{one['figures'][name]:.2f}" if name in one["figures"] else "" for name in named]
        losses = f"{one['loss']} {one['losses'][-1]:.3g}" if one["losses"] else one["loss"]
        cells = [one["name"], one["net"], one["init"], one["freeze"], losses, *figures, _apart(one)]
        if costs:
            cells += [f"{one['parameters'] / 1e6:.2f}", f"{one['macs'] / 1e6:.0f}", f"{one['ms']:.1f}"]
        out.append(cells)
    empty = [""] * (len(head) - 5 - len(named))
    for names, own in _seeds(found):
        spread = []
        for name in named:
            values = [one["figures"][name] for one in own if name in one["figures"]]
            spread.append(f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}" if len(values) > 1 else "")
        out.append([f"{len(own)} seeds: {names}", own[0]["net"], own[0]["init"], own[0]["freeze"], "", *spread, *empty])
    for title, face in _mean_faces(found):
        figures = [f"{face[name]:.2f}" if name in face else "" for name in named]
        out.append([title, "", "", "", "", *figures, *empty])
    return out


def _mean_faces(found: Sequence[Result]) -> list[tuple[str, dict[str, float]]]:
    """The baselines of runs: the mean face of what each learned from, on what it was measured on."""
    groups: dict[str, list[Result]] = {}
    for one in found:
        if one["mean_face"]:
            groups.setdefault(str([one["scheme"], one["mean_face"]]), []).append(one)
    out = []
    for own in groups.values():
        title = f"the mean face, {own[0]['scheme']}"
        if sum(one[0]["scheme"] == own[0]["scheme"] for one in groups.values()) > 1:
            title += f" ({', '.join(one['name'] for one in own)})"
        out.append((title, own[0]["mean_face"]))
    return out


def _apart(one: Result) -> str:
    apart = one.get("difference")
    return f"{apart[0]:+.2f} [{apart[1]:+.2f}, {apart[2]:+.2f}]" if apart else ""


def _seeds(found: Sequence[Result]) -> list[tuple[str, list[Result]]]:
    """Runs that differ in the seed alone, and their names."""
    groups: dict[str, list[Result]] = {}
    for one in found:
        groups.setdefault(str([one["alike"], one["measured_on"]]), []).append(one)
    several = [own for own in groups.values() if len({one["seed"] for one in own}) == len(own) > 1]
    return [(", ".join(one["name"] for one in own), own) for own in several]


def markdown(found: Sequence[Result]) -> str:
    """The table of compared runs in Markdown."""
    head, *lines = [[cell.replace("|", "\\|") for cell in cells] for cells in rows(found)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines)) + "\n"


def check_page(output: Path) -> None:
    """Raises OutputError for a name that is no page's."""
    if output.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{output}: a page ends on .html")


def write_comparison(found: Sequence[Result], output: Path) -> None:
    """Writes the page of compared runs. Raises OutputError for a name that is no page's, or cannot be written to."""
    check_page(output)
    drawing = can_plot()
    table = Section(
        "Runs",
        "NME in per cent: the mean distance of the points over the outer eye corners, the pupils, the root of the "
        "box's area and the width of the chin. The difference to the first run is on the same faces, with its 95 % "
        "interval.",
        table=rows(found),
    )
    curves = {one["name"]: np.asarray([e for e in one["faces"] if e is not None]) for one in found}
    plot = (
        [("share of the faces within an error, % of the inter-ocular distance", plots.ced(curves))] if drawing else []
    )
    parts = Section("Part by part", "Mean error over the outer eye corners, per cent.", table=part_rows(found))
    words = [] if drawing else [NO_PLOTS]
    with atomic(output) as part:
        write_page(part, "Runs compared", words, [(len(found), "run")], [table, Section("Curves", plots=plot), parts])


def beside(runs: Sequence[Path], clip: str | Path, output: str | Path, **given: Any) -> Path:
    """A clip beside itself with the points of every run's network, each under the run's name.

    Size apart, the output is as annotate has it: frames, durations and loops stay. given as annotate's. Raises
    RecipeError for a run that has nothing yet, ValueError for one whose network cannot be exported.
    """
    if not runs:
        raise RecipeError("name at least one run")
    with tempfile.TemporaryDirectory() as folder:
        models = {}
        for number, run in enumerate(runs):
            models[run.name if run.name not in models else str(run)] = export(run, Path(folder) / f"{number}.onnx").path
        made = annotate(clip, output, beside=models, **given)
    return Path(str(made))


def as_line(one: Result) -> Result:
    """A result as one line of JSON tells it: without the error of every face."""
    return {key: value for key, value in one.items() if key != "faces"}
