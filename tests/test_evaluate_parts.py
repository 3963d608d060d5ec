"""Parts of renders: what is right counts, part by part, drawn and photographed apart."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.evaluate.parts import Parted, goal, judge_parts, sections
from charaface.face import PARTS, Face
from charaface.synth.labels import PARTS as DRAWN
from charaface.synth.labels import Render
from painted import World, paint

SQUARE = (56, 70, 80)


def render(_seed: int, index: int, size: int) -> Render:
    """A painted face whose parts are skin in the square and hair in the half square above it."""
    x0, y0, side = SQUARE
    image = paint([SQUARE], size, size)
    masks = np.full((1, size, size), DRAWN.index("background"), np.uint8)
    masks[0, y0 - side // 2 : y0, x0 : x0 + side] = DRAWN.index("hair")
    masks[0, y0 : y0 + side, x0 : x0 + side] = DRAWN.index("skin")
    face = Face(
        [x0, y0, x0 + side, y0 + side], domain={"photo" if index % 2 else "anime": 1.0}, accessories={"hat": 1.0}
    )
    return Render(image, [face], masks)


def test_a_network_that_sees_the_parts_has_them(world: World) -> None:
    parted = judge_parts(world.parser, [render], 6)  # type: ignore[arg-type]
    assert parted.photo.tolist() == [False, True] * 3
    parts, worn, _ = sections(parted)
    rows = {str(row[0]): row[1:] for row in parts.rows}
    assert parts.columns == ("", "drawn", "photographed")
    assert all(value > 0.8 for value in rows["skin"] + rows["hair"])
    assert rows["iris"] == (0.0, 0.0)  # seen, and not there
    told = {str(row[0]): row[1:] for row in worn.rows}
    assert told["hat"] == (6, 0.0, 0.0)  # worn, and not told
    assert told["mask"][0] == 0


def test_the_mean_is_over_parts_that_are_somewhere() -> None:
    tables = np.zeros((4, len(PARTS), len(PARTS)), np.int64)
    tables[:, 0, 0], tables[:, 1, 1], tables[:, 1, 0] = 50, 30, 20
    found = goal(said(tables, np.zeros((4, 3)), np.zeros((4, 3)))).estimate
    assert found.value == pytest.approx((50 / 70 + 30 / 50) / 2)
    assert found.low == pytest.approx(found.value)


def said(tables: np.ndarray, pose: np.ndarray, posed: np.ndarray) -> Parted:
    """Four drawings of which nothing else is known."""
    return Parted(tables, np.zeros((4, 6)), np.zeros((4, 6)), np.zeros(4, np.bool_), pose, posed)


def test_poses_are_told_by_how_far_heads_turn() -> None:
    pose = np.array([[10, 5, 179], [-20, 0, 0], [-50, 0, 0], [80, 0, 0]], float)
    posed = pose + [[4, -2, 2], [-2, 4, 0], [6, 7, 8], [np.nan] * 3]
    poses = sections(said(np.ones((4, len(PARTS), len(PARTS)), np.int64), pose, posed))[-1]
    assert poses.rows == (("drawn, turned 0 to 30", 2, 3, 3, 1), ("drawn, turned 30 to 60", 1, 6, 7, 8))
