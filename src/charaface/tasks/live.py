"""live: the faces of a camera, or of a clip played at its own rate, as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from charaface import video
from charaface.draw import DrawStyle, Painter, draw_note
from charaface.face import Face
from charaface.image import DEFAULT_LIMITS, Limits
from charaface.session import Model
from charaface.tasks.attributes import Presented
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.frames import EVERY, Following, Frame, Task, eye, tasks_of
from charaface.video import Clip, ClipFrame
from charaface.video.camera import first_interrupt
from charaface.video.newest import Arrived, Newest
from charaface.weights import Choice

_WINDOW = 1.0  # seconds over which frames are counted


@dataclass(frozen=True, eq=False)
class LiveFrame(Frame):
    """A frame with its faces, and how well the networks keep up."""

    delay: float  # seconds from when it came to when its faces were known
    rate: float | None  # frames a second over the last second; None for the first
    passed: int  # frames passed over since the beginning


def live(
    source: str | Path | int,
    task: Task = "landmarks",
    *,
    every_frame: bool = False,
    smooth: bool = True,
    fps: float | None = None,
    start: int = 0,
    stop: int | None = None,
    every: int = EVERY,
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    presentation: Presented = "drawn",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[LiveFrame]:
    """The frames of a camera, by its number, or of a clip, as they come, with the faces that task asks for.

    A clip is played: each frame comes at its time. When a frame is asked for, the newest one that came is given; those
    before it that nobody asked for are passed over and counted. every_frame gives them all, one after another, as
    fast as they are asked for. It ends with the clip or camera, as frames does, and at the first Ctrl-C while frames
    are asked for in the main thread. The other options, and errors, as for frames. Close the iterator, or take it to
    its end, to let go of the camera.
    """
    options = Following(smooth, every, threshold, flip, tasks_of(task), weights, presentation)
    clip = video.open_clip(source, limits, fps=fps, start=start, stop=stop)
    seen = watch(clip, options, model, threads, limits, every_frame=every_frame)

    def run() -> Generator[LiveFrame]:
        for one in seen:
            frame = one.frame
            yield LiveFrame(frame.index, frame.time, frame.image, one.faces, one.delay, one.rate, one.passed)

    return run()


class Seen(NamedTuple):
    """A frame as it came, what was seen on it, and how well that keeps up; as in LiveFrame."""

    frame: ClipFrame
    faces: list[Face]
    delay: float
    rate: float | None
    passed: int


def watch(
    clip: Clip, options: Following, model: Model, threads: int | None, limits: Limits, *, every_frame: bool
) -> Generator[Seen]:
    """What is seen of an open clip. The networks are loaded at once, the frames as they are asked for."""
    see = eye(clip.info.frames != 1 or clip.info.part, options, model, threads, limits, str(clip.info.path))
    return _seen(_arriving(clip, every_frame), see)


def _seen(arriving: Generator[Arrived], see: Callable[[ClipFrame], list[Face]]) -> Generator[Seen]:
    meter = Meter()
    try:
        for frame, moment, passed in arriving:
            faces = see(frame)
            now = monotonic()
            yield Seen(frame, faces, now - moment, meter(now), passed)
    finally:
        arriving.close()


def _arriving(clip: Clip, every_frame: bool) -> Generator[Arrived]:
    """The frames with the moments at which they came, until the first Ctrl-C."""
    camera = clip.info.kind == "camera"
    # a camera that is read in this thread hears Ctrl-C itself
    with nullcontext(lambda: False) if camera and every_frame else first_interrupt() as interrupted:
        came = False
        newest = Newest(clip, played=not camera, clock=monotonic).frames(interrupted)
        for arrived in _each(clip, interrupted) if every_frame else newest:
            came = True
            yield arrived
        if interrupted() and not came:
            raise KeyboardInterrupt


def _each(clip: Clip, over: Callable[[], bool]) -> Generator[Arrived]:
    with clip:
        for frame in clip:
            yield Arrived(frame, monotonic(), 0)
            if over():
                return


class Meter:
    """How many frames a second come out, over the last second."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()

    def __call__(self, now: float) -> float | None:
        """The rate with a frame at this moment in seconds; None for the first, of which there is none."""
        self._moments.append(now)
        while len(self._moments) > 2 and self._moments[0] < now - _WINDOW:
            self._moments.popleft()
        spent = now - self._moments[0]
        return (len(self._moments) - 1) / spent if spent > 0 else None


def drawn(
    seen: Iterator[Seen], style: DrawStyle, *, rate: bool, heard: Callable[[Seen], None] | None = None
) -> Generator[ClipFrame]:
    """The frames with their faces drawn on them, and with rate how many come a second and how late they are.

    heard: gets all that was seen, before it is drawn.
    """
    painter = Painter(style)
    for one in seen:
        if heard:
            heard(one)
        pixels = painter.draw(one.frame.pixels, one.faces)
        if rate:
            pixels = pixels.copy() if pixels is one.frame.pixels else pixels
            draw_note(pixels, note(one))
        yield replace(one.frame, pixels=pixels)


def note(one: Seen) -> str:
    """Rate and delay in words."""
    speed = "" if one.rate is None else f"{one.rate:.1f} frames/s  "
    return f"{speed}{1000 * one.delay:.0f} ms"
