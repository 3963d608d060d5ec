"""JSON too large to be held: one object whose long lists are read item by item, each with its place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from charaface.formats.jsonl import no_number

_STEP = 1 << 18  # bytes read at a time
_LONGEST = 1 << 26  # bytes of one item: a picture with a thousand faces takes a tenth of it
_WORD = 64  # signs: more than what can be a number or a word cut short
_SPACE = re.compile(r"[ \t\n\r]*")
# only where items begin and end is asked: numbers may be NaN, and of more digits than Python's int takes
_FLAT = re.compile(r'\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+")*+\}')  # a table with no table in it
_QUICK, _PATIENT = json.JSONDecoder(), json.JSONDecoder(parse_int=str)
_STRICT = json.JSONDecoder(parse_constant=no_number)


class Item(NamedTuple):
    """A value of the object, or one of a list in it."""

    key: str  # as of Latin-1
    number: int  # in its list, from 1; 0 for a value that is in none, and for the list itself, empty, before its items
    value: Any  # as of Latin-1, numbers unchecked, and maybe of one key alone: loaded() reads it as it is
    start: int  # bytes from the beginning of the file
    size: int


def items(file: BinaryIO, lists: Mapping[str, str]) -> Iterator[Item]:
    """All that an object holds, in the order of the file; of these lists one item after another.

    lists: the key of each, to the only key of its items that is asked for: where that is a number it is found without
    reading the rest of the item, which may be no JSON then. Raises ValueError with line and column for what is no JSON.
    """
    text = _Text(file)
    text.take("{")
    if text.peek() == "}":
        text.take("}")
    else:
        while True:
            key = text.value()[0] if text.peek() == '"' else text.take('"')
            text.take(":")
            yield from _of_key(str(key), text, lists)
            if text.take(",}") == "}":
                break
    if text.peek():
        raise text.error("more behind its end")


def loaded(file: BinaryIO, start: int, size: int) -> Any:
    """One value of a file. Raises ValueError for NaN and for text that is no UTF-8."""
    file.seek(start)
    return _STRICT.decode(file.read(size).decode())


def _of_key(key: str, text: _Text, lists: Mapping[str, str]) -> Iterator[Item]:
    if key not in lists or text.peek() != "[":
        yield Item(key, 0, *text.value())
        return
    text.take("[")
    field, number_of = lists[key], re.compile(rf'"{lists[key]}"[ \t\n\r]*:[ \t\n\r]*(\d{{1,18}})[ \t\n\r]*[,}}]')
    yield Item(key, 0, [], 0, 0)
    if text.peek() == "]":
        text.take("]")
        return
    number = 0
    while True:
        number += 1
        yield Item(key, number, *text.value(field, number_of))
        if text.take(",]") == "]":
            return


class _Text:
    """What of a file is being looked at: one sign a byte, whatever they spell."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._text, self._at = file, "", 0
        self._base = self._lines = self._line = 0  # bytes, lines and bytes of these lines before the text
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        self._base = self._line = file.tell()

    def peek(self) -> str:
        """The next sign that is no space; nothing at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """The next sign that is no space. Raises ValueError where it is none of these."""
        sign = self.peek()
        if not sign or sign not in wanted:
            raise self.error(f"Expecting {' or '.join(map(repr, wanted))}")
        self._at += 1
        return sign

    def value(self, field: str = "", number_of: re.Pattern[str] | None = None) -> tuple[Any, int, int]:
        """The next value, where it begins and how many bytes it has; of a flat table a field alone, if it is a number
        that number_of finds once."""
        self.peek()
        while True:
            flat = number_of and _FLAT.match(self._text, self._at)
            found = number_of.findall(flat[0]) if flat and number_of else []
            try:
                value, end = ({field: int(found[0])}, flat.end()) if flat and len(found) == 1 else self._decoded()
            except json.JSONDecodeError as error:
                cut = len(self._text) - error.pos < _WORD or error.msg.startswith("Unterminated string")
                if not (cut and self._more()):
                    raise self.error(error.msg, error.pos) from None
                continue
            if end < len(self._text) or not self._more():  # at its end a number may go on
                start, self._at = self._at, end
                return value, self._base + start, end - start

    def error(self, what: str, at: int | None = None) -> ValueError:
        """What is wrong there, with line and column."""
        at = self._at if at is None else at
        lines, last = self._text.count("\n", 0, at), self._text.rfind("\n", 0, at)
        column = at - last if lines else self._base + at - self._line + 1
        return ValueError(f"{what}: line {self._lines + lines + 1} column {column}")

    def _decoded(self) -> tuple[Any, int]:
        try:
            return _QUICK.raw_decode(self._text, self._at)
        except json.JSONDecodeError:
            raise
        except ValueError:
            return _PATIENT.raw_decode(self._text, self._at)

    def _more(self) -> bool:
        """Lets go of what was taken and reads on; False at the end of the file."""
        rest = self._text[self._at :]
        if len(rest) > _LONGEST:
            raise self.error(f"one value of more than {_LONGEST:,} bytes")
        step = self._file.read(max(_STEP, len(rest)))
        if not step:
            return False
        lines = self._text.count("\n", 0, self._at)
        if lines:
            self._lines += lines
            self._line = self._base + self._text.rfind("\n", 0, self._at) + 1
        self._base += self._at
        self._text, self._at = rest + step.decode("latin-1"), 0
        return True
