"""The same face from frame to frame."""

import numpy as np
import pytest

from charaface.tracking import FRAME, PointFilter, Vote, affinity, face_size, is_cut, match, thumbnail
from painted import points_of

EYES = 100.0  # pixels between the outer eye corners


def face() -> np.ndarray:
    points = points_of((0, 0, 150))
    return (points - points.mean(axis=0)) * EYES / np.linalg.norm(points[45] - points[36]) + 300


def filtered(clip: np.ndarray, fps: float = 25) -> np.ndarray:
    smooth = PointFilter()
    return np.stack([smooth(points, i / fps) for i, points in enumerate(clip)])


def trembling(noise: float, count: int = 100) -> np.ndarray:
    rng = np.random.default_rng(0)
    return face() + rng.normal(0, noise, (count, 68, 2))


def motion(clip: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(clip, axis=0), axis=2).mean())


def test_the_first_points_come_back_as_they_are() -> None:
    points = face().astype(np.float32)
    assert np.array_equal(PointFilter()(points, 3.0), points)


def test_a_face_that_does_not_move_stays_to_the_bit() -> None:
    points = face().astype(np.float32)
    assert np.array_equal(filtered(np.repeat(points[None], 20, axis=0))[-1], points)


@pytest.mark.parametrize("noise", [0.3, 0.6, 1.0])
def test_a_still_face_with_pixel_noise_hardly_moves(noise: float) -> None:
    clip = trembling(noise)
    assert motion(clip) > 1.7 * noise
    assert motion(filtered(clip)) <= 0.003 * EYES


def test_a_moving_face_lags_by_less_than_a_twentieth_of_the_eye_distance() -> None:
    true = face() + np.arange(100)[:, None, None] * np.array([10.0, 0.0])
    noise = np.random.default_rng(1).normal(0, 0.7, true.shape)
    lag = np.linalg.norm(filtered(true + noise) - true, axis=2)
    assert lag.mean() <= 0.02 * EYES
    assert lag.max(axis=1).max() <= 0.05 * EYES


@pytest.mark.parametrize("fps", [8, 12, 25, 60])
def test_an_eye_that_shuts_at_once_is_shown_shut(fps: float) -> None:
    clip = trembling(0.5, 30)
    clip[15:, 37:39, 1] += 14
    shown = (filtered(clip, fps)[:, 37:39, 1] - face()[37:39, 1]).mean(axis=1) / 14
    assert shown[15] > 0.6
    assert shown[17] > 0.9


@pytest.mark.parametrize("times", [0.1, 7.0])
def test_size_does_not_change_how_a_face_is_held(times: float) -> None:
    clip = trembling(0.6, 30)
    clip[20:] += 25
    assert np.allclose(filtered(clip * times), times * filtered(clip), rtol=1e-4)


def test_slow_drift_is_followed_and_not_held_back() -> None:
    true = face() + np.arange(200)[:, None, None] * np.array([0.1, 0.05])
    assert np.linalg.norm(filtered(true)[-1] - true[-1], axis=1).max() < 0.02 * EYES


@pytest.mark.parametrize("times", [(0.0, 0.0, 0.0), (5.0, 4.0, 3.0)])
def test_clips_without_usable_times_are_taken_to_run_at_25_a_second(times: tuple[float, ...]) -> None:
    clip, smooth, steady = trembling(1.0, 3), PointFilter(), PointFilter()
    for i, (points, time) in enumerate(zip(clip, times, strict=True)):
        got, wanted = smooth(points, time), steady(points, i * FRAME)
    assert np.allclose(got, wanted)


def test_affinity_is_highest_with_itself_and_falls_with_distance() -> None:
    points = face()
    values = [affinity(points, points + [shift, 0]) for shift in (0, 10, 40, 100, 400)]
    assert values[0] == pytest.approx(2)
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0


def test_affinity_is_the_same_both_ways_and_at_every_size() -> None:
    a, b = face(), face() * 1.1 + 7
    assert affinity(a, b) == pytest.approx(affinity(b, a))
    assert affinity(a, b) == pytest.approx(affinity(a * 3, b * 3), abs=1e-6)


def test_faces_are_matched_to_the_nearest_in_whatever_order() -> None:
    old = [face(), face() + [400, 0], face() + [0, 400]]
    new = [old[2] + 12, old[0] - 8, face() + [2000, 0], old[1] + 5]
    assert match(old, new) == {0: 2, 1: 0, 3: 1}


def test_no_two_faces_continue_the_same_one() -> None:
    assert match([face()], [face() + 6, face() + 2]) == {1: 0}
    assert match([], [face()]) == {}
    assert match([face()], []) == {}


def test_a_face_has_a_size_even_if_its_points_fall_together() -> None:
    assert face_size(np.zeros((68, 2))) == 1


def scene(seed: int) -> np.ndarray:
    """A picture of blots, 240 x 320."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return np.kron(small, np.ones((40, 40, 1), np.uint8))


@pytest.mark.parametrize(
    ("name", "after", "cut"),
    [
        ("another scene", scene(2), True),
        ("the same", scene(1), False),
        ("a pan", np.roll(scene(1), 12, axis=1), False),
        ("darker", (scene(1) * 0.55).astype(np.uint8), False),
        ("a flash", np.minimum(scene(1).astype(int) + 90, 255).astype(np.uint8), False),
        ("white", np.full_like(scene(1), 255), False),
        (
            "noise",
            np.clip(scene(1) + np.random.default_rng(3).normal(0, 25, (240, 320, 3)), 0, 255).astype(np.uint8),
            False,
        ),
        ("the negative", 255 - scene(1), True),
    ],
)
def test_a_cut_is_another_pattern_and_not_another_light(name: str, after: np.ndarray, cut: bool) -> None:
    assert is_cut(thumbnail(scene(1)), thumbnail(after)) is cut, name


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (7, 3, 3), (1080, 1920, 3)])
def test_every_picture_has_a_thumbnail(shape: tuple[int, int, int]) -> None:
    small = thumbnail(np.full(shape, 100, np.uint8))
    assert small.shape == (24, 24)
    assert np.all(small == 100)


def voted(said: list[dict[int, list[float]]], step: float = 0.04) -> list[dict[int, np.ndarray]]:
    vote = Vote(0.5)
    return [vote({track: np.array(one) for track, one in now.items()}, i * step) for i, now in enumerate(said)]


HAPPY, SAD = [0.8, 0.2], [0.1, 0.9]


def test_a_vote_on_what_never_changes_is_that_and_the_first_is_as_it_was_said() -> None:
    found = voted([{0: HAPPY}] * 40)
    assert found[0][0].tolist() == HAPPY
    assert all(one[0] == pytest.approx(HAPPY) for one in found)
    assert voted([{0: SAD}, {0: HAPPY}])[0][0].tolist() == SAD


def test_one_voice_among_many_changes_no_mind_at_any_rate_of_frames() -> None:
    for step in (1 / 60, 0.04, 1 / 15, 0.1):
        found = voted([{0: HAPPY}] * 40 + [{0: SAD}] + [{0: HAPPY}] * 40, step)
        assert all(one[0].argmax() == 0 for one in found)
        assert found[40][0][1] > found[39][0][1]


def test_a_vote_is_the_mean_of_the_last_half_second_and_nothing_older() -> None:
    found = voted([{0: HAPPY}] * 20 + [{0: SAD}] * 20, step=0.1)
    assert [round(float(one[0][0]), 4) for one in found[19:26]] == [0.8, 0.66, 0.52, 0.38, 0.24, 0.1, 0.1]
    assert voted([{0: HAPPY}, {0: SAD}], step=0.6)[1][0].tolist() == SAD


def test_tracks_vote_apart_in_any_order_and_a_new_one_begins_anew() -> None:
    clip = [{0: HAPPY, 1: SAD}] * 6 + [{1: SAD, 0: SAD}] * 3 + [{2: HAPPY}]
    turned = [dict(reversed(now.items())) for now in clip]
    for a, b in zip(voted(clip), voted(turned), strict=True):
        assert {track: values.tolist() for track, values in a.items()} == {t: v.tolist() for t, v in b.items()}
    assert voted(clip)[-1][2].tolist() == HAPPY
    alone = voted([{1: now[1]} for now in clip[:9]])
    assert [one[1].tolist() for one in voted(clip)[:9]] == [one[1].tolist() for one in alone]


def test_a_vote_remembers_no_more_than_its_window() -> None:
    vote = Vote(0.5)
    for i in range(500):
        vote({i // 10: np.array(HAPPY)}, i * 0.04)
    assert sum(len(past) for past in vote._said.values()) <= 26  # those of two windows
