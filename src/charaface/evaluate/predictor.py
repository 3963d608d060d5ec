"""What is measured: the tasks as three functions, and their answers kept so that asking again is quick."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import Face
from charaface.image import load
from charaface.session import Model, load_for, load_readers
from charaface.tasks.detect import THRESHOLD, detect
from charaface.tasks.frames import Follower, Following
from charaface.tasks.landmarks import landmarks
from charaface.weights import Choice, is_path

# what of the package has no say in an answer of the tasks
_STRANGERS = {"synth", "train", "evaluate", "data", "cli", "__main__.py", "metrics.py", "draw", "__pycache__"}


@dataclass(frozen=True)
class Predictor:
    """The tasks under test. Pictures are (H, W, 3) uint8."""

    detect: Callable[[np.ndarray, float | None], list[Face]]  # threshold None: the default
    landmarks: Callable[[np.ndarray, list[Face] | None], list[Face]]  # finds the faces first if none are given
    track: Callable[[Sequence[np.ndarray]], list[list[Face]]]  # a clip at 25 frames a second, default smoothing
    key: str = ""  # another one whenever the answers may be other ones
    names: tuple[str, ...] = ()  # of the weights


class Answers:
    """Asks a predictor about files below a folder, and keeps what it said in folder/key.jsonl."""

    def __init__(self, predictor: Predictor, data: Path, keep: Path | None = None) -> None:
        """keep: the folder of kept answers; None keeps them in memory alone."""
        self.predictor = predictor
        self.folder = data
        self._known: dict[str, Any] = {}
        self._file = keep / f"{predictor.key}.jsonl" if keep and predictor.key else None
        self._picture: tuple[str, np.ndarray] = ("", np.zeros((0, 0, 3), np.uint8))
        if self._file and self._file.exists():
            for line in self._file.read_text("utf-8").splitlines():
                self._read(line)

    def size(self, file: str) -> tuple[int, int]:
        """Width and height of a picture."""
        width, height = self.remember(f"size {self._stamp(file)}", lambda: self._load(file).shape[1::-1])
        return int(width), int(height)

    def detect(self, file: str, threshold: float | None = None) -> list[Face]:
        """The faces that the detector finds in a picture."""
        what = f"detect {threshold} {self._stamp(file)}"
        return self._faces(what, lambda: self.predictor.detect(self._load(file), threshold))

    def landmarks(self, file: str, box: np.ndarray | None = None) -> list[Face]:
        """The faces of a picture with points; of the box alone if one is given."""
        given = None if box is None else [Face(box)]
        what = f"landmarks {None if box is None else np.round(box, 3).tolist()} {self._stamp(file)}"
        return self._faces(what, lambda: self.predictor.landmarks(self._load(file), given))

    def remember(self, what: str, ask: Callable[[], Any]) -> Any:
        """The JSON value that ask() gives, asked once for each what."""
        if what not in self._known:
            answer = json.loads(json.dumps(ask()))
            self._known[what] = answer
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"what": what, "answer": answer}) + "\n")
        return self._known[what]

    @property
    def known(self) -> dict[str, Any]:
        """All that was asked so far, and its answers."""
        return dict(self._known)

    def silent(self) -> Answers:
        """The same answers, with nobody to ask further: that raises LookupError."""
        other = Answers(Predictor(_silence, _silence, _silence), self.folder)
        other._known = dict(self._known)
        return other

    def learn(self, known: dict[str, Any]) -> None:
        """Keeps what another one, of the same predictor and folder, was answered."""
        for what, answer in known.items():
            self.remember(what, lambda answer=answer: answer)  # type: ignore[misc]

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError:
            return  # a line that an interrupted run left half written
        self._known[entry["what"]] = entry["answer"]

    def _faces(self, what: str, ask: Callable[[], list[Face]]) -> list[Face]:
        answer = self.remember(what, lambda: [face.to_dict() for face in ask()])
        return [Face.from_dict(face) for face in answer]

    def _stamp(self, file: str) -> str:
        try:
            status = (self.folder / file).stat()
        except OSError as error:
            raise ValueError(f"{self.folder / file}: cannot be opened ({error.strerror})") from None
        return f"{status.st_size} {status.st_mtime_ns} {file}"

    def _load(self, file: str) -> np.ndarray:
        if self._picture[0] != file:
            self._picture = (file, load(self.folder / file))
        return self._picture[1]


def _silence(*_: object) -> Any:
    raise LookupError("nobody was asked")


def default_keep() -> Path:
    """Where answers are kept: charaface/evaluate in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "charaface" / "evaluate"


def fingerprint(package: Path, *more: Path) -> str:
    """A digest of all files of the package that have a say in an answer, and of more files."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if path.suffix in (".py", ".onnx", ".json") and not _STRANGERS & set(inside.parts):
            digest.update(inside.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for path in more:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def shipped(model: Model = None, threads: int | None = None, weights: Choice = "all") -> Predictor:
    """The tasks as users call them. model: a path.onnx, or several, in place of the package's networks."""
    detector, readers = load_for("detect", model, threads), load_readers(model, threads, weights)
    models = [model] if isinstance(model, (str, Path)) else list(model or ())

    def track(images: Sequence[np.ndarray]) -> list[list[Face]]:
        follower = Follower(detector, readers, Following())
        return [follower.see(image, number / 25) for number, image in enumerate(images)]

    return Predictor(
        detect=lambda image, threshold: detect(
            image, threshold=THRESHOLD if threshold is None else threshold, model=model, threads=threads
        ),
        landmarks=lambda image, faces: landmarks(image, faces, weights=weights, model=model, threads=threads),
        track=track,
        key=weights[0] + fingerprint(Path(__file__).parents[1], *(Path(name) for name in models if is_path(name))),
        names=(detector.spec.label, readers.reader.spec.label),
    )
