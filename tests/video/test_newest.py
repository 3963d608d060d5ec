"""The newest frame first, whatever was missed; times by a clock of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from charaface.video.clip import Clip, ClipFrame, ClipInfo
from charaface.video.newest import Arrived, Newest

INFO = ClipInfo(Path("0"), "camera", 8, 8, None, None)


class Source:
    """A clip that gives a frame each time it is let to, and says when it is asked for one."""

    def __init__(self, count: int = 100, error: Exception | None = None) -> None:
        self.allowed, self.asked = threading.Semaphore(0), threading.Semaphore(0)
        self.closed = False
        self._count, self._error = count, error
        self.clip = Clip(INFO, self._frames)

    def give(self, frames: int) -> None:
        """Lets so many frames come, and waits until the last of them has come."""
        for _ in range(frames):
            self.allowed.release()
            assert self.asked.acquire(timeout=10)

    def _frames(self) -> Generator[ClipFrame]:
        try:
            for i in range(self._count):
                if i:
                    self.asked.release()  # the frame before has been taken
                self.allowed.acquire()
                yield ClipFrame(i, i / 25, 1 / 25, np.full((8, 8, 3), i, np.uint8))
            if self._error:
                raise self._error
        finally:
            self.asked.release()
            self.closed = True


def test_the_newest_frame_is_given_and_those_before_it_are_passed_over() -> None:
    source = Source()
    frames = Newest(source.clip, played=False).frames()
    source.allowed.release()
    first = next(frames)
    source.asked.acquire()
    assert (first.frame.index, first.passed) == (0, 0)
    source.give(5)
    second = next(frames)
    assert (second.frame.index, second.passed) == (5, 4)
    assert second.frame.pixels[0, 0, 0] == 5
    source.give(1)
    third = next(frames)
    assert (third.frame.index, third.passed) == (6, 4)
    source.allowed.release()  # the reader waits for one more
    frames.close()
    assert source.closed


def test_no_frame_is_given_twice_and_the_last_one_always() -> None:
    source = Source(count=3)
    for _ in range(3):
        source.allowed.release()
    found = list(Newest(source.clip, played=False).frames())
    indices = [one.frame.index for one in found]
    assert indices == sorted(set(indices))
    assert indices[-1] == 2
    assert found[-1].passed == 3 - len(found)
    assert source.closed


def test_what_the_source_raises_comes_behind_its_frames() -> None:
    source = Source(count=2, error=OSError("pulled out"))
    for _ in range(2):
        source.allowed.release()
    frames = Newest(source.clip, played=False).frames()
    found: list[Arrived] = []
    with pytest.raises(OSError, match="pulled out"):
        found.extend(frames)
    with pytest.raises(StopIteration):
        next(frames)


def test_it_ends_when_it_is_over_though_no_frame_comes() -> None:
    source = Source()
    over: list[int] = []
    frames = Newest(source.clip, played=False).frames(lambda: bool(over))
    source.allowed.release()
    assert next(frames).frame.index == 0
    over.append(1)
    source.allowed.release()  # or closing would wait for the camera
    assert list(frames) == []


class Clock:
    """A clock that moves when someone waits, and only then."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return False


def turns(times: list[float], decoding: float = 0.0) -> tuple[list[float], list[float]]:
    """When the frames of a played clip come, and how long each was waited for; decoding one takes so many seconds."""
    clock = Clock()

    def frames() -> Generator[ClipFrame]:
        for i, time in enumerate(times):
            clock.now += decoding if i else 0.0
            yield ClipFrame(i, time, 0.04, np.zeros((8, 8, 3), np.uint8))

    newest = Newest(Clip(INFO, frames), played=True, clock=clock)
    newest._stopped.wait = clock.wait  # type: ignore[method-assign, assignment]
    came = [round(clock.now - 100, 6) for _ in newest._in_turn()]
    return came, [round(wait, 6) for wait in clock.waits]


def test_a_played_clip_gives_each_frame_at_its_time() -> None:
    times = [0.0, 0.04, 0.2, 0.3]
    assert turns(times) == (times, [0.04, 0.16, 0.1])
    assert turns([5.0, 5.1])[0] == [0.0, 0.1]  # a part of a clip begins at once
    assert turns(times, decoding=0.03) == (times, [0.01, 0.13, 0.07])


def test_a_frame_whose_decoding_is_late_comes_at_once() -> None:
    came, waits = turns([0.0, 0.04, 0.08, 0.5], decoding=0.1)
    assert came == [0.0, 0.1, 0.2, 0.5]
    assert waits == [0.2]
