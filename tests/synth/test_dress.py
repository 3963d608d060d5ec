"""Clothes lie on the bust, below the neckline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.synth.dress import KINDS, Dress, cloth, neckline, sample_dress, torso_layer
from charaface.synth.head_points import rotation
from charaface.synth.skin_map import linear

BUST = np.array([[0, -14, 4], [9, -14, 0], [-9, -14, 0], [0, -14, -8.0]])


def test_a_neckline_is_lower_in_the_middle_and_lower_still_where_it_is_cut_down() -> None:
    plain = neckline(BUST, Dress())
    assert plain[0] < plain[1]
    assert plain[1] == plain[2]
    deep = neckline(BUST, Dress(deep=3.0))
    assert deep[0] == pytest.approx(plain[0] - 3)
    assert np.array_equal(deep[1:], plain[1:])


def test_a_suit_has_a_tie_a_shirt_and_a_jacket_where_a_suit_has_them() -> None:
    suit = Dress("suit", (0.1, 0.1, 0.2), (0.9, 0.9, 0.9), (0.6, 0.1, 0.1))
    found = cloth(np.array([[0, -14, 4], [2.2, -13, 4], [9, -14, 0]]), suit)
    assert np.allclose(found, linear(np.array([suit.tie, suit.second, suit.colour])), atol=1e-6)
    assert np.allclose(cloth(BUST, Dress("plain", (0.3, 0.4, 0.5))), linear(np.array([0.3, 0.4, 0.5])), atol=1e-6)
    without = cloth(np.array([[0, -14, 4.0]]), replace(suit, kind="open"))
    assert np.allclose(without, linear(np.array(suit.second)), atol=1e-6)


def test_every_kind_of_dress_is_worn() -> None:
    kinds = [sample_dress(np.random.default_rng(seed)).kind for seed in range(300)]
    assert all(kinds.count(kind) > 5 for kind in KINDS)


def test_shoulders_stay_where_the_body_is_while_the_head_turns() -> None:
    level, body = np.eye(3), rotation(30, 0)
    straight = torso_layer(Dress(), level, level).vertices
    assert np.ptp(straight[:, 0]) == pytest.approx(40, abs=0.5)
    assert straight[:, 1].max() < -13
    for head in (rotation(60, 10), rotation(-20, 0, 30)):
        placed = torso_layer(Dress(), head, body).vertices @ head.T
        assert np.allclose(placed, straight @ body.T, atol=1e-3)
