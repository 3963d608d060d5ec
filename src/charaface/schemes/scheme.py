"""What a landmark scheme is: which number is which part of the face, and where it goes in a mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """A numbering of face points. Left and right are the character's own; image-left is its right side."""

    name: str
    about: str  # in a few words
    count: int
    parts: dict[str, tuple[int, ...]]  # part name to point numbers, in drawing order; right_eye and left_eye are there
    closed: frozenset[str]  # the parts whose outline closes
    mirror: tuple[int, ...]  # mirror[i] is the number that point i takes in the mirrored picture
    # image-left, image-right, each the middle of these points; None where the scheme has no corners
    outer_eye_corners: tuple[tuple[int, ...], tuple[int, ...]] | None

    def __post_init__(self) -> None:
        numbers = [i for part in self.parts.values() for i in part]
        if sorted(numbers) != list(range(self.count)):
            raise ValueError(f"the parts of {self.name} must hold each of its {self.count} points once")
        if not self.closed <= self.parts.keys():
            raise ValueError(f"{self.name} closes parts that it does not have: {sorted(self.closed - set(self.parts))}")
        if any(self.mirror[self.mirror[i]] != i for i in range(self.count)):
            raise ValueError(f"mirroring {self.name} twice must give back every point")


def mirrored(count: int, *runs: Sequence[int] | tuple[Sequence[int], Sequence[int]]) -> tuple[int, ...]:
    """The mirror order of count points: a run is its own reverse, two runs change places, what is in none stays."""
    order = list(range(count))
    for run in runs:
        there, back = run if isinstance(run, tuple) else (run, list(reversed(run)))
        for a, b in zip(there, back, strict=True):
            order[a], order[b] = b, a
    return tuple(order)
