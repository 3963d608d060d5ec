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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10_000, help="of the long clip")
    long = parser.parse_args().frames
    where = record.machine()
    pictures = [render.image for render in render_clip(7, SHORT, SIZE, domain="anime")]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for kind in ("mp4", "gif"):
            found = {count: measured(kind, count, pictures, Path(name)) for count in (SHORT, long)}
            ratio = found[long][0] / found[SHORT][0]
            rows.append({"kind": kind, "short": found[SHORT][0], "long": found[long][0], "times": ratio})
            rows[-1]["frames/s"] = long / found[long][1]
    lines = [f"| | {SHORT} frames, MiB | {long:,} frames, MiB | times | aim | frames/s |", "|---|---|---|---|---|---|"]
    for row in rows:
        numbers = f"{row['short']:.0f} | {row['long']:.0f} | {row['times']:.3f} | {AIM:.2f} | {row['frames/s']:.0f}"
        what = f"annotate {SIZE[0]}x{SIZE[1]}, {row['kind'].upper()}"
        lines.append(f"| memory, {long:,}-frame clip over {SHORT}-frame clip, {what} | {numbers} |")
    text = "\n".join(lines) + "\n"
    paths = record.write("memory", "Memory of long clips", where, {"rows": rows, "frames": long, "aim": AIM}, text)
    print(text)
    print("written:", *paths, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
