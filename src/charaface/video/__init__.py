"""Animations and clips in and out: GIF, APNG, WebP, movies, numbered pictures, cameras; their timing kept whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path

from charaface.files import DEFAULT_LIMITS, InputError, Limits, OutputError, atomic, open_input, sniff
from charaface.image import encoded
from charaface.video import camera, gif, png, sequence, still, webp
from charaface.video.clip import Clip, ClipFrame, ClipInfo, at_rate, chained
from charaface.video.part import part_of

__all__ = [
    "READERS",
    "WRITERS",
    "Clip",
    "ClipFrame",
    "ClipInfo",
    "is_animation",
    "is_sequence",
    "open_clip",
    "write_clip",
]


def _read_movie(path: Path, limits: Limits) -> Clip:
    from charaface.video import movie  # FFmpeg is loaded for movies alone

    return movie.read(path, limits)


def _write_movie(kind: str, path: Path, info: ClipInfo, frames: Iterator[ClipFrame]) -> None:
    from charaface.video import encoder

    encoder.write(path, info, frames, kind)


Writer = Callable[[Path, ClipInfo, Iterator[ClipFrame]], None]

READERS: dict[str, Callable[[Path, Limits], Clip]] = {  # by what the file's first bytes say
    "gif": gif.read,
    "png": png.read,
    "webp": webp.read,
    "jpeg": still.read,
    "bmp": still.read,
    "tiff": still.read_first,
    "avif": still.read_first,
    "mp4": _read_movie,
    "matroska": _read_movie,
}
WRITERS: dict[str, Writer] = {  # by what the file's name ends on
    ".gif": gif.write,
    ".png": png.write,
    ".apng": png.write,
    ".webp": webp.write,
    ".mp4": partial(_write_movie, "mp4"),
    ".m4v": partial(_write_movie, "mp4"),
    ".mov": partial(_write_movie, "mov"),
    ".mkv": partial(_write_movie, "matroska"),
    ".webm": partial(_write_movie, "webm"),
}
_STILLS = (".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".avif")


def open_clip(
    path: str | PathLike[str] | int,
    limits: Limits = DEFAULT_LIMITS,
    *,
    fps: float | None = None,
    start: int = 0,
    stop: int | None = None,
) -> Clip:
    """The clip of a picture, animation or movie file, its frames read one by one as they are asked for.

    A picture is a clip of one frame; pictures numbered in their names (frame_%04d.png) are one of fps frames a second,
    25 without it; a whole number that is no file is a camera. start and stop leave the frames from one number up to
    another, as a slice does; fps then gives so many frames a second instead of the clip's own. Raises InputError for
    what cannot be read or has no frame start, LimitError for what is too large, both naming the file, ValueError for
    a range or fps that is none.
    """
    if isinstance(path, int) or camera.is_number(path):
        clip = part_of(camera.read(int(str(path)), limits), start, stop)
        return clip if fps is None else at_rate(clip, fps, limits)
    path = Path(path)
    pattern = sequence.pattern_of(path)
    if pattern is not None:
        return part_of(sequence.read(path, pattern, limits, fps), start, stop)
    with open_input(path) as file:
        kind = sniff(file.read(32))
    if kind is None:
        raise InputError(
            f"{path}: is no PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, MP4, MOV, WebM or Matroska file; save it as one of "
            "these first"
        )
    clip = part_of(READERS[kind](path, limits), start, stop)
    if fps is None or (clip.info.frames == 1 and not clip.info.part):
        return clip
    return at_rate(clip, fps, limits)


def is_animation(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a file holds more than one frame; raises as open_clip does."""
    with open_clip(path, limits) as clip:
        return clip.info.frames != 1


def is_sequence(path: str | Path) -> bool:
    """Whether a path stands for pictures numbered in their names: frame_%04d.png, where no file has that very name."""
    return sequence.pattern_of(Path(path)) is not None


def write_clip(path: str | Path, info: ClipInfo, frames: Iterable[ClipFrame], *, overwrite: bool = False) -> Path:
    """Writes frames as the kind of file that path ends on, all of it or nothing, and returns the path.

    A path with a number in its name (frame_%04d.png) stands for pictures, each written whole or not at all; they have
    the numbers of the pictures that the frames come from, else those of the frames.

    info is the clip's they come from: its loop count, pixel aspect, time base and sound are kept, as far as
    the kind has them. The size is the frames'. Raises OutputError for a name, folder or number of frames that
    will not do, and for path being info.path unless overwrite is set.
    """
    path, frames = Path(path), iter(frames)
    suffix = path.suffix.lower()
    if suffix not in WRITERS and suffix not in _STILLS:
        names = " ".join([*WRITERS, *_STILLS])
        raise OutputError(f"{path}: clips end on {names}, not on {path.suffix or 'nothing'}")
    pattern = sequence.pattern_of(path)
    if pattern is not None:
        sequence.write(path, pattern, info, frames, overwrite)
        return path
    with atomic(path, info.path, overwrite=overwrite) as part:
        first = next(frames, None)
        if first is None:
            raise OutputError(f"{path}: there are no frames to write")
        if suffix in WRITERS:
            WRITERS[suffix](part, info, chained(first, frames))
        elif next(frames, None) is None:
            part.write_bytes(encoded(first.pixels, suffix))
        else:
            raise OutputError(f"{path}: holds one picture only, {info.path.name} has more; write .gif or .mp4")
    return path
