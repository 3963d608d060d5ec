"""Photographs by skin and glasses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface.evaluate.labels import Labelled
from charaface.evaluate.people import GREY, SKINS, section, skin_of
from charaface.evaluate.points import GIVEN, MEAN, OWN, Scored
from charaface.face import Face
from charaface.image import save
from heads import head

POINTS = head().landmarks.points.astype(np.float64)
TONES = ((250, 232, 222), (238, 200, 175), (214, 170, 138), (190, 140, 110), (140, 95, 65), (70, 42, 28))


def painted(rgb: tuple[int, int, int]) -> np.ndarray:
    return np.full((400, 400, 3), rgb, np.uint8)


def test_darker_skin_has_a_darker_class() -> None:
    names = [*SKINS]
    found = [skin_of(painted(rgb), POINTS) for rgb in TONES]
    numbers = [names.index(name or "") for name in found]
    assert numbers == sorted(numbers)
    assert {found[0], found[-1]} == {"very light", "dark"}
    assert skin_of(painted((120, 120, 120)), POINTS) == GREY


def test_the_lighter_cheek_counts_and_one_outside_the_picture_does_not() -> None:
    shadow = painted((238, 200, 175))
    shadow[:, :200] = (60, 40, 30)
    light = skin_of(painted((238, 200, 175)), POINTS)
    assert skin_of(shadow, POINTS) == light
    assert skin_of(shadow, POINTS + [180, 0]) == light
    assert skin_of(shadow, POINTS + [900, 0]) is None


@pytest.mark.parametrize("glasses", [0.0, 0.9])
def test_errors_are_grouped(tmp_path: Path, glasses: float) -> None:
    save(painted((70, 42, 28)), tmp_path / "dark.png")
    save(painted((250, 232, 222)), tmp_path / "light.png")
    label, box = Labelled("dark.png", "photo", "Ann", POINTS), head().box
    off = {way: POINTS + [8, 0] for way in (OWN, GIVEN, MEAN)}
    one = Scored(label, box, 1.0, off)
    other = replace(one, label=replace(label, file="light.png"), points=dict.fromkeys(off, POINTS))

    def wears(_: np.ndarray, faces: list[Face]) -> list[Face]:
        return [replace(face, accessories={"glasses": glasses, "sunglasses": 0.0}) for face in faces]

    rows = {row[0]: row for row in section([one, other], tmp_path, wears, "raw").rows}
    assert set(rows) == {"very light", "dark", "clear glasses" if glasses else "bare eyes"}
    assert rows["very light"][3].value == pytest.approx(0, abs=1e-6)
    apart = 800 / np.linalg.norm(POINTS[36] - POINTS[45])
    assert rows["dark"][3].value == pytest.approx(apart, rel=1e-3)
    assert [row[1] for row in rows.values()] == [1, 1, 2]
