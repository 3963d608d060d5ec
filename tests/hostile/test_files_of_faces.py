"""Hostile files of faces through convert: one clear line with file and position, nothing half-written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_faces import BROKEN, ODD, good

from charaface.cli import run
from charaface.formats import FORMATS, WRITTEN

Capture = pytest.CaptureFixture[str]


def placed(name: str, data: bytes, folder: Path) -> Path:
    """What convert is given: the file, or for YOLO the folder with it."""
    if name != "yolo":
        path = folder / f"a{FORMATS[name].suffix}"
        path.write_bytes(data)
        return path
    (folder / "labels").mkdir()
    (folder / "labels/a.txt").write_bytes(data)
    (folder / "pictures.csv").write_text("file,width,height,labels\na.png,99,99,labels/a.txt\n")
    return folder


def refused(source: Path, form: str, out: Path, said: str, capsys: Capture) -> None:
    """One line on standard error, that names the file and says this; nothing written."""
    before = out.parent.exists() and sorted(out.parent.rglob("*"))
    for target, kind in ((out.with_suffix(".json"), "coco"), (out, "yolo")):
        assert run(["convert", str(source), str(target), "--from", form, "--to", kind]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"error: {source}")
        assert re.search(said, line), line
        assert len(line) < 1000
    assert [path for path in sorted(out.parent.rglob("*")) if path.is_file()] == []
    assert before == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_gets_one_line_with_its_place_and_nothing_is_written(
    what: str, tmp_path: Path, capsys: Capture
) -> None:
    form, make, said = BROKEN[what]
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    refused(placed(form, make(), tmp_path / "in"), form, tmp_path / "out/faces", said, capsys)


@pytest.mark.parametrize("what", ODD)
def test_an_odd_file_is_read_and_what_is_made_of_it_stays_in_its_place(
    what: str, tmp_path: Path, capsys: Capture
) -> None:
    form, make, count = ODD[what]
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    source = placed(form, make(), tmp_path / "in")
    before = sorted(tmp_path.rglob("*"))
    kinds = set(WRITTEN) - ({"yolo"} if form == "pts" else set())  # where the size of a picture is needed, or not known
    for kind in kinds:
        target = tmp_path / f"out/{kind}{FORMATS[kind].suffix}"
        assert run(["convert", str(source), str(target), "--from", form, "--to", kind]) == 0, capsys.readouterr().err
    made = [path for path in sorted(tmp_path.rglob("*")) if path not in before]
    assert all(path.is_relative_to(tmp_path / "out") for path in made)
    assert not [path for path in made if path.name.endswith(".part")]
    for kind in kinds & {"jsonl", "labelme", "yolo"}:
        path = tmp_path / f"out/{kind}{FORMATS[kind].suffix}"
        assert len(list(FORMATS[kind].read(path))) == count
    assert len({str(path).casefold() for path in made}) == len(made)


FOLDERS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    # format, what is done to a good folder of its files, what is said
    "labels that climb out": ("yolo", lambda f: index(f, "../secret.txt"), r"pictures\.csv:2: no file '\.\./secret"),
    "labels at the root": ("yolo", lambda f: index(f, "/etc/passwd"), r"pictures\.csv:2: no file '/etc/passwd'"),
    "labels behind a link": ("yolo", lambda f: link(f / "labels/a.txt", "/etc/passwd"), r"pictures\.csv:2: no file"),
    "labels behind a broken link": ("yolo", lambda f: link(f / "labels/a.txt", "none"), r"pictures\.csv:2: no file"),
    "labels of which one is missing": ("yolo", lambda f: (f / "labels/a.txt").unlink(), r"pictures\.csv:2: no file"),
    "a list of pictures of -1": ("yolo", lambda f: index(f, "labels/a.txt", -1), r"pictures\.csv:2: a width"),
    "labels whose pictures are missing": ("yolo", lambda f: (f / "pictures.csv").unlink(), "no picture a|images"),
    "a folder with a points file that is a folder": ("pts", lambda f: (f / "z.pts").mkdir(), r"z\.pts: is a folder"),
    "a folder with a broken link": ("pts", lambda f: link(f / "z.pts", "none"), r"z\.pts: no such file"),
    "a folder with an empty file": ("labelme", lambda f: (f / "z.json").touch(), r"z\.json: is an empty file"),
    "a folder with a broken file": ("labelme", lambda f: (f / "z.json").write_text("{"), r"z\.json: .*line 1 column 2"),
    "a folder without any": ("labelme", lambda f: [p.unlink() for p in f.rglob("*.json")], "no .json files"),
}


def index(folder: Path, labels: str, width: int = 9) -> None:
    (folder / "pictures.csv").write_text(f"file,width,height,labels\na.png,{width},9,{labels}\n")
    (folder.parent / "secret.txt").write_text("0 .5 .5 .5 .5\n")


def link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


@pytest.mark.parametrize("what", FOLDERS)
def test_a_folder_with_one_bad_file_gets_one_line_with_its_name(what: str, tmp_path: Path, capsys: Capture) -> None:
    form, spoil, said = FOLDERS[what]
    (tmp_path / "faces.jsonl").write_bytes(good("jsonl"))
    assert run(["convert", str(tmp_path / "faces.jsonl"), str(tmp_path / "in"), "--to", form]) == 0
    capsys.readouterr()
    spoil(tmp_path / "in")
    (tmp_path / "out").mkdir()
    refused(tmp_path / "in", form, tmp_path / "out/faces", said, capsys)
