"""Reliability: scores that are probabilities stay, others become so."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.draw.plate import Line
from charaface.evaluate import reliability
from charaface.evaluate.reliability import calibrated, goal, line, plot, section

RNG = np.random.default_rng(0)
TRUE = RNG.beta(0.6, 0.6, 20_000).clip(0.01, 0.99)  # probabilities
RIGHT = RNG.random(len(TRUE)) < TRUE


def test_scores_that_are_probabilities_have_a_line_that_leaves_them() -> None:
    scale, shift = line(TRUE, RIGHT)
    assert scale == pytest.approx(1, abs=0.05)
    assert shift == pytest.approx(0, abs=0.05)
    np.testing.assert_allclose(calibrated(TRUE, 1.0, 0.0), TRUE, rtol=1e-9)
    assert goal(TRUE, RIGHT).estimate.value < 0.015


@pytest.mark.parametrize(("scale", "shift"), [(2.0, 0.0), (0.5, 1.0), (1.5, -2.0)])
def test_scores_that_are_none_become_probabilities(scale: float, shift: float) -> None:
    wrong = calibrated(TRUE, scale, shift)
    assert goal(wrong, RIGHT).estimate.value > 0.04
    again = calibrated(wrong, *line(wrong, RIGHT))
    assert goal(again, RIGHT).estimate.value < 0.02
    np.testing.assert_array_equal(np.argsort(again, kind="stable"), np.argsort(wrong, kind="stable"))


def test_what_is_always_right_has_a_line_too() -> None:
    scale, shift = line(np.array([0.9, 0.8, 0.95]), np.ones(3, np.bool_))
    assert np.isfinite([scale, shift]).all()


def test_each_bin_tells_how_many_and_how_often() -> None:
    rows = section(np.array([0.05, 0.15, 0.12, 1.0]), np.array([False, True, False, True])).rows
    assert len(rows) == reliability.BINS
    assert [row[1] for row in rows] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert rows[1][3] == 0.5
    assert rows[2][2] is None
    assert rows[-1][2:] == (1.0, 1.0)


def test_the_diagram_lies_on_its_diagonal_where_scores_are_probabilities() -> None:
    shown = plot({"true": (TRUE, RIGHT), "none": (calibrated(TRUE, 3.0, 1.0), RIGHT)})
    true, none = (part for part in shown.parts if isinstance(part, Line) and len(part.points) > 2)
    diagonal = next(part for part in shown.parts if isinstance(part, Line) and part.width == 1 and _leans(part))
    (x0, y0), (x1, y1) = diagonal.points

    def off(line: Line) -> float:
        return max(abs((y - y0) / (y1 - y0) - (x - x0) / (x1 - x0)) for x, y in line.points)

    assert off(true) < 0.04
    assert off(none) > 0.15
    assert "true, 20,000 candidates" in shown.svg()


def _leans(line: Line) -> bool:
    (x0, y0), (x1, y1) = line.points[0], line.points[-1]
    return x0 != x1 and y0 != y1
