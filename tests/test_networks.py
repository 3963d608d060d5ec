"""The networks of the package on drawings: what only real weights can show."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import charaface as cf
from charaface.geometry import iou
from charaface.synth.crops import render_face

SAMPLE = Path(__file__).parents[1] / "examples" / "talking.gif"


def test_a_strip_of_twelve_drawn_faces_gives_twelve():
    tops = [200, 2600, 5200, 7800, 10300, 12800, 15000, 17300, 20000, 22800, 25500, 29000]
    strip = np.full((30000, 800, 3), 245, np.uint8)
    truth = []
    for k, top in enumerate(tops):
        render = render_face(77, k, 420, domain="webtoon")
        left = 37 * k % 380
        strip[top : top + 420, left : left + 420] = render.image
        truth.append(render.faces[0].box + [left, top, left, top])
    found = cf.detect(strip, threads=1)
    assert len(found) == 12
    assert iou(np.stack([face.box for face in found]), np.stack(truth)).max(axis=0).min() > 0.4


def test_the_sample_has_one_face_on_one_track_from_its_first_frame_to_its_last():
    frames = list(cf.frames(SAMPLE, threads=1))
    assert len(frames) == 36
    assert {face.track for frame in frames for face in frame.faces} == {0}
    assert all(len(frame.faces) == 1 for frame in frames)


def test_frame_0_of_a_clip_equals_the_picture():
    (clip,), (still,) = next(iter(cf.frames(SAMPLE, threads=1))).faces, cf.landmarks(SAMPLE, threads=1)
    assert clip.landmarks is not None
    assert still.landmarks is not None
    assert clip.landmarks.points == pytest.approx(still.landmarks.points, abs=1e-4)


def test_threads_change_the_points_by_no_more_than_a_hundredth_of_a_pixel():
    (one,), (two,) = (cf.landmarks(SAMPLE, threads=n) for n in (1, 2))
    assert one.landmarks is not None
    assert two.landmarks is not None
    assert np.abs(one.landmarks.points - two.landmarks.points).max() < 0.01


def test_killing_annotate_leaves_the_original_and_no_half_file(tmp_path):
    source, output = tmp_path / "talking.gif", tmp_path / "out" / "landmarks.gif"
    source.write_bytes(SAMPLE.read_bytes())
    output.parent.mkdir()
    command = [sys.executable, "-m", "charaface", "annotate", str(source), "-o", str(output), "--threads", "1"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):  # until it has begun to write
        if any(output.parent.iterdir()) or run.poll() is not None:
            break
        time.sleep(0.05)
    run.kill()
    run.wait()
    assert run.returncode == -signal.SIGKILL
    assert not output.exists()
    assert source.read_bytes() == SAMPLE.read_bytes()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert output.stat().st_size > 0
