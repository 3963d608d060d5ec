"""stats: counts, sizes, poses, groups and mean shapes are those of the faces, in any order, at any size and place."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface.cli import run
from charaface.data.plots import write_stats
from charaface.data.stats import Stats, stats
from charaface.face import Emotion, Face, Landmarks, Pose
from charaface.files import InputError, OutputError
from charaface.formats import FORMATS, Record
from charaface.page.plots import NO_PLOTS
from charaface.schemes import SCHEMES
from heads import head, placed

Capture = pytest.CaptureFixture[str]


def counted(folder: Path, records: list[Record], by: str | None = None) -> Stats:
    return stats(FORMATS["jsonl"].write(folder / "faces.jsonl", records), by=by)


def pictures(*faces: list[Face]) -> list[Record]:
    return [Record(f"book{k % 2}/{k}.png", 0, 0.0, 400, 400, own) for k, own in enumerate(faces)]


def moved(face: Face, times: float, by: list[float]) -> Face:
    """A face in a picture that is enlarged, and set off by pixels."""
    points = (face.landmarks.points + 0.5) * times + by - 0.5
    return replace(placed(face, points), box=face.box * times + [*by, *by])


def test_pictures_and_faces_are_counted(tmp_path: Path) -> None:
    found = counted(tmp_path, pictures([head()], [], [head(), head(20)], [head()]))
    assert (found.pictures, found.faces) == (4, 4)
    assert found.faces_of_picture == Counter({1: 2, 0: 1, 2: 1})
    assert found.to_dict()["faces_per_picture"] == {"0": 1, "1": 2, "2": 1}


def test_size_and_aspect_are_those_of_the_boxes(tmp_path: Path) -> None:
    found = counted(tmp_path, pictures([Face([0, 0, 40, 10])], [Face([5, 5, 15, 45])]))
    assert found.values["size"].tolist() == [20, 20]
    assert found.values["aspect"].tolist() == [4, 0.25]
    assert np.isnan(found.values["yaw"]).all()
    table = found.to_dict()
    assert table["aspect"] == {
        "known": 2, "mean": 2.125, "deviation": 1.875, "p0": 0.25, "p5": 0.4375, "p25": 1.1875, "p50": 2.125,
        "p75": 3.0625, "p95": 3.8125, "p100": 4.0,
    }  # fmt: skip
    assert "yaw" not in table
    assert table["points"] == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_poses_come_from_the_labels_else_from_points_that_tell_them(scheme: str, tmp_path: Path) -> None:
    turned = head(30, -10, 20, scheme)
    found = counted(tmp_path, pictures([turned], [replace(turned, pose=Pose(1, 2, 3))]))
    poses = np.stack([found.values[name] for name in ("yaw", "pitch", "roll")], axis=1)
    np.testing.assert_allclose(poses[1], [1, 2, 3])
    if scheme == "five":
        assert np.isnan(poses[0]).all()
    else:
        np.testing.assert_allclose(poses[0], [30, -10, 20], atol=6)


def test_points_that_are_not_known_do_not_turn_a_head(tmp_path: Path) -> None:
    face = head(30, -10, 20)
    known = np.random.default_rng(3).random(68) < 0.7
    part = Landmarks(np.where(known[:, None], face.landmarks.points, 0), known, known)
    few = Landmarks(face.landmarks.points, np.arange(68) < 20, np.arange(68) < 20)
    found = counted(tmp_path, pictures([replace(face, landmarks=part)], [replace(face, landmarks=few)]))
    poses = np.stack([found.values[name] for name in ("yaw", "pitch", "roll")], axis=1)
    np.testing.assert_allclose(poses[0], [30, -10, 20], atol=1)
    assert np.isnan(poses[1]).all()


def test_the_order_of_pictures_changes_nothing(tmp_path: Path) -> None:
    records = pictures(*[[head(yaw, 0, yaw / 3)] for yaw in range(-40, 50, 10)])
    one, two = (counted(tmp_path, some, "folder").to_dict() for some in (records, records[::-1]))
    assert one == two


def test_a_face_enlarged_and_moved_has_the_same_shape(tmp_path: Path) -> None:
    faces = [head(yaw) for yaw in (-30, 0, 15)]
    there = counted(tmp_path, pictures(*[[moved(face, 2.5, [30, -700])] for face in faces])).shapes["ibug68"]
    here = counted(tmp_path, pictures(faces)).shapes["ibug68"]
    np.testing.assert_allclose(there.mean, here.mean, atol=1e-4)
    np.testing.assert_allclose(there.spread, here.spread, atol=1e-4)


def test_mean_and_spread_are_those_of_the_points_in_their_boxes(tmp_path: Path) -> None:
    face = head()
    side = float(np.sqrt(np.prod(face.box[2:] - face.box[:2])))
    apart = [placed(face, face.landmarks.points + [by * side, 0]) for by in (-0.1, 0.1)]
    shape = counted(tmp_path, pictures(apart)).shapes["ibug68"]
    np.testing.assert_allclose(shape.spread, 0.1, atol=1e-4)
    np.testing.assert_allclose(shape.covariance, np.tile([[0.01, 0], [0, 0]], (68, 1, 1)), atol=1e-5)
    middle = (face.box[:2] + face.box[2:]) / 2 - 0.5
    np.testing.assert_allclose(shape.mean, (face.landmarks.points - middle) / side, atol=1e-4)


def test_points_that_are_not_known_count_for_nothing(tmp_path: Path) -> None:
    face = head()
    marks = face.landmarks
    off = np.arange(68) == 8
    never = np.arange(68) == 3
    half = Landmarks(np.where(off[:, None], 0, marks.points), ~(off | never), ~(off | never))
    whole = Landmarks(marks.points, ~never, ~(never | (np.arange(68) == 5)))
    found = counted(tmp_path, pictures([replace(face, landmarks=half)], [replace(face, landmarks=whole)]))
    shape = found.shapes["ibug68"]
    assert shape.known[[8, 3, 5, 0]].tolist() == [0.5, 0, 1, 1]
    assert shape.visible[[8, 3, 5, 0]].tolist() == [0.5, 0, 0.5, 1]
    np.testing.assert_allclose(shape.spread[8], 0, atol=1e-6)
    told = found.to_dict()["points"]["ibug68"]
    assert told["mean"][3] is told["spread"][3] is None
    assert told["known"] == pytest.approx(1 - 1.5 / 68, abs=1e-4)


def test_groups_and_classes_are_counted(tmp_path: Path) -> None:
    happy, sad = (replace(head(yaw), emotion=Emotion(name, {})) for yaw, name in ((-40, "happy"), (10, "sad")))
    drawn = replace(head(), domain={"manga": 0.3, "anime": 0.7})
    found = counted(tmp_path, pictures([happy, sad], [happy], [drawn]), r"(book\d)")
    assert (found.emotions, found.domains) == (Counter(happy=2, sad=1), Counter(anime=1))
    table = found.to_dict()["groups"]
    assert (table["count"], list(table["largest"])) == (2, ["book0", "book1"])
    assert [group["faces"] for group in table["largest"].values()] == [3, 1]
    assert table["largest"]["book1"]["yaw"] == pytest.approx(40, abs=5)
    with pytest.raises(InputError, match="is not found in this name"):
        counted(tmp_path, pictures([happy]), "nobody")


def everything() -> list[Record]:
    faces = [replace(head(yaw), emotion=Emotion("happy", {}), domain={"manga": 1.0}) for yaw in (-20, 0, 30)]
    return pictures(faces[:1], faces[1:], [replace(head(scheme="manga60a"))], [Face([0, 0, 30, 40])])


def test_the_page_holds_all_it_needs_and_is_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = counted(tmp_path, everything(), "folder")
    assert write_stats(found, "<faces>", tmp_path / "a.html")
    assert write_stats(found, "<faces>", tmp_path / "b.html")
    text = (tmp_path / "a.html").read_text("utf-8")
    assert text == (tmp_path / "b.html").read_text("utf-8")
    assert "&lt;faces&gt;" in text
    assert text.count("data:image/svg+xml;base64,") == 9
    for words in ("Points: ibug68", "Points: manga60a", "Expressions", "Kinds of drawing", "Groups", "book1"):
        assert words in text
    assert "http" not in text.replace("http-equiv", "")


def test_without_matplotlib_the_numbers_still_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    source = FORMATS["jsonl"].write(tmp_path / "faces.jsonl", everything())
    assert run(["data", "stats", str(source), "-o", str(tmp_path / "a.html")]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["faces"] == 5
    assert "pip install 'charaface[train]'" in said.err
    text = (tmp_path / "a.html").read_text("utf-8")
    assert NO_PLOTS.split(":")[0] in text
    assert "<img" not in text
    assert "Points: ibug68" in text


def test_the_command_prints_what_the_function_gives(tmp_path: Path, capsys: Capture) -> None:
    found = counted(tmp_path, everything(), "folder")
    source = str(tmp_path / "faces.jsonl")
    assert run(["data", "stats", source, "--by", "folder"]) == 0
    assert json.loads(capsys.readouterr().out) == found.to_dict()
    assert run(["data", "stats", source, "--by", "("]) == 2
    assert run(["data", "stats", source, "-o", str(tmp_path / "a.pdf")]) == 2
    assert "a page ends on .html" in capsys.readouterr().err


def test_an_empty_data_set_has_nothing_and_a_page(tmp_path: Path) -> None:
    found = counted(tmp_path, pictures([], []), "folder")
    assert found.to_dict() == {
        "pictures": 2, "faces": 0, "faces_per_picture": {"0": 2}, "points": {},
        "groups": {"by": "folder", "count": 0, "faces": None, "largest": {}},
    }  # fmt: skip
    write_stats(found, "nothing", tmp_path / "a.html")
    with pytest.raises(OutputError, match="there is no folder"):
        write_stats(found, "nothing", tmp_path / "none" / "a.html")
