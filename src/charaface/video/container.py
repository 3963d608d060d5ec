"""The file of a movie, opened through FFmpeg's libraries."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import av

from charaface.files import InputError, open_input, reason, sniff

# names and titles come in any encoding: bytes that are no UTF-8 go in and out as they are; from 19 on av does so itself
AS_IT_IS = {} if int(av.__version__.split(".")[0]) > 18 else {"metadata_errors": "surrogateescape"}
MOVIES = ("mp4", "mov", "matroska", "webm")  # kinds of clips that are such files


def open_movie(path: Path) -> Any:
    """The container of a movie. Its format is told by its first bytes: no playlists, no addresses."""
    with open_input(path) as file:
        kind = sniff(file.read(32))
    try:
        return av.open(os.path.realpath(path), format="matroska" if kind == "matroska" else "mp4", **AS_IT_IS)
    except av.error.FFmpegError as error:
        raise InputError(f"{path}: is damaged or cut short ({reason(error)}); save it anew first") from error


def kind_of(path: Path) -> str:
    """mp4, mov, webm or matroska, by the first bytes of a movie."""
    with open_input(path) as file:
        head = file.read(64)
    if sniff(head) == "matroska":
        return "webm" if b"webm" in head else "matroska"
    return "mov" if head[8:12] == b"qt  " else "mp4"


def is_cover(stream: Any) -> bool:
    """Whether a stream of pictures is a single one that stands for the whole."""
    return bool(int(stream.disposition) & int(av.stream.Disposition.attached_pic))


def picture_stream(path: Path, container: Any) -> Any:
    """The stream of pictures that is shown. Raises InputError where there is none that can be decoded."""
    streams = [stream for stream in container.streams.video if not is_cover(stream)]
    if not streams:
        kinds = ", ".join(sorted({s.type for s in container.streams}))
        only = f", only {kinds}" if kinds else ""
        raise InputError(f"{path}: holds no moving pictures{only}; give a clip that has some")
    if streams[0].codec_context is None:
        raise InputError(f"{path}: its pictures have a codec that is not known here; save it as H.264 first")
    return streams[0]
