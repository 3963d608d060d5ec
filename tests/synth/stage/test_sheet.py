"""The sheet: what is painted over hides points, and nothing may hide a face."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import skia

from charaface.synth.labels import generator
from charaface.synth.stage.ink import sample_ink
from charaface.synth.stage.marks import Area
from charaface.synth.stage.sheet import HIDDEN, Sheet, face_place, new_actor

SIZE = 200


def sheet_with_face(index: int = 0, size: float = 90.0) -> Sheet:
    """A sheet with one large face near its middle."""
    rng = generator(17, index)
    sheet = Sheet(SIZE, SIZE, rng)
    sheet.canvas.clear(0xFFFFFFFF)
    for _ in range(20):
        who, state = new_actor(rng, "anime")
        place = face_place(who, SIZE / 2, SIZE / 2, size)
        if sheet.attempt(partial(sheet.put_face, sample_ink(rng, "anime"), sheet.whole, who, state, place, False)):
            return sheet
    raise AssertionError("no face could be put on the sheet")


def cover(sheet: Sheet, area: Area) -> bool:
    def draw() -> bool:
        sheet.canvas.drawRect(skia.Rect(*area), skia.Paint(Color=0xFF13C77A))
        return True

    return sheet.attempt(draw)


@pytest.mark.parametrize("index", range(4))
def test_points_that_are_painted_over_are_hidden_and_the_others_are_not(index: int) -> None:
    sheet = sheet_with_face(index)
    before = sheet.faces()[0]
    box = before.box
    middle = float(box[1] + 0.75 * (box[3] - box[1]))
    area = Area(0, middle, SIZE, SIZE)
    assert cover(sheet, area)
    after = sheet.faces()[0]
    assert before.landmarks
    assert after.landmarks
    y = after.landmarks.points[:, 1]
    assert not after.landmarks.visible[y > middle + 1].any()
    above = y < middle - 1
    assert (after.landmarks.visible[above] == before.landmarks.visible[above]).all()


def test_what_hides_too_much_of_a_face_is_taken_back() -> None:
    sheet = sheet_with_face()
    pixels = sheet.pixels.copy()
    assert not cover(sheet, sheet.whole)
    assert np.array_equal(sheet.pixels, pixels)
    assert len(sheet.faces()) == 1
    assert sheet.covered(sheet.standing[0]).mean() <= HIDDEN


def test_a_face_outside_the_picture_is_refused_and_leaves_no_trace() -> None:
    rng = generator(3, 3)
    sheet = Sheet(SIZE, SIZE, rng)
    sheet.canvas.clear(0xFFFFFFFF)
    who, state = new_actor(rng, "cartoon")
    place = face_place(who, -60.0, 100.0, 50.0)
    assert not sheet.attempt(partial(sheet.put_face, sample_ink(rng), sheet.whole, who, state, place))
    assert (sheet.pixels == 255).all()
    assert sheet.faces() == []


@pytest.mark.parametrize("size", [16.0, 40.0, 120.0])
def test_a_face_has_about_the_size_that_was_asked_for(size: float) -> None:
    sides = []
    for index in range(5):
        box = sheet_with_face(index, size).faces()[0].box
        sides.append(float((box[2:] - box[:2]).max()))
    assert 0.65 * size < np.median(sides) < 1.4 * size


def test_a_box_and_its_points_stay_in_their_panel() -> None:
    rng = generator(5, 8)
    sheet = Sheet(SIZE, SIZE, rng)
    panel = Area(50.0, 0.0, 150.0, 200.0)
    for _ in range(30):
        who, state = new_actor(rng, None)
        place = face_place(who, 60.0, 100.0, 70.0)
        sheet.attempt(partial(sheet.put_face, sample_ink(rng), panel, who, state, place))
    assert sheet.faces()
    for face in sheet.faces():
        assert face.box[0] >= 50
        assert face.box[2] <= 150
        assert face.landmarks
        outside = face.landmarks.points[:, 0] < 49.5
        assert not face.landmarks.visible[outside].any()
    outside_pixels = sheet.pixels[:, :49]
    assert not outside_pixels.any()
