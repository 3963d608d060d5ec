"""JSON that is read item by item is the JSON that Python reads at once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charaface.formats import stream
from charaface.formats.stream import items, loaded

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
LISTS = {"a": "id", "b": "of"}


def read(data: bytes) -> dict[str, Any]:
    """The object, put together from its items."""
    out: dict[str, Any] = {}
    file = io.BytesIO(data)
    for item in list(items(file, LISTS)):
        if item.number:
            out[item.key].append(loaded(file, item.start, item.size))
            assert len(out[item.key]) == item.number
        else:
            out[item.key] = loaded(file, item.start, item.size) if item.size else []
    return out


@given(
    table=st.dictionaries(st.sampled_from(["a", "b", "c", 'd"\\{']), VALUES | st.lists(VALUES, max_size=4)),
    step=st.integers(1, 40),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_is_read_by_items_is_what_is_read_at_once(
    table: dict[str, Any], step: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(table, indent=indent, ensure_ascii=ascii_only).encode()
    before, stream._STEP = stream._STEP, step
    try:
        assert read(data) == json.loads(data)
    finally:
        stream._STEP = before


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ('{"id": 7, "x": [1, "}"]}', {"id": 7}),
        ('{"x": {"id": 9}, "id": 7}', {"x": {"id": 9}, "id": 7}),
        ('{"id": 7, "id": 8}', {"id": 8}),
        (r'{"x": "\"id\": 9,", "id": 7}', {"id": 7}),
        ('{"id": "7"}', {"id": "7"}),
        ('{"id": 7.5}', {"id": 7.5}),
        ('{"id": -7}', {"id": -7}),
    ],
)
def test_the_field_that_is_asked_for_is_that_of_the_item(item: str, value: Any) -> None:
    _, found = items(io.BytesIO(f'{{"a": [{item}]}}'.encode()), LISTS)
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting '{': line 1 column 1"),
        ("[]", "Expecting '{': line 1 column 1"),
        ("{", "Expecting .*column 2"),
        ("{7: 1}", "column 2"),
        ('{"a": 1,}', "line 1 column 9"),
        ('\n{"a" 1}', "line 2 column 6"),
        ('{"a": [1 2]}', "Expecting ',' or ']': line 1 column 10"),
        ('{"a": [1,]}', "Expecting value: line 1 column 10"),
        ('{"a":\n [1,\n tru]}', "Expecting value: line 3 column 2"),
        ('{"a": []} x', "more behind its end: line 1 column 11"),
        ('{"a": [{"id": 1}, {"id": "', "Unterminated string.*: line 1 column 26"),
    ],
)
@pytest.mark.parametrize("step", [1, 1 << 18])
def test_what_is_no_json_is_told_with_line_and_column(
    text: str, said: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_STEP", step)
    with pytest.raises(ValueError, match=said):
        list(items(io.BytesIO(text.encode()), LISTS))


def test_an_item_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_LONGEST", 1000)
    monkeypatch.setattr(stream, "_STEP", 100)
    with pytest.raises(ValueError, match="one value of more than 1,000 bytes"):
        list(items(io.BytesIO(b'{"a": ["' + b"x" * 5000), LISTS))
