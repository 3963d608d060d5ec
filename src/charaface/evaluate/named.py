"""Drawn faces whose file names say their expression: sixteen pictures that nobody learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.face import EXPRESSIONS, Face
from charaface.image import load
from charaface.session import Session
from charaface.tasks.emotion import ask
from charaface.tasks.landmarks import landmarks

# the last word of a file's name to the expressions that it may mean
WORDS: dict[str, tuple[str, ...]] = {
    "giggle": ("happy",),
    "smile": ("happy",),
    "vhappy": ("happy",),
    "happy": ("happy",),
    "love": ("happy",),
    "normal": ("neutral",),
    "surprised": ("surprise",),
    "mad": ("angry",),
    "annoyed": ("angry",),
    "concerned": ("sad", "fear"),
}
PEOPLE = ("eileen", "lucy", "sylvie")  # of Ren'Py: the first word of a sprite's name
SPRITES, DRAWINGS = "open-art/renpy_vn_sprites", "open-art/rpi_anime_expressions/en/images"
COUNT, FLOOR, AIM = 16, 12, 15


@dataclass(frozen=True)
class Named:
    """One picture and what its name says."""

    file: str  # below the data folder
    word: str

    @property
    def right(self) -> tuple[str, ...]:
        """The expressions that count as right."""
        return WORDS[self.word]


@dataclass(frozen=True)
class Said:
    """What was said of a named picture."""

    picture: Named
    label: str  # an expression, or "no face"
    probability: float | None = None

    @property
    def hit(self) -> bool:
        """Whether it is what the name says."""
        return self.label in self.picture.right


def read_named(data: Path) -> list[Named]:
    """The named pictures below a data folder, in the order of their names; fewer where some are missing."""
    found = [path for path in (data / SPRITES).rglob("*.png") if path.stem.split()[0] in PEOPLE]
    found += [path for path in (data / DRAWINGS).glob("*.png") if path.stem in WORDS]
    named = [Named(path.relative_to(data).as_posix(), path.stem.split()[-1]) for path in found]
    return sorted((one for one in named if one.word in WORDS), key=lambda one: one.file)


def judge_named(
    data: Path, network: Session, *, find: Callable[[np.ndarray], list[Face]] = landmarks
) -> tuple[Said, ...]:
    """What a network says of the surest face of each named picture, framed as the task emotion frames it.

    find: the faces of a picture, with points.
    """
    said = []
    for picture in read_named(data):
        image = load(data / picture.file)
        face = max(find(image), key=lambda face: face.score, default=None)
        (answer,) = ask(image, [face], [network]) if face is not None else (None,)
        if answer is None:
            said.append(Said(picture, "no face"))
            continue
        found = answer.probabilities
        said.append(Said(picture, EXPRESSIONS[int(found.argmax())], float(found.max())))
    return tuple(said)


def goal(said: Sequence[Said], weights: str) -> Goal:
    """The line of the main table; not measured where a picture is missing."""
    hits = float(sum(one.hit for one in said)) if len(said) == COUNT else float("nan")
    words = f"{weights} on drawings, as their file names say, of {COUNT}"
    return Goal(words, Estimate(hits), "faces", FLOOR, AIM, higher=True)


def section(said: Sequence[Said], weights: str) -> Section:
    """Each picture, what its name means and what was said of it."""
    always = sum("happy" in one.picture.right for one in said)
    rows: list[tuple[Cell, ...]] = [
        (
            Path(one.picture.file).stem,
            " or ".join(one.picture.right),
            one.label,
            one.probability,
            "" if one.hit else "wrong",
        )
        for one in said
    ]
    note = f"Ren'Py (MIT) and Raspberry Pi (CC BY-SA 4.0). Who always says happy has {always}."
    words = f"{weights}: drawings whose file names say their expression"
    return Section(words, ("picture", "its name means", "said", "probability", ""), tuple(rows), note)
