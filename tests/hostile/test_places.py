"""Hostile places: no files, names of any signs, files that vanish, full disks, readers and runs that are killed."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from broken_faces import BROKEN as BROKEN_FACES
from broken_faces import ODD as ODD_FACES
from broken_faces import RECORDS
from broken_pictures import BROKEN as BROKEN_PICTURES
from odd_pictures import ODD as ODD_PICTURES
from raw_pictures import PNG, moving, saved

from charaface.cli import run
from charaface.formats import FORMATS, WRITTEN
from charaface.video import open_clip
from painted import World

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes, devices and limits of Linux")


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name) if len(str(path)) > 100 else one.bind(str(path))


def linked(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def sparse(path: Path, size: int, head: bytes = b"") -> None:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)


PLACES: dict[str, tuple[Callable[[Path], object], str]] = {
    # what stands where a picture should: how it is made, what is said
    "nothing there": (lambda _: None, "no such file"),
    "a folder of that name": (lambda path: (path / "empty").mkdir(parents=True), "no pictures or clips in this folder"),
    "a link to nothing": (linked("none.png"), "no such file"),
    "a link to itself": (linked("bad.png"), "cannot be opened"),
    "a pipe": (os.mkfifo, "is a pipe"),
    "a socket": (bound, "is a socket"),
    "a device without end": (linked("/dev/zero"), "is a device"),
    "a device without anything": (linked("/dev/null"), "is a device"),
    "memory": (linked("/proc/self/mem"), "cannot be read"),
    "a file of the system": (linked("/proc/self/status"), "is no PNG"),
    "a sparse file of 8 GB": (lambda path: sparse(path, 8 << 30), "is no PNG"),
    **{
        f"a sparse {kind} of 8 GB": (partial(sparse, size=8 << 30, head=head), said)
        for kind, head, said in (
            ("PNG", PNG, "the limit is"),
            ("JPEG", b"\xff\xd8\xff\xe0", "damaged"),
            ("GIF", b"GIF89a\x08\0\x08\0\0\0\0", "GIF"),
            ("WebP", b"RIFF\xff\xff\xff\xffWEBPVP8L" + bytes(5), "the limit is"),
            ("TIFF", b"II*\0\x08\0\0\0", "the limit is"),
            ("AVIF", b"\0\0\0\x18ftypavif", "the limit is"),
            ("MP4", b"\0\0\0\x18ftypisom" + bytes(12), "damaged"),
            ("Matroska", b"\x1a\x45\xdf\xa3", "damaged"),
        )
    },
}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("what", PLACES)
def test_what_is_no_picture_is_named_at_once_and_its_neighbour_done(
    what: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, said = PLACES[what]
    monkeypatch.chdir(tmp_path)
    bad, good = Path("bad.png"), Path("good.png")
    make(bad)
    good.write_bytes(saved("PNG"))
    start = time.monotonic()
    assert run(["annotate", "bad.png", "good.png", "-o", "out"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: bad.png: ")
    assert said in line
    assert run(["annotate", "bad.png", "-o", "alone.png" if not bad.is_dir() else "alone"]) == 2
    assert sorted(path.name for path in Path("out").iterdir()) == [".charaface.jsonl", "good.png"]
    assert not Path("alone.png").exists()
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("what", [what for what in PLACES if "sparse" not in what or what == "a sparse file of 8 GB"])
def test_what_is_no_file_of_faces_is_named_at_once(
    what: str, form: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    PLACES[what][0](Path("bad.png"))
    assert run(["convert", "bad.png", "out.jsonl", "--from", form, "--to", "jsonl"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: bad.png")
    assert not Path("out.jsonl").exists()


NAMES = {
    "255 bytes": "a" * 251 + ".png",
    "255 bytes of another script": "젠" * 83 + "aa.png",
    "a line break": "a\nb.png",
    "a bell and a colour": "a\x07\x1b[31mb.png",
    "bytes that are no text": os.fsdecode(b"a\xff\xfe.png"),
    "a dash in front": "-o.png",
    "two dashes in front": "--help.png",
    "emoji": "\U0001f600\u200d\U0001f525.png",
    "written from right to left": "\u202egnp.a.png",
    "signs of a shell": "$(touch x);`rm y`&|.png",
    "signs of a pattern": "[a-z]*?.png",
    "percent and braces": "%s{0}{x}%n.png",
    "spaces": "  a  .png",
    "quotes": "'\"a\"'.png",
    "a dot at its end": "a..png",
}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("what", NAMES)
def test_a_file_of_any_name_is_done_and_comes_out_under_its_name(
    what: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(NAMES[what]).write_bytes(saved("PNG"))
    assert run(["annotate", "-o", "out", "--", NAMES[what], "none.png"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted(os.listdir("out")) == sorted([".charaface.jsonl", NAMES[what]])
    assert run(["detect", "--", NAMES[what]]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert os.fsencode(json.loads(line)["file"]) == os.fsencode(NAMES[what])


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("what", NAMES)
def test_a_broken_file_of_any_name_gets_one_line(
    what: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(NAMES[what]).write_bytes(b"no picture")
    assert run(["detect", "--", NAMES[what]]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert run(["convert", "--from", "coco", "--to", "jsonl", "--", NAMES[what], "out.jsonl"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")


@pytest.mark.usefixtures("world")
def test_names_that_differ_by_case_alone_come_out_apart(tmp_path: Path) -> None:
    for name in ("in/a.png", "in/A.png", "in/a.PNG", "in/a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(saved("PNG"))
    assert run(["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0
    names = [path.name.casefold() for path in (tmp_path / "out").iterdir()]
    assert len(set(names)) == len(names) == 5


def test_files_that_vanish_while_they_wait_are_named_and_the_others_done(
    world: World, tmp_path: Path, capsys: Capture
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"in/{name}.png").parent.mkdir(exist_ok=True)
        (tmp_path / f"in/{name}.png").write_bytes(saved("PNG"))
    working = world.detector.run

    def vanish(batch: np.ndarray) -> dict[str, np.ndarray]:
        (tmp_path / "in/b.png").unlink(missing_ok=True)
        return working(batch)

    world.detector.run = vanish  # type: ignore[method-assign]
    assert run(["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 1
    assert f"error: {tmp_path / 'in/b.png'}: no such file" in capsys.readouterr().err.splitlines()
    assert sorted(path.name for path in (tmp_path / "out").glob("*.*")) == [".charaface.jsonl", "a.png", "c.png"]


# in processes of their own

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from charaface import session
from painted import World
session.load = World().load
{before}
from charaface.cli import main
main(sys.argv[1:])
"""


def program(*arguments: str, before: str = "") -> list[str]:
    """A command line of the program that sees painted squares as faces."""
    code = PROGRAM.format(tests=str(Path(__file__).parents[1]), before=before)
    return [sys.executable, "-c", code, *arguments]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder in/ with two pictures and a GIF, a folder out/."""
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    for name, data in (("a.png", saved("PNG")), ("b.gif", moving(".gif", 40)), ("c.png", saved("PNG"))):
        (tmp_path / "in" / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_results_onto_a_full_disk_end_with_one_clear_line(form: str, desk: Path) -> None:
    with open("/dev/full", "w") as full:
        command = program("detect", str(desk / "in"), "--format", form)
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "error: standard output cannot be written (No space left on device)\n")


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Files take no more than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".mp4", ".mkv"])
def test_a_clip_onto_a_full_disk_is_named_and_leaves_nothing(suffix: str, desk: Path, capsys: Capture) -> None:
    with full_disk(1500):
        status = run(["annotate", str(desk / "in/b.gif"), "-o", str(desk / f"out/b{suffix}")])
    (line,) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert line.startswith("error: ")
    assert "File too large" in line
    assert list((desk / "out").iterdir()) == []


@pytest.mark.parametrize("form", WRITTEN)
def test_a_file_of_faces_onto_a_full_disk_is_named_and_leaves_nothing(
    form: str, tmp_path: Path, capsys: Capture
) -> None:
    source = FORMATS["jsonl"].write(tmp_path / "in.jsonl", RECORDS * 3)
    (tmp_path / "out").mkdir()
    with full_disk(900):
        status = run(["convert", str(source), str(tmp_path / f"out/faces{FORMATS[form].suffix}"), "--to", form])
    (line,) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert line.startswith(f"error: {tmp_path / 'out'}")
    assert "File too large" in line
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_reader_that_has_enough_ends_the_program_quietly(form: str, desk: Path) -> None:
    command = program("landmarks", *[str(desk / "in")] * 3, "--format", form)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout
    assert running.stderr
    assert running.stdout.readline()
    running.stdout.close()
    words = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) in (0, 1)
    assert words == ""


def test_a_run_that_is_killed_leaves_no_half_file_and_the_next_one_finishes(desk: Path) -> None:
    wait = "working = session.load('detector').run\nimport time\n"
    wait += "session.load('detector').run = lambda batch: (time.sleep(0.2), working(batch))[1]"
    command = ["annotate", str(desk / "in"), "-o", str(desk / "out")]
    running = subprocess.Popen(program(*command, before=wait), stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while not (desk / "out/a.png").exists() and time.monotonic() < end:
        time.sleep(0.01)
    running.kill()
    running.wait(timeout=60)
    for name, frames in (("a.png", 1), ("b.gif", 40), ("c.png", 1)):
        if (desk / "out" / name).exists():
            with open_clip(desk / "out" / name) as clip:
                assert len(list(clip)) == frames
    done = subprocess.run(program(*command), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert {"a.png", "b.gif", "c.png"} <= {path.name for path in (desk / "out").iterdir()}


def test_there_are_more_than_a_hundred_kinds() -> None:
    kinds = [*BROKEN_PICTURES, *ODD_PICTURES, *BROKEN_FACES, *ODD_FACES, *PLACES, *NAMES]
    assert len(kinds) == len(set(kinds))
    assert len([*BROKEN_PICTURES, *BROKEN_FACES, *PLACES]) >= 100
