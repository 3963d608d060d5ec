"""Eyes: one lid curve for every style, so that the drawn line and the label are the same line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import skia

from charaface.synth.anatomy import Head
from charaface.synth.eye_forms import draw_form, draw_inside, form_curves, form_half
from charaface.synth.labels import PARTS
from charaface.synth.pen import Colour, Pen, columns, ellipse, mix, polygon, ribbon, shade, spread, taper

EYE, IRIS, GLASSES = (PARTS.index(name) for name in ("eye", "iris", "glasses"))
SHUT, DOT_SHUT = 0.03, 0.04  # openings in outer-eye distances from which nothing shows between the lids
LENS_SHUT = 0.3  # how far open the eye behind a lens is at least, to be drawn so


@dataclass(frozen=True)
class Eyes:
    """How one character's eyes are built. Lengths in outer-eye distances."""

    kind: str = "anime"  # anime, almond, disc, dot, lens, line
    x: float = 0.325  # of the middle of an eye
    half: float = 0.175
    up: float = 0.20
    down: float = 0.16
    boxy: tuple[float, float] = (2.3, 1.6)  # exponents of the lid curve: 2, 2 is an ellipse
    skew: float = 0.0  # the lid's peak, towards the outer corner
    tilt: float = 0.05  # outer corner above inner
    ends: tuple[float, float] = (0.0, 0.0)  # how far inner and outer corner lie above the eye line, as shares of up
    rim: str = "own"  # outline of a disc: own, none, shared by both eyes
    lash: float = 0.045  # thickness of the upper lash line
    lower: float = 0.4  # how much of the lower line is drawn
    crease: float = 0.0  # distance of the fold above the lid; 0 none
    flicks: int = 1
    iris: tuple[float, float] = (0.10, 0.15)  # half width, half height
    pupil: float = 0.45  # of the iris
    shine: int = 2
    white: Colour = (1.0, 1.0, 1.0)
    colours: tuple[Colour, Colour] = ((0.2, 0.4, 0.8), (0.2, 0.4, 0.8))  # image-left eye, image-right eye
    detail: float = 0.6
    bar: float = 0.0  # of a lens: how much heavier the upper edge of its frame is; 0 all of one weight
    glare: bool = False  # of a lens: light across it


@dataclass(frozen=True)
class Lids:
    """The moment's eye: open 1, closed 0; how a closed eye arcs: -1 happy, up; +1 asleep, down."""

    open: float = 1.0
    arc: float = 0.6
    lower_push: float = 0.0  # cheeks that push the lower lid up
    cut: float = 0.0  # 0 to 0.7: a heavy lid lies over the upper part
    slope: float = 0.0  # of the cut: its inner end lower, angry; below 0 higher, sad
    form: str = "lid"  # what stands in the eye's place: lid, or of eye_forms.FORMS; a lens keeps its own
    iris: float = 1.0  # its size, as a share of that at rest; 0: none, the eye is blank
    inside: str = ""  # what is in the iris: heart, star
    dull: bool = False  # no light in it


def lid_curves(eyes: Eyes, lids: Lids, side: float, n: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) frontal positions of the upper and the lower lid, both from the inner to the outer corner."""
    u = spread(-1, 1, n)
    if lids.form != "lid":
        x = side * (eyes.x + form_half(lids.form, eyes.half) * u)
        upper, lower = form_curves(lids.form, (eyes.half, eyes.up, eyes.down), n)
        return columns(x, upper), columns(x, lower)
    p, q = eyes.boxy
    bent = np.minimum(np.maximum(u + eyes.skew * (1 - u * u), -1), 1)
    shape = np.maximum(1 - np.abs(bent) ** p, 0) ** (1 / q)
    base = -0.5 * eyes.up * (eyes.ends[0] * (1 - u) + eyes.ends[1] * (1 + u))
    upper = base - (eyes.up + base) * shape
    lower = base + (eyes.down - base) * np.maximum(1 - np.abs(u) ** p, 0) ** (1 / q)
    if lids.cut:
        level = -eyes.up + (eyes.up + 0.5 * eyes.down) * lids.cut - 0.5 * lids.slope * (eyes.up + eyes.down) * u
        upper = np.maximum(upper, base + (level - base) * np.minimum(1, 4 * (1 - np.abs(u))))
    lower = lower * (1 - 0.6 * lids.lower_push)
    # a ball's lid closes down to its lower rim, an eye's to the middle
    deep = eyes.down if eyes.kind == "disc" and lids.arc > 0 else 0.45 * (eyes.up + eyes.down) / 2
    shut = lids.arc * deep * (1 - u * u)
    o = min(max(lids.open, 0.0), 1.25)
    k = min(o, 1.0)
    upper = upper * o + (1 - k) * shut
    lower = lower * o + (1 - k) * shut
    lower = np.maximum(lower, upper)
    x = side * (eyes.x + eyes.half * u)
    tilt = -eyes.tilt * eyes.half * u
    return columns(x, upper + tilt), columns(x, lower + tilt)


def rim_lids(eyes: Eyes, lids: Lids) -> Lids:
    """The lids that the outline of an eye follows: a lens stays open, whatever the eye behind it does."""
    return replace(lids, open=1.0, lower_push=0.0, form="lid") if eyes.kind == "lens" else lids


def eyes_now(eyes: Eyes, lids: Lids) -> Eyes:
    """The eyes with the iris that they have in a moment."""
    if lids.iris == 1.0 and not lids.dull:
        return eyes
    rx, ry = (lids.iris * v for v in eyes.iris)
    round_ = (min(rx, 1.3 * ry), min(ry, 1.3 * rx)) if lids.iris < 1 else (rx, ry)  # a small iris is round
    return replace(eyes, iris=round_, shine=0 if lids.dull or lids.iris < 0.5 else eyes.shine)


def opening_of(upper: np.ndarray, lower: np.ndarray) -> float:
    """How far apart the lids stand at most, in outer-eye distances."""
    return float(np.max(lower[:, 1] - upper[:, 1]))


def eye_points(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """(6, 2): first corner, upper third near it, upper third far, last corner, lower far, lower near."""
    n = len(upper) - 1
    a, b = n // 3, n - n // 3
    return np.array([upper[0], upper[a], upper[b], upper[-1], lower[b], lower[a]])


def iris_middle(eyes: Eyes, side: float, gaze: tuple[float, float]) -> tuple[float, float]:
    """The frontal position of the middle of the iris, and of the pupil in it, whatever the lids do."""
    rx, ry = eyes.iris
    if eyes.kind in ("disc", "lens"):
        return (
            side * eyes.x + gaze[0] * (eyes.half - 0.8 * rx) * 0.8,
            (eyes.down - eyes.up) / 2 + gaze[1] * 0.5 * (eyes.up + eyes.down - 1.8 * ry) * 0.8,
        )
    return (
        side * eyes.x + gaze[0] * max(0.0, eyes.half - 0.55 * rx),
        (eyes.down - eyes.up) / 2 * 0.7 + gaze[1] * 0.5 * max(0.0, eyes.up - 0.4 * ry),
    )


def pupil_point(
    eyes: Eyes, lids: Lids, side: float, gaze: tuple[float, float], upper: np.ndarray, lower: np.ndarray
) -> tuple[np.ndarray, bool]:
    """(2,) frontal position of the middle of the pupil, or of an iris without one, and whether it is drawn.

    upper, lower: as lid_curves gives them. A middle that a lid lies over is not drawn: it is on the edge of that lid,
    which in a closed eye is the stroke. An eye that is a dot is a pupil whole.
    """
    x, y = iris_middle(eyes, side, gaze)
    if eyes.kind == "dot":
        x, y = ((upper[len(upper) // 2] + lower[len(lower) // 2]) / 2).tolist()
    top, bottom = (float(np.interp(side * x, side * lid[:, 0], lid[:, 1])) for lid in (upper, lower))
    drawn = top <= y <= bottom and opening_of(upper, lower) > (DOT_SHUT if eyes.kind == "dot" else SHUT)
    if eyes.kind in ("disc", "lens"):
        drawn = drawn and eyes.pupil > 0
    if lids.form == "round" and eyes.kind != "lens":
        x, y = side * eyes.x, (eyes.down - eyes.up) / 2
    drawn = drawn and lids.iris > 0 and lids.form in ("lid", "round")
    if eyes.kind == "lens":
        drawn = drawn and lids.open >= LENS_SHUT
    return np.array([x, min(max(y, top), bottom)]), drawn


def draw_eye(
    pen: Pen, head: Head, eyes: Eyes, lids: Lids, side: float, gaze: tuple[float, float], skin: Colour
) -> tuple[np.ndarray, np.ndarray]:
    """Draws one eye (side -1 image left, +1 image right); returns the lids that it was drawn along."""
    upper2, lower2 = lid_curves(eyes, rim_lids(eyes, lids), side)
    upper, lower = np.split(head.draw_on(np.concatenate([upper2, lower2]), 0.01), 2)
    opening = opening_of(upper2, lower2)
    rim = polygon(np.concatenate([upper, lower[::-1]]))
    if lids.form != "lid" and eyes.kind != "lens":
        draw_form(pen, head, lids.form, (upper2, lower2), lids.iris, eyes.colours[0], eyes.lash)
    elif eyes.kind == "disc":
        _disc(pen, head, eyes, lids, side, gaze, skin, rim, upper, lower, opening)
    elif eyes.kind == "lens":
        _lens(pen, head, eyes, lids, side, gaze, rim, upper, lower)
    elif eyes.kind == "dot":
        if opening > DOT_SHUT:
            pen.mark(
                rim,
                pen.line_of((0.1, 0.1, 0.1)) if pen.style.palette != "colour" else shade(eyes.colours[0], 0.75),
                IRIS,
            )
            _shine(pen, head, eyes, side, gaze, rim, small=True)
        else:
            pen.mark(
                ribbon(upper, max(1.0, 0.9 * eyes.lash * pen.unit) * taper(len(upper), 0.5, 0.5)),
                (0.05, 0.04, 0.05),
                EYE,
            )
    else:
        if opening > SHUT:
            pen.fill(rim, eyes.white, EYE)
            if eyes.iris[0] > 0:
                _iris(pen, head, eyes, side, gaze, rim, opening, lids.inside)
        _lashes(pen, head, eyes, lids, side, upper2, upper, lower, opening)
    return upper2, lower2


def _iris(
    pen: Pen,
    head: Head,
    eyes: Eyes,
    side: float,
    gaze: tuple[float, float],
    rim: skia.Path,
    opening: float,
    inside: str,
) -> None:
    rx, ry = eyes.iris
    colour = eyes.colours[0 if side < 0 else 1]
    cx, cy = iris_middle(eyes, side, gaze)
    ring = head.draw_on(ellipse(cx, cy, rx, ry, n=28), 0.012)
    with pen.clip(rim):
        path = polygon(ring)
        middle = ring.mean(0)
        top, bottom = middle - [0, ry * pen.unit], middle + [0, ry * pen.unit]
        if eyes.detail > 0.3:
            pen.gradient(path, [shade(colour, 0.6), colour, mix(colour, (1, 1, 1), 0.35)], top, bottom, IRIS)
        else:
            pen.fill(path, colour, IRIS)
        dark = shade(colour, 0.75)
        pen.stroke(np.concatenate([ring, ring[:2]]), colour, 0.8, closed=True)
        if eyes.pupil > 0:
            pupil = ellipse(cx, cy, rx * eyes.pupil, ry * eyes.pupil, n=20)
            pen.mark(polygon(head.draw_on(pupil, 0.012)), mix(dark, (0.0, 0.0, 0.02), 0.6))
        if eyes.detail > 0.45:
            glow = ellipse(cx, cy + 0.55 * ry, rx * 0.62, ry * 0.32, n=16)
            pen.fill(polygon(head.draw_on(glow, 0.012)), mix(colour, (1, 1, 1), 0.5), alpha=0.55)
        if eyes.kind == "anime" and eyes.detail > 0.2:
            shadow = ellipse(cx, -eyes.up * 1.02, eyes.half * 1.2, 0.38 * opening, n=20)
            pen.fill(polygon(head.draw_on(shadow, 0.012)), (0.1, 0.08, 0.2), alpha=0.28)
        if inside:
            draw_inside(pen, head, inside, (cx, cy), (rx, ry))
    _shine(pen, head, eyes, side, gaze, rim)


def _shine(
    pen: Pen,
    head: Head,
    eyes: Eyes,
    side: float,
    gaze: tuple[float, float],
    rim: skia.Path,
    small: bool = False,
) -> None:
    rx, ry = (eyes.half, eyes.up) if small else eyes.iris
    cx, cy = (side * eyes.x, 0.0) if small else iris_middle(eyes, side, gaze)
    spots = [(-0.35 * pen.style.light, -0.42, 0.3), (0.4 * pen.style.light, 0.35, 0.15), (-0.1, 0.6, 0.1)]
    with pen.clip(rim):
        for dx, dy, r in spots[: eyes.shine]:
            spot = ellipse(cx + dx * rx, cy + dy * ry, r * rx, r * ry, n=14)
            pen.mark(polygon(head.draw_on(spot, 0.012)), (1.0, 1.0, 1.0))


def _lashes(
    pen: Pen,
    head: Head,
    eyes: Eyes,
    lids: Lids,
    side: float,
    upper2: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    opening: float,
) -> None:
    unit = pen.unit
    ink = (0.06, 0.04, 0.06) if pen.style.line_colour is not None else shade(eyes.colours[0], 0.7)
    thick = max(1.0, eyes.lash * unit) * (0.75 if opening < 0.05 else 1.0)
    swell = taper(len(upper), 0.25, 0.45, 0.5)
    if opening < SHUT:
        pen.mark(ribbon(upper, max(thick, 1.2) * swell), ink, EYE)
        if eyes.detail > 0.6 and pen.style.palette != "ink":
            _glints(pen, upper, 0.3 * thick)
        return
    if pen.style.palette != "ink" and eyes.kind == "anime" and opening > 0.08:
        shadow = polygon(np.concatenate([upper, (upper + [0, 0.22 * opening * unit])[::-1]]))
        with pen.clip(polygon(np.concatenate([upper, lower[::-1]]))):
            pen.fill(shadow, (0.25, 0.2, 0.4), alpha=0.25)
    pen.mark(ribbon(upper, thick * swell), ink, EYE)
    if eyes.flicks:
        out = np.array([side * 1.0, -0.55])
        for k in range(eyes.flicks):
            a = upper2[-1 - 2 * k]
            tip = a + out * (0.03 + 0.45 * eyes.lash) * (1 - 0.2 * k)
            root = upper2[-4 - 2 * k]
            pen.mark(polygon(head.draw_on(np.stack([a + [0, eyes.lash * 0.3], tip, root]), 0.01)), ink)
    if eyes.lower > 0:
        m = len(lower)
        keep = slice(int(m * (1 - eyes.lower) * 0.5), m) if eyes.lower < 0.95 else slice(0, m)
        piece = lower[keep]
        width = max(0.7, (0.25 + 0.3 * (eyes.kind == "almond")) * thick)
        pen.mark(ribbon(piece, width * taper(len(piece), 0.1, 0.5)), mix(ink, (0.7, 0.45, 0.4), 0.25), EYE)
    if eyes.crease and lids.open > 0.4:
        fold = upper2[3:-2] + [0, -eyes.crease]
        pen.stroke(head.draw_on(fold, 0.01), mix((0.8, 0.6, 0.5), ink, 0.3), 0.6)


def _glints(pen: Pen, lash: np.ndarray, width: float) -> None:
    """The light that a thick closed lash catches: a row of short white strokes along it."""
    for a, b in ((6, 9), (11, 13), (15, 16)):
        pen.mark(ribbon(lash[a : b + 1], max(0.6, width) * taper(b + 1 - a, 0.5, 0.5)), (1.0, 1.0, 1.0))


def _disc(
    pen: Pen, head: Head, eyes: Eyes, lids: Lids, side: float, gaze: tuple[float, float], skin: Colour,
    rim: skia.Path, upper: np.ndarray, lower: np.ndarray, opening: float,
) -> None:  # fmt: skip
    """A white (or tinted) ball with a pupil, the eye of western cartoons; a lid lies over it in the skin's colour."""
    full_up, full_down = lid_curves(eyes, Lids(), side)
    ball = head.draw_on(np.concatenate([full_up, full_down[::-1]]), 0.01)
    closed = opening <= SHUT
    lidded = lids.cut > 0.05 or (closed and lids.arc > 0 and eyes.detail > 0.25)
    if lidded:
        pen.fill(polygon(ball), shade(skin, 0.12 if eyes.detail > 0.5 else 0.0), EYE)
    if not closed:
        pen.fill(rim, eyes.white, EYE)
        _pupil(pen, head, eyes, side, gaze, rim, lids.inside)
    heavy = eyes.lash / max(pen.style.line_width, 1e-3)
    if eyes.rim == "own" and (lidded or opening > 0.12):
        shown = ball if lidded else np.concatenate([upper, lower[::-1]])
        pen.stroke(shown, skin, max(1.01, min(heavy, 1.6)), closed=True)
    if lidded or opening <= 0.12 or lids.open < 0.8:
        thick = max(1.0, max(eyes.lash, pen.style.line_width) * pen.unit)
        pen.mark(ribbon(upper, thick * taper(len(upper), 0.8, 0.8)), pen.line_of(shade(skin, 0.3)), EYE)
    if eyes.flicks > 1 and (opening > 0.1 or lidded):
        _fans(pen, head, eyes, side, full_up if not closed else lid_curves(eyes, lids, side)[0], closed)


def _fans(pen: Pen, head: Head, eyes: Eyes, side: float, lid: np.ndarray, down: bool) -> None:
    """Single lashes that stand away from a ball's lid."""
    for k in range(eyes.flicks):
        a = lid[-3 - 3 * k]
        tip = a + np.array([side * (0.5 - 0.15 * k), 0.7 if down else -1.0]) * 0.11
        line = head.draw_on(np.stack([a, (a + tip) / 2 + [0.01 * side, 0], tip]), 0.01)
        width = np.array([1.0, 0.8, 0.3]) * max(1.0, pen.style.line_width * pen.unit)
        pen.mark(ribbon(line, width), (0.05, 0.04, 0.05))


def _pupil(
    pen: Pen, head: Head, eyes: Eyes, side: float, gaze: tuple[float, float], rim: skia.Path, inside: str
) -> None:
    """The pupil of a ball or a lens, in an iris where the drawing has one."""
    if eyes.pupil <= 0 or eyes.iris[0] <= 0:
        return
    rx, ry = eyes.iris
    cx, cy = iris_middle(eyes, side, gaze)
    detailed = eyes.detail > 0.5
    k = eyes.pupil if detailed else 1.0
    with pen.clip(rim):
        if detailed:
            ring = head.draw_on(ellipse(cx, cy, rx, ry, n=24), 0.012)
            pen.fill(polygon(ring), eyes.colours[0 if side < 0 else 1], IRIS)
            pen.stroke(ring, eyes.colours[0], 0.6, closed=True)
        dark = (0.03, 0.03, 0.04) if eyes.detail > 0.28 or pen.style.palette != "colour" else eyes.colours[0]
        pen.mark(polygon(head.draw_on(ellipse(cx, cy, rx * k, ry * k, n=24), 0.012)), dark, IRIS)
        if inside:
            draw_inside(pen, head, inside, (cx, cy), (rx * k, ry * k))
        elif eyes.shine:
            spot = ellipse(cx - 0.3 * rx * k, cy - 0.35 * ry * k, 0.28 * rx * k, 0.28 * ry * k, n=12)
            pen.mark(polygon(head.draw_on(spot, 0.012)), (1.0, 1.0, 1.0))


def _lens(
    pen: Pen, head: Head, eyes: Eyes, lids: Lids, side: float, gaze: tuple[float, float],
    rim: skia.Path, upper: np.ndarray, lower: np.ndarray,
) -> None:  # fmt: skip
    """A lens that acts as the eye: its frame bends with the mood; a pupil, a closed lid or only glare behind it."""
    ink = (0.05, 0.05, 0.07) if eyes.detail > 0.12 else shade(eyes.colours[0], 0.4)
    width = max(1.0, eyes.lash * pen.unit)
    pen.fill(rim, eyes.white, EYE)
    if lids.open < LENS_SHUT:
        u = spread(-0.7, 0.7, 9)
        curve = columns(side * (eyes.x + eyes.half * u), lids.arc * 0.5 * eyes.up * (0.5 - u * u))
        with pen.clip(rim):
            pen.mark(ribbon(head.draw_on(curve, 0.012), max(1.0, 0.7 * width) * taper(9, 0.5, 0.5)), ink)
    else:
        _pupil(pen, head, eyes, side, gaze, rim, lids.inside)
    if eyes.glare:
        middle = (upper + lower) / 2
        glare = np.stack([upper[8], upper[12], lower[9], lower[5]]) * 0.8 + middle[10] * 0.2
        with pen.clip(rim):
            pen.fill(polygon(glare), (1.0, 1.0, 1.0), alpha=0.7)
    _frame(pen, head, eyes, side)
    outline = np.concatenate([upper, lower[::-1]])
    pen.mark(ribbon(np.concatenate([outline, outline[:2]]), width), ink, GLASSES)
    if eyes.bar:  # a heavy upper bar, drawn out into a wing
        wing = head.draw_on(np.array([[side * (eyes.x + eyes.half * 1.25), -0.9 * eyes.up]]), 0.01)
        bar = np.concatenate([upper, wing]) if eyes.flicks else upper
        pen.mark(ribbon(bar, width * eyes.bar * taper(len(bar), 0.7, 0.3)), ink, GLASSES)


def draw_shared_rim(pen: Pen, head: Head, eyes: Eyes, skin: Colour) -> None:
    """The outline round two discs that have become one shape; their whites are drawn over its middle."""
    for side in (-1.0, 1.0):
        up, down = lid_curves(eyes, Lids(), side)
        ball = head.draw_on(np.concatenate([up, down[::-1]]), 0.01)
        pen.stroke(ball, skin, 2.0, closed=True)


def _frame(pen: Pen, head: Head, eyes: Eyes, side: float) -> None:
    """The arm from a lens to the ear, and its half of the bridge."""
    width = max(1.0, 0.7 * eyes.lash * pen.unit)
    ink = (0.05, 0.05, 0.07)
    corner = head.on_face(np.array([[side * (eyes.x + eyes.half), -0.3 * eyes.up]]), 0.02)
    ear = np.array([[side * head.build.half_width * 1.02, -0.05, 0.0]])
    if side != head.side or abs(head.turn.yaw) < 15:
        pen.mark(ribbon(head.project(np.concatenate([corner, ear])), width), ink, GLASSES)
    inner = side * (eyes.x - eyes.half)
    bridge = head.draw_on(np.array([[inner, -0.1 * eyes.up], [0.0, -0.25 * eyes.up]]), 0.04)
    if abs(inner) > 0.02:
        pen.mark(ribbon(bridge, width), ink, GLASSES)
