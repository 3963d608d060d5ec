"""Landmark schemes: which number is which part of the face, and where it goes in a mirror."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """A numbering of face points. Left and right are the character's own; image-left is its right side."""

    name: str
    count: int
    parts: dict[str, tuple[int, ...]]  # part name to point numbers, in drawing order
    closed: frozenset[str]  # the parts whose outline closes
    mirror: tuple[int, ...]  # mirror[i] is the number that point i takes in the mirrored picture
    outer_eye_corners: tuple[int, int] | None  # image-left, image-right

    def __post_init__(self) -> None:
        numbers = [i for part in self.parts.values() for i in part]
        if sorted(numbers) != list(range(self.count)):
            raise ValueError(f"the parts of {self.name} must hold each of its {self.count} points once")
        if any(self.mirror[self.mirror[i]] != i for i in range(self.count)):
            raise ValueError(f"mirroring {self.name} twice must give back every point")


def _pairs(count: int, *pairs: tuple[int, int]) -> tuple[int, ...]:
    order = list(range(count))
    for a, b in pairs:
        order[a], order[b] = b, a
    return tuple(order)


# 300-W's numbering (Sagonas et al. 2013), 0-based: image-left to image-right, clockwise round eyes and mouth.
IBUG68 = Scheme(
    name="ibug68",
    count=68,
    parts={
        "jaw": tuple(range(17)),
        "right_brow": tuple(range(17, 22)),
        "left_brow": tuple(range(22, 27)),
        "nose_bridge": tuple(range(27, 31)),
        "nose_base": tuple(range(31, 36)),
        "right_eye": tuple(range(36, 42)),
        "left_eye": tuple(range(42, 48)),
        "outer_lip": tuple(range(48, 60)),
        "inner_lip": tuple(range(60, 68)),
    },
    closed=frozenset({"right_eye", "left_eye", "outer_lip", "inner_lip"}),
    mirror=_pairs(
        68,
        *((i, 16 - i) for i in range(8)),
        *((17 + i, 26 - i) for i in range(5)),
        (31, 35),
        (32, 34),
        (36, 45),
        (37, 44),
        (38, 43),
        (39, 42),
        (40, 47),
        (41, 46),
        (48, 54),
        (49, 53),
        (50, 52),
        (55, 59),
        (56, 58),
        (60, 64),
        (61, 63),
        (65, 67),
    ),
    outer_eye_corners=(36, 45),
)

SCHEMES: dict[str, Scheme] = {"ibug68": IBUG68}


def scheme_of(numbers: Collection[int], what: str) -> str:
    """The name of the scheme that has just these point numbers; ValueError, saying what they are, where none has."""
    name = next((name for name, scheme in SCHEMES.items() if scheme.count == len(numbers)), None)
    if name is None or sorted(numbers) != list(range(len(numbers))):
        known = ", ".join(f"{scheme.count} ({name})" for name, scheme in SCHEMES.items())
        raise ValueError(f"{len(numbers)} {what}; those of {known}, numbered from 0, are known")
    return name
