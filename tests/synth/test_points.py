"""Points of every scheme the generator has: on what is drawn, the same picture under each, mirrored in a mirror."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
import skia

from charaface.cli.synth import synth
from charaface.metrics import normaliser
from charaface.schemes import MANGA60A, SCHEMES, scheme_named
from charaface.synth.anatomy import Build, Head, Place, Turn
from charaface.synth.cast import sample_character
from charaface.synth.character import draw_character
from charaface.synth.crops import render_face
from charaface.synth.eyes import Eyes, Lids, draw_eye, iris_middle, lid_curves, pupil_point, rim_lids
from charaface.synth.features import mouth_curves, mouth_points
from charaface.synth.labels import DOMAINS, generator
from charaface.synth.moments import sample_state
from charaface.synth.pen import Pen
from charaface.synth.points import EYE_APART, LAYOUTS, MOUTH_APART, loop_points
from charaface.synth.scene import render_scene

SIZE = 160
LOOPS = (range(27, 37), range(37, 47))
OTHERS = sorted(set(LAYOUTS) - {"ibug68"})

# (seed, index): points 8, 30 and 36 of ibug68, how many points are visible, and the mean of all pixels at 128 px: a
# recipe's seed means these pictures
KNOWN = {
    (3, 7): ((32.67, 96.76), (47.59, 81.14), (43.62, 53.66), 56, 143.93),
    (5, 0): ((82.70, 102.61), (88.65, 76.75), (62.56, 56.95), 30, 109.85),
    (5, 1): ((74.73, 94.88), (76.50, 73.36), (57.48, 57.56), 45, 76.53),
    (21, 28): ((82.39, 89.65), (81.56, 66.03), (65.97, 57.09), 64, 147.27),
}


def moments(count: int):
    """Random characters and what they do, of every kind of drawing."""
    rng = generator(5, 0)
    for k in range(count):
        who = sample_character(rng, DOMAINS[k % len(DOMAINS)])
        yield who, sample_state(rng, who)


def lids_of(who, state, side: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    return lid_curves(who.eyes, rim_lids(who.eyes, state.right), side)


def outside(loop: np.ndarray, point: np.ndarray) -> float:
    """How far a point lies outside a closed polygon; below 0 inside."""
    x, y = point.tolist()
    return -cv2.pointPolygonTest(loop.astype(np.float32), (x, y), True)


def off(curve: np.ndarray, points: np.ndarray) -> float:
    """The largest distance of points from a polyline."""
    a, way = curve[:-1], np.diff(curve, axis=0)
    t = ((points[:, None] - a) * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-12)
    nearest = a + np.clip(t, 0, 1)[..., None] * way
    return float(np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1).max())


@pytest.mark.parametrize(("seed", "index"), KNOWN)
def test_the_renders_of_a_seed_stay_what_they_were(seed: int, index: int) -> None:
    render = render_face(seed, index, 128)
    marks = render.faces[0].landmarks
    *points, seen, mean = KNOWN[seed, index]
    np.testing.assert_allclose(marks.points[[8, 30, 36]], points, atol=0.02)
    assert marks.visible.sum() == seen
    assert render.image.mean() == pytest.approx(mean, abs=0.2)


@pytest.mark.parametrize("scheme", OTHERS)
def test_a_face_is_drawn_alike_whatever_scheme_its_points_are_of(scheme: str) -> None:
    for index in range(27):
        domain = DOMAINS[index % len(DOMAINS)]
        plain, other = (render_face(9, index, 96, domain=domain, masks=True, scheme=s) for s in ("ibug68", scheme))
        assert np.array_equal(plain.image, other.image)
        assert np.array_equal(plain.masks, other.masks)
        (one,), (two,) = ([face.to_dict() for face in render.faces] for render in (plain, other))
        assert two.pop("landmarks")["scheme"] == scheme
        assert one.pop("landmarks")["scheme"] == "ibug68"
        one.pop("parts")  # boxes of eyes and mouth, which only the 68 tell
        assert one == two


@pytest.mark.parametrize("scheme", OTHERS)
def test_a_scene_is_drawn_alike_whatever_scheme_its_points_are_of(scheme: str) -> None:
    faces = 0
    for index in range(8):
        plain, other = (render_scene(12, index, (200, 200), scheme=s) for s in ("ibug68", scheme))
        assert np.array_equal(plain.image, other.image)
        assert [face.box.tolist() for face in plain.faces] == [face.box.tolist() for face in other.faces]
        assert {face.landmarks.scheme for face in other.faces} <= {scheme}
        for one, two in zip(plain.faces, other.faces, strict=True):
            assert np.array_equal(one.landmarks.visible[:27], two.landmarks.visible[:27])
            faces += 1
    assert faces > 5


def test_jaw_brows_and_tip_of_the_nose_are_those_of_the_68() -> None:
    for index in range(40):
        six, manga = (render_face(13, index, 128, scheme=s).faces[0].landmarks for s in ("ibug68", "manga60a"))
        for here, there in ((range(27), range(27)), ([30], [49])):
            assert np.array_equal(six.points[here], manga.points[there])
            assert np.array_equal(six.visible[here], manga.visible[there])


@pytest.mark.parametrize("scheme", LAYOUTS)
@pytest.mark.parametrize("turn", [(3, 0, 0), (25, 10, 5), (50, -20, 0), (80, 5, -20)])
def test_a_mirrored_face_has_the_points_of_the_mirror_order(scheme: str, turn: tuple[float, float, float]) -> None:
    yaw, pitch, roll = turn
    order = list(scheme_named(scheme).mirror)
    for who, state in moments(18):
        mouth = replace(state.mouth, asym=0.0, x=0.0, line="arc", shape="dee")
        state = replace(state, mouth=mouth, brow_uneven=0.0, cover="", turn=Turn(yaw, pitch, roll))
        x, y = state.gaze
        back = replace(state, turn=Turn(-yaw, pitch, -roll), left=state.right, right=state.left, gaze=(-x, y))
        found = []
        for moment in (state, back):
            pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
            canvas, place = skia.Surface(pixels).getCanvas(), Place(SIZE / 2, SIZE / 2, 40.0)
            drawn = draw_character(canvas, who, moment, place, np.random.default_rng(0), scheme=scheme)
            found.append(drawn.marks[scheme].points + 0.5 - SIZE / 2)
        assert np.abs((found[1] * [-1, 1])[order] - found[0]).max() < 1e-3


def test_a_loop_lies_on_its_curves_in_equal_steps() -> None:
    for who, state in moments(200):
        curves = mouth_curves(state.mouth)
        for upper, lower, apart in (
            (*lids_of(who, state), EYE_APART),
            (curves["outer_up"], curves["outer_low"], MOUTH_APART),
        ):
            loop = loop_points(upper, lower, apart)
            assert off(upper, loop[:5]) < 1e-9
            assert off(lower, loop[5:]) < 1e-9
            for row, curve in ((loop[:5], upper), (loop[5:][::-1], lower)):
                assert (np.diff(row[:, 0]) > 0).all()
                along = [np.linalg.norm(np.diff(part, axis=0), axis=1).sum() for part in _between(curve, row)]
                assert max(along) < 1.01 * min(along)


def _between(curve: np.ndarray, row: np.ndarray) -> list[np.ndarray]:
    """The parts of a curve from each of the points of a row to the next."""
    parts = []
    for a, b in pairwise(row):
        inner = curve[(curve[:, 0] > a[0]) & (curve[:, 0] < b[0])]
        parts.append(np.concatenate([a[None], inner, b[None]]))
    return parts


def test_the_middle_of_a_corner_pair_is_near_the_corner() -> None:
    away = []
    for who, state in moments(400):
        upper, lower = lids_of(who, state)
        size = max(2 * who.eyes.half, float((lower - upper)[:, 1].max()))
        loop = loop_points(upper, lower, EYE_APART)
        for pair, corner in (((0, 9), 0), ((4, 5), -1)):
            away.append(np.linalg.norm(loop[list(pair)].mean(axis=0) - upper[corner]) / size)
    assert np.median(away) < 0.06
    assert np.quantile(away, 0.95) < 0.13


def test_a_closed_eye_has_its_pairs_in_the_corners() -> None:
    upper, lower = lid_curves(Eyes(), Lids(open=0.0, arc=-0.7), 1.0)
    loop = loop_points(upper, lower, EYE_APART)
    assert np.array_equal(loop[:5], loop[5:][::-1])
    np.testing.assert_allclose(loop[[0, 4]], upper[[0, -1]])


def test_the_distance_of_the_outer_corners_is_nearly_that_of_the_68() -> None:
    ratios = []
    for index in range(40):
        six, manga = (render_face(22, index, 128, scheme=s).faces[0] for s in ("ibug68", "manga60a"))
        if abs(six.pose.yaw) < 30:
            lengths = [normaliser("inter-ocular", f.landmarks.points, f.box, f.landmarks.scheme) for f in (six, manga)]
            ratios.append(lengths[1] / lengths[0])
    assert len(ratios) > 15
    assert min(ratios) > 0.94
    assert max(ratios) <= 1.001


def test_a_pupil_that_is_seen_lies_inside_its_eye() -> None:
    seen = 0
    for who, state in moments(400):
        upper, lower = lids_of(who, state)
        pupil, drawn = pupil_point(who.eyes, state.right, 1.0, state.gaze, upper, lower)
        if drawn:
            seen += 1
            assert outside(loop_points(upper, lower, EYE_APART), pupil) < 0.01 * who.eyes.half
    assert seen > 200


def test_a_seen_pupil_lies_inside_its_eye_in_the_picture() -> None:
    seen = 0
    for index in range(60):
        face = render_face(14, index, 160, domain="manga", scheme="manga60a").faces[0]
        for pupil, loop in zip((47, 48), LOOPS, strict=True):
            if face.landmarks.visible[pupil] and abs(face.pose.yaw) < 30:
                seen += 1
                assert outside(face.landmarks.points[list(loop)], face.landmarks.points[pupil]) < 0.5
    assert seen > 30


@pytest.mark.parametrize("kind", ["disc", "almond", "anime"])
@pytest.mark.parametrize("gaze", [(0.0, 0.0), (0.6, -0.2), (-0.6, 0.3)])
def test_a_pupil_is_where_it_is_drawn(kind: str, gaze: tuple[float, float]) -> None:
    """The colour of the iris is nowhere else: the middle of what has it, or of the darker pupil in it, is the label."""
    eyes = Eyes(
        kind=kind,
        iris=(0.07, 0.07),
        pupil=0.5,
        shine=0,
        colours=((1.0, 0.0, 0.0),) * 2,
        detail=0.28,
        half=0.2,
        lash=0.01,
    )
    who = sample_character(generator(5, 2), "cartoon")
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    head = Head(Build(), Place(SIZE / 4, SIZE / 2, 100.0), Turn(10, 5, 10))
    pen = Pen(skia.Surface(pixels).getCanvas(), replace(who.style, palette="colour", outline=False), head.unit)
    curves = draw_eye(pen, head, eyes, Lids(), 1.0, gaze, (0.9, 0.8, 0.7))
    pupil, drawn = pupil_point(eyes, Lids(), 1.0, gaze, *curves)
    assert drawn
    red = (pixels[..., 0].astype(int) - pixels[..., 1] > 60) & (pixels[..., 3] > 127)
    ys, xs = np.nonzero(red)
    middle = np.array([xs.min() + xs.max() + 1, ys.min() + ys.max() + 1]) / 2
    assert np.linalg.norm(head.draw_on(pupil[None], 0.012)[0] - middle) < 1.5


def test_a_pupil_under_a_lid_is_hidden_and_on_its_edge() -> None:
    for kind in ("anime", "disc", "dot"):
        eyes, shut = replace(Eyes(), kind=kind), Lids(open=0.0)
        upper, lower = lid_curves(eyes, shut, -1.0)
        pupil, drawn = pupil_point(eyes, shut, -1.0, (0.3, 0.0), upper, lower)
        assert not drawn
        assert off(upper, pupil[None]) < 1e-9
    heavy = Lids(cut=0.7)
    upper, lower = lid_curves(Eyes(), heavy, 1.0)
    up = pupil_point(Eyes(), heavy, 1.0, (0.0, -1.0), upper, lower)
    down = pupil_point(Eyes(), heavy, 1.0, (0.0, 1.0), upper, lower)
    assert (up[1], down[1]) == (False, True)
    assert off(upper, up[0][None]) < 1e-9
    assert down[0].tolist() == pytest.approx(iris_middle(Eyes(), 1.0, (0.0, 1.0)))


def test_what_shows_no_pupil_has_none_visible() -> None:
    for lens, lids in ((Eyes(kind="lens", pupil=0.0), Lids()), (Eyes(kind="lens"), Lids(open=0.1))):
        curves = lid_curves(lens, rim_lids(lens, lids), 1.0)
        assert not pupil_point(lens, lids, 1.0, (0.0, 0.0), *curves)[1]
    bare = Eyes(kind="anime", pupil=0.0)  # an iris alone is its own pupil
    assert pupil_point(bare, Lids(), 1.0, (0.0, 0.0), *lid_curves(bare, Lids(), 1.0))[1]


def test_the_loop_of_an_open_mouth_holds_the_middle_of_the_68() -> None:
    opened = 0
    for _, state in moments(300):
        curves = mouth_curves(state.mouth)
        if state.mouth.open > 0:
            opened += 1
            middle = mouth_points(curves)[[3, 9, 14, 18]].mean(axis=0)
            assert outside(loop_points(curves["outer_up"], curves["outer_low"], MOUTH_APART), middle) < 0
    assert opened > 80


def test_the_mean_face_of_manga_is_near_the_published_one() -> None:
    """Against middles of parts of chiawei-liu/DeepAlignmentNetwork's mean shape, in chin widths."""
    published = {
        "right_eye": (-0.27, -0.016), "left_eye": (0.25, -0.015), "right_pupil": (-0.25, -0.006), "nose": (-0.04, 0.20),
        "right_brow": (-0.3, -0.21), "left_brow": (0.26, -0.21), "left_pupil": (0.23, -0.006), "mouth": (-0.01, 0.42),
    }  # fmt: skip
    wanted = np.array(list(published.values()))
    shapes = []
    for index in range(120):
        face = render_face(41, index, 64, domain="manga", scheme="manga60a").faces[0]
        if abs(face.pose.yaw) < 35:
            points = face.landmarks.points.astype(np.float64)
            shape = np.stack([points[list(MANGA60A.parts[name])].mean(axis=0) for name in published])
            shapes.append(_aligned(shape, wanted))
    away = np.linalg.norm(np.mean(shapes, axis=0) - wanted, axis=1)
    assert len(shapes) > 60
    assert away.max() < 0.09


def _aligned(shape: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(N, 2) points moved, turned and scaled onto wanted by least squares."""
    z, w = (p[:, 0] + 1j * p[:, 1] for p in (shape - shape.mean(axis=0), wanted - wanted.mean(axis=0)))
    laid = z * (np.vdot(z, w) / np.vdot(z, z))
    return np.stack([laid.real, laid.imag], axis=1) + wanted.mean(axis=0)


def test_a_scheme_that_is_not_drawn_is_named() -> None:
    for draw in (render_face, render_scene):
        with pytest.raises(ValueError, match="ibug68 or manga60a, not of 'wflw98'"):
            draw(1, 0, scheme="wflw98")


def test_the_command_offers_just_the_schemes_that_are_drawn() -> None:
    (option,) = [p for p in synth.params if p.name == "scheme"]
    assert list(option.type.choices) == list(LAYOUTS)
    assert set(LAYOUTS) <= set(SCHEMES)
