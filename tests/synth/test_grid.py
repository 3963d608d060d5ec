"""Capture grids: the product of their axes, one person in it all."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.face import EXPRESSIONS
from charaface.synth.grid import AXES, LIGHTS, MOST, cells, light_named, render_grid, sample_sitter
from charaface.synth.head import Studio
from charaface.synth.outfit import DARK, WORN
from charaface.synth.photograph import studio


@pytest.fixture(scope="module")
def heads(heads_file) -> Studio:
    return studio(heads_file)


def test_a_grid_is_the_product_of_its_axes() -> None:
    axes = {"yaw": [-90, 30], "pitch": [0], "light": ["front"], "accessory": ["bare", "hat"], "expression": ["sad"]}
    names = [cell.name for cell in cells(axes)]
    assert names == [
        "-90_+00_front_bare_sad_photo",
        "-90_+00_front_hat_sad_photo",
        "+30_+00_front_bare_sad_photo",
        "+30_+00_front_hat_sad_photo",
    ]


def test_the_grid_that_is_made_where_no_axis_is_given_is_of_moderate_size() -> None:
    every = cells()
    assert len({cell.name for cell in every}) == len(every) == np.prod([len(values) for values in AXES.values()]) == 315
    assert {cell.expression for cell in every} == set(EXPRESSIONS)
    assert {cell.yaw for cell in every} >= {-90, 0, 90}


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ({"roll": [3]}, "no axis 'roll'"),
        ({"yaw": []}, "axis yaw needs values, each once, got none"),
        ({"yaw": [0, 0]}, "each once, got 0, 0"),
        ({"yaw": [91]}, "yaw is whole degrees, -90 to 90, got 91"),
        ({"pitch": ["up"]}, "pitch is whole degrees, -40 to 40, got 'up'"),
        ({"light": ["moon"]}, "no light 'moon'; there are front"),
        ({"accessory": ["wig"]}, "no accessory 'wig'; there are bare"),
        ({"expression": ["glee"]}, "no expression 'glee'"),
        ({"medium": ["oil"]}, "no medium 'oil'; there are photo, toon"),
    ],
)
def test_a_wrong_axis_or_value_is_named(axes: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cells(axes)


def test_a_sitter_wears_what_it_is_said(heads: Studio) -> None:
    for index in range(5):
        worn = sample_sitter(1, index, 96, heads.kit.expression_names).worn
        assert list(worn) == list(WORN)
        assert worn["glasses"].glasses.dark < DARK <= worn["sunglasses"].glasses.dark
        assert worn["hat"].hat is not None
        assert worn["mask"].mask.top == 0
        for name, outfit in worn.items():
            things = [outfit.glasses, outfit.mask, outfit.hat, outfit.scarf, *outfit.things]
            assert sum(thing is not None for thing in things) == (name != "bare")


def test_every_cell_shows_what_its_name_says(heads: Studio) -> None:
    axes = {"yaw": [-45, 0], "pitch": [20], "accessory": ["bare", "sunglasses"], "expression": ["happy", "neutral"]}
    chosen = cells(axes | {"light": ["left"], "medium": ["photo", "toon"]})
    found = list(render_grid(heads, 2, 0, 64, chosen))
    assert [cell for cell, _ in found] == chosen
    for cell, render in found:
        face = render.faces[0]
        assert face.notes == {"person": "000000"} | cell.notes()
        assert (face.pose.yaw, face.pose.pitch) == (cell.yaw, cell.pitch)
        assert face.emotion.label == cell.expression
        assert face.accessories["sunglasses"] == (cell.accessory == "sunglasses")
        assert face.domain == ({"photo": 1.0} if cell.medium == "photo" else {"cartoon": 1.0})


def test_a_cell_is_the_same_whatever_else_is_in_the_grid(heads: Studio) -> None:
    one = cells({"yaw": [30], "light": ["above"], "accessory": ["hat"], "expression": ["sad"]})
    many = cells({"yaw": [-30, 30], "light": ["above"], "accessory": ["glasses", "hat"], "expression": ["sad", "fear"]})
    ((_, alone),) = render_grid(heads, 2, 1, 64, one)
    assert np.array_equal(alone.image, dict(render_grid(heads, 2, 1, 64, many))[one[0]].image)


def test_a_lamp_lights_the_side_that_it_stands_on(heads: Studio) -> None:
    chosen = cells({"yaw": [0], "light": ["left", "right"], "accessory": ["bare"], "expression": ["neutral"]})
    shares = []
    for _, render in render_grid(heads, 2, 0, 96, chosen):
        points = render.faces[0].landmarks.points.astype(int)
        cheeks = [
            render.image[points[33, 1] - 2 : points[33, 1] + 3, (points[k, 0] + points[33, 0]) // 2].mean()
            for k in (2, 14)
        ]
        shares.append(cheeks[0] / cheeks[1])
    assert shares[0] > 1.2
    assert shares[1] < 0.85


def test_every_light_is_a_lamp_at_a_distance_and_some_light_around() -> None:
    for name in LIGHTS:
        told = light_named(name)
        assert np.linalg.norm(told.lamp) == pytest.approx(1)
        assert told.colour.min() > 0
        assert told.above.min() > told.below.min() > 0
    assert set(MOST) == {"yaw", "pitch"}
