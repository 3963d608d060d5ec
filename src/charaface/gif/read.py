"""A GIF in: every frame as a viewer shows it (GIF89a, CompuServe 1990; disposal as browsers do it)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

import numpy as np

KEEP, CLEAR, RESTORE = 1, 2, 3  # what becomes of a frame before the next one: its disposal
_NO_INDEX = -1
_STRAY, _PARTS = 1 << 16, 64  # the most zeros between blocks, and sub-blocks of an extension that are kept


class GifError(ValueError):
    """Bytes that are no GIF, or that break off."""


@dataclass(frozen=True)
class GifInfo:
    """What the blocks of a GIF say before a pixel is unpacked."""

    width: int
    height: int
    loop: int | None  # as written: 0 for ever, n further rounds; None plays once
    aspect: int  # the pixel aspect byte: 0 for square, else the ratio is (aspect + 15) / 64
    frames: int  # whole frames
    delays: int  # the sum of all delays as players take them, hundredths of a second
    transparent: bool  # some pixel of some frame may be transparent
    damage: str | None  # what is wrong behind the last whole frame


class GifFrame(NamedTuple):
    """One frame as a viewer shows it."""

    rgba: np.ndarray  # (H, W, 4) uint8 of the whole canvas, alpha 0 or 255
    delay: int  # hundredths of a second, as written


class _Block(NamedTuple):
    """An image block with the control block before it."""

    x: int
    y: int
    width: int
    height: int
    interlaced: bool
    colours: bytes | None  # the local palette, 3 bytes a colour
    code_size: int
    data: bytes  # LZW sub-blocks with their length bytes; empty where only scanned
    delay: int
    disposal: int
    transparent: int  # palette index, or -1


class _Control(NamedTuple):
    delay: int = 0
    disposal: int = 0
    transparent: int = _NO_INDEX


def played(delay: int) -> int:
    """How long players show a frame of this delay, in hundredths: below 2 they take 10, as browsers do."""
    return delay if delay >= 2 else 10


class GifReader:
    """A GIF in a seekable binary file: .info at once, then the frames, one by one, as often as wanted.

    Raises GifError where no whole frame is there. While iterating it raises GifError at a frame whose pixels
    are damaged; a file that only breaks off ends quietly, with the reason in .info.damage.
    """

    def __init__(self, file: BinaryIO, info: GifInfo | None = None) -> None:
        """info, from an earlier reader of the same file, saves going through its blocks again."""
        self._file = file
        head = file.read(13)
        if len(head) < 13 or head[:6] not in (b"GIF87a", b"GIF89a"):
            raise GifError("not a GIF")
        self._width, self._height, flags, _, self._aspect = struct.unpack("<HHBBB", head[6:])
        self._colours = _exactly(file, 3 << (flags & 7) + 1) if flags & 0x80 else None
        self._start = file.tell()
        self._loop: int | None = None
        self.info = info or self._scan()
        self._width, self._height = self.info.width, self.info.height

    def __iter__(self) -> Iterator[GifFrame]:
        canvas = np.zeros((self._height, self._width), dtype="<u4")
        before, disposal, place = canvas, KEEP, (slice(0), slice(0))
        frames = self._blocks(keep=True)
        for _ in range(self.info.frames):
            block = next(frames)
            if disposal == CLEAR:
                canvas[place] = 0
            elif disposal == RESTORE:
                canvas[place] = before
            place = _inside(block, self._height, self._width)
            # some encoders set the third bit alone and mean 3; browsers take it so
            disposal = RESTORE if block.disposal == 4 else block.disposal
            if disposal == RESTORE:
                before = canvas[place].copy()
            self._paint(canvas[place], block)
            yield GifFrame(canvas.copy().view(np.uint8).reshape(self._height, self._width, 4), block.delay)

    def _paint(self, region: np.ndarray, block: _Block) -> None:
        indices = _unpack(block, self._width * self._height)[: region.shape[0], : region.shape[1]]
        new = _table(block.colours or self._colours).take(indices)
        if block.transparent == _NO_INDEX:
            region[:] = new
        else:
            np.copyto(region, new, where=indices != block.transparent)

    def _scan(self) -> GifInfo:
        frames, delays, transparent, damage = 0, 0, False, None
        try:
            for block in self._blocks(keep=False):
                if not frames:
                    # browsers take the first frame's size where it does not fit the screen it claims
                    self._width = max(self._width, block.x + block.width)
                    self._height = max(self._height, block.y + block.height)
                    whole = (block.width, block.height) == (self._width, self._height)
                    transparent = not whole or block.transparent >= 0 or block.disposal >= CLEAR
                transparent |= block.disposal == CLEAR
                frames += 1
                delays += played(block.delay)
        except GifError as error:
            damage = str(error)
        if not frames or not self._width or not self._height:
            raise GifError(f"it holds no whole frame{': ' + damage if damage else ''}")
        return GifInfo(self._width, self._height, self._loop, self._aspect, frames, delays, transparent, damage)

    def _blocks(self, keep: bool) -> Iterator[_Block]:
        file, control, stray = self._file, _Control(), 0
        file.seek(self._start)
        while True:
            kind = file.read(1)
            if kind in (b";", b""):
                return
            if kind == b"!":
                label = _exactly(file, 1)[0]
                parts = _parts(file)
                if label == 0xF9 and parts and len(parts[0]) >= 4:
                    flags, delay, index = struct.unpack("<BHB", parts[0][:4])
                    control = _Control(delay, flags >> 2 & 7, index if flags & 1 else _NO_INDEX)
                elif label == 0x01:  # plain text is drawn by nobody, but the control block was for it
                    control = _Control()
                elif label == 0xFF and parts and parts[0][:11] in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
                    self._loop = next((p[1] | p[2] << 8 for p in parts[1:] if len(p) >= 3 and p[0] & 7 == 1), None)
            elif kind == b",":
                yield _image(file, control, keep)
                control = _Control()
            else:  # stray zeros between blocks are common and harmless
                stray += 1
                if kind != b"\0" or stray > _STRAY:
                    raise GifError(f"no block starts with byte {kind[0]:#04x}")


def _image(file: BinaryIO, control: _Control, keep: bool) -> _Block:
    x, y, width, height, flags = struct.unpack("<HHHHB", _exactly(file, 9))
    colours = _exactly(file, 3 << (flags & 7) + 1) if flags & 0x80 else None
    code_size = _exactly(file, 1)[0]
    # at worst a pixel takes two codes of 12 bits
    data = _packed_pixels(file, 4 * width * height + 1024 if keep else 0)
    block = x, y, width, height, bool(flags & 0x40), colours, code_size, data
    return _Block(*block, *control)


def _packed_pixels(file: BinaryIO, most: int) -> bytes:
    """Sub-blocks with their length bytes, up to the end mark, which is passed over; about as many bytes as most."""
    start, kept, at, end = file.tell(), bytearray(), 0, 0
    while True:
        chunk = file.read(1 << 16)
        if not chunk:
            raise GifError("the file breaks off")
        begin, end = end, end + len(chunk)
        while at < end and chunk[at - begin]:
            at += 1 + chunk[at - begin]
        if len(kept) < most:
            kept += chunk
        if at < end:
            file.seek(start + at + 1)
            return bytes(kept[:at])


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise GifError("the file breaks off")
    return data


def _parts(file: BinaryIO) -> list[bytes]:
    """The first sub-blocks of an extension, without their length bytes."""
    parts: list[bytes] = []
    while size := _exactly(file, 1)[0]:
        part = _exactly(file, size)
        if len(parts) < _PARTS:
            parts.append(part)
    return parts


def _inside(block: _Block, height: int, width: int) -> tuple[slice, slice]:
    low, high = min(block.y, height), min(block.y + block.height, height)
    left, right = min(block.x, width), min(block.x + block.width, width)
    return slice(low, high), slice(left, right)


def _table(colours: bytes | None) -> np.ndarray:
    """(256,) opaque pixels of a palette; greys where there is none, black behind its end."""
    rgb = np.zeros((256, 4), np.uint8)
    if colours is None:
        rgb[:, :3] = np.arange(256)[:, None]
    else:
        rgb[: len(colours) // 3, :3] = np.frombuffer(colours, np.uint8).reshape(-1, 3)
    rgb[:, 3] = 255
    return rgb.view("<u4")[:, 0]


def _unpack(block: _Block, canvas: int) -> np.ndarray:
    """(h, w) uint8 palette indices of a block; canvas is the number of pixels of the whole picture."""
    from PIL import Image

    size = block.width, block.height
    if not block.width or not block.height:
        return np.zeros(size[::-1], np.uint8)
    if block.width * block.height > 4 * canvas + 65536:  # a few bytes may claim 65535 x 65535
        raise GifError(f"a frame of {size[0]}x{size[1]} pixels does not belong to its canvas")
    try:
        image = Image.frombytes("L", size, block.data, "gif", block.code_size, int(block.interlaced), -1)
    except Exception as error:  # the unpacker's own errors are of many kinds
        raise GifError(f"a frame's pixels are damaged ({error})") from error
    return np.asarray(image)
