"""Manpu: every mark is drawn, in its layer, and moves no label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import skia

from charaface.synth.anatomy import Place, Turn
from charaface.synth.cast import sample_character
from charaface.synth.character import draw_character, part_masks
from charaface.synth.eyes import Lids
from charaface.synth.labels import generator
from charaface.synth.manpu import EYES, MARKS, OVER, SKIN
from charaface.synth.moments import sample_state

SIZE = 192


def _drawn(marks: tuple[str, ...], palette: str = "colour"):
    rng = generator(41, 0)
    who = sample_character(rng, "anime")
    style = replace(who.style, palette=palette, shading="flat")
    who = replace(who, style=style, hat="", glasses="", hair=replace(who.hair, kind="bald", back="none"))
    state = sample_state(rng, who, "neutral")
    state = replace(state, turn=Turn(), left=Lids(), right=Lids(), cover="", marks=marks)
    pixels = np.full((SIZE, SIZE, 4), 120, np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    drawn = draw_character(canvas, who, state, Place(96, 96, 45.0), np.random.default_rng(0), masks=True)
    return pixels[..., :3].copy(), drawn


def test_a_mark_belongs_to_one_layer():
    assert len(set(MARKS)) == len(MARKS) == len(SKIN) + len(EYES) + len(OVER)


@pytest.mark.parametrize("palette", ["colour", "ink", "grey"])
@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_seen_and_moves_no_label_and_no_part(name, palette):
    plain, without = _drawn((), palette)
    marked, with_it = _drawn((name,), palette)
    changed = (np.abs(plain.astype(int) - marked) > 12).any(axis=2)
    if not (palette == "ink" and name in ("flush", "pale", "green")):  # a tint: black and white has none
        assert changed.sum() > 8
    np.testing.assert_array_equal(without.points, with_it.points)
    np.testing.assert_array_equal(part_masks(without, SIZE, SIZE), part_masks(with_it, SIZE, SIZE))
    if palette != "colour":
        assert (marked.max(axis=2) == marked.min(axis=2)).all()


def test_a_mark_looks_the_same_in_every_frame():
    one, other = _drawn(("sweat", "vein"))[0], _drawn(("sweat", "vein"))[0]
    np.testing.assert_array_equal(one, other)
