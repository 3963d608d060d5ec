"""Props, backgrounds and inks: every one draws, in every technique, the same for the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import skia

from charaface.synth.labels import DOMAINS, generator
from charaface.synth.stage.backdrop import GROUNDS, draw_backdrop, paint_ground
from charaface.synth.stage.brush import Brush, bend, oval, tube
from charaface.synth.stage.ink import TECHNIQUES, darker, fade, lighter, luminance, mix, sample_ink
from charaface.synth.stage.marks import Area, balloon
from charaface.synth.stage.pages import split_page
from charaface.synth.stage.places import PLACES
from charaface.synth.stage.props import FILLERS, PROPS, draw_prop, sample_prop

SIZE = 64
TECHNIQUE_NAMES = sorted(set(TECHNIQUES.values()))


def painted(draw: Callable[[skia.Canvas], None], size: int = SIZE) -> np.ndarray:
    pixels = np.zeros((size, size, 4), np.uint8)
    draw(skia.Surface(pixels).getCanvas())
    return pixels


def one_prop(name: str, seed: int, kind: str | None = None) -> np.ndarray:
    rng = generator(seed, 0)
    ink = sample_ink(rng, kind)
    return painted(lambda canvas: draw_prop(canvas, rng, name, (8, 8, SIZE - 8, SIZE - 8), ink))


@pytest.mark.parametrize("name", sorted(PROPS))
def test_every_prop_draws_something_and_the_same_again(name: str) -> None:
    first = one_prop(name, 1)
    assert (first[..., 3] > 0).mean() > 0.004
    assert np.array_equal(first, one_prop(name, 1))


@pytest.mark.parametrize("kind", TECHNIQUE_NAMES)
def test_props_draw_in_every_technique(kind: str) -> None:
    for seed, name in enumerate(sorted(PROPS)[::6]):
        assert one_prop(name, seed, kind).any()


def test_a_prop_stays_near_its_box() -> None:
    rng = generator(3, 3)
    ink = sample_ink(rng, "anime")
    pixels = painted(lambda canvas: draw_prop(canvas, rng, "fist", (100, 100, 140, 140), ink), 240)
    ys, xs = np.nonzero(pixels[..., 3])
    assert xs.min() > 80
    assert xs.max() < 160
    assert ys.min() > 80
    assert ys.max() < 165


def test_fillers_are_sampled_only_on_request() -> None:
    rng = generator(0, 0)
    assert set(FILLERS) <= set(PROPS)
    assert not set(FILLERS) & {sample_prop(rng) for _ in range(400)}
    assert set(FILLERS) & {sample_prop(rng, fillers=True) for _ in range(400)}


@pytest.mark.parametrize("kind", [*GROUNDS, *PLACES])
def test_every_background_covers_its_area(kind: str) -> None:
    for seed in range(3):
        rng = generator(seed, 1)
        ink = sample_ink(rng)
        pixels = painted(
            lambda canvas, rng=rng, ink=ink: paint_ground(Brush(canvas, rng, ink), Area(0, 0, SIZE, SIZE), kind)
        )
        assert pixels[..., 3].min() > 250


def test_a_background_stays_in_its_area() -> None:
    rng = generator(2, 2)
    pixels = painted(lambda canvas: paint_ground(Brush(canvas, rng, sample_ink(rng)), Area(16, 16, 48, 48), "garden"))
    outside = pixels[..., 3].copy()
    outside[15:49, 15:49] = 0
    assert not outside.any()


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_backdrop_is_drawn_for_every_domain(domain: str) -> None:
    def draw(canvas: skia.Canvas) -> None:
        draw_backdrop(canvas, generator(5, 6), (SIZE, SIZE), domain)

    assert painted(draw)[..., 3].min() > 250
    assert np.array_equal(painted(draw), painted(draw))


def test_an_unknown_background_or_prop_raises() -> None:
    rng = generator(0, 1)
    canvas = skia.Surface(8, 8).getCanvas()
    with pytest.raises(KeyError, match="swamp"):
        paint_ground(Brush(canvas, rng, sample_ink(rng)), Area(0, 0, 8, 8), "swamp")
    with pytest.raises(KeyError, match="dodo"):
        draw_prop(canvas, rng, "dodo", (0, 0, 8, 8), sample_ink(rng))


def test_a_manga_ink_has_no_colour() -> None:
    ink = sample_ink(generator(1, 1), "manga")
    assert ink.grey
    red = Brush(skia.Surface(4, 4).getCanvas(), generator(0, 0), ink).warm(0xFFFF0000)
    assert red >> 16 & 255 == red >> 8 & 255 == red & 255


@pytest.mark.parametrize("colour", [0xFF000000, 0xFFFFFFFF, 0xFF808080, 0xFFCC4020, 0xFF2040CC])
def test_colour_laws(colour: int) -> None:
    assert mix(colour, 0xFF123456, 0) == colour
    assert mix(colour, 0xFF123456, 1) == 0xFF123456
    assert luminance(darker(colour)) <= luminance(colour) + 0.07
    assert luminance(lighter(colour)) >= luminance(colour)
    assert fade(colour, 0.5) >> 24 == 128


def test_a_bend_runs_from_its_first_point_to_its_last() -> None:
    points = bend((1, 2), (5, 9), 0.4)
    assert points[0] == (1, 2)
    assert points[-1] == (5, 9)


def test_a_tube_holds_its_middle_line_and_not_much_more() -> None:
    line = bend((0, 0), (100, 0), 0.1)
    path = tube(line, [10, 10])
    assert all(path.contains(x, y) for x, y in line[1:-1])
    assert not path.contains(50, -30)


def test_a_balloon_covers_its_middle_and_its_outline_is_closed() -> None:
    for seed in range(8):
        rng = generator(seed, 4)
        brush = Brush(skia.Surface(SIZE, SIZE).getCanvas(), rng, sample_ink(rng, "comic"))
        outline = balloon(brush, Area(10, 10, 54, 40), (30.0, 60.0))
        assert outline.contains(32, 25)
        assert not outline.contains(2, 2)


def test_an_oval_has_the_asked_bounds() -> None:
    bounds = oval(10, 20, 3, 5).getBounds()
    assert (bounds.left(), bounds.top(), bounds.right(), bounds.bottom()) == (7, 15, 13, 25)


@pytest.mark.parametrize("seed", range(10))
def test_panels_lie_on_the_page_and_do_not_overlap(seed: int) -> None:
    panels = split_page(generator(seed, 0), Area(0, 0, 300, 400))
    grid = np.zeros((400, 300), int)
    for p in panels:
        assert p.x0 >= 0
        assert p.y0 >= 0
        assert p.x1 <= 300
        assert p.y1 <= 400
        grid[int(np.ceil(p.y0)) : int(p.y1), int(np.ceil(p.x0)) : int(p.x1)] += 1
    assert grid.max() == 1
