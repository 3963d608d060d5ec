"""report: what was found in many files, as one page of HTML with the worst first."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from charaface import session, video
from charaface.draw import DrawStyle, thumbnail
from charaface.face import Face
from charaface.files import DamageWarning, InputError, OutputError, atomic, pictures_below
from charaface.formats.results import Recorded, results
from charaface.image import DEFAULT_LIMITS, Limits, encoded
from charaface.page import BINS, Gathering, Summary
from charaface.session import Model
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.frames import EVERY, frames
from charaface.weights import Choice

SIDE = 288  # pixels of a picture's longer side on the page
MOST = 200  # pictures on the page
_QUALITY = 82


def report(
    source: str | Path | Sequence[str | Path] | None,
    output: str | Path,
    *,
    faces: str | Path | None = None,
    most: int = MOST,
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
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Writes a page of HTML on the faces of pictures and clips, and returns its path.

    The page holds all it needs: how many files, frames and faces there are, a histogram of scores, and of each file a
    picture with its landmarks, the one with the lowest score first; of a clip its frame with the lowest score. Files
    without a face and files that cannot be read have sections of their own. source: files and folders, which are
    entered; None for all that faces tells of. faces: a file of faces (charaface.formats) made earlier; no network runs
    then. most: pictures with a face, and without one, that are shown; the other files are listed. smooth, fps, start,
    stop, every, threshold, flip, weights, model, threads, limits as for frames. progress gets the files done and the
    files in all. Memory grows with the pictures shown. Raises OutputError for an output that will not do, InputError
    for a source that holds nothing.
    """
    looking = Looking(faces, smooth, fps, start, stop, every, threshold, flip, weights, model, threads, limits)
    files: Sequence[str | Path] = looking.known() if source is None else _files(source)
    gathered = Gathering(most)
    with page_at(output) as part:
        for done, file in enumerate(files, 1):
            gathered.add(look(file, looking))
            if progress:
                progress(done, len(files))
        gathered.write(part, Path(output), looking.words())
    return Path(output)


def page_at(output: str | Path) -> AbstractContextManager[Path]:
    """A temporary name for a page that will stand at output; raises OutputError for a name that is none of a page."""
    if Path(output).suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{output}: a report ends on .html")
    return atomic(Path(output))


@dataclass(frozen=True)
class Looking:
    """Where the faces of a file come from; as the options of report."""

    faces: str | Path | None = None
    smooth: bool = True
    fps: float | None = None
    start: int = 0
    stop: int | None = None
    every: int = EVERY
    threshold: float = THRESHOLD
    flip: bool = False
    weights: Choice = "all"
    model: Model = None
    threads: int | None = None
    limits: Limits = DEFAULT_LIMITS

    def known(self) -> list[str]:
        """The files that the file of faces tells of."""
        if self.faces is None:
            raise InputError("a report needs files, a folder, or a file of faces that was made earlier")
        return results(self.faces).names

    def words(self) -> list[str]:
        """What found the faces, for who reads the page."""
        if self.faces is not None:
            return [f"from {Path(self.faces).name}"]
        labels = [session.load_for(task, self.model, self.threads).spec.label for task in ("detect", "landmarks")]
        return [*labels, f"threshold {self.threshold:g}"]


def look(
    file: str | Path, looking: Looking, name: str = "", progress: Callable[[int, int | None], None] | None = None
) -> Summary:
    """What is to be said of one file; of one that cannot be read, why. name: what it is called in place of its path.

    It needs nothing but its arguments and gives small plain values back, so another process may do it.
    """
    name = name or str(file)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", DamageWarning)
        try:
            tally = _Tally(name)
            if looking.faces is None:
                _watch(file, looking, tally, progress)
            else:
                _recall(file, results(looking.faces).of(file), looking, tally)
        except (ValueError, OSError, MemoryError) as error:
            reason = str(error) or type(error).__name__
            reason = reason.replace(str(file), name) if str(file) in reason else f"{name}: {reason}"
            return Summary(name, failed=reason)
    damage = [str(one.message) for one in heard if issubclass(one.category, DamageWarning)]
    return tally.summary("; ".join([*tally.notes, *damage]))


def _watch(
    file: str | Path, looking: Looking, tally: _Tally, progress: Callable[[int, int | None], None] | None
) -> None:
    """Looks for faces in every frame."""
    clip = frames(
        file,
        smooth=looking.smooth,
        fps=looking.fps,
        start=looking.start,
        stop=looking.stop,
        every=looking.every,
        threshold=looking.threshold,
        flip=looking.flip,
        weights=looking.weights,
        model=looking.model,
        threads=looking.threads,
        limits=looking.limits,
    )
    for done, frame in enumerate(clip, 1):
        height, width = frame.image.shape[:2]
        if tally.add(frame.index, width, height, frame.faces):
            tally.image = frame.image
        if progress:
            progress(done, clip.total)


def _recall(file: str | Path, found: Recorded, looking: Looking, tally: _Tally) -> None:
    """Takes the faces from a file of them, and the one picture that is shown from the file itself, if it is there."""
    stop = float("inf") if looking.stop is None else looking.stop
    for number, record in sorted(found.frames.items()):
        if looking.start <= number < stop:
            tally.add(number, record.width, record.height, record.faces)
    if not tally.frames:
        raise InputError(f"{file}: {found.source} tells of no frame of it from {looking.start} on; lower --start")
    path = next((path for path in (Path(file), *_beside(found, file)) if path.is_file()), None)
    if path is None:
        tally.notes.append("the file is not there")
        return
    with video.open_clip(path, looking.limits, fps=looking.fps) as clip:
        tally.width, tally.height = clip.width, clip.height
        for frame in clip:
            if frame.index == tally.frame:
                found.faces(frame.index, frame.time, *frame.image.shape[1::-1])  # whether they are this picture's
                tally.image = frame.image
                return
    raise InputError(f"{path}: has no frame {tally.frame}, of which {found.source} tells")


def _beside(found: Recorded, file: str | Path) -> list[Path]:
    """Where a picture may lie that is not at its path: as seen from the file of faces, or next to that."""
    folder = found.source.parent
    return [folder / found.name, folder / Path(file).name]


@dataclass
class _Tally:
    """Counts the faces of a file, and keeps the frame that shows it at its worst."""

    name: str
    width: int = 0
    height: int = 0
    frames: int = 0
    faceless: int = 0
    bins: np.ndarray = field(default_factory=lambda: np.zeros(BINS, np.int64))
    low: float = np.inf
    high: float = -np.inf
    point: float = np.inf
    frame: int = 0
    faces: list[Face] = field(default_factory=list)  # of that frame
    image: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, frame: int, width: int, height: int, faces: Sequence[Face]) -> bool:
        """Takes in a frame; returns whether it is the one to show so far."""
        self.width, self.height, self.frames = width or self.width, height or self.height, self.frames + 1
        self.faceless += not faces
        scores = np.array([face.score for face in faces])
        self.bins += np.bincount(np.clip((scores * BINS).astype(int), 0, BINS - 1), minlength=BINS)
        points = [float(face.landmarks.scores.min()) for face in faces if face.landmarks is not None]
        self.point = min([self.point, *points])
        worst = (self.frames == 1) if not faces else float(scores.min()) < self.low
        if faces:
            self.low, self.high = min(self.low, float(scores.min())), max(self.high, float(scores.max()))
        if worst:
            self.frame, self.faces = frame, list(faces)
        return worst

    def summary(self, note: str) -> Summary:
        """All of it as plain values."""
        picture = b""
        if self.image is not None:
            style = DrawStyle(boxes=any(face.landmarks is None for face in self.faces))
            small = thumbnail(self.image, self.faces, SIDE, style)
            picture = encoded(small, ".jpg", quality=_QUALITY, subsampling=2)
        return Summary(
            self.name,
            self.width,
            self.height,
            self.frames,
            self.faceless,
            int(self.bins.sum()),
            tuple(self.bins.tolist()),
            (self.low, self.high) if self.bins.any() else None,
            self.point if np.isfinite(self.point) else None,
            self.frame,
            picture,
            note,
        )


def _files(source: str | Path | Sequence[str | Path]) -> list[Path]:
    """The files of paths, folders entered in natural order; of these only pictures and clips, and nothing hidden."""
    paths = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    found = [file for path in map(Path, paths) for file in (pictures_below(path) if path.is_dir() else [path])]
    if not found:
        raise InputError(f"{', '.join(map(str, paths)) or 'nothing'}: no pictures or clips to report on")
    return list(dict.fromkeys(found))
