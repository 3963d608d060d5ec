"""Frames into a pipe as they come, for a player at its other end: H.264 in Matroska, nothing held back."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from charaface.files import OutputError, reason
from charaface.image import over_white
from charaface.video.clip import ClipFrame, ClipInfo, chained

# of the encoders the first that is there; each gives a frame back at once
_ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"},
    "libopenh264": {"b": "6M"},
    "mpeg4": {"qscale": "3", "bf": "0"},
}
_BASE = Fraction(1, 1000)  # seconds of a tick in Matroska
_KEY = 50  # frames from one that stands alone to the next: a player may come late
_BT709, _LIMITED = 1, 1  # FFmpeg's numbers


class _Pipe:
    """What the library may do with a pipe: write to it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.broken: OSError | None = None

    def write(self, data: bytes) -> int:
        if self.broken is None:
            try:
                self._out.write(data)
                self._out.flush()
            except OSError as error:
                self.broken = error
        return len(data)


def write(out: BinaryIO, info: ClipInfo, frames: Iterator[ClipFrame]) -> None:
    """Writes frames to an open file that need not be seekable; each is on its way when the next one comes.

    Pictures alone, no sound. Raises BrokenPipeError when the file takes no more (with an errno where it is not that
    its reader has enough), OutputError where nothing can be encoded.
    """
    pipe, first = _Pipe(out), next(frames, None)
    if first is None:
        raise OutputError("there are no frames to write")
    try:
        with av.open(pipe, "w", format="matroska", options={"cluster_time_limit": "1", "live": "1"}) as container:
            stream, colours = _stream(container, info, first.pixels.shape), VideoReformatter()
            last = -1
            for frame in chained(first, frames):
                last = max(last + 1, round((frame.time - first.time) / _BASE))
                container.mux(stream.encode(_picture(frame, stream, colours, last)))
                if pipe.broken is not None:
                    break
            container.mux(stream.encode(None))
    except av.error.FFmpegError as error:
        if pipe.broken is None:
            raise OutputError(f"cannot write a stream ({reason(error)})") from error
    if pipe.broken is not None:
        gone = pipe.broken.errno in (None, errno.EPIPE)
        raise BrokenPipeError(*() if gone else (pipe.broken.errno, pipe.broken.strerror)) from pipe.broken


def _stream(container: Any, info: ClipInfo, shape: tuple[int, ...]) -> Any:
    name = next((name for name in _ENCODERS if _is_there(name)), None)
    if name is None:
        raise OutputError(f"the installed av has none of {', '.join(_ENCODERS)}, which a stream needs")
    rate = (info.rate or Fraction(25)).limit_denominator(1001)
    stream = container.add_stream(name, rate=rate, options=_ENCODERS[name])
    height, width = shape[:2]
    stream.width, stream.height = width, height
    odd = (width % 2 or height % 2) and name == "libx264"  # half as many colours as pixels need even sides
    stream.pix_fmt = "yuv444p" if odd else "yuv420p"
    context = stream.codec_context
    context.time_base = stream.time_base = _BASE
    context.gop_size = _KEY
    context.sample_aspect_ratio = info.pixel_aspect
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream


def _is_there(name: str) -> bool:
    try:
        av.Codec(name, "w")
    except av.error.FFmpegError:
        return False
    return True


def _picture(frame: ClipFrame, stream: Any, colours: VideoReformatter, pts: int) -> Any:
    rgb = frame.pixels if frame.pixels.shape[2] == 3 else over_white(frame.pixels)
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    picture = colours.reformat(picture, format=stream.pix_fmt, dst_colorspace=_BT709, dst_color_range=_LIMITED)
    picture.pts, picture.time_base = pts, _BASE
    return picture
