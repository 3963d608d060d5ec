"""Many inputs: one that fails does not stop the others, and what is done is not done again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from charaface.cli.done import Ledger
from charaface.cli.inputs import Input, check_inputs, collect, output_folder
from charaface.cli.pool import Message, Work, attempt, processes, side_by_side
from charaface.cli.screen import Screen
from charaface.files import MOVING

_ENOUGH = 8  # pictures that are worth starting a process for, which takes as long


@dataclass(frozen=True)
class Place:
    """Where outputs go: a folder, or one file."""

    folder: Path | None
    file: Path | None

    def of(self, one: Input, suffix: str | None = None) -> Path:
        """The output of an input, with another suffix behind its name where one is given."""
        if self.folder is None:
            if self.file is None:
                raise ValueError("there is no place for outputs")
            return self.file
        path = self.folder / one.name
        return path if suffix is None else path.with_name(path.name + suffix)

    def made(self, one: Input, suffix: str | None = None) -> Path:
        """The same, its folder made."""
        path = self.of(one, suffix)
        if self.folder is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def numbered(self, one: Input, written: Sequence[Path], number: int, track: int | None, frame: int) -> Path:
        """The output of one of several faces of an input, of which some are written, its folder made.

        In a folder NAME-NUMBER.png, or NAME-FRAME-TRACK.png of a clip; else the file, then FILE-2, FILE-3.
        """
        path = self.made(one)
        if self.folder is not None:
            return path.with_name(f"{one.name.stem}-{number if track is None else f'{frame:05d}-{track}'}.png")
        return path.with_name(f"{path.stem}-{len(written) + 1}{path.suffix}") if written else path


class Job:
    """Inputs, where their outputs go, and how many are worked on at a time."""

    def __init__(self, paths: Sequence[Path], output: str | None, workers: int | None = None, *, dry: bool = False):
        """Raises InputError where there is no input at all, OutputError where output will not do."""
        folder = output_folder(paths, output, make=not dry)
        self.place = Place(folder, None if output is None else Path(output))
        self.inputs, self.problems = collect(paths, folder)
        check_inputs(self.inputs, self.problems)
        self.alone = len(self.inputs) == 1 and folder is None
        self._workers, self._dry = workers, dry

    def run(
        self,
        work: Work,
        options: dict[str, Any],
        target: Callable[[Input], Path] | None = None,
        *,
        out: Callable[[Any], Any] | None = None,
        bars: bool = True,
    ) -> int:
        """Does the work on every input; returns the exit status.

        options: all that has a say in the outputs. In a folder, inputs whose outputs are there already are passed
        over. target: the output of an input, for --dry-run. out: takes what work gives. bars: there may be some,
        where standard error is a terminal.
        """
        ledger = None if self.place.folder is None else Ledger(self.place.folder, options)
        left = [one for one in self.inputs if ledger is None or not ledger.holds(one)]
        if self._dry:
            return self._tell(left, target)
        if ledger:
            ledger.mend()
        names = {str(one.path): one.label for one in left if one.label}
        with Screen(len(left), names, quiet=not bars) as screen:
            for problem in self.problems:
                screen.say(f"error: {problem}")
            if len(left) < len(self.inputs):
                screen.say(f"{len(self.inputs) - len(left)} of {len(self.inputs)} done before")
            ear = _Ear(screen, ledger, out)
            self._work(work, left, ear)
            bad = ear.failed + len(self.problems)
            if bad > 1:
                screen.say(f"{bad} of {len(self.inputs) + len(self.problems)} failed")
        return 0 if not bad else 1 if ear.failed < len(self.inputs) else 2

    def _work(self, work: Work, left: Sequence[Input], ear: _Ear) -> None:
        count, folder = self._count(left), self.place.folder
        if count > 1:
            with closing(side_by_side(work, left, folder, count)) as told:
                for one, message in told:
                    ear.hear(one, message)
            return
        for one in left:
            ear.begin(one)
            attempt(work, one, folder, lambda message, one=one: ear.hear(one, message))  # type: ignore[misc]

    def _count(self, left: Sequence[Input]) -> int:
        """How many processes are worth it; 1 is this one."""
        if self.alone or os.environ.get("CHARAFACE_DEBUG"):
            return 1
        if self._workers:
            return min(processes(self._workers), len(left))
        load = sum(_ENOUGH / 2 if one.path.suffix.lower() in MOVING else 1 for one in left)
        return max(1, min(processes(), int(load / _ENOUGH), len(left)))

    def _tell(self, left: Sequence[Input], target: Callable[[Input], Path] | None) -> int:
        """Prints what would be done."""
        for one in left:
            click.echo(f"{one.shown} -> {target(one)}" if target and self.place.file else one.shown)
        for problem in self.problems:
            click.echo(f"error: {problem}", err=True)
        click.echo(f"{len(left)} to do, {len(self.inputs) - len(left)} of {len(self.inputs)} done before", err=True)
        return 1 if self.problems else 0


class _Ear:
    """Hears what is told of inputs: words go to the screen, results to who wants them, what is made to the ledger."""

    def __init__(self, screen: Screen, ledger: Ledger | None, out: Callable[[Any], Any] | None) -> None:
        self._screen, self._ledger, self._out = screen, ledger, out
        self.failed = 0

    def begin(self, one: Input) -> None:
        self._screen.progress(Path(one.shown), 0, None)

    def hear(self, one: Input, message: Message) -> None:
        kind, value = message
        if kind == "say":
            self._screen.say(value)
        elif kind == "progress":
            self._screen.progress(Path(one.shown), *value)
        elif kind == "give" and self._out:
            self._out(value)
        elif kind == "failed":
            self.failed += 1
            self._screen.say(f"error: {value}")
        elif kind == "made" and self._ledger and value:
            self._ledger.add(one, value)
        if kind in ("made", "failed"):
            self._screen.finish(Path(one.shown))
