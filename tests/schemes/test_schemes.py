"""Schemes: which number is which part, where it goes in a mirror, and which scheme some points are of."""

from __future__ import annotations

import re
from itertools import combinations
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from charaface.cli import options
from charaface.schemes import FIVE, HYSTS28, IBUG68, MANGA60A, MANGA60B, SCHEMES, WFLW98, Scheme, scheme_of, table
from charaface.schemes.convert import average_head

# The order in which each scheme's points come in a mirror, as their authors' own code has it.
HYSTS = {0: 4, 1: 3, 5: 10, 6: 9, 7: 8, 11: 19, 12: 18, 13: 17, 14: 22, 15: 21, 16: 20, 24: 26}
WFLW = {
    0: 32, 8: 24, 15: 17, 33: 46, 37: 42, 38: 50, 39: 49, 40: 48, 41: 47, 55: 59, 56: 58, 60: 72, 61: 71, 62: 70,
    63: 69, 64: 68, 65: 75, 66: 74, 67: 73, 76: 82, 78: 80, 83: 87, 84: 86, 88: 92, 89: 91, 93: 95, 96: 97,
}  # fmt: skip
IBUG = {
    0: 16, 7: 9, 17: 26, 21: 22, 31: 35, 32: 34, 36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46, 48: 54, 49: 53,
    50: 52, 55: 59, 56: 58, 60: 64, 61: 63, 65: 67,
}  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=attrgetter("name"))
def test_a_mirror_twice_is_none_and_changes_left_for_right(scheme: Scheme) -> None:
    assert [scheme.mirror[i] for i in scheme.mirror] == list(range(scheme.count))
    for name, numbers in scheme.parts.items():
        there = {"right": "left", "left": "right"}
        side, _, rest = name.partition("_")
        other = f"{there[side]}_{rest}" if side in there else name
        assert {scheme.mirror[i] for i in numbers} == set(scheme.parts[other])
        assert (name in scheme.closed) == (other in scheme.closed)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=attrgetter("name"))
def test_the_average_face_is_its_own_mirror_image(scheme: Scheme) -> None:
    face = average_head(scheme.name)
    assert face.shape == (scheme.count, 2)
    np.testing.assert_allclose(face[list(scheme.mirror)] * [-1, 1], face, atol=1e-12)
    assert (face[list(scheme.parts["right_eye"])][:, 0] < 0).all()  # its own right is at image left


def crossed(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    """Whether the stretches from a to b and from c to d have a point between their ends in common."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q - p)[0] * (r - p)[1] - (q - p)[1] * (r - p)[0])

    return side(a, b, c) * side(a, b, d) < -1e-12 and side(c, d, a) * side(c, d, b) < -1e-12


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=attrgetter("name"))
def test_a_closed_part_runs_round_without_crossing_itself(scheme: Scheme) -> None:
    face = average_head(scheme.name)
    for name in scheme.closed - {"inner_lip"}:  # the average mouth is shut
        ring = face[list(scheme.parts[name])]
        edges = list(zip(ring, np.roll(ring, -1, axis=0), strict=True))
        assert not [1 for one, other in combinations(edges, 2) if crossed(*one, *other)], name


@pytest.mark.parametrize(
    ("scheme", "pairs"), [(HYSTS28, HYSTS), (WFLW98, WFLW), (IBUG68, IBUG)], ids=["hysts", "wflw", "ibug"]
)
def test_the_mirror_is_that_of_the_authors(scheme: Scheme, pairs: dict[int, int]) -> None:
    for a, b in pairs.items():
        assert (scheme.mirror[a], scheme.mirror[b]) == (b, a)


def test_points_on_the_middle_line_stay_in_a_mirror() -> None:
    middle = {scheme.name: [i for i in range(scheme.count) if scheme.mirror[i] == i] for scheme in SCHEMES.values()}
    assert middle == {
        "ibug68": [8, 27, 28, 29, 30, 33, 51, 57, 62, 66],
        "manga60a": [8, 49, 52, 57],
        "manga60b": [8, 19, 24, 59],
        "hysts28": [2, 23, 25, 27],
        "wflw98": [16, 51, 52, 53, 54, 57, 79, 85, 90, 94],
        "five": [2],
    }


def test_both_orders_of_the_sixty_have_the_same_parts_elsewhere() -> None:
    where = {name: (min(numbers), max(numbers)) for name, numbers in MANGA60B.parts.items()}
    assert where == {
        "jaw": (0, 16), "mouth": (17, 26), "right_eye": (27, 36), "left_eye": (37, 46), "right_brow": (47, 51),
        "left_brow": (52, 56), "right_pupil": (57, 57), "left_pupil": (58, 58), "nose": (59, 59),
    }  # fmt: skip
    assert [len(numbers) for numbers in MANGA60A.parts.values()] == [
        len(MANGA60B.parts[name]) for name in MANGA60A.parts
    ]


def test_a_scheme_with_a_point_too_few_or_a_crooked_mirror_is_refused() -> None:
    with pytest.raises(ValueError, match="each of its 5 points once"):
        Scheme("x", "", 5, {"nose": (0, 1, 2, 3)}, frozenset(), (0, 1, 2, 3, 4), None)
    with pytest.raises(ValueError, match="mirroring x twice"):
        Scheme("x", "", 3, {"nose": (0, 1, 2)}, frozenset(), (1, 2, 0), None)
    with pytest.raises(ValueError, match="closes parts that it does not have: "):
        Scheme("x", "", 1, {"nose": (0,)}, frozenset({"eye"}), (0,), None)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=attrgetter("name"))
def test_points_are_known_by_their_number_or_by_a_word(scheme: Scheme) -> None:
    assert scheme_of(range(scheme.count), "points", scheme.name) == scheme.name
    if scheme.count != 60:
        assert scheme_of(range(scheme.count), "points") == scheme.name


@pytest.mark.parametrize(
    ("numbers", "scheme", "wrong"),
    [
        (range(60), None, r"60 points are manga60a or manga60b; say which with --from-scheme \(scheme= in Python\)"),
        (range(60), "wflw98", "60 points; wflw98 has 98"),
        (range(60), "manga60c", "no scheme 'manga60c'; there are ibug68, .*; did you mean manga60"),
        (range(67), None, r"67 points; those of 68 \(ibug68\), .*, numbered from 0, are known"),
        (range(1, 69), None, "68 points; those of"),
        (range(67), "ibug68", "67 points; those of"),
    ],
)
def test_points_of_no_scheme_are_told_which_there_are(numbers: range, scheme: str | None, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        scheme_of(numbers, "points", scheme)


def test_the_command_line_knows_the_schemes() -> None:
    assert tuple(SCHEMES) == options.SCHEMES


def test_five_are_eyes_nose_and_corners_of_the_mouth() -> None:
    eyes, nose, mouth = np.split(average_head(FIVE.name), [2, 3])
    assert eyes[0, 0] < 0 < eyes[1, 0]
    assert eyes[:, 1].max() < nose[0, 1] < mouth[:, 1].min()
    assert mouth[0, 0] < 0 < mouth[1, 0]


def test_the_documents_list_the_schemes_as_they_are() -> None:
    page = (Path(__file__).parents[2] / "docs/schemes.md").read_text(encoding="utf-8")
    assert table() in page
    for scheme in SCHEMES.values():
        section = re.search(rf"^- `{scheme.name}`: (.*?)(?=^- |\Z)", page, re.DOTALL | re.MULTILINE)
        assert section
        for first, last in ((min(part), max(part)) for part in scheme.parts.values()):
            assert re.search(rf"\b{first}\b" if first == last else rf"\b{first}(-| and ){last}\b", section[1])
