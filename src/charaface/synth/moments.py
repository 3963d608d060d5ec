"""Random moments of a character: pose, gaze, lids, brows and mouth of an expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.synth.anatomy import Turn
from charaface.synth.builds import mouth_room
from charaface.synth.cast import Character
from charaface.synth.dice import one_of, pick, uniform, vary, weighted
from charaface.synth.expressions import LIPS, PLAY, WAYS, Way
from charaface.synth.eyes import Lids
from charaface.synth.features import Mouth

SHARES = (0.13, 0.06, 0.07, 0.24, 0.1, 0.1, 0.3)  # of face.EXPRESSIONS, in a picture that asks for none
SHOWN = 65.0  # degrees of yaw up to which a face shows what it expresses


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
    brow_knit: float = 0.0  # inner ends together
    cover: str = ""  # of covers.COVERS
    marks: tuple[str, ...] = ()  # of manpu.MARKS


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


def sample_state(rng: np.random.Generator, who: Character, expression: str | None = None) -> State:
    """A moment: an expression with its brows, lids and mouth, a gaze, a pose.

    expression: of face.EXPRESSIONS, and shown: the head is turned by at most SHOWN, and neither hand nor mask is over
    it. None draws any of them, at any pose, seen or not.
    """
    feel = expression or weighted(rng, EXPRESSIONS, SHARES)
    turn = sample_turn(rng, 14.0 if who.style.domain == "cartoon" else 9.0)
    covers = {"hand": 0.3, "mask": 0.4, "patch": 0.18, "plaster": 0.12}
    if expression:
        turn = replace(turn, yaw=turn.yaw if abs(turn.yaw) <= SHOWN else uniform(rng, -SHOWN, SHOWN))
        covers = {"patch": 0.25, "plaster": 0.15}
    way = weighted(rng, WAYS[feel], [w.often for w in WAYS[feel]])
    strength = uniform(rng, 0.65, 1.35)
    left, right = _sample_lids(rng, who, feel, way, strength)
    looks = rng.random() < 0.6
    down = rng.normal(0, 0.3) * looks + uniform(rng, *way.gaze) * strength
    gaze = (float(np.clip(rng.normal(0, 0.4) * looks, -1, 1)), float(np.clip(down, -1, 1)))
    mouth, drop = _sample_mouth(rng, who, way, strength)
    if who.style.domain in ("cartoon", "comic") and rng.random() < 0.4:
        aside = max(mouth_room(who.build) - mouth.half, 0.1 * who.build.half_width)
        mouth = replace(mouth, x=uniform(rng, -1, 1) * aside)
    if abs(turn.yaw) > 25 and who.style.domain in ("anime", "chibi", "manga") and rng.random() < 0.4:
        mouth = replace(mouth, x=-np.sign(turn.yaw) * uniform(rng, 0.0, 0.14))
    uneven = uniform(rng, *way.brow_uneven) * strength
    if rng.random() < 0.1:
        uneven += uniform(rng, -0.06, 0.06)
    return State(
        turn=turn, left=left, right=right, mouth=mouth, gaze=gaze,
        brow_raise=uniform(rng, *way.brow_raise) * strength,
        brow_slant=uniform(rng, *way.brow_slant) * strength,
        brow_uneven=uneven if rng.random() < 0.5 else -uneven,
        brow_knit=uniform(rng, *way.brow_knit) * strength,
        jaw_drop=drop, expression=feel,
        cover=pick(rng, **covers) if rng.random() < 0.1 else "",
        marks=_sample_marks(rng, who, way),
    )  # fmt: skip


def _sample_lids(rng: np.random.Generator, who: Character, feel: str, way: Way, strength: float) -> tuple[Lids, Lids]:
    """What both eyes do, image left and image right."""
    look = pick(rng, **way.eyes)
    plays = rng.random() < PLAY[who.style.domain] and who.eyes.kind != "lens" and who.eyes.rim != "shared"
    if look in PLAYFUL and not plays:
        look = "lids"
    balls = who.eyes.kind in ("disc", "lens")
    cut, slope = uniform(rng, *way.cut) * strength, uniform(rng, *way.slope) * strength
    if balls and feel in ("angry", "sad", "disgust"):  # a ball shows its mood by the lid over it
        cut = max(cut, uniform(rng, 0.1, 0.5))
    elif balls and feel == "neutral" and rng.random() < 0.3:
        cut = uniform(rng, 0.0, 0.4)
    open_ = 1 + (uniform(rng, *way.open) - 1) * strength
    lids = Lids(open_, uniform(rng, 0.2, 0.9), uniform(rng, *way.push) * strength, cut, slope)
    lids = LOOKS[look](rng, lids)
    if look == "lids" and rng.random() < 0.07:  # a blink, caught halfway or whole
        lids = replace(lids, open=0.0 if rng.random() < 0.5 else uniform(rng, 0.15, 0.6))
    if look == "lids" and feel in ("happy", "neutral") and rng.random() < 0.07:  # a wink
        shut = Lids(0.0, -uniform(rng, 0.3, 1.0) if feel == "happy" else lids.arc, lids.lower_push, 0.0)
        return (lids, shut) if rng.random() < 0.5 else (shut, lids)
    return lids, lids


def _sample_marks(rng: np.random.Generator, who: Character, way: Way) -> tuple[str, ...]:
    """The marks of a moment: mostly none or one, now and then two."""
    if not way.marks or rng.random() > way.marked * PLAY[who.style.domain]:
        return ()
    count = 1 if rng.random() < 0.7 else 2
    return tuple(dict.fromkeys(pick(rng, **way.marks) for _ in range(count)))


# what the eyes of a Way do, by name; those of PLAYFUL leave the face behind
LOOKS: dict[str, Callable[[np.random.Generator, Lids], Lids]] = {
    "lids": lambda _, lids: lids,
    "arcs": lambda rng, lids: Lids(0.0, -uniform(rng, 0.4, 1.1), lids.lower_push),
    "shut": lambda rng, lids: Lids(0.0, uniform(rng, 0.1, 0.9), lids.lower_push),
    "squeezed": lambda rng, lids: Lids(0.0, uniform(rng, -0.15, 0.1), lids.lower_push),
    "slits": lambda rng, lids: replace(lids, open=uniform(rng, 0.15, 0.4)),
    "dull": lambda _, lids: replace(lids, dull=True),
    "small": lambda rng, lids: replace(lids, iris=uniform(rng, 0.3, 0.6), cut=0.3 * lids.cut),
    "blank": lambda _, lids: replace(lids, iris=0.0),
    "wedge": lambda _, lids: replace(lids, form="wedge"),
    "heart": lambda _, lids: replace(lids, form="heart"),
    "round": lambda rng, lids: replace(lids, form="round", iris=0.0 if rng.random() < 0.35 else uniform(rng, 0.4, 0.9)),
    "hearts": lambda _, lids: replace(lids, inside="heart"),
    "stars": lambda _, lids: replace(lids, inside="star"),
}
PLAYFUL = ("blank", "wedge", "heart", "round", "hearts", "stars")


_INSIDES = {(0.5, 0.12, 0.15): 0.62, (0.86, 0.45, 0.42): 0.18, (0.05, 0.03, 0.04): 0.2}  # flesh, pale flesh, the dark


def _sample_mouth(rng: np.random.Generator, who: Character, way: Way, strength: float) -> tuple[Mouth, float]:
    """The mouth of a way to draw an expression, and how far the jaw drops for it."""
    rest, wild = who.mouth, who.style.domain in ("cartoon", "comic", "chibi", "caricature", "line")
    lips, room = LIPS[pick(rng, **way.mouths)], mouth_room(who.build)
    half, opening, shape = max(rest.half, lips.least) * uniform(rng, *lips.half), 0.0, "dee"
    if lips.shapes:
        shape, opening = pick(rng, **lips.shapes), uniform(rng, *lips.open)
        if rng.random() < lips.big:  # laughing or shouting over half the face
            opening = max(opening, uniform(rng, 0.25, 0.55 if wild else 0.42) * who.build.chin)
            half = max(half, uniform(rng, 0.16, 0.4 if wild else 0.3))
        elif who.style.domain == "cartoon" and lips.open[1] > 0.15:
            opening *= float(np.exp(uniform(rng, -0.9, 0.9)))
    if who.style.domain == "cartoon" and lips.half[1] > 0.8:  # as wide as the face, or a short line
        half = min(half * float(np.exp(uniform(rng, -0.3, 0.6))), 0.95 * room)
    if shape == "oval" and lips.shapes:
        half = min(half, opening * uniform(rng, 0.5, 1.2) + 0.02)
    half = min(half, 0.92 * who.build.half_width * who.build.jaw[0])
    bend = uniform(rng, *lips.bend) * (0.5 + 0.5 * strength)
    asym = uniform(rng, *lips.asym) * half * one_of(rng, (-1.0, 1.0))
    if not asym and rng.random() < (0.4 if who.style.domain == "cartoon" else 0.2):
        asym = uniform(rng, -0.2, 0.2) * half
    below = who.build.chin - rest.y - 0.06
    drop = max(0.0, opening * 0.8 - below * 0.6) + opening * uniform(rng, 0.0, 0.35)
    mouth = replace(
        rest, half=half, open=opening, smile=bend * min(half, 0.5), shape=shape, line=lips.line, asym=asym,
        teeth=pick(rng, **lips.teeth) if opening > 0.05 else "none", tongue=rng.random() < 0.6, lick=lips.lick,
        broken=rest.broken and abs(bend) < 0.5, under=rest.under or lips.under,
        inside=vary(rng, weighted(rng, tuple(_INSIDES), tuple(_INSIDES.values())), 0.12),
    )  # fmt: skip
    return mouth, drop
