"""WebP, still and animated, as a clip (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from charaface.files import Limits, open_input
from charaface.image import opened, pixels_of, readable
from charaface.video import still
from charaface.video.clip import Clip, ClipFrame, ClipInfo, chained, warn_damage
from charaface.video.delta import Delta

_ANIMATED, _ALPHA = 0x02, 0x10  # flags of VP8X
_REPLACE = 0x02  # flag of ANMF: pixels replace what is there, alpha and all


class _Scan(NamedTuple):
    size: tuple[int, int]
    alpha: bool
    lossless: bool
    loop: int | None
    delays: list[int]  # milliseconds


def read(path: Path, limits: Limits) -> Clip:
    """The clip of a WebP file, animated or not."""
    with open_input(path) as file:
        scan = _scan(file)
    if len(scan.delays) < 2:
        return still.read(path, limits)
    limits.check_size(str(path), *scan.size)
    seconds = sum(map(played, scan.delays)) / 1000
    limits.check_length(str(path), len(scan.delays), seconds)
    info = ClipInfo(
        path,
        "webp",
        *scan.size,
        len(scan.delays),
        seconds,
        loop=scan.loop,
        alpha=scan.alpha,
        lossless=scan.lossless,
        time_base=Fraction(1, 1000),
        rate=len(scan.delays) / Fraction(seconds).limit_denominator(1000),
    )
    return Clip(info, lambda: _frames(info, scan.delays))


def played(delay: int) -> int:
    """Milliseconds that players show a frame of this delay: 100 where it is 10 or less, as browsers do."""
    return delay if delay > 10 else 100


def write(path: Path, info: ClipInfo, frames: Iterator[ClipFrame]) -> None:
    """Writes an animated WebP, each frame kept; a plain one for a single frame. Lossless if the clip was."""
    first = next(frames)
    second = next(frames, None)
    lossless = info.lossless or info.kind == "picture"
    with path.open("wb") as file:
        if second is None:
            file.write(_encoded(first.pixels, lossless))
            return
        height, width, channels = first.pixels.shape
        alpha = info.alpha or channels == 4
        flags = _ANIMATED | (_ALPHA if alpha else 0)
        file.write(b"RIFF\0\0\0\0WEBP")
        _chunk(file, b"VP8X", struct.pack("<I", flags) + _triple(width - 1) + _triple(height - 1))
        loop = 0 if info.loop == 0 else 1 if info.loop is None else info.loop + 1
        _chunk(file, b"ANIM", struct.pack("<IH", 0, min(loop, 65535)))
        _write_frames(file, chained(first, chained(second, frames)), alpha, lossless)
        size = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", size - 8))


def _write_frames(file: BinaryIO, frames: Iterator[ClipFrame], alpha: bool, lossless: bool) -> None:
    delta, end, written = Delta(alpha, step=2), 0.0, 0
    for frame in frames:
        x, y, part = delta.of(frame.pixels)
        end += frame.duration * 1000
        delay = round(end) - written
        written += delay
        head = b"".join(map(_triple, (x // 2, y // 2, part.shape[1] - 1, part.shape[0] - 1, delay)))
        picture = b"".join(
            kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
            for kind, body in _chunks(BytesIO(_encoded(part, lossless)), keep=True)
            if kind in (b"ALPH", b"VP8 ", b"VP8L")
        )
        _chunk(file, b"ANMF", head + bytes([_REPLACE]) + picture)


def _encoded(pixels: np.ndarray, lossless: bool) -> bytes:
    from PIL import Image

    out = BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if lossless:
        image.save(out, "WEBP", lossless=True, quality=50, method=1, exact=True)
    else:
        image.save(out, "WEBP", quality=90, method=2)
    return out.getvalue()


def _triple(number: int) -> bytes:
    return min(max(number, 0), 0xFFFFFF).to_bytes(3, "little")


def _chunk(file: BinaryIO, kind: bytes, body: bytes) -> None:
    file.write(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))


def _chunks(file: BinaryIO, keep: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk, the first 32 bytes of it or all with keep."""
    file.seek(12)
    while len(head := file.read(8)) == 8:
        if not head[:4].strip().isalnum():  # behind the end
            return
        size = int.from_bytes(head[4:], "little")
        body = file.read(size if keep else min(size, 32))
        yield head[:4], body
        file.seek(size - len(body) + size % 2, 1)


def _scan(file: BinaryIO) -> _Scan:
    size, alpha, lossless, loop, delays = (0, 0), False, True, None, []
    for kind, body in _chunks(file):
        if kind == b"VP8X" and len(body) == 10:
            alpha = bool(body[0] & _ALPHA)
            size = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        elif kind == b"ANIM" and len(body) == 6:
            plays = int.from_bytes(body[4:6], "little")
            loop = 0 if plays == 0 else None if plays == 1 else plays - 1
        elif kind == b"ANMF" and len(body) >= 20:
            delays.append(int.from_bytes(body[12:15], "little"))
            lossless &= body[16:20] == b"VP8L"
    return _Scan(size, alpha, lossless, loop, delays)


def _frames(info: ClipInfo, delays: list[int]) -> Generator[ClipFrame]:
    name, time = str(info.path), 0
    # the size was checked when the clip was opened
    with open_input(info.path) as file, opened(file, name, Limits(pixels=info.width * info.height)) as image:
        for index, delay in enumerate(delays):
            try:
                with readable(name):
                    image.seek(index)
                    pixels = pixels_of(image)
            except ValueError as error:
                if not index:
                    raise
                warn_damage(info.path, str(error.__cause__ or error), index)
                return
            end = time + played(delay)
            yield ClipFrame(index, time / 1000, delay / 1000, pixels, pts=time, shown_until=end / 1000)
            time = end
