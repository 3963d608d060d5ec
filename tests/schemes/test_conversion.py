"""From one scheme to another: laws that every pair keeps, what is known of each point, and how good it is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from charaface.face import Face, Landmarks, Pose
from charaface.geometry import box_from_points
from charaface.pose import HEAD, rotation
from charaface.schemes import SCHEMES, conversion, convert_points
from charaface.schemes.convert import THERE_AND_BACK

PAIRS = list(product(SCHEMES, SCHEMES))
RNG = np.random.default_rng(4)


def any_face(scheme: str) -> np.ndarray:
    """(N, 2) points anywhere."""
    return RNG.uniform(-100, 900, (SCHEMES[scheme].count, 2))


def head(yaw: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """(68, 2) points of the average head, 100 pixels between the outer eye corners."""
    return 300 + 100 * (HEAD @ rotation(Pose(yaw, 5.0, roll)).T)[:, :2]


def mirrored(points: np.ndarray, scheme: str) -> np.ndarray:
    return points[list(SCHEMES[scheme].mirror)] * [-1, 1] + [640, 0]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_converting_a_mirrored_face_mirrors_the_conversion(a: str, b: str) -> None:
    points = any_face(a)
    got, how = convert_points(mirrored(points, a), a, b)
    want, _ = convert_points(points, a, b)
    np.testing.assert_allclose(got, mirrored(want, b), atol=1e-8)
    assert [how[i] for i in SCHEMES[b].mirror] == list(how)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_converting_a_turned_stretched_and_moved_face_does_so_with_the_conversion(a: str, b: str) -> None:
    points, matrix, move = any_face(a), RNG.normal(0, 1, (2, 2)), RNG.normal(0, 50, 2)
    got, _ = convert_points(points @ matrix + move, a, b)
    np.testing.assert_allclose(got, convert_points(points, a, b)[0] @ matrix + move, atol=1e-7)


@pytest.mark.parametrize("a", SCHEMES)
def test_a_scheme_turned_into_itself_stays_to_the_bit(a: str) -> None:
    points = any_face(a)
    got, how = convert_points(points, a, a)
    assert np.array_equal(got, points)
    assert set(how) == {"exact"}


def test_the_two_orders_of_the_sixty_are_each_other_s_undoing() -> None:
    points = any_face("manga60a")
    there, how = convert_points(points, "manga60a", "manga60b")
    assert set(how) == {"exact"}
    assert np.array_equal(convert_points(there, "manga60b", "manga60a")[0], points)
    assert np.array_equal(there[17:27], points[50:60])  # the mouth
    assert np.array_equal(there[47:57], points[17:27])  # the brows


@pytest.mark.parametrize("c", sorted(set(SCHEMES) - {"manga60a", "manga60b"}))
def test_both_orders_of_the_sixty_become_the_same_and_come_from_the_same(c: str) -> None:
    points = any_face("manga60a")
    other, _ = convert_points(points, "manga60a", "manga60b")
    np.testing.assert_allclose(
        convert_points(points, "manga60a", c)[0], convert_points(other, "manga60b", c)[0], atol=1e-9
    )
    source = any_face(c)
    one, two = (convert_points(source, c, name)[0] for name in ("manga60a", "manga60b"))
    np.testing.assert_allclose(convert_points(one, "manga60a", "manga60b")[0], two, atol=1e-9)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_an_exact_point_is_one_of_the_others_and_comes_back_to_the_bit(a: str, b: str) -> None:
    points = any_face(a)
    there, how = convert_points(points, a, b)
    for i, kind in enumerate(how):
        if kind == "exact":
            (source,) = np.flatnonzero((points == there[i]).all(axis=1))
            assert conversion(b, a).how[source] == "exact"
            assert np.array_equal(convert_points(there, b, a)[0][source], points[source])


@pytest.mark.parametrize(("a", "b"), PAIRS)
@pytest.mark.parametrize("yaw", [0, 30, -50])
def test_no_point_of_an_average_head_goes_astray(a: str, b: str, yaw: float) -> None:
    face = head(yaw, 20)
    points, _ = convert_points(face, "ibug68", a)
    want, _ = convert_points(face, "ibug68", b)
    got, how = convert_points(points, a, b)
    away = np.hypot(*(got - want).T)  # pixels, of which the outer eye corners are 100 apart from the front
    known = np.array([kind != "absent" for kind in how])
    assert away[known].max(initial=0) < 8
    assert away.max() < (8 if yaw == 0 else 35)  # five points say little of how deep a head is


@pytest.mark.parametrize(
    ("a", "b", "number", "sources"),
    [
        ("wflw98", "ibug68", 8, {16: 1}), ("wflw98", "ibug68", 30, {54: 1}), ("wflw98", "ibug68", 45, {72: 1}),
        ("wflw98", "ibug68", 67, {95: 1}), ("wflw98", "ibug68", 22, {42: 1}), ("ibug68", "wflw98", 2, {1: 1}),
        ("ibug68", "wflw98", 3, {0: -1 / 16, 1: 9 / 16, 2: 9 / 16, 3: -1 / 16}), ("wflw98", "five", 1, {}),
        ("ibug68", "five", 0, dict.fromkeys(range(36, 42), 1 / 6)), ("ibug68", "five", 2, {30: 1}),
        ("ibug68", "five", 3, {48: 1}), ("manga60a", "ibug68", 36, {27: 0.5, 36: 0.5}),
        ("manga60a", "ibug68", 42, {37: 0.5, 46: 0.5}), ("manga60a", "ibug68", 45, {41: 0.5, 42: 0.5}),
        ("manga60a", "ibug68", 54, {54: 0.5, 55: 0.5}), ("manga60b", "ibug68", 54, {21: 0.5, 22: 0.5}),
        ("manga60b", "ibug68", 19, {49: 1}), ("manga60a", "wflw98", 97, {48: 1}), ("hysts28", "five", 4, {26: 1}),
        ("hysts28", "ibug68", 39, {13: 1}), ("hysts28", "ibug68", 45, {19: 1}), ("ibug68", "hysts28", 23, {30: 1}),
    ],
)  # fmt: skip
def test_points_are_made_of_those_that_they_should_be(a: str, b: str, number: int, sources: dict[int, float]) -> None:
    row = conversion(a, b).weights[number]
    if sources:
        assert {i: pytest.approx(w) for i, w in sources.items()} == {int(i): row[i] for i in np.flatnonzero(row)}
    else:  # a middle of eight lids by way of six
        assert set(np.flatnonzero(np.abs(row) > 1e-9)) <= set(SCHEMES[a].parts["left_eye"])
    assert row.sum() == pytest.approx(1)


def test_what_a_scheme_has_nothing_for_is_absent() -> None:
    absent = {
        (a, b): [i for i, how in enumerate(conversion(a, b).how) if how == "absent"]
        for a, b in PAIRS
        if "absent" in conversion(a, b).how and "five" not in (a, b) and "60b" not in a + b
    }
    mouth, nose = list(range(60, 68)), [27, 28, 29, 31, 32, 33, 34, 35]
    lower_brows = [38, 39, 40, 41, 47, 48, 49, 50]
    inner = [*lower_brows, 51, 52, 53, *range(55, 60), *range(88, 96)]
    assert absent == {
        ("ibug68", "wflw98"): lower_brows,
        ("manga60a", "ibug68"): nose + mouth,
        ("hysts28", "ibug68"): nose + mouth,
        ("manga60a", "wflw98"): inner,
        ("hysts28", "wflw98"): inner,
    }
    assert conversion("five", "ibug68").how.count("absent") == 65


def test_landmarks_say_of_each_point_how_sure_it_is() -> None:
    scores, visible = np.linspace(0.1, 0.9, 68), np.arange(68) != 37
    marks = Landmarks(head(), scores, visible).to("manga60a")
    assert marks.scheme == "manga60a"
    assert marks.scores[8] == pytest.approx(scores[8])
    assert marks.scores[28] == pytest.approx(scores[36])  # the least of 36 to 39, which it lies between
    assert (marks.visible[28], marks.visible[38]) == (False, True)
    back = marks.to("ibug68")
    assert np.flatnonzero(~back.known).tolist() == [27, 28, 29, *range(31, 36), *range(60, 68)]
    assert not back.visible[~back.known].any()
    assert (back.scores[~back.known] == 0).all()
    assert np.hypot(*(back.points - head()).T).max() < 5


def test_what_is_not_known_stays_not_known_on_the_way_on() -> None:
    ones = np.ones(5)
    marks = Landmarks(convert_points(head(), "ibug68", "five")[0], ones, ones, "five").to("ibug68")
    assert np.flatnonzero(marks.known).tolist() == [30, 48, 54]
    assert marks.to("hysts28").known.sum() == 3
    assert marks.to("ibug68") is marks


def test_a_face_keeps_all_but_its_points() -> None:
    ones = np.ones(68)
    face = Face([0, 0, 9, 9], 0.5, Landmarks(head(), ones, ones), track=3)
    got = face.to("five").to_dict()
    assert got["landmarks"]["scheme"] == "five"
    assert "parts" not in got
    assert (got["box"], got["score"], got["track"]) == ([0, 0, 9, 9], 0.5, 3)
    bare = Face([0, 0, 9, 9])
    assert bare.to("five") is bare
    with pytest.raises(ValueError, match=r"no scheme 'fiv'; there are .*; did you mean five"):
        bare.to("fiv")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_box_of_any_points_is_near_that_of_the_sixty_eight(scheme: str) -> None:
    ones = np.ones(68)
    marks = Landmarks(head(15, 10), ones, ones)
    assert np.array_equal(marks.box, box_from_points(marks.points))
    np.testing.assert_allclose(marks.to(scheme).box, marks.box, atol=20 if scheme == "five" else 6)


@pytest.mark.parametrize(("source", "count"), [("ibug68", 60), ("five", 68)])
def test_points_of_another_scheme_are_refused(source: str, count: int) -> None:
    with pytest.raises(ValueError, match=rf"{source} needs points of shape \({SCHEMES[source].count}, 2\), got"):
        convert_points(np.zeros((count, 2)), source, "wflw98")
    with pytest.raises(ValueError, match="no scheme 'x'"):
        convert_points(np.zeros((count, 2)), "x", source)


@pytest.mark.parametrize("scheme", THERE_AND_BACK)
def test_what_is_lost_there_and_back_on_generated_faces_is_what_is_declared(scheme: str) -> None:
    pytest.importorskip("skia")
    from charaface.synth.crops import render_face

    faces = [face for i in range(60) for face in render_face(7, i, 96).faces]
    truth = np.stack([face.landmarks.points for face in faces]).astype(np.float64)
    sides = np.array([np.sqrt(np.prod(face.box[2:] - face.box[:2])) for face in faces])
    back = conversion(scheme, "ibug68")
    away = np.linalg.norm(back.weights @ conversion("ibug68", scheme).weights @ truth - truth, axis=2)
    assert back.error == THERE_AND_BACK[scheme]
    for how, declared in back.error.items():
        points = [kind == how for kind in back.how]
        assert 100 * (away / sides[:, None])[:, points].mean() == pytest.approx(declared, rel=0.35)
