"""The points of a 3-D head lie where photographs have them, and along what is seen of the jaw."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.schemes import IBUG68
from charaface.synth.head_points import MEASURED, HeadPoints, head_points, rotation
from charaface.synth.kit import FaceKit


@pytest.fixture(scope="module")
def points(kit: FaceKit) -> HeadPoints:
    return head_points(kit)


def seen(points: HeadPoints, head: np.ndarray, *pose: float) -> np.ndarray:
    """(68, 2) points of a view, y down."""
    turn = rotation(*pose)
    return np.asarray((points.on(head, turn) @ turn.T)[:, :2] * [1, -1])


def test_a_turn_is_a_rotation_and_its_signs_are_those_of_every_pose() -> None:
    nose, crown = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    turn = rotation(30, -20, 10)
    assert np.allclose(turn @ turn.T, np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1)
    assert (rotation(20, 0) @ nose)[0] > 0  # to image right
    assert (rotation(0, 20) @ nose)[1] > 0  # up
    assert (rotation(0, 0, 20) @ crown)[0] > 0  # leans to image right
    assert np.degrees(np.arcsin((rotation(0, 25) @ nose)[1])) == pytest.approx(25)


def test_the_mean_head_has_its_points_where_photographs_have_them(kit: FaceKit, points: HeadPoints) -> None:
    flat = seen(points, kit.vertices, 0, -5)
    width = flat[45, 0] - flat[36, 0]
    flat = (flat - flat[[36, 39, 42, 45]].mean(axis=0)) / width
    for k, place in MEASURED.items():
        assert np.linalg.norm(flat[k] - place) < (0.03 if k < 17 else 0.005), k


def test_a_mirrored_view_has_mirrored_points(kit: FaceKit, points: HeadPoints) -> None:
    for yaw, pitch, roll in ((0, 0, 0), (35, 10, 5), (70, -15, -20)):
        one = seen(points, kit.vertices, yaw, pitch, roll)
        other = seen(points, kit.vertices, -yaw, pitch, -roll) * [-1, 1]
        assert np.abs(one - other[list(IBUG68.mirror)]).max() < 0.25  # cm; a line of the jaw has steps


def test_a_head_that_leans_has_the_same_points(kit: FaceKit, points: HeadPoints) -> None:
    head = kit.head(np.array([1.0, -1.0, 0.5]), {"jawOpen": 0.5})
    for yaw, pitch in ((0, 0), (40, 15), (-60, -20)):
        upright = points.on(head, rotation(yaw, pitch))
        for roll in (-80, 30, 170):
            assert np.allclose(points.on(head, rotation(yaw, pitch, roll)), upright)


def test_the_far_side_of_a_turned_jaw_is_its_outline(kit: FaceKit, points: HeadPoints) -> None:
    face = kit.vertices[np.unique(kit.triangles[kit.of("M_Face")])]
    face = face[face[:, 1] < 1]  # below the sockets
    for yaw in (20, 35, 50):
        flat = seen(points, kit.vertices, yaw, 0)
        outline = (face @ rotation(yaw, 0).T)[:, :2] * [1, -1]
        for k in (12, 13, 14):
            level = outline[np.abs(outline[:, 1] - flat[k, 1]) < 0.4]
            assert flat[k, 0] > level[:, 0].max() - 0.6, (yaw, k)


def test_the_jaw_drops_with_the_mouth_and_rises_from_the_throat_with_the_chin(kit: FaceKit, points: HeadPoints) -> None:
    shut, wide = kit.head(), kit.head(expression={"jawOpen": 1.0})
    assert seen(points, wide, 0, 0)[8, 1] > seen(points, shut, 0, 0)[8, 1] + 1
    level, raised = (points.on(shut, rotation(0, pitch))[8] for pitch in (-5, 30))
    assert raised[2] > level[2] + 0.5  # further forward, at the bone
