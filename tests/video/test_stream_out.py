"""Frames into a pipe, for a player at its other end."""

from __future__ import annotations

import errno
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from reels import bars, number_of

from charaface.files import OutputError
from charaface.video import open_clip, stream
from charaface.video.clip import ClipFrame, ClipInfo

INFO = ClipInfo(Path("0"), "camera", 64, 48, None, None, rate=Fraction(10))


def frames(times: list[float], width: int = 64, height: int = 48) -> list[ClipFrame]:
    return [ClipFrame(i, time, 0.1, bars(i, width, height)) for i, time in enumerate(times)]


def test_what_is_written_plays_with_its_times(tmp_path: Path) -> None:
    path, times = tmp_path / "a.mkv", [3.0, 3.1, 3.25, 3.3, 4.0]
    with path.open("wb") as file:
        stream.write(file, INFO, iter(frames(times)))
    with open_clip(path) as clip:
        found = list(clip)
    assert [frame.time for frame in found] == pytest.approx([time - 3 for time in times], abs=0.001)
    assert [number_of(frame.pixels) for frame in found] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("size", [(64, 48), (65, 48), (64, 49)])
def test_colours_and_odd_sides_are_kept(size: tuple[int, int], tmp_path: Path) -> None:
    picture = np.full((size[1], size[0], 3), (200, 60, 30), np.uint8)
    path = tmp_path / "a.mkv"
    with path.open("wb") as file:
        stream.write(file, INFO, iter([ClipFrame(0, 0.0, 0.1, picture)]))
    with open_clip(path) as clip:
        (frame,) = clip
    assert frame.pixels.shape == picture.shape
    assert np.abs(frame.pixels.astype(int) - picture).max() <= 4


class Pipe(io.RawIOBase):
    """Takes so many bytes, then fails."""

    def __init__(self, most: int = 1 << 40, number: int = errno.EPIPE) -> None:
        self.data, self._most, self._number = bytearray(), most, number

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if len(self.data) + len(data) > self._most:
            raise OSError(self._number, "no more")
        self.data += data
        return len(data)


def test_a_frame_is_on_its_way_when_the_next_one_has_come() -> None:
    pipe, seen = Pipe(), []

    def watched() -> object:
        for frame in frames([i / 10 for i in range(6)]):
            yield frame
            with av.open(io.BytesIO(bytes(pipe.data))) if frame.index else io.BytesIO() as container:
                seen.append(sum(1 for _ in container.decode(video=0)) if frame.index else 0)

    stream.write(pipe, INFO, watched())  # type: ignore[arg-type]
    assert seen == [0, 1, 2, 3, 4, 5]


def test_a_reader_that_has_enough_ends_it_and_takes_no_more_frames() -> None:
    asked = []

    def counted() -> object:
        for frame in frames([i / 10 for i in range(50)]):
            asked.append(frame.index)
            yield frame

    with pytest.raises(BrokenPipeError) as caught:
        stream.write(Pipe(most=3000), INFO, counted())  # type: ignore[arg-type]
    assert caught.value.errno is None  # which the program takes for an end
    assert len(asked) < 50
    with pytest.raises(BrokenPipeError) as caught:
        stream.write(Pipe(most=3000, number=errno.ENOSPC), INFO, iter(frames([0.0] * 50)))
    assert caught.value.errno == errno.ENOSPC


def test_no_frame_is_said() -> None:
    with pytest.raises(OutputError, match="no frames to write"):
        stream.write(Pipe(), INFO, iter([]))
