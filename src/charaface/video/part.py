"""A part of a clip: its frames from one number up to another."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from charaface.files import InputError
from charaface.video.clip import Clip, ClipFrame


def check_range(start: int, stop: int | None) -> None:
    """Raises ValueError unless start is 0 or more and stop, where there is one, is more than start."""
    if start < 0 or (stop is not None and stop <= start):
        raise ValueError(f"start and stop are frame numbers with 0 <= start < stop, got {start} and {stop}")


def part_of(clip: Clip, start: int, stop: int | None) -> Clip:
    """The frames numbered start up to, not including, stop, with their own numbers and times; to the end without stop.

    Raises ValueError for a range that is none, InputError where the clip ends before start: at once where the
    container tells how many frames it has, else when the frames are asked for.
    """
    check_range(start, stop)
    frames = clip.info.frames
    if frames is not None and start >= frames:
        raise too_few(clip.info.path, frames, start)
    if frames is not None and stop is not None and stop >= frames:
        stop = None
    if start == 0 and stop is None:
        return clip
    left = None if frames is None else (frames if stop is None else stop) - start
    info = replace(clip.info, frames=left, seconds=None, start=start, stop=stop)
    return Clip(info, lambda: _inside(clip, start, stop))


def too_few(path: Path, frames: int, start: int) -> InputError:
    """The error of a clip that ends before a part of it begins."""
    plural = "s" if frames != 1 else ""
    return InputError(f"{path}: has {frames} frame{plural}, numbered from 0, so none from {start} on; lower --start")


def _inside(clip: Clip, start: int, stop: int | None) -> Generator[ClipFrame]:
    seen = 0
    with clip:
        for frame in clip.since(start):
            seen = frame.index + 1
            if frame.index >= start:
                yield frame
            if seen == stop:
                return
    if seen <= start:
        raise too_few(clip.info.path, seen, start)
