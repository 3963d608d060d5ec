"""Bodies of random characters: proportions, eyes and hair that suit a kind of drawing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charaface.synth.anatomy import Build
from charaface.synth.dice import one_of, pick, uniform, vary
from charaface.synth.eyes import Eyes
from charaface.synth.hair import Hair
from charaface.synth.pen import Colour, spread

EYE_COLOURS: dict[str, Colour] = {
    "aqua": (0.3, 0.8, 0.8),
    "black": (0.12, 0.1, 0.12),
    "blue": (0.2, 0.4, 0.85),
    "brown": (0.45, 0.27, 0.15),
    "green": (0.25, 0.62, 0.3),
    "orange": (0.9, 0.5, 0.15),
    "pink": (0.92, 0.4, 0.6),
    "purple": (0.5, 0.3, 0.75),
    "red": (0.82, 0.12, 0.15),
    "yellow": (0.92, 0.8, 0.2),
}


def sample_build(rng: np.random.Generator, domain: str, male: float) -> Build:
    """Proportions, wide open: what a hand draws is not what a skull allows."""
    if domain in ("cartoon", "caricature"):
        return _wild_build(rng)
    real = domain in ("painting", "comic", "webtoon") or (domain == "manga" and rng.random() < 0.5)
    half = uniform(rng, 0.56, 0.73)
    chin = {"chibi": uniform(rng, 0.55, 0.85)}.get(domain, uniform(rng, 0.78, 1.08))
    if real:
        half, chin = uniform(rng, 0.66, 0.8), uniform(rng, 1.1, 1.45)
    pointed = 0.55 if domain in ("anime", "manga", "webtoon") else 0.3
    cheek, jaw, tip = _jaw(rng, pick(rng, vee=pointed, oval=0.25, square=0.1, round=0.2))
    if male > 0.5:
        jaw = (min(jaw[0] * 1.1, 0.95), jaw[1])
    return Build(
        half_width=half,
        cheek=cheek,
        jaw=jaw,
        chin_half=tip,
        chin=chin,
        crown=uniform(rng, 0.95, 1.35),
        depth=uniform(rng, 0.52, 0.74) * (half / 0.64) ** 0.5,
        brow_ridge=uniform(rng, -0.02, 0.06) if real or male > 0.5 else uniform(rng, -0.05, 0.02),
        chin_forward=uniform(rng, -0.1, 0.06),
        muzzle=uniform(rng, -0.02, 0.05),
        back=uniform(rng, 0.6, 0.9),
        jaw_line=uniform(rng, 0.5, 1.0),
        stretch=uniform(rng, 0.93, 1.08),
        perspective=uniform(rng, 0.0, 0.12),
    )


def _wild_build(rng: np.random.Generator) -> Build:
    """A cube with huge eyes, a wedge on its tip, a loaf lying flat, a bean, a fat face whose eyes are close."""
    form = pick(rng, free=0.68, flat=0.12, bean=0.2)
    kind = pick(rng, wedge=0.18, vee=0.08, oval=0.16, square=0.22, round=0.21, pear=0.15)
    muzzle = uniform(rng, -0.05, 0.25)
    if form == "free":
        wide = float(np.exp(uniform(rng, np.log(0.6), np.log(1.5))))
        half = uniform(rng, 0.46, 0.68) if rng.random() < 0.45 else wide
        chin = float(np.clip(half * uniform(rng, 0.7, 2.0), 0.5, 2.4))
        crown = half * uniform(rng, 0.6, 1.9)
    elif form == "flat":  # wider than high, the eyes up to its edge
        half = uniform(rng, 0.56, 0.95)
        chin, crown = half * uniform(rng, 0.6, 1.0), half * uniform(rng, 0.42, 0.8)
    else:  # no forehead, cheeks that stand out under the eyes, a small pointed chin
        half, kind, muzzle = uniform(rng, 0.62, 0.92), "bean", uniform(rng, 0.05, 0.55)
        chin, crown = half * uniform(rng, 0.75, 1.3), half * uniform(rng, 0.4, 0.75)
    cheek, jaw, tip = _jaw(rng, kind)
    if rng.random() < 0.5:
        jaw = (jaw[0], uniform(rng, 0.64, 0.84))
    size = half / 0.64
    return Build(
        half_width=half,
        cheek=cheek,
        jaw=jaw,
        chin_half=tip,
        chin=chin,
        crown=crown,
        depth=uniform(rng, 0.52, 0.74) * size**0.5,
        brow_ridge=uniform(rng, -0.08, 0.08) * size,
        chin_forward=uniform(rng, -0.3, 0.25) * size,
        muzzle=muzzle * size,
        back=uniform(rng, 0.6, 0.9),
        jaw_line=uniform(rng, 0.0, 0.9),
        stretch=uniform(rng, 0.8, 1.3),
        perspective=uniform(rng, 0.0, 0.12),
        roundness=uniform(rng, 2.0, 4.5) if rng.random() < 0.5 else 2.0,
        boxiness=uniform(rng, 2.0, 6.0) if form != "free" or rng.random() < 0.4 else 2.0,
        jaw_top=0.06,
    )


Jaw = tuple[tuple[float, float], tuple[float, float], float]  # cheek and jaw of a Build, and its chin_half


def _jaw(rng: np.random.Generator, kind: str) -> Jaw:
    """The lower half of a face's outline."""
    cheek, jaw, tip = {
        "wedge": ((0.62, 0.88), (0.3, 0.55), (0.04, 0.16)),
        "vee": ((0.82, 0.97), (0.5, 0.72), (0.08, 0.2)),
        "oval": ((0.9, 1.0), (0.68, 0.82), (0.22, 0.34)),
        "square": ((0.94, 1.02), (0.82, 1.0), (0.35, 0.62)),
        "round": ((0.97, 1.1), (0.8, 0.95), (0.32, 0.5)),
        "pear": ((1.0, 1.25), (0.95, 1.3), (0.4, 0.8)),
        "bean": ((0.98, 1.18), (0.52, 0.82), (0.04, 0.2)),
    }[kind]
    return (uniform(rng, *cheek), 0.42), (uniform(rng, *jaw), 0.74), uniform(rng, *tip)


def jaw_width(build: Build) -> float:
    """Half the width of a face at its jaw."""
    return build.half_width * build.jaw[0]


def mouth_room(build: Build) -> float:
    """Half the width of a face where its mouth is."""
    return build.half_width * 0.5 * (build.jaw[0] + build.cheek[0])


def sample_eyes(rng: np.random.Generator, domain: str, male: float) -> tuple[Eyes, tuple[str, str]]:
    """Eyes of a kind that suits the drawing, and the names of their colours (image-left, image-right)."""
    kinds: dict[str, dict[str, float]] = {
        "anime": {"anime": 0.88, "almond": 0.08, "dot": 0.04},
        "cartoon": {"disc": 0.53, "dot": 0.1, "lens": 0.21, "almond": 0.1, "anime": 0.06},
        "manga": {"anime": 0.55, "almond": 0.4, "dot": 0.05},
        "comic": {"almond": 0.5, "dot": 0.25, "disc": 0.25},
        "webtoon": {"anime": 0.5, "almond": 0.5},
        "chibi": {"anime": 0.55, "dot": 0.3, "disc": 0.15},
        "caricature": {"almond": 0.7, "disc": 0.25, "dot": 0.05},
        "painting": {"almond": 0.65, "anime": 0.35},
        "line": {"anime": 0.5, "disc": 0.2, "dot": 0.2, "almond": 0.1},
    }
    kind = pick(rng, **kinds[domain])
    names = list(EYE_COLOURS)
    name = one_of(rng, names)
    other = one_of(rng, names) if rng.random() < 0.03 else name
    colours = (vary(rng, EYE_COLOURS[name]), vary(rng, EYE_COLOURS[other]))
    if name == other:
        colours = (colours[0], colours[0])
    make = {
        "anime": _anime_eyes,
        "almond": _almond_eyes,
        "disc": _disc_eyes,
        "lens": _disc_eyes,
        "dot": _dot_eyes,
    }[kind]
    eyes = make(rng, male)
    eyes = replace(eyes, kind=kind, colours=colours, detail=uniform(rng, 0.0, 1.0))
    if kind == "lens":
        box = (uniform(rng, 1.9, 4.0), uniform(rng, 1.4, 2.4))
        white, lash, heavy = _pick_white(rng), uniform(rng, 0.03, 0.1), uniform(rng, 0.0, 1.0)
        eyes = replace(
            eyes,
            white=white,
            lash=lash,
            bar=1.3 + 1.6 * heavy if heavy < 0.5 else 0.0,
            flicks=int(rng.random() < 0.5),
            glare=rng.random() < 0.25,
            pupil=eyes.pupil if rng.random() < 0.65 else 0.0,
            boxy=box,
            tilt=uniform(rng, -0.2, 0.2),
            rim="own",
        )
    return _normalised(eyes), (name, other)


def _normalised(eyes: Eyes) -> Eyes:
    """Scales an eye pair so that its outer corners are exactly 1 apart."""
    k = 0.5 / (eyes.x + eyes.half)
    scaled = {n: getattr(eyes, n) * k for n in ("x", "half", "up", "down", "crease")}
    return replace(eyes, **scaled, iris=(eyes.iris[0] * k, eyes.iris[1] * k))


def _pick_white(rng: np.random.Generator) -> Colour:
    tints: list[Colour] = [
        (1, 1, 1),
        (1, 1, 1),
        (0.7, 0.85, 0.95),
        (0.5, 0.7, 0.85),
        (0.3, 0.4, 0.5),
        (0.8, 0.95, 0.9),
        (0.95, 0.95, 0.8),
    ]
    return tints[int(rng.integers(len(tints)))]


def _anime_eyes(rng: np.random.Generator, male: float) -> Eyes:
    narrow = male > 0.5 and rng.random() < 0.7
    up = uniform(rng, 0.09, 0.18) if narrow else uniform(rng, 0.14, 0.31)
    down = uniform(rng, 0.05, 0.12) if narrow else uniform(rng, 0.11, 0.26)
    tall = up + down
    iris_y = min(uniform(rng, 0.42, 0.6) * tall + 0.02, 0.24)
    return Eyes(
        x=0.325,
        half=uniform(rng, 0.145, 0.2),
        up=up,
        down=down,
        boxy=(uniform(rng, 1.9, 3.4), uniform(rng, 1.15, 2.2)),
        skew=uniform(rng, -0.2, 0.25),
        tilt=uniform(rng, -0.15, 0.22),
        ends=(uniform(rng, 0.12, 0.78), uniform(rng, -0.05, 0.4)),
        lash=uniform(rng, 0.018, 0.06),
        lower=uniform(rng, 0.15, 1.0),
        crease=uniform(rng, 0.03, 0.07) if rng.random() < 0.6 else 0.0,
        flicks=int(rng.integers(0, 4)),
        iris=(min(iris_y * uniform(rng, 0.62, 0.98), 0.135), iris_y),
        pupil=uniform(rng, 0.3, 0.6) if rng.random() < 0.85 else 0.0,
        shine=int(rng.integers(0, 4)),
        white=(1, 1, 1) if rng.random() < 0.8 else (0.93, 0.93, 0.98),
    )


def _almond_eyes(rng: np.random.Generator, male: float) -> Eyes:
    up = uniform(rng, 0.05, 0.1)
    return Eyes(
        x=uniform(rng, 0.325, 0.345),
        half=uniform(rng, 0.13, 0.175),
        up=up,
        down=uniform(rng, 0.03, 0.06),
        boxy=(uniform(rng, 1.8, 2.3), uniform(rng, 0.9, 1.3)),
        skew=uniform(rng, -0.25, 0.15),
        tilt=uniform(rng, -0.1, 0.18),
        lash=uniform(rng, 0.012, 0.03) * (1.0 if male > 0.5 else 1.3),
        lower=uniform(rng, 0.5, 1.0),
        crease=uniform(rng, 0.02, 0.06) if rng.random() < 0.8 else 0.0,
        flicks=0 if male > 0.5 else int(rng.integers(0, 3)),
        iris=(uniform(rng, 0.055, 0.08),) * 2,
        pupil=uniform(rng, 0.35, 0.6),
        shine=int(rng.integers(0, 2)),
        white=(uniform(rng, 0.85, 1.0),) * 3,
    )


def _disc_eyes(rng: np.random.Generator, male: float) -> Eyes:
    touch = rng.random() < 0.45
    half = uniform(rng, 0.235, 0.252) if touch else uniform(rng, 0.12, 0.22)
    up = half * uniform(rng, 0.75, 1.7)
    iris = half * uniform(rng, 0.16, 0.5)
    power = uniform(rng, 1.9, 2.3)
    return Eyes(
        x=0.5 - half,
        half=half,
        up=up,
        down=up * uniform(rng, 0.6, 1.0),
        boxy=(power, power),
        tilt=uniform(rng, -0.2, 0.2),
        ends=(uniform(rng, -0.05, 0.45), uniform(rng, -0.05, 0.35)) if rng.random() < 0.7 else (0.0, 0.0),
        rim=("shared" if touch else "none") if rng.random() < (0.45 if touch else 0.15) else "own",
        lash=uniform(rng, 0.015, 0.05),
        flicks=0 if male > 0.5 else int(rng.integers(0, 4)),
        iris=(iris, iris * uniform(rng, 0.9, 1.5)),
        pupil=uniform(rng, 0.4, 0.7),
        shine=int(rng.integers(0, 2)),
        white=(1, 1, 1) if rng.random() < 0.85 else _pick_white(rng),
    )


def _dot_eyes(rng: np.random.Generator, male: float) -> Eyes:
    half = uniform(rng, 0.03, 0.1)
    tall = half * uniform(rng, 0.9, 2.4)
    return Eyes(
        x=0.5 - half, half=half, up=tall, down=tall, boxy=(2, 2), tilt=0, lash=uniform(rng, 0.02, 0.05),
        flicks=0 if male > 0.5 else int(rng.integers(0, 3)), shine=int(rng.integers(0, 3)),
    )  # fmt: skip


def sample_hair(rng: np.random.Generator, domain: str, male: float, colour: Colour, crown: float) -> Hair:
    """A haircut: fringe tips that may fall over brows and eyes, locks, tails, baldness."""
    if male > 0.5:
        kind = pick(
            rng,
            crop=0.35,
            spiky=0.25,
            straight=0.2,
            slick=0.1,
            curly=0.1,
            bald=0.12 if domain in ("cartoon", "comic", "caricature") else 0.02,
        )
        back = pick(rng, none=0.3, short=0.55, bob=0.1, pony=0.05)
    else:
        kind = pick(rng, straight=0.6, crop=0.08, spiky=0.08, curly=0.14, slick=0.1)
        back = pick(rng, long=0.4, bob=0.25, twin=0.12, pony=0.1, short=0.08, bun=0.05)
        if domain == "cartoon" and rng.random() < (0.6 if crown < 0.6 else 0.22):
            kind, back = pick(rng, crop=0.4, slick=0.4, bald=0.2), "balls"
    if kind == "curly" and rng.random() < 0.3:
        back = "afro"
    n = int(rng.integers(3, 12))
    if kind in ("crop", "slick"):
        centre = uniform(rng, -0.78, -0.5)
    else:
        centre = (
            uniform(rng, -0.48, -0.16)
            if domain in ("anime", "manga", "chibi", "webtoon")
            else uniform(rng, -0.62, -0.3)
        )
    tips = centre + rng.uniform(-0.12, 0.12, n)
    style = rng.random()
    if style < 0.25:  # parted: tips rise in the middle or on one side
        at = rng.integers(0, n)
        tips = tips - 0.3 * np.exp(-((np.arange(n) - at) ** 2) / 2)
    if domain == "cartoon" and rng.random() < 0.35:  # swept aside
        tips = tips + uniform(rng, -0.35, 0.35) * spread(-1, 1, n)
    if style > 0.9 and domain != "cartoon":  # one strand over the face
        tips[int(rng.integers(0, n))] = uniform(rng, 0.0, 0.45)
    low = min(1.0, crown / 1.05)  # a low skull wears its hair lower
    tips = np.clip(np.where(tips < 0, tips * low, tips), -0.9, 0.6)
    lock = rng.random()
    long = (
        (uniform(rng, 0.4, 1.6), uniform(rng, 0.4, 1.6))
        if lock < (0.25 if male > 0.5 else 0.7) and kind not in ("crop", "slick")
        else (0.0, 0.0)
    )
    drawn_full = domain in ("anime", "manga", "chibi", "webtoon") or (domain == "cartoon" and rng.random() < 0.3)
    tufts = 0
    if domain in ("anime", "manga", "chibi", "webtoon") and kind in ("straight", "spiky") and rng.random() < 0.6:
        tufts = int(rng.integers(7, 22))
        long = (uniform(rng, 0.4, 1.5),) * 2
    return Hair(
        tufts=tufts,
        kind=kind,
        back=back,
        colour=colour,
        volume=uniform(rng, *((1.08, 1.42) if drawn_full else (1.02, 1.22)))
        if kind != "crop"
        else uniform(rng, 1.0, 1.12),
        hairline=uniform(rng, -0.75, -0.5) * low,
        fringe=tuple(tips.tolist()),
        parting=uniform(rng, -1, 1),
        gap=uniform(rng, 0.0, 0.9),
        lock=long,
        lock_width=uniform(rng, 0.05, 0.22) if rng.random() < 0.6 else uniform(rng, 0.15, 0.36),
        texture=uniform(rng, 0.2, 1.0) if rng.random() < 0.6 else 0.0,
        strays=int(rng.integers(0, 6)) if male < 0.6 and rng.random() < 0.4 else 0,
        strands=int(rng.integers(0, 6)),
        shine=rng.random() < 0.5,
        length=uniform(rng, 0.9, 2.6),
        seed=int(rng.integers(1 << 30)),
    )
