"""A movie out: pictures through an encoder, each at its time, and all that is passed through beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from charaface.files import OutputError, reason
from charaface.image import over_white
from charaface.video.clip import ClipFrame, ClipInfo, chained
from charaface.video.container import AS_IT_IS
from charaface.video.movie import CAREFUL
from charaface.video.passed import Passed

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
# For what came without loss, drawings most of all: half the noise in flat areas, for about twice the bytes.
_FINE: dict[str, dict[str, str]] = {
    "libx264": {"crf": "12", "preset": "veryfast", "tune": "animation"},
    "libvpx-vp9": {**_OPTIONS["libvpx-vp9"], "crf": "16"},
}
_UNKNOWN, _BT709, _LIMITED = 2, 1, 1  # FFmpeg's numbers for colour
_OURS = (_BT709, _LIMITED, _BT709, _BT709)  # for clips that come without
_HASTY = ("gif", "webp")  # in which players show a frame of 10 ms or less for 100


def write(path: Path, info: ClipInfo, frames: Iterator[ClipFrame], kind: str) -> None:
    """Writes a movie (mp4 mov matroska webm), each frame at its time, beside them the sound and more of info.path.

    A part of a clip begins at time 0, and what is passed through is cut to it.
    """
    first = next(frames)
    begin = _moment(first, info) if info.start else Fraction(0)
    try:
        options = {"movflags": "+faststart"} if kind in ("mp4", "mov") else {}
        with av.open(os.path.realpath(path), "w", format=kind, options=options, **AS_IT_IS) as out:
            picture = _Picture(out, kind, info, first.pixels.shape, begin)
            with Passed(out, kind, info, begin) as passed:
                last = first
                for frame in chained(first, frames):
                    passed.until(frame.time)
                    picture.add(frame)
                    last = frame
                picture.close()
                passed.rest(last.end)
    except av.error.FFmpegError as error:
        raise OutputError(f"cannot write {kind} ({reason(error)})") from error


def _moment(frame: ClipFrame, info: ClipInfo) -> Fraction:
    """Seconds from the start of the clip, exact where the frame has its own time stamp."""
    if frame.pts is None or info.time_base is None:
        return Fraction(frame.time)
    return frame.pts * info.time_base


class _Picture:
    """The stream of pictures of a movie being written."""

    def __init__(self, out: Any, kind: str, info: ClipInfo, shape: tuple[int, ...], begin: Fraction) -> None:
        height, width = shape[:2]
        self._out, self._base = out, info.time_base or Fraction(1, 1000)
        self._begin = round(begin / self._base)
        self._said = info.colour or _OURS  # of colours
        self._colours = VideoReformatter()
        encoder = _encoder(kind)
        rate = (info.rate or Fraction(25)).limit_denominator(1001)
        options = _FINE.get(encoder, _OPTIONS[encoder]) if info.lossless else _OPTIONS[encoder]
        self._stream = out.add_stream(encoder, rate=rate, options=options)
        self._stream.width, self._stream.height = width, height
        # half as many colours as pixels need even sides; odd ones are kept by storing all
        odd = (width % 2 or height % 2) and encoder == "libx264"
        self._format = "yuv444p" if odd else "yuv420p"
        self._stream.pix_fmt = self._format
        context = self._stream.codec_context
        context.time_base = self._stream.time_base = self._base
        context.sample_aspect_ratio = info.pixel_aspect
        context.colorspace, context.color_range, context.color_primaries, context.color_trc = self._said
        self._last: int | None = None
        self._ticks: dict[int, int] = {}  # durations of frames in the encoder, by time stamp
        self._kind, self._end = info.kind, 0
        self._delay: int | None = None  # of decoding before showing, ticks
        # MP4 adds up durations in the order of decoding: the last of them makes the whole as long as it is
        self._in_coded_order = kind in ("mp4", "mov")
        self._held: ClipFrame | None = None  # until the next one tells how long it lasts

    def add(self, frame: ClipFrame) -> None:
        if self._held is not None:
            self._encode(self._held, frame.time - self._held.time)
        self._held = frame

    def close(self) -> None:
        if self._held is not None:
            seconds = self._held.duration
            self._encode(self._held, 0.1 if seconds < 0.015 and self._kind in _HASTY else seconds)
        packets = self._stream.encode(None)
        self._mux(packets[:-1])
        self._mux(packets[-1:], last=True)

    def _encode(self, frame: ClipFrame, seconds: float) -> None:
        rgb = frame.pixels if frame.pixels.shape[2] == 3 else over_white(frame.pixels)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        matrix, reach = self._said[:2]
        picture = self._colours.reformat(
            picture,
            format=self._format,
            interpolation=CAREFUL,
            dst_colorspace=None if matrix == _UNKNOWN else matrix,
            dst_color_range=reach or _LIMITED,
        )
        pts = (round(frame.time / self._base) if frame.pts is None else frame.pts) - self._begin
        pts = pts if self._last is None else max(pts, self._last + 1)
        picture.pts, picture.time_base, self._last = pts, self._base, pts
        self._ticks[pts] = max(1, round(seconds / self._base))
        self._end = pts + self._ticks[pts]
        self._mux(self._stream.encode(picture))

    def _mux(self, packets: list[Any], last: bool = False) -> None:
        for packet in packets:
            if self._delay is None:
                self._delay = packet.pts - packet.dts
            packet.duration = self._ticks.pop(packet.pts, packet.duration)
            if last and self._in_coded_order:
                packet.duration = max(1, self._end - self._delay - packet.dts)
            self._out.mux(packet)


def _encoder(kind: str) -> str:
    for name in _ENCODERS[kind]:
        try:
            av.Codec(name, "w")
        except av.error.FFmpegError:
            continue
        return name
    raise OutputError(f"the installed av has none of {', '.join(_ENCODERS[kind])}, which {kind} needs")
