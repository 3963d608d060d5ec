"""Faces: a value that is none is refused where it is made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from charaface.face import Colour, Emotion, Face, Landmarks, Pose, plain_numbers
from charaface.formats import Record

NAN, INF = float("nan"), float("inf")
BOX = [0, 0, 9, 9]
MARKS = {"points": [[1, 2]] * 68, "scores": [1] * 68, "visible": [True] * 68, "scheme": "ibug68"}
KNOWN: dict[str, Any] = {
    "box": BOX,
    "score": 0.5,
    "domain": {"anime": 0.5},
    "track": 3,
    "weights": {"detect": "detector-1"},
    "landmarks": MARKS,
    "pose": {"yaw": 1, "pitch": 2, "roll": 3},
    "colours": {"hair": {"hex": "#f2a7c3", "name": "pink", "share": 0.5}},
    "emotion": {"label": "happy", "probabilities": {"happy": 1.0}},
    "accessories": {"glasses": 0.9, "hat": 0.1},
    "monochrome": 0.1,
    "presentation": {"feminine": 0.75, "masculine": 0.25},
}


def test_the_kind_of_a_face_is_its_likeliest_domain() -> None:
    assert Face(BOX, domain={"photo": 0.3, "anime": 0.6, "manga": 0.1}).kind == "anime"
    assert Face(BOX).kind is None
    assert Face(BOX, domain={}).kind is None


@pytest.mark.parametrize("number", [NAN, INF, -INF, 1e39, 1e308])
def test_no_field_of_a_face_takes_what_is_no_finite_number(number: float) -> None:
    scores = np.ones(68)
    scores[5] = number
    for make in (
        lambda: Face(BOX, number),
        lambda: Face(BOX, domain={"anime": number}),
        lambda: Pose(0, number, 0),
        lambda: Emotion("happy", {"happy": number}),
        lambda: Colour("#000000", "black", number),
        lambda: Landmarks(np.ones((68, 2)), scores, np.ones(68, bool)),
    ):
        with pytest.raises(ValueError, match="finite number"):
            make()


@pytest.mark.parametrize(
    "change",
    [
        {"box": None}, {"box": {}}, {"box": "abcd"}, {"box": [[1, 2], [3, 4]]}, {"box": ["a", 1, 2, 3]},
        {"score": None}, {"score": "x"}, {"score": []}, {"domain": []}, {"domain": 3}, {"domain": {"anime": ""}},
        {"track": "x"}, {"track": 1.5}, {"track": 2**63}, {"track": -1}, {"weights": 3},
        {"weights": {"a": []}}, {"weights": [[1]]},
        {"notes": {"a": 1}}, {"notes": 3},
        {"landmarks": [1]}, {"landmarks": {**MARKS, "scheme": []}}, {"landmarks": {"points": []}},
        {"landmarks": {**MARKS, "visible": [[True]] * 68}}, {"landmarks": {**MARKS, "scores": None}},
        {"pose": [1]}, {"pose": {"yaw": 1}}, {"pose": {"yaw": [], "pitch": 1, "roll": 1}}, {"colours": [1]},
        {"colours": {"hair": 3}}, {"colours": {"hair": {"hex": "red", "name": "red"}}}, {"emotion": 3},
        {"colours": {"hair": {"hex": 3, "name": "red"}}}, {"colours": {"hair": {"hex": "#000000", "name": 3}}},
        {"colours": {"hair": {"odd": 1}}}, {"emotion": {"label": []}},
        {"emotion": {"label": "bored", "probabilities": {}}}, {"emotion": {"label": "happy", "probabilities": [1]}},
        {"emotion": {"label": "happy", "probabilities": {"happy": None}}},
    ],
)  # fmt: skip
def test_a_face_from_values_of_any_kind_is_a_face_or_a_value_error(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Face.from_dict(KNOWN | change)


def test_a_face_of_which_all_is_known_goes_there_and_back() -> None:
    face = Face.from_dict(KNOWN)
    assert Face.from_dict(json.loads(json.dumps(face.to_dict(), allow_nan=False))).to_dict() == face.to_dict()
    assert {*KNOWN, "parts"} == {*face.to_dict()}


@pytest.mark.parametrize("value", [[], 3, None, "face", [KNOWN]])
def test_a_face_is_made_of_a_table_of_values(value: Any) -> None:
    with pytest.raises(ValueError, match="a face is"):
        Face.from_dict(value)


@pytest.mark.parametrize("field", ["frame", "width", "height"])
@pytest.mark.parametrize("number", [-1, 1.5, 2**63, INF, NAN, "x", None, True])
def test_a_record_counts_in_whole_numbers(field: str, number: Any) -> None:
    values = {"file": "a.png", "frame": 0, "time": 0.0, "width": 9, "height": 9, "faces": []}
    with pytest.raises((ValueError, TypeError)):
        Record(**{**values, field: number})
    with pytest.raises((ValueError, TypeError)):
        Record.from_dict({**values, field: number})


@pytest.mark.parametrize("file", [b"a.png", None, 3])
def test_a_record_is_of_a_file_with_a_name_of_text(file: Any) -> None:
    with pytest.raises(TypeError, match="name"):
        Record(file, 0, 0.0, 9, 9, [])


@pytest.mark.parametrize("time", [NAN, INF])
def test_a_record_has_a_time(time: float) -> None:
    with pytest.raises(ValueError, match="time"):
        Record("a.png", 0, time, 9, 9, [])


@pytest.mark.parametrize("scale", [1e-30, 1e-8, 1e-3, 0.1, 1, 30, 1e3, 1e5, 9.9e5, 1e6, 1e7, 1e20])
def test_numbers_are_told_as_the_shortest_decimals_that_restore_them(scale: float) -> None:
    rng = np.random.default_rng(3)
    for values in (rng.normal(0, scale, 3000), rng.normal(0, scale, 3000).round(2), rng.normal(0, scale, 99).round()):
        told = plain_numbers(values)
        assert told == [float(str(value)) for value in values.astype(np.float32)]
