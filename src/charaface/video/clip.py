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

from charaface.files import DamageWarning
from charaface.image import over_white


@dataclass(frozen=True)
class ClipInfo:
    """What a clip's container says; enough to write one of the same kind."""

    path: Path
    kind: str  # picture gif png webp mp4 mov webm matroska
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


@dataclass(frozen=True, eq=False)
class ClipFrame:
    """One frame of a clip."""

    index: int
    time: float  # seconds from the start of the clip, as players show it
    duration: float  # seconds, as the container has it; 0 where it says none
    pixels: np.ndarray = field(repr=False)  # (H, W, 3) uint8 RGB, or (H, W, 4) where it has transparency
    pts: int | None = None  # the container's own time stamp, ticks of ClipInfo.time_base

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

    def __init__(self, info: ClipInfo, frames: Callable[[], Generator[ClipFrame]]) -> None:
        self.info = info
        self._frames = frames
        self._running: Generator[ClipFrame] | None = None

    def __iter__(self) -> Iterator[ClipFrame]:
        self.close()
        self._running = self._frames()
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


def at_rate(clip: Clip, fps: float) -> Clip:
    """The clip at fps frames a second: at each moment the frame that players show then.

    Raises ValueError unless fps is over 0 and at most 1000.
    """
    if not 0 < fps <= 1000:
        raise ValueError(f"fps is over 0 and at most 1000, got {fps}")
    step = 1 / Fraction(fps).limit_denominator(1001)
    info = clip.info
    frames = None if info.seconds is None else max(1, math.ceil(info.seconds / step - Fraction(1, 2)))
    wanted = replace(info, frames=frames, time_base=step, rate=1 / step)
    return Clip(wanted, lambda: _sampled(clip, step))


def _sampled(clip: Clip, step: Fraction) -> Generator[ClipFrame]:
    """A frame for each step: the one shown in the middle of it."""
    tick, last = 0, None
    for frame in clip:
        while last is not None and frame.time > (tick + 0.5) * step:
            yield replace(last, index=tick, time=float(tick * step), duration=float(step), pts=None)
            tick += 1
        last = frame
    if last is None:
        return
    end = clip.info.seconds or last.time + last.duration
    while tick == 0 or (tick + 0.5) * step < end:
        yield replace(last, index=tick, time=float(tick * step), duration=float(step), pts=None)
        tick += 1
