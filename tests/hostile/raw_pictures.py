"""Small pictures and clips, whole ones and ones written byte by byte, for tests to break."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from PIL import Image

from charaface.gif import GifWriter
from charaface.video import ClipFrame, ClipInfo, write_clip
from painted import paint

Kind = tuple[str, Callable[[], bytes]]  # name of the file, its bytes
PNG, ZERO = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0"


def scene(i: int = 0) -> np.ndarray:
    return paint([(20 + 4 * i, 30, 40)], 120, 90)


@cache
def saved(form: str, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(scene()).convert(mode).save(out, form, **options)
    return out.getvalue()


@cache
def moving(suffix: str, frames: int = 4) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        info = ClipInfo(Path(folder) / "none", "gif", 120, 90, frames, frames / 25, loop=0, lossless=True)
        write_clip(path, info, [ClipFrame(i, i / 25, 0.04, scene(i)) for i in range(frames)])
        return path.read_bytes()


@cache
def sound() -> bytes:
    """An MP4 with sound and no pictures."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def at(data: bytes, place: int, new: bytes) -> bytes:
    """The same bytes with some of them written over."""
    return data[:place] + new + data[place + len(new) :]


def after(data: bytes, mark: bytes, new: bytes, skip: int = 0) -> bytes:
    """The same bytes, written over so far behind a mark."""
    return at(data, data.index(mark) + len(mark) + skip, new)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 8, height: int = 8, depth: int = 8, colour: int = 2, pixels: bytes | None = None) -> bytes:
    pixels = zlib.compress(b"\0" * (height % 100) * (1 + 3 * (width % 100))) if pixels is None else pixels
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def fresh(data: bytes) -> bytes:
    """A PNG with its checksums put right."""
    out, place = bytearray(data), 8
    while place + 12 <= len(out):
        end = place + 8 + struct.unpack_from(">I", out, place)[0]
        out[end : end + 4] = struct.pack(">I", zlib.crc32(out[place + 4 : end]))
        place = end + 4
    return bytes(out)


def gif(width: int, height: int, frame: tuple[int, int] | None = None, pixels: bytes = b"\x02\x02\x4c\x01\0") -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    block = b"" if frame is None else b"," + struct.pack("<HHHHB", 0, 0, *frame, 0) + pixels
    return head + block + b";"


def damaged_gif(which: int) -> bytes:
    """A GIF of three frames, the pixels of one of them noise."""
    out = io.BytesIO()
    writer = GifWriter(out, 120, 90)
    for i in range(3):
        writer.add(scene(9 * i), 4)
    writer.close()
    data, control = out.getvalue(), b"!\xf9\x04"  # a block before each frame
    start = len(control.join(data.split(control)[: which + 1])) + 8 + 10
    start += 3 << (data[start - 1] & 7) + 1 if data[start - 1] & 0x80 else 0
    return at(data, start + 2, b"\xff" * min(data[start + 1], 60))


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(data)) + data for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def bmp(width: int, height: int, bits: int = 24, pixels: bytes = b"") -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


def tiff(width: int, height: int, *, next_ifd: int = 0, strip: int = 8, bits: int = 8) -> bytes:
    tags = ((256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, strip))
    tags += ((277, 3, 1), (278, 4, height), (279, 4, 64))
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (
        b"II*\0"
        + struct.pack("<I", 72)
        + b"\x80" * 64
        + struct.pack("<H", len(tags))
        + rows
        + struct.pack("<I", next_ifd)
    )


def crowd() -> bytes:
    """A GIF of four frames with two faces each."""
    out = io.BytesIO()
    writer = GifWriter(out, 320, 90)
    for i in range(4):
        writer.add(paint([(20 + 4 * i, 30, 40), (200, 20, 50)], 320, 90), 4)
    writer.close()
    return out.getvalue()
