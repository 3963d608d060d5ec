"""check: each fault that is made is found where it is, and a data set without one has none."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface.cli import run
from charaface.cli.data import PROBLEMS
from charaface.data.check import KINDS, Problem, check
from charaface.data.look import look
from charaface.data.split import split
from charaface.face import Face
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.gif import GifWriter
from charaface.image import load, save
from charaface.schemes import IBUG68
from heads import SIDE, head, jpeg, picture, placed

Capture = pytest.CaptureFixture[str]
MIRROR = list(IBUG68.mirror)


def record(name: str, *faces: Face, frame: int = 0) -> Record:
    return Record(name, frame, 0.0, SIDE, SIDE, list(faces) or [head(5)])


def data_set(folder: Path, count: int = 4) -> list[Record]:
    """Pictures of different blobs, each with a right face."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        save(picture(k, SIDE), folder / f"{k}.png")
    return [record(f"{k}.png") for k in range(count)]


def written(folder: Path, records: Iterable[Record], name: str = "faces") -> Path:
    return FORMATS["jsonl"].write(folder / f"{name}.jsonl", records)


def found(*sources: Path, **given: object) -> list[tuple[str, int | None, str]]:
    return [(one.file, one.face, one.kind) for one in check(sources, **given).problems]  # type: ignore[arg-type]


def test_a_data_set_without_a_fault_has_none(tmp_path: Path) -> None:
    checked = check([written(tmp_path, data_set(tmp_path, 6))])
    assert checked.to_dict() == {"pictures": 6, "faces": 6, "counts": {}, "problems": []}


def test_each_fault_is_found_where_it_is(tmp_path: Path) -> None:
    records = data_set(tmp_path, 7)
    right = head(5)
    save(load(tmp_path / "0.png"), tmp_path / "5.png", overwrite=True)
    save(jpeg(load(tmp_path / "1.png")), tmp_path / "6.png", overwrite=True)
    (tmp_path / "4.png").unlink()
    records[1] = record("1.png", right, placed(right, right.landmarks.points[MIRROR]))
    records[2] = replace(records[2], width=SIDE + 1)
    records[3] = record("3.png", replace(right, box=np.array([0, 0, 50, 50])), placed(right, np.full((68, 2), 200.0)))
    assert sorted(found(written(tmp_path, records))) == sorted([
        ("1.png", 1, "swapped"), ("1.png", 1, "twice"), ("2.png", None, "size"), ("3.png", 0, "box"),
        ("3.png", 1, "shape"), ("4.png", None, "unreadable"), ("5.png", None, "same"), ("6.png", None, "near"),
    ])  # fmt: skip


def test_a_face_that_is_in_two_pictures_is_found(tmp_path: Path) -> None:
    records = data_set(tmp_path, 2)
    box = head(5).box.round().astype(int)
    other = load(tmp_path / "1.png").copy()
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    other[part] = load(tmp_path / "0.png")[part]
    save(other, tmp_path / "1.png", overwrite=True)
    (problem,) = check([written(tmp_path, records)]).problems
    assert (problem.file, problem.face, problem.kind, problem.what) == ("1.png", 0, "near", "looks like 0.png #0")


def test_two_annotators_of_a_picture_are_compared_and_their_picture_is_no_twin(tmp_path: Path) -> None:
    records = data_set(tmp_path, 2)
    far = placed(head(5), head(5).landmarks.points + 40)
    assert found(written(tmp_path, [*records, *records])) == []
    assert found(written(tmp_path, [*records, record("1.png", far)])) == [("1.png", 0, "apart")]


def test_what_two_parts_share_is_a_leak(tmp_path: Path) -> None:
    records = data_set(tmp_path, 6)
    os.link(tmp_path / "0.png", tmp_path / "copy.png")
    save(jpeg(load(tmp_path / "1.png")), tmp_path / "like.png")
    train = written(tmp_path, records[:5], "train")
    test = written(tmp_path, [record("copy.png"), record("like.png"), record("2.png"), records[5]], "test")
    leaks = check([train, test]).problems
    assert [(one.source, one.file, one.what) for one in leaks] == [
        (str(test), "2.png", f"is in {train} too"), (str(test), "copy.png", f"has the pixels of 0.png in {train}"),
        (str(test), "like.png", f"looks like 1.png in {train}"),
    ]  # fmt: skip
    assert {one.kind for one in leaks} == {"leak"}


def test_who_is_in_two_parts_is_told_once_each_and_a_split_by_them_has_no_leak(tmp_path: Path) -> None:
    records = data_set(tmp_path, 9)
    for one in records:
        (tmp_path / one.file).rename(tmp_path / f"{'abc'[int(one.file[0]) % 3]}_{one.file}")
    records = [replace(one, file=f"{'abc'[int(one.file[0]) % 3]}_{one.file}") for one in records]
    by = r"(\w)_\d"
    a, b = written(tmp_path, records[:4], "one"), written(tmp_path, records[4:], "two")
    assert [problem.what for problem in check([a, b], by=by).problems] == [f"{key} is in {a} too" for key in "bca"]
    parts = split(written(tmp_path, records), tmp_path / "parts", {"x": 2, "y": 1}, by=by)
    assert found(*(part.path for part in parts), by=by) == []
    with pytest.raises(InputError, match="is not found in this name"):
        check([a], by="zzz")


def test_frames_of_a_clip_are_looked_at_in_any_order(tmp_path: Path) -> None:
    with (tmp_path / "c.gif").open("wb") as file:
        writer = GifWriter(file, SIDE, SIDE, loop=0)
        for k in (0, 1, 0):
            writer.add(picture(k, SIDE) & 0xC0, 4)
        writer.close()
    records = [record("c.gif", frame=k) for k in (2, 0, 1, 7)]
    problems = check([written(tmp_path, records)]).problems
    assert [str(one) for one in problems] == [f"c.gif f7: unreadable: {tmp_path / 'c.gif'}: has no frame 7"]
    save(picture(1, SIDE) & 0xC0, tmp_path / "1.png")  # frames of one clip may be alike, another picture not
    problems = check([written(tmp_path, [*records[:3], record("1.png")])]).problems
    assert [str(one) for one in problems] == ["1.png: same: has the pixels of c.gif f1"]


def test_labels_that_break_off_are_a_problem_and_the_others_are_looked_at(tmp_path: Path) -> None:
    good = written(tmp_path, data_set(tmp_path), "good")
    bad = tmp_path / "bad.jsonl"
    bad.write_text(good.read_text("utf-8").splitlines()[0].replace("0.png", "1.png") + "\n{oh\n", "utf-8")
    problems = check([bad, good], ignore=["leak"]).problems
    assert [(one.source, one.kind) for one in problems] == [(str(bad), "unreadable")]
    assert "bad.jsonl:2" in problems[0].what
    lines = good.read_text("utf-8").splitlines()
    bad.write_text("\n".join([lines[0], "{oh", lines[1], '{"file": 3}', *lines[2:]]) + "\n", "utf-8")
    checked = check([bad])
    assert [one.what.partition(": ")[0] for one in checked.problems] == [f"{bad}:2", f"{bad}:4"]
    assert checked.faces == check([good]).faces
    with pytest.raises(InputError, match=r"none\.jsonl: no such file"):
        check([tmp_path / "none.jsonl"])


def test_points_unlike_those_of_the_others_are_found(tmp_path: Path) -> None:
    (record_of,) = data_set(tmp_path, 1)
    rng = np.random.default_rng(4)
    faces = [head(5, noise=0.0)] * 40
    faces = [placed(one, one.landmarks.points + rng.normal(0, 2, (68, 2))) for one in faces]
    faces[17] = placed(faces[17], rng.permuted(faces[17].landmarks.points, axis=0))
    spread = [
        replace(placed(one, one.landmarks.points + [k * 1000, 0]), box=one.box + [k * 1000, 0] * 2)
        for k, one in enumerate(faces)
    ]
    wide = [Record("gone.png", 0, 0.0, 41_000, SIDE, spread)]
    kinds = [
        (one.face, one.kind) for one in check([written(tmp_path, wide)], ignore=["unreadable", "swapped"]).problems
    ]
    assert kinds == [(17, "odd")]
    assert record_of.file == "0.png"


def test_kinds_that_do_not_count_are_not_told(tmp_path: Path) -> None:
    records = data_set(tmp_path, 2)
    (tmp_path / "1.png").unlink()
    source = written(tmp_path, records)
    told: list[Problem] = []
    assert found(source, problem=told.append) == [("1.png", None, "unreadable")]
    assert [one.kind for one in told] == ["unreadable"]
    assert found(source, ignore=["unreadable"]) == []
    with pytest.raises(ValueError, match="no kind of problem 'odds'; there are unreadable, "):
        check([source], ignore=["odds"])
    assert tuple(KINDS) == PROBLEMS


def test_the_command_tells_a_line_a_problem_and_shows_the_faces_in_question(tmp_path: Path, capsys: Capture) -> None:
    records = data_set(tmp_path, 3)
    right = head(5)
    records[1] = record("1.png", right, replace(placed(right, right.landmarks.points[MIRROR]), box=right.box + 1))
    source = written(tmp_path, records)
    assert run(["data", "check", str(source), "--ignore", "twice", "-o", str(tmp_path / "s.png")]) == 1
    said = capsys.readouterr()
    assert "1.png #1: swapped: left and right look exchanged (all)\n" in said.err
    assert "s.png: 1 faces" in said.err
    assert json.loads(said.out)["counts"] == {"swapped": 1}
    assert (tmp_path / "s.png").is_file()
    assert run(["data", "check", str(source), "--ignore", "twice", "--ignore", "swapped"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    assert run(["data", "check", str(source), "--by", "("]) == 2
    assert "regular expression" in capsys.readouterr().err


def test_a_sheet_can_be_of_noted_faces_alone(tmp_path: Path) -> None:
    source = written(tmp_path, [record("0.png", head(5), head(9)), *data_set(tmp_path, 3)[1:]])
    notes = {("0.png", 0, 1): "odd", ("2.png", 0, None): "near"}
    (sheet,) = look(source, tmp_path / "s.png", size=64, notes=notes)
    assert [tile.title for tile in sheet.tiles] == ["odd: 0.png #1", "near: 2.png #0"]
