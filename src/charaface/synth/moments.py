"""Random moments of a character: pose, gaze, lids, brows and mouth of an expression."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.synth.anatomy import Turn
from charaface.synth.builds import mouth_room
from charaface.synth.cast import Character
from charaface.synth.dice import one_of, pick, uniform, vary, weighted
from charaface.synth.eyes import Lids
from charaface.synth.features import Mouth


@dataclass(frozen=True)
class State:
    """One moment of a character."""

    turn: Turn
    left: Lids  # image-left eye
    right: Lids
    mouth: Mouth
    gaze: tuple[float, float] = (0.0, 0.0)
    brow_raise: float = 0.0
    brow_slant: float = 0.0  # inner ends down: angry
    brow_uneven: float = 0.0
    jaw_drop: float = 0.0
    expression: str = "neutral"
    cover: str = ""
    marks: bool = False


def sample_turn(rng: np.random.Generator, lean: float = 9.0) -> Turn:
    """A head pose: mostly near the front, every angle now and then; lean is the usual roll in degrees."""
    kind = rng.random()
    if kind < 0.52:
        yaw = rng.normal(0, 16)
    elif kind < 0.88:
        yaw = rng.uniform(15, 62) * one_of(rng, (-1, 1))
    else:
        yaw = rng.uniform(55, 95) * one_of(rng, (-1, 1))
    pitch = rng.normal(0, 9) if rng.random() < 0.85 else rng.uniform(-40, 40)
    roll = rng.normal(0, lean) if rng.random() < 0.85 else rng.uniform(-45, 45)
    return Turn(float(np.clip(yaw, -95, 95)), float(np.clip(pitch, -40, 40)), float(roll))


def sample_state(rng: np.random.Generator, who: Character) -> State:
    """A moment: an expression with its brows, lids and mouth, a gaze, a pose."""
    feel = weighted(rng, EXPRESSIONS, (0.13, 0.06, 0.07, 0.24, 0.1, 0.1, 0.3))
    turn = sample_turn(rng, 14.0 if who.style.domain == "cartoon" else 9.0)
    open_, arc, push, cut = 1.0, uniform(rng, 0.2, 0.9), 0.0, 0.0
    slant = lift = slope = 0.0
    balls = who.eyes.kind in ("disc", "lens")
    if feel == "happy":
        push, lift = uniform(rng, 0, 0.8), uniform(rng, -0.02, 0.08)
        if rng.random() < 0.3:
            open_, arc = 0.0, -uniform(rng, 0.4, 1.0)
    elif feel == "angry":
        slant, cut, lift = (
            uniform(rng, 0.08, 0.26),
            max(0.0, uniform(rng, -0.3, 0.4)),
            -uniform(rng, 0.0, 0.06),
        )
        if balls:
            cut, slope = uniform(rng, 0.05, 0.5), uniform(rng, 0.1, 0.75)
    elif feel == "disgust":
        slant, cut, push = uniform(rng, 0.02, 0.14), uniform(rng, 0.1, 0.5), uniform(rng, 0.2, 0.8)
    elif feel in ("sad", "fear"):
        slant, lift = -uniform(rng, 0.05, 0.22), uniform(rng, 0, 0.08)
        open_ = uniform(rng, 0.55, 1.0) if feel == "sad" else uniform(rng, 0.95, 1.2)
        if balls and feel == "sad":
            open_, cut, slope = 1.0, uniform(rng, 0.1, 0.5), -uniform(rng, 0.1, 0.6)
    elif feel == "surprise":
        lift, open_ = uniform(rng, 0.04, 0.18), uniform(rng, 1.0, 1.22)
    else:
        cut = uniform(rng, 0, 0.6) if rng.random() < (0.4 if balls else 0.2) else 0.0
        open_ = uniform(rng, 0.75, 1.1)
    if rng.random() < 0.06:
        open_ = 0.0  # asleep, blinking
    elif rng.random() < 0.06:
        open_ = uniform(rng, 0.1, 0.6)
    left = Lids(open_, arc, push, cut, slope)
    right = left
    if rng.random() < 0.05:
        right = Lids(0.0, -uniform(rng, 0.3, 1.0) if rng.random() < 0.6 else arc, push, 0.0)
        if rng.random() < 0.5:
            left, right = right, left
    looks = rng.random() < 0.6
    gaze = (float(np.clip(rng.normal(0, 0.4) * looks, -1, 1)), float(np.clip(rng.normal(0, 0.3) * looks, -1, 1)))
    mouth, drop = _sample_mouth(rng, who, feel)
    if feel == "happy" and mouth.open > 0.2 * who.build.chin and rng.random() < 0.45:  # laughs until the eyes close
        left = right = Lids(0.0, -uniform(rng, 0.3, 1.0), push)
    if who.style.domain in ("cartoon", "comic") and rng.random() < 0.4:
        aside = max(mouth_room(who.build) - mouth.half, 0.1 * who.build.half_width)
        mouth = replace(mouth, x=uniform(rng, -1, 1) * aside)
    if abs(turn.yaw) > 25 and who.style.domain in ("anime", "chibi", "manga") and rng.random() < 0.4:
        mouth = replace(mouth, x=-np.sign(turn.yaw) * uniform(rng, 0.0, 0.14))
    cover = pick(rng, hand=0.4, mask=0.2, patch=0.25, plaster=0.15) if rng.random() < 0.07 else ""
    return State(
        turn=turn, left=left, right=right, mouth=mouth, gaze=gaze,
        brow_raise=lift, brow_slant=slant, brow_uneven=uniform(rng, -0.1, 0.1) if rng.random() < 0.2 else 0.0,
        jaw_drop=drop, expression=feel, cover=cover, marks=rng.random() < 0.04,
    )  # fmt: skip


def _cartoon_mouth(rng: np.random.Generator, who: Character, feel: str, mouth: Mouth) -> tuple[Mouth, float]:
    """A mouth of the same mood as western animation draws it: as wide as the face, as deep as the jaw, much bent."""
    build, room = who.build, mouth_room(who.build)
    half, opening = mouth.half, mouth.open
    if opening > 0:
        opening = float(np.exp(uniform(rng, np.log(0.04), np.log(0.55)))) * build.chin
        half = uniform(rng, 0.1, 0.95) * room
        if mouth.shape == "oval":
            half = min(half, opening * uniform(rng, 0.4, 1.0) + 0.03)
    bend = {"happy": (0.05, 0.5), "sad": (-0.5, -0.05), "angry": (-0.4, 0.1), "disgust": (-0.4, 0.1)}.get(
        feel, (-0.15, 0.2)
    )
    lean = uniform(rng, -0.3, 0.3) * half if rng.random() < 0.4 else 0.0
    below = max(build.chin - mouth.y - 0.06, 0.05)
    drop = max(0.0, 0.8 * opening - 0.9 * below) + opening * uniform(rng, 0.0, 0.25)
    return replace(mouth, half=half, open=opening, smile=uniform(rng, *bend) * min(half, 0.5), asym=lean), drop


def _sample_mouth(rng: np.random.Generator, who: Character, feel: str) -> tuple[Mouth, float]:
    """The mouth of an expression and how far the jaw drops for it."""
    rest, wild = who.mouth, who.style.domain in ("cartoon", "comic", "chibi", "caricature", "line")
    smile = {
        "happy": uniform(rng, 0.02, 0.14),
        "angry": -uniform(rng, 0, 0.1),
        "sad": -uniform(rng, 0.02, 0.12),
        "disgust": -uniform(rng, 0, 0.1),
    }.get(feel, uniform(rng, -0.04, 0.06))
    talk = {"happy": 0.55, "surprise": 0.8, "fear": 0.6, "angry": 0.5, "sad": 0.3, "disgust": 0.3}.get(feel, 0.22)
    opening, half, shape = 0.0, rest.half, "dee"
    if rng.random() < talk:
        opening = uniform(rng, 0.04, 0.22)
        shape = {
            "happy": pick(rng, dee=0.65, triangle=0.15, box=0.1, bean=0.1),
            "surprise": pick(rng, oval=0.8, dee=0.2),
            "fear": pick(rng, oval=0.4, box=0.4, dee=0.2),
            "angry": pick(rng, box=0.5, dee=0.2, bean=0.3),
        }.get(feel, pick(rng, oval=0.35, dee=0.35, triangle=0.15, bean=0.15))
        half = max(half * uniform(rng, 0.7, 1.3), 0.05)
        if shape == "oval":
            half = min(half, opening * uniform(rng, 0.5, 1.2) + 0.02)
        if (
            feel in ("happy", "angry", "fear", "surprise") and rng.random() < 0.25
        ):  # laughing or shouting over half the face
            opening = uniform(rng, 0.25, 0.55 if wild else 0.42) * who.build.chin
            half = uniform(rng, 0.16, 0.4 if wild else 0.3)
    room = who.build.chin - rest.y - 0.06
    drop = max(0.0, opening * 0.8 - room * 0.6) + opening * uniform(rng, 0.0, 0.35)
    teeth = pick(rng, none=0.5, upper=0.25, both=0.08, grid=0.1, fang=0.07) if opening > 0.05 else "none"
    half = min(half, 0.92 * who.build.half_width * who.build.jaw[0])
    mouth = replace(
        rest, half=half, open=opening,
        smile=smile * min(1.0, half / 0.15), shape=shape, teeth=teeth, tongue=rng.random() < 0.6,
        asym=uniform(rng, -0.06, 0.06) if rng.random() < 0.25 else 0.0,
        line=pick(rng, arc=0.88, cat=0.07, wave=0.05) if opening == 0 else "arc",
        inside=vary(rng, (0.5, 0.12, 0.15), 0.12) if rng.random() < 0.8 else (0.05, 0.03, 0.04),
    )  # fmt: skip
    if who.style.domain == "cartoon" and rng.random() < 0.8:
        return _cartoon_mouth(rng, who, feel, mouth)
    return mouth, drop
