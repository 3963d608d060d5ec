"""A range of a clip's frames: the same frames under their own numbers; written, it begins at 0 with all cut to it."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from reels import CUES, bars, content, number_of, reel

from charaface.files import InputError, LimitError, Limits
from charaface.gif import GifWriter
from charaface.video import movie, open_clip, write_clip
from charaface.video.timeline import entry_before

UNEVEN = [i * 2 + (i * i) % 2 + 5 * (i // 7) for i in range(60)]


def gif(path: Path, delays: list[int]) -> Path:
    with path.open("wb") as file:
        writer = GifWriter(file, 64, 48, loop=0)
        for number, delay in enumerate(delays):
            writer.add(bars(number), delay)
        writer.close()
    return path


def animation(path: Path) -> Path:
    images = [Image.fromarray(bars(i)) for i in range(9)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=[40 + 10 * i for i in range(9)])
    return path


def make(name: str, folder: Path) -> Path:
    path = folder / name
    if name.endswith(".gif"):
        return gif(path, [7, 0, 1, 20, 3, 5, 9, 4, 6])
    if name.endswith((".png", ".webp")):
        return animation(path)
    container = {".mkv": "matroska"}.get(path.suffix, path.suffix[1:])
    return reel(path, container, stamps=UNEVEN, options={"g": "12"})


CLIPS = ["a.gif", "a.png", "a.webp", "a.mp4", "a.mov", "a.mkv", "a.webm"]


@pytest.mark.parametrize("name", CLIPS)
def test_a_range_is_a_slice_of_the_frames_with_their_own_numbers_and_times(name: str, tmp_path: Path) -> None:
    path = make(name, tmp_path)
    with open_clip(path) as clip:
        whole, total = list(clip), clip.info.frames
    count = len(whole)
    for start, stop in ((0, 3), (2, 5), (count - 1, None), (count - 9, count + 50), (count // 2, None), (0, None)):
        with open_clip(path, start=start, stop=stop) as clip:
            part = list(clip)
            if total:
                assert clip.info.frames == len(part)
        assert len(part) == len(whole[start:stop])
        for a, b in zip(part, whole[start:stop], strict=True):
            assert (a.index, a.time, a.duration, a.pts, a.end) == (b.index, b.time, b.duration, b.pts, b.end)
            np.testing.assert_array_equal(a.pixels, b.pixels)


CODINGS = {
    "closed": {},
    "open": {"x264-params": "open-gop=1:bframes=3:keyint=12:min-keyint=12:scenecut=0"},
    "refreshed": {"x264-params": "intra-refresh=1:keyint=12:bframes=0"},
    "key frames alone": {"g": "1"},
    "one key frame": {"x264-params": "keyint=infinite:scenecut=0"},
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_frames_behind_a_key_frame_are_those_of_decoding_it_all(coding: str, container: str, tmp_path: Path) -> None:
    path = reel(tmp_path / "a.film", container, frames=80, options={"g": "12", "bf": "2"} | CODINGS[coding])
    with open_clip(path) as clip:
        whole = list(clip)
    sought = 0
    for start in range(1, 80, 6):
        entry = entry_before(path, start)
        sought += entry is not None
        with open_clip(path, start=start, stop=start + 2) as clip:
            for frame in clip:
                assert frame.pts == whole[frame.index].pts
                np.testing.assert_array_equal(frame.pixels, whole[frame.index].pixels)
    assert sought or coding in ("refreshed", "one key frame", "open")


def test_frames_before_a_range_are_not_made_into_pictures_nor_decoded_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reel(tmp_path / "a.mp4", frames=200, options={"g": "20", "sc_threshold": "0"})
    decoded, pictured = [], []
    pixels, promised = movie._pixels, movie._promised
    monkeypatch.setattr(movie, "_pixels", lambda *a: pictured.append(1) or pixels(*a))
    monkeypatch.setattr(movie, "_promised", lambda *a: decoded.append(1) or promised(*a))
    with open_clip(path, start=150, stop=153) as clip:
        assert [number_of(frame.pixels) for frame in clip] == [150, 151, 152]
    assert len(pictured) == 3
    assert len(decoded) == 11  # from the key frame at 140


@pytest.mark.parametrize("lie", ["later", "earlier", "shifted"])
def test_a_key_frame_that_does_not_keep_what_it_promised_is_not_used(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reel(tmp_path / "a.mp4", frames=100, options={"g": "10", "sc_threshold": "0"})
    real = entry_before(path, 60)
    assert real is not None
    wrong = {
        "later": real._replace(seek=real.seek + 10**6),
        "earlier": real._replace(number=real.number - 1, stamps=[real.stamps[0] - 1, *real.stamps]),
        "shifted": real._replace(stamps=[stamp + 1 for stamp in real.stamps]),
    }[lie]
    monkeypatch.setattr(movie, "entry_before", lambda *_: wrong)
    with open_clip(path, start=60, stop=62) as clip:
        assert [(frame.index, number_of(frame.pixels)) for frame in clip] == [(60, 60), (61, 61)]


def test_pictures_that_need_one_before_the_file_s_beginning_are_counted_by_decoding(tmp_path: Path) -> None:
    """An open group in front: its first pictures are not shown, so packets are not numbers of frames."""
    source = reel(tmp_path / "a.mkv", "matroska", frames=80, options=CODINGS["open"])
    path = tmp_path / "b.mkv"
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0], opaque=True)
        keys = 0
        for packet in old.demux(video=0):
            keys += bool(packet.size and packet.is_keyframe)
            if packet.size and keys > 1:
                packet.stream = stream
                new.mux(packet)
    with open_clip(path) as clip:
        whole = [number_of(frame.pixels) for frame in clip]
    with open_clip(path, start=30, stop=33) as clip:
        assert [number_of(frame.pixels) for frame in clip] == whole[30:33]


@pytest.mark.parametrize("name", CLIPS)
def test_a_range_behind_the_end_names_the_number_of_frames(name: str, tmp_path: Path) -> None:
    path = make(name, tmp_path)
    with open_clip(path) as clip:
        count = len(list(clip))
    for start in (count, count + 1000):
        with pytest.raises(InputError, match=f"has {count} frames, numbered from 0, so none from {start} on") as error:
            list(open_clip(path, start=start))
        assert str(path) in str(error.value)


@pytest.mark.parametrize(("start", "stop"), [(-1, None), (0, 0), (3, 3), (4, 2), (-5, -2), (0, -1)])
def test_a_range_that_is_none_is_refused(start: int, stop: int | None, tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif", [4] * 9)
    with pytest.raises(ValueError, match=r"0 <= start < stop, got -?\d"):
        open_clip(path, start=start, stop=stop)


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_a_range_of_an_animation_keeps_its_durations(name: str, tmp_path: Path) -> None:
    path = make(name, tmp_path)
    with open_clip(path) as clip:
        whole = list(clip)
    with open_clip(path, start=2, stop=6) as clip:
        target = write_clip(tmp_path / f"out{path.suffix}", clip.info, clip)
    with open_clip(target) as clip:
        frames = list(clip)
        assert clip.loop == 0
    assert [f.duration for f in frames] == [f.duration for f in whole[2:6]]
    assert frames[0].time == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm"])
def test_a_range_of_a_movie_begins_at_0_with_its_uneven_times(name: str, tmp_path: Path) -> None:
    path = make(name, tmp_path)
    with open_clip(path, start=17, stop=40) as clip:
        target = write_clip(tmp_path / f"out{path.suffix}", clip.info, clip)
        old = list(clip)
    with open_clip(target) as clip:
        new = list(clip)
    assert [number_of(frame.pixels) for frame in new] == list(range(17, 40))
    assert [f.time for f in new] == pytest.approx([f.time - old[0].time for f in old], abs=0.0011)
    assert [f.duration for f in new][:-1] == pytest.approx([f.duration for f in old][:-1], abs=0.0011)


@pytest.mark.parametrize(
    ("container", "sound", "subtitles"),
    [("mp4", "aac", "mov_text"), ("matroska", "aac", "ass"), ("webm", "libopus", "webvtt")],
)
@pytest.mark.parametrize(("start", "stop"), [(13, 45), (10, 12), (0, 20), (30, None), (20, 500)])
def test_sound_subtitles_and_chapters_are_cut_to_the_range(
    container: str, sound: str, subtitles: str, start: int, stop: int | None, tmp_path: Path
) -> None:
    path = reel(tmp_path / "a.film", container, sound=[sound], subtitles=[subtitles], chapters=True)
    suffix = {"matroska": "mkv"}.get(container, container)
    with open_clip(path, start=start, stop=stop) as clip:
        target = write_clip(tmp_path / f"out.{suffix}", clip.info, clip)
    before, after = content(path), content(target)
    begin, end = Fraction(start, 25), Fraction(stop, 25) if stop and stop <= 50 else Fraction(10)
    wanted = [
        (when - begin, data) for when, _, data in before.packets[0] if (when >= begin or start == 0) and when < end
    ]
    assert [data for _, _, data in after.packets[0]] == [data for _, data in wanted]
    for (when, _, _), (due, _) in zip(after.packets[0], wanted, strict=True):
        assert abs(when - due) < Fraction(1, 900)
    cues = [(Fraction(a, 1000), Fraction(a + length, 1000)) for a, length, _ in CUES]
    spans = [(max(a, begin) - begin, min(b, end) - begin) for a, b in cues if a < end and b > begin]
    texts = [(when, when + length) for when, length, data in after.packets[1] if data != b"\0\0"]
    assert texts == spans
    chapters = [(a, min(b, end)) for a, b in ((Fraction(0), Fraction(4, 5)), (Fraction(4, 5), Fraction(2)))]
    spans = [(max(a, begin) - begin, b - begin) for a, b in chapters if b > begin and a < end]
    assert [(a, b) for a, b, _ in after.chapters] == spans


def test_a_range_up_to_the_end_or_beyond_keeps_the_sound_that_goes_on(tmp_path: Path) -> None:
    path = reel(tmp_path / "a.mkv", "matroska", sound=["aac"], frames=20)  # 0.8 s of pictures, 2 s of sound
    lasts = {}
    for stop in (None, 20, 21, 200):
        with open_clip(path, start=5, stop=stop) as clip:
            lasts[stop] = content(write_clip(tmp_path / "b.mkv", clip.info, clip)).packets[0][-1][0]
    assert lasts[None] == lasts[20] == lasts[21] == lasts[200] > 1.7


def test_fps_counts_within_the_range_and_keeps_the_clip_s_times(tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif", [10] * 12)
    with open_clip(path, start=4, stop=8, fps=5) as clip:
        frames = list(clip)
        target = write_clip(tmp_path / "b.gif", clip.info, clip)
    assert [number_of(frame.pixels) for frame in frames] == [5, 7]
    assert [frame.index for frame in frames] == [0, 1]
    assert [frame.time for frame in frames] == pytest.approx([0.4, 0.6])
    with open_clip(target) as clip:
        assert [frame.time for frame in clip] == pytest.approx([0, 0.2])
    with open_clip(path, start=3, stop=4, fps=30) as clip:
        assert [number_of(frame.pixels) for frame in clip] == [3, 3, 3]


def test_fps_of_a_range_of_a_movie_begins_at_0_with_its_sound(tmp_path: Path) -> None:
    path = reel(tmp_path / "a.mp4", sound=["aac"])
    with open_clip(path, start=10, stop=30, fps=50) as clip:
        target = write_clip(tmp_path / "b.mp4", clip.info, clip)
    with open_clip(target) as clip:
        frames = list(clip)
    assert [frame.time for frame in frames] == pytest.approx([i / 50 for i in range(40)])
    assert [number_of(frame.pixels) for frame in frames] == [10 + i // 2 for i in range(40)]
    times = [when for when, _, _ in content(target).packets[0]]
    assert 0 <= times[0] < 0.022
    assert 0.77 < times[-1] < 0.8


def test_too_many_frames_by_fps_are_refused_where_the_length_is_not_known_before(tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif", [100] * 9)
    with open_clip(path, start=1, fps=1000, limits=Limits(frames=50)) as clip, pytest.raises(LimitError, match="51 fr"):
        list(clip)


def test_a_range_of_a_clip_that_is_broken_off_reads_nothing_of_the_file_again(tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif", [4] * 9)
    with contextlib.closing(open_clip(path, start=2, stop=5, fps=25)) as clip:
        next(iter(clip))
    path.unlink()
    assert not path.exists()
