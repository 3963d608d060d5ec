"""A capture grid: a person at every angle of a list, in every light, with every accessory and every expression."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.synth.camera import Shot
from charaface.synth.dress import sample_dress
from charaface.synth.head import Studio
from charaface.synth.labels import Render, generator
from charaface.synth.outfit import WORN, Outfit, sample_worn
from charaface.synth.person import MIMICS, Moment, Person, both_sides, sample_person
from charaface.synth.shade import Light
from charaface.synth.toon import draw
from charaface.synth.tuples import noted

# Where the lamp is as the camera sees it, x right, y up, z towards it; how bright it is, and the light from all sides.
LIGHTS: dict[str, tuple[tuple[float, float, float], float, float]] = {
    "front": ((0.15, 0.35, 0.92), 0.7, 0.45),
    "left": ((-0.9, 0.25, 0.35), 1.0, 0.25),
    "right": ((0.9, 0.25, 0.35), 1.0, 0.25),
    "above": ((0.1, 0.95, 0.3), 0.95, 0.3),
    "below": ((0.0, -0.8, 0.6), 0.8, 0.25),
    "flat": ((0.0, 0.3, 0.95), 0.12, 0.85),
}
MEDIA = ("photo", "toon")
YAWS, PITCHES = (-90, -45, 0, 45, 90), (0,)
MOST = {"yaw": 90, "pitch": 40}  # degrees to each side
AXES: dict[str, tuple[int | str, ...]] = {  # and their values where none are given: 315 pictures a person
    "yaw": YAWS,
    "pitch": PITCHES,
    "light": ("front", "left", "above"),
    "accessory": ("bare", "glasses", "hat"),
    "expression": EXPRESSIONS,
    "medium": ("photo",),
}
_NAMES: dict[str, Collection[str]] = {
    "light": tuple(LIGHTS), "accessory": WORN, "expression": EXPRESSIONS, "medium": MEDIA,
}  # fmt: skip
_TALL, _DISTANCE, _GREY = 30.0, 120.0, 0.28  # cm of a picture's side and to the camera; linear light of the backdrop


@dataclass(frozen=True)
class Cell:
    """One picture of a grid."""

    yaw: int  # degrees; the body turns too, as when the camera goes round somebody
    pitch: int
    light: str
    accessory: str
    expression: str
    medium: str

    @property
    def name(self) -> str:
        """The picture's name, without the person's."""
        return "_".join(
            [f"{self.yaw:+03d}", f"{self.pitch:+03d}", self.light, self.accessory, self.expression, self.medium]
        )

    def notes(self) -> dict[str, str]:
        """The values by axis, as text."""
        return {axis: str(getattr(self, axis)) for axis in AXES}


def cells(axes: Mapping[str, Sequence[int | str]] | None = None) -> list[Cell]:
    """The pictures of a grid: the product of its axes, of AXES; one that is not given has its own values.

    Raises ValueError for an axis or a value that there is not, no value, or one given twice.
    """
    if unknown := set(axes or {}) - set(AXES):
        raise ValueError(f"no axis {sorted(unknown)[0]!r}; there are {', '.join(AXES)}")
    lists = AXES | {axis: tuple(values) for axis, values in (axes or {}).items()}
    for axis, values in lists.items():
        if not values or len(set(values)) < len(values):
            raise ValueError(f"axis {axis} needs values, each once, got {', '.join(map(str, values)) or 'none'}")
        for value in values:
            _check(axis, value)
    return [Cell(*values) for values in product(*(lists[axis] for axis in AXES))]  # type: ignore[arg-type]


def _check(axis: str, value: int | str) -> None:
    if axis in _NAMES:
        if value not in _NAMES[axis]:
            raise ValueError(f"no {axis} {value!r}; there are {', '.join(_NAMES[axis])}")
    elif not isinstance(value, int) or abs(value) > MOST[axis]:
        raise ValueError(f"{axis} is whole degrees, {-MOST[axis]} to {MOST[axis]}, got {value!r}")


@dataclass(frozen=True, eq=False)
class Sitter:
    """Somebody who sits for a grid."""

    person: Person
    shot: Shot
    worn: dict[str, Outfit]  # by accessory
    moments: dict[str, Moment]  # by expression, looking into the camera


def sample_sitter(seed: int, index: int, size: int, names: tuple[str, ...], *, aligned: bool = False) -> Sitter:
    """A person, the one thing of each kind that they wear and the one way they show each expression.

    names: the kit's shapes. They are the same whatever the grid's axes are.
    """
    rng = generator(seed, index)
    person = sample_person(rng)
    backdrop = np.full((2, 2, 3), _GREY, np.float32)
    middle = (size / 2, size * 0.52)
    shot = Shot(
        size, size / _TALL, middle, light_named("front"), _DISTANCE, sample_dress(rng), backdrop, aligned=aligned
    )
    worn = {name: sample_worn(rng, name) for name in WORN}
    moments = {}
    for expression in EXPRESSIONS:
        form = MIMICS[expression][int(rng.integers(len(MIMICS[expression])))]
        moments[expression] = Moment(expression=expression, shapes=both_sides(form, names))
    return Sitter(person, shot, worn, moments)


def light_named(name: str) -> Light:
    """One of LIGHTS."""
    way, lamp, around = LIGHTS[name]
    towards = np.asarray(way) / np.linalg.norm(way)
    return Light(towards, np.full(3, lamp), np.full(3, around), np.full(3, 0.6 * around), 0.85)


def render_grid(
    heads: Studio,
    seed: int,
    index: int,
    size: int,
    chosen: Sequence[Cell],
    *,
    aligned: bool = False,
    also: Collection[str] = (),
) -> Iterator[tuple[Cell, Render]]:
    """The pictures of one person, of the cells that are chosen; the notes of their faces say person and cell.

    also: of labels.ALSO, what each carries besides.
    """
    sitter = sample_sitter(seed, index, size, heads.kit.expression_names, aligned=aligned)
    look = heads.look(sitter.person)
    for cell in chosen:
        moment = replace(sitter.moments[cell.expression], yaw=cell.yaw, pitch=cell.pitch, body=cell.yaw)
        shot = replace(sitter.shot, light=light_named(cell.light))
        make = draw if cell.medium == "toon" else Studio.render
        render = make(heads, look, moment, shot, sitter.worn[cell.accessory], also)
        yield cell, noted(render, person=f"{index:06d}", **cell.notes())
