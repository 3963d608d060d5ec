"""Scenes: the same numbers give the same picture, labels agree with it, and negatives hold no face."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.geometry import box_from_points, clip_box
from charaface.synth.labels import Render
from charaface.synth.scene import render_negative, render_scene
from charaface.synth.stage.layouts import MOST

SCENES = 60


@pytest.fixture(scope="module")
def scenes() -> list[Render]:
    return [render_scene(11, i) for i in range(SCENES)]


@pytest.mark.parametrize("index", range(6))
def test_the_same_seed_and_index_give_the_same_bytes(index: int) -> None:
    first, again = render_scene(3, index), render_scene(3, index)
    assert first.image.tobytes() == again.image.tobytes()
    assert [f.to_dict() for f in first.faces] == [f.to_dict() for f in again.faces]


def test_a_scene_does_not_depend_on_what_was_drawn_before() -> None:
    alone = render_scene(4, 9).image
    render_scene(99, 1)
    render_negative(5, 5)
    assert np.array_equal(alone, render_scene(4, 9).image)


def test_another_index_gives_another_picture() -> None:
    assert not np.array_equal(render_scene(3, 0).image, render_scene(3, 1).image)


@pytest.mark.parametrize("size", [(320, 320), (480, 270), (200, 600), (96, 96)])
def test_a_scene_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    render = render_scene(1, 2, size)
    assert render.image.shape == (size[1], size[0], 3)
    assert render.image.dtype == np.uint8


def test_scenes_hold_none_to_eight_faces_and_many_hold_none(scenes: list[Render]) -> None:
    counts = [len(r.faces) for r in scenes]
    assert max(counts) <= MOST
    assert 0.2 < np.mean(np.equal(counts, 0)) < 0.6
    assert max(counts) >= 4


def test_boxes_lie_inside_the_picture_and_are_not_tiny(scenes: list[Render]) -> None:
    for render in scenes:
        for face in render.faces:
            x0, y0, x1, y1 = face.box.tolist()
            assert 0 <= x0 < x1 <= 320
            assert 0 <= y0 < y1 <= 320
            assert max(x1 - x0, y1 - y0) >= 10


def test_boxes_agree_with_points(scenes: list[Render]) -> None:
    for render in scenes:
        for face in render.faces:
            assert face.landmarks is not None
            hull = clip_box(box_from_points(face.landmarks.points), 320, 320)
            assert (face.box[:2] >= hull[:2] - 0.01).all()
            assert (face.box[2:] <= hull[2:] + 0.01).all()


def test_points_outside_the_picture_are_hidden(scenes: list[Render]) -> None:
    for render in scenes:
        for face in render.faces:
            assert face.landmarks is not None
            p = face.landmarks.points
            outside = ((p < -0.5) | (p > 319.5)).any(axis=1)
            assert not (outside & face.landmarks.visible).any()


def test_faces_are_small_and_large(scenes: list[Render]) -> None:
    sides = [float((f.box[2:] - f.box[:2]).max()) for r in scenes for f in r.faces]
    assert min(sides) < 30
    assert max(sides) > 200


def test_every_face_knows_its_domain_pose_and_expression(scenes: list[Render]) -> None:
    for render in scenes:
        for face in render.faces:
            assert face.domain
            assert face.pose
            assert face.emotion


@pytest.mark.parametrize("index", range(12))
def test_a_negative_has_no_face_and_its_size(index: int) -> None:
    render = render_negative(8, index, 160)
    assert render.faces == []
    assert render.image.shape == (160, 160, 3)
    assert np.array_equal(render.image, render_negative(8, index, 160).image)
