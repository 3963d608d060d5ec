"""What the XML formats share: their images read one by one, entities refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from charaface.files import InputError, open_input
from charaface.formats.record import Problem, Record, tried

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STEP = 1 << 16  # bytes read at a time


def quoted(name: str) -> str:
    """A name as the value of an attribute; signs that XML has no place for are written as \\x01 and \\udc80."""
    from xml.sax.saxutils import quoteattr  # which loads a library for addresses

    return quoteattr(_NO_XML.sub(lambda sign: ascii(sign[0])[1:-1], name))


def images(
    path: str | Path, record: Callable[[Element], Record], problem: Problem | None = None, *, texts: bool = False
) -> Iterator[Record]:
    """A record of each <image>, whose elements have their texts or no more than their attributes.

    Raises InputError that names the file, and the image whose record is a ValueError.
    """
    for count, element in enumerate(_elements(Path(path), texts=texts), 1):
        found = tried(partial(_made, element, record, f"{path}: image {count}"), problem)
        if found is not None:
            yield found


def _made(element: Element, record: Callable[[Element], Record], place: str) -> Record:
    try:
        return record(element)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{place}: {error}") from error


class _Entities(ValueError):
    """A document that declares entities, which can grow without end or lead elsewhere."""


def _elements(path: Path, *, texts: bool) -> Iterator[Element]:
    """Each <image> of a file with what is in it; nothing else is kept in memory."""
    images, wrong = _Images(texts=texts), None
    with open_input(path) as file:
        more = True
        while more and not wrong:
            step = file.read(_STEP)
            more = bool(step)
            try:
                images.parser.Parse(step, not more)
            except (expat.ExpatError, _Entities, LookupError, UnicodeError) as error:
                wrong = error
            yield from images.taken()  # those before what is wrong too
    if wrong:
        raise InputError(f"{path}: is no XML of faces ({str(wrong) or type(wrong).__name__})") from wrong


class _Images:
    """Builds the <image> elements of what its parser is fed with."""

    def __init__(self, *, texts: bool) -> None:
        self._texts = texts
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._outside
        self.parser.EntityDeclHandler = self._refused
        self.parser.UnparsedEntityDeclHandler = self._refused
        self.parser.ExternalEntityRefHandler = self._refused
        self._found: list[Element] = []

    def taken(self) -> list[Element]:
        """Those that are complete and were not taken yet."""
        found, self._found = self._found, []
        return found

    def _refused(self, *_: object) -> int:
        raise _Entities("it declares entities, which are refused")

    def _outside(self, tag: str, attributes: dict[str, str]) -> None:
        if tag != "image":
            return
        builder = TreeBuilder()
        root = builder.start(tag, attributes)

        def end(tag: str) -> None:
            if builder.end(tag) is root:
                self._found.append(root)
                self.parser.StartElementHandler = self._outside
                self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

        self.parser.StartElementHandler = builder.start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = builder.data if self._texts else None
