"""How fast, how large: networks at one thread, a GIF from end to end, import, memory; peers in the same run.

    python benchmarks/speed.py [--model a.onnx --model b.onnx] [--peers PYTHON ...] [--openseeface FOLDER]

Pictures are drawn by the generator, so `charaface[draw]` is needed. Times are medians; CPU time counts all threads.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import record
from packaging.requirements import Requirement
from peers import timed
from PIL import Image
from rows import Row

from charaface.detector import candidates
from charaface.draw import draw_faces
from charaface.face import Face
from charaface.landmarker import Framing, read
from charaface.session import load_for, load_readers
from charaface.synth.clip import render_clip
from charaface.tasks.annotate import annotate
from charaface.tasks.detect import detect
from charaface.tasks.frames import Follower, Following
from charaface.tasks.landmarks import landmarks
from charaface.video import open_clip, write_clip

FRAMES, SIDE = 50, 500
PACKAGE = Path(__file__).parents[1] / "src" / "charaface"


def networks(model: list[str] | None, picture: np.ndarray, repeats: int = 40) -> list[Row]:
    """The two networks on a still picture, one thread, milliseconds."""
    detector, reader = (load_for(task, model, 1) for task in ("detect", "landmarks"))
    whole = Image.fromarray(picture)
    rows = []
    for width, height, most in ((640, 480, 15), (640, 640, None), (320, 240, 8)):
        image = np.asarray(whole.resize((width, height)))
        took = timed(lambda: candidates(image, detector, 0.5), repeats)  # noqa: B023
        rows.append(_row(f"detector alone, {width}x{height}, ms", took, most))
    face = Face([SIDE * 0.3, SIDE * 0.2, SIDE * 0.7, SIDE * 0.6])
    took = timed(lambda: read(picture, [Framing(face.box)], reader), repeats)
    rows.append(_row("landmarks, one pass, ms", took, 4))
    took = timed(lambda: landmarks(picture, [face], model=model, threads=1), repeats)
    rows.append(_row("landmarks of a given face, two passes, ms", took, 8))
    return rows


def tasks(model: list[str] | None, pictures: list[np.ndarray], repeats: int = 15) -> list[Row]:
    """detect and landmarks on pictures with one face each, one thread, milliseconds a picture."""
    rows = []
    for task in (detect, landmarks):

        def count(task: Callable[..., list[Face]] = task) -> int:
            return sum(len(task(picture, model=model, threads=1)) for picture in pictures)

        name = f"{task.__name__}, {SIDE} px, {count()} of {len(pictures)} faces, ms"
        rows.append(_row(name, timed(count, repeats, len(pictures))))
    return rows


def _row(what: str, took: dict[str, float], most: float | None = None) -> Row:
    return Row(what, took["wall_ms"], took["cpu_ms"], most)


def clip(model: list[str] | None, gif: Path, truth: list[list[Face]], threads: int | None) -> list[Row]:
    """annotate from GIF to GIF, then its four parts alone. Where no face is found, drawing is timed on the truth."""
    out = gif.with_name("annotated.gif")
    name = f"annotate a GIF, {SIDE}x{SIDE}, {FRAMES} frames: frames/s"
    run = lambda: annotate(gif, out, model=model, threads=threads, overwrite=True, say=lambda _: None)  # noqa: E731
    wall, cpu = _median(run)
    rows = [
        Row(f"{name}, the design's budget", FRAMES / wall, FRAMES / cpu, least=25),
        Row(f"{name}, the aim", FRAMES / wall, FRAMES / cpu, least=40),
    ]
    kept: dict[str, Any] = {}

    def decode() -> None:
        with open_clip(gif) as opened:
            kept["info"], kept["frames"] = opened.info, list(opened)

    def follow() -> None:
        follower = Follower(load_for("detect", model, threads), load_readers(model, threads), Following())
        kept["faces"] = [follower.see(frame.image, frame.time) for frame in kept["frames"]]

    def draw() -> None:
        faces = [seen or true for seen, true in zip(kept["faces"], truth, strict=True)]
        pairs = zip(kept["frames"], faces, strict=True)
        kept["drawn"] = [frame.with_pixels(draw_faces(frame.pixels, seen)) for frame, seen in pairs]

    def encode() -> None:
        write_clip(gif.with_name("again.gif"), kept["info"], iter(kept["drawn"]))

    parts = {"decode": decode, "networks": follow, "draw": draw, "encode": encode}
    took = {name: _median(part) for name, part in parts.items()}
    total = sum(seconds for seconds, _ in took.values())
    for name, (seconds, used) in took.items():
        what = f"- of that {name} ({100 * seconds / total:.0f} %), ms a frame"
        rows.append(Row(what, 1000 * seconds / FRAMES, 1000 * used / FRAMES))
    return rows


def _median(work: Callable[[], Any], repeats: int = 3) -> tuple[float, float]:
    """Medians of wall and processor seconds."""
    took = []
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - start, time.process_time() - used))
    return statistics.median(wall for wall, _ in took), statistics.median(cpu for _, cpu in took)


def starting() -> list[Row]:
    """`import charaface` in a new interpreter, less the interpreter itself; `charaface --help` with all of it."""
    bare, whole, help_text = (_started(code) for code in ("pass", "import charaface", _HELP))
    return [
        Row("import charaface, s", whole[0] - bare[0], whole[1] - bare[1], most=0.25),
        Row("charaface --help, s", *help_text, most=0.3),
    ]


_HELP = """
import contextlib, os
from charaface.cli import run
with contextlib.redirect_stdout(open(os.devnull, "w")):
    run(["--help"])
"""


def _started(code: str) -> tuple[float, float]:
    """Medians of wall and CPU seconds of five new interpreters."""
    wall, cpu = [], []
    for _ in range(6):
        before = os.times()
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=_environment())
        wall.append(time.perf_counter() - start)
        after = os.times()
        cpu.append(after.children_user - before.children_user + after.children_system - before.children_system)
    return statistics.median(wall[1:]), statistics.median(cpu[1:])


def memory(model: list[str] | None, gif: Path) -> Row:
    """The most memory that a new interpreter held while it annotated the GIF."""
    code = (
        "import json, resource, sys\nfrom charaface import annotate\n"
        "gif, out, model = json.loads(sys.argv[1])\n"
        "annotate(gif, out, model=model, overwrite=True, say=lambda _: None)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    call = json.dumps([str(gif), str(gif.with_name("memory.gif")), model])
    done = subprocess.run(
        [sys.executable, "-c", code, call], check=True, env=_environment(), capture_output=True, text=True
    )
    kib = int(done.stdout.split()[-1]) / (1024 if sys.platform == "darwin" else 1)
    return Row("memory while annotating the GIF, MiB", kib / 1024, most=400)


def sizes(model: list[str] | None) -> list[Row]:
    """The files that ship, and what comes with them."""
    paths = [Path(name) for name in model or []] or sorted((PACKAGE / "networks").glob("*.onnx"))
    rows = [Row(f"{path.name}, MB", path.stat().st_size / 1e6) for path in paths]
    return [*rows, Row("wheel, MB", _wheel(), most=60), Row("packages beside it", len(_packages("charaface")), most=15)]


def _wheel() -> float | None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, str(PACKAGE.parents[1])]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
        return sum(path.stat().st_size for path in Path(folder).glob("*.whl")) / 1e6


def _packages(name: str) -> set[str]:
    """The names of the packages that one needs, and those that these need; extras left out."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for text in metadata.requires(waiting.pop()) or ():
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            if (needed := requirement.name.lower()) not in found:
                found.add(needed)
                waiting.append(needed)
    return found


def beside(pythons: list[str], pictures: list[Path], openseeface: str | None, ours: dict[str, Row]) -> list[Row]:
    """Peers on the same pictures, each in an environment of its own, and how many times faster we are."""
    rows: list[Row] = []
    for python in pythons:
        command = [python, str(Path(__file__).with_name("peers.py")), *map(str, pictures)]
        command += ["--openseeface", openseeface] if openseeface else []
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        for name, found in json.loads(done.stdout.splitlines()[-1]).items():
            what = f"{name} {found['version']} ({found['licence']}; {found['about']})"
            faces = f"{found['faces']} faces in {len(pictures)} drawn pictures of one"
            rows.append(Row(f"{what}: {faces}, {SIDE} px, ms", found["wall_ms"], found["cpu_ms"]))
            for task, row in ours.items():
                least = 10 if name == "animeface" and task == "detect" else None
                times = found["wall_ms"] / (row.value or 1), found["cpu_ms"] / (row.cpu or 1)
                rows.append(Row(f"- {name} over our {task}, times", *times, least=least))
    return rows


def _environment() -> dict[str, str]:
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def drawn_stills() -> list[np.ndarray]:
    """Four pictures of one face each."""
    domains = ("anime", "webtoon", "cartoon", "painting")
    return [render_clip(seed, 1, (SIDE, SIDE), domain=name)[0].image for seed, name in enumerate(domains)]


def drawn_clip(folder: Path) -> tuple[Path, list[list[Face]]]:
    """A GIF of a character that talks, and its true faces."""
    renders = render_clip(7, FRAMES, (SIDE, SIDE), domain="anime")
    images = [Image.fromarray(render.image).quantize(256) for render in renders]
    gif = folder / "clip.gif"
    images[0].save(gif, save_all=True, append_images=images[1:], duration=40, loop=0)
    return gif, [render.faces for render in renders]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help="a path.onnx in place of the package's own; repeatable")
    parser.add_argument("--threads", type=int, help="for the GIF; all cores up to 4 by default")
    parser.add_argument("--peers", action="append", help="the python of an environment with peers; repeatable")
    parser.add_argument("--openseeface", help="a checkout of OpenSeeFace, for an environment that can run it")
    options = parser.parse_args()
    where = record.machine()
    with tempfile.TemporaryDirectory() as name:
        gif, truth = drawn_clip(Path(name))
        pictures = drawn_stills()
        rows = networks(options.model, pictures[0])
        ours = tasks(options.model, pictures)
        rows += [*ours, *clip(options.model, gif, truth, options.threads)]
        rows += [*starting(), memory(options.model, gif), *sizes(options.model)]
        if options.peers:
            stills = [Path(name) / f"{number}.png" for number in range(len(pictures))]
            for path, picture in zip(stills, pictures, strict=True):
                Image.fromarray(picture).save(path)
            named = {"detect": ours[0], "landmarks": ours[1]}
            rows += beside(options.peers, stills, options.openseeface, named)
    record.write_rows("speed", "Speed and size", where, rows)


if __name__ == "__main__":
    main()
