"""Who is drawn: random characters, kind of drawing by kind of drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charaface.synth.anatomy import Build
from charaface.synth.brows import Brows
from charaface.synth.builds import mouth_room, sample_build, sample_eyes, sample_hair
from charaface.synth.dice import one_of, pick, uniform, vary, weighted
from charaface.synth.eyes import Eyes
from charaface.synth.features import Mouth, Nose
from charaface.synth.hair import Hair
from charaface.synth.pen import Colour, Style, mix, shade

# How often each kind of drawing is drawn.
SHARES = {
    "anime": 0.29,
    "cartoon": 0.4,
    "manga": 0.07,
    "comic": 0.06,
    "webtoon": 0.04,
    "chibi": 0.04,
    "caricature": 0.04,
    "painting": 0.05,
    "line": 0.01,
}


HAIR_COLOURS: dict[str, Colour] = {
    "aqua": (0.35, 0.85, 0.85),
    "black": (0.1, 0.09, 0.12),
    "blonde": (0.95, 0.82, 0.45),
    "blue": (0.25, 0.4, 0.8),
    "brown": (0.42, 0.26, 0.16),
    "gray": (0.55, 0.56, 0.6),
    "green": (0.3, 0.65, 0.35),
    "orange": (0.92, 0.5, 0.15),
    "pink": (0.95, 0.6, 0.72),
    "purple": (0.52, 0.35, 0.7),
    "red": (0.75, 0.15, 0.15),
    "white": (0.93, 0.93, 0.95),
}


SKIN_TONES: dict[str, Colour] = {
    "very_light": (1.0, 0.93, 0.88),
    "light": (0.98, 0.84, 0.74),
    "medium": (0.9, 0.72, 0.58),
    "tan": (0.8, 0.58, 0.42),
    "brown": (0.58, 0.38, 0.26),
    "dark": (0.38, 0.25, 0.18),
}


HEADGEAR = ("cap", "beanie", "helmet", "hood", "brim", "crown", "beret")  # what of Character.hat is a hat


@dataclass(frozen=True)
class Character:
    """One character: everything about it that does not change from frame to frame."""

    style: Style
    build: Build
    eyes: Eyes
    brows: Brows
    nose: Nose
    mouth: Mouth  # at rest
    hair: Hair
    skin: Colour
    cloth: Colour
    names: dict[str, str]  # colour names of hair, skin, left_eye, right_eye
    male: float = 0.5  # 0 as women are drawn to 1 as men are
    shoulders: float = 1.0
    neck: float = 0.0  # half its width as a share of the jaw's; 0: as the shoulders have it
    sunk: float = 0.0  # how deep the head sits in its body, in outer-eye distances
    chin_line: float = 1.0  # share of the jaw's line that is drawn, from the chin up
    ear: float = 0.16
    ear_low: float = 0.0  # how far its middle lies below the usual place
    pointed: float = 0.0
    age: float = 0.0
    beard: str = ""
    glasses: str = ""  # clear, dark
    hat: str = ""  # of HEADGEAR, or band, ears, horns, bow; or pat, hair that lies on the head like a beret
    cheeks: str = ""
    folds: bool = False  # lines beside and under the mouth
    seed: int = 0


def sample_style(rng: np.random.Generator, domain: str) -> Style:
    """The hand of one drawing."""
    dark: Colour = (uniform(rng, 0, 0.14), uniform(rng, 0, 0.12), uniform(rng, 0, 0.16))
    line = {
        "anime": uniform(rng, 0.008, 0.028),
        "cartoon": float(np.exp(uniform(rng, np.log(0.012), np.log(0.085)))),
        "manga": uniform(rng, 0.01, 0.03),
        "comic": uniform(rng, 0.012, 0.04),
        "webtoon": uniform(rng, 0.006, 0.018),
        "chibi": uniform(rng, 0.015, 0.045),
        "caricature": uniform(rng, 0.008, 0.03),
        "painting": uniform(rng, 0.006, 0.016),
        "line": uniform(rng, 0.01, 0.045),
    }[domain]
    bare = {
        "painting": 0.75,
        "cartoon": 0.08,
        "chibi": 0.1,
        "anime": 0.04,
        "webtoon": 0.1,
        "caricature": 0.2,
    }.get(domain, 0.0)
    coloured = {"anime": 0.5, "webtoon": 0.6, "painting": 0.8, "cartoon": 0.12, "chibi": 0.4}.get(domain, 0.1)
    palette = "colour"
    if domain == "manga":
        palette = pick(rng, ink=0.6, grey=0.4)
    elif domain in ("comic", "caricature"):
        palette = pick(rng, colour=0.7, ink=0.2, grey=0.1)
    elif domain == "line":
        palette = pick(rng, ink=0.7, grey=0.3)
    elif rng.random() < 0.04:
        palette = "grey"
    shading = {
        "anime": pick(rng, cel=0.55, soft=0.35, flat=0.1),
        "cartoon": pick(rng, flat=0.7, cel=0.25, soft=0.05),
        "manga": pick(rng, hatch=0.35, cel=0.35, flat=0.3),
        "comic": pick(rng, hatch=0.35, cel=0.4, flat=0.25),
        "webtoon": pick(rng, cel=0.4, soft=0.6),
        "chibi": pick(rng, flat=0.5, cel=0.5),
        "caricature": pick(rng, hatch=0.4, soft=0.4, cel=0.2),
        "painting": pick(rng, soft=0.8, cel=0.2),
        "line": "flat",
    }[domain]
    return Style(
        domain=domain,
        palette=palette,
        line_width=line,
        line_colour=None if rng.random() < coloured else dark,
        outline=rng.random() >= bare,
        shading=shading,
        light=1.0 if rng.random() < 0.5 else -1.0,
        taper=rng.random() < {"cartoon": 0.35, "line": 0.5, "chibi": 0.5}.get(domain, 0.85),
        tone_size=uniform(rng, 2.5, 6.0),
        tone_kind=pick(rng, none=0.45, dots=0.4, lines=0.15) if domain == "line" else pick(rng, dots=0.8, lines=0.2),
    )


def sample_character(rng: np.random.Generator, domain: str | None = None) -> Character:
    """A character nobody has drawn yet; proportion, style and colour are drawn independently."""
    domain = domain or pick(rng, **SHARES)
    male = rng.random()
    if domain in ("anime", "chibi", "webtoon"):
        male *= 0.72
    style = sample_style(rng, domain)
    build = sample_build(rng, domain, male)
    eyes, eye_names = sample_eyes(rng, domain, male)
    natural = domain in ("painting", "comic", "caricature", "cartoon", "webtoon")
    hair_name = one_of(
        rng,
        ["black", "brown", "blonde", "red", "gray", "white", "orange"]
        if natural and rng.random() < 0.8
        else list(HAIR_COLOURS),
    )
    hair_colour = vary(rng, HAIR_COLOURS[hair_name])
    tones = (0.3, 0.35, 0.14, 0.09, 0.07, 0.05) if domain != "anime" else (0.5, 0.35, 0.06, 0.04, 0.03, 0.02)
    skin_name = weighted(rng, list(SKIN_TONES), tones)
    skin = vary(rng, SKIN_TONES[skin_name], 0.04)
    if domain == "cartoon" and rng.random() < 0.08:
        skin = vary(rng, (rng.uniform(0.3, 1), rng.uniform(0.4, 1), rng.uniform(0.3, 1)))
    old = rng.random() < {
        "cartoon": 0.12,
        "comic": 0.3,
        "manga": 0.2,
        "caricature": 0.5,
        "painting": 0.2,
    }.get(domain, 0.02)
    nose, mouth = _sample_nose(rng, domain, build), _sample_rest_mouth(rng, domain, build, skin, male)
    if domain in ("cartoon", "caricature"):
        mouth = replace(mouth, y=nose.y + uniform(rng, 0.15, 0.65) * (build.chin - nose.y))
    beardy = male > 0.6 and domain in ("cartoon", "comic", "caricature", "painting", "manga", "line")
    hats = {"anime": 0.14, "cartoon": 0.2, "comic": 0.25, "painting": 0.15, "chibi": 0.2}.get(domain, 0.1)
    glasses = 0.0 if eyes.kind == "lens" else {"cartoon": 0.12, "caricature": 0.15, "comic": 0.14}.get(domain, 0.1)
    seen = 0.85 if domain in ("anime", "manga", "webtoon", "chibi") else 0.5
    hair = sample_hair(rng, domain, male, hair_colour, build.crown)
    wild = domain in ("cartoon", "caricature", "comic")
    neck = (uniform(rng, 0.2, 1.0) if rng.random() < 0.6 else uniform(rng, 0.8, 1.15)) if rng.random() < 0.5 else 0.0
    neck = neck if wild else 0.0
    shoulders = uniform(rng, 0.3 if domain == "cartoon" else 0.7, 1.1) + 0.5 * (male > 0.5) * rng.random()
    if domain == "cartoon" and rng.random() < 0.3:  # a head half as tall as its body
        shoulders = uniform(rng, 0.3, 0.75) * build.half_width
    return Character(
        style=style,
        build=replace(build, nose_length=nose.forward),
        eyes=eyes,
        brows=_sample_brows(rng, domain, eyes, hair_colour, male, build.crown),
        nose=nose,
        mouth=mouth,
        hair=replace(hair, see_through=1.0 if rng.random() > seen else uniform(rng, 0.0, 0.7)),
        skin=skin,
        cloth=tuple(rng.uniform(0.05, 1.0, 3)),
        names={"hair": hair_name, "skin": skin_name, "right_eye": eye_names[0], "left_eye": eye_names[1]},
        shoulders=shoulders,
        neck=neck,
        sunk=uniform(rng, -0.25, 0.3) if wild and rng.random() < 0.5 else 0.0,
        chin_line=uniform(rng, 0.15, 0.85) if neck > 0.8 and rng.random() < 0.7 else 1.0,
        ear=uniform(rng, 0.1, 0.24),
        ear_low=uniform(rng, -0.1, 0.5) * build.chin if domain == "cartoon" and rng.random() < 0.5 else 0.0,
        pointed=uniform(rng, 0.3, 1.5) if rng.random() < 0.05 else 0.0,
        age=uniform(rng, 0.3, 1.0) if old else 0.0,
        beard=pick(rng, moustache=0.4, goatee=0.2, full=0.3, stubble=0.1) if beardy and rng.random() < 0.45 else "",
        male=male,
        glasses=pick(rng, clear=0.7, dark=0.3) if rng.random() < glasses else "",
        hat=pick(
            rng,
            cap=0.2,
            pat=0.07 if domain == "cartoon" else 0.0,
            beret=0.06,
            beanie=0.12,
            helmet=0.08,
            hood=0.05,
            brim=0.15,
            band=0.12,
            ears=0.1,
            horns=0.04,
            bow=0.14,
            crown=0.05,
        )
        if rng.random() < hats
        else "",
        cheeks=pick(rng, glow=0.45, oval=0.15, lines=0.2, freckles=0.12, scar=0.08)
        if rng.random() < (0.45 if domain in ("anime", "chibi", "webtoon") else 0.15)
        else "",
        folds=rng.random() < {"cartoon": 0.45, "caricature": 0.3, "comic": 0.25}.get(domain, 0.04),
        seed=int(rng.integers(1 << 30)),
    )


def _sample_nose(rng: np.random.Generator, domain: str, build: Build) -> Nose:
    kinds: dict[str, dict[str, float]] = {
        "anime": {"dot": 0.25, "tick": 0.35, "shadow": 0.22, "none": 0.1, "button": 0.08},
        "cartoon": {
            "ball": 0.2,
            "corner": 0.2,
            "peak": 0.2,
            "button": 0.17,
            "hook": 0.1,
            "tick": 0.08,
            "dot": 0.05,
        },
        "manga": {"tick": 0.3, "shadow": 0.2, "corner": 0.15, "wings": 0.2, "full": 0.15},
        "comic": {"ball": 0.4, "full": 0.25, "hook": 0.15, "corner": 0.2},
        "webtoon": {"tick": 0.25, "shadow": 0.35, "wings": 0.4},
        "chibi": {"none": 0.4, "dot": 0.35, "tick": 0.15, "button": 0.1},
        "caricature": {"full": 0.6, "ball": 0.2, "hook": 0.2},
        "painting": {"full": 0.6, "wings": 0.25, "shadow": 0.15},
        "line": {"tick": 0.4, "dot": 0.2, "corner": 0.2, "button": 0.2},
    }
    kind = pick(rng, **kinds[domain])
    big = kind in ("ball", "hook", "full", "corner", "peak")
    y = build.chin * uniform(rng, 0.26, 0.42) if not big else build.chin * uniform(rng, 0.3, 0.5)
    if domain in ("cartoon", "caricature"):
        y = min(build.chin, 1.3) * uniform(rng, 0.08, 0.45 if rng.random() < 0.75 else 0.65)
    forward = uniform(rng, 0.05, 0.16) if not big else uniform(rng, 0.12, 0.7 if domain == "cartoon" else 0.45)
    aside = 0.0
    if kind == "peak":
        aside = 0.5 * forward
    elif domain == "cartoon" and rng.random() < (0.6 if kind in ("corner", "hook") else 0.25):
        aside = uniform(rng, 0.03, 0.3) * (0.4 + y)
    return Nose(
        kind=kind,
        y=y,
        half=uniform(rng, 0.04, 0.09) if not big else uniform(rng, 0.09, 0.2),
        top=uniform(rng, -0.06, 0.06),
        forward=forward,
        size=float(np.exp(uniform(rng, np.log(0.06), np.log(0.3)))),
        aside=aside,
    )


def _sample_rest_mouth(rng: np.random.Generator, domain: str, build: Build, skin: Colour, male: float) -> Mouth:
    real = domain in ("painting", "comic", "webtoon", "caricature", "manga")
    lips = (0.0, 0.0)
    if (real and rng.random() < 0.6) or (male < 0.5 and rng.random() < (0.25 if domain == "cartoon" else 0.12)):
        lips = (uniform(rng, 0.015, 0.07), uniform(rng, 0.02, 0.09))
    y = build.chin * uniform(rng, 0.56, 0.7)
    if domain in ("cartoon", "caricature"):
        y = build.chin * uniform(rng, 0.55, 0.78)
    half = uniform(rng, 0.06, 0.2) if not real else uniform(rng, 0.15, 0.25)
    if domain == "cartoon":
        half = (uniform(rng, 0.08, 0.5) if rng.random() < 0.6 else uniform(rng, 0.4, 0.95)) * mouth_room(build)
    rosy = mix(skin, (0.85, 0.25, 0.3), uniform(rng, 0.15, 0.8))
    return Mouth(y=y, half=half, lips=lips, lip_colour=rosy, broken=rng.random() < 0.12, under=rng.random() < 0.25)


def _sample_brows(rng: np.random.Generator, domain: str, eyes: Eyes, hair: Colour, male: float, crown: float) -> Brows:
    lift = uniform(rng, 0.05, 0.39)
    if domain in ("cartoon", "comic", "painting", "caricature"):
        lift = uniform(rng, 0.02, 0.42) if domain == "cartoon" else uniform(rng, 0.0, 0.17)
    lift = min(lift, max(0.8 * crown - eyes.up, 0.03))  # a low skull has no room for a high brow
    thick = uniform(rng, 0.012, 0.045) if male < 0.5 else uniform(rng, 0.025, 0.07)
    if domain == "cartoon":
        thick = float(np.exp(uniform(rng, np.log(0.02), np.log(0.13))))
    dark = shade(hair, uniform(rng, 0.1, 0.7))
    return Brows(
        drawn=rng.random() > {"cartoon": 0.1, "chibi": 0.1, "comic": 0.07}.get(domain, 0.03),
        y=-(eyes.up + lift),
        x=eyes.x + uniform(rng, -0.01, 0.06),
        half=max(eyes.half, 0.12) * (uniform(rng, 0.6, 1.2) if domain == "cartoon" else uniform(rng, 0.75, 1.3)),
        arch=uniform(rng, -0.01, 0.09),
        tilt=uniform(rng, -0.25, 0.14),
        width=thick,
        shape=pick(rng, taper=0.5, block=0.2, line=0.2, bushy=0.1),
        colour=dark if rng.random() < 0.7 else (0.08, 0.06, 0.07),
    )
