"""What an output folder already holds: .charaface.jsonl in it says what was made of which input, and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from charaface.cli.inputs import Input

LEDGER = ".charaface.jsonl"


class Ledger:
    """A line for each input that is done; an input is done again when it, its outputs or the options have changed."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        """options: all that has a say in the outputs, as plain values."""
        self._folder = folder
        self._made = hashlib.sha256(json.dumps(options, sort_keys=True, default=str).encode()).hexdigest()[:16]
        self._lines: dict[str, dict[str, Any]] = {}
        try:
            text = (folder / LEDGER).read_text("utf-8", errors="replace")
        except OSError:
            return
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                self._lines[entry["input"] + "\0" + entry["made"]] = entry
            except (ValueError, KeyError, TypeError):
                continue  # a line that an interrupted run left half written

    def holds(self, one: Input) -> bool:
        """Whether the outputs of an input are there, made from it as it is and with these options."""
        entry = self._lines.get(f"{one.name.as_posix()}\0{self._made}", {})
        try:
            return entry["source"] == _state(one.path) and self._outputs(entry["outputs"])
        except (OSError, KeyError, TypeError, ValueError):
            return False

    def add(self, one: Input, outputs: Sequence[Path]) -> None:
        """Remembers that the outputs were made of an input."""
        made = [[path.relative_to(self._folder).as_posix(), *_state(path)] for path in outputs]
        entry = {"input": one.name.as_posix(), "source": _state(one.path), "made": self._made, "outputs": made}
        with (self._folder / LEDGER).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(json.dumps(entry) + "\n")

    def _outputs(self, outputs: Sequence[Sequence[Any]]) -> bool:
        return all(_state(self._folder / name) == list(state) for name, *state in outputs)


def _state(path: Path) -> list[int]:
    """Size and time of change of a file."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
