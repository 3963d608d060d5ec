"""frames: the faces of a clip, frame by frame, each with a number that stays."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from charaface import session, video
from charaface.detector import merge, together
from charaface.face import Face
from charaface.geometry import iou
from charaface.image import DEFAULT_LIMITS, Limits
from charaface.landmarker import Framing, Reading, read, read_again, read_given
from charaface.session import Model, Readers, Session
from charaface.tasks.attributes import Descriptions, Presented, check_presented
from charaface.tasks.detect import THRESHOLD, Found, find, order
from charaface.tasks.emotion import Expressions, load_networks
from charaface.tasks.landmarks import with_landmarks
from charaface.tracking import NEAR_ENOUGH, PointFilter, Vote, affinity, is_cut, is_plain, match, thumbnail
from charaface.video import Clip, ClipFrame
from charaface.weights import Choice, check_choice

EVERY = 10  # frames from one detection to the next while every face is followed
TASKS = ("detect", "landmarks", "attributes", "emotion", "analyze")  # what frames can do; analyze is all of it
Task = str | Sequence[str]  # one of them, or several
See = Callable[[ClipFrame], list[Face]]
More = Descriptions | Expressions
_HOLD = 0.5  # of the threshold: a face that is followed stays one down to here, so that it does not flicker
_PASSES = 3  # the most readings a frame of a face that moves
_REMEMBERED = 64  # pictures whose faces are kept for when they come again, as they do in loops


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame of a clip with its faces."""

    index: int
    time: float  # seconds from the start of the clip
    image: np.ndarray = field(repr=False)  # (H, W, 3) uint8 RGB, transparency laid over white
    faces: list[Face]  # biggest first, each with its track


def frames(
    source: str | Path | int,
    task: Task = "landmarks",
    *,
    smooth: bool = True,
    fps: float | None = None,
    start: int = 0,
    stop: int | None = None,
    every: int = EVERY,
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    presentation: Presented = "drawn",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Frames:
    """The frames of a GIF, animated WebP or PNG, video or picture, in order, with faces that keep their track number.

    source may be pictures numbered in their names, frame_%04d.png, which are shown 25 a second (fps says otherwise),
    or the number of a camera, which ends at stop, at limits.seconds and at the first Ctrl-C.

    What comes back is an iterator; its .total is how many frames there are, None where the container does not tell.
    Faces are searched for in the first frame, after a cut, where one is lost, where there is none and every `every`
    frames; in between each is read where it was. Frame 0 has the faces of landmarks(source) (or detect, emotion), to
    the bit, and a frame that shows what the last one showed is not computed again. A track ends at a cut; a picture
    has none. smooth takes the trembling out of the points, and has the kind of picture and the expression be means of
    the last half second of their track and attributes stay for as long. start and stop leave the frames from one number
    up to another, as a slice does, with their own numbers and times; the first of them is searched like a first frame.
    fps takes the frames shown at that rate in place of the clip's own, of what start and stop leave, numbered anew.
    task: "landmarks", "detect", "attributes", "emotion", or several, or "analyze" for all; weights as for emotion,
    presentation as for attributes, other options and errors as for landmarks, and InputError for a clip that ends
    before start. Memory does not grow.
    """
    options = Following(smooth, every, threshold, flip, tasks_of(task), weights, presentation)
    clip = video.open_clip(source, limits, fps=fps, start=start, stop=stop)
    return Frames(_run(clip, follow(clip, options, model, threads, limits)), clip.info.frames)


def tasks_of(task: Task) -> tuple[str, ...]:
    """The tasks that one or several names ask for. Raises ValueError for what is none of TASKS."""
    wanted = (task,) if isinstance(task, str) else tuple(task)
    unknown = [name for name in wanted if name not in TASKS]
    if unknown or not wanted:
        raise ValueError(f"frames has no task {', '.join(map(repr, unknown))}; there are {', '.join(TASKS)}")
    return wanted


class Frames(Iterator[Frame]):
    """The frames of a clip, one after another."""

    def __init__(self, running: Iterator[Frame], total: int | None) -> None:
        self._running = running
        self.total = total  # how many there will be; None where the container does not tell

    def __next__(self) -> Frame:
        return next(self._running)


def _run(clip: Clip, followed: Iterator[tuple[ClipFrame, list[Face]]]) -> Iterator[Frame]:
    with clip:
        for frame, faces in followed:
            yield Frame(frame.index, frame.time, frame.image, faces)


def _without_landmarks(face: Face) -> Face:
    weights = {task: name for task, name in face.weights.items() if task not in ("landmarks", "pose")}
    return replace(face, landmarks=None, pose=None, weights=weights)


@dataclass(frozen=True)
class Following:
    """How faces are followed through a clip; as the options of frames."""

    smooth: bool = True
    every: int = EVERY
    threshold: float = THRESHOLD
    flip: bool = False
    tasks: tuple[str, ...] = ("landmarks",)  # of TASKS
    weights: Choice = "all"
    presentation: Presented = "drawn"

    def wants(self, task: str) -> bool:
        """Whether a task is asked for, by its name or as part of analyze."""
        return task in self.tasks or "analyze" in self.tasks

    def __post_init__(self) -> None:
        check_choice(self.weights)
        check_presented(self.presentation)
        if self.every < 1:
            raise ValueError(f"every is at least 1 frame, got {self.every}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is a score from 0 to 1, got {self.threshold}")


def follow(
    clip: Clip, options: Following, model: Model, threads: int | None, limits: Limits
) -> Iterator[tuple[ClipFrame, list[Face]]]:
    """Each frame of an open clip with its faces. The networks are loaded at once, the frames as they are asked for."""
    see = eye(clip.info.frames != 1 or clip.info.part, options, model, threads, limits, str(clip.info.path))

    def run() -> Iterator[tuple[ClipFrame, list[Face]]]:
        for frame in clip:
            yield frame, see(frame)

    return run()


def eye(numbered: bool, options: Following, model: Model, threads: int | None, limits: Limits, name: str) -> See:
    """What sees the faces of one frame after another of a clip of that name; numbered: whether they get tracks."""
    detector = session.load_for("detect", model, threads)
    follower = Follower(detector, session.load_readers(model, threads, options.weights), options, limits, name)

    def see(frame: ClipFrame) -> list[Face]:
        return follower.see(frame.image, frame.time) if numbered else follower.look(frame.image)

    steady = numbered and options.smooth
    beyond: list[More] = []
    if options.wants("attributes"):
        network = session.load_for("segment", model, threads)
        beyond.append(Descriptions(network, options.presentation, steady=steady))
    if options.wants("emotion"):
        beyond.append(Expressions(load_networks(model, threads, options.weights), steady=steady, flip=options.flip))
    if not beyond:
        return see if options.wants("landmarks") else lambda frame: [_without_landmarks(face) for face in see(frame)]

    def see_more(frame: ClipFrame) -> list[Face]:
        faces = see(frame)
        for one in beyond:
            faces = one.see(frame.image, faces, frame.time)
        return faces

    return see_more


@dataclass
class _Track:
    """A face that is being followed."""

    number: int
    points: np.ndarray  # (68, 2) as last read, not smoothed
    framing: Framing  # where they were read
    sure: float  # the detector's part of the score
    filter: PointFilter = field(default_factory=PointFilter)
    missed: int = 0  # frames since it was last seen


@dataclass(frozen=True, eq=False)
class _Seen:
    """A face of the present frame, as read."""

    face: Face
    reading: Reading  # what the face's points are from
    framing: Framing
    sure: float
    track: _Track | None = None


class Follower:
    """Faces of one picture after another; what it knows is the past of a single clip."""

    def __init__(
        self,
        detector: Session,
        readers: Readers,
        options: Following,
        limits: Limits = DEFAULT_LIMITS,
        name: str = "the picture",
    ) -> None:
        """name: what a LimitError calls the clip."""
        self._detector, self._readers, self._options = detector, readers, options
        self._limits, self._name = limits, name
        self._tracks: list[_Track] = []
        self._next = 0
        self._since = 0  # frames since the last detection
        self._image: np.ndarray | None = None
        self._small: np.ndarray | None = None
        self._faces: list[Face] = []
        self._memory: OrderedDict[bytes, list[_Seen]] = OrderedDict()
        self._kinds = Vote()

    def see(self, image: np.ndarray, time: float) -> list[Face]:
        """The faces of an (H, W, 3) uint8 picture at a time in seconds, biggest first, numbered."""
        if self._image is not None and np.array_equal(image, self._image):
            return list(self._faces)
        small = thumbnail(image)
        if self._small is None or is_cut(self._small, small):
            self._tracks = []
        self._image = image
        if self._small is None or not is_plain(small):  # a flash is no cut, and what follows black may be one
            self._small = small
        key = small.tobytes() + zlib.crc32(np.ascontiguousarray(image).data).to_bytes(4, "little")
        seen = self._memory.get(key)
        if seen is None:
            seen = self._look(image)
            self._remember(key, seen)
        height, width = image.shape[:2]
        faces = [self._show(one, time, width, height) for one in self._numbered(seen)]
        self._faces = sorted(faces, key=lambda face: order(face.box))
        return list(self._faces)

    def look(self, image: np.ndarray) -> list[Face]:
        """The faces of an (H, W, 3) uint8 picture that is no part of a clip, biggest first."""
        return sorted((one.face for one in self._look(image)), key=lambda face: order(face.box))

    def _look(self, image: np.ndarray) -> list[_Seen]:
        """The faces of a picture that was not seen before: followed where they were, searched for where it is time."""
        live = [track for track in self._tracks if not track.missed]
        followed = self._follow(image, live)
        self._since += 1
        if live and len(followed) == len(live) and self._since < self._options.every:
            return followed
        self._since = 0
        o = self._options
        found = find(image, self._detector, self._readers.framer, o.threshold, self._limits, self._name)
        return self._joined(image, followed, found)

    def _follow(self, image: np.ndarray, tracks: Sequence[_Track]) -> list[_Seen]:
        """The tracks that are still a face, read where they were."""
        height, width = image.shape[:2]
        weights = {"detect": self._detector.spec.label, "verify": self._readers.framer.spec.label}
        seen = []
        for track, (reading, framing) in zip(tracks, self._read_where_they_were(image, tracks), strict=True):
            box, score = reading.box(width, height), together(track.sure, reading.face)
            jumped = affinity(track.points, reading.points) < NEAR_ENOUGH
            if box is not None and not jumped and score >= _HOLD * self._options.threshold:
                face = with_landmarks(Face(box, score, weights=weights), reading, self._readers, (width, height))
                seen.append(_Seen(face, reading, framing, track.sure, track))
        if not seen:
            return []
        return [seen[i] for i in sorted(merge(*_boxes([one.face for one in seen])))]

    def _read_where_they_were(self, image: np.ndarray, tracks: Sequence[_Track]) -> list[tuple[Reading, Framing]]:
        """Each track read in its last framing, and again in a new one where it has moved out of that.

        A crop that follows every tremble of the points would make them tremble more.
        """
        framings = [track.framing for track in tracks]
        readings: dict[int, Reading] = {}
        left = list(range(len(tracks)))
        for _ in range(_PASSES):
            found = read(image, [framings[i] for i in left], self._readers.framer, flip=self._options.flip)
            readings.update(zip(left, found, strict=True))
            wanted = {i: readings[i].framing() for i in left}
            left = [i for i in left if not framings[i].still_fits(wanted[i])]
            if not left:
                break
            framings = [wanted[i] if i in left else framing for i, framing in enumerate(framings)]
        found = [readings[i] for i in range(len(tracks))]
        if not self._readers.alone:
            found = read_given(image, found, framings, self._readers, flip=self._options.flip)
        return list(zip(found, framings, strict=True))

    def _joined(self, image: np.ndarray, followed: list[_Seen], found: list[Found]) -> list[_Seen]:
        """What was followed, its detector score brought up to date, and what was found beside it."""
        if not found:
            return followed
        if followed:
            overlap = iou(_boxes([one.face for one in followed])[0], _boxes([one.face for one in found])[0])
            followed = [
                replace(one, sure=found[int(row.argmax())].sure) if row.max() >= 0.3 else one
                for one, row in zip(followed, overlap, strict=True)
            ]
        boxes, scores = _boxes([*(one.face for one in followed), *(one.face for one in found)])
        scores[: len(followed)] += 1  # one that is followed is not replaced
        new = [found[i - len(followed)] for i in sorted(merge(boxes, scores)) if i >= len(followed)]
        second = read_again(image, [one.first for one in new], self._readers, flip=self._options.flip)
        size = (image.shape[1], image.shape[0])
        read_faces = [with_landmarks(one.face, r, self._readers, size) for one, r in zip(new, second, strict=True)]
        framings = [r.crop or r.framing() for r in second]  # where the second look was: where the first said
        fresh = [_Seen(face, r, f, one.sure) for face, r, f, one in zip(read_faces, second, framings, new, strict=True)]
        return followed + fresh

    def _numbered(self, seen: list[_Seen]) -> list[_Seen]:
        """The same faces, each with a track: its own, one that it continues, or a new one."""
        claimed = {one.track.number for one in seen if one.track}
        free = [track for track in self._tracks if track.number not in claimed]
        loose = [i for i, one in enumerate(seen) if one.track is None]
        continued = match([track.points for track in free], [seen[i].reading.points for i in loose])
        out = list(seen)
        for j, i in enumerate(loose):
            track = free[continued[j]] if j in continued else self._new_track(seen[i])
            if track.missed:
                track.filter = PointFilter()
            out[i] = replace(seen[i], track=track)
        self._age([one.track.number for one in out if one.track])
        return out

    def _new_track(self, one: _Seen) -> _Track:
        track = _Track(self._next, one.reading.points, one.framing, one.sure)
        self._next += 1
        self._tracks.append(track)
        return track

    def _age(self, seen: Sequence[int]) -> None:
        """Counts how long tracks have not been seen; forgets those that are gone for good."""
        for track in self._tracks:
            track.missed = 0 if track.number in seen else track.missed + 1
        self._tracks = [track for track in self._tracks if track.missed <= 2 * self._options.every]

    def _show(self, one: _Seen, time: float, width: int, height: int) -> Face:
        """The face with its number, its points held still."""
        face, track = one.face, one.track
        if track is None:
            return face
        track.points, track.framing, track.sure = one.reading.points, one.framing, one.sure
        face = replace(face, track=track.number)
        if not self._options.smooth:
            return face
        held = one.reading.moved(lambda points: track.filter(points, time))
        if held.domain is not None:  # one odd frame of a drawing is no photograph, whose points lie elsewhere
            held = held._replace(domain=self._kinds({track.number: held.domain}, time)[track.number])
        if np.array_equal(held.points, track.points) and held.domain is one.reading.domain:
            return face
        box = held.box(width, height)
        return with_landmarks(replace(face, box=face.box if box is None else box), held, self._readers, (width, height))

    def _remember(self, key: bytes, seen: list[_Seen]) -> None:
        self._memory[key] = [replace(one, track=None) for one in seen]
        if len(self._memory) > _REMEMBERED:
            self._memory.popitem(last=False)


def _boxes(faces: Sequence[Face]) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([face.box for face in faces]), np.array([face.score for face in faces])
