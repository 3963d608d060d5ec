"""Pictures that are the same, or nearly: by their pixels, by a hash of their gradients and by a small copy of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np

from charaface.face import Face
from charaface.geometry import clip_box

SIDE = 32  # of the small copy, pixels
BITS = 10  # of 64 in which the hashes of two pictures that are compared may differ
# correlation of two small copies: a JPEG of a picture, half as large or a tenth brighter, has 0.99 and more; of 5.9
# million pairs of photographs 168 are above, all of them frames of one person's clip
NEAR = 0.98
_FLAT = 2.0  # standard deviation of grey: below, a picture shows nothing to compare
_BLOCK = 512  # hashes that are compared with all others at a time
_PAIRS = 20_000  # small copies that are compared at a time


class Prints:
    """Fingerprints of pictures or faces, in the order they came."""

    def __init__(self) -> None:
        self._small: list[np.ndarray] = []
        self._digests: list[bytes] = []

    def __len__(self) -> int:
        return len(self._small)

    def add(self, image: np.ndarray) -> None:
        """Takes in an (H, W, 3) uint8 picture."""
        import cv2

        shape = ",".join(map(str, image.shape)).encode()
        self._digests.append(hashlib.blake2b(shape + image.tobytes(), digest_size=16).digest())
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
        self._small.append(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA))

    def same(self) -> Iterator[tuple[int, int]]:
        """Pairs of which both have the same pixels: each with the first of its kind."""
        first: dict[bytes, int] = {}
        for number, digest in enumerate(self._digests):
            if (known := first.setdefault(digest, number)) != number:
                yield known, number

    def near(self, limit: float = NEAR) -> Iterator[tuple[int, int]]:
        """Pairs that look alike, the smaller number first: by their hashes, and then by their small copies.

        Time grows with the square of the number: 2 seconds for 20,000, 8 for 50,000.
        """
        if len(self._small) < 2:
            return
        small = np.stack(self._small)
        copies = small.reshape(len(small), -1).astype(np.float32)
        copies -= copies.mean(axis=1, keepdims=True)
        shown = copies.std(axis=1) > _FLAT
        copies /= np.maximum(np.linalg.norm(copies, axis=1, keepdims=True), 1e-6)
        for i, j in _candidates(hashes(small), shown):
            alike = np.einsum("kd,kd->k", copies[i], copies[j]) >= limit
            yield from zip(i[alike].tolist(), j[alike].tolist(), strict=True)


def hashes(small: np.ndarray) -> np.ndarray:
    """(N,) uint64 difference hashes of (N, S, S) uint8 pictures: which of 8 x 8 places are brighter than those to
    their left (dHash)."""
    import cv2

    tiny = np.stack([cv2.resize(one, (9, 8), interpolation=cv2.INTER_AREA) for one in small])
    bits = tiny[:, :, 1:] > tiny[:, :, :-1]
    return np.packbits(bits.reshape(len(small), 64), axis=1).view(np.uint64).ravel()


def _candidates(hashed: np.ndarray, shown: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of numbers whose hashes differ in few bits, some at a time."""
    numbers = np.flatnonzero(shown)
    values = hashed[numbers]
    for start in range(0, len(values), _BLOCK):
        rows = values[start : start + _BLOCK]
        others = values[start:]  # those before have met these already
        near = np.bitwise_count(rows[:, None] ^ others[None, :]) <= BITS
        i, j = np.nonzero(np.triu(near, 1))
        for low in range(0, len(i), _PAIRS):
            part = slice(low, low + _PAIRS)
            yield numbers[start + i[part]], numbers[start + j[part]]


def groups(count: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    """(count,) the smallest number of those that pairs join each number to, by one or many steps."""
    root = list(range(count))

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for a, b in pairs:
        a, b = sorted((find(a), find(b)))
        root[b] = a
    return np.array([find(one) for one in range(count)], np.int64)


def cut(image: np.ndarray, face: Face) -> np.ndarray | None:
    """The (h, w, 3) part of a picture in a face's box; None where that shows nothing."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = np.round(clip_box(face.box, width, height)).astype(int)
    return image[y0:y1, x0:x1] if x1 - x0 >= 8 and y1 - y0 >= 8 else None
