"""Named drawings: which pictures count, what counts as right, and what happens where some are missing."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from charaface.evaluate import named
from charaface.evaluate.named import COUNT, Named, Said, goal, judge_named, read_named, section
from charaface.face import EXPRESSIONS, Face, Landmarks
from charaface.image import save
from charaface.session import Feed


@dataclass
class _Network:
    """A session that says one expression of the first crop, another of the next ..."""

    says: list[str]
    spec: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            label="fake-1",
            task="emotion",
            domains=(),
            labels={"emotion": EXPRESSIONS},
            crop_scale=1.4,
            input=Feed("image", (32, 32), 1, (127.5,) * 3, (127.5,) * 3),
        )
    )
    seen: list[np.ndarray] = field(default_factory=list)

    def run(self, batch):
        self.seen.append(batch)
        out = np.full((len(batch), 7), 0.05, np.float32)
        out[:, EXPRESSIONS.index(self.says.pop(0))] = 0.7
        return {"emotion": out}


def _face(x: float, score: float) -> Face:
    points = np.stack([x + np.linspace(0, 20, 68), np.linspace(5, 25, 68)], axis=1)
    marks = Landmarks(points, np.ones(68), np.ones(68, bool))
    return Face(marks.box, score, landmarks=marks)


def _write(data: Path, *names: str) -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 40:] = 255
    for name in names:
        folder = data / (named.DRAWINGS if " " not in name and "/" not in name else named.SPRITES)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        save(picture, folder / name)


def test_every_word_means_expressions_that_there_are():
    assert {label for right in named.WORDS.values() for label in right} <= set(EXPRESSIONS)


@pytest.mark.skipif("CHARAFACE_DATA" not in os.environ, reason="needs CHARAFACE_DATA, the folder of real pictures")
def test_there_are_sixteen_and_who_always_says_happy_has_nine():
    pictures = read_named(Path(os.environ["CHARAFACE_DATA"]))
    assert len(pictures) == COUNT
    assert sum("happy" in one.right for one in pictures) == 9


def test_pictures_are_found_by_their_names_and_others_are_passed_over(tmp_path):
    _write(tmp_path, "tutorial/lucy mad.png", "tutorial/lucy back.png", "tutorial/bg meadow.png", "q/sylvie normal.png")
    _write(tmp_path, "love.png", "banner.png")
    found = read_named(tmp_path)
    assert [(Path(one.file).name, one.right) for one in found] == [
        ("sylvie normal.png", ("neutral",)),
        ("lucy mad.png", ("angry",)),
        ("love.png", ("happy",)),
    ]
    assert read_named(tmp_path / "elsewhere") == []


def test_the_surest_face_answers(tmp_path):
    _write(tmp_path, "love.png")
    network = _Network(["happy"])
    faces = [_face(0, 0.6), _face(55, 0.9)]  # the left half of the picture is black, the right half white
    (said,) = judge_named(tmp_path, network, find=lambda _image: faces)
    assert said.hit
    assert said.probability == pytest.approx(0.7)
    assert network.seen[0].mean() > 0.5


def test_concerned_may_be_sad_or_afraid_and_a_face_that_is_not_found_is_a_miss(tmp_path):
    _write(tmp_path, "tutorial/eileen concerned.png")
    for says, hit in (("sad", True), ("fear", True), ("happy", False)):
        (said,) = judge_named(tmp_path, _Network([says]), find=lambda _image: [_face(0, 1.0)])
        assert said.hit == hit
    (said,) = judge_named(tmp_path, _Network([]), find=lambda _image: [])
    assert (said.label, said.hit) == ("no face", False)


def test_the_goal_counts_hits_and_is_not_measured_where_a_picture_is_missing():
    said = [Said(Named(f"{k}.png", "smile"), "happy" if k < 13 else "sad", 0.5) for k in range(COUNT)]
    whole, missing = goal(said, "fake-1"), goal(said[1:], "fake-1")
    assert (whole.estimate.value, whole.verdict) == (13, "floor")
    assert math.isnan(missing.estimate.value)
    assert missing.verdict == "not measured"
    assert [row[4] for row in section(said, "fake-1").rows].count("wrong") == 3
