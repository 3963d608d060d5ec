"""Light becomes a picture as in a camera."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.synth.exposure import developed, encoded, exposure
from charaface.synth.skin_map import linear


def test_light_and_its_code_are_there_and_back() -> None:
    values = np.linspace(0, 1, 101)
    assert np.allclose(encoded(linear(values)), values, atol=1e-6)
    assert np.allclose(encoded(np.array([-1.0, 2.0])), [0, 1])


def test_dark_skin_is_brightened_and_bright_skin_held_back_by_half_of_what_it_takes() -> None:
    assert exposure(np.full((9, 3), 0.24)) == pytest.approx(1)
    assert exposure(np.full((9, 3), 0.06)) == pytest.approx(2)
    assert exposure(np.full((9, 3), 0.96)) == pytest.approx(0.5)
    assert exposure(np.zeros((0, 3))) == 1


def test_what_is_bright_is_never_cut_off_at_once() -> None:
    steps = np.linspace(0, 1.6, 33, dtype=np.float32)
    picture = developed(np.repeat(steps[None, :, None], 33, axis=0).repeat(3, axis=2), 33)[0, :, 0].astype(int)
    assert (np.diff(picture) >= 0).all()
    assert np.abs(picture[:11] - 255 * encoded(steps[:11])).max() < 1.5
    assert picture[-1] < 255
