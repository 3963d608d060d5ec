"""Offsets of points on photographs: found again, turned and scaled with the face, never on a drawing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface import landmarks, weights
from charaface.offsets import Offsets, fitted
from charaface.schemes import IBUG68
from painted import TEMPLATE, World, paint

RNG = np.random.default_rng(4)
MIRROR = list(IBUG68.mirror)
HALF = RNG.normal(0, 0.02, (68, 2))
OFFSETS = Offsets((HALF + HALF[MIRROR] * [-1, 1]) / 2, "squares68-1")
FACE = TEMPLATE * 100
IMAGE = paint([(120, 60, 90)])


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, s], [-s, c]])


def test_they_are_found_again_from_faces_of_any_size_and_lean() -> None:
    rolls = RNG.uniform(-60, 60, 20).tolist()
    found = [turned(FACE * RNG.uniform(0.5, 3), roll) + RNG.normal(0, 50, 2) for roll in rolls]
    truth = [OFFSETS.moved(points, roll, 1.0) for points, roll in zip(found, rolls, strict=True)]
    again = fitted(found, truth, rolls, "squares68-1")
    np.testing.assert_allclose(again.values, OFFSETS.values, atol=1e-9)


def test_they_turn_and_scale_with_the_face() -> None:
    moved = OFFSETS.moved(FACE, 0.0, 1.0)
    np.testing.assert_allclose(OFFSETS.moved(turned(3 * FACE, 25), 25, 1.0), turned(3 * moved, 25), atol=1e-9)
    np.testing.assert_array_equal(OFFSETS.moved(FACE, 0.0, 0.0), FACE)
    np.testing.assert_allclose(OFFSETS.moved(FACE, 0.0, 0.5), (FACE + moved) / 2)


def test_both_sides_get_the_same() -> None:
    few = [FACE + RNG.normal(0, 1, (68, 2)) for _ in range(7)]
    values = fitted([FACE] * 7, few, [0.0] * 7, "x").values
    np.testing.assert_allclose(values[MIRROR] * [-1, 1], values, atol=1e-12)


def test_text_goes_there_and_back() -> None:
    again = Offsets.from_json(OFFSETS.to_json("photographs"))
    np.testing.assert_allclose(again.values, OFFSETS.values, atol=1e-5)
    assert again.weights == OFFSETS.weights
    with pytest.raises(ValueError, match=r"\(68, 2\) finite numbers, got \(1, 2\)"):
        Offsets.from_json('{"weights": "a", "offsets": [[0, 0]]}')


@pytest.fixture
def photographs(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Painted squares whose network has offsets and tells the kind of picture, as kind says."""
    monkeypatch.setattr(weights, "photo_offsets", lambda: OFFSETS)
    spec = world.landmarker.spec
    outputs, labels = (*spec.outputs, "domain"), {"domain": ("photo", "anime")}
    world.landmarker.spec = replace(spec, outputs=outputs, labels=labels)
    plain = world.landmarker.run
    world.kind = np.array([0.9, 0.1], np.float32)  # type: ignore[attr-defined]

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        told = plain(batch)
        return {**told, "domain": np.tile(world.kind, (len(batch), 1))}  # type: ignore[attr-defined]

    monkeypatch.setattr(world.landmarker, "run", run)
    return world


@pytest.mark.usefixtures("photographs")
def test_points_of_a_photograph_are_moved_by_its_probability() -> None:
    (plain,), (face,) = landmarks(IMAGE, weights="generated"), landmarks(IMAGE)
    assert face.domain == pytest.approx({"photo": 0.9, "anime": 0.1})
    wanted = OFFSETS.moved(plain.landmarks.points, plain.pose.roll, face.domain["photo"])
    np.testing.assert_allclose(face.landmarks.points, wanted, atol=1e-4)
    assert (plain.weights["landmarks"], face.weights["landmarks"]) == ("squares68-1", "squares68-1 + photo-offsets")
    np.testing.assert_array_equal(face.box, plain.box)


def test_points_of_a_drawing_and_of_another_network_stay(photographs: World) -> None:
    photographs.kind = np.array([0.49, 0.51], np.float32)  # type: ignore[attr-defined]
    (plain,), (face,) = landmarks(IMAGE, weights="generated"), landmarks(IMAGE)
    assert face.to_dict() == plain.to_dict()
    photographs.kind = np.array([1.0, 0.0], np.float32)  # type: ignore[attr-defined]
    photographs.landmarker.spec = replace(photographs.landmarker.spec, version=2)
    (face,) = landmarks(IMAGE)
    assert face.weights["landmarks"] == "squares68-2"


def test_the_package_s_own_belong_to_its_landmark_network() -> None:
    path = Path(weights.FOLDER) / weights.OFFSETS
    if not path.exists():
        pytest.skip("the package has no offsets")
    from charaface import session

    assert weights.photo_offsets().weights == session.load("landmarks68").spec.label
