"""The powers of two scores: their product is cut at a half where F1 is best, and the surer judge weighs more."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.evaluate.powers import choose


def kept(sure: np.ndarray, verified: np.ndarray, hit: np.ndarray, total: int) -> np.ndarray:
    best = choose(sure, verified, hit, total)
    return np.asarray(sure**best.detector * verified**best.verifier >= 0.5)


def test_the_cut_parts_true_finds_from_false_ones():
    sure = np.array([0.9, 0.8, 0.7, 0.35, 0.3, 0.2])
    hit = np.array([True, True, True, False, False, False])
    best = choose(sure, np.ones(6), hit, 3)
    assert (best.f1, best.precision, best.recall) == (1.0, 1.0, 1.0)
    assert kept(sure, np.ones(6), hit, 3).tolist() == hit.tolist()


def test_a_verifier_that_knows_better_weighs_more():
    rng = np.random.default_rng(0)
    hit = rng.random(400) < 0.5
    sure = np.clip(0.5 + 0.05 * hit + rng.normal(0, 0.15, 400), 0.01, 0.99)
    verified = np.clip(0.75 + 0.2 * hit + rng.normal(0, 0.02, 400), 0.01, 0.99)
    best = choose(sure, verified, hit, int(hit.sum()))
    assert best.verifier >= 4 * best.detector
    assert best.f1 > 0.97


def test_no_find_at_all_is_said():
    with pytest.raises(ValueError, match="no face"):
        choose(np.array([0.2]), np.ones(1), np.array([False]), 3)
