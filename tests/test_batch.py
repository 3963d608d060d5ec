"""Batches: processes side by side, what was done before, and runs that were killed."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from charaface.cli import pool, run, screen
from charaface.cli.batch import Job
from charaface.cli.done import LEDGER, digest, made
from charaface.cli.inputs import Input
from charaface.cli.pool import Message, Tell, side_by_side
from charaface.files import atomic, sweep
from painted import World, paint

Capture = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(os.name != "posix", reason="asks the system for signals that it does not have")


def drawn(path: Path, seed: int, side: int = 64) -> Path:
    """A picture of ellipses that the real networks may or may not take for a face."""
    rng = np.random.default_rng(seed)
    image = np.full((side, side, 3), rng.integers(100, 255, 3), np.uint8)
    y, x = np.mgrid[:side, :side] / side
    for _ in range(6):
        (cx, cy), (rx, ry) = rng.uniform(0.2, 0.8, 2), rng.uniform(0.05, 0.3, 2)
        image[((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1] = rng.integers(0, 255, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def inputs(count: int) -> list[Input]:
    return [Input(Path(f"{k}.png"), Path(f"{k}.png")) for k in range(count)]


# works for processes; they travel by their names
def slow_first(one: Input, tell: Tell) -> Sequence[Path]:
    number = int(one.path.stem)
    time.sleep(0.3 if number == 0 else 0)
    tell.say(f"{number} begins")
    tell.give(f"{number} gives {os.getpid()}")
    if number == 2:
        raise ValueError(f"{one.path}: will not do")
    return []


def deadly(one: Input, tell: Tell) -> Sequence[Path]:
    if one.path.stem == "1":
        os.kill(os.getpid(), signal.SIGKILL)
    tell.say(f"{os.getpid()}")
    return []


def talkative(one: Input, tell: Tell) -> Sequence[Path]:
    for k in range(300):
        tell.give(f"{one.path.stem} {k}")
    return []


@pytest.fixture
def no_leftovers() -> Iterator[None]:
    """No process outlives its pool."""
    yield
    import multiprocessing

    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("no_leftovers")
def test_what_processes_tell_comes_in_the_order_of_the_inputs() -> None:
    told = list(side_by_side(slow_first, inputs(6), None, 3))
    assert [one.path.stem for one, _ in told] == [str(k) for k in range(6) for _ in range(3)]
    assert [message.kind for _, message in told] == ["say", "give", "made"] * 2 + ["say", "give", "failed"] + [
        "say",
        "give",
        "made",
    ] * 3
    assert told[8][1] == Message("failed", "2.png: will not do")
    assert 2 <= len({message.value.split()[-1] for _, message in told if message.kind == "give"}) <= 3


@posix
@pytest.mark.usefixtures("no_leftovers")
def test_a_process_that_dies_fails_its_input_alone() -> None:
    told = list(side_by_side(deadly, inputs(5), None, 2))
    failed = [(one.path.stem, message.value) for one, message in told if message.kind == "failed"]
    assert [name for name, _ in failed] == ["1"]
    assert failed[0][1].startswith("1.png: the process that worked on it ended (SIGKILL)")
    assert [one.path.stem for one, message in told if message.kind == "made"] == ["0", "2", "3", "4"]


@pytest.mark.usefixtures("no_leftovers")
def test_results_that_wait_their_turn_are_bounded_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    add = pool._Told.add

    def counted(self: pool._Told, message: Message) -> None:
        nonlocal most
        add(self, message)
        most = max(most, len(self.messages))

    monkeypatch.setattr(pool._Told, "add", counted)
    gives = [message.value for _, message in side_by_side(talkative, inputs(4), None, 2) if message.kind == "give"]
    assert gives == [f"{n} {k}" for n in range(4) for k in range(300)]
    assert most <= pool._HELD


@pytest.mark.usefixtures("no_leftovers")
def test_a_pool_that_is_left_early_ends_its_processes() -> None:
    for one, _ in side_by_side(talkative, inputs(4), None, 2):
        assert one.path.stem == "0"
        break


def test_several_processes_print_what_one_prints(tmp_path: Path, capsys: Capture) -> None:
    for k in range(12):
        drawn(tmp_path / f"{k}.png", k)
    (tmp_path / "5.png").write_bytes(b"no picture")
    (tmp_path / "7.png").write_bytes(b"")
    printed = []
    for workers in ("1", "3"):
        assert run(["landmarks", str(tmp_path), "--threshold", "0", "--workers", workers]) == 1
        printed.append(capsys.readouterr())
    assert printed[0] == printed[1]
    assert len(printed[0].out.splitlines()) == 10
    assert printed[0].err.splitlines() == [
        f"error: {tmp_path / '5.png'}: is no PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, MP4, MOV, WebM or Matroska file; "
        "save it as one of these first",
        f"error: {tmp_path / '7.png'}: is an empty file; fetch or make it anew",
        "2 of 12 failed",
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_table_of_several_processes_has_one_head(tmp_path: Path, capsys: Capture, form: str) -> None:
    for k in range(4):
        drawn(tmp_path / f"{k}.png", k)
    printed = []
    for workers in ("1", "2"):
        assert run(["detect", str(tmp_path), "--threshold", "0", "--format", form, "--workers", workers]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[0].count("file,frame") == (form == "csv")


def test_a_process_is_started_where_there_is_enough_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pool, "physical_cores", lambda: 4)
    for k in range(40):
        (tmp_path / f"{k}.png").touch()
    for k in range(6):
        (tmp_path / f"{k}.gif").touch()
    job = Job([tmp_path], None)
    stills = [one for one in job.inputs if one.path.suffix == ".png"]
    clips = [one for one in job.inputs if one.path.suffix == ".gif"]
    assert [job._count(part) for part in (stills[:1], stills[:16], stills, clips[:1], clips[:4], clips)] == [
        *(1, 2, 4),
        *(1, 2, 3),
    ]
    assert Job([tmp_path], None, 3)._count(stills[:2]) == 2
    assert Job([tmp_path / "1.png"], None, 3)._count(stills[:2]) == 1


@pytest.mark.usefixtures("world")
def test_a_dry_run_prints_what_would_be_done_and_makes_nothing(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b"):
        Image.fromarray(paint([(20, 60, 80)])).save(tmp_path / f"{name}.png")
    a, b, out = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "out"
    for command, first in (
        (["annotate", "--to", "webp"], out / "a.webp"),
        (["landmarks"], out / "a.png.jsonl"),
        (["detect", "--format", "csv"], out / "a.png.csv"),
        (["crop"], out / "a-*.png"),
    ):
        assert run([*command, str(a), str(b), "-o", str(out), "--dry-run"]) == 0
        printed = capsys.readouterr()
        assert printed.out.splitlines()[0] == f"{a} -> {first}"
        assert printed.err == "2 to do, 0 of 2 done before\n"
        assert not out.exists()
    assert run(["landmarks", str(a), "--dry-run"]) == 0
    assert capsys.readouterr().out == f"{a}\n"
    assert run(["annotate", str(a), "-o", str(out / "x.png"), "--dry-run"]) == 0
    assert run(["annotate", str(a), str(b), "-o", str(out)]) == 0
    a.write_bytes(b.read_bytes() + b"more")
    capsys.readouterr()
    assert run(["annotate", str(tmp_path), str(tmp_path / "none.png"), "-o", str(out), "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{a} -> {out / 'a.png'}"


def test_what_is_done_is_known_by_content(world: World, tmp_path: Path) -> None:
    source, out = tmp_path / "in/a.png", tmp_path / "out"
    source.parent.mkdir()
    Image.fromarray(paint([(20, 60, 80)])).save(source)

    def reads() -> int:
        before = len(world.detector.calls)
        assert run(["annotate", str(source.parent), "-o", str(out)]) == 0
        return len(world.detector.calls) - before

    assert reads() == 1
    os.utime(source, (1, 1))
    os.utime(out / "a.png", (1, 1))
    assert reads() == 0
    data, stamp = bytearray((out / "a.png").read_bytes()), source.stat()
    data[-20] ^= 1
    (out / "a.png").write_bytes(data)
    assert reads() == 1
    same_size = source.read_bytes()[:-12] + b"\0" * 12
    source.write_bytes(same_size)
    os.utime(source, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert reads() == 1


def test_an_input_that_changes_meanwhile_is_not_remembered(tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", 1)
    one = Input(source, Path("a.png"))

    def work(change: bool) -> list[Path]:
        if change:
            source.write_bytes(source.read_bytes() + b"more")
        (tmp_path / "out").write_bytes(b"abc")
        return [tmp_path / "out"]

    done = made(one, tmp_path, lambda: work(False))
    assert done is not None
    assert done.outputs == [("out", "ba7816bf8f01cfea414140de5dae2223")]
    assert made(one, tmp_path, lambda: work(True)) is None


def test_only_plain_files_have_a_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert digest(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223"
    assert digest(tmp_path) is None
    assert digest(tmp_path / "none") is None


@posix
def test_what_killed_programs_left_is_swept_and_what_others_write_is_not(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from charaface.files import atomic\n"
        "with atomic(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    (tmp_path / "deep").mkdir()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "deep/a.png")], check=False)
    assert len(list(tmp_path.rglob("*.part"))) == 1
    (tmp_path / ".mine.part").touch()
    with atomic(tmp_path / "b.png") as part:
        sweep(tmp_path)
        assert sorted(tmp_path.rglob("*.part")) == sorted([part, tmp_path / ".mine.part"])
        part.write_bytes(b"whole")
    assert (tmp_path / "b.png").read_bytes() == b"whole"


@posix
def test_a_killed_batch_of_a_thousand_files_goes_on_to_the_same_tree(tmp_path: Path) -> None:
    for k in range(1000):  # some pictures come more than once, as they do
        name = f"{k % 7}/사진 {k}.png"
        drawn(tmp_path / "in" / name, k) if k < 60 else _linked(tmp_path, name, k % 60)
    (tmp_path / "in/3/bad.png").write_bytes(b"no picture")
    command = [sys.executable, "-m", "charaface", "landmarks", str(tmp_path / "in"), "--workers", "2", "-o"]
    whole = subprocess.run([*command, str(tmp_path / "whole")], capture_output=True, text=True, check=False)
    assert whole.returncode == 1
    want = tree(tmp_path / "whole")
    assert len(want) == 1001
    random.seed(os.getpid())
    kills = 0
    for goal in (random.randrange(1, 400), random.randrange(400, 900)):
        with subprocess.Popen(
            [*command, str(tmp_path / "killed")], stderr=subprocess.PIPE, start_new_session=True
        ) as running:
            while running.poll() is None and _lines(tmp_path / "killed") < goal:
                time.sleep(0.002)
            kills += running.poll() is None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    assert kills == 2
    assert _lines(tmp_path / "killed") < 1000
    again = subprocess.run([*command, str(tmp_path / "killed")], capture_output=True, text=True, check=False)
    assert "done before" in again.stderr
    assert again.returncode == 1
    assert tree(tmp_path / "killed") == want


def _linked(folder: Path, name: str, k: int) -> None:
    target = folder / "in" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(folder / f"in/{k % 7}/사진 {k}.png", target)


def _alive(group: int) -> list[psutil.Process]:
    """The processes of a group that still run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _soon(true: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def _lines(folder: Path) -> int:
    try:
        return (folder / LEDGER).read_bytes().count(b"\n")
    except OSError:
        return 0


@posix
def test_ctrl_c_ends_every_process_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    for k in range(60):
        drawn(tmp_path / f"in/{k}.png", k, 400)
    command = ["-m", "charaface", "annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, *command],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # heard whoever started the tests
    ) as running:
        while _lines(tmp_path / "out") < 3 and running.poll() is None:
            time.sleep(0.005)
        os.killpg(running.pid, signal.SIGINT)
        assert running.stderr is not None
        words = running.stderr.read()
        assert running.wait() == 130
    assert words.splitlines()[-1] == "interrupted"
    assert "Traceback" not in words
    assert list((tmp_path / "out").rglob("*.part")) == []
    assert _soon(lambda: _alive(running.pid) == [])


def test_where_there_are_no_bars_a_line_now_and_then_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(screen, "_EVERY", -1.0)
    with screen.Screen(3) as words:
        for k in range(3):
            words.finish(Path(f"{k}"))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["1 of 3 files", "2 of 3 files"]
    assert lines[-1].endswith("a second, 0 seconds left")


def test_bars_show_rate_and_time_left_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with screen.Screen(2) as words:
        words.progress(Path("a.gif"), 3, 10)
        words.say("a line")
        words.finish(Path("a.gif"))
        words.finish(Path("b.gif"))
    shown = terminal.getvalue()
    assert all(word in shown for word in ("a.gif", "30%", "a line", "files", "a second"))
