"""Forms are closed where they should be and face outwards."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.synth.forms import ball, both_faces, disc, joined, sheet, slab, tube


def volume(vertices: np.ndarray, triangles: np.ndarray) -> float:
    """What a closed surface holds: positive where its triangles face outwards."""
    a, b, c = (vertices[triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("td,td->t", a, np.cross(b, c)).sum() / 6)


def test_a_ball_a_slab_and_a_tube_hold_what_they_should() -> None:
    round_ = ball(np.array([1.0, -2, 3]), (2.0, 3.0, 4.0), 40)
    assert volume(round_.vertices, round_.triangles) == pytest.approx(4 / 3 * np.pi * 24, rel=0.01)
    box = slab((1.0, 2.0, 3.0))
    assert volume(box.vertices, box.triangles) == pytest.approx(48, rel=1e-5)
    path = np.column_stack([np.zeros(41), np.linspace(5, -5, 41), np.zeros(41)])
    radius = np.where(np.abs(np.linspace(-1, 1, 41)) == 1, 0, 1.5)
    pipe = tube(path, radius, 40)
    assert volume(pipe.vertices, pipe.triangles) == pytest.approx(np.pi * 2.25 * 9.75, rel=0.02)
    aslant = tube(path[:, [1, 0, 2]] + [0, 1, 1], radius, 40)
    assert volume(aslant.vertices, aslant.triangles) == pytest.approx(np.pi * 2.25 * 9.75, rel=0.02)


def test_a_sheet_and_a_disc_face_forwards() -> None:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    rim = np.stack([2 * np.cos(turn), np.sin(turn), 0 * turn], axis=1)
    x, y = np.meshgrid(np.arange(4.0), np.arange(3.0, 0, -1))
    for form, size in ((disc(rim), 2 * np.pi), (sheet(np.stack([x, y, 0 * x], axis=-1)), 6)):
        a, b, c = (form.vertices[form.triangles[:, k]] for k in range(3))
        across = np.cross(b - a, c - a)[:, 2] / 2
        assert across.min() >= 0
        assert across.sum() == pytest.approx(size, rel=0.01)


def test_joined_forms_keep_theirs_and_both_faces_are_twice_one() -> None:
    one, two = ball(np.zeros(3), (1, 1, 1)), slab((1, 1, 1))
    both = joined(one, two)
    assert len(both.vertices) == len(one.vertices) + len(two.vertices)
    assert volume(both.vertices, both.triangles) == pytest.approx(
        volume(one.vertices, one.triangles) + volume(two.vertices, two.triangles)
    )
    assert volume(one.vertices, both_faces(one.triangles)) == pytest.approx(0, abs=1e-6)


def test_a_form_is_its_own() -> None:
    path = np.column_stack([np.zeros(5), np.linspace(2, -2, 5), np.zeros(5)])
    first = tube(path, 1.0)
    kept = first.triangles.copy(), first.over.copy()
    first.triangles[:], first.over[:] = 0, 0
    again = tube(path, 1.0)
    assert np.array_equal(again.triangles, kept[0])
    assert np.array_equal(again.over, kept[1])
