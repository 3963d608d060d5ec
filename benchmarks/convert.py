"""How fast a data set is turned: 100,000 labelled faces from dlib's XML to COCO and back, each command a process.

    python benchmarks/convert.py [--faces 100000]

The points are made up, in whole pixels as the XML has them, and what comes back must be the same to the byte. Memory is
the most that a command held, beside that of a tenth as many faces.
"""

from __future__ import annotations

import argparse
import filecmp
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

from charaface.face import Face, Landmarks
from charaface.formats import FORMATS, Record

SECONDS, FLAT, SHARE = 60.0, 1.20, 10  # of each item of a COCO file 20 bytes are held: where it is
RUN = (
    "import resource, sys\nfrom charaface.cli import run\nstatus = run(['convert', *sys.argv[1:]])\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)"
)


def made_up(count: int) -> Iterator[Record]:
    """Pictures of one face each, points and boxes in whole pixels."""
    rng = np.random.default_rng(7)
    ones = np.ones(68)
    for number in range(count):
        points = rng.integers(40, 400, (68, 2))
        marks = Landmarks(points, ones, ones > 0)
        low, high = rng.integers(0, 40, 2), rng.integers(400, 440, 2)
        name = f"person{number // 20:05d}/{number:06d}.jpg"
        yield Record(name, 0, 0.0, 480, 480, [Face(np.concatenate([low, high]), landmarks=marks)])


def turned(source: Path, target: Path) -> tuple[float, float, float]:
    """Seconds by the clock, of the processor, and MiB of one conversion."""
    start = time.perf_counter()
    command = [sys.executable, "-c", RUN, str(source), str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = time.perf_counter() - start
    status, cpu, most = done.stdout.split()
    if status != "0":
        raise SystemExit(done.stderr)
    return took, float(cpu), int(most) / 1024 / (1024 if sys.platform == "darwin" else 1)


def there_and_back(count: int, folder: Path) -> list[tuple[float, float, float]]:
    """What both ways take of so many faces. Raises SystemExit where something is lost."""
    source, between, back = folder / "a.xml", folder / "b.json", folder / "c.xml"
    FORMATS["dlib"].write(source, made_up(count))  # type: ignore[misc]
    found = [turned(source, between), turned(between, back)]
    if not filecmp.cmp(source, back, shallow=False):
        raise SystemExit("what came back is not what was there")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=100_000)
    count = parser.parse_args().faces
    where = record.machine()
    with tempfile.TemporaryDirectory() as name:
        few, many = (there_and_back(number, Path(name)) for number in (count // SHARE, count))
    ways = ("dlib's XML to COCO", "COCO to dlib's XML")
    rows = [
        Row(
            f"{count:,} faces of 68 points, dlib's XML to COCO and back, lossless, s",
            sum(way[0] for way in many),
            sum(way[1] for way in many),
            most=SECONDS,
        )
    ]
    rows += [Row(f"- {what}, s", took, cpu) for what, (took, cpu, _) in zip(ways, many, strict=True)]
    for what, small, large in zip(ways, few, many, strict=True):
        label = f"memory, {count:,} faces over {count // SHARE:,}, {what}, times"
        rows += [Row(label, large[2] / small[2], most=FLAT), Row(f"- {count:,} faces, MiB", large[2])]
    record.write_rows("convert", "Data sets turned", where, rows)


if __name__ == "__main__":
    main()
