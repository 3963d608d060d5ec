"""What of a face is drawn, in which colours and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np

from charaface.conceal import How
from charaface.face import Face
from charaface.schemes import SCHEMES

Colour = tuple[int, int, int]

# Light fills that stay apart from each other and from skin; a dark rim keeps them legible on white paper.
COLOURS = {
    "jaw": "#b9c2ff",
    "brow": "#ffdf5d",
    "eye": "#5fe9ff",
    "nose": "#8cf0a4",
    "mouth": "#ff9fb2",
    "mesh": "#e6e9ff",
    "other": "#f4f4f5",
    "rim": "#14182b",
}
EXPRESSION_COLOURS = {
    "angry": "#ff6b5e",
    "disgust": "#9bd35a",
    "fear": "#b99cff",
    "happy": "#ffd84d",
    "sad": "#6fb1ff",
    "surprise": "#ffab57",
    "neutral": "#cdd3dc",
}
TRACK_COLOURS = ("#ffdf5d", "#5fe9ff", "#ff9fb2", "#8cf0a4", "#d3a8ff", "#ffb86b", "#9ec5ff", "#e8f27a")


@dataclass(frozen=True)
class DrawStyle:
    """What of a face is drawn, and how; sizes in pixels, None scales with the face."""

    points: bool = True
    lines: bool = True
    mesh: bool = False  # thin lines between the parts, the same for every face of a scheme
    boxes: bool = False
    labels: bool = False  # track number and score
    numbers: bool = False  # beside each point, where there is room
    legend: bool = False  # the drawn parts with their colours on a plate, where the picture has room for one
    conceal: How | None = None  # blur or pixelate: the faces are made unreadable first
    parts: Sequence[str] | None = None  # of jaw brow eye nose mouth or the scheme's own names; None draws all
    colours: Mapping[str, str] = field(default_factory=dict)  # part, expression, "rim", "box" or "all" to "#rrggbb"
    radius: float | None = None  # of a point, its rim not counted
    thickness: float | None = None  # of a line, its rim not counted
    hidden: Literal["hollow", "faint", "none"] = "hollow"  # points that are not visible
    blank: Literal["white", "transparent"] | None = None  # draw on this instead of the picture
    emotion: bool = False  # the expression beside the face: its name, a drawn face and the probability of all seven

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("hidden", self.hidden, ("hollow", "faint", "none")),
            ("blank", self.blank, (None, "white", "transparent")),
            ("conceal", self.conceal, (None, "blur", "pixelate")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(map(str, allowed))}, got {value!r}")
        for name, size in (("radius", self.radius), ("thickness", self.thickness)):
            if size is not None and not 0 < size <= 1000:
                raise ValueError(f"{name} is over 0 and at most 1000 pixels, got {size}")
        for text in self.colours.values():
            rgb(text)
        known = {"all", "box", "rim", *COLOURS, *EXPRESSION_COLOURS, *_part_names()}
        for name in {*self.colours, *(self.parts or ())} - known:
            raise ValueError(f"no part {name!r} to draw; there are {', '.join(sorted(known))}")

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks whose results are drawn, as names of tasks."""
        return ("landmarks", "emotion") if self.emotion else ("landmarks",)


@dataclass(frozen=True)
class Look:
    """Colours and sizes for one face."""

    colours: dict[str, Colour]
    box: Colour
    radius: float  # of a point
    thickness: float  # of a line
    edge: float  # width of the dark rim round both

    @classmethod
    def of(cls, face: Face, style: DrawStyle, size: float) -> Look:
        """The look of a face whose box has a side of size pixels."""
        wanted = style.colours
        colours = {name: wanted.get("all", text) for name, text in COLOURS.items() if name != "rim"}
        colours = {**colours, "rim": COLOURS["rim"], **wanted}
        track = TRACK_COLOURS[(face.track or 0) % len(TRACK_COLOURS)]
        box = wanted.get("box", wanted.get("all", track))
        radius = style.radius or float(np.clip(0.3 + 0.0105 * size, 0.5, 14))
        thickness = style.thickness or float(np.clip(0.0065 * size, 0.5, 9))
        # a small face has no room for rims: none at 30 pixels, whole ones from 90
        edge = float(np.clip(0.35 * radius, 0.35, 4) * np.clip((size - 30) / 60, 0, 1))
        return cls({name: rgb(text) for name, text in colours.items()}, rgb(box), radius, thickness, edge)

    @property
    def rim(self) -> Colour:
        """The colour of the rim."""
        return self.colours["rim"]

    @property
    def reach(self) -> float:
        """How far ink lies from the points it belongs to."""
        return max(self.radius, self.thickness) + 2 * self.edge + 2

    def colour(self, part: str) -> Colour:
        """The colour of a scheme's part: its own, its kind's, or that of all others."""
        return self.colours.get(part) or self.colours.get(kind(part)) or self.colours["other"]


def kind(part: str) -> str:
    """The everyday name of a scheme's part: right_eye is an eye, outer_lip belongs to the mouth."""
    name = part.removeprefix("right_").removeprefix("left_")
    return "mouth" if name.endswith("lip") else name.split("_")[0]


@lru_cache(maxsize=1)
def _part_names() -> frozenset[str]:
    return frozenset(part for scheme in SCHEMES.values() for part in scheme.parts)


def chosen_parts(face: Face, style: DrawStyle) -> dict[str, tuple[int, ...]]:
    if face.landmarks is None:
        return {}
    parts = SCHEMES[face.landmarks.scheme].parts
    if style.parts is None:
        return parts
    return {name: numbers for name, numbers in parts.items() if {name, kind(name)} & set(style.parts)}


def rgb(text: str) -> Colour:
    digits = text.removeprefix("#")
    try:
        if len(digits) != 6:
            raise ValueError
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f'a colour is written "#rrggbb", got {text!r}') from None
    return red, green, blue
