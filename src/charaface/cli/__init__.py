"""The command line: each command parses, calls a public function and prints."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

import click

from charaface import __version__
from charaface.cli.annotate import annotate
from charaface.cli.convert import convert
from charaface.cli.crop import crop
from charaface.cli.data import data
from charaface.cli.evaluate import evaluate
from charaface.cli.live import live
from charaface.cli.report import report
from charaface.cli.results import analyze, attributes, detect, emotion, landmarks
from charaface.cli.segment import segment
from charaface.cli.synth import synth
from charaface.cli.workshop import compare, export, import_weights, study, train
from charaface.files import InputError, OutputError, plain, reason

__all__ = ["main", "program"]

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="charaface")
def program() -> None:
    """Faces, drawn or photographed: find them, read them, redraw them.

    An input is a picture, a GIF or clip, a folder, a pattern in quotes, pictures numbered as frame_%04d.png, the number
    of a camera, or - for standard input. Results go to standard output, words and progress to standard error. Exit
    status: 0 done, 1 some inputs failed (each named, the others done), 2 wrong call or nothing readable, 130
    interrupted.
    """


for _command in (
    detect,
    landmarks,
    attributes,
    emotion,
    analyze,
    segment,
    annotate,
    live,
    crop,
    report,
    convert,
    data,
    synth,
    train,
    export,
    import_weights,
    compare,
    study,
    evaluate,
):
    program.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Runs the program and leaves with its exit status."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Runs the program; returns its exit status."""
    _prepare_streams()
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = program(args, prog_name="charaface", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as error:
        error.show()
        return 2
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except (InputError, OutputError) as error:
        print(f"error: {plain(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError as error:
        _let_go_of_output()
        if error.errno in (None, errno.EPIPE):  # the reader of our output has enough
            return 0
        print(f"error: standard output cannot be written ({reason(error)})", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, most of the time
        if os.environ.get("CHARAFACE_DEBUG"):
            raise
        _let_go_of_output()
        print(f"error: {plain(str(error))}", file=sys.stderr)
        return 2
    finally:
        signal.signal(signal.SIGTERM, before)


def _prepare_streams() -> None:
    """File names of any script are printed whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(OSError, ValueError):  # a stream that someone replaced or closed stays as it is
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _let_go_of_output() -> None:
    """Points standard output at nothing where it takes no more, so that the end of the program does not fail too."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a signal handler's arguments)
    raise KeyboardInterrupt
