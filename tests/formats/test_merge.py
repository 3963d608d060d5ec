"""What several annotators made of a face becomes one face."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from study_sets import MANGA, points

from charaface.cli import run
from charaface.face import Face, Landmarks
from charaface.formats import FORMATS, Record
from charaface.formats.merge import merged

BOX = [10.0, 10.0, 60.0, 70.0]


def record(
    shift: float, box: list[float] = BOX, *, file: str = "a.png", scheme: str = "ibug68", who: str = ""
) -> Record:
    count = 68 if scheme == "ibug68" else 60
    marks = Landmarks(points(count) + shift, np.ones(count), np.ones(count) > 0, scheme)
    face = Face(np.array(box) + shift, landmarks=marks, notes={"annotator": who, "kind": "x"} if who else {})
    return Record(file, 0, 0.0, 99, 99, [face])


@pytest.mark.parametrize(("how", "middle"), [("mean", 3.0), ("median", 2.0)])
def test_faces_that_overlap_become_their_middle(how: str, middle: float) -> None:
    (one,) = merged([record(1, who="1"), record(2, who="2"), record(6, who="3")], how)
    (face,) = one.faces
    np.testing.assert_allclose(face.landmarks.points, points(68) + middle, atol=1e-4)
    np.testing.assert_allclose(face.box, np.array(BOX) + middle)
    assert face.notes == {"annotator": "1+2+3", "kind": "x"}


def test_merging_twice_is_merging_once_and_a_face_alone_stays_as_it_is() -> None:
    once = list(merged([record(1), record(2), record(0, file="b.png")], "mean"))
    assert [one.to_dict() for one in merged(once, "mean")] == [one.to_dict() for one in once]
    assert once[1].to_dict() == record(0, file="b.png").to_dict()


def test_faces_apart_of_other_schemes_and_of_one_record_stay_apart() -> None:
    far = record(0, [60.0, 10.0, 99.0, 70.0])
    other = record(0, scheme="manga60a")
    twice = Record("a.png", 0, 0.0, 99, 99, record(0).faces * 2)
    (one,) = merged([twice, far, other], "mean")
    assert len(one.faces) == 4


def test_a_hidden_point_is_what_most_see() -> None:
    several = [record(0) for _ in range(3)]
    for k, one in enumerate(several):
        one.faces[0].landmarks.visible[: 2 if k < 2 else 5] = False
    (one,) = merged(several, "median")
    assert np.flatnonzero(~one.faces[0].landmarks.visible).tolist() == [0, 1]


def test_another_way_is_refused() -> None:
    with pytest.raises(ValueError, match="mean or median, got 'mode'"):
        list(merged([], "mode"))


def test_annotators_of_manga_are_records_apart_until_convert_merges_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for user, shift in ((1, 0.0), (2, 4.0)):
        table = {"points": (points(60) + shift).tolist()}
        (tmp_path / "in" / MANGA.format(user=user, face=1, x=500)).write_text(json.dumps(table))
    apart, one = tmp_path / "a.jsonl", tmp_path / "b.xml"
    command = ["convert", str(tmp_path / "in"), "--from-scheme", "manga60b"]
    assert run([*command, str(apart)]) == 0
    assert [r.faces[0].notes["annotator"] for r in FORMATS["jsonl"].read(apart)] == ["1", "2"]
    assert run([*command, str(one), "--merge", "mean"]) == 0
    (read,) = FORMATS["dlib"].read(one, "manga60b")
    want = (points(60) + [502, 50]).round()
    np.testing.assert_allclose(read.faces[0].landmarks.points, want, atol=1)
