"""The page of the study in the documents, made of its results.

    charaface study recipes/study/study.toml -o runs/study
    charaface study recipes/study/losses.toml -o runs/losses
    python benchmarks/study.py runs/study runs/losses     # keeps their results.json; without folders: of what is kept

It writes docs/study.md between its two marks; the words around them are written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import record

from charaface.metrics import bootstrap
from charaface.schemes import scheme_named
from charaface.train.results import FIGURES, difference

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "study.md"
KEPT = Path(__file__).parent / "results"
BEGIN, END = "<!-- made by benchmarks/study.py -->", "<!-- end -->"
NAMES = {
    "xception": "Xception (light)",
    "inception": "Inception-ResNet-v1",
    "resnet50": "ResNet-50",
    "resnet50-adaloss": "ResNet-50, Adaloss",
    "vgg16": "VGG-16",
}
MODES = {
    "scratch": "from scratch",
    "features": "all, features frozen",
    "all": "all, trained on",
    "all-faster": "all, at the rate of entry",
    "entry": "entry alone",
    "entry-middle": "entry and middle",
}
Run = dict[str, Any]


def made(study: dict[str, Any] | None, losses: dict[str, Any] | None) -> str:
    """Tables and what follows from them, as Markdown, of what was carried out."""
    parts = []
    if study:
        runs = {run["name"]: run for run in study["runs"]}
        parts += [f"Results of {study['kept']}.", sources(runs), transfer(runs), parts_of(runs)]
        parts += [seeds(runs), claims(runs)]
    if losses:
        parts += [losses_table(losses["runs"]), f"Results of {losses['kept']}."]
    return "\n\n".join(part for part in parts if part)


SHORT = ("nme.inter-ocular", "nme.median", "failed.8", "failed.10", "auc")
LONG = ("nme.inter-ocular", "nme.median", "nme.inter-pupil", "nme.box", "nme.chin", "failed.8", "failed.10", "auc")


def head(first: str, figures: tuple[str, ...]) -> list[str]:
    """The first two lines of a table; first names the columns before the figures."""
    names = [*first.split(", "), *(FIGURES[name] for name in figures)]
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def row(first: list[str], figures: dict[str, float], names: tuple[str, ...]) -> str:
    """A line of a table."""
    cells = [f"{figures[n]:.0f}" if n.startswith("failed") else f"{figures[n]:.1f}" for n in names]
    return f"| {' | '.join([*first, *cells])} |"


def sources(runs: dict[str, Run]) -> str:
    """What each network learned before the transfer."""
    rows = [run for run in runs.values() if run["mode"] == "source"]
    lines = [
        "### What the networks had learned before",
        "",
        "Held-out people of photos68 and held-out drawings, 68 points; per cent of the inter-ocular distance.",
        "",
        *head("network, loss in the first and in the last steps", SHORT),
        *(row([NAMES[run["variant"]], _fell(run)], run["figures"], SHORT) for run in rows),
        *(row(["the mean face", ""], run["mean_face"], SHORT) for run in rows[:1]),
    ]
    return "\n".join(lines)


def _fell(run: Run) -> str:
    return f"{run['loss']}, {run['losses'][0]:.3g} to {run['losses'][-1]:.3g}"


def transfer(runs: dict[str, Run]) -> str:
    """Every network in every mode on the manga faces that measure."""
    shown = [run for run in runs.values() if run["set"] == "manga" and run["seed"] == 1]
    lines = [
        "### Transfer to manga faces",
        "",
        "400 faces that nothing learned from, 60 points. NME over the inter-ocular distance (an eye corner is the",
        "middle of its pair) with its 95 % interval over faces, over the pupils, the box and the chin's width; per",
        "cent.",
        "",
        *head("network, taken, 95 %", LONG),
    ]
    for run in shown:
        low, high = _interval(_known(run["faces"]))
        first = [NAMES[run["variant"]], MODES[run["mode"]], f"{low:.1f} to {high:.1f}"]
        lines.append(row(first, run["figures"], LONG))
    lines += [row(["the mean face", "", ""], run["mean_face"], LONG) for run in shown[:1]]
    return "\n".join(lines)


def parts_of(runs: dict[str, Run]) -> str:
    """Where the errors are, part by part."""
    scheme = scheme_named("manga60a")
    lines = [
        "### Part by part",
        "",
        "Mean error of the points of a part, per cent of the inter-ocular distance.",
        "",
        "| network | taken | jaw | brows | eyes | nose | mouth |",
        "|---|---|---|---|---|---|---|",
    ]
    groups = (("jaw",), ("right_brow", "left_brow"), ("right_eye", "left_eye"), ("nose",), ("mouth",))
    for run in runs.values():
        if run["set"] == "manga" and run["seed"] == 1:
            means = [np.mean([run["points"][i] for part in group for i in scheme.parts[part]]) for group in groups]
            cells = " | ".join(f"{mean:.1f}" for mean in means)
            lines.append(f"| {NAMES[run['variant']]} | {MODES[run['mode']]} | {cells} |")
    return "\n".join(lines)


def seeds(runs: dict[str, Run]) -> str:
    """Runs that were made with several seeds."""
    groups: dict[tuple[str, str], list[float]] = {}
    for run in runs.values():
        if run["set"] == "manga":
            groups.setdefault((run["variant"], run["mode"]), []).append(run["figures"]["nme.inter-ocular"])
    several = {key: values for key, values in groups.items() if len(values) > 1}
    if not several:
        return ""
    lines = ["### Several seeds", "", "| network | taken | NME of each seed | mean | spread |", "|---|---|---|---|---|"]
    for (variant, mode), values in several.items():
        each = ", ".join(f"{value:.1f}" for value in values)
        spread = np.std(values, ddof=1)
        lines.append(f"| {NAMES[variant]} | {MODES[mode]} | {each} | {np.mean(values):.1f} | {spread:.1f} |")
    return "\n".join(lines)


def claims(runs: dict[str, Run]) -> str:
    """Each conclusion of the original beside what these runs say."""
    lines = [
        "### The original's conclusions",
        "",
        "A difference is that of the NME on the same 400 faces, in the mean over the seeds that both have, with its",
        "paired 95 % interval over faces; below 0 the first is better. Seeds share the network they go on from.",
        "",
        "| the original says | these runs |",
        "|---|---|",
    ]
    lines += [f"| {words} | {answer(runs)} |" for words, answer in CLAIMS]
    return "\n".join(lines)


def _seeds(runs: dict[str, Run], variant: str, mode: str) -> dict[int, Run]:
    """The runs of one network in one mode on the manga faces, by seed."""
    found = (run for run in runs.values() if (run["variant"], run["mode"]) == (variant, mode))
    return {run["seed"]: run for run in found if run["set"] == "manga"}


def _mean_of(several: list[Run]) -> Run:
    """Runs of several seeds as one, each face with its mean error; they know the same faces."""
    faces = [
        None if None in each else float(np.mean(each)) for each in zip(*(r["faces"] for r in several), strict=True)
    ]
    return {**several[0], "faces": faces}


def _apart(runs: dict[str, Run], first: tuple[str, str], second: tuple[str, str]) -> str:
    """The paired difference of two networks and modes, over the seeds that both have, in words."""
    words = f"{NAMES[first[0]]}, {MODES[first[1]]}, to "
    words += MODES[second[1]] if first[0] == second[0] else f"{NAMES[second[0]]}, {MODES[second[1]]}"
    one, other = _seeds(runs, *first), _seeds(runs, *second)
    both = sorted(one.keys() & other.keys())
    if not both:
        return f"{words}: not run"
    apart = _to(_mean_of([one[s] for s in both]), _mean_of([other[s] for s in both]))
    if len(both) > 1:
        each = ", ".join(_to(one[s], other[s]).split(" ")[0] for s in both)
        apart += f" (seeds: {each})"
    return f"{words}: {apart}"


def _entry(runs: dict[str, Run]) -> str:
    pairs = [("xception", mode) for mode in ("scratch", "entry-middle", "all", "all-faster")]
    pairs += [("inception", mode) for mode in ("scratch", "all", "all-faster")]
    return "<br>".join(_apart(runs, (net, "entry"), (net, mode)) for net, mode in pairs)


def _frozen(runs: dict[str, Run]) -> str:
    words = []
    if "xception-frozen" in runs:
        frozen = runs["xception-frozen"]
        words.append(
            f"all frozen, on the points that both schemes share, over the chin: {frozen['figures']['nme.chin']:.1f} "
            f"(mean face {frozen['mean_face']['nme.chin']:.1f})"
        )
    words += [_apart(runs, (net, "features"), (net, "all")) for net in NAMES]
    return "<br>".join(words)


def _outline(runs: dict[str, Run]) -> str:
    scheme = scheme_named("manga60a")
    words = []
    for net in NAMES:
        pair = [runs.get(f"{net}-{mode}") for mode in ("features", "all")]
        if all(pair):
            worse = {
                part: np.mean([pair[0]["points"][i] for i in scheme.parts[part]])
                / np.mean([pair[1]["points"][i] for i in scheme.parts[part]])
                for part in ("jaw", "right_eye", "mouth")
            }
            jaw, eye, mouth = worse.values()
            words.append(f"{NAMES[net]}: jaw {jaw:.1f} times the error, eye {eye:.1f}, mouth {mouth:.1f}")
    return "<br>".join(words)


def _adaloss(runs: dict[str, Run]) -> str:
    return "<br>".join(_apart(runs, ("resnet50-adaloss", mode), ("resnet50", mode)) for mode in ("scratch", "all"))


def _best(runs: dict[str, Run]) -> str:
    """The first of them by their mean over seeds, and how far behind what the original found best is."""
    errors: dict[tuple[str, str], list[float]] = {}
    for run in runs.values():
        if run["set"] == "manga":
            errors.setdefault((run["variant"], run["mode"]), []).append(run["figures"]["nme.inter-ocular"])
    found = sorted((float(np.mean(values)), key) for key, values in errors.items())
    first = ", ".join(f"{NAMES[net]} {MODES[mode]} {value:.1f}" for value, (net, mode) in found[:4])
    return f"{first}<br>{_apart(runs, ('inception', 'all'), found[0][1])}" if found else "not run"


def _worth(runs: dict[str, Run]) -> str:
    return "<br>".join(_apart(runs, (net, mode), (net, "scratch")) for net in NAMES for mode in ("entry", "all"))


CLAIMS: tuple[tuple[str, Callable[[dict[str, Run]], str]], ...] = (
    ("what was learned on people is worth taking to manga (its premise)", _worth),
    ("taking the entry alone is best for Xception (28, against 116 with the middle and 92 with all)", _entry),
    ("with everything frozen a network fails on manga; with frozen features and a new head it is poor", _frozen),
    ("frozen features keep only the outline of the face", _outline),
    ("ResNet-50 with Adaloss has the lowest loss, but its points are scattered", _adaloss),
    ("Inception with all of it taken is best", _best),
)


def losses_table(runs: list[Run]) -> str:
    """Every loss and head on photographs."""
    lines = [
        "### Every loss, on photographs of people",
        "",
        "PFLD (and one MobileNetV3) at 64 px on photos68, people held out; NME over the inter-ocular distance, per",
        "cent, and how it differs from that of the first run on the same faces, with its paired 95 % interval.",
        "",
        *head("run, loss in the first and in the last steps, to the first", SHORT),
        *(row([run["name"], _fell(run), _to(run, runs[0])], run["figures"], SHORT) for run in runs),
        *(row(["the mean face", "", ""], run["mean_face"], SHORT) for run in runs[:1]),
    ]
    return "\n".join(lines)


def _to(one: Run, other: Run) -> str:
    apart = difference(one, other) if one is not other else None
    return f"{apart[0]:+.1f} [{apart[1]:+.1f}, {apart[2]:+.1f}]" if apart else ""


def _known(errors: list[float | None]) -> np.ndarray:
    return np.asarray([e for e in errors if e is not None])


def _interval(values: np.ndarray) -> tuple[float, float]:
    return bootstrap(values, lambda sample: sample.mean(axis=1), draws=1000)


def page() -> str:
    """The whole page, of what is kept."""
    text = PAGE.read_text(encoding="utf-8")
    kept = {name: KEPT / f"study-{name}.json" for name in ("study", "losses")}
    loaded = {name: json.loads(path.read_text("utf-8")) for name, path in kept.items() if path.exists()}
    body = made(loaded.get("study"), loaded.get("losses"))
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{body}\n\n{END}", text, flags=re.S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="of studies that were carried out")
    where = record.machine()
    for folder in parser.parse_args().folders:
        found = json.loads((folder / "results.json").read_text("utf-8"))
        found["kept"] = f"{where['date']}, {where['processor']}, commit {where['commit']}"
        (KEPT / f"study-{found['study']}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
