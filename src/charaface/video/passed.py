"""The streams of a movie beside its pictures, passed through: sound, subtitles, attached files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from charaface.files import DamageWarning
from charaface.video import titles
from charaface.video.clip import ClipInfo
from charaface.video.container import MOVIES, is_cover, open_movie, picture_stream
from charaface.video.timeline import shown_at

_TAKEN: dict[str, dict[str, set[str] | None]] = {  # codecs a container takes, by FFmpeg's names; None takes all
    "mp4": {"audio": {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"}, "subtitle": {"mov_text"}},
    "mov": {
        "audio": {"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_f32le"},
        "subtitle": {"mov_text"},
    },
    "matroska": {
        "audio": None,
        "subtitle": {"subrip", "ass", "webvtt", "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle"},
    },
    "webm": {"audio": {"opus", "vorbis"}, "subtitle": {"webvtt"}},
}
_WORDS = {"audio": "sound", "subtitle": "subtitles"}


class Passed:
    """The streams of a source beside its pictures, copied packet by packet, and what the source says of itself.

    A part of a clip has them cut to it: sound at whole packets, subtitles and chapters where it begins and ends.
    """

    def __init__(self, out: Any, kind: str, info: ClipInfo, begin: Fraction) -> None:
        """out has its stream of pictures already. begin: seconds into the source at which it begins."""
        self._out, self._kind, self._info, self._begin = out, kind, info, begin
        self._streams: dict[int, Any] = {}  # ours, by the number of the source's
        self._covers: list[Any] = []  # packets that go in front
        self._damaged: set[int] = set()  # numbers of the source's streams
        self._end: Fraction | None = None  # seconds into the source; None goes to its end
        self._source = open_movie(info.path) if info.kind in MOVIES and info.path.is_file() else None
        if self._source is not None:
            self._end = None if info.stop is None else shown_at(info.path, info.stop)
            self._take(self._source)
        self._packets = self._demuxed()
        self._next = next(self._packets, None)

    def __enter__(self) -> Passed:
        return self

    def __exit__(self, *_: object) -> None:
        if self._source is not None:
            self._source.close()

    def until(self, time: float) -> None:
        """Copies what comes up to a time of the source in seconds."""
        while self._covers:
            self._out.mux(self._covers.pop())
        while self._next is not None and self._next.dts * self._next.time_base <= time - self._begin:
            self._mux(self._next)

    def rest(self, end: float) -> None:
        """Copies all that is left; of a part what begins before its end, in seconds of the source."""
        done: set[int] = set()
        while self._next is not None and done != set(self._streams):
            packet = self._next
            if self._end is None or packet.pts < round((Fraction(end) - self._begin) / packet.time_base):
                self._mux(packet)
            else:
                done.add(packet.stream.index)
                self._next = next(self._packets, None)

    def _mux(self, packet: Any) -> None:
        number = packet.stream.index
        packet.stream = self._streams[number]
        try:
            self._out.mux(packet)
        except (av.error.ArgumentError, av.error.InvalidDataError):  # times that go back, a head that is none
            if number not in self._damaged:
                self._damaged.add(number)
                self._warn(f"track {number} is damaged; what cannot be written of it is left out")
        self._next = next(self._packets, None)

    def _take(self, source: Any) -> None:
        """Makes a stream of each that the container takes, and says which it does not."""
        shown = picture_stream(self._info.path, source)
        titles.describe(self._out.streams.video[0], shown, self._kind)
        for stream in source.streams:
            if stream.type in _WORDS:
                self._copy(stream)
            elif stream.type == "attachment":
                self._attach(stream.name or "file", stream.mimetype or "application/octet-stream", stream.data)
            elif stream.type == "video" and is_cover(stream):
                self._cover(stream)
            elif stream is not shown and not (stream.type == "data" and source.chapters()):  # MP4 keeps them in one
                words = "; one of pictures is written" if stream.type == "video" else ""
                self._warn(f"track {stream.index} ({stream.type}) is left out{words}")
        titles.describe_all(self._out, source, self._begin, self._end)
        missing = titles.without_a_place(source, self._kind)
        if missing:
            self._warn(f"{self._kind} has no place for {', '.join(missing)}, which is left out; matroska takes all")

    def _copy(self, stream: Any) -> None:
        codec = stream.codec_context.codec.canonical_name if stream.codec_context else "such"
        taken, ours = _TAKEN[self._kind][stream.type], None
        if stream.codec_context and (taken is None or codec in taken):
            try:
                ours = self._out.add_stream_from_template(stream)
            except ValueError:  # the library says the same
                ours = None
        if ours is None:
            which = f"track {stream.index} ({stream.language or 'no language'})"
            self._warn(f"{self._kind} takes no {codec} {_WORDS[stream.type]}: {which} is left out; matroska takes most")
            return
        titles.describe(ours, stream, self._kind)
        self._streams[stream.index] = ours

    def _attach(self, name: str, kind: str, data: bytes) -> None:
        if self._kind == "matroska":
            self._out.add_attachment(*(text.encode("utf-8", "replace").decode() for text in (name, kind)), data)
        else:
            self._warn(f"{self._kind} takes no attached files: {name} is left out; matroska takes them")

    def _cover(self, stream: Any) -> None:
        """A picture that stands for the whole: an attached file in Matroska, a stream of one packet in MP4."""
        with open_movie(self._info.path) as again:
            packet = next((p for p in again.demux(again.streams[stream.index]) if p.size), None)
            if packet is None:
                return
            codec = stream.codec_context.codec.canonical_name if stream.codec_context else ""
            known = {"mjpeg": ("cover.jpg", "image/jpeg"), "png": ("cover.png", "image/png")}
            if self._kind == "mp4" and codec in known:
                ours = self._out.add_stream_from_template(stream, opaque=True)
                titles.describe(ours, stream, self._kind)
                packet.stream = ours
                self._covers.append(packet)
            else:
                name, kind = known.get(codec, ("cover", "application/octet-stream"))
                said = stream.metadata
                self._attach(said.get("filename", name), said.get("mimetype", kind), bytes(packet))

    def _demuxed(self) -> Iterator[Any]:
        """The packets of the streams that are copied, at their times in the output."""
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
            if packet.dts is None or not packet.size or _is_pause(packet):
                continue
            if packet.pts is None:
                packet.pts = packet.dts
            if not self._info.part or self._moved(packet):
                yield packet

    def _moved(self, packet: Any) -> bool:
        """Moves a packet to its time in a part; False where it lies outside. Subtitles are cut, sound is not."""
        begin = round(self._begin / packet.time_base)
        if packet.stream.type == "subtitle" and packet.duration:
            until = packet.pts + packet.duration
            if self._end is not None:
                until = min(until, round(self._end / packet.time_base))
            start = max(packet.pts, begin) if self._info.start else packet.pts
            if until <= start:
                return False
            packet.pts = packet.dts = start
            packet.duration = until - start
        if self._info.start and packet.pts < begin:
            return False
        packet.pts, packet.dts = packet.pts - begin, packet.dts - begin
        return True

    def _warn(self, text: str) -> None:
        warnings.warn(f"{self._info.path}: {text}", DamageWarning, stacklevel=3)


def _is_pause(packet: Any) -> bool:
    """Whether a packet is the empty text between two cues of MP4, which whoever writes makes anew."""
    return packet.stream.type == "subtitle" and packet.size == 2 and bytes(packet) == b"\0\0"
