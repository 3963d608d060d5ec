"""Hostile pictures and clips through the commands: one clear line, the others done, nothing half-written."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from broken_pictures import BROKEN
from odd_pictures import ODD
from raw_pictures import crowd, moving, saved

from charaface.cli import run
from charaface.video import open_clip

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("world")


def visible(folder: Path) -> list[str]:
    """What is in a folder, but for the list of what was done."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != ".charaface.jsonl")


def alone(path: Path, out: Path, capsys: Capture) -> str:
    """What is said of an input that is the only one, and is refused."""
    assert run(["annotate", str(path), "-o", str(out / f"out{path.suffix}")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert visible(out) == []
    (line,) = printed.err.splitlines()
    return line


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_picture_gets_one_line_and_its_neighbours_are_done(what: str, tmp_path: Path, capsys: Capture) -> None:
    name, make = BROKEN[what]
    for folder in ("in", "out", "alone"):
        (tmp_path / folder).mkdir()
    bad = tmp_path / "in" / name
    data = make()
    bad.write_bytes(data)
    for neighbour in ("0.png", "z.png"):
        (tmp_path / "in" / neighbour).write_bytes(saved("PNG"))
    assert run(["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {bad}: ")
    assert len(line) < 400
    assert visible(tmp_path / "out") == ["0.png", "z.png"]
    assert alone(bad, tmp_path / "alone", capsys) == line
    assert bad.read_bytes() == data


@pytest.mark.parametrize("what", ODD)
def test_an_odd_picture_gives_a_result(what: str, tmp_path: Path, capsys: Capture) -> None:
    name, make = ODD[what]
    path, out = tmp_path / name, tmp_path / f"out{Path(name).suffix}"
    path.write_bytes(make())
    assert run(["detect", str(path)]) == 0
    frames = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert run(["annotate", str(path), "-o", str(out)]) == 0
    assert "error" not in capsys.readouterr().err
    assert visible(tmp_path) == sorted([name, out.name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with open_clip(out) as clip:
            sizes = [(frame.pixels.shape[1], frame.pixels.shape[0]) for frame in clip]
    assert sizes == [(frame["width"], frame["height"]) for frame in frames]


LIMITS = {
    # option: what is refused, what the error asks for, a value that lets it pass
    "--max-pixels": ("10799", "120x90 is 10,800 pixels, the limit is 10,799; --max-pixels 10800 raises it", "10800"),
    "--max-frames": ("3", "4 frames, the limit is 3; --max-frames 4 raises it", "4"),
    "--max-seconds": ("0.1", "0.2 seconds, the limit is 0.1; --max-seconds 1 raises it", "1"),
    "--max-faces": ("1", "2 faces, the limit is 1; --max-faces 2 raises it", "2"),
}


@pytest.mark.parametrize("command", ["detect", "landmarks", "annotate", "crop"])
@pytest.mark.parametrize("option", LIMITS)
def test_a_limit_is_named_with_the_option_that_raises_it(
    option: str, command: str, tmp_path: Path, capsys: Capture
) -> None:
    most, said, enough = LIMITS[option]
    path = tmp_path / "in.gif"
    path.write_bytes(crowd() if option == "--max-faces" else moving(".gif"))
    (tmp_path / "out").mkdir()
    arguments = [command, str(path), "-o", f"{tmp_path}/out/"]
    assert run([*arguments, option, most]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"error: {path}: {said}"
    assert visible(tmp_path / "out") == []
    assert run([*arguments, option, enough]) == 0
    assert len(visible(tmp_path / "out")) >= 1
