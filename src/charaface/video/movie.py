"""MP4, MOV, WebM and Matroska as a clip: frames at their own time stamps."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import Interpolation, VideoReformatter

from charaface.files import InputError, Limits, reason
from charaface.image import readable
from charaface.video.clip import Clip, ClipFrame, ClipInfo, warn_damage
from charaface.video.container import kind_of, open_movie, picture_stream
from charaface.video.part import too_few
from charaface.video.timeline import Entry, entry_before

# the library's quick conversion makes a picture a little over one level darker each time
CAREFUL = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_LOST = 5  # frames that an edit list may hide without anything being damaged


class _NotThere(Exception):
    """Decoding from a key frame does not give the frames that the packets promise."""


def read(path: Path, limits: Limits) -> Clip:
    """The clip of a movie file; frames behind damage are left out with a DamageWarning."""
    info = _probe(path, limits)
    return Clip(info, lambda: _frames(info, limits), lambda number: _later(info, limits, number))


def _limited(path: Path, container: Any, limits: Limits) -> Any:
    """The stream of pictures, whose frames get no larger than limits whatever is behind the header."""
    stream = picture_stream(path, container)
    context = stream.codec_context
    limits.check_size(str(path), context.width, context.height)
    # codecs store whole blocks, of 64 pixels at most
    most = max(limits.pixels, (context.width + 63) * (context.height + 63))
    context.options = {"max_pixels": str(most)}
    return stream


def _probe(path: Path, limits: Limits) -> ClipInfo:
    with open_movie(path) as container:
        stream = _limited(path, container, limits)
        context = stream.codec_context
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
            kind_of(path),
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


def _later(info: ClipInfo, limits: Limits, number: int) -> Generator[ClipFrame]:
    """The frames from a number on, decoded from a key frame near it where that gives the same ones."""
    entry = entry_before(info.path, number)
    if entry is not None:
        try:
            yield from _frames(info, limits, number, entry)
            return
        except _NotThere:
            pass  # raised before the first frame is given
    yield from _frames(info, limits, number)


def _frames(info: ClipInfo, limits: Limits, start: int = 0, entry: Entry | None = None) -> Generator[ClipFrame]:
    """The frames from number start on; those before are decoded, from an entry on or all, and nothing more."""
    with open_movie(info.path) as container:
        stream = _limited(info.path, container, limits)
        base, first, index = stream.time_base, entry.number if entry else 0, -1
        colours = VideoReformatter()  # one for all frames: each makes tables of its own
        usual = round((1 / info.rate if info.rate else Fraction(1, 25)) / base)
        end = None if stream.duration is None else (stream.start_time or 0) + stream.duration
        decoded = _decoded(info.path, container, stream, entry)
        for index, (frame, pts, ticks) in enumerate(_timed(decoded, usual, end), first):
            limits.check_length(str(info.path), index + 1, float(pts * base))
            if entry and index <= start and not _promised(entry, index, pts, frame):
                raise _NotThere
            if index >= start:
                with readable(str(info.path)):
                    pixels = _pixels(frame, info, colours)
                yield ClipFrame(index, float(pts * base), float(ticks * base), pixels, pts=pts)
    if index < start:
        raise _NotThere if entry else too_few(info.path, index + 1, start)
    if info.frames and info.frames - index - 1 > _LOST:
        warn_damage(info.path, f"{info.frames} frames were promised", index + 1)


def _timed(frames: Iterator[Any], usual: int, end: int | None) -> Iterator[tuple[Any, int, int]]:
    """Each frame, its time stamp and how many ticks later the next one is shown; end is when the last one ends.

    What containers say of durations is in the order of decoding (MP4) or a mean (Matroska).
    """
    last, stamp = None, 0
    for frame in frames:
        pts = stamp + (last.duration or usual) if last is not None and frame.pts is None else frame.pts or 0
        if last is not None:
            yield last, stamp, pts - stamp if pts > stamp else last.duration or usual
        last, stamp = frame, pts
    if last is not None:
        yield last, stamp, end - stamp if end is not None and end > stamp else last.duration or usual


def _promised(entry: Entry, index: int, pts: int, frame: Any) -> bool:
    """Whether a decoded frame is the one that the packets promise under its number."""
    place = index - entry.number
    return pts == entry.stamps[place] and (place > 0 or frame.pict_type == PictureType.I)


def _decoded(path: Path, container: Any, stream: Any, entry: Entry | None = None) -> Iterator[Any]:
    """The frames that can be decoded, in the order of their time stamps; damaged ones are passed over."""
    stream.thread_type = "AUTO"
    done, warned = entry.number if entry else 0, False
    packets = container.demux(stream) if entry is None else _from_entry(container, stream, entry)
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


def _from_entry(container: Any, stream: Any, entry: Entry) -> Iterator[Any]:
    """The packets from a key frame on."""
    container.seek(entry.seek, stream=stream)
    packets = container.demux(stream)
    for packet in packets:  # seeking may end at an earlier key frame
        if packet.pts is None or packet.pts >= entry.stamps[0]:
            break
    else:
        return
    if packet.pts != entry.stamps[0] or not packet.is_keyframe:
        raise _NotThere
    yield packet
    yield from packets


def _pixels(frame: Any, info: ClipInfo, colours: Any) -> np.ndarray:
    """(H, W, 3) of a decoded frame, turned upright, in the size of the clip."""
    turns = frame.rotation // 90 % 4
    width, height = (info.width, info.height) if turns % 2 == 0 else (info.height, info.width)
    rgb = colours.reformat(frame, width, height, "rgb24", interpolation=CAREFUL).to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, turns))
