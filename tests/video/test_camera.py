"""A camera as a clip: read with OpenCV, its own clock, an end by --stop, --max-seconds or the first Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest
from reels import bars, number_of

from charaface import annotate, frames
from charaface.cli import run
from charaface.files import InputError, LimitError, Limits
from charaface.video import camera, open_clip, write_clip
from painted import paint


class Capture:
    """In place of cv2.VideoCapture: numbered pictures, a tenth of a second apart."""

    made: list[Capture]
    pictures = staticmethod(bars)
    count = 1000
    on_read: Callable[[int], object] = staticmethod(lambda _: None)

    def __init__(self, number: int) -> None:
        self.number, self.at, self.released = number, -1, False
        self.made.append(self)

    def isOpened(self) -> bool:
        return self.number == 0

    def get(self, what: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 0.0, cv2.CAP_PROP_FPS: 10.0}.get(what, 0.0)

    def read(self) -> tuple[bool, np.ndarray | None]:
        number, self.at = self.at, self.at + 1  # the first picture tells the size and is no frame
        if number >= self.count:
            return False, None
        if number >= 0:
            self.on_read(number)
        return True, np.ascontiguousarray(self.pictures(max(number, 0))[..., ::-1])

    def release(self) -> None:
        self.released = True


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Capture]]:
    class Own(Capture):
        made: ClassVar[list[Capture]] = []

    monkeypatch.setattr(cv2, "VideoCapture", Own)
    monkeypatch.setattr(camera, "monotonic", lambda: 100 + max(Own.made[-1].at - 1, 0) / 10)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may not hear it
    yield Own
    signal.signal(signal.SIGINT, before)


def press(at: int, times: int = 1) -> Callable[[int], None]:
    """Presses Ctrl-C when the frame of a number is read, so many times."""

    def on_read(number: int) -> None:
        for _ in range(times if number == at else 0):
            os.kill(os.getpid(), signal.SIGINT)

    return on_read


def test_frames_come_with_the_times_of_a_clock(capture: type[Capture]) -> None:
    with open_clip(0, stop=5) as clip:
        assert (clip.kind, clip.frame_count, clip.info.seconds) == ("camera", None, None)
        assert (clip.width, clip.height) == (64, 48)
        found = list(clip)
    assert [number_of(frame.pixels) for frame in found] == [0, 1, 2, 3, 4]
    assert [frame.index for frame in found] == [0, 1, 2, 3, 4]
    assert [frame.time for frame in found] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert [frame.duration for frame in found] == pytest.approx([0.1] * 5)
    assert len(capture.made) == 1
    assert capture.made[0].at == 5  # no picture more than asked for
    assert capture.made[0].released
    with open_clip(0, start=3, stop=6) as clip:
        assert [frame.index for frame in clip] == [3, 4, 5]


def test_colours_are_red_first(capture: type[Capture]) -> None:
    capture.pictures = staticmethod(lambda _: np.full((8, 8, 3), (250, 100, 10), np.uint8))
    with open_clip(0, stop=1) as clip:
        assert next(iter(clip)).pixels[0, 0].tolist() == [250, 100, 10]


def test_a_number_is_a_camera_unless_it_is_a_file(
    capture: type[Capture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("0", Path("0")):
        with open_clip(name, stop=1) as clip:
            assert clip.kind == "camera"
    write_clip("a.png", clip.info, [next(iter(open_clip(0, stop=1)))])
    Path("a.png").rename("0")
    with open_clip("0") as clip:
        assert clip.kind == "picture"
    with pytest.raises(InputError, match="no such file"):
        open_clip("12345")
    assert len(capture.made) == 3


def test_it_ends_at_the_seconds_and_frames_that_are_the_limit(capture: type[Capture]) -> None:
    with open_clip(0, Limits(seconds=0.35)) as clip:
        assert len(list(clip)) == 4
    with open_clip(0, Limits(frames=7)) as clip:
        assert len(list(clip)) == 7
    capture.count = 3  # pulled out
    with open_clip(0) as clip:
        assert len(list(clip)) == 3


def test_what_is_too_large_or_changes_is_said(capture: type[Capture]) -> None:
    with pytest.raises(LimitError, match="camera 0: 64x48 is 3,072 pixels"):
        open_clip(0, Limits(pixels=1000))
    capture.pictures = staticmethod(lambda number: bars(number, 64 if number < 2 else 32))
    with open_clip(0) as clip, pytest.raises(InputError, match="its pictures became 32x48, at first 64x48"):
        list(clip)
    capture.count = -1
    with pytest.raises(InputError, match="camera 0: gives no picture"):
        open_clip(0)


@pytest.mark.parametrize("number", [1, -1, 7])
def test_a_camera_that_is_not_there_is_named(number: int, capture: type[Capture]) -> None:
    with pytest.raises(InputError, match=f"camera {number}: is not there"):
        open_clip(number)
    assert capture.made


def test_the_real_library_s_missing_camera_is_named_and_nothing_else_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(InputError, match="camera 97: is not there"):
        frames(97)
    assert run(["landmarks", "97"]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "error: camera 97: is not there, or another program has it; cameras are counted from 0"
    ]


@pytest.mark.usefixtures("world")
def test_the_first_ctrl_c_ends_the_clip_and_the_file_is_whole(capture: type[Capture], tmp_path: Path) -> None:
    capture.pictures = staticmethod(lambda number: paint([(20 + 4 * (number % 20), 60, 80)]))
    capture.on_read = staticmethod(press(5))
    before = signal.getsignal(signal.SIGINT)
    for name in ("a.mp4", "a.gif", "a.webm"):
        assert annotate(0, tmp_path / name) == tmp_path / name
        assert signal.getsignal(signal.SIGINT) is before
        with open_clip(tmp_path / name) as clip:
            assert [frame.time for frame in clip] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=0.011)
    assert all(one.released for one in capture.made)


@pytest.mark.usefixtures("world")
def test_ctrl_c_while_a_frame_is_worked_on_ends_after_it(capture: type[Capture]) -> None:
    found = []
    for frame in frames(0):
        found.append(frame.index)
        if frame.index == 3:
            os.kill(os.getpid(), signal.SIGINT)
    assert found == [0, 1, 2, 3]
    assert capture.made[0].at == 4


@pytest.mark.usefixtures("world")
def test_a_second_ctrl_c_interrupts_and_leaves_nothing(capture: type[Capture], tmp_path: Path) -> None:
    capture.on_read = staticmethod(press(5, times=2))
    with pytest.raises(KeyboardInterrupt):
        annotate(0, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert capture.made[0].released


def test_ctrl_c_before_the_first_frame_interrupts(capture: type[Capture]) -> None:
    capture.on_read = staticmethod(press(0))
    with pytest.raises(KeyboardInterrupt):
        list(open_clip(0))


def test_another_thread_leaves_ctrl_c_alone(capture: type[Capture]) -> None:
    handlers, found = [], []
    capture.on_read = staticmethod(lambda _: handlers.append(signal.getsignal(signal.SIGINT)))
    worker = threading.Thread(target=lambda: found.extend(open_clip(0, stop=3)))
    worker.start()
    worker.join()
    assert len(found) == 3
    assert set(handlers) == {signal.default_int_handler}


def test_ctrl_c_that_is_not_heard_stays_so(capture: type[Capture]) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        capture.on_read = staticmethod(press(1))
        assert len(list(open_clip(0, stop=4))) == 4
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("world")
def test_the_command_line_takes_a_camera(
    capture: type[Capture], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture.pictures = staticmethod(lambda number: paint([(20 + 4 * (number % 20), 60, 80)]))
    assert run(["landmarks", "0", "--stop", "3"]) == 0
    assert capsys.readouterr().out.count('"file": "0"') == 3
    capture.on_read = staticmethod(press(4))
    assert run(["annotate", "0", "-o", f"{tmp_path}/out.mp4"]) == 0
    with open_clip(tmp_path / "out.mp4") as clip:
        assert len(list(clip)) == 4
    for _ in range(2):  # in a folder of outputs it is never done before
        assert run(["annotate", "0", "-o", f"{tmp_path}/out/", "--to", "mp4", "--max-seconds", "0.25"]) == 0
        assert "done before" not in capsys.readouterr().err
    with open_clip(tmp_path / "out" / "0.mp4") as clip:
        assert len(list(clip)) == 3
    assert run(["annotate", "5", "-o", f"{tmp_path}/b.mp4"]) == 2
    assert "camera 5: is not there" in capsys.readouterr().err
