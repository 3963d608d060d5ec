"""MP4, MOV, WebM and Matroska as a clip, through FFmpeg's libraries: time stamps and sound kept."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Interpolation

from charaface.files import DamageWarning, InputError, Limits, OutputError, open_input, reason, sniff
from charaface.image import over_white
from charaface.video.clip import Clip, ClipFrame, ClipInfo, chained, warn_damage

# What each container is written with: the first encoder that the installed library has.
_ENCODERS: dict[str, tuple[str, ...]] = {
    "mp4": ("libx264", "libopenh264", "mpeg4"),
    "mov": ("libx264", "libopenh264", "mpeg4"),
    "matroska": ("libx264", "libopenh264", "libvpx-vp9", "mpeg4"),
    "webm": ("libvpx-vp9", "libvpx"),
}
_OPTIONS: dict[str, dict[str, str]] = {
    "libx264": {"crf": "18", "preset": "veryfast"},
    "libopenh264": {"b": "6M"},
    "libvpx-vp9": {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1"},
    "libvpx": {"crf": "8", "b": "4M", "deadline": "good", "cpu-used": "5"},
    "mpeg4": {"qscale": "3"},
}
_SOUND: dict[str, set[str] | None] = {  # codecs of sound a container takes; None takes all
    "mp4": {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"},
    "mov": {"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_f32le"},
    "matroska": None,
    "webm": {"opus", "vorbis"},
}
_UNKNOWN, _BT709, _LIMITED = 2, 1, 1  # FFmpeg's numbers for colour
_OURS = (_BT709, _LIMITED, _BT709, _BT709)  # for clips that come without
# the library's quick conversion makes a picture a little over one level darker each time
_CAREFUL = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_LOST = 5  # frames that an edit list may hide without anything being damaged


def read(path: Path, limits: Limits) -> Clip:
    """The clip of a movie file; frames behind damage are left out with a DamageWarning."""
    info = _probe(path, limits)
    return Clip(info, lambda: _frames(info, limits))


def write(path: Path, info: ClipInfo, frames: Iterator[ClipFrame], kind: str) -> None:
    """Writes a movie (mp4 mov matroska webm), each frame at its time, the sound of info.path copied."""
    first = next(frames)
    try:
        options = {"movflags": "+faststart"} if kind in ("mp4", "mov") else {}
        with av.open(os.path.realpath(path), "w", format=kind, options=options) as out:
            picture = _Picture(out, kind, info, first.pixels.shape)
            with _Sound(out, kind, info) as sound:
                for frame in chained(first, frames):
                    sound.until(frame.time)
                    picture.add(frame)
                picture.close()
                sound.until(None)
    except av.error.FFmpegError as error:
        raise OutputError(f"cannot write {kind} ({reason(error)})") from error


def _open(path: Path) -> Any:
    """The container of a movie. Its format is told by its first bytes: no playlists, no addresses."""
    with open_input(path) as file:
        kind = sniff(file.read(32))
    try:
        return av.open(os.path.realpath(path), format="matroska" if kind == "matroska" else "mp4")
    except av.error.FFmpegError as error:
        raise InputError(f"{path}: is damaged or cut short ({reason(error)}); save it anew first") from error


def _picture_stream(path: Path, container: Any) -> Any:
    for stream in container.streams.video:
        if not int(stream.disposition) & int(av.stream.Disposition.attached_pic):
            return stream
    raise InputError(f"{path}: has no pictures, only {', '.join(s.type for s in container.streams) or 'nothing'}")


def _probe(path: Path, limits: Limits) -> ClipInfo:
    with _open(path) as container:
        stream = _picture_stream(path, container)
        context = stream.codec_context
        limits.check_size(str(path), context.width, context.height)
        seconds = None if container.duration is None else container.duration / av.time_base
        limits.check_length(str(path), stream.frames or None, seconds)
        frame = next(_decoded(path, container, stream), None)
        if frame is None:
            raise InputError(f"{path}: holds no picture that can be decoded; save it anew first")
        turned = frame.rotation % 180 == 90
        aspect = stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
        aspect = Fraction(1) if aspect <= 0 else aspect
        colour = (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)
        return ClipInfo(
            path,
            _kind(path),
            frame.height if turned else frame.width,
            frame.width if turned else frame.height,
            stream.frames or None,
            seconds,
            time_base=stream.time_base,
            rate=stream.average_rate,
            pixel_aspect=1 / aspect if turned else aspect,
            sound=bool(container.streams.audio),
            colour=tuple(map(int, colour)),  # type: ignore[arg-type]
        )


def _kind(path: Path) -> str:
    with open_input(path) as file:
        head = file.read(64)
    if sniff(head) == "matroska":
        return "webm" if b"webm" in head else "matroska"
    return "mov" if head[8:12] == b"qt  " else "mp4"


def _decoded(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """The frames that can be decoded, in the order of their time stamps; damaged ones are passed over."""
    stream.thread_type = "AUTO"
    done, warned = 0, False
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            frames = [] if packet is None else packet.decode()
        except av.error.FFmpegError as error:
            if done and not warned:
                warn_damage(path, f"a frame is damaged ({reason(error)})", done)
                warned = True
            continue
        if packet is None:
            return
        for frame in frames:
            done += 1
            yield frame


def _frames(info: ClipInfo, limits: Limits) -> Generator[ClipFrame]:
    usual = 1 / info.rate if info.rate else Fraction(1, 25)
    with _open(info.path) as container:
        stream = _picture_stream(info.path, container)
        base, due, index = stream.time_base, 0, 0
        for index, frame in enumerate(_decoded(info.path, container, stream)):
            pts = due if frame.pts is None else frame.pts
            ticks = frame.duration or round(usual / base)
            due = pts + ticks
            limits.check_length(str(info.path), index + 1, float(pts * base))
            yield ClipFrame(index, float(pts * base), float(ticks * base), _pixels(frame, info), pts=pts)
    if info.frames and info.frames - index - 1 > _LOST:
        warn_damage(info.path, f"{info.frames} frames were promised", index + 1)


def _pixels(frame: Any, info: ClipInfo) -> np.ndarray:
    """(H, W, 3) of a decoded frame, turned upright, in the size of the clip."""
    turns = frame.rotation // 90 % 4
    width, height = (info.width, info.height) if turns % 2 == 0 else (info.height, info.width)
    rgb = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation=_CAREFUL)
    return np.ascontiguousarray(np.rot90(rgb, turns))


class _Picture:
    """The stream of pictures of a movie being written."""

    def __init__(self, out: Any, kind: str, info: ClipInfo, shape: tuple[int, ...]) -> None:
        height, width = shape[:2]
        self._out, self._base = out, info.time_base or Fraction(1, 1000)
        self._colour = info.colour or _OURS
        encoder = _encoder(kind)
        rate = (info.rate or Fraction(25)).limit_denominator(1001)
        self._stream = out.add_stream(encoder, rate=rate, options=_OPTIONS[encoder])
        self._stream.width, self._stream.height = width, height
        # half as many colours as pixels need even sides; odd ones are kept by storing all
        odd = (width % 2 or height % 2) and encoder == "libx264"
        self._format = "yuv444p" if odd else "yuv420p"
        self._stream.pix_fmt = self._format
        context = self._stream.codec_context
        context.time_base = self._stream.time_base = self._base
        context.sample_aspect_ratio = info.pixel_aspect
        context.colorspace, context.color_range, context.color_primaries, context.color_trc = self._colour
        self._last: int | None = None
        self._ticks: dict[int, int] = {}  # durations of frames in the encoder, by time stamp

    def add(self, frame: ClipFrame) -> None:
        rgb = frame.pixels if frame.pixels.shape[2] == 3 else over_white(frame.pixels)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        matrix, reach = self._colour[:2]
        picture = picture.reformat(
            format=self._format,
            interpolation=_CAREFUL,
            dst_colorspace=None if matrix == _UNKNOWN else matrix,
            dst_color_range=reach or _LIMITED,
        )
        pts = round(frame.time / self._base) if frame.pts is None else frame.pts
        pts = pts if self._last is None else max(pts, self._last + 1)
        picture.pts, picture.time_base, self._last = pts, self._base, pts
        self._ticks[pts] = max(1, round(frame.duration / self._base))
        self._mux(self._stream.encode(picture))

    def close(self) -> None:
        self._mux(self._stream.encode(None))

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            packet.duration = self._ticks.pop(packet.pts, packet.duration)
            self._out.mux(packet)


class _Sound:
    """The streams of sound of a source, copied packet by packet beside the pictures."""

    def __init__(self, out: Any, kind: str, info: ClipInfo) -> None:
        self._out, self._streams = out, {}
        self._source = _open(info.path) if info.sound else None
        for stream in self._source.streams.audio if self._source else ():
            codec, taken = stream.codec_context.name, _SOUND[kind]
            if taken is None or codec in taken:
                self._streams[stream.index] = out.add_stream_from_template(stream)
            else:
                text = f"{info.path}: {kind} takes no {codec} sound, which is left out; {info.kind} keeps it"
                warnings.warn(text, DamageWarning, stacklevel=2)
        self._packets = self._demuxed()
        self._next = next(self._packets, None)

    def __enter__(self) -> _Sound:
        return self

    def __exit__(self, *_: object) -> None:
        if self._source is not None:
            self._source.close()

    def until(self, time: float | None) -> None:
        """Copies the sound up to a time in seconds, or all that is left."""
        while self._next is not None and (time is None or self._next.dts * self._next.time_base <= time):
            self._next.stream = self._streams[self._next.stream.index]
            self._out.mux(self._next)
            self._next = next(self._packets, None)

    def _demuxed(self) -> Iterator[Any]:
        if self._source is None or not self._streams:
            return
        packets = self._source.demux([self._source.streams[i] for i in self._streams])
        while True:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:
                return  # the pictures have told of the damage
            if packet is None:
                return
            if packet.dts is not None and packet.size:
                yield packet


def _encoder(kind: str) -> str:
    for name in _ENCODERS[kind]:
        try:
            av.Codec(name, "w")
        except av.error.FFmpegError:
            continue
        return name
    raise OutputError(f"the installed av has none of {', '.join(_ENCODERS[kind])}, which {kind} needs")
