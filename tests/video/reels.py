"""Movies with all that can stand beside the pictures, made with PyAV, and what is in a movie as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

MS = Fraction(1, 1000)
ASS = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n"
    b"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
CUES = ((100, 500, "hello"), (900, 700, "мир"), (1700, 250, "three\nlines\nhere"))  # begin, length in ms, text
FONT = bytes(range(256)) * 8
PICTURES = {"mp4": "libx264", "mov": "libx264", "matroska": "libx264", "webm": "libvpx-vp9"}


def number_of(pixels: np.ndarray) -> int:
    """The number that a frame of reel() shows: eight bars, dark or light."""
    bars = pixels[:, :, 1].mean(axis=0).reshape(8, -1).mean(axis=1) > 127
    return int(sum(1 << i for i, bar in enumerate(bars) if bar))


def bars(number: int, width: int = 64, height: int = 48) -> np.ndarray:
    """An (H, W, 3) picture of a number from 0 to 255 in eight bars."""
    light = np.array([235 if number >> i & 1 else 20 for i in range(8)], np.uint8)
    return np.ascontiguousarray(np.broadcast_to(np.repeat(light, width // 8)[None, :, None], (height, width, 3)))


def reel(
    path: Path,
    container: str = "mp4",
    *,
    sound: Sequence[str] = (),
    subtitles: Sequence[str] = (),
    frames: int = 50,
    stamps: Sequence[int] | None = None,
    codec: str | None = None,
    options: dict[str, str] | None = None,
    font: bool = False,
    chapters: bool = False,
    words: dict[str, str] | None = None,
) -> Path:
    """A movie of numbered frames at 25 a second (or at stamps of 1/40 s) with two seconds of the rest."""
    with av.open(
        str(path), "w", format=container, options={"movflags": "+faststart"} if container == "mp4" else {}
    ) as out:
        out.metadata.update(words or {})
        base = Fraction(1, 25) if stamps is None else Fraction(1, 40)
        shown = out.add_stream(codec or PICTURES[container], rate=25, options=options or {})
        shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
        shown.codec_context.time_base = base
        shown.metadata.update({"title": "pictures", "language": "jpn"} if words else {})
        tones = [_tone(out, name, i) for i, name in enumerate(sound)]
        texts = [_text(out, name, i) for i, name in enumerate(subtitles)]
        if font:
            out.add_attachment("글꼴.ttf", "font/ttf", FONT)
        if chapters:
            cuts = [(0, 800, "one"), (800, 2000, "둘")]
            out.set_chapters(
                [{"id": a + 1, "start": a, "end": b, "time_base": MS, "metadata": {"title": t}} for a, b, t in cuts]
            )
        for i in range(frames if stamps is None else len(stamps)):
            picture = av.VideoFrame.from_ndarray(bars(i % 256), format="rgb24")
            picture.pts, picture.time_base = i if stamps is None else stamps[i], base
            out.mux(shown.encode(picture))
        out.mux(shown.encode(None))
        for tone in tones:
            _sing(out, tone)
        for begin, length, text in CUES:
            for stream, name in zip(texts, subtitles, strict=True):
                _say(out, stream, name, begin, length, text)
    return path


def _tone(out: Any, name: str, number: int) -> Any:
    stream = out.add_stream(name, rate=48000)
    stream.metadata.update({"language": ("eng", "jpn")[number], "title": ("English", "日本語")[number]})
    stream.disposition = int((av.stream.Disposition.dub, av.stream.Disposition.default)[number])
    return stream


def _sing(out: Any, stream: Any) -> None:
    size = stream.codec_context.frame_size or 1024
    wave = (np.sin(np.arange(96000) / 20) * 0.3).astype(np.float32)[None]
    for at in range(0, 96000, size):
        part = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave[:, at : at + size]), format="fltp", layout="mono")
        part.sample_rate, part.pts = 48000, at
        out.mux(stream.encode(part))
    out.mux(stream.encode(None))


def _text(out: Any, name: str, number: int) -> Any:
    stream = out.add_stream(name)
    stream.time_base = MS
    stream.codec_context.subtitle_header = ASS
    stream.metadata.update({"language": ("eng", "kor")[number], "title": ("English", "한국어")[number]})
    stream.disposition = int((av.stream.Disposition.default, av.stream.Disposition.forced)[number])
    return stream


def _say(out: Any, stream: Any, name: str, begin: int, length: int, text: str) -> None:
    data = text.encode()
    if name == "mov_text":
        data = len(data).to_bytes(2, "big") + data
    elif name == "ass":
        data = f"{begin},0,Default,,0,0,0,,".encode() + data.replace(b"\n", b"\\N")
    packet = av.Packet(data)
    packet.stream, packet.time_base, packet.is_keyframe = stream, MS, True
    packet.pts = packet.dts = begin
    packet.duration = length
    out.mux(packet)


class Track(NamedTuple):
    """A stream beside the pictures, but for its packets."""

    kind: str
    codec: str
    language: str | None
    title: str | None
    disposition: int


class Content(NamedTuple):
    """What a movie holds."""

    tracks: list[Track]
    packets: list[list[tuple[Fraction, Fraction, bytes]]]  # of each track: when, how long, what
    chapters: list[tuple[Fraction, Fraction, str]]
    files: dict[str, bytes]
    words: dict[str, str]


def content(path: Path) -> Content:
    """All that a movie holds, its pictures' packets left out."""
    with av.open(str(path)) as film:
        streams = [s for s in film.streams if s.type in ("video", "audio", "subtitle")]
        tracks = [
            Track(
                s.type,
                s.codec_context.codec.canonical_name,
                s.metadata.get("language"),
                s.metadata.get("title", s.metadata.get("name")),
                int(s.disposition),
            )
            for s in streams
        ]
        chapters = [
            (c["start"] * c["time_base"], c["end"] * c["time_base"], c["metadata"].get("title", ""))
            for c in film.chapters()
        ]
        files = {s.name: s.data for s in film.streams if s.type == "attachment"}
        words = {key.lower(): value for key, value in film.metadata.items()}
        packets: dict[int, list[tuple[Fraction, Fraction, bytes]]] = {s.index: [] for s in streams}
        for packet in film.demux(streams[1:]):
            if packet.size:
                base = packet.time_base
                packets[packet.stream.index].append((packet.pts * base, packet.duration * base, bytes(packet)))
        return Content(tracks, [packets[s.index] for s in streams[1:]], chapters, files, words)
