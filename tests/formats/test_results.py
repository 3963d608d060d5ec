"""Results made earlier: a picture finds its own faces, in whatever format, and never those of another."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from charaface.face import Face, Landmarks
from charaface.files import InputError
from charaface.formats import FORMATS, WRITTEN, Record
from charaface.formats.results import Results, format_at, results

RNG = np.random.default_rng(0)


def face(x: float = 10) -> Face:
    points = RNG.uniform([x, 10], [x + 60, 70], (68, 2))
    return Face(np.array([x, 10, x + 60, 70]), 0.75, Landmarks(points, np.full(68, 0.5), np.ones(68, bool)))


def record(file: str, frame: int = 0, time: float = 0.0, faces: int = 1) -> Record:
    return Record(file, frame, time, 200, 100, [face(10 + 70 * i) for i in range(faces)])


@pytest.mark.parametrize("name", WRITTEN)
def test_faces_of_a_picture_come_back_from_every_format(name: str, tmp_path: Path) -> None:
    kind = FORMATS[name]
    path = kind.write(tmp_path / f"out{kind.suffix}", [record("art/a.png", faces=2), record("art/b.png")])
    assert format_at(path) is kind
    made = results(path)
    for given in ("art/a.png", Path("elsewhere/art/a.png"), "a.png"):
        found = made.of(given).faces(0, 0.0, 200, 100)
        assert len(found) == 2
        np.testing.assert_allclose([f.box for f in found], [[10, 10, 70, 70], [80, 10, 140, 70]], atol=25)
    assert len(made.of("art/b.png").faces(0, 0.0, 200, 100)) == 1


@pytest.mark.parametrize("name", [name for name in WRITTEN if "frames" not in FORMATS[name].lacks])
def test_frames_of_a_clip_come_back_from_formats_that_keep_them(name: str, tmp_path: Path) -> None:
    kind = FORMATS[name]
    records = [record("a.gif", i, i * 0.04, faces=i % 3) for i in range(5)]
    found = results(kind.write(tmp_path / f"out{kind.suffix}", records)).of("a.gif")
    assert not found.still
    assert [len(found.faces(i, i * 0.04, 200, 100)) for i in range(6)] == [0, 1, 2, 0, 1, 0]


def names(found: Results, given: str) -> str:
    return found.of(given).name


def test_the_name_that_shares_most_of_the_path_s_end_is_taken() -> None:
    made = Results("r.jsonl", [record(file) for file in ("x/a.png", "y/a.png", "b.png", r"c:\art\c.png")])
    assert names(made, "x/a.png") == "x/a.png"
    assert names(made, "/home/me/y/a.png") == "y/a.png"
    assert names(made, "deep/b.png") == "b.png"
    assert names(made, "art/c.png") == r"c:\art\c.png"
    with pytest.raises(InputError, match=r"r.jsonl: z/a.png may be any of x/a.png, y/a.png there; call it by one"):
        made.of("z/a.png")
    with pytest.raises(InputError, match=r"holds nothing of b.gif; it has x/a.png, y/a.png, b.png and 1 more"):
        made.of("b.gif")


def test_one_path_may_be_written_in_many_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    for place in ("a.png", "x/a.png"):
        (tmp_path / place).touch()
    made = Results("r.jsonl", [record("x/a.png"), record("./a.png")])
    assert names(made, str(tmp_path / "x/a.png")) == "x/a.png"
    assert names(made, "x/../a.png") == "./a.png"
    beside = Results("x/r.jsonl", [record("a.png")])  # counted from its file
    assert names(beside, "x/a.png") == "a.png"


def test_a_name_that_leads_to_another_picture_is_not_this_one_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("x/a.png", "y/a.png"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).touch()
    made = Results("r.jsonl", [record("x/a.png")])
    with pytest.raises(InputError, match=r"holds nothing of y/a\.png"):
        made.of("y/a.png")
    (tmp_path / "x/a.png").unlink()  # moved, as it seems
    assert names(made, "y/a.png") == "x/a.png"


def test_a_format_that_leaves_out_pictures_without_a_face_has_none_of_others(tmp_path: Path) -> None:
    made = results(FORMATS["animeface"].write(tmp_path / "a.jsonl", [record("a.png")]))
    assert made.of("b.png").faces(0, 0.0, 5, 5) == []


def test_faces_of_another_size_or_another_moment_are_refused() -> None:
    found = Results("r.jsonl", [record("a.gif", 2, 0.5)]).of("a.gif")
    assert len(found.faces(2, 0.501, 200, 100)) == 1
    with pytest.raises(InputError, match=r"r.jsonl: a.gif has 200x100 pixels there, the picture 100x50"):
        found.faces(2, 0.5, 100, 50)
    with pytest.raises(
        InputError, match=r"frame 2 of a.gif is at 0.500 s there, in the clip at 0.600 s; give the --fps"
    ):
        found.faces(2, 0.6, 200, 100)
    unknown = Results("r.pts", [Record("a", 0, 0.0, 0, 0, [face()])], frozenset({"frames", "names", "together"}))
    assert len(unknown.of("a.png").faces(0, 0.0, 7, 9)) == 1
    assert unknown.of("a.png").still


def test_what_cannot_be_looked_up_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"r.jsonl: holds frame 0 of a.png twice"):
        Results("r.jsonl", [record("a.png"), record("a.png")])
    with pytest.raises(InputError, match="cannot be opened"):
        results(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="no files of faces in this folder"):
        results(tmp_path)
    (tmp_path / "a.doc").write_text("words")
    with pytest.raises(InputError, match=r"a.doc: is no file of faces \(no format"):
        results(tmp_path / "a.doc")


def test_a_file_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    path = FORMATS["jsonl"].write(tmp_path / "a.jsonl", [record("a.png")])
    assert results(path) is results(path)
    FORMATS["jsonl"].write(path, [record("b.png")])
    os.utime(path, ns=(1, 1))
    assert results(path).names == ["b.png"]
