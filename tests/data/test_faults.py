"""What may be wrong with labels: nothing is found where nothing is wrong, and each thing where it was done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.data.faults import between, of_face, swapped, unlike
from charaface.face import Face
from charaface.pose import misfit
from charaface.schemes import IBUG68, SCHEMES
from heads import SIDE, head, placed


def kinds(face: Face, width: int = SIDE, height: int = SIDE) -> list[str]:
    return [fault.kind for fault in of_face(face, width, height)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("yaw", [-60, -20, 0, 35, 60])
@pytest.mark.parametrize("roll", [0, 40, 170])
def test_a_right_face_has_no_fault(scheme: str, yaw: int, roll: int) -> None:
    assert kinds(head(yaw, 10, roll, scheme, noise=0.03)) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("yaw", [-50, 0, 30])
@pytest.mark.parametrize("roll", [0, 60, 180])
def test_sides_that_are_exchanged_are_found_and_twice_exchanged_are_right(scheme: str, yaw: int, roll: int) -> None:
    face = head(yaw, 0, roll, scheme, noise=0.03)
    mirror = list(SCHEMES[scheme].mirror)
    once = placed(face, face.landmarks.points[mirror])
    assert kinds(once) == ["swapped"]
    assert swapped(once.landmarks) == "all"
    assert kinds(placed(once, once.landmarks.points[mirror])) == []


@pytest.mark.parametrize("part", ["eye", "brow"])
def test_a_part_whose_sides_are_exchanged_is_named(part: str) -> None:
    face = head(15, 5)
    points = face.landmarks.points.copy()
    for i in (*IBUG68.parts[f"right_{part}"], *IBUG68.parts[f"left_{part}"]):
        points[i] = face.landmarks.points[IBUG68.mirror[i]]
    assert swapped(placed(face, points).landmarks) == part


def test_a_picture_in_a_mirror_with_its_numbers_turned_too_is_right() -> None:
    face = head(25, 5, 10)
    points = face.landmarks.points[list(IBUG68.mirror)] * [-1, 1] + [SIDE, 0]
    assert swapped(placed(face, points).landmarks) == ""


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (lambda p: p * 0 + 200, "all points fall together"), (lambda p: p * [1, 0] + [0, 200], "lie on a line"),
        (lambda p: np.round(p / 70) * 70, "68 points in "),
    ],
)  # fmt: skip
def test_points_that_make_no_face_are_named(points: object, said: str) -> None:
    face = head()
    (fault,) = of_face(placed(face, points(face.landmarks.points.astype(float))), SIDE, SIDE)  # type: ignore[operator]
    assert fault.kind == "shape"
    assert said in fault.what


def test_points_outside_the_picture_are_counted_where_its_size_is_known() -> None:
    face = head()
    lowest = face.landmarks.points[8, 1]
    (fault,) = of_face(face, SIDE, int(lowest) - 40)
    assert fault.kind == "outside"
    count = int((face.landmarks.points[:, 1] > int(lowest) - 40 - 0.5 + 0.05 * np.sqrt(np.prod(
        face.box[2:] - face.box[:2]))).sum())  # fmt: skip
    assert fault.what.startswith(f"{count} points up to ")
    assert kinds(face, SIDE, int(lowest) - 3) == []  # an annotator's hand
    assert kinds(face, 0, 0) == []
    hidden = replace(face.landmarks, visible=np.zeros(68))
    assert kinds(replace(face, landmarks=hidden), SIDE, int(lowest) - 40) == []


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ([0, 0, 60, 60], "68 points away from the box"), ([100, 100, 101, 300], "a box of 1 x 200 pixels"),
        ([-390, 100, 390, 300], ""), ([-600, 100, 390, 300], "% of the box lies outside the picture"),
    ],
)  # fmt: skip
def test_a_box_that_does_not_go_with_picture_and_points_is_named(box: list[float], said: str) -> None:
    faults = list(of_face(replace(head(), box=np.array(box)), SIDE, SIDE))
    assert [fault.kind for fault in faults][:1] == (["box"] if said else [])
    assert not said or said in faults[0].what
    small = placed(head(), (head().landmarks.points - 200) * 0.1 + 200)
    assert next(fault.what for fault in of_face(small, SIDE, SIDE)).endswith("times as wide as the points")


def test_what_is_not_known_of_a_face_is_no_fault() -> None:
    face = head(scheme="five")
    assert kinds(Face(face.box)) == []
    unknown = replace(face.landmarks, scores=np.zeros(5), visible=np.zeros(5))
    assert kinds(replace(face, landmarks=unknown)) == []


@pytest.mark.parametrize("scheme", ["ibug68", "manga60a", "wflw98"])
@pytest.mark.parametrize("exchanged", [False, True])
def test_points_that_are_not_known_say_nothing_wherever_they_lie(scheme: str, exchanged: bool) -> None:
    face = head(20, 5, 10, scheme, noise=0.03)
    marks, order = face.landmarks, np.arange(len(face.landmarks.points))
    known = np.random.default_rng(3).random(len(order)) < 0.7
    order = np.array(SCHEMES[scheme].mirror) if exchanged else order
    points = np.where(known[:, None], marks.points, 0)[order]
    part = replace(marks, points=points, scores=known[order], visible=known[order])
    assert kinds(replace(face, landmarks=part)) == (["swapped"] if exchanged else [])


def test_a_few_points_tell_the_sides_and_fewer_do_not() -> None:
    face = head(10)
    marks, mirror = face.landmarks, list(IBUG68.mirror)
    for numbers, told in (([0, 8, 16, 17, 26, 27, 30, 36, 39, 42, 45, 48, 54, 57], "all"), ([30, 36, 45, 48, 54], "")):
        known = np.isin(np.arange(68), numbers)
        assert swapped(replace(marks, points=marks.points[mirror], scores=known[mirror], visible=known[mirror])) == told


def test_two_annotators_far_apart_and_a_face_labelled_twice_are_told_apart() -> None:
    face = head()
    near, far = (placed(face, face.landmarks.points + by) for by in (4.0, 40.0))
    away = replace(face, box=face.box + 300)
    assert list(between([(0, 0, face), (1, 0, near), (1, 1, away)])) == []
    ((place, fault),) = between([(0, 0, face), (1, 0, away), (2, 0, far)])
    assert (place, fault.kind) == (2, "apart")
    assert list(between([(0, 3, face), (0, 4, near)])) == [(1, ("twice", "the same face as #3"))]
    assert list(between([(0, 0, face), (1, 0, Face(face.box))])) == []


def test_a_face_unlike_the_others_is_found_among_enough_of_them() -> None:
    usual = 0.2 + 0.02 * np.random.default_rng(2).normal(size=200)
    assert not unlike(usual).any()
    assert np.flatnonzero(unlike(np.append(usual, 0.6))).tolist() == [200]
    assert not unlike(np.append(usual[:20], 0.6)).any()


def test_the_head_fits_itself_and_not_noise() -> None:
    views = np.stack([head(yaw, pitch, roll).landmarks.points for yaw, pitch, roll in [(0, 0, 0), (50, -20, 30)]])
    assert misfit(views).max() < 0.01
    moved = views * 3 + [50, -900]
    np.testing.assert_allclose(misfit(moved), misfit(views), atol=1e-3)
    assert misfit(np.random.default_rng(0).normal(size=(5, 68, 2))).min() > 0.7
    assert misfit(np.full((2, 68, 2), 5.0)).tolist() == [1, 1]
