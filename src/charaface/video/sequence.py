"""Pictures numbered in their names as a clip: shots/frame_%04d.png, one picture in memory at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from charaface.files import InputError, Limits, OutputError, atomic, same_file
from charaface.image import PICTURES, encoded, load
from charaface.video.clip import Clip, ClipFrame, ClipInfo, rate_of

RATE = 25  # pictures a second, as FFmpeg takes it
_NUMBER = re.compile(r"%(?:0(\d{1,2}))?d|%%|%")


@dataclass(frozen=True)
class Pattern:
    """The names of numbered pictures, as printf writes them: %d, or %04d for at least four digits; %% is a percent."""

    folder: Path
    before: str
    digits: int
    after: str

    def picture(self, number: int) -> Path:
        """The file of a number."""
        return self.folder / f"{self.before}{number:0{self.digits}d}{self.after}"

    def number(self, name: str) -> int | None:
        """The number of a file by its name, None where it is not of the pattern."""
        middle = name[len(self.before) : len(name) - len(self.after)]
        if not (middle.isascii() and middle.isdecimal()):
            return None
        number = int(middle)
        return number if self.picture(number).name == name else None

    def numbers(self) -> list[int]:
        """The numbers of the files that are there, in order."""
        try:
            names = os.listdir(self.folder)
        except OSError:
            return []
        return sorted(number for name in names if (number := self.number(name)) is not None)


def pattern_of(path: Path) -> Pattern | None:
    """The pattern that a path is; None for one without a number in its name or not of pictures, or that is a file."""
    if "%" not in path.name or path.suffix.lower() not in PICTURES or os.path.lexists(path):
        return None
    texts, digits = [""], []
    last = 0
    for found in _NUMBER.finditer(path.name):
        texts[-1] += path.name[last : found.start()]
        last = found.end()
        if found[0] == "%":
            return None
        if found[0] == "%%":
            texts[-1] += "%"
        else:
            digits.append(int(found[1] or 1))
            texts.append("")
    texts[-1] += path.name[last:]
    return Pattern(path.parent, texts[0], digits[0], texts[1]) if len(digits) == 1 else None


def read(path: Path, pattern: Pattern, limits: Limits, fps: float | None) -> Clip:
    """The clip of the pictures that are there, by their numbers, fps of them a second (25 without it).

    Raises InputError where there is none or, when it is its turn, for one of another size, naming it.
    """
    numbers = pattern.numbers()
    if not numbers:
        raise InputError(f"{path}: no such file, and no picture of that pattern, as {pattern.picture(1).name} would be")
    rate = rate_of(RATE if fps is None else fps)
    seconds = len(numbers) / rate
    limits.check_length(str(path), len(numbers), float(seconds))
    height, width, channels = load(pattern.picture(numbers[0]), limits, alpha=True).shape
    info = ClipInfo(
        path,
        "sequence",
        width,
        height,
        len(numbers),
        float(seconds),
        loop=0,
        alpha=channels == 4,
        lossless=path.suffix.lower() not in (".jpg", ".jpeg", ".avif"),
        time_base=1 / rate,
        rate=rate,
    )

    def frames(start: int = 0) -> Generator[ClipFrame]:
        return _frames(info, pattern, numbers, limits, start)

    return Clip(info, frames, frames)


def write(path: Path, pattern: Pattern, info: ClipInfo, frames: Iterator[ClipFrame], overwrite: bool) -> None:
    """Writes each frame as a picture of its own, whole or not at all; its number is the frame's or its source's.

    Raises OutputError where that would write over pictures that are read, unless overwrite is set.
    """
    source = pattern_of(info.path) if info.kind == "sequence" else None
    if source is not None and not overwrite and same_file(source.folder, pattern.folder):
        there = set(source.numbers())
        for number in sorted(there):
            name = pattern.picture(number).name
            if source.number(name) in there:
                raise OutputError(f"{path}: {name} is one of the input's own pictures; choose another name or folder")
    for frame in frames:
        target = pattern.picture(frame.index if frame.number is None else frame.number)
        with atomic(target, info.path, overwrite=overwrite) as part:
            part.write_bytes(encoded(frame.pixels, path.suffix.lower()))


def _frames(info: ClipInfo, pattern: Pattern, numbers: list[int], limits: Limits, start: int) -> Generator[ClipFrame]:
    step = 1 / (info.rate or Fraction(RATE))
    for index in range(start, len(numbers)):
        picture = pattern.picture(numbers[index])
        pixels = load(picture, limits, alpha=True)
        height, width = pixels.shape[:2]
        if (width, height) != (info.width, info.height):
            sizes = f"{width}x{height} pixels, the first of its clip {info.width}x{info.height}"
            raise InputError(f"{picture}: is {sizes}; give all the same size")
        yield ClipFrame(index, float(index * step), float(step), pixels, pts=index, number=numbers[index])
