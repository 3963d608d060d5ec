"""The schemes that are known, each with where its numbering comes from; all count from 0."""

from __future__ import annotations

import difflib

from charaface.schemes.scheme import Scheme, mirrored

# 300-W's numbering (Sagonas et al. 2013): image-left to image-right, clockwise round eyes and mouth.
IBUG68 = Scheme(
    name="ibug68",
    about="300-W's 68 points, which our networks read",
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
    mirror=mirrored(
        68,
        range(17),
        range(17, 27),
        range(31, 36),
        ([36, 37, 38, 39, 40, 41], [45, 44, 43, 42, 47, 46]),
        range(48, 55),
        range(55, 60),
        range(60, 65),
        range(65, 68),
    ),
    outer_eye_corners=((36,), (45,)),
)

# Stricker et al. 2018 (arXiv 1811.03214), in the order of face_of_manga: jaw, brows, eyes, pupils, nose, mouth. An eye
# and the mouth are five points along the top and five back along the bottom; a corner is the middle of such a pair.
MANGA60A = Scheme(
    name="manga60a",
    about="60 points of manga faces, mouth last",
    count=60,
    parts={
        "jaw": tuple(range(17)),
        "right_brow": tuple(range(17, 22)),
        "left_brow": tuple(range(22, 27)),
        "right_eye": tuple(range(27, 37)),
        "left_eye": tuple(range(37, 47)),
        "right_pupil": (47,),
        "left_pupil": (48,),
        "nose": (49,),
        "mouth": tuple(range(50, 60)),
    },
    closed=frozenset({"right_eye", "left_eye", "mouth"}),
    mirror=mirrored(
        60,
        range(17),
        range(17, 27),
        (range(27, 32), [41, 40, 39, 38, 37]),
        (range(32, 37), [46, 45, 44, 43, 42]),
        range(47, 49),
        range(50, 55),
        range(55, 60),
    ),
    outer_eye_corners=((27, 36), (41, 42)),
)

# The same 60 points as chiawei-liu/DeepAlignmentNetwork orders them: its point k is number B_OF_A[k] of manga60a.
B_OF_A = (*range(17), *range(50, 60), *range(27, 37), *range(37, 47), *range(17, 27), 47, 48, 49)
MANGA60B = Scheme(
    name="manga60b",
    about="the same 60 points, mouth after the jaw",
    count=60,
    parts={name: tuple(B_OF_A.index(i) for i in numbers) for name, numbers in MANGA60A.parts.items()},
    closed=MANGA60A.closed,
    mirror=tuple(B_OF_A.index(MANGA60A.mirror[i]) for i in B_OF_A),
    outer_eye_corners=((27, 36), (41, 42)),
)

# hysts/anime-face-detector: five points of the jaw, three of a brow, the upper and the lower lid of an eye with three
# each from image-left to image-right, the nose, and left, top, right and bottom of the mouth.
HYSTS28 = Scheme(
    name="hysts28",
    about="anime-face-detector's 28 points",
    count=28,
    parts={
        "jaw": tuple(range(5)),
        "right_brow": (5, 6, 7),
        "left_brow": (8, 9, 10),
        "right_eye": (11, 12, 13, 16, 15, 14),
        "left_eye": (17, 18, 19, 22, 21, 20),
        "nose": (23,),
        "mouth": (24, 25, 26, 27),
    },
    closed=frozenset({"right_eye", "left_eye", "mouth"}),
    mirror=mirrored(
        28,
        range(5),
        range(5, 11),
        ([11, 12, 13], [19, 18, 17]),
        ([14, 15, 16], [22, 21, 20]),
        range(24, 27),
    ),
    outer_eye_corners=((11,), (19,)),
)

# Wu et al. 2018 (Look at Boundary): a brow is its outline, the upper edge first; the pupils come last.
WFLW98 = Scheme(
    name="wflw98",
    about="WFLW's 98 points",
    count=98,
    parts={
        "jaw": tuple(range(33)),
        "right_brow": tuple(range(33, 42)),
        "left_brow": tuple(range(42, 51)),
        "nose_bridge": tuple(range(51, 55)),
        "nose_base": tuple(range(55, 60)),
        "right_eye": tuple(range(60, 68)),
        "left_eye": tuple(range(68, 76)),
        "outer_lip": tuple(range(76, 88)),
        "inner_lip": tuple(range(88, 96)),
        "right_pupil": (96,),
        "left_pupil": (97,),
    },
    closed=frozenset({"right_brow", "left_brow", "right_eye", "left_eye", "outer_lip", "inner_lip"}),
    mirror=mirrored(
        98,
        range(33),
        (range(33, 38), [46, 45, 44, 43, 42]),
        (range(38, 42), [50, 49, 48, 47]),
        range(55, 60),
        ([60, 61, 62, 63, 64, 65, 66, 67], [72, 71, 70, 69, 68, 75, 74, 73]),
        range(76, 83),
        range(83, 88),
        range(88, 93),
        range(93, 96),
        range(96, 98),
    ),
    outer_eye_corners=((60,), (72,)),
)

# RetinaFace's and ArcFace's five: the middles of the eyes, the tip of the nose, the corners of the mouth.
FIVE = Scheme(
    name="five",
    about="RetinaFace's and ArcFace's five points",
    count=5,
    parts={"right_eye": (0,), "left_eye": (1,), "nose": (2,), "mouth": (3, 4)},
    closed=frozenset(),
    mirror=mirrored(5, range(2), range(3, 5)),
    outer_eye_corners=None,
)

SCHEMES: dict[str, Scheme] = {s.name: s for s in (IBUG68, MANGA60A, MANGA60B, HYSTS28, WFLW98, FIVE)}


def scheme_named(name: str) -> Scheme:
    """The scheme of a name. Raises ValueError that names those there are and the nearest."""
    if name not in SCHEMES:
        near = difflib.get_close_matches(name, SCHEMES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"no scheme {name!r}; there are {', '.join(SCHEMES)}{hint}")
    return SCHEMES[name]
