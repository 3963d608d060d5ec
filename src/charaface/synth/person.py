"""Who a 3-D head is, and what it does: random people, their expressions and their pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from charaface.synth.dice import pick, uniform
from charaface.synth.head_beard import STYLES, Beard
from charaface.synth.head_hair import HeadHair
from charaface.synth.pen import Colour, mix
from charaface.synth.skin_map import Skin

DIRECTIONS = 80  # of identity that people differ in
TONES: dict[str, Colour] = {
    "very_light": (0.94, 0.80, 0.73),
    "light": (0.87, 0.69, 0.58),
    "medium": (0.77, 0.57, 0.44),
    "tan": (0.64, 0.46, 0.34),
    "brown": (0.47, 0.32, 0.23),
    "dark": (0.33, 0.22, 0.16),
}
HAIR: dict[str, Colour] = {
    "black": (0.07, 0.06, 0.06),
    "brown": (0.24, 0.15, 0.09),
    "blonde": (0.68, 0.53, 0.31),
    "red": (0.45, 0.17, 0.08),
    "gray": (0.52, 0.52, 0.53),
    "white": (0.83, 0.82, 0.80),
}
EYES: dict[str, Colour] = {
    "brown": (0.22, 0.12, 0.06),
    "black": (0.09, 0.06, 0.05),
    "blue": (0.27, 0.42, 0.58),
    "green": (0.30, 0.38, 0.22),
    "gray": (0.42, 0.46, 0.48),
}
# What the kit's shapes do in each expression, at full strength; pairs stand for both sides.
MIMICS: dict[str, list[dict[str, float]]] = {
    "neutral": [{}],
    "happy": [
        {"mouthSmile": 0.9, "cheekSquint": 0.7, "mouthDimple": 0.4},
        {"mouthSmile": 1.0, "cheekSquint": 0.9, "jawOpen": 0.15, "mouthUpperUp": 0.55, "eyeSquint": 0.5},
        {
            "mouthSmile": 1.0,
            "cheekSquint": 1.0,
            "jawOpen": 0.3,
            "mouthUpperUp": 0.6,
            "mouthLowerDown": 0.3,
            "eyeSquint": 0.5,
        },
        {
            "mouthSmile": 1.0,
            "cheekSquint": 1.0,
            "jawOpen": 0.55,
            "mouthUpperUp": 0.6,
            "eyeSquint": 0.6,
            "browOuterUp": 0.2,
        },
    ],
    "sad": [
        {"browInnerUp": 1.0, "mouthFrown": 1.0, "mouthShrugLower": 0.6, "eyeSquint": 0.3, "mouthLowerDown": 0.2},
        {
            "browInnerUp": 1.0,
            "mouthFrown": 1.0,
            "mouthStretch": 0.4,
            "jawOpen": 0.12,
            "cheekSquint": 0.5,
            "browDown": 0.3,
        },
        {"browInnerUp": 0.9, "mouthFrown": 0.9, "mouthPress": 0.5, "mouthShrugLower": 0.9, "eyeBlink": 0.3},
    ],
    "angry": [
        {"browDown": 1.0, "eyeSquint": 0.5, "mouthPress": 1.0, "noseSneer": 0.5, "mouthFrown": 0.5},
        {
            "browDown": 1.0,
            "noseSneer": 0.9,
            "jawOpen": 0.3,
            "mouthUpperUp": 0.7,
            "mouthLowerDown": 0.8,
            "mouthFrown": 0.4,
        },
        {
            "browDown": 1.0,
            "noseSneer": 0.6,
            "jawOpen": 0.65,
            "mouthUpperUp": 0.6,
            "mouthLowerDown": 0.6,
            "eyeSquint": 0.4,
        },
        {"browDown": 1.0, "eyeWide": 0.5, "mouthFunnel": 0.4, "jawForward": 0.6, "mouthPress": 0.5},
    ],
    "surprise": [
        {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 1.0, "jawOpen": 0.65},
        {"browInnerUp": 0.9, "browOuterUp": 1.0, "eyeWide": 0.9, "jawOpen": 0.4, "mouthFunnel": 0.6},
        {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 0.9, "jawOpen": 0.2, "mouthPucker": 0.4},
    ],
    "fear": [
        {
            "browInnerUp": 1.0,
            "browOuterUp": 0.4,
            "browDown": 0.35,
            "eyeWide": 1.0,
            "mouthStretch": 1.0,
            "jawOpen": 0.25,
        },
        {
            "browInnerUp": 1.0,
            "browDown": 0.4,
            "eyeWide": 1.0,
            "mouthStretch": 0.9,
            "jawOpen": 0.5,
            "mouthLowerDown": 0.6,
        },
    ],
    "disgust": [
        {"noseSneer": 1.0, "mouthUpperUp": 0.9, "browDown": 0.6, "eyeSquint": 0.6, "mouthFrown": 0.5},
        {
            "noseSneer": 1.0,
            "cheekSquint": 0.7,
            "browDown": 0.5,
            "mouthShrugUpper": 0.7,
            "mouthPress": 0.3,
            "eyeSquint": 0.5,
        },
        {
            "noseSneer": 1.0,
            "mouthUpperUp": 1.0,
            "jawOpen": 0.25,
            "mouthLowerDown": 0.4,
            "eyeSquint": 0.6,
            "mouthFrown": 0.4,
        },
    ],
}


@dataclass(frozen=True, eq=False)
class Person:
    """What does not change from picture to picture."""

    identity: np.ndarray  # (DIRECTIONS,) standard deviations
    skin: Skin
    hair: HeadHair | None  # None: bald
    iris: Colour
    names: dict[str, str]  # colour names of hair, skin and eyes
    beard: Beard | None = None


@dataclass(frozen=True)
class Moment:
    """What a head does in one picture. Degrees; shapes by the kit's names, 0 to 1."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    expression: str = "neutral"
    shapes: dict[str, float] = field(default_factory=dict)
    gaze: tuple[float, float] = (0.0, 0.0)  # to image right and up, beyond where the head looks
    closed: float = 0.0  # lids, 0 open to 1 shut
    body: float = 0.0  # degrees that the body turns to image right


def sample_person(rng: np.random.Generator) -> Person:
    """Somebody: every tone of skin as often as any other, and hair, brows and beards as they go with it."""
    tones = list(TONES)
    at = uniform(rng, -0.3, len(tones) - 0.6)
    low = int(np.clip(np.floor(at), 0, len(tones) - 2))
    tone = mix(TONES[tones[low]], TONES[tones[low + 1]], float(np.clip(at - low, -0.4, 1.4)))
    name = tones[int(np.clip(round(at), 0, len(tones) - 1))]
    feminine = float(rng.random() < 0.5)
    old = float(np.clip(rng.normal(0.25, 0.35), 0, 1))
    hair_name = _hair_name(rng, at, old)
    colour = _varied(rng, HAIR[hair_name], 0.25)
    eyes = "brown" if at > 2.5 else pick(rng, brown=0.45, blue=0.25, green=0.12, gray=0.08, black=0.1)
    hair = _hair(rng, colour, feminine, old, at)
    beard = _beard(rng, colour, at) if not feminine and rng.random() < 0.45 else None
    skin = _skin(rng, tone, colour, feminine, old, at, beard)
    identity = rng.normal(0, uniform(rng, 0.6, 1.0), DIRECTIONS)
    names = {"hair": hair_name, "skin": name, "eyes": eyes}
    return Person(identity, skin, hair, _varied(rng, EYES[eyes], 0.2), names, beard)


def _beard(rng: np.random.Generator, hair: Colour, at: float) -> Beard:
    shares = dict(zip(STYLES, (0.3, 0.2, 0.14, 0.04, 0.2, 0.05, 0.04, 0.03), strict=True))
    style = pick(rng, **shares)
    long = {"full": 3.2, "goatee": 1.4, "tuft": 1.6, "moustache": 0.75, "handlebar": 0.7}.get(style, 0.8)
    return Beard(
        style,
        _varied(rng, mix(hair, (0.6, 0.6, 0.6), uniform(rng, 0, 0.5) * (rng.random() < 0.3)), 0.2),
        long * uniform(rng, 0.3, 1.0) ** 1.5,
        uniform(rng, 0.7, 1.0),
        uniform(rng, 0.2, 0.8),
        uniform(rng, 0.4, 0.9) if at > 3 else uniform(rng, 0.0, 0.6),
        int(rng.integers(2**31)),
    )


def _hair_name(rng: np.random.Generator, tone: float, old: float) -> str:
    if rng.random() < 0.75 * max(old - 0.35, 0) / 0.65:
        return pick(rng, gray=0.6, white=0.4)
    if tone > 2.5:
        return pick(rng, black=0.8, brown=0.17, blonde=0.02, red=0.01)
    return pick(rng, black=0.3, brown=0.42, blonde=0.2, red=0.08)


def _varied(rng: np.random.Generator, colour: Colour, amount: float) -> Colour:
    r, g, b = np.clip(np.asarray(colour) * np.exp(rng.normal(0, amount)) * rng.uniform(0.92, 1.08, 3), 0.01, 1).tolist()
    return r, g, b


def _skin(
    rng: np.random.Generator, tone: Colour, hair: Colour, feminine: float, old: float, at: float, beard: Beard | None
) -> Skin:
    made_up = feminine * (rng.random() < 0.6)
    lips = (tone[0] * uniform(rng, 0.82, 0.95), tone[1] * uniform(rng, 0.55, 0.72), tone[2] * uniform(rng, 0.58, 0.75))
    if made_up and rng.random() < 0.6:
        stick = [(0.7, 0.12, 0.15), (0.75, 0.3, 0.35), (0.55, 0.15, 0.25), (0.8, 0.4, 0.35)][int(rng.integers(4))]
        lips = mix(lips, stick, uniform(rng, 0.3, 0.9))
    shadow = (
        (uniform(rng, 0.1, 0.6), uniform(rng, 0.1, 0.4), uniform(rng, 0.1, 0.5))
        if made_up * rng.random() > 0.4
        else None
    )
    shaven = 0.0 if feminine or rng.random() < 0.5 else uniform(rng, 0.05, 0.6) ** 1.3
    stubble = shaven if beard is None else max(0.6 * shaven, 0.5 if beard.style in ("full", "trimmed") else 0.0)
    return Skin(
        tone,
        flush=uniform(rng, 0, 0.8) * (0.5 if at > 3 else 1),
        mottle=uniform(rng, 0.1, 0.6),
        freckles=int(rng.integers(20, 160)) if rng.random() < 0.15 and at < 2 else 0,
        moles=int(rng.integers(0, 4)),
        rings=uniform(rng, 0, 0.3 + 0.5 * old),
        lines=float(np.clip(old * 1.2 - 0.2 + rng.normal(0, 0.1), 0, 1)),
        lips=lips,
        brow=mix(hair, (0.08, 0.06, 0.05), uniform(rng, 0.1, 0.6)),
        brow_width=uniform(rng, 0.35, 0.8) if feminine else uniform(rng, 0.55, 1.15),
        brow_density=uniform(rng, 0.35, 1.0),
        brow_lift=rng.normal(0.1 * feminine, 0.12),
        stubble=stubble,
        beard=beard.colour if beard else _varied(rng, hair, 0.15),
        liner=uniform(rng, 0.4, 1.0) if made_up else uniform(rng, 0.0, 0.45),
        shadow=shadow,
        seed=int(rng.integers(2**31)),
    )


def _hair(rng: np.random.Generator, colour: Colour, feminine: float, old: float, at: float) -> HeadHair | None:
    if not feminine and rng.random() < 0.08 + 0.12 * old:
        return None
    curl = pick(rng, straight=0.5, wavy=0.3, curly=0.2) if at < 3 else pick(rng, straight=0.1, wavy=0.2, curly=0.7)
    long = rng.random() < (0.75 if feminine else 0.1)
    bulk = uniform(rng, 0.3, 2.2)
    cropped = not feminine and rng.random() < 0.5
    tied = ""
    if feminine and rng.random() < 0.25:
        tied, long = pick(rng, bun=0.3, knot=0.2, tail=0.35, tails=0.15), rng.random() < 0.15
        bulk *= 0.35
    return HeadHair(
        colour,
        thick=bulk * (2.0 if curl == "curly" and rng.random() < 0.4 else 1.0) * (0.5 if cropped else 1.0),
        sides=uniform(rng, 0.05, 0.2)
        if cropped or tied
        else uniform(rng, 0.15, 0.4) + 0.25 * bulk * (long or curl == "curly"),
        hairline=uniform(rng, 4.8, 6.6) + (0.0 if feminine else 1.2 * old * rng.random()),
        temples=uniform(rng, 2.4, 4.0),
        sideburn=0.0 if feminine else uniform(rng, -1.0, 3.0),
        nape=uniform(rng, -7.0, -4.0),
        receding=0.0 if feminine else uniform(rng, 0, 0.8 + 2.5 * old),
        part=uniform(rng, -35, 35) if rng.random() < 0.5 else 0.0,
        fringe=uniform(rng, 1.0, 5.5) if rng.random() < (0.4 if feminine else 0.2) and not tied else 0.0,
        fringe_wide=uniform(rng, 40, 70),
        fringe_at=rng.normal(0, 22),
        length=uniform(rng, 3, 18) if long else 0.0,
        open_at=uniform(rng, 36, 85),
        frame=rng.normal(-2, 9),
        uneven=rng.normal(0, 8),
        tuck=uniform(rng, -0.08, 0.2),
        swept=rng.normal(0, 1.5 if long else 7.0),
        tied=tied,
        tail=uniform(rng, 4, 16),
        curl={"straight": uniform(rng, 0, 0.1), "wavy": uniform(rng, 0.15, 0.45), "curly": uniform(rng, 0.6, 1.0)}[
            curl
        ],
        rough=uniform(rng, 0.1, 0.8),
        seed=int(rng.integers(2**31)),
    )


def both_sides(shapes: dict[str, float], names: tuple[str, ...], uneven: float = 0.0) -> dict[str, float]:
    """Shapes by the kit's names: one that the kit has for each side stands for both, the left by uneven stronger."""
    out: dict[str, float] = {}
    for name, value in shapes.items():
        if name in names:
            out[name] = value
        else:
            out[f"{name}_L"], out[f"{name}_R"] = value * (1 + uneven), value * (1 - uneven)
    return {name: float(np.clip(value, 0, 1)) for name, value in out.items()}


def sample_moment(rng: np.random.Generator, names: tuple[str, ...]) -> Moment:
    """A pose, an expression and a look. names: the kit's shapes."""
    kind = pick(rng, neutral=0.34, happy=0.26, sad=0.08, angry=0.08, surprise=0.1, fear=0.07, disgust=0.07)
    forms = MIMICS[kind]
    strength = uniform(rng, 0.7, 1.15)
    shapes = {
        name: value * strength * uniform(rng, 0.8, 1.15) for name, value in forms[int(rng.integers(len(forms)))].items()
    }
    if kind == "neutral" and rng.random() < 0.3:  # somebody speaks
        shapes = {
            "jawOpen": uniform(rng, 0, 0.25),
            "mouthFunnel": uniform(rng, 0, 0.4),
            "mouthPucker": uniform(rng, 0, 0.3),
        }
    closed = (
        1.0 if rng.random() < 0.05 else uniform(rng, 0, 0.3) * (rng.random() < 0.4) * (kind not in ("surprise", "fear"))
    )
    wide = rng.random() < 0.35
    yaw = uniform(rng, -90, 90) if wide else rng.normal(0, 22)
    return Moment(
        float(np.clip(yaw, -90, 90)),
        float(np.clip(rng.normal(-2, 12), -40, 40)),
        float(np.clip(rng.normal(0, 9), -45, 45)),
        kind,
        both_sides(shapes, names, rng.normal(0, 0.1)),
        (float(rng.normal(0, 9)), float(rng.normal(0, 6))),
        closed,
        float(np.clip(yaw, -90, 90) * rng.uniform(0.3, 1.0) + rng.normal(0, 8)),
    )
