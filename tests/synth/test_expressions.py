"""Expressions: the tables name what is there, and what is drawn of an expression says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.face import EXPRESSIONS
from charaface.synth.cast import sample_character
from charaface.synth.crops import render_face
from charaface.synth.expressions import LIPS, PLAY, WAYS
from charaface.synth.features import Mouth, mouth_curves
from charaface.synth.labels import DOMAINS, generator
from charaface.synth.manpu import MARKS
from charaface.synth.moments import LOOKS, SHARES, SHOWN, sample_state


def test_the_tables_name_only_what_is_there():
    assert set(WAYS) == set(EXPRESSIONS)
    assert len(SHARES) == len(EXPRESSIONS)
    assert sum(SHARES) == pytest.approx(1.0)
    assert set(PLAY) == set(DOMAINS)
    for ways in WAYS.values():
        assert sum(way.often for way in ways) == pytest.approx(1.0)
        for way in ways:
            assert set(way.mouths) <= set(LIPS)
            assert set(way.eyes) <= set(LOOKS)
            assert set(way.marks) <= set(MARKS)
            for shares in (way.mouths, way.eyes, way.marks or {"none": 1.0}):
                assert sum(shares.values()) == pytest.approx(1.0)


def test_every_mouth_eye_and_mark_of_the_tables_is_used_by_some_expression():
    ways = [way for ways in WAYS.values() for way in ways]
    assert {name for way in ways for name in way.mouths} == set(LIPS)
    assert {name for way in ways for name in way.eyes} == set(LOOKS)
    assert {name for way in ways for name in way.marks} == set(MARKS)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_kind_of_drawing_has_every_expression_and_says_which_it_is(domain, expression):
    for index in range(2):
        face = render_face(31, index, 64, domain=domain, expression=expression).faces[0]
        assert face.emotion is not None
        assert face.emotion.label == expression
        assert face.emotion.probabilities == {expression: 1.0}


def _states(expression: str, count: int = 300):
    rng = generator(32, 0)
    return [sample_state(rng, sample_character(rng, "anime"), expression) for _ in range(count)]


def _lift(mouth: Mouth) -> float:
    """How far the corners of a mouth lie above the middle of its edges, as a share of half its width."""
    curves = mouth_curves(mouth)
    middle = 0.5 * (curves["inner_up"][12, 1] + curves["inner_low"][12, 1])
    corners = 0.5 * (curves["inner_up"][[0, -1], 1].mean() + curves["inner_low"][[0, -1], 1].mean())
    return float((middle - corners) / mouth.half)


def test_an_expression_is_in_the_brows_and_the_mouth_and_not_in_the_marks_alone():
    means = {
        name: {
            "slant": np.mean([s.brow_slant for s in states]),
            "raise": np.mean([s.brow_raise for s in states]),
            "lift": np.median([_lift(replace(s.mouth, asym=0.0)) for s in states]),
            "open": np.mean([s.mouth.open for s in states]),
            "marked": np.mean([bool(s.marks) for s in states]),
        }
        for name, states in ((name, _states(name)) for name in EXPRESSIONS)
    }
    assert means["angry"]["slant"] > 0.15 > 0.05 > means["neutral"]["slant"] > -0.05
    assert max(means["sad"]["slant"], means["fear"]["slant"]) < -0.15
    assert means["happy"]["lift"] > 0.4
    assert max(means[name]["lift"] for name in ("angry", "sad")) < -0.1
    assert abs(means["neutral"]["lift"]) < 0.1
    assert means["surprise"]["raise"] > max(v["raise"] for name, v in means.items() if name not in ("surprise", "fear"))
    assert means["surprise"]["open"] > 0.1 > means["neutral"]["open"]
    for name, mean in means.items():  # marks help and are never all there is
        assert mean["marked"] < (0.1 if name == "neutral" else 0.9), name  # the wrinkled nose of disgust is one


def test_an_expression_that_is_asked_for_is_turned_to_the_viewer_and_bare():
    rng = generator(34, 0)
    for wanted, far, hidden in (("happy", False, False), (None, True, True)):
        states = [sample_state(rng, sample_character(rng, "anime"), wanted) for _ in range(400)]
        assert any(abs(s.turn.yaw) > SHOWN for s in states) == far
        assert any(s.cover in ("hand", "mask") for s in states) == hidden


def test_a_painter_draws_few_marks_and_no_hearts_for_eyes():
    rng = generator(33, 0)
    states = [sample_state(rng, sample_character(rng, "painting"), "happy") for _ in range(300)]
    assert np.mean([bool(s.marks) for s in states]) < 0.08
    assert np.mean([s.left.form != "lid" for s in states]) < 0.03
