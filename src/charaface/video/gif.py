"""GIF as a clip."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from charaface.files import InputError, Limits, open_input
from charaface.gif import GifError, GifInfo, GifReader, GifWriter, played
from charaface.image import without_alpha
from charaface.video.clip import Clip, ClipFrame, ClipInfo, chained, warn_damage

if TYPE_CHECKING:
    from charaface.gif.settle import Settled


def read(path: Path, limits: Limits) -> Clip:
    """The clip of a GIF file; frames behind damage are left out with a DamageWarning."""
    with open_input(path) as file:
        try:
            gif = GifReader(file).info
        except GifError as error:
            raise InputError(f"{path}: cannot be read as GIF: {error}") from error
    limits.check_size(str(path), gif.width, gif.height)
    limits.check_length(str(path), gif.frames, gif.delays / 100)
    if gif.damage:
        warn_damage(path, gif.damage, gif.frames)
    aspect = Fraction(gif.aspect + 15, 64) if gif.aspect else Fraction(1)
    info = ClipInfo(
        path,
        "gif",
        gif.width,
        gif.height,
        gif.frames,
        gif.delays / 100,
        loop=gif.loop,
        alpha=gif.transparent,
        lossless=True,
        time_base=Fraction(1, 100),
        rate=Fraction(100 * gif.frames, gif.delays),
        pixel_aspect=aspect,
    )
    return Clip(info, lambda: _frames(info, gif))


def write(path: Path, info: ClipInfo, frames: Iterator[ClipFrame]) -> None:
    """Writes a GIF; durations are rounded to hundredths without drifting, the noise of lossy sources is taken out."""
    first = next(frames)
    height, width, channels = first.pixels.shape
    aspect = 0 if info.pixel_aspect == 1 else min(max(round(info.pixel_aspect * 64) - 15, 1), 255)
    with path.open("wb") as file:
        writer = GifWriter(file, width, height, info.loop, aspect, info.alpha or channels == 4)
        settled = None if info.lossless or _few(info, first) else _settled()
        end, written = 0.0, 0
        for frame in chained(first, frames):
            end += frame.duration * 100
            delay = round(end) - written
            writer.add(frame.pixels if settled is None else settled.of(frame.pixels), delay)
            written += delay
        writer.close()


def _few(info: ClipInfo, frame: ClipFrame) -> bool:
    """Whether a frame is all there is, and has no more colours than a GIF can show as they are."""
    if info.kind != "picture":
        return False
    pixels = np.ascontiguousarray(frame.pixels.reshape(-1, frame.pixels.shape[2])[:, :3]).astype(np.uint32)
    return len(np.unique(pixels @ np.array([1, 256, 65536], np.uint32))) <= 256


def _settled() -> Settled:
    from charaface.gif.settle import Settled  # OpenCV is loaded only where there is something to settle

    return Settled()


def _frames(info: ClipInfo, gif: GifInfo) -> Generator[ClipFrame]:
    with open_input(info.path) as file:
        time, done = 0, 0
        try:
            for rgba, delay in GifReader(file, gif):
                opaque = not info.alpha or bool(rgba[..., 3].all())
                pixels = without_alpha(rgba) if opaque else rgba
                end = time + played(delay)
                yield ClipFrame(done, time / 100, delay / 100, pixels, pts=time, shown_until=end / 100)
                time, done = end, done + 1
        except GifError as error:
            if not done:
                raise InputError(f"{info.path}: cannot be read as GIF: {error}") from error
            warn_damage(info.path, str(error), done)
