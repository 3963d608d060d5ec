"""The cut of a detector's scores: it is where F1 is best, and a shift of scores does not change it."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.evaluate.threshold import choose, shifted


def test_the_cut_parts_true_finds_from_false_ones():
    sure = np.array([0.9, 0.8, 0.7, 0.35, 0.3, 0.2])
    hit = np.array([True, True, True, False, False, False])
    cut = choose(sure, np.ones(6), hit, 3)
    assert 0.35 < cut.threshold <= 0.7
    assert (cut.f1, cut.precision, cut.recall) == (1.0, 1.0, 1.0)


def test_a_doubtful_verifier_asks_the_detector_for_more():
    cut = choose(np.array([0.9, 0.6]), np.array([0.55, 1.0]), np.array([False, True]), 1)
    assert cut.precision == 1.0
    assert shifted(np.array([0.9]), cut.threshold)[0] * 0.55 < 0.5


def test_the_threshold_itself_scores_a_half():
    for t in (0.1, 0.42, 0.9):
        assert shifted(np.array([t]), t)[0] == pytest.approx(0.5)


def test_no_find_at_all_is_said():
    with pytest.raises(ValueError, match="no face"):
        choose(np.array([0.2]), np.ones(1), np.array([False]), 3)
