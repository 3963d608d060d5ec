"""Everything round faces that is no face, by name, and how often each kind is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import skia

from charaface.synth.stage.behind import PEOPLE
from charaface.synth.stage.brush import Brush
from charaface.synth.stage.creatures import CREATURES
from charaface.synth.stage.hands import HANDS
from charaface.synth.stage.ink import Ink
from charaface.synth.stage.machines import MACHINES
from charaface.synth.stage.plants import PLANTS
from charaface.synth.stage.signs import SIGNS
from charaface.synth.stage.things import THINGS

Box = tuple[float, float, float, float]
Prop = Callable[[Brush], None]

PROPS: dict[str, Prop] = {**HANDS, **PEOPLE, **THINGS, **MACHINES, **CREATURES, **PLANTS, **SIGNS}
# Shares of the kinds: what a detector takes for faces in real drawings comes first.
_SHARES = (
    (HANDS, 0.22),
    (PEOPLE, 0.27),
    ({**THINGS, **MACHINES}, 0.2),
    (CREATURES, 0.11),
    (PLANTS, 0.1),
    (SIGNS, 0.1),
)
# Cut by straight edges: they fill a picture or a panel and never stand in one.
FILLERS = ("torso", "chest", "hips", "legs", "crossed_arms")


def draw_prop(canvas: skia.Canvas, rng: np.random.Generator, name: str, box: Box, ink: Ink) -> None:
    """Draws the named prop into box (x0, y0, x1, y1 of canvas pixels; its hull may leave it a little) in one ink.

    Raises KeyError for a name that PROPS does not have.
    """
    x0, y0, x1, y1 = box
    wide, high = (x1 - x0) / 2, (y1 - y0) / 2
    # a thick outline would drown a small thing
    brush = Brush(canvas, rng, replace(ink, width=min(ink.width, 0.4 + 0.05 * (wide + high))))
    with brush.placed(x0 + wide, y0 + high, wide, flip=brush.chance(0.5), squash=high / wide) as b:
        PROPS[name](b)


@cache
def _odds(fillers: bool) -> tuple[tuple[str, ...], np.ndarray]:
    names, odds = [], []
    for table, share in _SHARES:
        kept = [n for n in table if fillers or n not in FILLERS]
        names += kept
        odds += [share / len(kept)] * len(kept)
    return tuple(names), np.asarray(odds) / np.sum(odds)


def sample_prop(rng: np.random.Generator, fillers: bool = False) -> str:
    """The name of a prop; with fillers those too that only make sense when they fill the picture."""
    names, odds = _odds(fillers)
    return names[int(rng.choice(len(names), p=odds))]
