"""PNG and APNG as a clip (W3C PNG, third edition: acTL, fcTL, fdAT)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator, Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from charaface.files import Limits, open_input
from charaface.image import opened, pixels_of, readable
from charaface.video import still
from charaface.video.clip import Clip, ClipFrame, ClipInfo, chained, warn_damage
from charaface.video.delta import Delta

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(path: Path, limits: Limits) -> Clip:
    """The clip of a PNG file, animated or not."""
    with open_input(path) as file:
        plays, delays = _scan(file)
        if plays is None or len(delays) < 2:
            return still.read(path, limits)
        file.seek(0)
        with opened(file, str(path), limits) as image, readable(str(path)):
            width, height = image.size
            whole = range(min(len(delays), getattr(image, "n_frames", 1)))
            alpha = image.mode in ("RGBA", "LA") or "transparency" in image.info
    seconds = float(sum(played(d) for d in delays))
    limits.check_length(str(path), len(delays), seconds)
    info = ClipInfo(
        path,
        "png",
        width,
        height,
        len(whole),
        seconds,
        loop=None if plays == 1 else max(plays - 1, 0),
        alpha=alpha,
        lossless=True,
        time_base=Fraction(1, 1000),
        rate=len(delays) / Fraction(seconds).limit_denominator(1000),
    )
    return Clip(info, lambda: _frames(info, delays))


def played(delay: Fraction) -> Fraction:
    """Seconds that players show a frame of this delay: a tenth where it is 0.01 or less, as browsers do."""
    return delay if delay > Fraction(1, 100) else Fraction(1, 10)


def write(path: Path, info: ClipInfo, frames: Iterator[ClipFrame]) -> None:
    """Writes an APNG, each frame kept whatever its likeness to the last; a plain PNG for a single frame."""
    first = next(frames)
    second = next(frames, None)
    with path.open("wb") as file:
        if second is None:
            file.write(_encoded(first.pixels))
            return
        writer = _Writer(file, first.pixels.shape, info)
        for frame in chained(first, chained(second, frames)):
            writer.add(frame)
        writer.close()


def _scan(file: BinaryIO) -> tuple[int | None, list[Fraction]]:
    """How often an APNG plays (0 for ever; None for a plain PNG) and the delay of each frame in seconds."""
    plays, delays = None, []
    for kind, body in _chunks(file):
        if kind == b"acTL" and len(body) == 8:
            plays = int(struct.unpack(">II", body)[1])
        elif kind == b"fcTL" and len(body) == 26:
            over, under = struct.unpack(">HH", body[20:24])
            delays.append(Fraction(over, under or 100))
        elif kind == b"IDAT" and plays is None:
            break  # acTL stands before the pixels or not at all
    return plays, delays


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk; bodies of pixels are passed over."""
    file.seek(len(_SIGNATURE))
    while len(head := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        if kind == b"IEND" or not kind.isalpha():  # behind the end, or what is no chunk
            return
        if kind in (b"acTL", b"fcTL"):
            yield kind, file.read(min(size, 64))
            file.seek(max(size - 64, 0) + 4, 1)
        else:
            yield kind, b""
            file.seek(size + 4, 1)


def _frames(info: ClipInfo, delays: list[Fraction]) -> Generator[ClipFrame]:
    name, time = str(info.path), Fraction(0)
    # the size was checked when the clip was opened
    with open_input(info.path) as file, opened(file, name, Limits(pixels=info.width * info.height)) as image:
        skip = int(bool(image.info.get("default_image")))
        for index, delay in enumerate(delays):
            try:
                with readable(name):
                    image.seek(index + skip)
                    pixels = pixels_of(image)
            except ValueError as error:
                if not index:
                    raise
                warn_damage(info.path, str(error.__cause__ or error), index)
                return
            end, stamp = time + played(delay), round(time * 1000)
            yield ClipFrame(index, float(time), float(delay), pixels, pts=stamp, shown_until=float(end))
            time = end


def _encoded(pixels: np.ndarray) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", compress_level=6)
    return out.getvalue()


class _Writer:
    """Frames into an APNG: what changed of each replaces that part of the canvas."""

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], info: ClipInfo) -> None:
        self._file = file
        alpha = info.alpha or shape[2] == 4
        self._delta = Delta(alpha)
        self._plays = 0 if info.loop == 0 else 1 if info.loop is None else info.loop + 1
        self._frames = self._sequence = 0
        file.write(_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", shape[1], shape[0], 8, 6 if alpha else 2, 0, 0, 0))
        self._control = file.tell()
        self._chunk(b"acTL", struct.pack(">II", 0, self._plays))

    def add(self, frame: ClipFrame) -> None:
        x, y, part = self._delta.of(frame.pixels)
        delay = Fraction(frame.duration).limit_denominator(1000)
        over = min(round(delay * delay.denominator), 65535)
        place = struct.pack(">IIII", part.shape[1], part.shape[0], x, y)
        self._numbered(b"fcTL", place + struct.pack(">HHBB", over, delay.denominator, 0, 0))
        data = b"".join(_pixel_chunks(_encoded(part)))
        if self._frames:
            self._numbered(b"fdAT", data)
        else:
            self._chunk(b"IDAT", data)
        self._frames += 1

    def close(self) -> None:
        self._chunk(b"IEND", b"")
        self._file.seek(self._control)
        self._chunk(b"acTL", struct.pack(">II", self._frames, self._plays))

    def _numbered(self, kind: bytes, body: bytes) -> None:
        self._chunk(kind, struct.pack(">I", self._sequence) + body)
        self._sequence += 1

    def _chunk(self, kind: bytes, body: bytes) -> None:
        check = zlib.crc32(kind + body)
        self._file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check))


def _pixel_chunks(png: bytes) -> Iterator[bytes]:
    at = len(_SIGNATURE)
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            yield png[at + 8 : at + 8 + size]
        at += size + 12
