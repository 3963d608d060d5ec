"""When the frames of a movie are shown, as its packets say: nothing is decoded for it."""

from __future__ import annotations

from array import array
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av

from charaface.video.container import open_movie, picture_stream

_AHEAD = 64  # packets looked at behind the one wanted: at most 16 are shown before one that they follow
_EVIDENCE = 8  # frames from an entry to the one wanted, by which a false one shows
# Codecs of which every packet is one frame that is shown. VP8 has packets that are not, old MPEG-4 may pack two.
_SURE = {"h264", "hevc", "av1", "vp9", "mjpeg", "ffv1", "prores", "png"}


class Entry(NamedTuple):
    """A key frame that decoding may begin with."""

    number: int  # of the frame in the clip
    seek: int  # the time stamp to look for
    stamps: list[int]  # when it and the frames after it are shown, up to the one wanted


class _Key(NamedTuple):
    number: int
    pts: int
    dts: int | None


def entry_before(path: Path, number: int) -> Entry | None:
    """The nearest key frame from which frame `number` comes out as it does when all are decoded.

    None where that is not sure: packets that are hidden, damaged or out of place, codecs whose packets are no frames.
    """
    with open_movie(path) as container:
        stream = picture_stream(path, container)
        if stream.codec_context.codec.canonical_name not in _SURE:
            return None
        stamps, keys = array("q"), deque[_Key](maxlen=8)
        highest: int | None = None
        for packet in _packets(container, stream):
            if packet.pts is None or packet.is_discard or packet.is_corrupt:
                return None
            if packet.pts <= stamps[0] if stamps else not packet.is_keyframe:
                return None  # pictures that need one from before the file's beginning
            while keys and packet.pts <= keys[-1].pts:
                keys.pop()  # a picture shown before it came after it, and may need what was before it
            if packet.is_keyframe and len(stamps) <= number - _EVIDENCE and (highest is None or packet.pts > highest):
                keys.append(_Key(len(stamps), packet.pts, packet.dts))
            highest = packet.pts if highest is None else max(highest, packet.pts)
            stamps.append(packet.pts)
            if len(stamps) > number + _AHEAD:
                break
    if not keys or not keys[-1].number:
        return None
    key = keys[-1]
    seek = key.pts if key.dts is None else min(key.pts, key.dts)
    return Entry(key.number, seek, sorted(stamps[key.number :])[: number - key.number + 1])


def shown_at(path: Path, number: int) -> Fraction | None:
    """Seconds at which frame `number` is shown, None where the movie ends before it.

    Exact for codecs whose packets are frames; of others that is where it should be by the average rate.
    """
    with open_movie(path) as container:
        stream = picture_stream(path, container)
        if stream.codec_context.codec.canonical_name not in _SURE:
            first = (stream.start_time or 0) * stream.time_base
            return Fraction(first + number / (stream.average_rate or Fraction(25)))
        stamps = array("q")
        for packet in _packets(container, stream):
            if packet.pts is not None and not packet.is_discard:
                stamps.append(packet.pts)
            if len(stamps) > number + _AHEAD:
                break
        return Fraction(sorted(stamps)[number] * stream.time_base) if len(stamps) > number else None


def _packets(container: Any, stream: Any) -> Any:
    """The packets of a stream up to its end or the first damage."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            return
        if packet is None:
            return
        if packet.size:
            yield packet
