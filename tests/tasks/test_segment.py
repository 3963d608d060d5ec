"""segment: the parts of each face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import landmarks, segment
from charaface.cli import run
from charaface.face import PARTS
from charaface.image import save
from charaface.tasks.segment import LABELS
from painted import World, gif, paint

SQUARES = [(120, 60, 80), (30, 90, 60)]
IMAGE = paint(SQUARES)
SKIN, HAIR, IRIS = (PARTS.index(name) for name in ("skin", "hair", "iris"))


@pytest.mark.usefixtures("world")
def test_each_face_has_a_map_of_the_whole_picture() -> None:
    maps = segment(IMAGE)
    assert [(one.shape, one.dtype.name) for one in maps] == [((240, 320), "uint8")] * 2
    for one, (x0, y0, side) in zip(maps, SQUARES, strict=True):
        inside = one[y0 + 2 : y0 + side - 2, x0 + 2 : x0 + side - 2]
        assert set(np.unique(inside)) == {SKIN, IRIS}
        assert (inside == SKIN).mean() > 0.85
        assert (one[y0 - side // 2 + 3 : y0 - 2, x0 + 3 : x0 + side - 3] == HAIR).all()
        assert (one[: y0 - side // 2 - 2] == 0).all()
        assert (one[:, : x0 - 3] == 0).all()
    assert LABELS == PARTS


@pytest.mark.usefixtures("world")
def test_faces_that_overlap_keep_a_map_each() -> None:
    given = landmarks(paint([(120, 60, 80)])) + landmarks(paint([(160, 70, 80)]))
    maps = segment(IMAGE, given)
    assert ((maps[0] == SKIN) & (maps[1] == SKIN)).sum() > 1000
    alone = segment(IMAGE, given[1:])
    np.testing.assert_array_equal(maps[1], alone[0])


@pytest.mark.usefixtures("world")
def test_a_mirrored_picture_has_mirrored_maps() -> None:
    plain, mirrored = segment(IMAGE)[0], segment(IMAGE[:, ::-1])[0]
    assert (plain[:, ::-1] == mirrored).mean() > 0.99


@pytest.mark.usefixtures("world")
def test_a_face_at_the_edge_has_what_is_left_of_its_map() -> None:
    (face,) = landmarks(IMAGE, [landmarks(paint([(120, 60, 80)]))[0]])
    cut = IMAGE[:, 150:]
    moved = face.to_dict()
    moved["box"] = [0.0, 60.0, 50.0, 140.0]
    moved["landmarks"]["points"] = [[x - 150, y] for x, y in moved["landmarks"]["points"]]
    whole, part = segment(IMAGE, [face])[0], segment(cut, [type(face).from_dict(moved)])[0]
    assert part.shape == cut.shape[:2]
    assert (whole[:, 150:] == part).mean() > 0.995


def test_no_face_has_no_map_and_asks_no_network(world: World) -> None:
    assert segment(paint([])) == []
    assert world.parser.calls == []


@pytest.mark.usefixtures("world")
def test_the_command_writes_a_picture_of_values_a_face(tmp_path: Path) -> None:
    source = save(IMAGE, tmp_path / "젠이치.png")
    out = tmp_path / "maps"
    out.mkdir()
    assert run(["segment", str(source), "-o", str(out)]) == 0
    files = sorted(path.name for path in out.glob("*.png"))
    assert files == ["젠이치-0.png", "젠이치-1.png"]
    for name, one in zip(files, segment(IMAGE), strict=True):
        with Image.open(out / name) as picture:
            assert picture.mode == "P"
            np.testing.assert_array_equal(np.asarray(picture), one)


@pytest.mark.usefixtures("world")
def test_the_command_writes_a_map_for_each_face_of_each_frame(tmp_path: Path) -> None:
    out = tmp_path / "maps"
    out.mkdir()
    assert run(["segment", str(gif(tmp_path / "clip.gif", 3)), "-o", str(out)]) == 0
    assert sorted(path.name for path in out.glob("*.png")) == [f"clip-0000{i}-0.png" for i in range(3)]
    assert run(["segment", str(tmp_path / "clip.gif"), "-o", str(tmp_path / "one.jpg")]) == 2
