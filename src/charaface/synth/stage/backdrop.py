"""What stands behind characters: flat grounds, patterns, light, paper, and the places of places.py."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.dice import weighted
from charaface.synth.stage.brush import Brush, bend, oval, poly, slab, star
from charaface.synth.stage.ink import Ink, darker, fade, lighter, sample_ink
from charaface.synth.stage.marks import (
    Area,
    focus_lines,
    heart,
    lettering,
    screen,
    scribbles,
    sparkles,
    speed_lines,
    writing,
)
from charaface.synth.stage.places import PLACES


def draw_backdrop(
    canvas: skia.Canvas,
    rng: np.random.Generator,
    size: tuple[int, int],
    style_kind: str | None = None,
    ink: Ink | None = None,
) -> None:
    """Covers (width, height) pixels of the canvas with a background drawn as style_kind (labels.DOMAINS) is drawn.

    ink, where given, is used instead of a new one of that kind.
    """
    brush = Brush(canvas, rng, ink or sample_ink(rng, style_kind))
    area = Area(0.0, 0.0, float(size[0]), float(size[1]))
    paint_ground(brush, area, None)


def paint_ground(brush: Brush, area: Area, kind: str | None) -> None:
    """Covers the area with one background, any when kind is None. Raises KeyError for an unknown kind."""
    if kind is None:
        kind = weighted(brush.rng, list(_WEIGHTS), _WEIGHTS.values())
    with brush.inside(slab(*area)):
        (GROUNDS.get(kind) or PLACES[kind])(brush, area)
        if brush.ink.technique == "painting" and brush.chance(0.5):
            wash(brush, area, 0.25)


def flat(brush: Brush, area: Area) -> None:
    """One colour, often white or pale."""
    brush.box(*area, brush.pick([brush.colour(), brush.ink.paper, 0xFFFFFFFF]))


def gradient(brush: Brush, area: Area) -> None:
    """A run from one colour to another, straight or round."""
    a, b = brush.colour(), brush.pick([brush.colour(), brush.ink.paper])
    if brush.chance(0.3):
        brush.box(*area, b)
        x, y = area.at(brush.u(0.2, 0.8), brush.u(0.2, 0.8))
        brush.glow(x, y, max(area.width, area.height) * brush.u(0.5, 0.9), a)
    else:
        brush.gradient(slab(*area), a, b, brush.u(0, 180))


def halves(brush: Brush, area: Area) -> None:
    """Two or three fields of colour with slanting borders."""
    brush.box(*area, brush.colour())
    for _ in range(brush.n(1, 2)):
        a, b = brush.u(0, 1), brush.u(0, 1)
        pts = [area.at(a, 0), area.at(1, 0), area.at(1, 1), area.at(b, 1)]
        if brush.chance(0.5):
            pts = [area.at(0, a), area.at(1, b), area.at(1, 1), area.at(0, 1)]
        brush.flat(poly(pts), brush.colour())


def pattern(brush: Brush, area: Area) -> None:
    """Dots, stripes, checks, stars or hearts in rows."""
    a = brush.colour()
    brush.box(*area, a)
    b = brush.pick([lighter(a, 0.4), darker(a, 0.25), brush.colour()])
    step = max(area.width, area.height) / brush.u(5, 18)
    form = brush.n(0, 5)
    reach = max(area.width, area.height) * 0.75
    with brush.placed(*area.at(0.5, 0.5), 1.0, brush.u(-45, 45) if brush.chance(0.6) else 0) as p:
        count = int(reach / step)
        if form == 0:
            for i in range(-count, count + 1):
                p.box(i * step, -reach, (i + 0.5) * step, reach, b)
            return
        path = skia.Path()
        for i in range(-count, count + 1):
            for j in range(-count, count + 1):
                x, y = (i + (j % 2) * 0.5) * step, j * step
                if form == 1:
                    path.addRect(skia.Rect(x, y, x + step / 2, y + step))
                elif form == 2:
                    path.addPath(star(x, y, step * 0.3, step * 0.13, 5))
                elif form == 3:
                    path.addPath(heart(x, y, step * 0.22))
                else:
                    path.addCircle(x, y, step * (0.28 if form == 4 else 0.12))
        p.flat(path, b)


def rays(brush: Brush, area: Area) -> None:
    """Sunburst sectors."""
    a, b = brush.colour(), brush.colour()
    brush.box(*area, a)
    x, y = area.at(brush.u(0.2, 0.8), brush.u(0.2, 1.0))
    reach, count = (area.width + area.height) * 1.2, brush.n(8, 22)
    path = skia.Path()
    for k in range(count):
        ends = [2 * np.pi * (k + h) / count for h in (0, 0.5)]
        tips = [(x, y), *((x + reach * np.cos(t), y + reach * np.sin(t)) for t in ends)]
        path.addPoly([skia.Point(float(u), float(v)) for u, v in tips], True)
    brush.flat(path, b)


def bokeh(brush: Brush, area: Area) -> None:
    """Discs of light out of focus."""
    a = darker(brush.colour(), brush.u(0, 0.6))
    brush.gradient(slab(*area), a, brush.colour(), brush.u(0, 180))
    for _ in range(brush.n(8, 40)):
        x, y = area.at(brush.u(0, 1), brush.u(0, 1))
        r = max(area.width, area.height) * brush.u(0.01, 0.12)
        brush.glow(x, y, r, fade(lighter(brush.colour(), 0.4), brush.u(0.2, 0.8)), edge=0.9)


def toned(brush: Brush, area: Area) -> None:
    """Screentone, in one density or growing."""
    brush.box(*area, 0xFFFFFFFF if brush.ink.grey else brush.ink.paper)
    if brush.chance(0.4):
        brush.tone(slab(*area), brush.u(0.08, 0.6))
        return
    steps, low, high = 7, brush.u(0.05, 0.2), brush.u(0.3, 0.8)
    for i in range(steps):
        strip = slab(area.x0, area.at(0, i / steps)[1], area.x1, area.at(0, (i + 1) / steps)[1])
        brush.tone(strip, low + (high - low) * i / steps)


def motion(brush: Brush, area: Area) -> None:
    """Focus or speed lines on white, black or colour."""
    ground = brush.pick([0xFFFFFFFF, 0xFF101010, brush.ink.paper, brush.colour()])
    brush.box(*area, ground)
    colour = 0xFF101010 if ground != 0xFF101010 else 0xFFFFFFFF
    if brush.chance(0.3):
        colour = brush.colour()
    (focus_lines if brush.chance(0.6) else speed_lines)(brush, area, colour)


def wash(brush: Brush, area: Area, strength: float = 1.0) -> None:
    """Blotches of paint or paper: a few random colours, blown up smoothly."""
    cells = brush.n(3, 14)
    picks = [brush.colour() for _ in range(5)]
    table = np.asarray([[c >> 16 & 255, c >> 8 & 255, c & 255, 255] for c in picks], np.float32)
    weights = brush.rng.dirichlet(np.full(5, 0.6), (cells, cells)).astype(np.float32)
    tile = (weights @ table).astype(np.uint8)
    image = skia.Image.fromarray(np.ascontiguousarray(tile), skia.kRGBA_8888_ColorType)
    target = skia.Rect(area.x0 - 8, area.y0 - 8, area.x1 + 8, area.y1 + 8)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
    brush.canvas.drawImageRect(image, target, sampling, skia.Paint(Alphaf=strength))


def surface(brush: Brush, area: Area) -> None:
    """The ground a finished picture is painted on: bristles, canvas, paper, uneven paint, darker corners."""
    wide, high = brush.n(20, 130), brush.n(20, 130)
    strength = brush.u(0.15, 0.6)
    grey = brush.rng.normal(128, 70 * strength, (high, wide)).clip(0, 255).astype(np.uint8)
    tile = np.full((high, wide, 4), 255, np.uint8)
    tile[..., :3] = grey[..., None]
    image = skia.Image.fromarray(tile, skia.kRGBA_8888_ColorType)
    paint = skia.Paint(BlendMode=skia.BlendMode.kOverlay)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
    with brush.placed(*area.at(0.5, 0.5), max(area.width, area.height), brush.u(-50, 50)) as b:
        b.canvas.drawImageRect(image, skia.Rect(-0.8, -0.8, 0.8, 0.8), sampling, paint)
    if brush.chance(0.5):
        middle = skia.Point(*area.at(brush.u(0.3, 0.7), brush.u(0.3, 0.7)))
        reach = max(area.width, area.height) * brush.u(0.6, 1.0)
        rim = fade(0xFF000000, brush.u(0.2, 0.7))
        shader = skia.GradientShader.MakeRadial(middle, reach, [0x00000000, 0x00000000, rim], [0.0, 0.4, 1.0])
        brush.canvas.drawRect(skia.Rect(*area), skia.Paint(Shader=shader))


def strokes(brush: Brush, area: Area) -> None:
    """Broad brush strokes over a wash."""
    wash(brush, area)
    turn, size = brush.u(0, 360), max(area.width, area.height)
    for _ in range(brush.n(20, 70)):
        x, y = area.at(brush.u(0, 1), brush.u(0, 1))
        reach = size * brush.u(0.05, 0.25)
        with brush.placed(x, y, reach, turn + brush.u(-40, 40)) as p:
            p.streak(bend((-1, 0), (1, 0), p.u(-0.2, 0.2)), p.u(0.1, 0.5), fade(p.colour(), p.u(0.3, 0.9)))


def marbled(brush: Brush, area: Area) -> None:
    """Fractal noise between two colours: stone, clouds, dirt."""
    wash(brush, area)
    scale = 1 / (max(area.width, area.height) * brush.u(0.03, 0.3))
    noise = skia.PerlinNoiseShader.MakeFractalNoise(scale, scale * brush.u(0.4, 1), 2, brush.n(0, 999))
    paint = skia.Paint(Shader=noise, BlendMode=skia.BlendMode.kSoftLight)
    if brush.ink.grey:
        paint.setColorFilter(skia.LumaColorFilter.Make())
    brush.canvas.drawRect(skia.Rect(*area), paint)


def poster(brush: Brush, area: Area) -> None:
    """Big letters and lines of writing on a ground."""
    (flat if brush.chance(0.6) else gradient)(brush, area)
    for _ in range(brush.n(1, 3)):
        x, y = area.at(brush.u(0, 0.5), brush.u(0, 0.8))
        lettering(brush, Area(x, y, x + area.width * brush.u(0.3, 0.6), y + area.height * brush.u(0.1, 0.3)))
    x, y = area.at(brush.u(0, 0.4), brush.u(0.1, 0.8))
    block = Area(x, y, x + area.width * brush.u(0.3, 0.6), y + area.height * brush.u(0.1, 0.5))
    writing(brush, block, area.height * brush.u(0.02, 0.06), darker(brush.colour(), 0.6))


def shapes(brush: Brush, area: Area) -> None:
    """Overlapping flat ovals, boxes, stars and curves: clutter of no meaning."""
    brush.box(*area, brush.colour())
    size = max(area.width, area.height)
    for _ in range(brush.n(6, 26)):
        x, y = area.at(brush.u(0, 1), brush.u(0, 1))
        r = size * brush.u(0.02, 0.2)
        form = brush.n(0, 4)
        if form == 0:
            path = oval(x, y, r, r * brush.u(0.4, 1))
        elif form == 1:
            path = slab(x - r, y - r * brush.u(0.3, 1), x + r, y + r, r * brush.u(0, 0.4))
        elif form == 2:
            path = star(x, y, r, r * brush.u(0.4, 0.9), brush.n(3, 9))
        else:
            path = poly([(x + r * brush.u(-1, 1), y + r * brush.u(-1, 1)) for _ in range(brush.n(3, 5))])
        brush.shape(path, brush.colour(), line=brush.chance(0.5))


def doodles(brush: Brush, area: Area) -> None:
    """Scribbles on paper."""
    brush.box(*area, brush.ink.paper)
    scribbles(brush, area, brush.n(8, 40))


def dream(brush: Brush, area: Area) -> None:
    """A soft run with sparkles, bubbles or hearts."""
    gradient(brush, area)
    sparkles(brush, area, brush.n(8, 40))


def cloth(brush: Brush, area: Area) -> None:
    """A sheet full of folds."""
    colour = brush.colour()
    brush.box(*area, colour)
    size = max(area.width, area.height)
    turn = brush.u(-60, 60) + 90
    with brush.placed(*area.at(0.5, 0.5), size, turn) as p:
        for y in np.linspace(-0.8, 0.8, brush.n(5, 16)):
            a, b = (-0.8, y + p.u(-0.1, 0.1)), (0.8, y + p.u(-0.15, 0.15))
            arc = bend(a, b, p.u(-0.15, 0.15))
            low = [(q[0], q[1] + 0.02 + 0.06 * np.sin(np.pi * i / 5)) for i, q in enumerate(arc)]
            p.flat(
                poly([*arc, *low[::-1]]),
                fade(darker(colour, 0.4), 0.6) if p.chance(0.7) else lighter(colour, 0.2),
            )
            p.detail(arc, p.u(0.4, 1.4), colour)


GROUNDS = {
    "flat": flat,
    "gradient": gradient,
    "halves": halves,
    "pattern": pattern,
    "rays": rays,
    "bokeh": bokeh,
    "toned": toned,
    "motion": motion,
    "wash": wash,
    "strokes": strokes,
    "marbled": marbled,
    "poster": poster,
    "screen": screen,
    "shapes": shapes,
    "doodles": doodles,
    "dream": dream,
    "cloth": cloth,
}
_WEIGHTS = {"flat": 4.0, "gradient": 2.5, "halves": 1.0, "pattern": 1.0, "marbled": 0.6} | {
    k: 1.0 for k in (*GROUNDS, *PLACES) if k not in ("flat", "gradient", "halves", "pattern", "marbled")
}
