"""analyze: everything at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charaface import analyze, attributes, emotion, frames, landmarks
from charaface.cli import run
from charaface.formats import FORMATS
from charaface.image import save
from painted import World, gif, mark, paint

SQUARES = [(120, 60, 80), (30, 90, 60)]
IMAGE = mark(paint(SQUARES), SQUARES[0], "happy")


@pytest.mark.usefixtures("moods")
def test_it_says_all_that_the_others_say() -> None:
    found = [face.to_dict() for face in analyze(IMAGE)]
    for one, a, e, points in zip(found, attributes(IMAGE), emotion(IMAGE), landmarks(IMAGE), strict=True):
        assert one["emotion"] == e.to_dict()["emotion"]
        assert one["colours"] == a.to_dict()["colours"]
        assert one["accessories"] == a.to_dict()["accessories"]
        assert one["landmarks"] == points.to_dict()["landmarks"]
        assert set(one["weights"]) == {"detect", "verify", "landmarks", "attributes", "emotion"}


def test_each_face_is_read_once(moods: World) -> None:
    landmarks(IMAGE)
    once = moods.crops_read
    analyze(IMAGE)
    assert moods.crops_read == 2 * once
    assert sum(shape[0] for shape in moods.parser.calls) == len(SQUARES)
    assert analyze(IMAGE, []) == []


@pytest.mark.usefixtures("moods")
def test_frame_0_of_a_clip_is_the_picture_s(tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif")
    first = next(frames(path, task="analyze")).faces
    assert [{**face.to_dict(), "track": None} for face in first] == [
        {**face.to_dict(), "track": None} for face in analyze(path)
    ]


@pytest.mark.usefixtures("moods")
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_the_command_writes_objects_and_tables(form: str, tmp_path: Path) -> None:
    path = save(IMAGE, tmp_path / "a.png")
    out = tmp_path / f"faces.{form}"
    assert run(["analyze", str(path), "-o", str(out), "--format", form]) == 0
    (record,) = FORMATS[form].read(out)
    wanted = [face.to_dict() for face in analyze(path)]
    assert [json.loads(json.dumps(face.to_dict())) for face in record.faces] == wanted
