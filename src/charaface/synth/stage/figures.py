"""Bodies below a neck: build, pose, limbs. A body's unit is half its shoulder width, its origin the neck's base."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import skia

from charaface.synth.stage.brush import Brush, bend, blob, oval, poly, tube
from charaface.synth.stage.clothes import TOPS, Outfit, folds, from_behind
from charaface.synth.stage.hands import SMALL_HANDS
from charaface.synth.stage.ink import darker

Spot = tuple[float, float]


POSES = ("down", "down", "akimbo", "raised", "crossed", "holding", "behind", "one_up")


def sample_outfit(brush: Brush, skin: int | None = None, top: int | None = None, dressed: bool = False) -> Outfit:
    """Clothes and build for one body; skin and top colours are kept where given; dressed: no bare trunk."""
    heavy = brush.u(0, 1) ** 3
    slim = brush.chance(0.5)
    waist = (0.5 if slim else 0.72) + 0.6 * heavy
    child = brush.chance(0.25)
    chest = brush.u(0.2, 0.5) if slim and not child and brush.chance(0.7) else 0.0
    kinds = [k for k in TOPS if k not in ("bare", "swim") or not (dressed or child)]
    kind = str(brush.rng.choice(kinds))
    return Outfit(
        skin=brush.pick(brush.ink.skins) if skin is None else skin,
        top=brush.colour() if top is None else top,
        bottom=brush.colour(),
        trim=brush.colour(),
        kind=kind,
        skirt=brush.u(1.0, 3.6) if slim and kind != "bare" and brush.chance(0.6) else 0.0,
        pose=POSES[brush.n(0, len(POSES) - 1)],
        sleeves=float(brush.rng.choice([0.0, 0.3, 1.0, 1.0])),
        waist=waist,
        hip=max(waist, brush.u(0.65, 0.9)),
        arm=brush.u(0.26, 0.42) + 0.15 * heavy,
        chest=0.0 if kind == "bare" else chest,
        height=brush.u(0.55, 0.75) if child else brush.u(0.85, 1.1),
    )


def body(brush: Brush, outfit: Outfit, back: bool = False, legs: bool = True, neck: bool = True) -> None:
    """A body below the head, from the front or from behind."""
    with brush.placed(0, 0, 1.0, squash=outfit.height) as b:
        if neck:
            b.shape(tube([(0, -0.55), (0, 0.2)], [2 * outfit.neck, 2 * outfit.neck + 0.13]), outfit.skin)
        if legs:
            _legs(b, outfit)
        if outfit.pose == "behind" or back:
            _arms(b, outfit)
        _skirt(b, outfit) if outfit.skirt else _trousers(b, outfit)
        torso = torso_path(outfit)
        bare = outfit.kind in ("bare", "swim")
        b.shape(torso, outfit.skin if bare else outfit.top)
        with b.inside(torso) as inner:
            (from_behind if back else TOPS[outfit.kind])(inner, outfit)
            if not back:
                folds(inner, outfit)
        if outfit.pose != "behind" and not back:
            _arms(b, outfit)


def torso_path(o: Outfit) -> skia.Path:
    """The outline of the trunk from neck to hips."""
    side = [(0.3, -0.06), (0.92, 0.14), (0.98, 0.5), (0.8, 0.95), (o.waist, 1.75), (o.hip, 2.55)]
    side[3] = (0.78 + 0.1 * o.chest, 1.0)
    return blob([*side, *[(-x, y) for x, y in side[::-1]]])


def _legs(b: Brush, o: Outfit) -> None:
    stance, wide = b.u(0.0, 0.35), o.hip * 0.42
    covered = not o.skirt
    for side in (-1, 1):
        hip = (side * o.hip * 0.5, 2.5)
        foot = (side * (o.hip * 0.5 + stance), 5.9)
        knee = ((hip[0] + foot[0]) / 2 + side * b.u(-0.05, 0.15), 4.2)
        leg = tube([hip, knee, foot], [wide * 2.1, wide * 1.5, wide * 1.1], blunt=False)
        b.shape(leg, o.bottom if covered else o.skin)
        if covered:
            b.detail(
                bend((knee[0] - wide * 0.5, knee[1]), (knee[0] + wide * 0.4, knee[1] + 0.1), 0.2, 4),
                0.8,
                o.bottom,
            )
        elif b.chance(0.5):
            b.shape(tube([knee, foot], [wide * 1.55, wide * 1.2], blunt=False), o.trim)
        shoe = [(-0.35, -0.2), (0.3, -0.2), (0.4, 0.15), (0.3, 0.3), (-0.35, 0.3)]
        b.shape(blob([(foot[0] + side * 0.12 + x, foot[1] + y) for x, y in shoe]), darker(o.bottom, 0.5))


def _trousers(b: Brush, o: Outfit) -> None:
    b.shape(
        poly([(-o.hip, 2.3), (o.hip, 2.3), (o.hip * 1.0, 3.2), (0.05, 3.0), (-0.05, 3.0), (-o.hip, 3.2)]),
        o.bottom,
    )
    b.detail([(0, 2.4), (0.02, 2.95)], 0.8, o.bottom)


def _skirt(b: Brush, o: Outfit) -> None:
    flare = o.hip + b.u(0.1, 0.5) * o.skirt
    low = 2.1 + o.skirt
    hem = [(flare * t, low + 0.1 * float(np.cos(t * 9)) + 0.15 * (1 - t * t)) for t in np.linspace(1, -1, 9)]
    colour = o.top if o.kind == "dress" else o.bottom
    b.shape(poly([(-o.waist, 1.7), (o.waist, 1.7), *hem]), colour)
    for t in np.linspace(-0.75, 0.75, b.n(3, 8)):
        b.detail([(o.waist * t, 1.9), (flare * t * 0.8, (low + 2) / 2), (flare * t, low)], 0.8, colour)
    if b.chance(0.3):
        b.streak(poly(hem, closed=False), 0.08, o.trim)


def _arms(b: Brush, o: Outfit) -> None:
    poses = {
        "down": ((1.15, 1.4), (1.15, 2.6)),
        "behind": ((1.25, 1.4), (0.7, 2.3)),
        "akimbo": ((1.7, 1.3), (o.waist + 0.1, 1.9)),
        "raised": ((1.6, -0.3), (1.35, -1.5)),
        "crossed": ((1.2, 1.3), (-0.45, 1.15)),
        "holding": ((1.2, 1.5), (0.3, 1.4)),
    }
    for side in (-1, 1):
        pose = o.pose
        if pose == "one_up":
            pose = "raised" if side > 0 else "akimbo"
        elbow, hand = poses[pose]
        jitter = [(side * (x + b.u(-0.1, 0.1)), y + b.u(-0.1, 0.1)) for x, y in (elbow, hand)]
        _arm(b, o, (side * 0.86, 0.35), jitter[0], jitter[1])


def _arm(b: Brush, o: Outfit, shoulder: Spot, elbow: Spot, hand: Spot) -> None:
    line = [shoulder, _between(shoulder, elbow, 0.5), elbow, _between(elbow, hand, 0.5), hand]
    w = o.arm
    with b.placed(*hand, 0.32, _turn(elbow, hand), flip=b.chance(0.5)) as p:
        if p.unit < 5:  # a hand of ten pixels is a spot
            p.shape(oval(0, 0, 0.8), o.skin)
        else:
            fixed = Brush(p.canvas, p.rng, replace(p.ink, skins=(o.skin,)), p.unit)
            SMALL_HANDS[fixed.n(0, len(SMALL_HANDS) - 1)](fixed)
    covered = o.kind not in ("bare", "swim") and o.sleeves > 0
    b.shape(tube(line, [w * 1.3, w * 1.1, w, w * 0.95, w * 0.75]), o.top if covered and o.sleeves == 1 else o.skin)
    if covered and o.sleeves < 1:
        b.shape(tube(line[:2], [w * 1.6, w * 1.5], blunt=True), o.top)
    if o.sleeves == 1 and covered:
        for k in range(2):
            x, y = _between(elbow, shoulder, 0.12 * k)
            b.detail(bend((x - w * 0.4, y), (x + w * 0.3, y + 0.12), 0.3, 4), 0.8, o.top)
        if b.chance(0.4):
            x, y = hand
            b.shape(oval(x, y, w * 0.5, w * 0.35), o.trim)


def _between(a: Spot, b: Spot, t: float) -> Spot:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def _turn(a: Spot, b: Spot) -> float:
    """Degrees that turn an upright hand to point from a to b."""
    return float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0]))) + 90
