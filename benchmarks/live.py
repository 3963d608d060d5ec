"""How fast live is: frames a second with everything on, and how late a played clip is seen.

    python benchmarks/live.py [--frames 150] [--threads 2] [--model a.onnx ...]

A clip of 640x480 with one face that talks, drawn by the generator (needs `charaface[draw]`), 25 frames a second. A task
for which the package has no network yet is timed with an untrained one of the recipe's own shape (needs
`charaface[train]`), which costs the same, and the row says so. Of several networks for expressions all are asked.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import record
from rows import Row

from charaface import weights
from charaface.cli import run
from charaface.synth.clip import render_clip
from charaface.tasks.live import live
from charaface.video import ClipFrame, ClipInfo, write_clip

WIDTH, HEIGHT, RATE = 640, 480, 25
RECIPES = Path(__file__).parents[1] / "recipes"
STANDING_IN = {"emotion": ("emotion-photo", "emotion-drawn"), "segment": ("parser",)}  # task to recipes
WANTED = 15.0  # frames a second with everything on, two cores
REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", action="append", default=[], help="a network of yours, as for every command")
    options = parser.parse_args()
    where = record.machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = clip(folder / "talking.mp4", options.frames)
        models, untrained = standing_in(folder, options.model)
        rows = speed(path, options.frames, models, untrained, options.threads)
        rows += command(path, options.frames, models, untrained, options.threads)
        rows += played(path, models, options.threads)
    record.write_rows("live", f"Live, {WIDTH}x{HEIGHT}, {options.threads} threads", where, rows)


def clip(path: Path, frames: int) -> Path:
    """A movie of a character that talks and turns."""
    pictures = [render.image for render in render_clip(5, frames, (WIDTH, HEIGHT), domain="anime")]
    base = Fraction(1, RATE)
    info = ClipInfo(Path("none"), "mp4", WIDTH, HEIGHT, frames, frames / RATE, rate=Fraction(RATE), time_base=base)
    return write_clip(path, info, [ClipFrame(k, k / RATE, 1 / RATE, one, pts=k) for k, one in enumerate(pictures)])


def standing_in(folder: Path, models: Sequence[str]) -> tuple[list[str], list[str]]:
    """The networks to run beside the package's, and the tasks of which some are untrained."""
    from charaface.session import load

    given = {load(name, 1).spec.task for name in models}
    made, untrained = list(models), []
    for task, recipes in STANDING_IN.items():
        own = weights.SHARED.get(task) or [name for name in (weights.DEFAULTS.get(task),) if name in weights.WEIGHTS]
        if task not in given and not own:
            made += [str(network(folder, name)) for name in recipes if (RECIPES / f"{name}.toml").exists()]
            untrained.append(task)
    return made, untrained


def network(folder: Path, name: str) -> Path:
    """A recipe's network as it is before any training, as a file."""
    import onnx.helper
    import torch

    from charaface.train.export import store_float16, to_onnx
    from charaface.train.forms import form_of
    from charaface.train.nets import NETS

    recipe = tomllib.loads((RECIPES / f"{name}.toml").read_text("utf-8"))
    recipe = {"options": {}, "labels": {}, **recipe}
    torch.manual_seed(0)
    form = form_of(recipe)
    model = to_onnx(form.wrap(NETS[recipe["net"]](**recipe["options"]).eval(), 1.0, 0.0), form)
    spec = {"name": f"{name}-untrained", "version": 0, "task": recipe["task"], "outputs": list(form.outputs)}
    spec |= {**form.spec, "licence": "none", "data": "nothing", "domains": recipe.get("domains", [])}
    onnx.helper.set_model_props(model, {"charaface": json.dumps(spec)})
    store_float16(model)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def speed(path: Path, frames: int, models: list[str], untrained: list[str], threads: int) -> list[Row]:
    """Every frame as fast as it goes: decoded and seen, nothing drawn."""
    tasks: dict[str, Sequence[str]] = {"landmarks": ["landmarks"], "landmarks and emotion": ["landmarks", "emotion"]}
    if "segment" not in untrained or any(Path(name).stem == "parser" for name in models):
        tasks["everything (analyze)"] = ["analyze"]
    rows = []
    for name, task in tasks.items():

        def seen(task: Sequence[str] = task) -> None:
            found = list(live(path, task, every_frame=True, model=models, threads=threads))
            assert len(found) == frames
            assert all(frame.faces for frame in found), "a frame without a face costs less"

        rows.append(_rate(f"{name}{_of(name, untrained)}, no drawing, frames/s", seen, frames))
    return rows


def command(path: Path, frames: int, models: list[str], untrained: list[str], threads: int) -> list[Row]:
    """`charaface live` from a movie to a movie: decoded, seen, drawn, encoded."""
    out = path.with_name("seen.mp4")
    more = [word for name in models for word in ("--model", name)]

    def written() -> None:
        arguments = ["live", str(path), "-o", str(out), "--show", "emotion", "--threads", str(threads), *more]
        with contextlib.redirect_stderr(io.StringIO()):
            assert run(arguments) == 0

    return [_rate(f"the command, movie to movie, --show emotion{_of('emotion', untrained)}, frames/s", written, frames)]


def played(path: Path, models: list[str], threads: int) -> list[Row]:
    """The clip at its own rate with landmarks and emotion: how late frames are, how many are passed over."""
    found = list(live(path, ["landmarks", "emotion"], model=models, threads=threads))
    delays = 1000 * np.array([frame.delay for frame in found])
    passed = found[-1].passed
    return [
        Row(f"played at {RATE} a second: passed over, % of frames", 100 * passed / (passed + len(found))),
        Row("- delay of a frame, median, ms", float(np.median(delays))),
        Row("- delay of a frame, 95 %, ms", float(np.percentile(delays, 95))),
    ]


def _of(name: str, untrained: Sequence[str]) -> str:
    """Words for a row that some untrained networks have a part in."""
    parts = {"emotion": "emotion", "segment": "analyze"}
    own = [task for task in untrained if parts[task] in name or "analyze" in name]
    return f" ({', '.join(own)}: untrained)" if own else ""


def _rate(what: str, work: Callable[[], Any], frames: int) -> Row:
    took = []
    work()  # networks are loaded, files are cached
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - start, time.process_time() - used))
    wall, cpu = statistics.median(wall for wall, _ in took), statistics.median(cpu for _, cpu in took)
    return Row(what, frames / wall, frames / cpu, least=WANTED)


if __name__ == "__main__":
    main()
