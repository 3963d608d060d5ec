"""Small random choices: faster than NumPy's own, the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.synth.dice import one_of, pick, uniform, weighted


@pytest.mark.parametrize("seed", range(5))
def test_the_choices_are_those_of_numpy_and_leave_the_same_numbers_behind(seed):
    ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
    names, shares = ["a", "b", "c", "d"], np.array([0.5, 0.0, 2.0, 1.0])
    for _ in range(200):
        assert weighted(ours, names, shares.tolist()) == theirs.choice(names, p=shares / shares.sum())
        assert one_of(ours, names) == theirs.choice(names)
        assert uniform(ours, -0.3, 1.7) == theirs.uniform(-0.3, 1.7)
    assert ours.random() == theirs.random()


def test_a_name_without_a_share_is_never_picked():
    rng = np.random.default_rng(0)
    assert {pick(rng, never=0.0, often=1.0, seldom=0.2) for _ in range(200)} == {"often", "seldom"}
