"""A clip: pictures in time, one after another, whatever container they come from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np

from charaface.files import DEFAULT_LIMITS, DamageWarning, Limits
from charaface.image import over_white


@dataclass(frozen=True)
class ClipInfo:
    """What a clip's container says; enough to write one of the same kind."""

    path: Path
    kind: str  # picture gif png webp mp4 mov webm matroska sequence camera
    width: int  # of the upright picture, pixels
    height: int
    frames: int | None  # None where the container does not tell
    seconds: float | None  # how long it plays once
    loop: int | None = None  # 0 for ever, n further rounds; None plays once
    alpha: bool = False  # frames may have transparency
    lossless: bool = False  # the pictures were stored without loss
    time_base: Fraction | None = None  # seconds of one tick of a frame's pts
    rate: Fraction | None = None  # frames a second on average
    pixel_aspect: Fraction = Fraction(1)  # width of a pixel over its height
    sound: bool = False
    colour: tuple[int, int, int, int] | None = None  # FFmpeg's numbers: matrix, range, primaries, transfer
    start: int = 0  # the number of the file's frame that it begins with
    stop: int | None = None  # the number of the file's frame that it ends before; None goes to the end

    @property
    def part(self) -> bool:
        """Whether it is a range of the file's frames; written, that begins at time 0."""
        return self.start > 0 or self.stop is not None


@dataclass(frozen=True, eq=False)
class ClipFrame:
    """One frame of a clip."""

    index: int
    time: float  # seconds from the start of the clip, as players show it
    duration: float  # seconds, as the container has it; 0 where it says none
    pixels: np.ndarray = field(repr=False)  # (H, W, 3) uint8 RGB, or (H, W, 4) where it has transparency
    pts: int | None = None  # the container's own time stamp, ticks of ClipInfo.time_base
    shown_until: float | None = None  # seconds, where players do not go by the duration
    number: int | None = None  # in the name of its picture, where it comes from a sequence of them

    @property
    def end(self) -> float:
        """Seconds from the start of the clip at which the next frame takes its place."""
        return self.time + self.duration if self.shown_until is None else self.shown_until

    @cached_property
    def image(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB, transparency laid over white."""
        return self.pixels if self.pixels.shape[2] == 3 else over_white(self.pixels)

    @property
    def alpha(self) -> np.ndarray | None:
        """(H, W) uint8 cover, None where the frame has no transparency."""
        return self.pixels[..., 3] if self.pixels.shape[2] == 4 else None

    def with_pixels(self, pixels: np.ndarray) -> ClipFrame:
        """The same moment with another (H, W, 3) or (H, W, 4) uint8 picture."""
        return replace(self, pixels=pixels)


class Clip:
    """The frames of a file, read as they are asked for; each iteration starts anew. Close it after use."""

    def __init__(
        self,
        info: ClipInfo,
        frames: Callable[[], Generator[ClipFrame]],
        later: Callable[[int], Generator[ClipFrame]] | None = None,
    ) -> None:
        """later: the frames from a number on, of a container that need not read all those before."""
        self.info = info
        self._frames = frames
        self._later = later
        self._running: Generator[ClipFrame] | None = None

    def __iter__(self) -> Iterator[ClipFrame]:
        return self.since(0)

    def since(self, number: int) -> Iterator[ClipFrame]:
        """The frames from a number on; those before come too where leaving them out would save nothing."""
        self.close()
        self._running = self._later(number) if number and self._later else self._frames()
        return self._running

    def __enter__(self) -> Clip:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        if self._running is not None:
            self._running.close()
            self._running = None

    @property
    def width(self) -> int:
        """Width of the frames in pixels."""
        return self.info.width

    @property
    def height(self) -> int:
        """Height of the frames in pixels."""
        return self.info.height

    @property
    def kind(self) -> str:
        """The kind of container."""
        return self.info.kind

    @property
    def loop(self) -> int | None:
        """0 for ever, n further rounds, None plays once."""
        return self.info.loop

    @property
    def frame_count(self) -> int | None:
        """How many frames there are, None where the container does not tell."""
        return self.info.frames


def chained(first: ClipFrame, others: Iterator[ClipFrame]) -> Iterator[ClipFrame]:
    """A frame taken off its iterator, put back in front."""
    yield first
    yield from others


def warn_damage(path: Path, reason: str, frames: int) -> None:
    """Tells that a clip breaks off after some frames."""
    plural = "s" if frames != 1 else ""
    text = f"{path}: {reason}; the {frames} frame{plural} before that are used"
    warnings.warn(text, DamageWarning, stacklevel=3)


def rate_of(fps: float) -> Fraction:
    """Frames a second as a fraction; raises ValueError unless they are over 0 and at most 1000."""
    if not 0 < fps <= 1000:
        raise ValueError(f"fps is over 0 and at most 1000, got {fps}")
    return Fraction(fps).limit_denominator(1001)


def at_rate(clip: Clip, fps: float, limits: Limits = DEFAULT_LIMITS) -> Clip:
    """The clip at fps frames a second: at each moment the frame that players show then.

    Frames are numbered anew. Raises ValueError unless fps is over 0 and at most 1000, LimitError for too many frames.
    """
    step = 1 / rate_of(fps)
    info = clip.info
    frames = None if info.seconds is None else max(1, math.ceil(info.seconds / step - Fraction(1, 2)))
    wanted = replace(info, frames=frames, time_base=step, rate=1 / step)
    limits.check_length(str(info.path), frames, info.seconds)
    return Clip(wanted, lambda: _sampled(clip, step, limits))


def _sampled(clip: Clip, step: Fraction, limits: Limits) -> Generator[ClipFrame]:
    """A frame for each step: the one shown in the middle of it."""
    tick, last, begin = 0, None, 0.0

    def shown(frame: ClipFrame) -> ClipFrame:
        limits.check_length(str(clip.info.path), tick + 1, None)
        time = begin + float(tick * step)
        return replace(frame, index=tick, time=time, duration=float(step), pts=None, shown_until=None, number=None)

    with clip:
        for frame in clip:
            if last is None and clip.info.part:
                begin = frame.time
            while last is not None and frame.time > begin + (tick + 0.5) * step:
                yield shown(last)
                tick += 1
            last = frame
    if last is None:
        return
    end = clip.info.seconds or last.end
    while tick == 0 or begin + (tick + 0.5) * step < end:
        yield shown(last)
        tick += 1
