"""A GIF out: each frame a block of its own, only what changed, exact where its colours fit."""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np

from charaface.gif.palette import Palette, Seen
from charaface.gif.read import CLEAR, KEEP, GifError

_OPAQUE = np.uint32(0xFF000000)  # pixels travel as little-endian 0xAABBGGRR; 0 is the transparent pixel


class GifWriter:
    """Frames into a GIF: each one becomes a block of its own, however like the last one it is.

    Only what changed is stored. A frame of at most 256 colours is kept to the pixel (255 beside
    transparency); of more, the rarest are drawn together, and pixels that did not change stay as they are, so
    nothing flickers.
    """

    def __init__(
        self,
        file: BinaryIO,
        width: int,
        height: int,
        loop: int | None = None,
        aspect: int = 0,
        transparent: bool = False,
    ) -> None:
        if not (0 < width < 65536 and 0 < height < 65536):
            raise GifError(f"a GIF is at most 65535 pixels wide and high, got {width}x{height}")
        self._file, self._shape = file, (height, width)
        self._loop, self._aspect, self._transparent = loop, aspect, transparent
        self._palette = Palette()
        self._shared: np.ndarray | None = None  # colours of the global palette
        self._wanted = np.zeros(self._shape, dtype="<u4")  # the last frame as it was given
        self._shown = self._wanted  # the last frame as a viewer shows it: fewer colours, perhaps
        self._waiting: tuple[np.ndarray, int] | None = None  # a frame waits, its disposal depends on the next

    def add(self, image: np.ndarray, delay: int) -> None:
        """Adds an (H, W, 3) or (H, W, 4) uint8 frame for delay hundredths of a second; alpha cuts at 128."""
        if image.shape[:2] != self._shape:
            raise ValueError(f"frames of this GIF are {self._shape[::-1]}, got {image.shape[1::-1]}")
        frame = _packed(image)
        if self._waiting is not None:
            self._write(*self._waiting, following=frame)
        self._waiting = frame, min(max(delay, 0), 65535)

    def close(self) -> None:
        """Writes the last frame and the end mark; the file stays open. Raises GifError without a frame."""
        if self._waiting is None:
            raise GifError("a GIF needs a frame")
        self._write(*self._waiting, following=None)
        self._file.write(b";")

    def _write(self, frame: np.ndarray, delay: int, following: np.ndarray | None) -> None:
        """Writes a frame; pixels that are transparent in the following one are cleared behind it."""
        changed = frame != self._wanted
        if self._shown is not self._wanted:  # some colours were drawn together: put them right if there is room
            wrong = frame != self._shown
            seen = self._palette.see(frame.take(np.flatnonzero(wrong)))
            if _fits(seen, 255):
                changed = wrong
            elif _fits(seen, 256) and frame.all() and _fits(self._palette.see(frame.ravel()), 256):
                changed = np.ones_like(changed)
        dirty, disposal = changed, KEEP
        if following is not None:
            gone = (following == 0) & (frame != 0)
            if gone.any():
                dirty, disposal = changed | gone, CLEAR
        area = _extent(dirty) if self._shared is not None else (slice(0, self._shape[0]), slice(0, self._shape[1]))
        drawn, pixels = self._block(frame, changed, area, delay, disposal)
        if pixels is None and self._shown is self._wanted:
            self._wanted = self._shown = frame
        else:
            shown = self._shown.copy()
            shown.reshape(-1)[drawn] = frame.take(drawn) if pixels is None else pixels
            self._wanted, self._shown = frame, frame if np.array_equal(shown, frame) else shown
        if disposal == CLEAR:
            same = self._shown is self._wanted
            self._wanted = _cleared(self._wanted, area)
            self._shown = self._wanted if same else _cleared(self._shown, area)

    def _block(
        self, frame: np.ndarray, changed: np.ndarray, area: tuple[slice, slice], delay: int, disposal: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Writes an image block; returns the (n,) places it draws on the canvas, and their pixels unless exact."""
        first, whole = self._shared is None, bool(changed[area].all())
        # Pillow shows later transparency only if the first frame names a transparent number, and clears to it
        clear = not whole or disposal == CLEAR or (first and self._transparent)
        drawn = np.flatnonzero(changed)
        seen = self._palette.see(frame.take(drawn))
        if clear and not _fits(seen, 255) and _fits(seen, 256) and frame[area].all():
            # no number left for "as before", but drawing the whole area again may still be exact
            again = self._palette.see(frame[area].ravel())
            if _fits(again, 256):
                seen, whole, clear = again, True, False
                changed = np.zeros_like(changed)
                changed[area] = True
                drawn = np.flatnonzero(changed)
        room = 256 - clear
        colours, found = seen.indexed(room)
        if whole:
            numbers = found.reshape(frame[area].shape)
        else:
            canvas = np.full(self._shape, len(colours), np.uint8)
            canvas.reshape(-1)[drawn] = found
            numbers = canvas[area]
        self._put(numbers, colours, clear, area, delay, disposal)
        return drawn, None if _fits(seen, room) else (colours | _OPAQUE).take(found)

    def _put(
        self,
        numbers: np.ndarray,
        colours: np.ndarray,
        clear: bool,
        area: tuple[slice, slice],
        delay: int,
        disposal: int,
    ) -> None:
        """Writes control and image block; the first frame's palette is shared by all that can do with it."""
        table, index = b"", len(colours)
        if self._shared is None:
            self._shared = colours
            self._file.write(self._head(colours))
        else:
            shared = _translation(colours, self._shared)
            if shared is None or (clear and len(self._shared) == 256):
                table = _palette_bytes(colours)
            else:
                index = len(self._shared)
                numbers = np.append(shared, index).astype(np.uint8)[numbers]
        rows, columns = area
        flags = disposal << 2 | clear
        self._file.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, delay, index if clear else 0, 0))
        size = columns.stop - columns.start, rows.stop - rows.start
        self._file.write(struct.pack("<BHHHHB", 0x2C, columns.start, rows.start, *size, _size_flag(table)))
        self._file.write(table + _pack(numbers))

    def _head(self, colours: np.ndarray) -> bytes:
        height, width = self._shape
        table = _palette_bytes(colours)
        head = b"GIF89a" + struct.pack("<HHBBB", width, height, _size_flag(table) | 0x70, 0, self._aspect) + table
        if self._loop is not None:
            head += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", min(self._loop, 65535), 0)
        return head


def _fits(seen: Seen, room: int) -> bool:
    return seen.exact and len(seen.colours) <= room


def _packed(image: np.ndarray) -> np.ndarray:
    """(H, W) uint32 opaque pixels, 0 where alpha is under 128, of an (H, W, 3) or (H, W, 4) uint8 image."""
    import cv2

    if image.shape[2] == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA).view("<u4")[..., 0])
    opaque = image[..., 3] >= 128
    pixels = np.ascontiguousarray(image).view("<u4")[..., 0] | _OPAQUE
    return pixels if opaque.all() else np.where(opaque, pixels, np.uint32(0))


def _extent(mask: np.ndarray) -> tuple[slice, slice]:
    """The smallest area that holds all of an (H, W) mask; one pixel where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _cleared(pixels: np.ndarray, area: tuple[slice, slice]) -> np.ndarray:
    out = pixels.copy()
    out[area] = 0
    return out


def _translation(colours: np.ndarray, shared: np.ndarray) -> np.ndarray | None:
    """(n,) places of colours in the shared ones; None where one is missing."""
    if not len(shared):
        return None if len(colours) else np.zeros(0, np.int64)
    order = np.argsort(shared)
    places = order[np.minimum(np.searchsorted(shared, colours, sorter=order), len(shared) - 1)]
    return places if np.array_equal(shared[places], colours) else None


def _palette_bytes(colours: np.ndarray) -> bytes:
    """A palette block with room for one number more, its length a power of two."""
    size = 1 << max(len(colours).bit_length(), 1)
    table = np.zeros(min(size, 256), "<u4")
    table[: len(colours)] = colours
    return table.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _size_flag(table: bytes) -> int:
    return 0x80 | (len(table) // 3).bit_length() - 2 if table else 0


def _pack(indices: np.ndarray) -> bytes:
    """LZW sub-blocks, with the code size before and the end mark behind, of (h, w) uint8 palette indices."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(indices))
    return b"\x08" + image.tobytes("gif", "L", 8, 0) + b"\0"
