"""What an output folder already holds: .charaface.jsonl in it says what was made of which input, and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from charaface.cli.inputs import Input
from charaface.files import sweep

LEDGER = ".charaface.jsonl"
_BLOCK = 1 << 20  # bytes read at a time: most pictures at once


class Made(NamedTuple):
    """What was made of an input, by content."""

    source: str  # digest of the input
    outputs: list[tuple[str, str]]  # name below the folder and digest of each


def made(one: Input, folder: Path, work: Callable[[], Sequence[Path]]) -> Made | None:
    """Does the work, which names its outputs in the folder.

    None where an input is no file that can be told again, or changed meanwhile.
    """
    before = _stamp(one.path)
    outputs = [(path.relative_to(folder).as_posix(), digest(path) or "") for path in work()]
    source = digest(one.path)  # after the work: what will not do is not read to its end for this
    return Made(source, outputs) if source and before == _stamp(one.path) else None


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def digest(path: Path) -> str | None:
    """The first half of the SHA-256 of a file's bytes; None for what is no plain file or cannot be read."""
    if not path.is_file():
        return None
    try:
        with path.open("rb", buffering=0) as file:
            found, block = hashlib.sha256(), file.read(_BLOCK)
            while block:
                found.update(block)
                block = file.read(_BLOCK)
        return found.hexdigest()[:32]
    except OSError:
        return None


class Ledger:
    """A line for each input that is done; an input is done again when it, its outputs or the options have changed."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        """options: all that has a say in the outputs, as plain values."""
        self._folder = folder
        self._how = hashlib.sha256(json.dumps(options, sort_keys=True, default=str).encode()).hexdigest()[:16]
        self._lines: dict[str, dict[str, Any]] = {}
        for line in self._whole_lines():
            try:
                entry = json.loads(line)
                self._lines[entry["input"] + "\0" + entry["made"]] = entry
            except (ValueError, KeyError, TypeError):
                continue  # not ours

    def mend(self) -> None:
        """Takes away what a run that was killed left behind: half a line, half-written outputs."""
        sweep(self._folder)
        try:
            with (self._folder / LEDGER).open("r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)
        except OSError:
            return

    def holds(self, one: Input) -> bool:
        """Whether the outputs of an input are there, made from it as it is and with these options."""
        entry = self._lines.get(f"{one.name.as_posix()}\0{self._how}")
        try:
            return entry is not None and self._intact(entry["outputs"]) and entry["source"] == digest(one.path)
        except (KeyError, TypeError, ValueError):
            return False

    def add(self, one: Input, done: Made) -> None:
        """Remembers what was made of an input."""
        entry = {"input": one.name.as_posix(), "source": done.source, "made": self._how, "outputs": done.outputs}
        with (self._folder / LEDGER).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(json.dumps(entry) + "\n")

    def _intact(self, outputs: Sequence[Sequence[str]]) -> bool:
        return all(digest(self._folder / name) == content for name, content in outputs)

    def _whole_lines(self) -> list[str]:
        try:
            text = (self._folder / LEDGER).read_text("utf-8", errors="replace")
        except OSError:
            return []
        return text.split("\n")[:-1]
