"""Head pose from 68 points."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from charaface.face import Pose
from charaface.pose import HEAD, head_pose, laid, rotation
from charaface.schemes import IBUG68
from charaface.synth.crops import render_face
from charaface.synth.photograph import render_photograph, studio


def seen(pose: Pose, scale: float = 90.0, shift: tuple[float, float] = (200.0, 150.0)) -> np.ndarray:
    """The average head as a far camera sees it."""
    return (HEAD @ rotation(pose).T)[:, :2] * scale + shift


def close(a: Pose, b: Pose, within: float = 0.2) -> bool:
    return max(abs(a.yaw - b.yaw), abs(a.pitch - b.pitch), abs(a.roll - b.roll)) < within


POSES = [
    Pose(0, 0, 0),
    Pose(25, 0, 0),
    Pose(-60, 10, 0),
    Pose(85, -5, 10),
    Pose(0, 35, 0),
    Pose(0, -35, 0),
    Pose(0, 0, 30),
    Pose(40, 20, -45),
    Pose(-30, -25, 170),
    Pose(-88, 12, -100),
]


@pytest.mark.parametrize("pose", POSES)
def test_the_average_head_is_laid_as_it_was_turned(pose: Pose) -> None:
    assert close(laid(seen(pose)), pose)


@pytest.mark.parametrize("pose", POSES)
def test_a_mirrored_face_has_the_mirrored_pose(pose: Pose) -> None:
    mirrored = seen(pose)[list(IBUG68.mirror)] * [-1, 1]
    assert close(laid(mirrored), Pose(-pose.yaw, pose.pitch, -pose.roll))
    found = head_pose(seen(pose))
    assert close(head_pose(mirrored), Pose(-found.yaw, found.pitch, -found.roll))


def errors(render: partial, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) degrees that yaw and pitch of renders are told wrong by, and by the average head alone."""
    said, alone = [], []
    for index in range(count):
        for face in render(91, index, 64).faces:
            true = np.array([face.pose.yaw, face.pose.pitch])
            for way, out in ((head_pose, said), (laid, alone)):
                found = way(face.landmarks.points)
                out.append(np.abs([found.yaw, found.pitch] - true))
    return np.stack(said), np.stack(alone)


def test_pitch_is_told_of_drawings_whatever_their_proportions() -> None:
    """The average head takes a long chin for a face that looks up."""
    said, alone = (np.median(one, axis=0) for one in errors(partial(render_face, domain="cartoon"), 60))
    assert said.max() < 3
    assert alone[1] > 3 * said[1]


def test_yaw_and_pitch_of_people_are_told(heads_file: Path) -> None:
    said, alone = (
        np.median(one, axis=0) for one in errors(partial(render_photograph, studio(heads_file), also=()), 40)
    )
    assert said.max() < 3
    assert alone[1] > said[1]


def test_where_a_point_is_unknown_the_average_head_tells_all_three() -> None:
    points = seen(Pose(20, 8, 5))
    known = np.ones(68, np.bool_)
    assert head_pose(points, known) == head_pose(points)
    known[8], points[8] = False, (9e3, -9e3)
    assert close(head_pose(points, known), Pose(20, 8, 5))


def test_an_answer_is_never_beyond_what_a_head_does() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        found = head_pose(rng.normal(size=(68, 2)) * rng.uniform(0.1, 900, 2))
        assert abs(found.yaw) <= 100
        assert abs(found.pitch) <= 60


def test_place_and_size_do_not_matter() -> None:
    pose = Pose(31, -14, 9)
    assert close(head_pose(seen(pose, 3.0, (0, 0))), head_pose(seen(pose, 4000.0, (-5e4, 1e5))), 0.11)


def test_signs_are_those_of_the_picture() -> None:
    front = seen(Pose(0, 0, 0))
    nose, between = 30, (front[36] + front[45]) / 2
    assert seen(Pose(30, 0, 0))[nose, 0] > front[nose, 0]  # yaw: nose towards image right
    assert seen(Pose(0, 30, 0))[nose, 1] < front[nose, 1]  # pitch: nose up
    leaning = seen(Pose(0, 0, 30))
    assert ((leaning[36] + leaning[45]) / 2 - leaning[8])[0] > (between - front[8])[0]  # roll: to image right


def test_noise_of_a_network_turns_a_face_by_little() -> None:
    rng = np.random.default_rng(0)
    still = head_pose(seen(Pose(20, 8, 5), 100))
    found = [head_pose(seen(Pose(20, 8, 5), 100) + rng.normal(0, 2, (68, 2))) for _ in range(20)]
    off = np.array([[p.yaw - still.yaw, p.pitch - still.pitch, p.roll - still.roll] for p in found])
    assert np.abs(off).mean(axis=0).max() < 2.5


def test_the_average_head_is_its_own_mirror_image() -> None:
    assert np.allclose(HEAD[list(IBUG68.mirror)] * [-1, 1, 1], HEAD)
    assert HEAD[45, 0] - HEAD[36, 0] == 1


@pytest.mark.parametrize("points", [np.zeros((68, 2)), np.full((68, 2), 7.0), np.zeros((60, 2)), np.zeros((68, 3))])
def test_points_that_say_nothing_are_refused(points: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a head pose needs points"):
        head_pose(points)
