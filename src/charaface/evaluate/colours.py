"""Names of colours against labels: hair and eyes of 7,000 small anime faces."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charaface.colour import NAMES
from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.face import Colour, Face
from charaface.image import load
from charaface.metrics import bootstrap, confusion

FITTED = 1000  # of the pictures, drawn by seed 0: on these names may be fitted, on the others they are measured
GOALS = {"hair": (65.0, 80.0), "eyes": (50.0, 65.0)}  # floor and aim, per cent
NONE = "none"  # said of a face that is not found, and of a part without a colour


@dataclass(frozen=True)
class Labelled:
    """One picture and the names of its colours."""

    file: str  # below the data folder
    hair: str
    eyes: str


@dataclass(frozen=True)
class Said:
    """One picture and what was said of its colours."""

    label: Labelled
    hair: Colour | None
    eyes: Colour | None  # of the eye that has more of one colour


def read_colours(data: Path) -> tuple[list[Labelled], list[Labelled]]:
    """The pictures of data/anime-colours: those that names may be fitted on, and those to measure on; or none."""
    table = data / "anime-colours" / "labels.csv"
    if not table.exists():
        return [], []
    with table.open(encoding="utf-8", newline="") as file:
        rows = [Labelled(f"anime-colours/{row['file']}", row["hair"], row["eyes"]) for row in csv.DictReader(file)]
    rows.sort(key=lambda row: row.file)
    chosen = set(np.random.default_rng(0).choice(len(rows), min(FITTED, len(rows)), replace=False).tolist())
    return [row for i, row in enumerate(rows) if i in chosen], [row for i, row in enumerate(rows) if i not in chosen]


def judge(
    data: Path,
    labels: Sequence[Labelled],
    find: Callable[[np.ndarray], list[Face]],
    progress: Callable[[str, int, int], None],
) -> list[Said]:
    """What find, as the task attributes, says of the surest face of each picture."""
    said = []
    for done, label in enumerate(labels):
        progress("colours", done, len(labels))
        face = max(find(load(data / label.file)), key=lambda face: face.score, default=None)
        found = (face.colours if face else None) or {}
        eyes = [found[name] for name in ("right_eye", "left_eye") if name in found]
        said.append(Said(label, found.get("hair"), max(eyes, key=lambda c: c.share, default=None)))
    return said


def goals(said: Sequence[Said]) -> list[Goal]:
    """The lines of the main table."""
    out = []
    for part, (floor, aim) in GOALS.items():
        right = np.asarray([_name(getattr(one, part)) == getattr(one.label, part) for one in said])
        low, high = bootstrap(right, lambda sample: sample.mean(axis=1))
        estimate = Estimate(100 * float(right.mean()), 100 * low, 100 * high)
        out.append(Goal(f"anime-colours, {part}: {len(NAMES[part])} names", estimate, "%", floor, aim, higher=True))
    return out


def section(said: Sequence[Said], part: str) -> Section:
    """What was said of which name."""
    names = [*NAMES[part], NONE]
    true = np.asarray([names.index(getattr(one.label, part)) for one in said])
    found = np.asarray([names.index(_name(getattr(one, part))) for one in said])
    table = confusion(true, found, len(names))
    rows: list[tuple[Cell, ...]] = [
        (name, *(100 * count / max(sum(row), 1) for count in row))
        for name, row in zip(names[:-1], table.tolist(), strict=False)
    ]
    return Section(f"anime-colours, {part}: % of a label (row) called what (column)", ("", *names), tuple(rows))


def _name(colour: Colour | None) -> str:
    return colour.name if colour else NONE
