"""annotate: faces drawn onto a picture or a clip, the container kept whole."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from charaface.draw import DrawStyle, Painter, draw_faces
from charaface.face import Face
from charaface.files import InputError, atomic
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, save
from charaface.session import Model
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.frames import EVERY, Following, follow
from charaface.tasks.landmarks import landmarks
from charaface.video import ClipFrame, open_clip, write_clip

Progress = Callable[[int, int | None], None]  # frames done, frames in all (None where not known)


class _NoFace(Exception):
    """The clip is at its end, and no face was in it."""


def annotate(
    image: Source,
    output: str | Path | None = None,
    *,
    faces: Sequence[Face] | None = None,
    style: DrawStyle | None = None,
    smooth: bool = True,
    fps: float | None = None,
    every: int = EVERY,
    threshold: float = THRESHOLD,
    flip: bool = False,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
    overwrite: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> np.ndarray | Path:
    """A picture with the landmarks of its faces drawn on it; with an output path a file of the same kind as the input.

    Without output: an (H, W, 3) uint8 array ((H, W, 4) on transparency), of an animation frame 0. With output: the
    path, written whole or not at all; a GIF keeps its size, frames, durations, loop count and transparency, a movie
    its time stamps and sound. Where there is no face the file is copied as it is, and say (stderr without it) gets a
    line. faces: draw these, on a single picture, and look for none. style: what is drawn. smooth, fps, every as for
    frames; the others as for landmarks. progress gets the frames done and the frames in all. Raises OutputError
    for an output that is the input (unless overwrite is set) or cannot be written, InputError and LimitError as load.
    """
    style = style or DrawStyle()
    if output is None or not isinstance(image, (str, PathLike)):
        pixels = load(image, limits)
        if faces is None:
            faces = landmarks(pixels, threshold=threshold, flip=flip, model=model, threads=threads, limits=limits)
        drawn = draw_faces(pixels, faces, style)
        return drawn if output is None else save(drawn, output)
    source, output = Path(image), Path(output)
    following = Following(smooth, every, threshold, flip)
    try:
        with open_clip(source, limits, fps=fps) as clip:
            if faces is None:
                found = follow(clip, following, model, threads, limits)
            elif clip.info.frames == 1:
                found = ((frame, list(faces)) for frame in clip)
            else:
                raise InputError(f"{source}: is a clip; faces can be given for a single picture only")
            info = replace(clip.info, alpha=clip.info.alpha or style.blank == "transparent")
            plain = style.blank is None and fps is None and _same_kind(source, output)
            drawn_frames = _drawn(found, style, clip.info.frames, progress, may_copy=plain)
            return write_clip(output, info, drawn_frames, overwrite=overwrite)
    except _NoFace:
        return _copied(source, output, overwrite, say or _to_stderr)


def _drawn(
    found: Iterator[tuple[ClipFrame, list[Face]]],
    style: DrawStyle,
    total: int | None,
    progress: Progress | None,
    may_copy: bool,
) -> Iterator[ClipFrame]:
    """The frames with their faces drawn; at the end raises _NoFace where there was none and a copy will do."""
    any_face, painter = False, Painter(style)
    for done, (frame, faces) in enumerate(found, 1):
        any_face = any_face or bool(faces)
        drawn = painter.draw(frame.pixels, faces)
        yield frame if drawn is frame.pixels else frame.with_pixels(drawn)
        if progress:
            progress(done, total)
    if may_copy and not any_face:
        raise _NoFace


def _same_kind(source: Path, output: Path) -> bool:
    names = {".jpeg": ".jpg", ".apng": ".png"}
    a, b = (path.suffix.lower() for path in (source, output))
    return names.get(a, a) == names.get(b, b)


def _copied(source: Path, output: Path, overwrite: bool, say: Callable[[str], None]) -> Path:
    with atomic(output, source, overwrite=overwrite) as part:
        shutil.copyfile(source, part)
    say(f"{source}: no face found; copied as it is to {output}")
    return output


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
