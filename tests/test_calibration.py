"""The calibration of two scores: a find's score is the probability that it is a face, whoever of the two knows it."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.detector import SUREST, together
from charaface.evaluate.calibration import Calibration, Scored, fit

WHERE = np.array([10.0, 10, 30, 30])


def scene(sure: float, verified: float, face: bool) -> Scored:
    truth = WHERE[None] if face else np.zeros((0, 4))
    return Scored(WHERE[None], np.array([sure]), np.array([verified]), truth)


def scenes(count: int, detector: float, verifier: float) -> list[Scored]:
    """Half of them faces; each judge's logits lie that far apart for a face and for none."""
    rng = np.random.default_rng(0)
    out = []
    for i in range(count):
        side = 1 if i % 2 else -1
        logits = rng.normal(0, 1, 2) + side * np.array([detector, verifier]) / 2
        sure, verified = 1 / (1 + np.exp(-logits))
        out.append(scene(float(sure), float(verified), side > 0))
    return out


def test_scores_of_independent_judges_are_weighed_by_what_they_know():
    found = fit(scenes(4000, 1.0, 3.0))  # the log-odds of two Gaussians a distance d apart are d times the logit
    assert found.scale == pytest.approx(1.0, abs=0.15)
    assert found.verifier_scale == pytest.approx(3.0, abs=0.3)
    assert found.shift == pytest.approx(0.0, abs=0.2)


def test_the_fitted_score_is_a_probability():
    seen = scenes(4000, 1.5, 1.5)
    found = fit(seen)
    odds = np.array([found.log_odds(s.sure, s.verified)[0] for s in seen])
    face = np.array([len(s.truth) > 0 for s in seen])
    likely = 1 / (1 + np.exp(-odds))
    for low in (0.1, 0.3, 0.5, 0.7):
        inside = (likely >= low) & (likely < low + 0.2)
        assert face[inside].mean() == pytest.approx(likely[inside].mean(), abs=0.06)


def test_doubles_do_not_count_as_false_finds():
    twice = [Scored(np.stack([WHERE, WHERE + 1]), np.array([0.9, 0.8]), np.array([0.9, 0.9]), WHERE[None])] * 5
    found = fit([*twice, scene(0.1, 0.1, False)])
    assert (found.precision, found.recall) == (1.0, 1.0)


def test_scenes_that_teach_nothing_are_refused():
    with pytest.raises(ValueError, match="nothing to fit"):
        fit([scene(0.2, 0.5, False)])


def test_what_the_export_writes_adds_up_to_what_was_fitted():
    found = Calibration(2.5, -1.25, 0.5, 1.0, 1.0)
    logits = np.array([0.3, 1.4])
    sure, verified = 1 / (1 + np.exp(-(logits * [found.scale, found.verifier_scale] + [found.shift, 0])))
    raw = 1 / (1 + np.exp(-logits))
    odds = found.log_odds(raw[:1], raw[1:])[0]
    assert together(float(sure), float(verified)) == pytest.approx(1 / (1 + np.exp(-odds)))


@pytest.mark.parametrize("sure", [0.0, 0.3, 1.0])
def test_a_verifier_who_does_not_know_changes_nothing(sure: float):
    assert together(sure, 0.5) == pytest.approx(sure)


def test_no_verifier_says_more_than_the_surest():
    assert together(0.5, 1.0) == pytest.approx(SUREST)
    assert together(0.5, 0.0) == pytest.approx(1 - SUREST)
    assert together(1.0, 0.0) == 1.0  # a detector that cannot err is believed
    assert together(0.2, 0.9) > together(0.2, 0.8) > together(0.1, 0.8)
