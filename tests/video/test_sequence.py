"""Pictures numbered in their names are a clip, in and out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reels import bars, number_of, reel

from charaface import annotate, frames
from charaface.cli import run
from charaface.files import InputError, LimitError, Limits, OutputError
from charaface.image import load
from charaface.video import ClipFrame, is_sequence, open_clip, write_clip
from charaface.video.sequence import pattern_of
from painted import paint


def shots(pattern: Path, numbers: Sequence[int], faces: bool = False) -> Path:
    """Pictures under these numbers, each showing its own."""
    pattern.parent.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        picture = paint([(20 + 4 * (number % 20), 60, 80)], background=200 + number % 50) if faces else bars(number)
        Image.fromarray(picture).save(str(pattern) % number)
    return pattern


@pytest.mark.parametrize(
    ("name", "number", "file"),
    [
        ("a%04d.png", 12, "a0012.png"),
        ("a%04d.png", 123456, "a123456.png"),
        ("%d.jpg", 0, "0.jpg"),
        ("%d.jpg", 12, "12.jpg"),
        ("%03dフレーム.webp", 7, "007フレーム.webp"),
        ("100%% %02d.png", 3, "100% 03.png"),
        ("7%d7.TIFF", 7, "777.TIFF"),
        ("%%%d%%.bmp", 5, "%5%.bmp"),
    ],
)
def test_a_name_and_its_number_are_there_and_back(name: str, number: int, file: str, tmp_path: Path) -> None:
    pattern = pattern_of(tmp_path / name)
    assert pattern is not None
    assert pattern.picture(number) == tmp_path / file
    assert pattern.number(file) == number


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a%04d.png", "a12.png"),
        ("a%04d.png", "a00012.png"),
        ("a%d.png", "a012.png"),
        ("a%d.png", "a-1.png"),
        ("a%d.png", "a\u0661\u0662.png"),
        ("a%d.png", "a.png"),
        ("a%d.png", "b1.png"),
        ("a%d.png", "a1.jpg"),
        ("7%d7.png", "7.png"),
        ("7%d7.png", "77.png"),
    ],
)
def test_a_file_of_another_name_has_no_number(name: str, file: str, tmp_path: Path) -> None:
    pattern = pattern_of(tmp_path / name)
    assert pattern is not None
    assert pattern.number(file) is None


@pytest.mark.parametrize(
    "name", ["a.png", "a%s.png", "a%4d.png", "%d-%d.png", "100%.png", "100%%.png", "%04d.mp4", "%d"]
)
def test_another_name_is_no_pattern(name: str, tmp_path: Path) -> None:
    assert not is_sequence(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        open_clip(tmp_path / name)


def test_a_percent_sign_in_the_name_of_a_file_stays_that_file(tmp_path: Path) -> None:
    shots(tmp_path / "a%02d.png", [1, 2])
    Image.fromarray(bars(99)).save(tmp_path / "a%02d.png")
    with open_clip(tmp_path / "a%02d.png") as clip:
        assert clip.kind == "picture"
        assert [number_of(frame.pixels) for frame in clip] == [99]
        write_clip(tmp_path / "a%02d.png", clip.info, [next(iter(clip))], overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a%02d.png", "a01.png", "a02.png"]


@pytest.mark.parametrize("name", ["젠이치_%04d.png", "%d.bmp", "a%03d.webp", "a%01d.tiff", "p%d.gif"])
def test_the_numbers_that_are_there_are_the_clip_in_order(name: str, tmp_path: Path) -> None:
    numbers = [0, 2, 3, 9, 10, 11, 100]
    path = shots(tmp_path / "shots" / name, numbers)
    with open_clip(path) as clip:
        found = list(clip)
        assert (clip.kind, clip.frame_count, clip.width, clip.height) == ("sequence", 7, 64, 48)
        assert clip.info.rate == 25
    assert [number_of(frame.image) for frame in found] == numbers
    assert [(frame.index, frame.number) for frame in found] == list(enumerate(numbers))
    assert [frame.time for frame in found] == pytest.approx([i / 25 for i in range(7)])
    assert {frame.duration for frame in found} == {0.04}


def test_fps_is_the_rate_and_a_range_counts_the_pictures(tmp_path: Path) -> None:
    path = shots(tmp_path / "%02d.png", range(5, 15))
    with open_clip(path, fps=10, start=3, stop=6) as clip:
        found = list(clip)
        assert clip.info.frames == 3
    assert [(frame.index, frame.number) for frame in found] == [(3, 8), (4, 9), (5, 10)]
    assert [frame.time for frame in found] == pytest.approx([0.3, 0.4, 0.5])
    with pytest.raises(InputError, match="has 10 frames"):
        open_clip(path, start=10)
    with pytest.raises(ValueError, match="fps is over 0"):
        open_clip(path, fps=0)


def test_a_picture_of_another_size_is_named(tmp_path: Path) -> None:
    path = shots(tmp_path / "%d.png", range(4))
    Image.fromarray(bars(2, 72, 48)).save(tmp_path / "2.png")
    with (
        open_clip(path) as clip,
        pytest.raises(InputError, match=r"2.png: is 72x48 pixels, the first of its clip 64x48"),
    ):
        list(clip)


def test_no_picture_and_too_many_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no picture of that pattern, as a001\.png would be"):
        open_clip(tmp_path / "a%03d.png")
    with pytest.raises(InputError, match="no picture of that pattern"):
        open_clip(tmp_path / "none" / "a%03d.png")
    path = shots(tmp_path / "%d.png", range(4))
    with pytest.raises(LimitError, match="--max-frames 4 raises it"):
        open_clip(path, Limits(frames=3))


@pytest.mark.usefixtures("world")
def test_pictures_are_annotated_under_their_own_numbers(tmp_path: Path) -> None:
    numbers = [3, 4, 8]
    path = shots(tmp_path / "in" / "%04d.png", numbers, faces=True)
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "d%02d.png"
    done: list[tuple[int, int | None]] = []
    assert annotate(path, output, progress=lambda *seen: done.append(seen)) == output
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["d03.png", "d04.png", "d08.png"]
    for number in numbers:
        assert (load(str(path) % number) != load(str(output) % number)).any()
    assert done == [(1, 3), (2, 3), (3, 3)]
    found = list(frames(path))
    assert [(frame.index, [face.track for face in frame.faces]) for frame in found] == [(i, [0]) for i in range(3)]


@pytest.mark.usefixtures("world")
def test_pictures_without_a_face_are_written_all_the_same(tmp_path: Path) -> None:
    path = shots(tmp_path / "in" / "%d.png", range(3))
    said: list[str] = []
    annotate(path, tmp_path / "%d.png", say=said.append)
    for number in range(3):
        np.testing.assert_array_equal(load(tmp_path / f"{number}.png"), bars(number))
    assert said == []


@pytest.mark.parametrize("suffix", ["mp4", "gif", "webp", "mkv"])
def test_a_sequence_becomes_a_movie_and_a_movie_a_sequence(suffix: str, tmp_path: Path) -> None:
    path = shots(tmp_path / "%03d.png", range(10, 30))
    with open_clip(path, fps=20) as clip:
        film = write_clip(tmp_path / f"a.{suffix}", clip.info, clip)
    with open_clip(film, start=5, stop=8) as clip:
        assert clip.info.rate == pytest.approx(20, rel=0.02)
        write_clip(tmp_path / "out%d.png", clip.info, clip)
    assert [number_of(load(tmp_path / f"out{i}.png")) for i in (5, 6, 7)] == [15, 16, 17]
    assert len(list(tmp_path.glob("out*"))) == 3


@pytest.mark.parametrize("output", ["%d.png", "1%d.png", "../in/%d.png"])
def test_pictures_that_are_read_are_never_written_over_unless_asked(output: str, tmp_path: Path) -> None:
    path = shots(tmp_path / "in" / "%d.png", [1, 2, 3, 12])
    before = {p: p.read_bytes() for p in (tmp_path / "in").iterdir()}
    with open_clip(path) as clip, pytest.raises(OutputError, match="is one of the input's own pictures"):
        write_clip(tmp_path / "in" / output, clip.info, clip)
    assert {p: p.read_bytes() for p in (tmp_path / "in").iterdir()} == before
    with open_clip(path) as clip:
        assert write_clip(tmp_path / "in" / "x%d.png", clip.info, clip).name == "x%d.png"
        write_clip(path, clip.info, (frame.with_pixels(255 - frame.pixels) for frame in clip), overwrite=True)
    assert number_of(load(tmp_path / "in" / "12.png")) == 255 - 12


def test_a_run_that_breaks_off_leaves_whole_pictures_alone(tmp_path: Path) -> None:
    path = shots(tmp_path / "in" / "%d.png", range(5))

    def failing(clip: Iterator[ClipFrame]) -> Iterator[ClipFrame]:
        for frame in clip:
            if frame.index == 3:
                raise KeyboardInterrupt
            yield frame

    with open_clip(path) as clip, pytest.raises(KeyboardInterrupt):
        write_clip(tmp_path / "%d.png", clip.info, failing(iter(clip)))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.png", "1.png", "2.png", "in"]
    with open_clip(path) as clip, pytest.raises(OutputError, match="there is no folder"):
        write_clip(tmp_path / "none" / "%d.png", clip.info, clip)


def test_fps_of_a_movie_numbers_pictures_anew(tmp_path: Path) -> None:
    film = reel(tmp_path / "a.mp4", frames=10)
    with open_clip(film, fps=50) as clip:
        write_clip(tmp_path / "%02d.png", clip.info, clip)
    assert [number_of(load(path)) for path in sorted(tmp_path.glob("*.png"))] == [i // 2 for i in range(20)]


def test_one_picture_at_a_time_is_in_memory(tmp_path: Path) -> None:
    def most(count: int) -> int:
        path = shots(tmp_path / f"{count}" / "%d.bmp", range(count))
        tracemalloc.start()
        with open_clip(path) as clip:
            write_clip(tmp_path / f"{count}" / "out%d.bmp", clip.info, clip)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(2)  # what is loaded once
    assert most(200) < most(10) + 60_000


@pytest.mark.usefixtures("world")
def test_the_command_line_takes_and_makes_sequences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shots(tmp_path / "in" / "%04d.png", [1, 2, 5], faces=True)
    assert run(["landmarks", str(path), "--start", "1"]) == 0
    printed = capsys.readouterr()
    assert [line.count('"frame": 1') + 2 * line.count('"frame": 2') for line in printed.out.splitlines()] == [1, 2]
    assert printed.err == ""
    assert run(["annotate", str(path), "-o", f"{tmp_path}/a.gif", "--fps", "5"]) == 0
    with open_clip(tmp_path / "a.gif") as clip:
        assert [frame.time for frame in clip] == pytest.approx([0, 0.2, 0.4])
    for _ in range(2):  # in a folder of outputs it is made anew each time
        assert run(["annotate", str(path), "-o", f"{tmp_path}/out/"]) == 0
        assert "done before" not in capsys.readouterr().err
    assert sorted(p.name for p in (tmp_path / "out").glob("*.png")) == ["0001.png", "0002.png", "0005.png"]
    assert run(["annotate", str(path), "-o", str(path)]) == 2
    assert "is one of the input's own pictures" in capsys.readouterr().err
    assert run(["detect", f"{tmp_path}/no%d.png"]) == 2
    assert "no picture of that pattern" in capsys.readouterr().err
