"""Clips: what the container says goes in and comes out: size, frames, durations, loop, transparency, sound."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from charaface.files import MOVING, SUFFIXES, DamageWarning, InputError, LimitError, Limits, OutputError
from charaface.video import _STILLS, WRITERS, ClipFrame, ClipInfo, is_animation, open_clip, write_clip
from charaface.video.clip import Clip, at_rate
from reference_gif import Film, Part, view
from test_gif import FILMS

VFR = [0, 1, 2, 5, 6, 10, 11, 12, 17, 18, 19, 30]  # time stamps in units of 1/60 s
RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


def scene(index: int, width: int = 64, height: int = 48) -> np.ndarray:
    """A soft picture that differs from frame to frame and from edge to edge."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 40 + 180 * x // width, 60 + 150 * y // height
    blue = np.full_like(red, 30 + 12 * (index % 15))
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def film(
    path: Path,
    container: str = "mp4",
    codec: str = "libx264",
    sound: str | None = "aac",
    stamps: list[int] = VFR,
    size: tuple[int, int] = (64, 48),
    pix_fmt: str = "yuv420p",
    turn: int = 0,
    aspect: Fraction = Fraction(1),
) -> Path:
    """A movie with a variable frame rate and half a second of sound."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, 60)
        stream.codec_context.sample_aspect_ratio = aspect
        if turn:
            stream.set_display_rotation(turn)
        tone = out.add_stream(sound, rate=48000) if sound else None
        for index, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(scene(index, *size), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, 60)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone:
            wave = np.sin(np.arange(24000) / 20).astype(np.float32)[None] * 0.3
            for at in range(0, 24000, 960):
                part = av.AudioFrame.from_ndarray(wave[:, at : at + 960], format="fltp", layout="mono")
                part.sample_rate, part.pts = 48000, at
                out.mux(tone.encode(part))
            out.mux(tone.encode(None))
    return path


def packets(path: Path) -> list[tuple[Fraction, bytes]]:
    """The sound of a file, packet by packet."""
    with av.open(str(path)) as container:
        return [(p.pts * p.time_base, bytes(p)) for p in container.demux(audio=0) if p.size and p.pts is not None]


def stamps(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        return [f.pts * f.time_base for f in container.decode(video=0)]


def assert_same_colours(a: np.ndarray, b: np.ndarray) -> None:
    """But for the codec's noise: no colour shifted, nothing brighter or darker."""
    difference = a.astype(int) - b
    assert np.abs(difference).mean() < 2.5
    assert np.abs(difference.mean(axis=(0, 1))).max() < 2.5
    assert abs(difference.mean()) < 0.7


def rewrite(source: Path, target: Path) -> Path:
    with open_clip(source) as clip:
        return write_clip(target, clip.info, clip)


def marked(frames: Iterator[ClipFrame]) -> Iterator[ClipFrame]:
    """Frames with a red square drawn in a corner."""
    for frame in frames:
        pixels = frame.pixels.copy()
        pixels[:2, :2, :3] = RED
        pixels[:2, :2, 3:] = 255
        yield frame.with_pixels(pixels)


# GIF


@pytest.mark.parametrize("name", FILMS)
def test_a_gif_keeps_size_frames_durations_loop_and_transparency(name: str, tmp_path: Path) -> None:
    source, target = tmp_path / "젠이치.gif", tmp_path / "out.gif"
    source.write_bytes(FILMS[name].bytes())
    rewrite(source, target)
    before, after = view(source.read_bytes()), view(target.read_bytes())
    assert len(after.frames) == len(before.frames)
    for a, b in zip(before.frames, after.frames, strict=True):
        np.testing.assert_array_equal(a, b)
    assert after.delays == [d or 0 for d in before.delays]
    assert (after.loop, after.aspect) == (before.loop, before.aspect)


@pytest.mark.parametrize("name", FILMS)
def test_drawing_on_a_gif_changes_nothing_else(name: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.gif", tmp_path / "out.gif"
    source.write_bytes(FILMS[name].bytes())
    with open_clip(source) as clip:
        write_clip(target, clip.info, marked(iter(clip)))
    before, after = view(source.read_bytes()), view(target.read_bytes())
    assert after.delays == [d or 0 for d in before.delays]
    assert after.loop == before.loop
    most = 8 if "256" in name else 0  # one colour more than fits
    for a, b in zip(before.frames, after.frames, strict=True):
        assert b[0, 0].tolist() == [255, 0, 0, 255]
        a[:2, :2] = b[:2, :2]
        assert np.abs(a.astype(int) - b).max() <= most


def test_a_frame_lies_over_white_where_it_is_transparent(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    path.write_bytes(Film(2, 1, [Part([[0, 1]], transparent=0), Part([[2, 2]])], [BLACK, RED, BLUE]).bytes())
    with open_clip(path) as clip:
        first, second = clip
        assert clip.info.alpha
    assert first.image.tolist() == [[[255, 255, 255], [255, 0, 0]]]
    assert first.alpha is not None
    assert first.alpha.tolist() == [[0, 255]]
    assert second.alpha is None


def test_the_time_of_a_frame_is_what_players_show(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    path.write_bytes(Film(2, 1, [Part([[1, 1]], delay=d) for d in (0, 1, 2, 7)], [BLACK, RED]).bytes())
    with open_clip(path) as clip:
        frames = list(clip)
    assert [f.time for f in frames] == [0.0, 0.1, 0.2, 0.22]
    assert [f.duration for f in frames] == [0.0, 0.01, 0.02, 0.07]
    assert clip.info.seconds == pytest.approx(0.29)


def test_a_clip_can_be_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    path.write_bytes(FILMS["all disposals in turn"].bytes())
    with open_clip(path) as clip:
        for a, b in zip(list(clip), list(clip), strict=True):
            np.testing.assert_array_equal(a.pixels, b.pixels)
        next(iter(clip))


# APNG and WebP


def animation(path: Path, alpha: bool, **options: object) -> Path:
    rng = np.random.default_rng(3)
    frames = rng.integers(0, 256, (5, 20, 30, 4 if alpha else 3)).astype(np.uint8)
    frames[3, :10] = frames[2, :10]
    images = [Image.fromarray(f) for f in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=[70, 40, 130, 250, 20], **options)
    return path


@pytest.mark.parametrize("loop", [0, 1, 5])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_an_animation_keeps_frames_durations_and_loop(suffix: str, alpha: bool, loop: int, tmp_path: Path) -> None:
    options = {"lossless": True, "exact": True} if suffix == ".webp" else {}
    source = animation(tmp_path / f"in{suffix}", alpha, loop=loop, **options)
    target = rewrite(source, tmp_path / f"out{suffix}")
    with Image.open(source) as a, Image.open(target) as b:
        assert (a.size, a.n_frames, a.info["loop"]) == (b.size, b.n_frames, b.info["loop"])
        for x, y in zip(ImageSequence.Iterator(a), ImageSequence.Iterator(b), strict=True):
            x.load()
            y.load()
            assert x.info["duration"] == y.info["duration"]
            np.testing.assert_array_equal(np.array(x.convert("RGBA")), np.array(y.convert("RGBA")))


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_equal_frames_of_an_animation_stay_apart(suffix: str, tmp_path: Path) -> None:
    source = tmp_path / "in.gif"
    source.write_bytes(FILMS["equal frames"].bytes())
    target = rewrite(source, tmp_path / f"out{suffix}")
    with open_clip(source) as a, open_clip(target) as b:
        for x, y in zip(a, b, strict=True):
            assert (x.time, x.duration) == (y.time, y.duration)
            np.testing.assert_array_equal(x.pixels, y.pixels)
        assert b.loop == a.loop


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_small_changes_land_where_they_are(suffix: str, tmp_path: Path) -> None:
    pictures = [np.full((21, 31, 3), 90, np.uint8) for _ in range(4)]
    pictures[1][7:10, 5:8] = RED
    pictures[2][20, 30] = BLUE
    pictures[3][0, 1:] = GREEN
    info = ClipInfo(Path("none"), "gif", 31, 21, 4, 0.4, lossless=True)
    frames = [ClipFrame(i, i / 10, 0.1, p) for i, p in enumerate(pictures)]
    with open_clip(write_clip(tmp_path / f"out{suffix}", info, frames)) as clip:
        for frame, picture in zip(clip, pictures, strict=True):
            np.testing.assert_array_equal(frame.image, picture)


def test_the_stand_in_of_an_apng_is_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    images = [Image.new("RGB", (4, 4), c) for c in (BLACK, RED, GREEN)]
    images[0].save(path, save_all=True, default_image=True, append_images=images[1:], duration=50)
    with open_clip(path) as clip:
        assert [f.pixels[0, 0].tolist() for f in clip] == [[255, 0, 0], [0, 255, 0]]


# pictures


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg", ".bmp", ".gif", ".tiff", ".avif"])
def test_a_picture_is_a_clip_of_one_frame(suffix: str, tmp_path: Path) -> None:
    source = tmp_path / f"in{suffix}"
    Image.fromarray(scene(0)).quantize(60).convert("RGB").save(source)
    with open_clip(source) as clip:
        (frame,) = clip
        assert (clip.frame_count, clip.width, clip.height) == (1, 64, 48)
        write_clip(tmp_path / f"out{suffix}", clip.info, [frame])
    assert not is_animation(source)
    with Image.open(tmp_path / f"out{suffix}") as image:
        assert image.size == (64, 48)
        assert getattr(image, "n_frames", 1) == 1
        error = np.abs(np.asarray(image.convert("RGB")).astype(int) - frame.image)
    assert error.max() <= (20 if suffix in (".jpg", ".avif") else 0)


def test_a_picture_keeps_its_soft_transparency(tmp_path: Path) -> None:
    pixels = np.dstack([scene(0), np.arange(64 * 48).reshape(48, 64) % 256]).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    rewrite(tmp_path / "in.png", tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)


# movies


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("mp4") / "vfr.mp4")


@pytest.fixture(scope="module")
def webm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("webm") / "vfr.webm", "webm", "libvpx-vp9", "libopus")


@pytest.mark.parametrize("name", ["mp4", "webm"])
def test_a_movie_keeps_its_time_stamps_and_its_sound(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    source: Path = request.getfixturevalue(name)
    target = rewrite(source, tmp_path / f"out.{name}")
    assert stamps(target) == stamps(source)
    assert packets(target) == packets(source)
    with open_clip(source) as a, open_clip(target) as b:
        assert (a.width, a.height) == (b.width, b.height)
        for x, y in zip(a, b, strict=True):
            assert x.pts == y.pts
            assert_same_colours(x.image, y.image)
    # the film's own rate counts its durations in the order of decoding, which ends somewhere else than its last frame
    with open_clip(target) as a, open_clip(rewrite(target, tmp_path / f"again.{name}")) as b:
        assert float(a.info.rate or 0) == pytest.approx(float(b.info.rate or 0), rel=1e-3)
        np.testing.assert_allclose([frame.duration for frame in a], [frame.duration for frame in b], atol=1e-3)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("webm", "libvpx-vp9")])
def test_a_movie_of_even_times_keeps_its_rate(container: str, codec: str, tmp_path: Path) -> None:
    source = film(tmp_path / f"in.{container}", container, codec, None, stamps=list(range(0, 60, 2)))
    target = rewrite(source, tmp_path / f"out.{container}")
    with open_clip(source) as a, open_clip(target) as b:
        assert b.info.rate == 30
        assert a.info.rate == pytest.approx(30, rel=0.04)


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_a_movie_of_uneven_times_becomes_a_gif_of_these_times(container: str, tmp_path: Path) -> None:
    source = film(tmp_path / "in.film", container, sound=None, stamps=[3 * stamp for stamp in VFR])
    target = rewrite(source, tmp_path / "out.gif")
    with open_clip(target) as clip:
        assert [frame.time for frame in clip] == pytest.approx([stamp / 20 for stamp in VFR], abs=0.006)


def test_a_variable_frame_rate_is_read_as_it_is(mp4: Path) -> None:
    with open_clip(mp4) as clip:
        frames = list(clip)
    assert [round(f.time * 60) for f in frames] == VFR
    assert clip.info.sound
    for index, frame in enumerate(frames):
        assert np.abs(frame.image.astype(int) - scene(index)).mean() < 4


@pytest.mark.parametrize("matrix", [1, 5, 2])
def test_colours_do_not_drift_whatever_the_source_says_of_them(matrix: int, tmp_path: Path) -> None:
    source = tmp_path / "in.mp4"
    with av.open(str(source), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range, context.color_primaries, context.color_trc = matrix, 1, matrix, 1
        for i in range(3):
            frame = av.VideoFrame.from_ndarray(scene(i), format="rgb24")
            out.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace=matrix if matrix != 2 else None)))
        out.mux(stream.encode(None))
    target = rewrite(source, tmp_path / "out.mp4")
    with open_clip(source) as a, open_clip(target) as b:
        assert a.info.colour == b.info.colour
        for x, y in zip(a, b, strict=True):
            assert_same_colours(x.image, y.image)


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_a_turned_movie_is_shown_upright_and_written_upright(turn: int, tmp_path: Path) -> None:
    source = film(tmp_path / "in.mp4", turn=turn, sound=None, aspect=Fraction(4, 3))
    upright = np.rot90(scene(0), turn // 90)
    with open_clip(source) as clip:
        frame = next(iter(clip))
        assert (clip.height, clip.width) == frame.image.shape[:2] == upright.shape[:2]
        assert np.abs(frame.image.astype(int) - upright).mean() < 4
        assert clip.info.pixel_aspect == (Fraction(4, 3) if turn == 180 else Fraction(3, 4))
    target = rewrite(source, tmp_path / "out.mp4")
    with open_clip(target) as clip:
        assert np.abs(next(iter(clip)).image.astype(int) - upright).mean() < 4
        assert clip.info.pixel_aspect == (Fraction(4, 3) if turn == 180 else Fraction(3, 4))


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv", ".mov"])
def test_odd_sizes_are_kept(suffix: str, tmp_path: Path) -> None:
    source = film(tmp_path / "in.mkv", "matroska", "ffv1", None, size=(63, 47), pix_fmt="bgr0")
    target = rewrite(source, tmp_path / f"out{suffix}")
    with open_clip(source) as a, open_clip(target) as b:
        assert (b.width, b.height) == (63, 47)
        for x, y in zip(a, b, strict=True):
            assert np.abs(x.image.astype(int) - y.image).mean() < 3


def test_a_gif_becomes_a_movie_with_the_same_timing(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    numbers = [[1] * 16 for _ in range(16)]
    path.write_bytes(Film(16, 16, [Part(numbers, delay=d) for d in (7, 3, 50)], [BLACK, RED]).bytes())
    target = rewrite(path, tmp_path / "out.mp4")
    assert stamps(target) == [0, Fraction(7, 100), Fraction(10, 100)]


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv"])
@pytest.mark.parametrize(
    ("delays", "shown"),
    [([0, 1, 7, 3, 50, 0], [10, 10, 7, 3, 50, 10]), ([2, 3, 40, 4, 9, 20], [2, 3, 40, 4, 9, 20]), ([5], [5])],
)
def test_a_gif_through_a_movie_lasts_frame_by_frame_what_players_show(
    delays: list[int], shown: list[int], suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / "in.gif"
    squares = np.random.default_rng(3).integers(0, 3, (len(delays), 4, 4)).repeat(8, 1).repeat(8, 2).tolist()
    path.write_bytes(
        Film(32, 32, [Part(s, delay=d) for s, d in zip(squares, delays, strict=True)], [BLACK, RED, BLUE]).bytes()
    )
    again = rewrite(rewrite(path, tmp_path / f"out{suffix}"), tmp_path / "again.gif")
    assert view(again.read_bytes()).delays == shown


def test_frames_of_one_moment_are_all_kept_in_a_movie(tmp_path: Path) -> None:
    info = ClipInfo(Path("none"), "gif", 64, 48, 4, 0.1, time_base=Fraction(1, 100))
    frames = [ClipFrame(i, 0.0, 0.0, scene(i)) for i in range(4)]
    assert stamps(write_clip(tmp_path / "out.mp4", info, frames)) == [Fraction(i, 100) for i in range(4)]


def test_sound_that_a_container_cannot_hold_is_left_out_with_a_word(mp4: Path, tmp_path: Path) -> None:
    with pytest.warns(DamageWarning, match="webm takes no aac sound"):
        target = rewrite(mp4, tmp_path / "out.webm")
    with open_clip(target) as clip:
        assert not clip.info.sound
        assert len(list(clip)) == len(VFR)


# fps


def clock(delays: list[float]) -> Clip:
    """A clip whose frames show their own number."""
    ends = np.cumsum(delays)
    info = ClipInfo(Path("clock.gif"), "gif", 1, 1, len(delays), float(ends[-1]))

    def frames() -> Iterator[ClipFrame]:
        for i, delay in enumerate(delays):
            yield ClipFrame(i, float(ends[i] - delay), delay, np.full((1, 1, 3), i, np.uint8))

    return Clip(info, frames)


@pytest.mark.parametrize(
    ("delays", "fps", "shown"),
    [
        ([0.1, 0.1, 0.1], 10, [0, 1, 2]),
        ([0.1, 0.1, 0.1], 20, [0, 0, 1, 1, 2, 2]),
        ([0.1, 0.1, 0.1, 0.1], 5, [1, 3]),
        ([0.3, 0.1, 0.1], 10, [0, 0, 0, 1, 2]),
        ([0.02] * 10, 10, [2, 7]),
        ([0.01], 10, [0]),
    ],
)
def test_fps_shows_at_each_moment_what_players_show(delays: list[float], fps: float, shown: list[int]) -> None:
    clip = at_rate(clock(delays), fps)
    frames = list(clip)
    assert [int(f.image[0, 0, 0]) for f in frames] == shown
    assert [f.index for f in frames] == list(range(len(shown)))
    assert clip.frame_count == len(shown)
    np.testing.assert_allclose([f.time for f in frames], np.arange(len(shown)) / fps)


def test_fps_in_hundredths_of_a_second_does_not_drift(tmp_path: Path) -> None:
    clip = at_rate(clock([0.1] * 20), 12)
    write_clip(tmp_path / "out.gif", clip.info, clip)
    delays = view((tmp_path / "out.gif").read_bytes()).delays
    assert set(delays) == {8, 9}
    assert sum(d or 0 for d in delays) == 200


def test_fps_of_a_movie_keeps_its_sound(mp4: Path, tmp_path: Path) -> None:
    with open_clip(mp4, fps=20) as clip:
        write_clip(tmp_path / "out.mp4", clip.info, clip)
    assert packets(tmp_path / "out.mp4") == packets(mp4)
    times = stamps(tmp_path / "out.mp4")
    assert times == [Fraction(i, 20) for i in range(len(times))]


@pytest.mark.parametrize("fps", [0, -1, float("nan"), 1e9])
def test_an_impossible_rate_is_refused(fps: float) -> None:
    with pytest.raises(ValueError, match="fps is over 0"):
        at_rate(clock([0.1]), fps)


# bad input


def changed(path: Path, mp4: Path, old: bytes, new: bytes) -> Path:
    """A movie with some bytes of its headers changed."""
    data = mp4.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_a_movie_with_tags_in_no_known_script_is_read(mp4: Path, tmp_path: Path) -> None:
    with open_clip(changed(tmp_path / "a.mp4", mp4, b"Lavf", b"\x9c\xe1vf")) as clip, open_clip(mp4) as whole:
        assert len(list(clip)) == len(list(whole))


def picture_packets(side: int) -> list[av.Packet]:
    """One square picture as VP8 has it, its size within."""
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height, coder.pix_fmt = side, side, "yuv420p"
    coder.time_base = Fraction(1, 25)
    frame = av.VideoFrame(side, side, "yuv420p")
    frame.pts, frame.time_base = 0, coder.time_base
    return [*coder.encode(frame), *coder.encode(None)]


def test_a_movie_that_grows_beyond_the_limit_behind_its_header_loses_that_frame(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.webm"), "w") as out:
        stream = out.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for i, side in enumerate((64, 64, 512, 64)):
            for packet in picture_packets(side):
                packet.stream, packet.pts, packet.dts, packet.time_base = stream, i, i, Fraction(1, 25)
                out.mux(packet)
    with open_clip(tmp_path / "a.webm") as clip:
        assert [frame.pixels.shape for frame in clip] == [(64, 64, 3)] * 4
    with open_clip(tmp_path / "a.webm", Limits(pixels=64 * 64)) as clip, pytest.warns(DamageWarning, match="damaged"):
        assert 2 <= len(list(clip)) <= 3  # with several threads a neighbour may be lost too


def test_a_movie_of_a_codec_nobody_knows_is_named(mp4: Path, tmp_path: Path) -> None:
    with av.open(str(mp4)) as container:
        tag = container.streams.video[0].codec_context.codec_tag.encode("latin-1")
    path = changed(tmp_path / "a.mp4", mp4, tag, b"zzzz")
    with pytest.raises(InputError, match=r"a\.mp4: .*codec"):
        open_clip(path)


def broken(name: str, folder: Path, mp4: Path) -> Path:
    """A file that no clip can be made of."""
    path = folder / name
    gif = FILMS["all disposals in turn"].bytes()
    movie = mp4.read_bytes()
    data = {
        "empty.gif": b"",
        "text.gif": b"this is no picture at all, only a text that someone renamed",
        "no frames.gif": Film(6, 5, [], [BLACK, RED]).bytes(),
        "cut.gif": gif[:60],
        "cut.png": _png()[:40],
        "cut.webp": _webp()[:60],
        "cut.mp4": movie[: len(movie) // 4],
        "noise.mp4": movie[:32] + bytes(range(256)) * 20,
        "noise.webm": b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 20,
        "playlist.mp4": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n",
        "concat.mp4": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    }[name]
    path.write_bytes(data)
    return path


def _png() -> bytes:
    from io import BytesIO

    out = BytesIO()
    Image.fromarray(scene(0)).save(out, "PNG")
    return out.getvalue()


def _webp() -> bytes:
    from io import BytesIO

    out = BytesIO()
    images = [Image.fromarray(scene(i)) for i in range(3)]
    images[0].save(out, "WEBP", save_all=True, append_images=images[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "empty.gif",
        "text.gif",
        "no frames.gif",
        "cut.gif",
        "cut.png",
        "cut.webp",
        "cut.mp4",
        "noise.mp4",
        "noise.webm",
        "playlist.mp4",
        "concat.mp4",
    ],
)
def test_what_cannot_be_read_is_named_with_a_way_out(name: str, mp4: Path, tmp_path: Path) -> None:
    path = broken(name, tmp_path, mp4)
    with pytest.raises(InputError) as caught, open_clip(path) as clip:
        list(clip)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert len(text) > len(str(path)) + 10


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_clip(tmp_path / "nothing.gif")
    with pytest.raises(InputError, match="is a folder"):
        open_clip(tmp_path)


def test_a_truncated_gif_gives_the_frames_before_the_damage(tmp_path: Path) -> None:
    whole = FILMS["256 colours"].bytes()
    path = tmp_path / "cut.gif"
    path.write_bytes(whole[:-300])
    with pytest.warns(DamageWarning, match="cut.gif: the file breaks off; the 2 frames before that are used"):
        clip = open_clip(path)
    with clip:
        frames = list(clip)
    for frame, expected in zip(frames, view(whole).frames[:2], strict=True):
        np.testing.assert_array_equal(frame.image, expected[..., :3])


def test_a_gif_with_a_damaged_frame_gives_those_before_it(tmp_path: Path) -> None:
    whole = bytearray(FILMS["256 colours"].bytes())
    at = len(whole) - 500
    whole[at : at + 100] = b"\xff" * 100
    path = tmp_path / "bad.gif"
    path.write_bytes(whole)
    with warnings.catch_warnings(record=True) as caught, open_clip(path) as clip:
        warnings.simplefilter("always")
        assert len(list(clip)) == 2
    assert any(w.category is DamageWarning for w in caught)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_a_truncated_animation_never_ends_in_a_traceback(suffix: str, tmp_path: Path) -> None:
    whole = animation(tmp_path / f"in{suffix}", False).read_bytes()
    for share in (0.3, 0.6, 0.95):
        path = tmp_path / f"cut{suffix}"
        path.write_bytes(whole[: int(len(whole) * share)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DamageWarning)
            with contextlib.suppress(InputError), open_clip(path) as clip:
                assert 1 <= len(list(clip)) < 5


def test_a_truncated_movie_gives_the_frames_before_the_damage(tmp_path: Path) -> None:
    source = film(tmp_path / "in.mkv", "matroska", sound=None, stamps=list(range(0, 120, 2)))
    path = tmp_path / "cut.mkv"
    path.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DamageWarning)
        with open_clip(path) as clip:
            frames = list(clip)
    assert 5 < len(frames) < 60
    assert np.abs(frames[3].image.astype(int) - scene(3)).mean() < 4


def test_a_movie_whose_end_is_missing_says_so(tmp_path: Path) -> None:
    source = film(tmp_path / "in.mp4", sound=None, stamps=list(range(0, 240, 2)))
    path = rewrite(source, tmp_path / "front.mp4")  # its index stands in front
    whole = path.read_bytes()
    path.write_bytes(whole[: (whole.index(b"mdat") + len(whole)) // 2])
    with open_clip(path) as clip, pytest.warns(DamageWarning, match="front.mp4"):
        assert 0 < len(list(clip)) < 120


LIMITS = [
    ("three.gif", Limits(pixels=20), "6x5 is 30 pixels, the limit is 20; --max-pixels 30 raises it"),
    ("three.gif", Limits(frames=2), "3 frames, the limit is 2; --max-frames 3 raises it"),
    ("three.gif", Limits(seconds=0.2), "0.3 seconds, the limit is 0.2; --max-seconds 1 raises it"),
    ("vfr.mp4", Limits(pixels=64), "--max-pixels 3072 raises it"),
    ("vfr.mp4", Limits(frames=5), "--max-frames 12 raises it"),
    ("vfr.mp4", Limits(seconds=0.1), "--max-seconds 1 raises it"),
    ("in.webp", Limits(pixels=10), "--max-pixels 600 raises it"),
    ("in.webp", Limits(frames=4), "--max-frames 5 raises it"),
    ("in.png", Limits(pixels=10), "--max-pixels 600 raises it"),
    ("in.png", Limits(frames=4), "--max-frames 5 raises it"),
    ("in.png", Limits(seconds=0.1), "--max-seconds 1 raises it"),
]


@pytest.mark.parametrize(("name", "limits", "text"), LIMITS)
def test_a_clip_beyond_a_limit_names_it_and_what_raises_it(
    name: str, limits: Limits, text: str, mp4: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    if name == "three.gif":
        path.write_bytes(FILMS["three frames, endless"].bytes())
    elif name == "vfr.mp4":
        path = mp4
    else:
        animation(path, False)
    with pytest.raises(LimitError) as caught:
        open_clip(path, limits)
    assert str(path) in str(caught.value)
    assert text in str(caught.value)


def test_a_header_that_claims_a_giant_canvas_is_refused_unread(tmp_path: Path) -> None:
    data = bytearray(FILMS["one frame"].bytes())
    data[6:10] = struct.pack("<HH", 50_000, 50_000)
    path = tmp_path / "giant.gif"
    path.write_bytes(data)
    with pytest.raises(LimitError, match="2,500,000,000 pixels"):
        open_clip(path)


# bad output


def gif_clip(folder: Path) -> Path:
    path = folder / "in.gif"
    path.write_bytes(FILMS["three frames, endless"].bytes())
    return path


def test_the_input_is_never_written_over_unless_asked(tmp_path: Path) -> None:
    path = gif_clip(tmp_path)
    before = path.read_bytes()
    link = tmp_path / "link.gif"
    link.symlink_to(path)
    for target in (path, link, tmp_path / "." / "in.gif"):
        with pytest.raises(OutputError, match="is the input itself"):
            rewrite(path, target)
    assert path.read_bytes() == before
    with open_clip(path) as clip:
        write_clip(path, clip.info, marked(iter(clip)), overwrite=True)
    assert len(view(path.read_bytes()).frames) == 3
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("nowhere/out.gif", "there is no folder"),
        ("out.xyz", "clips end on .gif"),
        ("out", "clips end on .gif"),
        ("out.jpg", "holds one picture"),
        ("folder.gif", "is no file"),
    ],
)
def test_a_place_that_will_not_do_is_named_and_nothing_is_left_behind(target: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    source = gif_clip(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=text) as caught:
        rewrite(source, tmp_path / target)
    assert target in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = gif_clip(tmp_path)
    opened = Path.open

    def refuse(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "x" in mode:
            raise PermissionError(13, "Permission denied")
        return opened(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError, match=r"cannot write in .* \(Permission denied\); choose another folder"):
        rewrite(source, tmp_path / "out.gif")


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".mp4", ".webm"])
def test_a_run_that_breaks_off_leaves_the_old_file_and_no_half_one(suffix: str, tmp_path: Path) -> None:
    source, target = gif_clip(tmp_path), tmp_path / f"out{suffix}"
    target.write_bytes(b"the old one")

    def failing(clip: Clip) -> Iterator[ClipFrame]:
        yield from list(clip)[:2]
        raise KeyboardInterrupt

    with open_clip(source) as clip, pytest.raises(KeyboardInterrupt):
        write_clip(target, clip.info, failing(clip))
    assert target.read_bytes() == b"the old one"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.gif", target.name]


def test_a_clip_of_no_frames_is_not_written(tmp_path: Path) -> None:
    with open_clip(gif_clip(tmp_path)) as clip, pytest.raises(OutputError, match="no frames"):
        write_clip(tmp_path / "out.gif", clip.info, [])


# resources


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path: Path) -> None:
    part = [Part([[i % 4] * 40 for _ in range(40)]) for i in range(4)]

    def peak(frames: int) -> int:
        path = tmp_path / f"{frames}.gif"
        path.write_bytes(Film(40, 40, part * (frames // 4), [BLACK, RED, GREEN, BLUE]).bytes())
        tracemalloc.start()
        rewrite(path, tmp_path / "out.gif")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few = peak(20)
    assert peak(400) < few + 200_000


def test_reading_a_gif_loads_no_movie_library() -> None:
    code = "import sys, charaface.video; sys.exit('av' in sys.modules or 'cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_that_is_taken_can_be_written_too() -> None:
    assert {*WRITERS, *_STILLS} == SUFFIXES
    assert {*WRITERS} >= MOVING
