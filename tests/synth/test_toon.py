"""Drawings of a head: flat, in the person's colours, the same from every side, line upon line with the photograph."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from charaface.synth.camera import Shot
from charaface.synth.dress import Dress
from charaface.synth.head import Look, Studio
from charaface.synth.head_beard import Beard
from charaface.synth.head_hair import HeadHair
from charaface.synth.head_hat import Hat
from charaface.synth.head_wear import Glasses, Scarf
from charaface.synth.labels import ALSO, PARTS, Render
from charaface.synth.outfit import Outfit
from charaface.synth.person import MIMICS, TONES, Moment, both_sides, sample_person
from charaface.synth.photograph import render_photograph, render_toon, sample_light, studio
from charaface.synth.toon import draw
from charaface.synth.toon_paint import INK, flat_colours, lifted, nearest, skin_colours

SIZE = 160
Key = tuple[int, ...]


@pytest.fixture(scope="module")
def heads(heads_file) -> Studio:
    return studio(heads_file)


@pytest.fixture(scope="module")
def look(heads: Studio) -> Look:
    """Somebody with short brown hair."""
    who = sample_person(np.random.default_rng(4))
    skin = replace(who.skin, tone=TONES["light"], brow=(0.1, 0.07, 0.05))
    return heads.look(replace(who, skin=skin, hair=HeadHair((0.3, 0.2, 0.1)), beard=None))


@pytest.fixture(scope="module")
def shot() -> Shot:
    return Shot(
        SIZE, 6.0, (80.0, 78.0), sample_light(np.random.default_rng(0)), 100.0, Dress(colour=(0.2, 0.3, 0.7)),
        aligned=True,
    )  # fmt: skip


def key(colour: tuple[float, float, float]) -> Key:
    return tuple(np.round(255 * np.asarray(colour)).astype(int).tolist())


def colours(render: Render) -> Counter[Key]:
    return Counter(map(tuple, render.image.reshape(-1, 3).tolist()))


def common(render: Render, share: float) -> set[Key]:
    """Colours of at least so much of a picture."""
    return {colour for colour, count in colours(render).items() if count >= share * SIZE**2}


def part(render: Render, *names: str) -> np.ndarray:
    assert render.masks is not None
    return np.isin(render.masks[0], [PARTS.index(name) for name in names])


def test_a_drawing_is_of_a_few_flat_colours(heads, look, shot) -> None:
    drawn = draw(heads, look, Moment(15), shot)
    flat = common(drawn, 0.003)
    assert len(flat) < 20
    assert sum(colours(drawn)[colour] for colour in flat) > 0.8 * SIZE**2


@pytest.mark.parametrize("angle", [(-60, 10), (25, -15), (80, 0)])
def test_two_angles_are_drawn_in_the_same_colours(heads, look, shot, angle) -> None:
    front, turned = draw(heads, look, Moment(), shot), draw(heads, look, Moment(*angle), shot)
    every = set(colours(front)) & set(colours(turned))
    assert common(front, 0.02) <= set(colours(turned))
    assert common(turned, 0.02) <= set(colours(front))
    for wanted in (*skin_colours(look.person.skin)["skin"], lifted(look.person.hair.colour, 0.06), shot.dress.colour):
        assert key(wanted) in every


def test_the_light_of_the_photograph_changes_nothing(heads, look, shot) -> None:
    other = replace(shot, light=sample_light(np.random.default_rng(9)), backdrop=np.zeros((2, 2, 3), np.float32))
    assert np.array_equal(draw(heads, look, Moment(10), shot).image, draw(heads, look, Moment(10), other).image)
    assert not np.array_equal(heads.render(look, Moment(10), shot).image, heads.render(look, Moment(10), other).image)


def test_a_drawing_lies_on_its_photograph(heads, look, shot) -> None:
    outfit = Outfit(Glasses(), None, Hat("cap", (0.6, 0.1, 0.1)), Scarf((0.2, 0.5, 0.3)))
    shapes = both_sides(MIMICS["happy"][3], heads.kit.expression_names)
    for moment in (Moment(), Moment(40, 10, 12, "happy", shapes), Moment(-85, -20)):
        photo, drawn = (make(heads, look, moment, shot, outfit, ALSO) for make in (Studio.render, draw))
        assert np.abs(photo.faces[0].landmarks.points - drawn.faces[0].landmarks.points).max() < 0.02
        assert np.abs(photo.points3d.points - drawn.points3d.points).max() == 0
        assert (photo.masks == drawn.masks).mean() > 0.97
        assert (np.abs(photo.alpha.astype(int) - drawn.alpha) > 128).mean() < 0.005
        assert (photo.faces[0].landmarks.visible == drawn.faces[0].landmarks.visible).mean() > 0.9
        assert photo.faces[0].accessories == drawn.faces[0].accessories
        near = np.abs(photo.uv - drawn.uv).max(axis=-1)
        assert np.nanmedian(near) < 0.01


def test_contours_run_where_the_head_ends(heads, look, shot) -> None:
    drawn = draw(heads, look, Moment(), shot)
    dark = drawn.image.max(axis=2) < 110
    rim = (drawn.alpha > 0) & (drawn.alpha < 255)
    rim[0] = rim[-1] = rim[:, 0] = rim[:, -1] = False
    beside = dark | np.roll(dark, 1, 0) | np.roll(dark, -1, 0) | np.roll(dark, 1, 1) | np.roll(dark, -1, 1)
    assert beside[rim].mean() > 0.98
    assert (drawn.image[drawn.alpha == 0] == 255).mean() > 0.98


@pytest.mark.parametrize("size", [96, 192])
@pytest.mark.parametrize("tone", ["very_light", "dark"])
def test_brows_eyes_and_lips_can_be_read(heads, look, shot, size, tone) -> None:
    skin = replace(look.person.skin, tone=TONES[tone], lips=tuple(np.multiply(TONES[tone], (0.9, 0.6, 0.65)).tolist()))
    who = heads.look(replace(look.person, skin=skin))
    drawn = draw(heads, who, Moment(), replace(shot, size=size))
    grey = drawn.image @ np.array([0.3, 0.6, 0.1])
    points = drawn.faces[0].landmarks.points
    plain = np.median(grey[part(drawn, "skin")])

    def around(at: np.ndarray, r: int) -> np.ndarray:
        x, y = np.round(at).astype(int)
        return grey[y - r : y + r + 1, x - r : x + r + 1]

    dark = 0.2 * plain
    for brow in (19, 24):
        assert around(points[brow], 2).min() < plain - dark
    for eye in (points[36:42], points[42:48]):
        its = around(eye.mean(axis=0), size // 48)
        assert its.max() - its.min() > 90
    assert around(points[62], 1).min() < plain - dark


def test_happy_and_neutral_are_told_apart_by_the_drawn_mouth(heads, look, shot) -> None:
    shapes = both_sides(MIMICS["happy"][2], heads.kit.expression_names)
    rest, happy = (draw(heads, look, Moment(shapes=one), shot) for one in ({}, shapes))
    assert part(happy, "teeth").sum() > 15
    assert colours(happy)[key((0.95, 0.94, 0.92))] > 10
    assert colours(rest)[key((0.95, 0.94, 0.92))] == 0
    changed = np.abs(rest.image.astype(int) - happy.image).max(axis=2) > 60
    x0, x1 = happy.faces[0].landmarks.points[[48, 54], 0].astype(int)
    y = int(happy.faces[0].landmarks.points[62, 1])
    assert changed[y - 4 : y + 12, x0:x1].mean() > 0.25


def test_beards_and_dark_glasses_are_drawn(heads, look, shot) -> None:
    bearded = replace(look, person=replace(look.person, beard=Beard("full", (0.8, 0.7, 0.5))))
    assert colours(draw(heads, bearded, Moment(), shot))[key(lifted((0.8, 0.7, 0.5), 0.06))] > 60
    dark = draw(heads, look, Moment(), shot, Outfit(Glasses("large", dark=0.95, mirror=0.0)))
    assert part(dark, "glasses").sum() > 300
    assert not dark.faces[0].landmarks.visible[36:48].any()


def test_black_hair_is_not_as_dark_as_its_contour() -> None:
    for channel, ink in zip(lifted((0.0, 0.0, 0.0), 0.06), INK, strict=True):
        assert channel > 0
        assert channel < ink + 0.06


def test_many_colours_become_the_few_that_they_are() -> None:
    rng = np.random.default_rng(0)
    red, blue = np.array([0.8, 0.1, 0.1]), np.array([0.1, 0.2, 0.8])
    seen = np.concatenate([red + rng.normal(0, 0.03, (300, 3)), blue + rng.normal(0, 0.03, (100, 3))])
    pairs = flat_colours(*seen)
    assert len(pairs) == 2
    assert np.allclose([light for light, _ in pairs], [red, blue], atol=0.05)
    assert nearest(seen, pairs).tolist() == [0] * 300 + [1] * 100
    assert all(max(dark) < max(light) for light, dark in pairs)


def test_a_toon_is_the_person_of_the_photograph_on_paper_of_one_colour(heads) -> None:
    papers = set()
    for index in range(6):
        toon, photograph = (render(heads, 4, index, 128) for render in (render_toon, render_photograph))
        assert toon.faces[0].domain == {"cartoon": 1.0}
        assert np.abs(toon.faces[0].landmarks.points - photograph.faces[0].landmarks.points).max() < 0.01
        assert toon.faces[0].colours == photograph.faces[0].colours
        clear = toon.image[toon.alpha == 0]
        paper = np.median(clear, axis=0).astype(np.uint8)
        assert (clear == paper).all(axis=1).mean() > 0.8  # the rest is contour
        papers.add(tuple(paper.tolist()))
    assert (255, 255, 255) in papers
    assert len(papers) > 1
    assert render_toon(heads, 4, 0, 128, ()).alpha is None
