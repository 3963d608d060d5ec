"""Tables of numbers out of a .mat file of Matlab 5 and later (not 7.3, which is HDF5).

SciPy reads far more of them, and dies where a byte is flipped; here nothing is trusted. Source: MathWorks, MAT-File
Format, the level 5 part.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

_HEAD = 128  # bytes of the file's head; its last two tell the order of bytes
_MATRIX, _COMPRESSED = 14, 15
_KINDS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_NUMBERS = range(6, 16)  # the classes of matrices that hold numbers; others are cells, texts, structures
_COMPLEX = 0x800
_LARGEST = 1 << 24  # bytes of an element once it is unpacked


def numbers(data: bytes) -> dict[str, np.ndarray]:
    """The named matrices of real numbers in the bytes of a file, each in its own shape; others are passed over.

    Raises ValueError for what is no such file, ends too soon, or unpacks to more than 16 MiB an element.
    """
    order = {b"IM": "<", b"MI": ">"}.get(data[_HEAD - 2 : _HEAD])
    if order is None:
        raise ValueError("has no head of Matlab 5")
    found = {}
    for kind, body in _elements(data[_HEAD:], order):
        if kind == _COMPRESSED:
            kind, body = next(_elements(_unpacked(body), order), (0, b""))
        if kind == _MATRIX:
            named = _matrix(body, order)
            if named is not None:
                found[named[0]] = named[1]
    return found


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(body, _LARGEST)
    except zlib.error as error:
        raise ValueError(f"holds what does not unpack ({error})") from None
    if unpacker.unconsumed_tail:
        raise ValueError(f"holds an element of more than {_LARGEST:,} bytes")
    return out


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Kind and bytes of each element; one of four bytes or less stands in the second half of its own tag."""
    place = 0
    while place + 8 <= len(data):
        kind, size = struct.unpack_from(f"{order}II", data, place)
        start, step = place + 8, 8 + size + (-size % 8 if kind != _COMPRESSED else 0)
        if kind >> 16:
            kind, size, start, step = kind & 0xFFFF, kind >> 16, place + 4, 8
            if size > 4:
                raise ValueError(f"holds a small element of {size} bytes")
        if start + size > len(data):
            raise ValueError("ends within an element")
        yield kind, data[start : start + size]
        place += step


def _matrix(body: bytes, order: str) -> tuple[str, np.ndarray] | None:
    """Name and values of a matrix; None of one that holds no real numbers."""
    parts = list(_elements(body, order))
    if len(parts) < 4 or len(parts[0][1]) < 4:
        return None
    flags = struct.unpack_from(f"{order}I", parts[0][1])[0]
    kind, raw = parts[3]
    if flags & 0xFF not in _NUMBERS or flags & _COMPLEX or kind not in _KINDS:
        return None
    if len(parts[1][1]) % 4:
        raise ValueError("holds a matrix without a shape")
    shape = np.frombuffer(parts[1][1], f"{order}i4").tolist()
    dtype = np.dtype(order + _KINDS[kind])
    count = int(np.prod(shape, dtype=object)) if shape and min(shape) >= 0 else -1
    if count < 0 or count * dtype.itemsize != len(raw):
        raise ValueError(f"holds {len(raw)} bytes for a matrix of shape {tuple(shape)}")
    name = parts[2][1].decode("latin-1")
    return name, np.frombuffer(raw, dtype).astype(np.float64).reshape(shape, order="F")
