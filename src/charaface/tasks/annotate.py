"""annotate: faces drawn onto a picture or a clip, the container kept whole."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from charaface import session
from charaface.draw import DrawStyle, Painter, side_by_side
from charaface.face import Face
from charaface.files import InputError, atomic
from charaface.formats.results import results
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, save
from charaface.session import Model
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.frames import EVERY, Following, See, eye
from charaface.video import Clip, ClipFrame, is_sequence, open_clip, write_clip
from charaface.weights import WEIGHTS, Choice

Progress = Callable[[int, int | None], None]  # frames done, frames in all (None where not known)
# faces of a picture, faces by the number of their frame, or a file of faces in one of charaface.formats
Given = Sequence[Face] | Mapping[int, Sequence[Face]] | str | Path


class _NoFace(Exception):
    """The clip is at its end, and no face was in it."""


def annotate(
    image: Source | int,
    output: str | Path | None = None,
    *,
    faces: Given | None = None,
    compare: Given | None = None,
    beside: Mapping[str, str | Path] | None = None,
    style: DrawStyle | None = None,
    smooth: bool = True,
    fps: float | None = None,
    start: int = 0,
    stop: int | None = None,
    every: int = EVERY,
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
    overwrite: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> np.ndarray | Path:
    """A picture with the landmarks of its faces drawn on it; with an output path a file of the same kind as the input.

    image may also be what frames takes: a clip, numbered pictures, the number of a camera. Without output: an (H, W, 3)
    uint8 array ((H, W, 4) on transparency), of an animation frame 0. With output: the path, written whole or not at
    all; a GIF keeps its size, frames, durations, loop count and transparency, a movie its time stamps, sound,
    subtitles, chapters, attached files and titles; what another kind of file does not take is left out with a
    DamageWarning. An output numbered as frame_%04d.png is written as pictures, each whole. Where there is no face the
    file is copied as it is, and say (stderr without it) gets a line. faces: draw these and look for none: a list for a
    picture, {frame number: list} for a clip, or the path of a file of faces, in which the image is looked up by its
    path. compare: the same, or the name or path of a network: beside the picture stands what these give, under a bar
    that names both. beside: names to networks: in place of the picture it stands once for each of them, under a bar
    with that name, with what the network gives. style: what is drawn. smooth, fps, start, stop, every, weights as for
    frames; a range of frames begins at time 0 in the output, sound and the rest cut to it. The others as for landmarks.
    progress gets the frames done and the frames in all. Raises OutputError for an output that is the input (unless
    overwrite is set) or cannot be written, InputError and LimitError as load, InputError for faces that are not this
    image's, ValueError for a range that is none or has no output.
    """
    style = style or DrawStyle()
    place = str(image) if isinstance(image, int) else image
    source = Path(place) if isinstance(place, (str, PathLike)) else None
    if (start or stop is not None) and (output is None or source is None):
        raise ValueError("start and stop take a range out of a clip; give its path, and an output to write it to")
    viewer = _Viewer(source, Following(smooth, every, threshold, flip, style.tasks, weights), model, threads, limits)
    if output is None or source is None:
        pixels = load(image, limits)
        sheet = _Sheet(viewer.sides(True, faces, compare, beside), style)
        drawn = sheet.draw(ClipFrame(0, 0.0, 0.0, pixels))[0]
        return drawn if output is None else save(drawn, output)
    output = Path(output)
    try:
        with open_clip(image if isinstance(image, int) else source, limits, fps=fps, start=start, stop=stop) as clip:
            info = replace(
                clip.info,
                alpha=clip.info.alpha or style.blank == "transparent",
                lossless=clip.info.lossless or style.blank is not None,  # nothing of the picture is left
            )
            sheet = _Sheet(viewer.sides(info.frames == 1 and not info.part, faces, compare, beside), style)
            whole = fps is None and not info.part and style.blank is None and compare is None and not beside
            frames = _drawn(clip, sheet, progress, may_copy=whole and _same_kind(source, output))
            return write_clip(output, info, frames, overwrite=overwrite)
    except _NoFace:
        return _copied(source, output, overwrite, say or _to_stderr)


def network(given: Given | None, threads: int | None = None) -> str | None:
    """The network that compare names by weights or path; None where it is faces or a file of them.

    Both are loaded here, and kept. Raises InputError for what is neither.
    """
    if not isinstance(given, (str, PathLike)):
        return None
    name = str(given)
    if name in WEIGHTS or name.lower().endswith(".onnx"):
        session.load(name, threads)
        return name
    if not Path(given).exists():
        raise InputError(f"{name}: is no file of faces, no path.onnx and none of the weights {', '.join(WEIGHTS)}")
    results(given)
    return None


@dataclass(frozen=True)
class _Side:
    """One half of a comparison, or the whole of a picture."""

    name: str
    see: See


@dataclass(frozen=True)
class _Viewer:
    """Where the faces of an image come from."""

    source: Path | None
    following: Following
    model: Model
    threads: int | None
    limits: Limits

    def sides(
        self, still: bool, faces: Given | None, compare: Given | None, beside: Mapping[str, str | Path] | None
    ) -> list[_Side]:
        """The one side of an image, or all of a comparison. still: it is a single picture."""
        if beside:
            return [replace(self._networks("landmarks", still, [str(m)]), name=name) for name, m in beside.items()]
        rival = network(compare, self.threads)
        task = session.load(rival, self.threads).spec.task if rival else "landmarks"
        left = self._networks(task, still, []) if faces is None else self._given(faces, still)
        if compare is None:
            return [left]
        right = self._networks(task, still, [rival]) if rival else self._given(compare, still)
        if left.name == right.name and rival and rival not in WEIGHTS:  # an export that kept its name
            right = replace(right, name=Path(rival).name)
        return [left, right]

    def _networks(self, task: str, still: bool, first: list[str]) -> _Side:
        own = [self.model] if isinstance(self.model, (str, Path)) else list(self.model or ())
        label = session.load_for(task, [*first, *own], self.threads).spec.label
        return _Side(
            label,
            eye(
                not still, self.following, [*first, *own], self.threads, self.limits, str(self.source or "the picture")
            ),
        )

    def _given(self, faces: Given, still: bool) -> _Side:
        if isinstance(faces, (str, PathLike)):
            return self._recorded(Path(faces), still)
        if isinstance(faces, Mapping):
            by_frame = faces
            return _Side("given", lambda frame: list(by_frame.get(frame.index, ())))
        if not still:
            raise InputError(f"{self.source}: is a clip; give its faces as {{frame number: faces}}, or a file of them")
        alone = list(faces)
        return _Side("given", lambda _: alone)

    def _recorded(self, path: Path, still: bool) -> _Side:
        if self.source is None:
            raise InputError(f"{path}: is looked up by the path of a picture; give that in place of its pixels")
        found = results(path).of(self.source)
        if found.still and not still:
            raise InputError(
                f"{path}: has no place for frames; the faces of a clip come from jsonl, csv, parquet, coco"
            )

        def see(frame: ClipFrame) -> list[Face]:
            height, width = frame.pixels.shape[:2]
            return found.faces(frame.index, frame.time, width, height)

        return _Side(path.name, see)


class _Sheet:
    """Draws the frames of one image, once or for both sides of a comparison."""

    def __init__(self, sides: Sequence[_Side], style: DrawStyle) -> None:
        self._sides, self._painter = sides, Painter(style)  # one painter: the legend stands in one corner of both

    def draw(self, frame: ClipFrame) -> tuple[np.ndarray, bool]:
        """The frame drawn on, its own pixels where there is nothing to draw; and whether it has a face."""
        found = [side.see(frame) for side in self._sides]
        halves = [self._painter.draw(frame.pixels, faces) for faces in found]
        if len(halves) == 1:
            return halves[0], bool(found[0])
        return side_by_side(halves, [side.name for side in self._sides]), any(found)


def _drawn(clip: Clip, sheet: _Sheet, progress: Progress | None, may_copy: bool) -> Iterator[ClipFrame]:
    """The frames with their faces drawn; at the end raises _NoFace where there was none and a copy will do."""
    any_face = False
    for done, frame in enumerate(clip, 1):
        drawn, seen = sheet.draw(frame)
        any_face = any_face or seen
        yield frame if drawn is frame.pixels else frame.with_pixels(drawn)
        if progress:
            progress(done, clip.info.frames)
    if may_copy and not any_face:
        raise _NoFace


def _same_kind(source: Path, output: Path) -> bool:
    if is_sequence(source) or is_sequence(output):
        return False
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
