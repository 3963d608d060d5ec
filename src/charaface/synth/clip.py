"""A short film of one character that talks, blinks and turns, and ends where it began."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import skia

from charaface.synth.anatomy import Turn
from charaface.synth.cast import Character, sample_character
from charaface.synth.character import draw_character
from charaface.synth.eyes import Lids
from charaface.synth.labels import Render, generator
from charaface.synth.moments import State
from charaface.synth.stage.backdrop import draw_backdrop
from charaface.synth.stage.ink import sample_ink
from charaface.synth.stage.sheet import draw_figure, face_place

_BLINKS = (0.22, 0.71)  # when, as shares of the film
_SHUT = 0.035  # how long, as a share of the film


def render_clip(
    seed: int, frames: int = 36, size: tuple[int, int] = (400, 400), *, domain: str | None = None
) -> list[Render]:
    """Frames of (width, height) pixels, each with its one face; shown in a circle they move without a jump."""
    rng = generator(seed, 0)
    who = sample_character(rng, domain)
    kind = who.style.domain if who.style.palette == "colour" else "manga"
    ink = sample_ink(rng, kind)
    ground = np.zeros((size[1], size[0], 4), np.uint8)
    draw_backdrop(skia.Surface(ground).getCanvas(), rng, size, kind, ink)
    turns = float(rng.uniform(18, 38)), float(rng.uniform(3, 8)), float(rng.uniform(3, 9))
    side = min(size)
    place = face_place(who, size[0] * 0.5, size[1] * 0.42, side * float(rng.uniform(0.34, 0.44)))
    renders = []
    for k in range(frames):
        pixels = ground.copy()
        canvas = skia.Surface(pixels).getCanvas()
        state = moment(who, k / frames, turns)
        sway = np.sin(2 * np.pi * k / frames) * 0.012 * side
        here = replace(place, x=place.x + float(sway))
        # the body keeps its pose and its folds: the same numbers, the same upright head above it
        rest = replace(state, turn=Turn(), jaw_drop=0.0)
        bare = draw_figure(canvas, generator(seed, 1), ink, who, rest, here)
        face = draw_character(canvas, bare, state, here, generator(seed, 2), bust=False).face(*size)
        renders.append(Render(pixels[..., :3].copy(), [face] if face else []))
    return renders


def moment(who: Character, t: float, turns: tuple[float, float, float]) -> State:
    """The character at share t of the film; turns are the largest yaw, pitch and roll in degrees."""
    wave = 2 * np.pi * t
    yaw = turns[0] * np.sin(wave)
    turn = Turn(float(yaw), float(turns[1] * np.sin(2 * wave + 1)), float(turns[2] * np.sin(wave + 0.6)))
    shut = max(max(0.0, 1 - abs(t - at) / _SHUT) for at in _BLINKS)
    lids = Lids(open=1.0 - shut, arc=0.5)
    voice = max(0.0, np.sin(wave - 0.4)) if t < 0.62 else 0.0
    opening = float(0.17 * voice * abs(np.sin(5 * wave)))
    opening = opening if opening > 0.015 else 0.0
    mouth = replace(who.mouth, open=opening, half=who.mouth.half * (1 + 0.25 * voice), smile=0.05, shape="dee")
    return State(
        turn=turn,
        left=lids,
        right=lids,
        mouth=mouth,
        gaze=(float(0.4 * np.sin(wave + 0.3)), 0.0),
        brow_raise=float(0.05 * voice),
        jaw_drop=0.3 * opening,
        expression="happy" if opening else "neutral",
    )
