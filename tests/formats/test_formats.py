"""Files of faces: there and back, and a clear word for what is none."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charaface.cli import run
from charaface.face import Colour, Emotion, Face, Landmarks, Pose
from charaface.files import InputError, OutputError
from charaface.formats import FORMATS, LACKS, WRITTEN, Format, Record, format_of, jsonl, kept, table

RNG = np.random.default_rng(0)


def landmarks() -> Landmarks:
    points = RNG.normal(100, 50, (68, 2)).astype(np.float32)
    return Landmarks(points, RNG.random(68).astype(np.float32), RNG.random(68) > 0.3)


def records() -> list[Record]:
    plain = Face([1.5, 2.25, 30.1, 40.7], 0.9)
    tracked = Face([0, 0, 10, 10], 1 / 3, landmarks(), Pose(-12.5, 3.25, 1 / 7), track=3)
    return [
        Record('젠이치, "the" one.gif', 0, 0.0, 640, 480, [tracked, Face([5, 5, 9, 9], 0.5, landmarks())]),
        Record('젠이치, "the" one.gif', 1, 0.04, 640, 480, []),
        Record('젠이치, "the" one.gif', 2, 0.1, 640, 480, [plain]),
        Record("other.png", 0, 0.0, 20, 10, [plain, tracked]),
    ]


def full() -> list[Record]:
    """A face of which everything is known, one without points, and no face."""
    marks = landmarks()
    marks.scores[7], marks.visible[7] = 0, False  # not known
    known = Face([0.5, 0, 10, 10], 0.5, marks, Pose(1, 2, 3), Emotion("happy", {"happy": 1.0}), {}, {"anime": 1.0}, 7)
    return [Record("a.gif", 3, 0.5, 20, 10, [known, Face([0, 0, 9, 9])]), Record("b.png", 0, 0.0, 20, 10, [])]


def plain(records: Iterable[Record], form: Format) -> list[dict[str, Any]]:
    """All that records hold; files of a folder are read by their names."""
    values = [r.to_dict() for r in records]
    return sorted(values, key=lambda r: str(r["file"])) if form.folder else values


def tree(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of all files below a folder."""
    below = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in below}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    for k, given in enumerate((records(), full())):
        path = form.write(tmp_path / f"faces{k}{form.suffix}", given)
        assert plain(form.read(path), form) == plain(kept(given, form.lacks), form)
        assert [p.name for p in tmp_path.iterdir() if p != path] == [f"faces{i}{form.suffix}" for i in range(k)]


def test_a_format_says_what_it_has_no_place_for_in_known_words() -> None:
    for form in FORMATS.values():
        assert form.lacks <= LACKS.keys()


@pytest.mark.parametrize("lack", sorted(LACKS))
def test_what_a_format_lacks_is_gone_and_stays_gone(lack: str) -> None:
    lacks = frozenset({lack})
    given = full()
    once = list(kept(given, lacks))
    assert [r.to_dict() for r in kept(once, lacks)] == [r.to_dict() for r in once]
    assert [r.to_dict() for r in once] != [r.to_dict() for r in given]


@pytest.mark.parametrize("name", WRITTEN)
def test_writing_twice_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    form, given = FORMATS[name], records()
    first = form.write(tmp_path / "a", given)
    if "points" in form.lacks:  # what was made of them is gone the second time
        first = form.write(tmp_path / "c", form.read(first))
    assert tree(form.write(tmp_path / "b", form.read(first))) == tree(first)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("frames", [0, 3])
def test_no_faces_are_written_too(name: str, frames: int, tmp_path: Path) -> None:
    form = FORMATS[name]
    given = [Record("a.gif", i, i / 10, 8, 8, []) for i in range(frames)]
    path = form.write(tmp_path / "a", given)
    if not any(tree(path).values()):  # a format without a head has nothing to read
        with pytest.raises(InputError):
            list(form.read(path))
    else:
        assert plain(form.read(path), form) == plain(kept(given, form.lacks), form)


def test_json_lines_hold_all_that_is_known(tmp_path: Path) -> None:
    face = Face(
        [0, 0, 9, 9],
        1.0,
        emotion=Emotion("happy", {"happy": 1.0}),
        colours={"hair": Colour("#f2a7c3", "pink", 0.8)},
        domain={"anime": 0.97},
        weights={"landmarks": "landmarks68-1"},
    )
    path = jsonl.write(tmp_path / "a.jsonl", [Record("a.png", 0, 0.0, 9, 9, [face])])
    (record,) = jsonl.read(path)
    assert record.faces[0].to_dict() == face.to_dict()
    (text,) = path.read_text(encoding="utf-8").splitlines()
    assert list(json.loads(text)) == ["file", "frame", "time", "width", "height", "faces"]


def test_a_table_has_a_row_for_each_face_and_one_for_a_frame_without(tmp_path: Path) -> None:
    path = FORMATS["csv"].write(tmp_path / "a.csv", records())
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["face"] for r in rows] == ["0", "1", "", "0", "0", "1"]
    assert rows[0]["file"] == '젠이치, "the" one.gif'
    assert float(rows[3]["x1"]) == pytest.approx(30.1)


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"file": "a"}', '{"file":"a","frame":0,"time":NaN}', "\xff"])
def test_a_line_that_is_no_record_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"file":"a","frame":0,"time":0,"width":1,"height":1,"faces":[]}\n' + text.encode("latin-1"))
    with pytest.raises(InputError, match=r"a\.jsonl:2: "):
        list(jsonl.read(path))


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "\xff\xfe\x00", "", 'file,"frame\n'])
def test_a_table_that_is_none_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"a\.csv"):
        list(FORMATS["csv"].read(path))


def test_a_table_with_a_bad_number_names_its_line(tmp_path: Path) -> None:
    path = FORMATS["csv"].write(tmp_path / "a.csv", records())
    path.write_text(path.read_text(encoding="utf-8").replace("30.1", "wide"), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv:\d+: .*wide"):
        list(FORMATS["csv"].read(path))


def test_a_table_that_began_without_points_takes_none() -> None:
    write = FORMATS["csv"].writer(io.StringIO(), None)
    write(Record("a", 0, 0.0, 1, 1, [Face([0, 0, 1, 1])]))
    with pytest.raises(OutputError, match=r"none here, got ibug68; write \.jsonl"):
        write(Record("a", 0, 0.0, 1, 1, [Face([0, 0, 1, 1], 1.0, landmarks())]))


def test_the_documents_list_the_formats_as_they_are() -> None:
    page = Path(__file__).parents[2] / "docs/formats.md"
    assert table() in page.read_text(encoding="utf-8")
    places = re.findall(r"\[\S+\]\((\S+)\) `\[(\w+)\]`", table())
    assert tuple(name for _, name in places) == WRITTEN
    for file in {file for file, _ in places}:
        spec = importlib.util.spec_from_file_location("linked", page.parent / file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        tests = [value for name, value in vars(module).items() if name.startswith("test_")]
        asked = [mark.args for test in tests for mark in test.pytestmark if mark.name == "parametrize"]
        assert [(names, list(values)) for names, values in asked] == [("name", list(WRITTEN))]
    for key, meaning in LACKS.items():
        assert f"- {key}: {meaning}" in page.read_text(encoding="utf-8")


def test_parquet_without_its_library_names_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"pip install 'charaface\[table\]'"):
        list(FORMATS["parquet"].read(tmp_path / "a.parquet"))
    with pytest.raises(OutputError, match=r"pip install 'charaface\[table\]'"):
        FORMATS["parquet"].write(tmp_path / "b.parquet", [])


def test_a_format_is_known_by_name_and_by_ending() -> None:
    assert format_of("csv") is format_of("dir/FACES.CSV") is FORMATS["csv"]
    assert format_of(Path("a.b.jsonl")) is FORMATS["jsonl"]
    with pytest.raises(ValueError, match=r"no format 'faces\.jso'; there are jsonl, csv, .*; did you mean jsonl"):
        format_of("faces.jso")


SELF_TELLING = ("jsonl", "csv", "parquet", "coco", "labelme", "cvat", "yolo")  # formats that say which scheme it is


def sixty(scheme: str = "manga60b") -> list[Record]:
    """A face with sixty points, all of them seen."""
    points = RNG.uniform(10, 90, (60, 2)).round().astype(np.float32)
    face = Face([5, 5, 95, 95], landmarks=Landmarks(points, np.ones(60), np.ones(60), scheme))
    return [Record("a.png", 0, 0.0, 100, 100, [face])]


@pytest.mark.parametrize("name", SELF_TELLING)
def test_sixty_points_keep_their_order_where_a_file_says_it(name: str, tmp_path: Path) -> None:
    form, given = FORMATS[name], sixty()
    path = form.write(tmp_path / f"a{form.suffix}", given)
    for scheme in (None, "manga60a", "ibug68"):  # a word is for files that do not say it
        (record,) = form.read(path, scheme)
        assert record.faces[0].landmarks.scheme == "manga60b"
        np.testing.assert_allclose(record.faces[0].landmarks.points, given[0].faces[0].landmarks.points, atol=1e-3)


@pytest.mark.parametrize("name", ["dlib", "pts", "npy"])
def test_sixty_points_without_a_word_are_refused_with_both_orders_named(name: str, tmp_path: Path) -> None:
    form, given = FORMATS[name], sixty()
    path = form.write(tmp_path / f"a{form.suffix}", given)
    with pytest.raises(InputError, match=r"a.*: 60 .* are manga60a or manga60b; say which with --from-scheme"):
        list(form.read(path))
    with pytest.raises(InputError, match=r"60 .*; wflw98 has 98"):
        list(form.read(path, scheme="wflw98"))
    for scheme in ("manga60a", "manga60b"):
        (record,) = form.read(path, scheme=scheme)
        assert record.faces[0].landmarks.scheme == scheme
        assert np.array_equal(record.faces[0].landmarks.points, given[0].faces[0].landmarks.points)


@pytest.mark.parametrize("name", ["coco", "cvat", "labelme", "yolo"])
def test_files_of_others_are_read_as_the_word_says(name: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    path = form.write(tmp_path / f"a{form.suffix}", sixty())
    for file in [file for file in (path, *path.rglob("*")) if file.is_file()]:
        file.write_text(file.read_text("utf-8").replace("manga60b", "theirs"), "utf-8")
    with pytest.raises(InputError, match="manga60a or manga60b"):
        list(form.read(path))
    (record,) = form.read(path, "manga60a")
    assert record.faces[0].landmarks.scheme == "manga60a"


@pytest.mark.parametrize("name", ["coco", "cvat", "yolo"])
def test_what_is_not_known_is_written_as_not_labelled(name: str, tmp_path: Path) -> None:
    form, ones = FORMATS[name], np.ones(60)
    marks = Landmarks(sixty()[0].faces[0].landmarks.points, ones, ones, "manga60a").to("ibug68")
    assert (~marks.known).sum() == 16
    path = form.write(
        tmp_path / f"a{form.suffix}", [Record("a.png", 0, 0.0, 100, 100, [Face([5, 5, 95, 95], 1, marks)])]
    )
    text = next(path.rglob("a.txt")).read_text("utf-8") if form.folder else path.read_text("utf-8")
    if name == "coco":
        (face,) = json.loads(text)["annotations"]
        assert face["keypoints"][2::3].count(0) == 16
        assert face["num_keypoints"] == 52
    elif name == "cvat":
        assert text.count('outside="1"') == 16
    else:
        assert text.split()[7::3].count("0") == 16
    (record,) = form.read(path)
    assert np.array_equal(record.faces[0].landmarks.known, marks.known)


def test_a_coco_file_names_the_points_of_the_schemes_in_it_and_of_no_other(tmp_path: Path) -> None:
    mixed = [*sixty("manga60a"), *sixty("manga60b"), *records()]
    path = FORMATS["coco"].write(tmp_path / "a.json", mixed)
    categories = json.loads(path.read_text("utf-8"))["categories"]
    assert [c["name"] for c in categories] == ["face", "face_ibug68", "face_manga60a", "face_manga60b"]
    assert [len(c.get("keypoints", ())) for c in categories] == [0, 68, 60, 60]
    schemes = [face.landmarks.scheme for r in FORMATS["coco"].read(path) for face in r.faces if face.landmarks]
    assert schemes == ["manga60a", "manga60b", "ibug68", "ibug68", "ibug68"]


@pytest.mark.parametrize("name", ["csv", "yolo"])
def test_a_table_of_one_scheme_takes_no_second(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="points of one scheme, manga60a here, got manga60b"):
        FORMATS[name].write(tmp_path / "a", [*sixty("manga60a"), *sixty("manga60b")])


def test_a_line_without_frame_and_time_is_that_of_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"file": "a.png", "width": 8, "height": 9, "faces": []}\n', encoding="utf-8")
    (record,) = jsonl.read(path)
    assert (record.frame, record.time, record.width, record.height) == (0, 0.0, 8, 9)


def test_sixty_points_go_through_the_xml_to_coco_and_back_to_the_same_bytes(tmp_path: Path) -> None:
    source = FORMATS["dlib"].write(tmp_path / "a.xml", sixty("manga60a"))
    there = ["convert", str(source), str(tmp_path / "b.json"), "--from-scheme", "manga60a"]
    assert run(there) == 0
    assert run(["convert", str(tmp_path / "b.json"), str(tmp_path / "c.xml")]) == 0
    assert (tmp_path / "c.xml").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_what_a_data_set_says_besides_is_kept(name: str, tmp_path: Path) -> None:
    face = Face([0, 0, 9, 9], notes={"annotator": "3", "emotions": "8"})
    path = FORMATS[name].write(tmp_path / "a", [Record("a.png", 0, 0.0, 9, 9, [face])])
    assert next(FORMATS[name].read(path)).faces[0].notes == face.notes


def test_an_image_in_an_image_is_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<d><image file='a'><image file='b'/><box left='1' top='1' width='2' height='2'/></image></d>")
    (record,) = FORMATS["dlib"].read(path)
    assert (record.file, len(record.faces)) == ("a", 1)
