"""The short film: one face a frame that moves without a jump, talks and blinks."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.synth.clip import render_clip
from charaface.synth.labels import Render

SIZE = (160, 160)


@pytest.fixture(scope="module")
def film() -> list[Render]:
    return render_clip(2, 24, SIZE, domain="anime")


def test_a_clip_has_its_frames_and_one_face_in_each(film: list[Render]) -> None:
    assert len(film) == 24
    assert all(r.image.shape == (160, 160, 3) for r in film)
    assert all(len(r.faces) == 1 for r in film)


def test_the_same_seed_gives_the_same_clip() -> None:
    first, again = render_clip(7, 3, (96, 96)), render_clip(7, 3, (96, 96))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))


def test_points_move_smoothly_and_the_end_meets_the_beginning(film: list[Render]) -> None:
    points = np.stack([r.faces[0].landmarks.points for r in film if r.faces[0].landmarks])
    steps = np.abs(np.roll(points, -1, axis=0) - points).mean(axis=(1, 2))
    assert steps.max() < 5
    assert steps.min() < steps.max()


def test_the_character_turns_talks_and_blinks(film: list[Render]) -> None:
    points = np.stack([r.faces[0].landmarks.points for r in film if r.faces[0].landmarks])
    width = np.linalg.norm(points[:, 45] - points[:, 36], axis=1).mean()
    lids = np.linalg.norm(points[:, 37] - points[:, 41], axis=1) / width
    mouth = np.linalg.norm(points[:, 62] - points[:, 66], axis=1) / width
    yaws = [r.faces[0].pose.yaw for r in film if r.faces[0].pose]
    assert lids.min() < 0.4 * lids.max()
    assert mouth.max() > 0.05
    assert mouth.min() < 0.02
    assert max(yaws) > 12
    assert min(yaws) < -12
