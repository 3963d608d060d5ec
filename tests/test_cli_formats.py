"""What the command line writes as files of faces, and what it converts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from charaface import frames, landmarks
from charaface.cli import run
from charaface.cli.convert import NAMES
from charaface.cli.convert import WRITTEN as WRITTEN_NAMES
from charaface.cli.results import FORMS
from charaface.face import Face, Landmarks, Pose
from charaface.formats import FORMATS, WRITTEN, Record, kept
from charaface.image import save
from charaface.pose import HEAD
from painted import gif, paint, picture

Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("command", "columns"), [("detect", 23), ("landmarks", 23 + 4 * 68)])
def test_csv_has_one_row_a_face_and_one_for_a_frame_without(
    tmp_path: Path, capsys: Capture, command: str, columns: int
) -> None:
    inputs = [str(picture(tmp_path / "a, b.png", 2)), str(gif(tmp_path / "c.gif")), str(picture(tmp_path / "n.png", 0))]
    assert run([command, "--format", "csv", *inputs]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert {len(row) for row in (head, *rows)} == {columns}
    assert [(row[0], row[1], row[5]) for row in rows] == [
        (inputs[0], "0", "0"),
        (inputs[0], "0", "1"),
        *((inputs[1], str(i), "0") for i in range(3)),
        (inputs[2], "0", ""),
    ]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", ["detect", "landmarks"])
def test_what_a_command_writes_is_read_back_by_its_format(tmp_path: Path, command: str, form: str) -> None:
    assert tuple(name for name in WRITTEN if not FORMATS[name].folder) == FORMS
    assert tuple(FORMATS) == NAMES
    assert WRITTEN == WRITTEN_NAMES
    clip, out = gif(tmp_path / "c.gif"), tmp_path / f"faces{FORMATS[form].suffix}"
    assert run([command, str(clip), "--format", form, "-o", str(out)]) == 0
    clip_frames = list(frames(clip, command))
    given = [Record(str(clip), f.index, round(f.time, 6), 320, 240, f.faces) for f in clip_frames]
    want = [record.to_dict() for record in kept(given, FORMATS[form].lacks)]
    assert [record.to_dict() for record in FORMATS[form].read(out)] == want


def test_convert_says_what_the_other_format_has_no_place_for(tmp_path: Path, capsys: Capture) -> None:
    face = Face([0.5, 1, 9, 9], 0.75, pose=Pose(1, 2, 3), track=4)
    source, target = tmp_path / "젠이치 faces.jsonl", tmp_path / "faces.xml"
    FORMATS["jsonl"].write(source, [Record("a.gif", k, k / 8, 10, 10, [face][k:]) for k in range(2)])
    assert run(["convert", str(source), str(target)]) == 0
    words = capsys.readouterr().err
    assert "1 faces in 2 frames" in words
    assert {line.split(" (")[0] for line in words.splitlines()[1:]} == {
        f"no place for {what}" for what in ("frames", "fractions", "pose", "tracks")
    }
    assert [record.file for record in FORMATS["dlib"].read(target)] == ["a.gif", "a_000001.gif"]
    marks = Landmarks(np.zeros((68, 2)) + [[k, k % 3] for k in range(68)], np.ones(68), np.ones(68, dtype=bool))
    FORMATS["jsonl"].write(source, [Record("a.png", 0, 0.0, 10, 10, [Face([0, 0, 68, 3], landmarks=marks)])])
    capsys.readouterr()
    assert run(["convert", str(source), str(tmp_path / "a"), "--to", "pts"]) == 0
    assert [line.split(" (")[0] for line in capsys.readouterr().err.splitlines()[1:]] == [
        "no place for names",
        "no place for size",
    ]
    assert run(["convert", str(target), str(tmp_path / "points"), "--to", "yolo"]) == 0
    assert run(["convert", str(tmp_path / "points"), str(tmp_path / "b.json"), "--from", "yolo", "--to", "coco"]) == 0


def test_convert_turns_points_into_another_scheme_and_says_how_they_came_about(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    points = 50 * HEAD[:, :2] + 50
    faces = [Face([0, 0, 99, 99], landmarks=Landmarks(points, np.ones(68), np.ones(68))), Face([0, 0, 9, 9])]
    FORMATS["jsonl"].write("a.jsonl", [Record("a.png", 0, 0.0, 100, 100, faces)])
    assert run(["convert", "a.jsonl", "b.jsonl", "--scheme", "hysts28"]) == 0
    assert capsys.readouterr().err.splitlines()[1:] == ["ibug68 to hysts28: 16 points exact, 12 points derived"]
    (record,) = FORMATS["jsonl"].read("b.jsonl")
    assert [face.landmarks.scheme if face.landmarks else None for face in record.faces] == ["hysts28", None]
    assert run(["convert", "b.jsonl", "c.json", "--scheme", "ibug68"]) == 0
    assert capsys.readouterr().err.splitlines()[1] == (
        "hysts28 to ibug68: 16 points exact, 36 points derived (lost there and back: 1.4 % of the box's side), "
        "16 points absent (lost there and back: 3.5 % of the box's side)"
    )
    assert run(["convert", "a.jsonl", "p", "--to", "pts", "--scheme", "manga60b"]) == 0
    assert run(["convert", "p", "d.csv", "--from", "pts"]) == 2
    assert "60 points are manga60a or manga60b; say which with --from-scheme" in capsys.readouterr().err
    assert run(["convert", "p", "d.csv", "--from", "pts", "--from-scheme", "manga60b", "--scheme", "manga60a"]) == 0
    (record,) = FORMATS["csv"].read("d.csv")
    want = faces[0].to("manga60a").landmarks.points
    np.testing.assert_allclose(record.faces[0].landmarks.points, want, atol=1e-3)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("form", ["jsonl", "csv", "coco"])
def test_landmarks_come_in_the_scheme_asked_for(form: str, tmp_path: Path) -> None:
    picture, out = save(paint([(30, 40, 90)]), tmp_path / "a.png"), tmp_path / f"a{FORMATS[form].suffix}"
    assert run(["landmarks", str(picture), "-o", str(out), "--format", form, "--scheme", "five"]) == 0
    (record,) = FORMATS[form].read(out)
    (want,) = landmarks(picture)
    np.testing.assert_allclose(record.faces[0].landmarks.points, want.to("five").landmarks.points, atol=1e-3)
    assert record.faces[0].pose is not None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["{a}", "{a}"], "is the input itself"),
        (["{a}", "b"], "say it with --to"),
        (["b", "{a}"], "say it with --from"),
        (["b.csv", "c.jsonl"], "b.csv: no such file"),
        (["{a}", "c.csv", "--from", "dlib"], "is no XML of faces"),
        (["{a}", "none/c.csv"], "there is no folder"),
    ],
)
def test_a_conversion_that_cannot_be_says_why(
    arguments: list[str], word: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = FORMATS["jsonl"].write("a.jsonl", [Record("a.png", 0, 0.0, 9, 9, [])])
    before = path.read_bytes()
    assert run(["convert", *(text.format(a="a.jsonl") for text in arguments)]) == 2
    assert word in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_format_that_is_written_whole_needs_a_file(tmp_path: Path, capsys: Capture) -> None:
    assert run(["detect", str(picture(tmp_path / "a.png")), "--format", "coco"]) == 2
    assert "-o" in capsys.readouterr().err
