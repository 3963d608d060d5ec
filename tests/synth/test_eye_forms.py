"""Eyes that are not eyes: their edges are lids, and their labels lie on what is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import skia

from charaface.synth.anatomy import Build, Head, Place, Turn
from charaface.synth.cast import sample_character
from charaface.synth.eye_forms import FORMS
from charaface.synth.eyes import Eyes, Lids, draw_eye, eye_points, eyes_now, lid_curves, pupil_point
from charaface.synth.labels import PARTS, generator
from charaface.synth.pen import Pen, replay_masks


@pytest.mark.parametrize("kind", ["anime", "disc", "dot"])
@pytest.mark.parametrize("form", FORMS)
def test_the_edges_of_a_form_meet_in_its_corners_and_never_cross(form, kind):
    rng = generator(51, 0)
    for _ in range(60):
        eyes = replace(sample_character(rng).eyes, kind=kind)
        upper, lower = lid_curves(eyes, Lids(form=form), 1.0)
        assert (lower[:, 1] >= upper[:, 1] - 1e-9).all()
        np.testing.assert_allclose(upper[[0, -1]], lower[[0, -1]], atol=1e-9)
        mirrored, _ = lid_curves(eyes, Lids(form=form), -1.0)
        np.testing.assert_allclose(mirrored * [-1, 1], upper)


def _masks(lids: Lids, kind: str = "anime"):
    pixels = np.zeros((240, 240, 4), np.uint8)
    style = replace(sample_character(generator(52, 0), "anime").style, palette="colour", outline=True)
    head = Head(Build(), Place(120, 120, 90.0), Turn())
    pen = Pen(skia.Surface(pixels).getCanvas(), style, head.unit, [])
    eyes = eyes_now(Eyes(kind=kind), lids)
    curves = draw_eye(pen, head, eyes, lids, 1.0, (0.0, 0.0), (0.9, 0.8, 0.7))
    pupil, seen = pupil_point(eyes, lids, 1.0, (0.0, 0.0), *curves)
    return (
        replay_masks(pen, 240, 240),
        head.draw_on(eye_points(*curves), 0.01),
        head.draw_on(pupil[None], 0.012)[0],
        seen,
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_labels_of_a_form_lie_on_its_edge(form):
    masks, points, _, _ = _masks(Lids(form=form))
    drawn = masks > 0
    for x, y in points[[0, 1, 2, 4, 5]]:
        near = drawn[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4]
        assert near.any()
        assert not near.all()


def test_a_heart_is_iris_and_a_wedge_has_none():
    eye, iris = PARTS.index("eye"), PARTS.index("iris")
    assert (_masks(Lids(form="heart"))[0] == iris).sum() > 200
    wedge = _masks(Lids(form="wedge"))[0]
    assert (wedge == iris).sum() == 0
    assert (wedge == eye).sum() > 40


@pytest.mark.parametrize("kind", ["anime", "disc", "lens"])
def test_a_blank_eye_has_no_iris_and_no_pupil(kind):
    iris = PARTS.index("iris")
    masks, _, _, seen = _masks(Lids(iris=0.0), kind)
    assert not (masks == iris).any()
    assert not seen
    whole, half = ((_masks(Lids(iris=size), kind)[0] == iris).sum() for size in (1.0, 0.5))
    assert 0 < half < 0.6 * whole


def test_the_pupil_of_a_round_eye_is_where_it_is_drawn():
    masks, _, pupil, seen = _masks(Lids(form="round", iris=0.8))
    assert seen
    rows, columns = np.nonzero(masks == PARTS.index("iris"))
    np.testing.assert_allclose([columns.mean() + 0.5, rows.mean() + 0.5], pupil, atol=1.0)
    assert not _masks(Lids(form="round", iris=0.0))[3]


def test_what_is_in_an_iris_is_seen_in_it():
    for inside in ("heart", "star"):
        plain, marked = (_pixels(Lids(inside=name)) for name in ("", inside))
        assert (np.abs(plain.astype(int) - marked) > 30).any(axis=2).sum() > 20


def test_a_thick_closed_lash_catches_light_in_a_detailed_eye_and_none_in_ink():
    def white(detail: float, palette: str, lids: Lids) -> int:
        return int((_pixels(lids, Eyes(detail=detail, lash=0.09), palette)[..., :3].min(axis=2) > 200).sum())

    shut = Lids(0.0, -0.8)
    assert white(0.9, "colour", shut) > white(0.4, "colour", shut) == white(0.9, "ink", shut) == 0


def test_a_heart_may_hold_further_hearts_drawn_in_ink():
    def dark(green: float) -> int:
        colour = (0.9, green, 0.3)
        drawn = _pixels(Lids(form="heart"), Eyes(colours=(colour, colour)))
        return int(((drawn[..., 3] > 200) & (drawn[..., :3].max(axis=2) < 90)).sum())

    assert dark(0.9) > 1.5 * dark(0.3) > 0


def _pixels(lids: Lids, eyes: Eyes | None = None, palette: str = "colour") -> np.ndarray:
    pixels = np.zeros((240, 240, 4), np.uint8)
    style = replace(sample_character(generator(52, 0), "anime").style, palette=palette)
    head = Head(Build(), Place(120, 120, 90.0), Turn())
    pen = Pen(skia.Surface(pixels).getCanvas(), style, head.unit)
    draw_eye(pen, head, eyes or Eyes(), lids, 1.0, (0.0, 0.0), (0.9, 0.8, 0.7))
    return pixels
