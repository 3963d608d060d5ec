"""How flat memory is: annotating a clip of 10,000 frames beside one of 100, from MP4 to MP4 and from GIF to GIF.

    python benchmarks/memory.py [--frames 10000]

The frames are drawn by the generator (`charaface[draw]`), 100 of them again and again with a line that counts, so that
no two are alike and the networks look at each. Memory is the most that a process of its own held.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import record
from rows import Row

from charaface.synth.clip import render_clip
from charaface.video import ClipFrame, ClipInfo, write_clip

SHORT, SIZE, AIM = 100, (320, 240), 1.10
RUN = (
    "import resource, sys\nfrom charaface import annotate\n"
    "annotate(*sys.argv[1:], threads=1, say=exit)\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def measured(kind: str, count: int, pictures: list[np.ndarray], folder: Path) -> tuple[float, float]:
    """MiB and seconds of annotating a clip of count frames."""
    source = folder / f"in.{kind}"
    info = ClipInfo(folder / "none", "gif", *SIZE, count, count / 25)
    write_clip(source, info, _frames(count, pictures))
    start = time.perf_counter()
    command = [sys.executable, "-c", RUN, str(source), str(folder / f"out.{kind}")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = time.perf_counter() - start
    kib = int(done.stdout.split()[-1]) / (1024 if sys.platform == "darwin" else 1)
    return kib / 1024, took


def _frames(count: int, pictures: list[np.ndarray]) -> Iterator[ClipFrame]:
    """The pictures again and again, each time with another line of 32 blocks at the foot: the frame's number."""
    for number in range(count):
        picture = pictures[number % len(pictures)].copy()
        bits = [255 * (number >> bit & 1) for bit in range(32)]
        picture[-8:] = np.repeat(bits, SIZE[0] // 32)[None, :, None]
        yield ClipFrame(number, number / 25, 0.04, picture)


def compared(kind: str, long: int, short: tuple[float, float], most: tuple[float, float]) -> list[Row]:
    """The rows of one kind of clip, of MiB and seconds of the short and of the long one."""
    clip = f"annotate {kind.upper()}, {SIZE[0]}x{SIZE[1]}"
    return [
        Row(f"memory, {long:,}-frame clip over {SHORT}-frame clip, {clip}, times", most[0] / short[0], most=AIM),
        Row(f"- {SHORT} frames, MiB", short[0]),
        Row(f"- {long:,} frames, MiB", most[0]),
        Row(f"- {long:,} frames, frames a second", long / most[1]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10_000, help="of the long clip")
    long = parser.parse_args().frames
    where = record.machine()
    pictures = [render.image for render in render_clip(7, SHORT, SIZE, domain="anime")]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for kind in ("mp4", "gif"):
            short, most = (measured(kind, count, pictures, Path(name)) for count in (SHORT, long))
            rows += compared(kind, long, short, most)
    record.write_rows("memory", "Memory of long clips", where, rows)


if __name__ == "__main__":
    main()
