"""The mesh: one and the same for every face, its own mirror image, and never over an eye or in an open mouth."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from charaface.draw import COLOURS, DrawStyle, draw_faces
from charaface.draw.mesh import mean_shape, mesh_of
from charaface.face import Face, Landmarks
from charaface.schemes import IBUG68, SCHEMES
from painted import points_of

PLAIN = np.full((300, 320, 3), 128, np.uint8)
POINTS = points_of((40, 30, 240))


def face(hidden: tuple[int, ...] = (), points: np.ndarray = POINTS) -> Face:
    return Face(np.array([40, 30, 280, 270]), 0.9, Landmarks(points, np.ones(68), ~np.isin(np.arange(68), hidden)))


def inked(style: DrawStyle, one: Face) -> np.ndarray:
    return (draw_faces(PLAIN, [one], style) != PLAIN).any(axis=2)


def crosses(mean: np.ndarray, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two lines of the mean shape cross, as two straight equations say."""
    if set(one) & set(other):
        return False
    (a, b), (c, d) = mean[list(one)], mean[list(other)]
    ways = np.stack([b - a, c - d], axis=1)
    if abs(np.linalg.det(ways)) < 1e-12:
        return False
    s, t = np.linalg.solve(ways, c - a)
    return bool(1e-9 < s < 1 - 1e-9 and 1e-9 < t < 1 - 1e-9)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_mesh_is_its_own_mirror_image_and_holds_every_point(scheme: str) -> None:
    edges, mirror = set(mesh_of(scheme)), SCHEMES[scheme].mirror
    assert {tuple(sorted((mirror[a], mirror[b]))) for a, b in edges} == edges
    assert {i for edge in edges for i in edge} == set(range(SCHEMES[scheme].count))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_two_lines_of_the_mesh_cross(scheme: str) -> None:
    mean = mean_shape(scheme)
    assert not [pair for pair in combinations(mesh_of(scheme), 2) if crosses(mean, *pair)]


def test_no_line_runs_through_an_eye_or_the_mouth() -> None:
    for name in ("right_eye", "left_eye", "inner_lip", "outer_lip"):
        ring = IBUG68.parts[name]
        outline = {tuple(sorted(pair)) for pair in zip(ring, (*ring[1:], ring[0]), strict=True)}
        assert {edge for edge in mesh_of("ibug68") if set(edge) <= set(ring)} == outline


def test_the_mesh_is_delaunay_s_where_it_has_triangles() -> None:
    """The circle of a triangle of three lines holds no other point of the mean shape."""
    edges, mean = set(mesh_of("ibug68")), mean_shape("ibug68")
    triangles = [t for t in combinations(range(68), 3) if edges.issuperset(combinations(t, 2))]
    assert len(triangles) > 60
    for triangle in triangles:
        corners = mean[list(triangle)]
        ways = 2 * (corners[1:] - corners[0])
        if abs(np.linalg.det(ways)) < 1e-9:
            continue
        middle = np.linalg.solve(ways, (corners[1:] ** 2).sum(axis=1) - (corners[0] ** 2).sum())
        apart = np.linalg.norm(mean - middle, axis=1)
        assert (apart >= np.linalg.norm(corners[0] - middle) - 1e-6).all()


def test_lines_join_the_same_points_however_a_face_is_turned() -> None:
    turned = np.stack([320 - POINTS[:, 0], POINTS[:, 1]], axis=1)
    style = DrawStyle(mesh=True, points=False, lines=False)
    for points in (POINTS, turned):
        ink = inked(style, face(points=points))
        for a, b in ((39, 27), (31, 48), (8, 57)):
            x, y = np.rint((points[a] + points[b]) / 2).astype(int)
            assert ink[y - 1 : y + 2, x - 1 : x + 2].any()


def test_the_mesh_lies_under_lines_and_points() -> None:
    both = draw_faces(PLAIN, [face()], DrawStyle(mesh=True))
    alone = draw_faces(PLAIN, [face()], DrawStyle())
    x, y = np.rint(POINTS[30]).astype(int)
    assert both[y, x].tolist() == alone[y, x].tolist() == list(bytes.fromhex(COLOURS["nose"][1:]))
    assert (both != alone).any()


def test_lines_to_hidden_points_are_faint_or_left_out() -> None:
    ways = {
        kind: inked(DrawStyle(mesh=True, points=False, lines=False, hidden=kind), face(hidden=tuple(range(68))))
        for kind in ("hollow", "faint", "none")
    }
    assert not ways["none"].any()
    assert (ways["hollow"] == ways["faint"]).all()
    style = DrawStyle(mesh=True, points=False, lines=False)
    seen, unseen = (
        np.abs(draw_faces(PLAIN, [face(hidden=hidden)], style).astype(int) - 128).sum() for hidden in ((), range(68))
    )
    assert 0 < unseen < 0.6 * seen


def test_only_chosen_parts_are_meshed_and_in_the_caller_s_colour() -> None:
    style = DrawStyle(mesh=True, points=False, lines=False, parts=["mouth"], colours={"mesh": "#ff0000"}, thickness=8)
    out = draw_faces(PLAIN, [face()], style)
    rows = np.flatnonzero((out != PLAIN).any(axis=(1, 2)))
    assert POINTS[48:, 1].min() - 8 < rows.min() < rows.max() < POINTS[48:, 1].max() + 8
    assert out[..., 0].max() > 200
    assert out[..., 1].max() <= 128
