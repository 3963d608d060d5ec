"""There and back for faces nobody thought of: whatever a format holds comes back from it."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charaface.face import EXPRESSIONS, Emotion, Face, Landmarks, Pose
from charaface.formats import FORMATS, WRITTEN, Record, kept
from charaface.schemes import SCHEMES

NUMBER = st.floats(-1e4, 1e4, width=32)
SHARE = st.floats(0, 1, width=32)
SIDE = st.floats(0.5, 1e4, width=32)
# no separators, and nothing that a file system takes for another name
NAME = st.text(st.characters(codec="utf-8", exclude_characters='/\\<>:"|?*', exclude_categories=("C",)), min_size=1)


@st.composite
def faces(draw: st.DrawFn, scheme: str) -> Face:
    x, y, width, height = draw(st.tuples(NUMBER, NUMBER, SIDE, SIDE))
    marks = None
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(st.integers(0, 2**32)))
        count = SCHEMES[scheme].count
        points = rng.uniform(-1e4, 1e4, (count, 2)) * draw(st.sampled_from([1e-3, 1e-2, 1, 3]))
        known = rng.permutation(count) < draw(st.sampled_from([2, count]))
        marks = Landmarks(points, rng.random(count) * known, (rng.random(count) > 0.3) & known, scheme)
    return Face(
        np.array([x, y, x + width, y + height]),
        draw(SHARE),
        marks,
        pose=draw(st.none() | st.builds(Pose, NUMBER, NUMBER, NUMBER)),
        emotion=draw(st.none() | st.sampled_from(EXPRESSIONS).map(lambda e: Emotion(e, {e: 1.0}))),
        track=draw(st.none() | st.integers(0, 10**6)),
    )


@st.composite
def records(draw: st.DrawFn, scheme: str) -> Record:
    frame = draw(st.integers(0, 3))
    size = draw(st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)))
    return Record("a.gif", frame, frame / 8, *size, draw(st.lists(faces(scheme), max_size=3)))


def values(given: list[Record]) -> list[float | str | int | bool | None]:
    """All that records hold, in one list."""

    def flat(value: object) -> list:
        if isinstance(value, dict):
            return [x for k, v in value.items() for x in (k, *flat(v))]
        return [x for v in value for x in flat(v)] if isinstance(value, list) else [value]

    return flat([r.to_dict() for r in given])


@pytest.mark.parametrize("name", WRITTEN)
@given(data=st.data(), scheme=st.sampled_from(sorted(SCHEMES)), file=NAME.map(lambda stem: f"x{stem}x.png"))
@settings(max_examples=24, deadline=None, derandomize=True)
def test_whatever_is_written_is_read_back(name: str, data: st.DataObject, scheme: str, file: str) -> None:
    form, record = FORMATS[name], data.draw(records(scheme))
    record = Record(file[-100:], *list(vars(record).values())[1:])
    want = list(kept([record], form.lacks))
    with TemporaryDirectory() as folder:
        path = form.write(f"{folder}/a{form.suffix}", [record])
        if not want:
            return
        got = list(form.read(path, scheme))
    assert len(values(got)) == len(values(want))
    for a, b in zip(values(got), values(want), strict=True):
        assert a == (pytest.approx(b, rel=1e-6, abs=1e-3) if isinstance(b, float) else b)
