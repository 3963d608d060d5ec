"""live: the faces of a camera or clip as they come, into a file, a pipe or a window."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.batch import Job
from charaface.files import plain

if TYPE_CHECKING:
    from charaface.tasks.live import Seen

_EVERY = 10.0  # seconds from one line of words to the next; a terminal has one that changes each second


@click.command()
@click.argument("source", type=options.FilePath, metavar="CAMERA_OR_CLIP")
@options.with_options(
    [
        options.out("A movie or GIF; - for standard output, as Matroska for a player; a window without it."),
        click.option(
            "--every-frame",
            is_flag=True,
            help="Pass over no frame, however late it gets; a clip that is written to a file is never passed over.",
        ),
        click.option(
            "--rate/--no-rate", default=True, show_default=True, help="Draw frames a second and the delay of each."
        ),
    ],
    options.STYLE,
    options.CLIPS,
    options.NETWORKS,
    options.FLIP,
)
def live(source: Path, output: str | None, every_frame: bool, rate: bool, **given: Any) -> int:
    """Draw the faces of a camera, by its number, or of a clip played at its own rate, as they come.

    When the networks cannot keep up the newest frame is drawn and those before it are passed over. Frames a second and
    delay are drawn and printed. Ctrl-C ends it, and what was written is whole.

    \b
    charaface live 0 -o - | ffplay -
    """
    from charaface.tasks.frames import Following
    from charaface.tasks.live import drawn, watch
    from charaface.video import open_clip

    if output == "-" and sys.stdout.isatty():
        raise click.UsageError("-o - writes a movie to standard output: pipe it into a player")
    job = Job((source,), None)
    if len(job.inputs) != 1:
        raise click.UsageError(f"{source}: live takes one camera or clip, these are {len(job.inputs)}")
    style, network, clips = options.style(given), options.networks(given, job), options.clips(given)
    one = job.inputs[0]
    following = Following(
        clips.pop("smooth"),
        clips.pop("every"),
        network.pop("threshold"),
        given["flip"],
        style.tasks,
        network.pop("weights"),
    )
    clip = open_clip(one.path, network["limits"], **clips)
    every_frame = every_frame or (output not in (None, "-") and clip.info.kind != "camera")
    words = _Words(one.shown)
    try:
        seen = watch(clip, following, **network, every_frame=every_frame)
        frames = drawn(seen, style, rate=rate, heard=words.hear)
        _send(output, one.shown, clip.info, frames)
    finally:
        words.last()
    return 0


def _send(output: str | None, name: str, info: Any, frames: Any) -> None:
    if output is None:
        from charaface.video import window

        window.show(f"{name} - charaface", frames)
    elif output == "-":
        from charaface.video import stream

        stream.write(sys.stdout.buffer, info, frames)
    else:
        from charaface.video import write_clip

        write_clip(output, info, frames)


class _Words:
    """What standard error hears of a running camera or clip."""

    def __init__(self, name: str) -> None:
        self._name, self._terminal = plain(name), sys.stderr.isatty()
        self._frames = self._passed = 0
        self._spent = self._worst = 0.0  # seconds of delay, all and the most
        self._begun = self._told = time.monotonic()

    def hear(self, one: Seen) -> None:
        """A frame was seen."""
        from charaface.tasks.live import note

        now = time.monotonic()
        if not self._frames:
            self._begun = now
        self._frames, self._passed = self._frames + 1, one.passed
        self._spent, self._worst = self._spent + one.delay, max(self._worst, one.delay)
        if now - self._told > (1.0 if self._terminal else _EVERY):
            self._told = now
            line = f"{self._name}: frame {one.frame.index}, {note(one)}, {one.passed} passed over"
            print(f"\r{line}\x1b[K" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr)
            sys.stderr.flush()

    def last(self) -> None:
        """All of it in one line."""
        if not self._frames:
            return
        spent = time.monotonic() - self._begun
        rate = f", {(self._frames - 1) / spent:.1f} frames/s" if self._frames > 1 and spent > 0 else ""
        mean, worst = 1000 * self._spent / self._frames, 1000 * self._worst
        line = f"{self._frames} frames, {self._passed} passed over{rate}, delay {mean:.0f} ms, at worst {worst:.0f} ms"
        print(("\r\x1b[K" if self._terminal else "") + f"{self._name}: {line}", file=sys.stderr, flush=True)
