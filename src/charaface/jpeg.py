"""The part of a JPEG file that makes its picture: behind it there may be gigabytes that a decoder would go through."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import BinaryIO

_MOST_STEPS = 100_000  # segments, and bytes between them: real files have some hundred
_SCAN, _END = 0xDA, 0xD9
_NO_LENGTH = (0x01, *range(0xD0, 0xDA))  # markers that stand alone
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of a frame: height and width
_BYTES_A_PIXEL, _ROOM = 8, 1 << 20  # more than the worst of pictures need


def picture_part(file: BinaryIO) -> BytesIO:
    """The bytes of a JPEG file up to where its pixels must have ended. Raises ValueError where there are none."""
    place, pixels = 2, 0
    for _ in range(_MOST_STEPS):
        file.seek(place)
        head = file.read(9)
        if len(head) < 4 or head[:2] == bytes([0xFF, _END]):
            break
        kind = head[1]
        if head[0] != 0xFF or kind in (0, 0xFF):
            place += 1
            continue
        if kind in _SIZES and len(head) == 9:
            height, width = struct.unpack(">HH", head[5:9])
            pixels = width * height
        if kind == _SCAN:
            file.seek(0)
            return BytesIO(file.read(place + _BYTES_A_PIXEL * pixels + _ROOM))
        place += 2 if kind in _NO_LENGTH else 2 + int.from_bytes(head[2:4], "big")
    raise ValueError("it holds no pixels")
