"""What the XML formats share: their images read one by one, entities refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from charaface.files import InputError, open_input
from charaface.formats.record import Record


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
