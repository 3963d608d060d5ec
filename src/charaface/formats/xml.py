"""What the XML formats share: their images read one by one, entities refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from charaface.files import InputError, open_input
from charaface.formats.record import Record

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def quoted(name: str) -> str:
    """A name as the value of an attribute; signs that XML has no place for are written as \\x01 and \\udc80."""
    from xml.sax.saxutils import quoteattr  # which loads a library for addresses

    return quoteattr(_NO_XML.sub(lambda sign: ascii(sign[0])[1:-1], name))


def images(path: str | Path, record: Callable[[Element], Record]) -> Iterator[Record]:
    """A record of each <image>. Raises InputError that names the file, and the image whose record is a ValueError."""
    count = 0
    with open_input(Path(path)) as file:
        try:
            for _, element in iterparse(file, events=("end",)):
                if element.tag == "image":
                    count += 1
                    yield record(element)
                    element.clear()
        except (ParseError, DefusedXmlException, LookupError, UnicodeError) as error:
            raise InputError(f"{path}: is no XML of faces ({error or type(error).__name__})") from error
        except (ValueError, OverflowError) as error:
            raise InputError(f"{path}: image {count}: {error}") from error
