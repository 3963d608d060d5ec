"""JSON lines: one object a frame, the same that the commands print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn, TextIO

from charaface.files import InputError, atomic, lines, open_input
from charaface.formats.record import Problem, Record, Write, tried

LACKS: frozenset[str] = frozenset()


def line(record: Record) -> str:
    """One record as one line of text, without its end."""
    values = record.to_dict()
    text = json.dumps(values, ensure_ascii=False, allow_nan=False)
    return text if is_text(text) else json.dumps(values, allow_nan=False)


def is_text(name: str) -> bool:
    """Whether UTF-8 can write it; a file name that is no text at all can only be escaped."""
    return name.isascii() or not any("\ud800" <= c <= "\udfff" for c in name)


def writer(file: TextIO, _scheme: str | None = None) -> Write:
    """Adds records to an open text file, each to be read as soon as it is written; any scheme goes."""

    def write(record: Record) -> None:
        file.write(line(record) + "\n")
        file.flush()

    return write


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file, one by one. Raises InputError that names file and line."""
    with open_input(Path(path)) as file:
        for number, text in enumerate(lines(file, str(path)), 1):
            record = tried(partial(_record, text, f"{path}:{number}"), problem) if text.strip() else None
            if record is not None:
                yield record


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file of records, all of it or nothing, and returns its path."""
    path = Path(path)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line(record) + "\n" for record in records)
    return path


def _record(text: bytes, place: str) -> Record:
    try:
        return Record.from_dict(json.loads(text.decode("utf-8-sig"), parse_constant=no_number))
    except KeyError as error:
        raise InputError(f"{place}: a record needs {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise InputError(f"{place}: is no record of faces ({error})") from error


def no_number(text: str) -> NoReturn:
    """Refuses NaN and infinities, which Python reads and JSON does not know."""
    raise ValueError(f"{text} is no number of JSON")
