"""One face a picture: what the landmark network learns from."""

from __future__ import annotations

import numpy as np
import skia

from charaface.synth.anatomy import Place
from charaface.synth.cast import sample_character
from charaface.synth.character import draw_character, part_masks
from charaface.synth.labels import Render, generator
from charaface.synth.moments import sample_state
from charaface.synth.stage.backdrop import draw_backdrop


def draw_light(canvas: skia.Canvas, rng: np.random.Generator, width: int, height: int, hues: int = 2) -> None:
    """One light over the whole picture: a coloured gradient that multiplies, screens or overlays what is there.

    hues: 1 for a light of one colour, which tints a page as print and old paper do and gives it no colours of its own.
    """
    mode = (skia.BlendMode.kMultiply, skia.BlendMode.kScreen, skia.BlendMode.kOverlay)[int(rng.integers(3))]
    hue = [rng.uniform(0, 1, 3).tolist() for _ in range(2)]
    ends = [skia.Color4f(*hue[k % hues], float(rng.uniform(0.0, 0.5))).toColor() for k in range(2)]
    x0, y0, x1, y1 = (rng.uniform(0, 1, 4) * [width, height, width, height]).tolist()
    if rng.random() < 0.5:
        shader = skia.GradientShader.MakeLinear(points=[skia.Point(x0, y0), skia.Point(x1, y1)], colors=ends)
    else:
        shader = skia.GradientShader.MakeRadial(skia.Point(x0, y0), float(rng.uniform(0.3, 1.2)) * width, ends)
    canvas.drawPaint(skia.Paint(Shader=shader, BlendMode=mode))


def render_face(
    seed: int,
    index: int,
    size: int = 160,
    *,
    domain: str | None = None,
    expression: str | None = None,
    masks: bool = False,
    scheme: str = "ibug68",
) -> Render:
    """One face whose box fills four tenths to two thirds of a size x size picture.

    domain: of labels.DOMAINS, expression: of face.EXPRESSIONS; any, as often as they are drawn, where none is named.
    scheme: that of its points, ibug68 or manga60a; the picture and all other labels are the same in both.
    """
    rng = generator(seed, index)
    pixels = np.zeros((size, size, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    who = sample_character(rng, domain)
    state = sample_state(rng, who, expression)
    kind = who.style.domain if who.style.palette == "colour" else "manga"
    draw_backdrop(canvas, rng, (size, size), kind)
    tall = (who.build.chin + 0.45) * 1.3 * who.build.stretch
    wide = 2 * who.build.half_width
    unit = size * rng.uniform(0.42, 0.64) / max(tall, wide) * who.build.half_width
    lift = (who.build.chin - 0.9) / 2 * who.build.stretch * unit / who.build.half_width
    place = Place(size / 2 + rng.uniform(-0.05, 0.05) * size, size / 2 - lift + rng.uniform(-0.05, 0.05) * size, unit)
    drawn = draw_character(canvas, who, state, place, rng, masks=masks, scheme=scheme)
    if rng.random() < 0.45:
        draw_light(canvas, rng, size, size, 2 if who.style.palette == "colour" else 1)
    face = drawn.face(size, size, scheme)
    labels = part_masks(drawn, size, size) if masks else None
    alpha = np.where(labels > 0, 255, 0).astype(np.uint8) if labels is not None else None
    return Render(pixels[..., :3].copy(), [face] if face else [], labels[None] if labels is not None else None, alpha)
