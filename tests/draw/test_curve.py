"""The mood of a clip as a plot: known numbers at known places."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from charaface.draw import MoodCurve
from charaface.draw.curve import MOST, _ticks
from charaface.draw.plate import Area, Line, Words
from charaface.draw.style import EXPRESSION_COLOURS, rgb
from charaface.face import EXPRESSIONS, Emotion, Face
from charaface.files import OutputError
from charaface.image import load

LEFT, RIGHT = 56, 960 - 24  # where the axis of time begins and ends
TOP, BOTTOM = 58 + 30, 58 + 30 + 130  # of the first panel


def face(track: int | None, **probabilities: float) -> Face:
    label = max(probabilities, key=probabilities.__getitem__)
    return Face([0, 0, 9, 9], track=track, emotion=Emotion(label, probabilities))


def curve(clip: Sequence[Sequence[Face]], step: float = 0.5) -> MoodCurve:
    out = MoodCurve("a clip")
    for i, faces in enumerate(clip):
        out.add(i * step, faces)
    return out


def lines(made: MoodCurve, label: str) -> list[list[tuple[float, float]]]:
    """The strokes of an expression, without the legend's."""
    colour = EXPRESSION_COLOURS[label]
    strokes = [part for part in made.plate().parts if isinstance(part, Line) and part.colour == colour]
    return [list(stroke.points) for stroke in strokes[1:]]


def test_a_line_goes_through_the_numbers() -> None:
    happy = [0.0, 0.25, 1.0, 0.5, 0.75]
    made = curve([[face(0, happy=p, sad=1 - p)] for p in happy])
    (line,) = lines(made, "happy")
    assert [x for x, _ in line] == pytest.approx([LEFT + (RIGHT - LEFT) * i / 4 for i in range(5)])
    assert [(BOTTOM - y) / 130 for _, y in line] == pytest.approx(happy)
    (sad,) = lines(made, "sad")
    assert [(BOTTOM - y) / 130 for _, y in sad] == pytest.approx([1 - p for p in happy])
    (fear,) = lines(made, "fear")  # of which nothing was said
    assert {y for _, y in fear} == {float(BOTTOM)}


def test_every_expression_has_a_line_and_a_name_and_every_face_a_panel() -> None:
    made = curve([[face(3, happy=1.0), face(7, sad=1.0)]] * 4)
    words = [part.text for part in made.plate().parts if isinstance(part, Words)]
    assert {"a clip", "face 3", "face 7", "seconds", "0", "1", "0 %", "50 %", "100 %", *EXPRESSIONS} <= set(words)
    assert all(len(lines(made, name)) == 2 for name in EXPRESSIONS)
    first, second = lines(made, "happy")
    assert {y for _, y in first} == {float(TOP)}
    assert {y for _, y in second} == {float(BOTTOM + 30 + 130)}


def test_a_line_breaks_where_the_face_was_away_and_one_moment_is_a_dot() -> None:
    here = [face(0, happy=1.0)]
    made = curve([here, here, [], here, [], [], here, here, here], step=0.1)
    assert [len(line) for line in lines(made, "happy")] == [2, 1, 3]
    assert made.plate().svg().count("<polyline") > 0
    assert made.plate().picture().shape == ((BOTTOM + 48) * 2, 1920, 3)


def test_the_strip_has_the_colour_of_the_likeliest_expression() -> None:
    made = curve([[face(0, **{name: 1.0})] for name in ("happy", "happy", "sad", "sad", "sad")])
    first, second = (part for part in made.plate().parts if isinstance(part, Area))
    assert (first.colour, second.colour) == (EXPRESSION_COLOURS["happy"], EXPRESSION_COLOURS["sad"])
    assert (first.x, first.x + first.width, second.x + second.width) == pytest.approx((LEFT, (LEFT + RIGHT) / 2, RIGHT))


def test_only_the_faces_seen_longest_have_panels_and_the_others_are_counted() -> None:
    clip = [[face(track, happy=1.0) for track in range(MOST + 3) if track <= i] for i in range(20)]
    words = [part.text for part in curve(clip).plate().parts if isinstance(part, Words)]
    assert [text for text in words if text.startswith("face ")] == [f"face {track}" for track in range(MOST)]
    assert any("and 3 more" in text for text in words)


def test_a_face_seen_for_a_moment_has_no_panel_beside_one_that_stays() -> None:
    clip = [[face(0, happy=1.0), *([face(1, sad=1.0)] if i < 2 else [])] for i in range(60)]
    words = [part.text for part in curve(clip).plate().parts if isinstance(part, Words)]
    assert [text for text in words if text.startswith("face ")] == ["face 0"]
    assert any("and 1 more" in text for text in words)


def test_a_long_clip_is_thinned_and_keeps_its_means() -> None:
    made = curve([[face(0, happy=(i % 10) / 10)] for i in range(12_000)], step=0.04)
    (line,) = lines(made, "happy")
    assert len(line) == 1200
    assert np.mean([(BOTTOM - y) / 130 for _, y in line]) == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("begin", "end", "wanted"),
    [
        (0, 1, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
        (0, 7.9, [0, 1, 2, 3, 4, 5, 6, 7]),
        (3.3, 12, [4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (0, 95, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]),
        (5, 5, [5]),
    ],
)
def test_ticks_are_round_and_few(begin: float, end: float, wanted: list[float]) -> None:
    found = _ticks(begin, end)
    assert len(found) <= 11
    assert found == pytest.approx(wanted)


def test_a_day_has_ticks_too() -> None:
    assert 2 <= len(_ticks(0, 86_400)) <= 25


def test_picture_and_svg_show_the_same(tmp_path: Path) -> None:
    made = curve([[face(0, happy=0.75, sad=0.25)]] * 5)
    picture, text = load(made.save(tmp_path / "mood.png")), made.save(tmp_path / "mood.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)
    assert (int(root.get("width", 0)) * 2, int(root.get("height", 0)) * 2) == picture.shape[1::-1]
    for label, share in (("happy", 0.75), ("sad", 0.25)):
        y = round(2 * (BOTTOM - 130 * share))
        column = picture[2 * TOP : 2 * BOTTOM, 1000]
        rows = np.flatnonzero((np.abs(column.astype(int) - rgb(EXPRESSION_COLOURS[label])) < 12).all(axis=1)) + 2 * TOP
        assert np.abs(rows - y).max() <= 3
        assert f",{BOTTOM - 130 * share:.2f}" in text
    assert sum(1 for one in root.iter() if one.tag.endswith("text") and one.text in EXPRESSIONS) == 7


def test_a_title_of_any_signs_is_no_code(tmp_path: Path) -> None:
    made = MoodCurve("<b>&젠이치")
    made.add(0.0, [face(0, happy=1.0)])
    root = ElementTree.fromstring(made.save(tmp_path / "a.svg").read_text("utf-8"))
    assert "<b>&젠이치" in [one.text for one in root.iter()]
    made.save(tmp_path / "a.png")


def test_with_nothing_to_draw_it_says_so(tmp_path: Path) -> None:
    made = curve([[], [Face([0, 0, 9, 9], track=0)], [face(None, happy=1.0)]])
    assert not made
    with pytest.raises(OutputError, match="no curve to draw"):
        made.save(tmp_path / "a.png")
    with pytest.raises(OutputError, match=r"pictures end on"):
        curve([[face(0, happy=1.0)]]).save(tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []
