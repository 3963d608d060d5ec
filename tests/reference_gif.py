"""A GIF builder and a GIF viewer in plain Python, slow and simple: what the real ones are held against."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

Colour = tuple[int, int, int]


@dataclass
class Part:
    """One image block as it stands in the file."""

    numbers: list[list[int]]
    delay: int | None = 10  # None leaves the control block out
    disposal: int = 0
    transparent: int | None = None
    at: tuple[int, int] = (0, 0)
    colours: list[Colour] | None = None
    interlaced: bool = False


@dataclass
class Film:
    width: int
    height: int
    parts: list[Part]
    colours: list[Colour] | None = None
    loop: int | None = None
    aspect: int = 0
    extra: list[bytes] = field(default_factory=list)  # blocks before the first image

    def bytes(self) -> bytes:
        out = b"GIF89a" + struct.pack("<HHBBB", self.width, self.height, _flag(self.colours), 0, self.aspect)
        out += _table(self.colours)
        if self.loop is not None:
            out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", self.loop, 0)
        return out + b"".join(self.extra) + b"".join(map(_block, self.parts)) + b";"


def _flag(colours: list[Colour] | None) -> int:
    return 0 if colours is None else 0x80 | max((len(colours) - 1).bit_length(), 1) - 1


def _table(colours: list[Colour] | None) -> bytes:
    if colours is None:
        return b""
    size = 1 << max((len(colours) - 1).bit_length(), 1)
    return b"".join(bytes(c) for c in colours) + b"\0\0\0" * (size - len(colours))


def _block(part: Part) -> bytes:
    out = b""
    if part.delay is not None:
        flags = part.disposal << 2 | (part.transparent is not None)
        out += struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, part.delay, part.transparent or 0, 0)
    height, width = len(part.numbers), len(part.numbers[0])
    flags = _flag(part.colours) | (0x40 if part.interlaced else 0)
    out += struct.pack("<BHHHHB", 0x2C, *part.at, width, height, flags) + _table(part.colours)
    rows = _order(height) if part.interlaced else range(height)
    return out + _pack([n for y in rows for n in part.numbers[y]])


def _order(height: int) -> list[int]:
    starts = ((0, 8), (4, 8), (2, 4), (1, 2))
    return [y for start, step in starts for y in range(start, height, step)]


def _pack(numbers: list[int]) -> bytes:
    """LZW that never uses what it learnt: a clear code before the codes would grow."""
    codes = []
    for i, number in enumerate(numbers):
        if i % 120 == 0:
            codes.append(256)
        codes.append(number)
    bits = sum(code << 9 * i for i, code in enumerate([*codes, 257]))
    data = bits.to_bytes((9 * (len(codes) + 1) + 7) // 8, "little")
    parts = [data[i : i + 255] for i in range(0, len(data), 255)]
    return b"\x08" + b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def _unpack(data: bytes, size: int, count: int) -> list[int]:
    """LZW as the specification tells it."""
    clear, end = 1 << size, (1 << size) + 1
    bits, at, width = int.from_bytes(data, "little"), 0, size + 1
    words = {i: [i] for i in range(clear)}
    out: list[int] = []
    last: list[int] | None = None
    while len(out) < count:
        code = bits >> at & (1 << width) - 1
        at += width
        if code == end:
            break
        if code == clear:
            words, width, last = {i: [i] for i in range(clear)}, size + 1, None
            continue
        word = words[code] if code in words else [*(last or []), (last or [0])[0]]
        out += word
        if last is not None and len(words) + 2 < 4096:
            words[len(words) + 2] = [*last, word[0]]
        if len(words) + 2 == 1 << width and width < 12:
            width += 1
        last = word
    return out[:count]


@dataclass
class Seen:
    """What a viewer shows of a GIF."""

    frames: list[np.ndarray]  # (H, W, 4) uint8 each, 0 where transparent
    delays: list[int | None]
    loop: int | None
    aspect: int
    parts: list[tuple[int, int, int, int]]  # x, y, width, height of each block


def view(data: bytes) -> Seen:
    """Every frame of a GIF composited by the rules of browsers, pixel by pixel."""
    width, height, flags, _, aspect = struct.unpack("<HHBBB", data[6:13])
    at = 13
    shared = None
    if flags & 0x80:
        at, shared = _read_table(data, at, flags)
    canvas = np.zeros((height, width, 4), np.uint8)
    seen = Seen([], [], None, aspect, [])
    delay: int | None = None
    disposal, transparent = 0, None
    undo = None
    while data[at : at + 1] != b";":
        kind, label = data[at], data[at + 1]
        if kind == 0x21:
            at, body = _sub_blocks(data, at + 2)
            if label == 0xF9:
                packed, delay, index = struct.unpack("<BHB", body[:4])
                disposal, transparent = packed >> 2 & 7, index if packed & 1 else None
            elif label == 0xFF and body[:11] == b"NETSCAPE2.0":
                seen.loop = struct.unpack("<H", body[12:14])[0]
            continue
        x, y, w, h, flags = struct.unpack("<HHHHB", data[at + 1 : at + 10])
        at += 10
        colours = shared
        if flags & 0x80:
            at, colours = _read_table(data, at, flags)
        size = data[at]
        at, body = _sub_blocks(data, at + 1)
        numbers = _unpack(body, size, w * h)
        if undo is not None:
            canvas = undo
        before = canvas.copy()
        canvas = canvas.copy()
        rows = _order(h) if flags & 0x40 else list(range(h))
        for i, number in enumerate(numbers):
            py, px = y + rows[i // w], x + i % w
            if number != transparent and py < height and px < width:
                canvas[py, px] = (*colours[number], 255)
        seen.frames.append(canvas)
        seen.delays.append(delay)
        seen.parts.append((x, y, w, h))
        undo = None
        if disposal == 2:
            undo = canvas.copy()
            undo[y : y + h, x : x + w] = 0
        elif disposal in (3, 4):  # some encoders set the third bit alone and mean 3
            undo = before
        delay, disposal, transparent = None, 0, None
    return seen


def _read_table(data: bytes, at: int, flags: int) -> tuple[int, list[Colour]]:
    count = 2 << (flags & 7)
    return at + 3 * count, [tuple(data[at + 3 * i : at + 3 * i + 3]) for i in range(count)]


def _sub_blocks(data: bytes, at: int) -> tuple[int, bytes]:
    body = b""
    while data[at]:
        body += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return at + 1, body
