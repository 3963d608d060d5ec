"""A thousand mixed pictures on the command line: how much of the networks' own throughput is left, and memory.

    python benchmarks/batch.py [--files 1000]

Pictures are drawn by the generator, so `charaface[draw]` is needed. The yardstick: the same pictures, decoded before,
go through `landmarks` in as many processes at once. Its time is that of the networks as in speed.py: with what is laid
before and behind them (tiles, crops, boxes, poses). The time inside the networks' arithmetic is printed beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import psutil
import record
from PIL import Image
from rows import Row

from charaface.synth.scene import render_scene

SIDES = (320, 480, 640, 800, 1024)  # pixels of the longer side
KINDS = ("jpg", "png", "webp", "jpg", "bmp", "gif", "tiff", "png")
RUNS = 3  # of which the median counts
OURS = 60  # pictures that differ; the files are copies of these


def drawn(folder: Path, files: int) -> None:
    """Pictures of none to eight faces in many sizes and kinds of file."""
    first = []
    for k in range(min(OURS, files)):
        side = SIDES[k % len(SIDES)]
        size = (side, side * 3 // 4) if k % 3 else (side * 2 // 3, side)
        path = folder / f"{k:04d}.{KINDS[k % len(KINDS)]}"
        Image.fromarray(render_scene(1, k, size).image).save(path)
        first.append(path)
    for k in range(len(first), files):
        source = first[k % len(first)]
        (folder / f"{k:04d}{source.suffix}").write_bytes(source.read_bytes())


def networks_alone(pictures: list[str], files: int) -> list[list[float]]:
    """Wall and processor seconds of a picture in `landmarks`, and in the arithmetic of its networks alone.

    Run in a process of its own, beside others.
    """
    from charaface import landmarks
    from charaface.image import load
    from charaface.session import Session

    spent = np.zeros(2)
    run = Session.run

    def timed(self: Session, batch: Any) -> Any:
        nonlocal spent
        before = _clocks()
        try:
            return run(self, batch)
        finally:
            spent = spent + _clocks() - before

    images = [load(path) for path in pictures]
    landmarks(images[0], threads=1)
    Session.run = timed  # type: ignore[method-assign]
    before = _clocks()
    for k in range(files):
        landmarks(images[k % len(images)], threads=1)
    return [((_clocks() - before) / files).tolist(), (spent / files).tolist()]


def _clocks() -> np.ndarray:
    return np.array([time.perf_counter(), time.thread_time()])


def yardstick(folder: Path, workers: int, files: int) -> np.ndarray:
    """(2, 2) files a second, and a processor second, of `landmarks` and of the arithmetic in so many processes."""
    pictures = sorted(str(path) for path in folder.iterdir())[:OURS]
    call = [sys.executable, __file__, "--networks", json.dumps([pictures, files])]
    running = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    rates = 1 / np.array([json.loads(process.communicate()[0]) for process in running])
    return np.stack([rates[..., 0].sum(axis=0), rates[..., 1].mean(axis=0)], axis=1)


class Watch:
    """Resident memory of a process and its children over time."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self.seen: list[tuple[float, float]] = []  # seconds, MiB
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        begun = time.monotonic()
        while True:
            try:
                size = sum(process.memory_info().rss for process in self._family())
            except psutil.Error:
                if not self._root.is_running():
                    return
                continue
            self.seen.append((time.monotonic() - begun, size / 2**20))
            time.sleep(0.5)

    def _family(self) -> Iterator[psutil.Process]:
        yield self._root
        yield from self._root.children(recursive=True)

    def most(self, begin: float, end: float) -> float:
        """The most between two shares of the whole time."""
        whole = self.seen[-1][0]
        return max((size for at, size in self.seen if begin * whole <= at <= end * whole), default=0.0)


def batch(folder: Path, output: Path, workers: int) -> tuple[float, float, Watch]:
    """Wall and processor seconds of `charaface landmarks FOLDER -o OUTPUT`, and its memory."""
    command = [sys.executable, "-m", "charaface", "landmarks", str(folder), "-o", str(output)]
    before, begun = os.times(), time.perf_counter()
    process = subprocess.Popen([*command, "--workers", str(workers)])
    watch = Watch(process.pid)
    if process.wait():
        raise SystemExit(f"the batch left with {process.returncode}")
    wall, after = time.perf_counter() - begun, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, used, watch


def measure(files: int, workers: int) -> list[Row]:
    """The rows: the yardstick before and after, so that a busy machine shows."""
    with tempfile.TemporaryDirectory() as name:
        folder, output = Path(name) / "in", Path(name) / "out"
        folder.mkdir()
        drawn(folder, files)
        alone = [yardstick(folder, workers, min(files, 120))]
        runs = [batch(folder, output.with_name(f"out{k}"), workers) for k in range(RUNS)]
        wall, used, watch = sorted(runs, key=lambda run: run[0])[RUNS // 2]
        alone.append(yardstick(folder, workers, min(files, 120)))
        begun = time.perf_counter()
        batch(folder, output.with_name("out0"), workers)
        again = time.perf_counter() - begun
    rate, (limit, arithmetic) = np.array([files / wall, files / used]), sum(alone) / len(alone)
    spread = max(a[0, 0] for a in alone) / min(a[0, 0] for a in alone)
    return [
        Row(f"networks on decoded pictures, {workers} processes, files a second", *limit),
        Row("- before the batch and behind it apart, times", spread),
        Row("- their arithmetic alone, files a second", *arithmetic),
        Row(f"landmarks of {files} mixed pictures, {workers} processes, files a second", *rate),
        Row("- over the networks, %", *(100 * rate / limit), least=80),
        Row("- over their arithmetic alone, %", *(100 * rate / arithmetic)),
        Row("- all processes together, most MiB", watch.most(0, 1)),
        Row("- memory in the last fifth over the second, times", watch.most(0.8, 1) / watch.most(0.2, 0.4), most=1.1),
        Row("the same command again, all done before, s", again),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--networks", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.networks:
        print(json.dumps(networks_alone(*json.loads(options.networks))))
        return
    where = record.machine()
    rows = measure(options.files, options.workers)
    record.write_rows("batch", "A thousand pictures", where, rows)


if __name__ == "__main__":
    main()
