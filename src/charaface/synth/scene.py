"""Whole pictures: scenes of none to eight faces with all that stands round them, and pictures without any face."""

from __future__ import annotations

import numpy as np

from charaface.synth.crops import draw_light
from charaface.synth.labels import Render, generator
from charaface.synth.points import layout_named
from charaface.synth.stage.backdrop import paint_ground, surface
from charaface.synth.stage.brush import Brush
from charaface.synth.stage.ink import sample_ink
from charaface.synth.stage.layouts import LAYOUTS, Hand, face_count, lay_mark, near_things, sample_hand
from charaface.synth.stage.marks import Area, lettering, writing
from charaface.synth.stage.sheet import Sheet

EMPTY = 0.35  # share of scenes without a face


def render_scene(seed: int, index: int, size: tuple[int, int] = (320, 320), *, scheme: str = "ibug68") -> Render:
    """A picture of (width, height) pixels with none to eight faces; the same for the same seed, index and size.

    scheme: that of their points, ibug68 or manga60a; the picture and all other labels are the same in both.
    """
    layout_named(scheme)  # a picture may have no face that would tell
    rng = generator(seed, index)
    sheet = Sheet(*size, rng, scheme)
    empty = rng.random() < EMPTY
    names = list(LAYOUTS)
    odds = np.asarray([w for _, w in LAYOUTS.values()])
    name = names[int(rng.choice(len(names), p=odds / odds.sum()))]
    hand = sample_hand(rng)
    LAYOUTS[name][0](sheet, hand, 0 if empty else face_count(rng))
    if rng.random() < 0.15:
        _overlay(sheet)
    faces = sheet.faces()
    _finish(sheet, hand)
    return Render(sheet.pixels[..., :3].copy(), faces)


def render_negative(seed: int, index: int, size: int = 160) -> Render:
    """A size x size picture without any face: mostly one thing, near, that a detector takes for a face."""
    rng = generator(seed, index)
    sheet = Sheet(size, size, rng)
    hand = sample_hand(rng)
    brush = Brush(sheet.canvas, rng, hand.ink)
    if rng.random() < 0.12:
        LAYOUTS[str(rng.choice(["page", "page", "novel", "novel", "icons"]))][0](sheet, hand, 0)
    else:
        paint_ground(brush, sheet.whole, None)
        if rng.random() < 0.82:
            near_things(sheet, hand.ink, sheet.whole, 1 if rng.random() < 0.6 else int(rng.integers(2, 5)))
        if rng.random() < 0.2:
            lay_mark(brush, sheet.whole)
    _finish(sheet, hand)
    return Render(sheet.pixels[..., :3].copy(), [])


def _finish(sheet: Sheet, hand: Hand) -> None:
    """Light and paint over the whole picture; nothing moves and nothing is covered."""
    rng = sheet.rng
    if rng.random() < 0.33:
        draw_light(sheet.canvas, rng, sheet.width, sheet.height)
    if rng.random() < (0.6 if hand.domain == "painting" else 0.1):
        surface(Brush(sheet.canvas, rng, hand.ink), sheet.whole)


def _overlay(sheet: Sheet) -> None:
    """What a broadcaster or player lays over a film: subtitles, a logo, black bars."""
    brush, clip = Brush(sheet.canvas, sheet.rng, sample_ink(sheet.rng, "flat")), sheet.whole

    def draw() -> bool:
        form = brush.n(0, 2)
        if form == 0:
            low = clip.height * brush.u(0.05, 0.14)
            brush.box(clip.x0, clip.y0, clip.x1, clip.y0 + low, 0xFF000000)
            brush.box(clip.x0, clip.y1 - low, clip.x1, clip.y1, 0xFF000000)
        elif form == 1:
            text = Area(*clip.at(0.15, 0.82), *clip.at(0.85, 0.95))
            writing(brush, text, clip.height * brush.u(0.03, 0.06), brush.pick([0xFFFFFFFF, 0xFFFFE860]))
        else:
            lettering(brush, Area(*clip.at(0.03, 0.03), *clip.at(0.25, 0.14)))
        return True

    sheet.attempt(draw)
