"""Hair of a 3-D head grows where it should, and hangs as far as it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.synth.head_hair import HeadHair, edge, strands

SHORT = HeadHair((0.2, 0.1, 0.05))


def test_the_hairline_is_high_before_and_low_behind() -> None:
    assert float(edge(SHORT, np.array(0.0))) == pytest.approx(SHORT.hairline)
    assert float(edge(SHORT, np.array(180.0))) == pytest.approx(SHORT.nape)
    angle = np.linspace(-180, 180, 73)
    assert np.allclose(edge(SHORT, angle), edge(SHORT, -angle))


def test_a_fringe_lowers_the_front_and_a_parting_leaves_a_gap() -> None:
    fringe = replace(SHORT, fringe=4.0)
    lowered = edge(SHORT, np.array([0.0, 20.0, 100.0, 180.0])) - edge(fringe, np.array([0.0, 20.0, 100.0, 180.0]))
    assert lowered[:2].min() > 3.5
    assert lowered[2:] == pytest.approx([0, 0])
    parted = replace(fringe, part=15.0)
    there, away = edge(parted, np.array([15.0, -30.0]))
    assert there > away + 1.5


def test_a_receding_hairline_stands_back_beside_the_middle_alone() -> None:
    back = edge(replace(SHORT, receding=3.0), np.array([0.0, 35.0, 180.0])) - edge(SHORT, np.array([0.0, 35.0, 180.0]))
    assert back == pytest.approx([0, 3, 0])


def test_strands_run_downwards_and_come_round_without_a_seam() -> None:
    rest = np.zeros((60, 360, 3))
    rest[..., 0], rest[..., 1] = np.arange(-180, 180), np.linspace(10, -10, 60)[:, None]
    bright, thick = strands(replace(SHORT, rough=0.0), rest)
    across, along = np.abs(np.diff(bright, axis=1)).mean(), np.abs(np.diff(bright, axis=0)).mean()
    assert across > 3 * along
    assert (thick == 0).all()
    assert np.abs(bright[:, 0] - bright[:, -1]).mean() < 3 * across
    assert np.abs(strands(replace(SHORT, rough=0.5), rest)[1]).max() > 0.2
