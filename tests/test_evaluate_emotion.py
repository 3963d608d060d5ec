"""Expressions judged: a perfect network, a guessing one, one that is too sure; fed as the runtime feeds it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from charaface.evaluate.emotion import FER2013, Judged, fer2013, judge_fer2013, judged, table
from charaface.face import EXPRESSIONS
from charaface.session import Feed, Session

FEED = Feed("image", (48, 48), 32, (127.5,) * 3, (127.5,) * 3)


def network(answer: Any, names: tuple[str, ...] = EXPRESSIONS, task: str = "emotion") -> Session:
    """A network whose probabilities are what answer makes of a batch."""
    spec = SimpleNamespace(label="sham-1", task=task, labels={"emotion": names}, input=FEED, crop_scale=1.05)
    return cast(Session, SimpleNamespace(spec=spec, run=lambda batch: {"emotion": answer(batch)}))


def by_brightness(batch: np.ndarray) -> np.ndarray:
    """Sure of the expression whose number times 30 is the grey of the picture."""
    number = np.rint((batch[:, 0, 24, 24] * 127.5 + 127.5) / 30).astype(int)
    return np.eye(7, dtype=np.float32)[number]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    labels = np.repeat(np.arange(7), 3).astype(np.uint8)
    images = np.repeat(labels * np.uint8(30), 48 * 48).reshape(-1, 48, 48)
    (tmp_path / "fer2013").mkdir()
    with (tmp_path / "fer2013" / "fer2013.npz").open("wb") as file:
        np.savez(file, validation_images=images, validation_labels=labels, labels=np.asarray(EXPRESSIONS))
    return tmp_path


def test_a_perfect_network_is_right_everywhere(data: Path) -> None:
    found = judge_fer2013(data, network(by_brightness))
    assert found.table.tolist() == (3 * np.eye(7, dtype=int)).tolist()
    assert (found.accuracy.value, found.accuracy.low, found.f1.value, found.calibration) == (100, 100, 100, 0)


def test_names_in_another_order_are_put_in_ours(data: Path) -> None:
    turned = network(lambda batch: by_brightness(batch)[:, ::-1], EXPRESSIONS[::-1])
    assert judge_fer2013(data, turned).accuracy.value == 100


def test_a_network_that_always_says_the_same_is_level_with_the_commonest(data: Path) -> None:
    found = judge_fer2013(data, network(lambda batch: np.tile(np.eye(7, dtype=np.float32)[3], (len(batch), 1))))
    assert found.accuracy.value == pytest.approx(100 / 7)
    assert found.calibration == pytest.approx(6 / 7)
    lines = {goal.name: goal.estimate.value for goal in table([found]).goals}
    assert lines["sham-1 on FER2013 validation, 21 faces: always the commonest"] == pytest.approx(100 / 7)


def test_a_probability_that_is_right_as_often_as_it_says_is_calibrated() -> None:
    true = np.asarray([3] * 6 + [0] * 4)
    said = np.full((10, 7), 0.4 / 6)
    said[:, 3] = 0.6
    assert Judged("a", "b", true, said).calibration == pytest.approx(0)
    assert Judged("a", "b", np.full(10, 3), said).calibration == pytest.approx(0.4)


def test_floors_are_those_of_the_network_and_the_set() -> None:
    true = np.arange(7)
    sets = [Judged(FER2013, name, true, np.eye(7)) for name in ("emotion-photo-1", "mini-xception-1", "other-1")]
    goals = [goal for goal in table(sets).goals if goal.name.endswith("accuracy")]
    assert [(goal.floor, goal.aim, goal.verdict) for goal in goals] == [
        (69, 72, "aim"),
        (63, 66, "aim"),
        (None, None, ""),
    ]


def test_the_table_says_what_is_taken_for_what_as_text_and_as_json() -> None:
    found = Judged("drawn", "x-1", np.asarray([0, 0, 4]), np.eye(7)[[0, 2, 4]])
    made = table([found])
    section = made.sections[0]
    assert section.rows[0] == ("angry", 2, 1, 0, 1, 0, 0, 0, 0, 50.0, 100.0)
    assert section.rows[3][-2:] == (None, None)  # nobody is happy: no share of nothing
    assert "| angry" in made.markdown()
    assert json.loads(json.dumps(made.to_dict()))["sections"][0]["rows"][4][-1] == 100.0


def test_what_is_no_network_for_expressions_is_refused_in_words(data: Path) -> None:
    with pytest.raises(ValueError, match="sham-1 is for the task landmarks, and tells no expressions"):
        judge_fer2013(data, network(by_brightness, (), "landmarks"))
    with pytest.raises(ValueError, match=r"fer2013\.npz: no such file"):
        fer2013(data / "nowhere")
    with pytest.raises(ValueError, match="2 labels and probabilities of shape"):
        Judged("a", "b", np.zeros(2, int), np.zeros((3, 7)))


def test_a_face_is_cut_by_its_box() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[20:60, 30:70] = 60  # the third expression, in the box alone
    box, around = np.asarray([30.0, 20, 70, 60]), np.asarray([0.0, 60, 40, 100])
    found = judged("a", [image, image], [box, around], np.asarray([2, 0]), network(by_brightness))
    assert found.accuracy.value == 100
