"""live: the faces of a camera or clip as they come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest

from charaface import frames, live, weights
from charaface.cli import run
from charaface.files import InputError
from charaface.tasks import live as task
from charaface.tasks.live import Meter
from charaface.video import ClipFrame, ClipInfo, open_clip, write_clip
from charaface.video.newest import Newest
from painted import World, mark, paint


def movie(path: Path, count: int = 12, width: int = 320, height: int = 240, mood: str = "") -> Path:
    """A clip of a face that moves, 25 frames a second."""
    info = ClipInfo(Path("none"), "mp4", width, height, count, count / 25, rate=Fraction(25), time_base=Fraction(1, 25))
    pictures = []
    for i in range(count):
        square = (20 + 2 * i, 60, 90)
        picture = paint([square], width, height)
        pictures.append(mark(picture, square, mood) if mood else picture)
    return write_clip(path, info, [ClipFrame(i, i / 25, 1 / 25, p, pts=i) for i, p in enumerate(pictures)])


class Camera:
    """In place of cv2.VideoCapture: pictures of a face, each when the test lets it come."""

    made: ClassVar[list[Camera]] = []
    allowed: ClassVar[threading.Semaphore]
    on_read: ClassVar[Callable[[int], object]]

    def __init__(self, number: int) -> None:
        self.number, self.at, self.released = number, -1, threading.Event()
        self.made.append(self)

    def isOpened(self) -> bool:
        return self.number == 0

    def get(self, what: int) -> float:
        return 10.0 if what == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, np.ndarray | None]:
        if self.at >= 0:  # the first picture tells the size and is no frame
            self.allowed.acquire()
            type(self).on_read(self.at)
        self.at += 1
        if self.at > 40:
            return False, None
        return True, paint([(20 + 2 * max(self.at - 1, 0), 60, 90)])[..., ::-1].copy()

    def release(self) -> None:
        self.released.set()


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Camera]]:
    Camera.made, Camera.allowed, Camera.on_read = [], threading.Semaphore(0), staticmethod(lambda _: None)
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield Camera
    signal.signal(signal.SIGINT, before)
    Camera.allowed.release(50)  # lets a reader that still waits come to its end


@pytest.mark.usefixtures("moods")
def test_every_frame_of_a_clip_has_the_faces_of_frames(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.mp4", mood="happy")
    for names in ("landmarks", "emotion", ["detect"], ["landmarks", "emotion"]):
        live_ones, plain = list(live(path, names, every_frame=True)), list(frames(path, names))
        assert [one.index for one in live_ones] == [one.index for one in plain] == [*range(12)]
        assert [one.time for one in live_ones] == [one.time for one in plain]
        for a, b in zip(live_ones, plain, strict=True):
            assert [face.to_dict() for face in a.faces] == [face.to_dict() for face in b.faces]
    assert live_ones[0].faces[0].emotion.label == "happy"
    assert [one.passed for one in live_ones] == [0] * 12
    part = list(live(path, start=3, stop=6, every_frame=True))
    assert [one.index for one in part] == [3, 4, 5]


def test_delay_and_rate_are_those_of_the_clock(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    plain = world.landmarker.run

    def slow(batch: np.ndarray) -> dict[str, np.ndarray]:
        now[0] += 0.05 * len(batch)
        return plain(batch)

    world.landmarker.run = slow  # type: ignore[method-assign]
    monkeypatch.setattr(task, "monotonic", lambda: now[0])
    found, crops = [], [0]
    for one in live(movie(tmp_path / "a.mp4", 6), every_frame=True):
        found.append(one)
        crops.append(world.crops_read)
    assert crops[1] == 2
    assert [one.delay for one in found] == pytest.approx([0.05 * count for count in np.diff(crops)])
    assert found[0].rate is None
    assert found[1].rate == pytest.approx(1 / found[1].delay)


def test_the_rate_is_that_of_the_last_second() -> None:
    meter = Meter()
    assert meter(5.0) is None
    assert meter(5.1) == pytest.approx(10)
    for i in range(2, 40):
        quick = meter(5 + i / 10)
    assert quick == pytest.approx(10)
    assert meter(13.9) == pytest.approx(0.2)  # a long wait counts
    for i in range(1, 25):
        slow = meter(13.9 + i / 2)
    assert slow == pytest.approx(2)


@pytest.mark.usefixtures("world")
def test_a_camera_gives_its_newest_frame_and_counts_those_passed_over(
    camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[Newest] = []

    class Watched(Newest):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            readers.append(self)

    def let(count: int) -> None:
        """Lets so many pictures come, and waits until the reader has the last of them."""
        wanted = readers[0]._came + count
        camera.allowed.release(count)
        deadline = time.monotonic() + 10
        while readers[0]._came < wanted:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    monkeypatch.setattr(task, "Newest", Watched)
    running = live(0, smooth=False)
    camera.allowed.release()
    found = [next(running)]
    for count in (6, 1):
        let(count)
        found.append(next(running))
    camera.allowed.release()
    running.close()  # type: ignore[attr-defined]
    assert [(one.index, one.passed) for one in found] == [(0, 0), (6, 5), (7, 5)]
    assert abs(found[1].faces[0].box[0] - (20 + 2 * 6)) < 0.5  # its own face, not that of a frame before
    assert found[2].faces[0].track == found[0].faces[0].track
    assert camera.made[0].released.wait(10)


@pytest.mark.usefixtures("world")
def test_ctrl_c_ends_a_camera_and_lets_go_of_it(camera: type[Camera]) -> None:
    for every_frame in (False, True):
        camera.made.clear()
        camera.allowed.release(100)
        camera.on_read = staticmethod(lambda _: time.sleep(0.01))
        found = []
        for frame in live(0, every_frame=every_frame):
            found.append(frame.index)
            if len(found) == 2:
                os.kill(os.getpid(), signal.SIGINT)
        assert len(found) == 2
        assert camera.made[0].released.wait(10)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        camera.allowed = threading.Semaphore(0)


@pytest.mark.usefixtures("world")
def test_a_clip_that_is_played_passes_over_what_cannot_be_kept_up_with(world: World, tmp_path: Path) -> None:
    plain = world.landmarker.run

    def slow(batch: np.ndarray) -> dict[str, np.ndarray]:
        time.sleep(0.1)  # two and a half frames
        return plain(batch)

    world.landmarker.run = slow  # type: ignore[method-assign]
    found = list(live(movie(tmp_path / "a.mp4", 20)))
    indices = [one.index for one in found]
    assert indices == sorted(set(indices))
    assert indices[-1] == 19
    assert len(found) < 20
    assert found[-1].passed == 20 - len(found)


@pytest.mark.usefixtures("world")
def test_a_wrong_call_fails_before_a_frame_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHARED", {"emotion": ()})
    path = movie(tmp_path / "a.mp4", 2)
    with pytest.raises(ValueError, match="no task 'mood'"):
        live(path, "mood")
    with pytest.raises(InputError, match="no such file"):
        live(tmp_path / "b.mp4")
    with pytest.raises(InputError, match="no weights for emotion"):
        live(path, "emotion")


@pytest.mark.usefixtures("moods")
def test_a_640x480_clip_through_the_command_gives_a_file_that_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = movie(tmp_path / "a.mp4", 25, 640, 480, "sad")
    for name in ("out.mp4", "out.gif"):
        assert run(["live", str(path), "-o", f"{tmp_path}/{name}", "--show", "emotion"]) == 0
        with open_clip(path) as a, open_clip(tmp_path / name) as b:
            old, new = list(a), list(b)
        assert [(frame.index, round(frame.time, 3)) for frame in new] == [
            (frame.index, round(frame.time, 3)) for frame in old
        ]
        for one, other in zip(old, new, strict=True):
            assert other.image.shape == (480, 640, 3)
            assert (np.abs(one.image.astype(int) - other.image) > 60).any(axis=2).mean() > 0.005  # drawn on
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "a.mp4: 25 frames, 0 passed over, " in captured.err
    assert " frames/s, delay " in captured.err


@pytest.mark.usefixtures("world")
def test_the_rate_is_drawn_unless_not_wanted(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.mp4", 3)
    corner = {}
    for option in ("--rate", "--no-rate"):
        assert run(["live", str(path), "-o", f"{tmp_path}/out.mp4", option, "--no-points", "--no-lines"]) == 0
        with open_clip(tmp_path / "out.mp4") as clip:
            corner[option] = next(iter(clip)).image[:12, :40].mean()
    assert corner["--no-rate"] > 220
    assert corner["--rate"] < 180


@pytest.mark.usefixtures("world")
def test_a_pipe_gets_a_movie_for_a_player(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["live", str(movie(tmp_path / "a.mp4", 8)), "-o", "-", "--every-frame"]) == 0
    (tmp_path / "out.mkv").write_bytes(capsysbinary.readouterr().out)
    with open_clip(tmp_path / "out.mkv") as clip:
        found = list(clip)
    assert [round(frame.time, 2) for frame in found] == [round(i / 25, 2) for i in range(8)]
    assert found[0].image.shape == (240, 320, 3)


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.mp4", 60)
    command = [sys.executable, "-m", "charaface", "live", str(path), "-o", "-", "--every-frame"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(500)[:4] == b"\x1a\x45\xdf\xa3"
        process.stdout.close()
        words = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Traceback" not in words
    assert "error" not in words


@pytest.mark.usefixtures("world")
def test_a_camera_is_written_to_a_file_that_is_whole_after_ctrl_c(
    camera: type[Camera], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera.allowed.release(100)
    camera.on_read = staticmethod(lambda at: os.kill(os.getpid(), signal.SIGINT) if at == 20 else time.sleep(0.01))
    assert run(["live", "0", "-o", f"{tmp_path}/out.mp4"]) == 0
    with open_clip(tmp_path / "out.mp4") as clip:
        assert 1 <= len(list(clip)) <= 21
    assert "0: " in capsys.readouterr().err
    assert camera.made[0].released.wait(10)


@pytest.mark.usefixtures("world")
def test_without_an_output_there_is_a_window_or_a_word_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = movie(tmp_path / "a.mp4", 3)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert run(["live", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "-o out.mp4" in line
    shown: list[str] = []
    monkeypatch.setattr("charaface.video.window.show", lambda title, frames: shown.extend(title for _ in frames))
    assert run(["live", str(path), "--every-frame"]) == 0
    assert len(shown) == 3
    assert shown[0].endswith("a.mp4 - charaface")


@pytest.mark.usefixtures("world")
def test_several_clips_and_a_terminal_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.mp4", "b.mp4"):
        movie(tmp_path / name, 2)
    assert run(["live", str(tmp_path), "-o", f"{tmp_path}/c.mp4"]) == 2
    assert "live takes one camera or clip, these are 2" in capsys.readouterr().err
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run(["live", str(tmp_path / "a.mp4"), "-o", "-"]) == 2
    assert "pipe it into a player" in capsys.readouterr().err
