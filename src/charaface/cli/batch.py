"""Many inputs one after another: one that fails does not stop the others, and what is done is not done again."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from charaface.cli.done import Ledger
from charaface.cli.inputs import Input, check_inputs, collect, output_folder
from charaface.files import DamageWarning

Work = Callable[[Input, "Screen"], Sequence[Path]]  # makes the outputs of an input and names them


class Job:
    """Inputs, and where their outputs go."""

    def __init__(self, paths: Sequence[Path], output: str | None) -> None:
        """Raises InputError where there is no input at all, OutputError where output will not do."""
        self.folder = output_folder(paths, output)
        self.output = None if output is None else Path(output)
        self.inputs, self.problems = collect(paths, self.folder)
        check_inputs(self.inputs, self.problems)

    def place(self, one: Input, suffix: str | None = None) -> Path:
        """The output of an input, with another suffix where one is given; its folder is made."""
        if self.folder is None:
            if self.output is None:
                raise ValueError("this job has no output")
            return self.output
        path = self.folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path if suffix is None else path.with_name(path.name + suffix)

    def run(self, work: Work, options: dict[str, Any], *, results_on_stdout: bool = False) -> int:
        """Does the work on every input; returns the exit status.

        options: all that has a say in the outputs. In a folder, inputs whose outputs are there already are passed over.
        """
        ledger = None if self.folder is None else Ledger(self.folder, options)
        left = [one for one in self.inputs if ledger is None or not ledger.holds(one)]
        before, failed = len(self.inputs) - len(left), 0
        names = {str(one.path): one.label for one in left if one.label}
        with Screen(len(left), names, quiet=results_on_stdout and sys.stdout.isatty()) as screen, _heard(screen):
            for problem in self.problems:
                screen.say(f"error: {problem}")
            if before:
                screen.say(f"{before} of {len(self.inputs)} done before")
            for one in left:
                screen.start(Path(one.shown))
                try:
                    outputs = work(one, screen)
                    if ledger:
                        ledger.add(one, outputs)
                except (Exception, RecursionError) as error:
                    if isinstance(error, BrokenPipeError) or os.environ.get("CHARAFACE_DEBUG"):
                        raise
                    failed += 1
                    screen.say(f"error: {_named(one.path, error)}")
                screen.finish()
        bad = failed + len(self.problems)
        return 0 if not bad else 1 if failed < len(self.inputs) else 2


def _named(path: Path, error: Exception) -> str:
    """What went wrong, with the name of the file in it."""
    if isinstance(error, (ValueError, OSError)):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "does not fit in memory; make it smaller first"
    else:
        text = f"unexpected {type(error).__name__}: {error}; CHARAFACE_DEBUG=1 shows where"
    return text if str(path) in text else f"{path}: {text}"


@contextmanager
def _heard(screen: Screen) -> Iterator[None]:
    """Turns warnings about damaged files into words on the screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", DamageWarning)
        shown = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, DamageWarning):
                screen.say(f"warning: {message}")
            else:
                shown(message, category, *rest, **more)

        warnings.showwarning = show
        yield


class Screen:
    """Words and progress on standard error; bars with the time left only where that is a terminal."""

    def __init__(self, files: int, names: dict[str, str] | None = None, *, quiet: bool = False) -> None:
        """names: what stands in words in place of a path. quiet: no bars, because results go to the same terminal."""
        self._files, self._names = files, names or {}
        self._bars: Any = None
        self._quiet = quiet or not sys.stderr.isatty()
        self._all: Any = None
        self._one: Any = None

    def __enter__(self) -> Screen:
        if not self._quiet and self._files:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            text = TextColumn("{task.description}", markup=False)
            columns = (text, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            console = Console(stderr=True)
            self._bars = Progress(*columns, console=console, redirect_stdout=False, transient=True)
            self._bars.start()
            self._all = self._bars.add_task("files", total=self._files) if self._files > 1 else None
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
        if self._bars:
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def start(self, path: Path) -> None:
        """An input begins."""
        if self._bars:
            self._one = self._bars.add_task(path.name.encode("utf-8", "replace").decode(), total=None)

    def progress(self, done: int, total: int | None) -> None:
        """Frames done of the present input, and frames in all where that is known."""
        if self._bars:
            self._bars.update(self._one, completed=done, total=total)

    def stage(self, what: str, done: int, total: int) -> None:
        """What is being done, and how much of it."""
        if self._bars and self._one is None:
            self._one = self._bars.add_task(what, total=total)
        if self._bars:
            self._bars.update(self._one, description=what, completed=done, total=total)

    def finish(self) -> None:
        """An input is done."""
        if self._bars:
            self._bars.remove_task(self._one)
            if self._all is not None:
                self._bars.advance(self._all)
