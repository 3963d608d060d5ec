"""A long clip takes no more memory than a short one, from the file to the annotated file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from charaface.video import ClipFrame, ClipInfo, write_clip

SHORT, LONG = 100, 3000
RUN = """
import resource, sys
sys.path[:0] = {paths!r}
import numpy as np
from charaface import DrawStyle, annotate, session
from painted import TEMPLATE, Fake, detector, landmarker

def found(batch):
    return {{"boxes": np.array([[[20, 10, 50, 40]]], np.float32), "scores": np.array([[0.9]], np.float32)}}

def read(batch):  # every crop is a face, framed as it is read
    count = len(batch)
    points = np.tile(0.5 + (TEMPLATE - 0.5) / 1.4, (count, 1, 1)).astype(np.float32)
    sure = np.full((count, 68), 0.9, np.float32)
    return {{"points": points, "scores": sure, "visible": sure, "face": np.full(count, 0.95, np.float32)}}

fakes = {{"detector": Fake(detector().spec, found), "landmarks68": Fake(landmarker().spec, read)}}
session.load = lambda name, threads=None: fakes[name]
annotate(*sys.argv[1:], style=DrawStyle(points=False, lines=False, boxes=True), threads=1, say=exit)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def drawn(count: int) -> Iterator[ClipFrame]:
    """Frames of 64x48 that come again after 48, so that the networks have little to do."""
    for i in range(count):
        picture = np.full((48, 64, 3), 200, np.uint8)
        picture[i % 48 :, i % 16 * 3 : i % 16 * 3 + 9] = (i % 8 * 30, i % 12 * 20, i % 16 * 15)
        yield ClipFrame(i, i / 25, 0.04, picture)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    for suffix in ("gif", "mp4"):
        for count in (SHORT, LONG):
            info = ClipInfo(folder / "none", "gif", 64, 48, count, count / 25)
            write_clip(folder / f"{count}.{suffix}", info, drawn(count))
    return folder


@pytest.mark.parametrize("suffix", ["gif", "mp4"])
def test_a_long_clip_takes_no_more_memory_than_a_short_one(suffix: str, clips: Path) -> None:
    code = RUN.format(paths=sys.path)
    most = {}
    for count in (SHORT, LONG):
        command = [sys.executable, "-c", code, str(clips / f"{count}.{suffix}"), str(clips / f"out.{suffix}")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        most[count] = int(done.stdout)
    assert most[LONG] < 1.1 * most[SHORT], most
