"""Words and progress on standard error."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from charaface.files import plain

_EVERY = 10.0  # seconds from one line of progress to the next where there are no bars


class Screen:
    """Bars with rate and time left where standard error is a terminal, a line now and then elsewhere."""

    def __init__(self, files: int, names: dict[str, str] | None = None, *, quiet: bool = False) -> None:
        """names: what stands in words in place of a path. quiet: no bars, because results go to the same terminal."""
        self._files, self._names = files, names or {}
        self._bars: Any = None
        self._terminal = sys.stderr.isatty()
        self._quiet = quiet or not self._terminal
        self._all: Any = None
        self._ones: dict[Path, Any] = {}  # a bar for each file that is being worked on
        self._done, self._begun = 0, time.monotonic()
        self._told = self._begun

    def __enter__(self) -> Screen:
        if not self._quiet and self._files:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            text = TextColumn("{task.description}", markup=False)
            rate = TextColumn("{task.fields[rate]}", markup=False)
            columns = (text, BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), rate)
            console = Console(stderr=True)
            self._bars = Progress(*columns, console=console, redirect_stdout=False, transient=True)
            self._bars.start()
            self._all = self._bars.add_task("files", total=self._files, rate="") if self._files > 1 else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def say(self, line: str) -> None:
        """A line of words."""
        for path, name in self._names.items():
            line = line.replace(path, name)
        line = plain(line)
        if self._bars:
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def progress(self, path: Path, done: int, total: int | None) -> None:
        """Frames done of a file, and frames in all where that is known."""
        self.stage(path, path.name.encode("utf-8", "replace").decode(), done, total)

    def stage(self, path: Path, what: str, done: int, total: int | None) -> None:
        """What is being done with a file, and how much of it."""
        if not self._bars:
            return
        if path in self._ones:
            self._bars.update(self._ones[path], description=what, completed=done, total=total)
        else:
            self._ones[path] = self._bars.add_task(what, completed=done, total=total, rate="")

    def finish(self, path: Path) -> None:
        """A file is done."""
        self._done += 1
        now = time.monotonic()
        rate = self._done / max(now - self._begun, 1e-3)
        if self._bars:
            if path in self._ones:
                self._bars.remove_task(self._ones.pop(path))
            if self._all is not None:
                self._bars.update(self._all, completed=self._done, rate=f"{rate:.1f} a second")
        elif not self._terminal and self._done < self._files and now - self._told > _EVERY:
            self._told = now
            left = (self._files - self._done) / rate
            self.say(f"{self._done} of {self._files} files, {rate:.1f} a second, {left:.0f} seconds left")
