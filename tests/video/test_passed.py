"""What a movie holds beside its pictures goes through: sound, subtitles, chapters, attached files, words."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from reels import FONT, bars, content, number_of, reel

from charaface.files import DamageWarning
from charaface.video import open_clip, write_clip
from charaface.video.passed import Passed

WORDS = {"title": "Фильм", "artist": "a", "comment": "b"}
KINDS: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {  # suffix: container, sound, subtitles
    "mp4": ("mp4", ["aac", "libmp3lame"], ["mov_text", "mov_text"]),
    "mov": ("mov", ["aac", "libmp3lame"], ["mov_text"]),
    "mkv": ("matroska", ["aac", "libopus"], ["ass", "subrip"]),
    "webm": ("webm", ["libopus", "libopus"], ["webvtt", "webvtt"]),
}


def rewritten(source: Path, target: Path) -> list[str]:
    """Writes a movie anew and gives the warnings that came of it."""
    with warnings.catch_warnings(record=True) as caught, open_clip(source) as clip:
        warnings.simplefilter("always")
        write_clip(target, clip.info, clip)
    assert all(warning.category is DamageWarning for warning in caught)
    return [str(warning.message) for warning in caught]


def full(path: Path) -> Path:
    container, sound, subtitles = KINDS[path.suffix[1:]]
    words = WORDS | ({"MY_TAG": "x"} if container in ("matroska", "webm") else {})
    options = {"sound": sound, "subtitles": subtitles, "chapters": True, "words": words}
    return reel(path, container, font=container == "matroska", **options)


def test_what_is_made_for_these_tests_is_in_it(tmp_path: Path) -> None:
    made = content(full(tmp_path / "a.mkv"))
    assert [(t.kind, t.codec, t.language, t.title, t.disposition) for t in made.tracks] == [
        ("video", "h264", "jpn", "pictures", 0),
        ("audio", "aac", "eng", "English", 2),
        ("audio", "opus", "jpn", "日本語", 1),
        ("subtitle", "ass", "eng", "English", 1),
        ("subtitle", "subrip", "kor", "한국어", 64),
    ]
    assert [len(packets) > 2 for packets in made.packets] == [True] * 4
    assert made.packets[3][1][2] == "мир".encode()
    assert [title for _, _, title in made.chapters] == ["one", "둘"]
    assert made.files == {"글꼴.ttf": FONT}
    assert made.words.items() >= {**WORDS, "my_tag": "x"}.items()


@pytest.mark.parametrize("suffix", KINDS)
def test_a_movie_of_the_same_kind_holds_all_that_it_held(suffix: str, tmp_path: Path) -> None:
    source, target = full(tmp_path / f"a.{suffix}"), tmp_path / f"b.{suffix}"
    assert rewritten(source, target) == []
    before, after = content(source), content(target)
    assert after == before


def test_webm_becomes_matroska_without_loss(tmp_path: Path) -> None:
    source, target = full(tmp_path / "a.webm"), tmp_path / "b.mkv"
    assert rewritten(source, target) == []
    before, after = content(source), content(target)
    assert after.tracks[1:] == before.tracks[1:]
    assert after[1:] == before[1:]


def test_from_matroska_to_mp4_what_has_no_place_is_left_out_with_a_word(tmp_path: Path) -> None:
    source, target = full(tmp_path / "a.mkv"), tmp_path / "b.mp4"
    said = rewritten(source, target)
    assert said == [
        f"{source}: mp4 takes no ass subtitles: track 3 (eng) is left out; matroska takes most",
        f"{source}: mp4 takes no subrip subtitles: track 4 (kor) is left out; matroska takes most",
        f"{source}: mp4 takes no attached files: 글꼴.ttf is left out; matroska takes them",
        f"{source}: mp4 has no place for MY_TAG, which is left out; matroska takes all",
    ]
    before, after = content(source), content(target)
    assert [t[:4] for t in after.tracks] == [t[:4] for t in before.tracks[:3]]
    assert [t.disposition for t in after.tracks[1:]] == [2, 1]
    assert after.chapters == before.chapters
    assert after.words.items() >= WORDS.items()
    for old, new in zip(before.packets, after.packets, strict=False):
        assert [data for *_, data in new] == [data for *_, data in old]
        assert all(abs(a - b) < 0.0011 for (a, *_), (b, *_) in zip(old, new, strict=True))


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("a.mp4", "b.mkv", ["matroska takes no mov_text subtitles: track 3", "matroska takes no mov_text subtitles"]),
        ("a.mp4", "b.webm", ["webm takes no aac sound: track 1", "webm takes no mp3 sound", "mov_text", "mov_text"]),
        ("a.webm", "b.mov", ["no opus sound", "no opus sound", "webvtt", "webvtt", "mov has no place for MY_TAG"]),
        ("a.mkv", "b.gif", []),
        ("a.mkv", "b.webm", ["no aac sound", "no ass subtitles", "no subrip subtitles", "no attached files: 글꼴.ttf"]),
    ],
)
def test_what_another_kind_does_not_take_is_named(source: str, target: str, words: list[str], tmp_path: Path) -> None:
    said = rewritten(full(tmp_path / source), tmp_path / target)
    assert [word in line for word, line in zip(words, said, strict=True)] == [True] * len(words)


def test_words_that_are_no_utf_8_stop_nothing_and_stay_as_they_are(tmp_path: Path) -> None:
    source, target = tmp_path / "a.mkv", tmp_path / "b.mkv"
    with av.open(str(source), "w", metadata_encoding="latin-1") as out:
        out.metadata["title"] = "café"
        stream = out.add_stream("libx264", rate=25, width=64, height=48)
        stream.metadata["title"] = "être"
        for number in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(bars(number), format="rgb24")))
        out.mux(stream.encode(None))
    assert rewritten(source, target) == []
    with av.open(str(target), metadata_encoding="latin-1") as film:
        assert (film.metadata["title"], film.streams[0].metadata["title"]) == ("café", "être")


def cover(path: Path) -> dict[str, bytes]:
    """The pictures that stand for the whole, by the name of their file."""
    with av.open(str(path)) as film:
        streams = [s for s in film.streams.video if s.disposition & av.stream.Disposition.attached_pic]
        return {p.stream.metadata.get("filename", ""): bytes(p) for p in film.demux(streams) if streams and p.size}


@pytest.mark.parametrize("start", [0, 20])
def test_a_cover_goes_from_matroska_to_matroska_and_to_mp4_and_back(start: int, tmp_path: Path) -> None:
    jpeg = io.BytesIO()
    Image.fromarray(bars(77)).save(jpeg, "JPEG")
    source = tmp_path / "a.mkv"
    with av.open(str(source), "w") as out:
        stream = out.add_stream("libx264", rate=25, width=64, height=48)
        out.add_attachment("cover.jpg", "image/jpeg", jpeg.getvalue())
        for number in range(30):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(bars(number), format="rgb24")))
        out.mux(stream.encode(None))
    for before, after, name in (
        ("a.mkv", "b.mkv", "cover.jpg"),
        ("a.mkv", "c.mp4", ""),
        ("c.mp4", "d.mkv", "cover.jpg"),
    ):
        with open_clip(tmp_path / before, start=start if before == "a.mkv" else 0) as clip:
            write_clip(tmp_path / after, clip.info, clip)
        assert cover(tmp_path / after) == {name: jpeg.getvalue()}
        with open_clip(tmp_path / after) as clip:
            assert len(list(clip)) == 30 - start
    assert rewritten(source, tmp_path / "e.webm") == [
        f"{source}: webm takes no attached files: cover.jpg is left out; matroska takes them"
    ]


def test_a_second_track_of_pictures_is_left_out_with_a_word(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    with av.open(str(source), "w") as out:
        streams = [out.add_stream("libx264", rate=25, width=64, height=48) for _ in range(2)]
        for number in range(3):
            for stream in streams:
                out.mux(stream.encode(av.VideoFrame.from_ndarray(bars(number), format="rgb24")))
        for stream in streams:
            out.mux(stream.encode(None))
    assert rewritten(source, tmp_path / "b.mkv") == [
        f"{source}: track 1 (video) is left out; one of pictures is written"
    ]


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_a_track_whose_times_go_back_costs_no_more_than_itself(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = reel(tmp_path / "a.mkv", "matroska", sound=["aac"], frames=50)
    whole = Passed._demuxed

    def damaged(passed: Passed) -> Iterator[Any]:
        for number, packet in enumerate(whole(passed)):
            if 10 <= number < 14:
                packet.pts = packet.dts = 5
            yield packet

    monkeypatch.setattr(Passed, "_demuxed", damaged)
    target = tmp_path / f"b.{suffix}"
    assert rewritten(source, target) == [f"{source}: track 1 is damaged; what cannot be written of it is left out"]
    with open_clip(target) as clip:
        assert [number_of(frame.pixels) for frame in clip] == list(range(50))
    assert len(content(target).packets[0]) == len(content(source).packets[0]) - 4
