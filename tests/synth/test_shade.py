"""Light on a form behaves as light does."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from charaface.synth.shade import Light, light, normals, openness, shadow_of

UP = np.array([0.0, 1.0, 0.0])


def ball(steps: int = 24, radius: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) places of a ball and (T, 3) triangles that face outwards."""
    down, around = np.linspace(0, np.pi, steps), np.linspace(0, 2 * np.pi, 2 * steps, endpoint=False)
    a, b = np.meshgrid(down, around, indexing="ij")
    places = radius * np.stack([np.sin(a) * np.cos(b), np.cos(a), np.sin(a) * np.sin(b)], axis=-1).reshape(-1, 3)
    at = np.arange(steps * 2 * steps).reshape(steps, -1)
    first, second = at[:-1], at[1:]
    p, q, r, s = first, np.roll(first, -1, 1), second, np.roll(second, -1, 1)
    triangles = np.concatenate([np.stack([k.ravel() for k in one], 1) for one in ((p, q, r), (q, s, r))])
    return places.astype(np.float32), triangles.astype(np.int32)


def lit(
    normal: np.ndarray, gloss: float = 0.0, soft: float = 0.0, seen: float = 1.0, **changes: np.ndarray
) -> np.ndarray:
    """(3,) light of one pixel."""
    told = {"lamp": np.array([0.0, 0.0, 1.0]), "colour": np.ones(3), "above": np.zeros(3), "below": np.zeros(3)}
    out = light(
        np.full((1, 1, 3), 0.5, np.float32),
        np.asarray(normal, np.float32).reshape(1, 1, 3),
        np.full((1, 1), seen, np.float32),
        np.ones((1, 1), np.float32),
        np.ones((1, 1), np.uint8),
        np.array([[9.0, 1.0, 9.0], [gloss, 20.0, soft]]),
        Light(**(told | changes)),
    )
    return np.asarray(out[0, 0])


def test_the_normals_of_a_ball_point_away_from_its_middle() -> None:
    places, triangles = ball()
    found = normals(places, triangles)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * places / 3).sum(axis=1).min() > 0.98


def test_a_lamp_lights_the_half_of_a_ball_that_faces_it() -> None:
    places, triangles = ball()
    for lamp in (UP, np.array([0.6, 0.0, 0.8]), np.array([-0.48, -0.6, 0.64])):
        seen = shadow_of(places, triangles, lamp)
        towards = places @ lamp / 3
        assert seen[towards > 0.4].mean() > 0.97
        assert seen[towards < -0.4].mean() < 0.03


def test_a_ball_before_another_darkens_it() -> None:
    places, triangles = ball()
    both = np.concatenate([places, places / 2 + [0, 8, 0]]).astype(np.float32)
    two = np.concatenate([triangles, triangles + len(places)])
    free, behind = shadow_of(places, triangles, UP), shadow_of(both, two, UP)[: len(places)]
    top = places[:, 1] > 2.7
    assert free[top].mean() > 0.95
    assert behind[top].mean() < 0.2


def test_a_ball_alone_sees_its_whole_sky_and_two_that_touch_do_not() -> None:
    places, triangles = ball(16)
    alone = openness(places, triangles)
    assert alone.min() > 0.8
    assert alone.mean() > 0.93
    both = np.concatenate([places, places + [6.1, 0, 0]]).astype(np.float32)
    two = openness(both, np.concatenate([triangles, triangles + len(places)]))[: len(places)]
    near = places[:, 0] > 2.8
    assert two[near].mean() < 0.5 < two[~near].mean()


def test_light_adds_up_and_turns_with_the_form() -> None:
    facing, aside, away = ([0, 0, 1], [0.8, 0, 0.6], [0, 0, -1])
    assert lit(np.array(facing)) == pytest.approx([0.5] * 3, abs=1e-5)
    assert lit(np.array(aside)) == pytest.approx([0.3] * 3, abs=1e-5)
    assert lit(np.array(away)) == pytest.approx([0] * 3)
    assert lit(10 * np.array(facing)) == pytest.approx(lit(np.array(facing)))
    assert lit(np.array(facing), colour=np.array([2.0, 1.0, 0.5])) == pytest.approx([1.0, 0.5, 0.25], abs=1e-5)
    above, below = np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.1, 0.0])
    around = {"above": above, "below": below}
    assert lit(np.array([0, 1, 0]), seen=0, **around) == pytest.approx(above / 2, abs=1e-5)
    assert lit(np.array([0, -1, 0]), seen=0, **around) == pytest.approx(below / 2, abs=1e-5)
    assert lit(np.array([0, 0, 1]), seen=0, **around) == pytest.approx((above + below) / 4, abs=1e-5)


def test_light_goes_round_skin_and_red_the_furthest() -> None:
    red, green, blue = lit(np.array([1.0, 0, -0.1]), soft=0.5)
    assert red > green > blue > 0


def test_a_highlight_is_where_the_lamp_is_mirrored_and_nowhere_in_shadow() -> None:
    lamp = np.array([0.6, 0.0, 0.8])
    middle = np.array([0.6, 0, 1.8]) / np.linalg.norm([0.6, 0, 1.8])
    more = lit(middle, gloss=1.0, lamp=lamp) - lit(middle, lamp=lamp)
    aside = lit(np.array([-0.6, 0, 0.8]), gloss=1.0, lamp=lamp) - lit(np.array([-0.6, 0, 0.8]), lamp=lamp)
    assert more.min() > 0.3
    assert aside.max() < 0.05
    assert lit(middle, gloss=1.0, lamp=lamp, seen=0) == pytest.approx([0, 0, 0])


def test_a_highlight_falls_off_as_its_exponent_says() -> None:
    """That of Blinn: the cosine between the normal and half the way to the lamp, to a whole power."""
    for cosine in (0.99, 0.9, 0.7):
        normal = [np.sqrt(1 - cosine**2), 0, cosine]
        shine = lit(normal, gloss=1.0) - lit(normal)
        rim = 0.04 + 0.96 * (1 - cosine) ** 5
        assert shine == pytest.approx(cosine**20 * (0.6 + 2 * rim), rel=1e-3)


def test_every_finish_has_a_whole_exponent() -> None:
    """What takes highlights by squares takes no other."""
    for name in ("dress", "head", "head_before", "head_hair", "head_hat", "head_wear"):
        module = importlib.import_module(f"charaface.synth.{name}")
        found = [v for v in vars(module).values() if isinstance(v, np.ndarray) and v.ndim == 2 and v.shape[1] == 3]
        assert found, name
        for finish in found:
            assert (finish[:, 1] == np.round(finish[:, 1])).all(), name
