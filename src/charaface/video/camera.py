"""A camera as a clip, through OpenCV: frames as they come, until --stop, --max-seconds or the first Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from charaface.files import InputError, Limits
from charaface.video.clip import Clip, ClipFrame, ClipInfo

_USUAL = 30  # frames a second of a camera that does not say


def is_number(path: str | os.PathLike[str]) -> bool:
    """Whether a path is the number of a camera: a whole number that is the name of no file."""
    text = str(path)
    return text.isascii() and text.isdecimal() and len(text) < 5 and not os.path.lexists(text)


def read(number: int, limits: Limits) -> Clip:
    """The clip of a camera; its times are those of a clock that starts with the first frame.

    It ends at limits.seconds or limits.frames, when the camera gives no more, and at the first Ctrl-C while frames are
    asked for in the main thread; a second one interrupts. Raises InputError for a camera that is not there or gives no
    picture, LimitError for one whose pictures are too large.
    """
    capture, (width, height) = _opened(number, limits)
    rate = _rate(capture)
    info = ClipInfo(Path(str(number)), "camera", width, height, None, None, time_base=Fraction(1, 1000), rate=rate)
    ready = [capture]  # opened once for the first time that frames are asked for
    return Clip(info, lambda: _frames(info, ready.pop() if ready else _opened(number, limits)[0], limits))


def _opened(number: int, limits: Limits) -> tuple[Any, tuple[int, int]]:
    """A camera that gives pictures, and their width and height."""
    import cv2

    name, log = f"camera {number}", cv2.utils.logging
    before = log.setLogLevel(log.LOG_LEVEL_SILENT)  # the error says it better
    try:
        capture = cv2.VideoCapture(number)
    finally:
        log.setLogLevel(before)
    if not capture.isOpened():
        raise InputError(f"{name}: is not there, or another program has it; cameras are counted from 0")
    said = [int(capture.get(what)) for what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
    if min(said) > 0:
        limits.check_size(name, *said)
    got, picture = capture.read()
    if not got:
        capture.release()
        raise InputError(f"{name}: gives no picture; see whether another program can show one")
    height, width = picture.shape[:2]
    limits.check_size(name, width, height)
    return capture, (width, height)


def _rate(capture: Any) -> Fraction:
    import cv2

    said = float(capture.get(cv2.CAP_PROP_FPS))
    return Fraction(said if 1 <= said <= 1000 else _USUAL).limit_denominator(1001)


def _frames(info: ClipInfo, capture: Any, limits: Limits) -> Generator[ClipFrame]:
    began, last, index = 0.0, 0.0, 0
    try:
        with first_interrupt() as interrupted:
            while index < limits.frames and not interrupted():
                pixels = _next(info, capture)
                if interrupted() or pixels is None:
                    break
                began = began if index else monotonic()
                time = monotonic() - began if index else 0.0
                if time >= limits.seconds:
                    break
                # how long it is shown is known when the next one comes: it gets the time of the one before
                duration = time - last if index else float(1 / (info.rate or _USUAL))
                yield ClipFrame(index, time, duration, pixels, pts=round(time * 1000))
                index, last = index + 1, time
            if interrupted() and not index:
                raise KeyboardInterrupt
    finally:
        capture.release()


def _next(info: ClipInfo, capture: Any) -> np.ndarray | None:
    """(H, W, 3) uint8 RGB of the next picture, None where the camera has no more."""
    import cv2

    got, bgr = capture.read()
    if not got:
        return None
    if bgr.shape[:2] != (info.height, info.width):
        size = f"{bgr.shape[1]}x{bgr.shape[0]}, at first {info.width}x{info.height}"
        raise InputError(f"camera {info.path}: its pictures became {size}; start again")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


@contextmanager
def first_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed once; pressed again it does what it did before. In the main thread only."""
    seen: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (None, signal.SIG_IGN):
        yield lambda: False
        return

    def note(number: int, _: object) -> None:
        seen.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(seen)
    finally:
        if signal.getsignal(signal.SIGINT) is note:
            signal.signal(signal.SIGINT, before)
