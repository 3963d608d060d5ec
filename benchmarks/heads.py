"""How many photographs of 3-D heads are made a CPU-second: points alone, and what each thing besides costs.

    python benchmarks/heads.py heads.npz [--size 192] [--people 60]

One process, CPU time, the machine's own noise: every person is rendered in each way in turn, so that what else the
machine does falls on all alike. `charaface[draw]` is needed.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from charaface.synth.head import Studio
from charaface.synth.labels import ALSO, generator
from charaface.synth.outfit import sample_outfit
from charaface.synth.person import sample_moment, sample_person
from charaface.synth.photograph import render_photograph, sample_shot, studio
from charaface.synth.toon import draw

SEED = 2


def photograph(heads: Studio, index: int, size: int, also: tuple[str, ...]) -> None:
    render_photograph(heads, SEED, index, size, also)


def drawing(heads: Studio, index: int, size: int, also: tuple[str, ...]) -> None:
    rng = generator(SEED, index)
    person = sample_person(rng)
    moment, shot = sample_moment(rng, heads.kit.expression_names), sample_shot(rng, size)
    draw(heads, heads.look(person), moment, shot, sample_outfit(rng, person), also)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", type=Path, help="shapes of heads of ICT-FaceKit (.npz)")
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--people", type=int, default=60)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    found = measured(studio(given.heads), given.size, given.people)
    least = found["points"]
    print(f"{given.people} people at {given.size} px, one process")
    print("| what | a CPU-second | ms more than points |\n|---|---|---|")
    for way, seconds in found.items():
        print(f"| {way} | {1 / seconds:.1f} | {1000 * (seconds - least):+.1f} |")


if __name__ == "__main__":
    main()
