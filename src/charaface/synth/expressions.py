"""Seven expressions: the ways each is drawn, with brows, lids, mouth and marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Range = tuple[float, float]
Shares = Mapping[str, float]

# How ready a kind of drawing is to leave the face behind: eyes that are hearts or wedges, marks beside the head.
PLAY = {
    "anime": 1.0,
    "manga": 1.0,
    "chibi": 1.2,
    "line": 0.9,
    "cartoon": 0.6,
    "comic": 0.5,
    "webtoon": 0.7,
    "caricature": 0.2,
    "painting": 0.1,
}


@dataclass(frozen=True)
class Way:
    """One way to draw an expression; lengths in outer-eye distances, at full strength."""

    often: float
    mouths: Shares  # of LIPS
    brow_raise: Range = (0.0, 0.0)
    brow_slant: Range = (0.0, 0.0)  # inner ends down
    brow_uneven: Range = (0.0, 0.0)  # one brow above the other
    brow_knit: Range = (0.0, 0.0)  # inner ends together
    eyes: Shares = field(default_factory=lambda: {"lids": 1.0})  # of moments.LOOKS
    open: Range = (0.9, 1.05)
    cut: Range = (0.0, 0.0)
    slope: Range = (0.0, 0.0)  # of the cut
    push: Range = (0.0, 0.0)
    gaze: Range = (0.0, 0.0)  # added to how far down the eyes look
    marked: float = 0.0  # how often it has marks
    marks: Shares = field(default_factory=dict)  # of manpu.MARKS


@dataclass(frozen=True)
class Lips:
    """One way to hold a mouth. Lengths are shares of half its width, but open, which is in outer-eye distances."""

    bend: Range  # corners up
    half: Range = (0.8, 1.2)  # of the width at rest
    line: str = "arc"
    least: float = 0.09  # of the width at rest, in outer-eye distances: a mouth that says something is no dot
    shapes: Shares = field(default_factory=dict)  # of an open mouth; none: closed
    open: Range = (0.0, 0.0)
    teeth: Shares = field(default_factory=lambda: {"none": 1.0})
    asym: Range = (0.0, 0.0)
    big: float = 0.0  # how often it takes half the face
    lick: bool = False  # the tongue hangs out
    under: bool = False


_OPEN = {"none": 0.4, "upper": 0.33, "both": 0.09, "fang": 0.08, "grid": 0.05, "white": 0.05}
_MERRY = {"none": 0.35, "upper": 0.27, "both": 0.06, "fang": 0.08, "grid": 0.05, "white": 0.19}
_BARED = {"grid": 0.6, "both": 0.25, "white": 0.15}

LIPS: dict[str, Lips] = {
    # at rest
    "flat": Lips((-0.12, 0.1), least=0.05),
    "talk": Lips((-0.1, 0.12), (0.5, 0.9), "arc", 0.05, {"dee": 0.5, "triangle": 0.25, "bean": 0.25}, (0.03, 0.07)),
    "cat at rest": Lips((0.25, 0.4), (0.6, 0.9), "cat"),
    # pleased
    "smile": Lips((0.22, 1.1), (0.6, 1.5), least=0.07),
    "cat": Lips((0.4, 0.9), (0.7, 1.2), "cat"),
    "smirk": Lips((0.35, 0.7), asym=(0.15, 0.4)),
    "grin": Lips(
        (0.45, 0.95), (1.1, 1.9), shapes={"box": 0.65, "bean": 0.35}, open=(0.06, 0.14),
        teeth={"grid": 0.35, "upper": 0.25, "white": 0.4},
    ),
    "laugh": Lips(
        (0.2, 0.75), (0.65, 1.6), least=0.07, shapes={"dee": 0.75, "triangle": 0.15, "bean": 0.1}, open=(0.045, 0.25),
        teeth=_MERRY, big=0.25,
    ),
    "cheeky": Lips((0.4, 0.9), (0.8, 1.3), shapes={"dee": 1.0}, open=(0.04, 0.1), lick=True),
    # displeased
    "frown": Lips((-1.1, -0.4), (0.5, 1.2), least=0.07),
    "worried": Lips((-0.5, 0.0), (0.4, 0.9), least=0.06),
    "peak": Lips((-1.2, -0.5), (0.5, 1.0), "peak"),
    "slant": Lips((-0.35, 0.0), asym=(0.25, 0.55)),
    "pout": Lips((-1.1, -0.5), (0.45, 0.7), under=True),
    "grit": Lips((-0.6, -0.1), (0.9, 1.6), shapes={"box": 1.0}, open=(0.06, 0.15), teeth=_BARED),
    "shout": Lips(
        (-0.5, 0.12), (0.8, 1.5), shapes={"dome": 0.4, "box": 0.33, "dee": 0.27}, open=(0.12, 0.3), teeth=_OPEN,
        big=0.35,
    ),
    "sneer": Lips(
        (-0.7, -0.2), (0.9, 1.5), shapes={"bean": 0.6, "box": 0.4}, open=(0.04, 0.1),
        teeth={"upper": 0.5, "grid": 0.5}, asym=(0.2, 0.5),
    ),
    "tongue": Lips((-0.5, 0.0), (0.6, 1.1), shapes={"dee": 0.5, "box": 0.5}, open=(0.04, 0.12), lick=True),
    # shaken
    "wave": Lips((-0.5, -0.1), (0.8, 1.4), "wave"),
    "zigzag": Lips((-0.4, 0.0), (0.8, 1.4), "zigzag"),
    "tremble": Lips(
        (-0.55, -0.1), (0.8, 1.4), "wave", shapes={"box": 0.5, "dome": 0.5}, open=(0.05, 0.15),
        teeth={"grid": 0.45, "none": 0.4, "both": 0.15},
    ),
    "wail": Lips(
        (-0.9, -0.3), (0.8, 1.5), shapes={"dome": 0.85, "bean": 0.15}, open=(0.1, 0.28), teeth=_OPEN, big=0.25
    ),
    "sob": Lips((-0.9, -0.3), (0.6, 1.1), "wave", shapes={"dome": 0.7, "oval": 0.3}, open=(0.05, 0.14)),
    # struck
    "o": Lips((-0.1, 0.1), (0.4, 1.0), least=0.06, shapes={"oval": 1.0}, open=(0.045, 0.2), asym=(0.0, 0.3)),
    "dot": Lips((0.0, 0.0), (0.12, 0.42), shapes={"oval": 1.0}, open=(0.033, 0.1)),
    "gasp": Lips(
        (-0.3, 0.0), (0.6, 1.1), shapes={"oval": 0.8, "dome": 0.1, "triangle": 0.1}, open=(0.12, 0.28),
        teeth={"none": 0.6, "upper": 0.4}, big=0.3,
    ),
}  # fmt: skip

WAYS: dict[str, tuple[Way, ...]] = {
    "angry": (
        Way(
            0.4, {"frown": 0.5, "peak": 0.2, "grit": 0.2, "slant": 0.1},
            (-0.07, 0.0), (0.3, 0.55), (-0.02, 0.02), (0.02, 0.07),
            {"lids": 0.84, "small": 0.14, "shut": 0.02}, (0.85, 1.0), (0.1, 0.4), (0.25, 0.7), (0.0, 0.4),
            marked=0.4, marks={"vein": 0.45, "furrow": 0.3, "shade": 0.09, "flush": 0.1, "steam": 0.06},
        ),
        Way(
            0.48, {"shout": 0.72, "grit": 0.28},
            (-0.07, 0.0), (0.35, 0.6), (-0.02, 0.02), (0.03, 0.08),
            {"lids": 0.62, "small": 0.2, "blank": 0.1, "shut": 0.04, "wedge": 0.04}, (0.85, 1.1),
            (0.05, 0.35), (0.25, 0.8), (0.0, 0.3),
            marked=0.5, marks={"vein": 0.5, "steam": 0.12, "furrow": 0.2, "flush": 0.12, "shade": 0.06},
        ),
        Way(
            0.12, {"pout": 0.8, "frown": 0.2},
            (-0.04, 0.01), (0.25, 0.5), (-0.02, 0.02), (0.0, 0.05),
            {"lids": 0.9, "shut": 0.1}, (0.85, 1.05), (0.0, 0.3), (0.2, 0.5), (0.0, 0.3), (-0.1, 0.4),
            marked=0.55, marks={"blush": 0.3, "puff": 0.35, "steam": 0.15, "vein": 0.2},
        ),
    ),
    "disgust": (
        Way(
            0.4, {"sneer": 0.65, "slant": 0.2, "wave": 0.15},
            (-0.05, 0.02), (0.0, 0.18), (0.07, 0.15), (0.0, 0.05),
            {"lids": 1.0}, (0.6, 0.85), (0.3, 0.55), (-0.15, 0.05), (0.5, 1.0), (0.0, 0.3),
            marked=0.9, marks={"wrinkle": 0.7, "green": 0.15, "gloom": 0.1, "sweat": 0.05},
        ),
        Way(
            0.35, {"tongue": 0.85, "tremble": 0.15},
            (-0.06, 0.02), (-0.1, 0.2), (-0.05, 0.1), (0.0, 0.05),
            {"lids": 0.45, "slits": 0.3, "wedge": 0.12, "squeezed": 0.13}, (0.5, 0.8),
            (0.2, 0.5), (-0.1, 0.1), (0.5, 1.0),
            marked=0.85, marks={"wrinkle": 0.35, "green": 0.45, "gloom": 0.12, "sweat": 0.08},
        ),
        Way(
            0.25, {"wave": 0.5, "slant": 0.3, "zigzag": 0.2},
            (-0.04, 0.04), (-0.15, 0.1), (0.05, 0.14), (0.0, 0.04),
            {"lids": 0.35, "slits": 0.65}, (0.5, 0.75), (0.4, 0.6), (-0.1, 0.05), (0.5, 1.0),
            marked=0.85, marks={"green": 0.45, "gloom": 0.3, "wrinkle": 0.25},
        ),
    ),
    "fear": (
        Way(
            0.42, {"tremble": 0.55, "wave": 0.25, "zigzag": 0.2},
            (0.03, 0.12), (-0.6, -0.3), (-0.02, 0.02), (0.03, 0.08),
            {"lids": 0.3, "small": 0.6, "dull": 0.1}, (1.05, 1.2), marked=0.7,
            marks={"sweat": 0.27, "gloom": 0.25, "pale": 0.25, "drops": 0.16, "shiver": 0.07},
        ),
        Way(
            0.42, {"tremble": 0.6, "zigzag": 0.2, "grit": 0.2},
            (0.05, 0.16), (-0.6, -0.25), (-0.02, 0.02), (0.02, 0.06),
            {"small": 0.58, "lids": 0.12, "blank": 0.2, "round": 0.1}, (1.1, 1.25), marked=0.8,
            marks={"pale": 0.28, "gloom": 0.26, "drops": 0.2, "sweat": 0.14, "shiver": 0.12},
        ),
        Way(
            0.16, {"tremble": 0.5, "grit": 0.25, "zigzag": 0.25},
            (-0.03, 0.06), (-0.5, -0.2), (-0.02, 0.02), (0.04, 0.09),
            {"wedge": 0.7, "squeezed": 0.3}, (0.4, 0.7), push=(0.2, 0.7), marked=0.9,
            marks={"drops": 0.32, "sweat": 0.22, "shiver": 0.22, "gloom": 0.16, "pale": 0.08},
        ),
    ),
    "happy": (
        Way(
            0.36, {"smile": 0.7, "cat": 0.1, "smirk": 0.1, "grin": 0.1},
            (-0.01, 0.07), (-0.12, 0.04), eyes={"lids": 0.68, "arcs": 0.28, "stars": 0.04}, open=(0.8, 1.05),
            push=(0.0, 0.7), marked=0.18,
            marks={"blush": 0.6, "sparkle": 0.15, "notes": 0.1, "hearts": 0.1, "sweat": 0.05},
        ),
        Way(
            0.5, {"laugh": 0.75, "grin": 0.2, "cheeky": 0.05},
            (0.0, 0.1), (-0.12, 0.06), eyes={"lids": 0.51, "arcs": 0.4, "wedge": 0.05, "stars": 0.04},
            open=(0.85, 1.1), push=(0.0, 0.8), marked=0.22,
            marks={"blush": 0.5, "sparkle": 0.14, "notes": 0.08, "hearts": 0.08, "tears": 0.1, "sweat": 0.1},
        ),
        Way(
            0.14, {"laugh": 0.6, "smile": 0.27, "cat": 0.13},
            (0.0, 0.1), (-0.2, 0.0), eyes={"heart": 0.5, "hearts": 0.25, "arcs": 0.15, "lids": 0.1}, marked=0.6,
            marks={"hearts": 0.5, "blush": 0.4, "steam": 0.1},
        ),
    ),
    "sad": (
        Way(
            0.34, {"frown": 0.85, "pout": 0.15},
            (-0.01, 0.06), (-0.65, -0.35), (-0.02, 0.02), (0.0, 0.05),
            {"lids": 0.72, "shut": 0.14, "dull": 0.14}, (0.72, 0.98), (0.0, 0.2), (-0.6, -0.2), gaze=(0.0, 0.8),
            marked=0.4, marks={"tears": 0.5, "welling": 0.35, "gloom": 0.15},
        ),
        Way(
            0.32, {"wail": 0.6, "sob": 0.4},
            (0.0, 0.09), (-0.65, -0.35), (-0.02, 0.02), (0.01, 0.07),
            {"lids": 0.38, "shut": 0.3, "squeezed": 0.1, "wedge": 0.1, "arcs": 0.06, "slits": 0.06}, (0.65, 1.0),
            (0.0, 0.3), (-0.5, -0.15), (0.0, 0.5),
            marked=0.92, marks={"tears": 0.46, "streams": 0.46, "welling": 0.08},
        ),
        Way(
            0.14, {"worried": 0.7, "frown": 0.3},
            (0.02, 0.08), (-0.7, -0.4), (-0.02, 0.02), (0.0, 0.06), open=(0.9, 1.05), marked=0.2,
            marks={"sweat": 0.4, "welling": 0.3, "gloom": 0.3},
        ),
        Way(
            0.2, {"frown": 0.7, "sob": 0.3},
            (0.0, 0.08), (-0.65, -0.35), (-0.02, 0.02), (0.0, 0.05), {"lids": 0.9, "dull": 0.1}, (0.85, 1.05),
            (0.0, 0.2), (-0.5, -0.15), marked=0.92, marks={"welling": 0.5, "tears": 0.45, "blush": 0.05},
        ),
    ),
    "surprise": (
        Way(
            0.5, {"o": 0.58, "dot": 0.22, "gasp": 0.2}, (0.06, 0.18), (-0.06, 0.04),
            eyes={"lids": 0.84, "small": 0.12, "stars": 0.04}, open=(1.02, 1.2), marked=0.3,
            marks={"shock": 0.35, "exclaim": 0.25, "blush": 0.2, "sweat": 0.2},
        ),
        Way(
            0.4, {"gasp": 0.75, "o": 0.25}, (0.12, 0.25), (-0.1, 0.05),
            eyes={"lids": 0.42, "small": 0.3, "round": 0.2, "blank": 0.08}, open=(1.1, 1.25), marked=0.45,
            marks={"shock": 0.45, "exclaim": 0.3, "sweat": 0.15, "drops": 0.1},
        ),
        Way(
            0.1, {"dot": 0.5, "o": 0.5}, (0.12, 0.24), (-0.06, 0.03),
            eyes={"round": 0.4, "small": 0.35, "lids": 0.25}, open=(1.1, 1.25), marked=0.7,
            marks={"shock": 0.4, "exclaim": 0.4, "sweat": 0.2},
        ),
    ),
    "neutral": (
        Way(
            0.8, {"flat": 0.86, "talk": 0.09, "cat at rest": 0.05},
            (-0.01, 0.02), (-0.04, 0.04), marked=0.04, open=(0.85, 1.05), marks={"sweat": 0.4, "blush": 0.6},
        ),
        Way(
            0.15, {"flat": 0.93, "talk": 0.07}, (-0.01, 0.02), (-0.04, 0.04), open=(0.75, 0.95), cut=(0.05, 0.35),
            marked=0.03, marks={"blush": 1.0},
        ),
        Way(
            0.05, {"flat": 1.0}, (-0.01, 0.02), (-0.04, 0.04), eyes={"shut": 0.8, "dull": 0.2},
            marked=0.1, marks={"asleep": 1.0},
        ),
    ),
}  # fmt: skip
