"""How many photographs of 3-D heads are made a CPU-second: points alone, and what each thing besides costs.

    python benchmarks/heads.py heads.npz [--size 192] [--people 60] [--workers 2]

One process, CPU time, the machine's own noise: every person is rendered in each way in turn, so that what else the
machine does falls on all alike. Then what several processes render at once, points alone, by the clock: what else the
machine does falls on that. `charaface[draw]` is needed.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from charaface.synth.head import Studio
from charaface.synth.labels import ALSO
from charaface.synth.photograph import render_photograph, render_toon, studio

SEED = 2


def photograph(heads: Studio, index: int, size: int, also: tuple[str, ...]) -> None:
    render_photograph(heads, SEED, index, size, also)


def drawing(heads: Studio, index: int, size: int, also: tuple[str, ...]) -> None:
    render_toon(heads, SEED, index, size, also)


WAYS: dict[str, tuple[Callable[[Studio, int, int, tuple[str, ...]], None], tuple[str, ...]]] = {
    "points": (photograph, ()),
    **{f"points, {name}": (photograph, (name,)) for name in ALSO},
    "points, masks, alpha": (photograph, ("masks", "alpha")),
    "all": (photograph, ALSO),
    "drawn, points": (drawing, ()),
}


def measured(heads: Studio, size: int, people: int) -> dict[str, float]:
    """CPU seconds a picture by way: the mean of all people."""
    for index in range(people):  # fills what is kept from picture to picture, as a long run does
        photograph(heads, index, size, ALSO)
    drawing(heads, 0, size, ())
    spent, ways = np.zeros((people, len(WAYS))), list(WAYS.values())
    for index in range(people):
        for turn in range(len(ways)):  # each way comes first for some people
            column = (turn + index) % len(ways)
            make, also = ways[column]
            start = time.process_time()
            make(heads, index, size, also)
            spent[index, column] = time.process_time() - start
    return dict(zip(WAYS, spent.mean(axis=0), strict=True))


def at_once(heads: Path, size: int, people: int, workers: int) -> float:
    """Heads a second of wall time that so many processes render together, each of people others, warm."""
    shot = partial(_shots, heads, size, people)
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(shot, range(workers)))
        start = time.perf_counter()
        list(pool.map(shot, range(workers, 2 * workers)))
        return workers * people / (time.perf_counter() - start)


def _shots(heads: Path, size: int, people: int, part: int) -> None:
    cv2.setNumThreads(1)
    own = studio(heads)
    for index in range(part * people, (part + 1) * people):
        photograph(own, index, size, ())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", type=Path, help="shapes of heads of ICT-FaceKit (.npz)")
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    found = measured(studio(given.heads), given.size, given.people)
    least = found["points"]
    print(f"{given.people} people at {given.size} px, one process")
    print("| what | a CPU-second | ms more than points |\n|---|---|---|")
    for way, seconds in found.items():
        print(f"| {way} | {1 / seconds:.1f} | {1000 * (seconds - least):+.1f} |")
    together = at_once(given.heads, given.size, given.people, given.workers)
    print(f"{given.workers} processes at once: {together:.1f} a second")


if __name__ == "__main__":
    main()
