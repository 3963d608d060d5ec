"""Degradation: deterministic, of one shape, and never a negative."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from charaface.train import photometry
from charaface.train.photometry import degrade

STEPS = [step for _, step in photometry._LIFE]
Step = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def ramp(height: int = 60, width: int = 90) -> np.ndarray:
    """Dark at the left, light at the right, a little coloured."""
    grey = np.linspace(20, 235, width)[None, :, None] + np.asarray([0, 6, -6])
    return np.broadcast_to(grey, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.__name__)
def test_a_step_keeps_shape_and_argument_and_depends_on_its_numbers_alone(step: Step) -> None:
    image = ramp()
    for seed in range(20):
        first, second = (step(image, np.random.default_rng(seed)) for _ in range(2))
        assert first.shape == image.shape
        assert first.dtype == np.uint8
        np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(image, ramp())


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.__name__)
def test_light_stays_light(step: Step) -> None:
    for seed in range(60):
        out = step(ramp(), np.random.default_rng(seed)).mean(axis=(0, 2))
        assert out[-30:].mean() >= out[:30].mean(), seed


def test_a_life_is_repeatable_and_varied() -> None:
    lives = [degrade(ramp(), np.random.default_rng(seed)) for seed in range(12)]
    np.testing.assert_array_equal(lives[3], degrade(ramp(), np.random.default_rng(3)))
    assert len({life.tobytes() for life in lives}) > 9


def test_no_strength_changes_nothing() -> None:
    np.testing.assert_array_equal(degrade(ramp(), np.random.default_rng(0), 0.0), ramp())


def test_turning_the_hue_leaves_grey_grey() -> None:
    grey = np.asarray([0.4, 0.4, 0.4])
    for angle in (-170, -30, 5, 120):
        np.testing.assert_allclose(photometry.hue_matrix(angle) @ grey, grey, atol=1e-12)
    np.testing.assert_allclose(photometry.hue_matrix(120) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


def test_a_palette_has_few_colours() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
    for seed in range(20):
        out = photometry.palette(noise, np.random.default_rng(seed))
        assert all(len(np.unique(out[..., c])) <= 12 for c in range(3))


def test_noise_refuses_what_its_field_cannot_cover() -> None:
    with pytest.raises(ValueError, match="at most 640 x 640 pixels, got 700 x 10"):
        photometry.noise(np.zeros((10, 700, 3), np.uint8), np.random.default_rng(0))
