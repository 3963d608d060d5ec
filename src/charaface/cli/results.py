"""detect and landmarks: faces as JSON lines or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from charaface.cli import options
from charaface.cli.batch import Job, Screen
from charaface.cli.inputs import Input
from charaface.files import atomic

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv"]),
    help="json: one object a frame; csv: one row a face.  [default: by the name of the output, else json]",
)
OUT = options.out("A file for one input, a folder for several; standard output without it.")


@click.command()
@options.INPUTS
@options.with_options([OUT, FORMAT], options.NETWORKS, options.CLIPS)
def detect(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print the boxes of all faces.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first.
    """
    given["flip"] = False
    return _print_faces("detect", inputs, output, form, given)


@click.command()
@options.INPUTS
@options.with_options([OUT, FORMAT], options.NETWORKS, options.FLIP, options.CLIPS)
def landmarks(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print 68 points and the pose of all faces.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first.
    """
    return _print_faces("landmarks", inputs, output, form, given)


def _print_faces(task: str, inputs: Sequence[Path], output: str | None, form: str | None, given: dict[str, Any]) -> int:
    from charaface.tasks.frames import frames

    form = form or ("csv" if output and output.lower().endswith(".csv") else "json")
    job = Job(inputs, output)
    arguments = options.networks(given) | options.take(given, "smooth", "fps", "every", "flip")
    to_stdout = _writer(form, task)(sys.stdout) if output is None else None

    def work(one: Input, screen: Screen) -> list[Path]:
        def lines() -> Iterable[dict[str, Any]]:
            clip = frames(one.path, task, **arguments)
            for done, frame in enumerate(clip, 1):
                height, width = frame.image.shape[:2]
                yield {
                    "file": str(one.path),
                    "frame": frame.index,
                    "time": round(frame.time, 6),
                    "width": width,
                    "height": height,
                    "faces": [face.to_dict() for face in frame.faces],
                }
                screen.progress(done, clip.total)

        if to_stdout:
            for line in lines():
                to_stdout(line)
            return []
        path = job.place(one, ".csv" if form == "csv" else ".jsonl")
        with atomic(path, one.path) as part, part.open("w", encoding="utf-8", newline="") as file:
            write = _writer(form, task)(file)
            for line in lines():
                write(line)
        return [path]

    return job.run(work, signed(task, {**arguments, "format": form}), results_on_stdout=output is None)


def signed(command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """All that has a say in a command's outputs: its options, the version that answers and the networks."""
    from charaface import __version__, weights

    stamps = {}
    for name in arguments["model"] or ():
        path = Path(name)
        stamps[name] = [path.stat().st_size, path.stat().st_mtime_ns] if path.is_file() else None
    own = {name: weight.sha256 for name, weight in weights.WEIGHTS.items()}
    plain = {name: value for name, value in arguments.items() if name != "threads"}
    return {**plain, "command": command, "model": stamps, "version": __version__, "weights": own}


Line = Callable[[dict[str, Any]], None]


def _writer(form: str, task: str) -> Callable[[TextIO], Line]:
    return _csv if form == "csv" and task == "detect" else _csv_with_points if form == "csv" else _json


def _json(file: TextIO) -> Line:
    def write(line: dict[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=False)
        if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
            text = json.dumps(line)  # a file name that is no text at all can only be escaped
        file.write(text + "\n")
        file.flush()

    return write


_BOX = ["box_x0", "box_y0", "box_x1", "box_y1"]
_FRAME = ["file", "frame", "time", "width", "height"]


def _csv(file: TextIO, points: int = 0) -> Line:
    rows = csv.writer(file, lineterminator="\n")
    pose = ["yaw", "pitch", "roll"] if points else []
    named = [f"{axis}{i}" for i in range(points) for axis in ("x", "y", "visible")]
    rows.writerow([*_FRAME, "face", "track", "score", *_BOX, *pose, *named])

    def write(line: dict[str, Any]) -> None:
        for number, face in enumerate(line["faces"]):
            row = [_text(line["file"]), *(line[name] for name in _FRAME[1:])]
            row += [number, face.get("track", ""), face["score"], *face["box"]]
            row += [face.get("pose", {}).get(name, "") for name in pose]
            if points:
                marks = face["landmarks"]
                for (x, y), visible in zip(marks["points"], marks["visible"], strict=True):
                    row += [x, y, int(visible)]
            rows.writerow(row)
        file.flush()

    return write


def _csv_with_points(file: TextIO) -> Line:
    return _csv(file, 68)


def _text(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
