"""Other finders of faces: how long they take, and what they find. Knows nothing of charaface.

    PYTHON_OF_AN_ENVIRONMENT benchmarks/peers.py PICTURE... [--openseeface FOLDER]
    PYTHON_OF_AN_ENVIRONMENT benchmarks/peers.py --boxes NAMES.json

Prints one JSON object: the name of each peer that is installed there to its "version", "licence" and "about"; of
pictures, "wall_ms" and "cpu_ms" of one and the "faces" of all; of a file of names (name to path), "boxes": name to a
list of x0, y0, x1, y1, score.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

Find = Callable[[Any], list[list[float]]]  # the faces of an opened picture: x0, y0, x1, y1, score


def timed(work: Callable[[], Any], repeats: int, pictures: int = 1) -> dict[str, float]:
    """Medians of wall and processor time a picture in milliseconds, after two calls to warm up."""
    for _ in range(2):
        work()
    wall, cpu = [], []
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(1000 * (time.perf_counter() - start) / pictures)
        cpu.append(1000 * (time.process_time() - used) / pictures)
    return {"wall_ms": round(statistics.median(wall), 2), "cpu_ms": round(statistics.median(cpu), 2)}


def animeface(_: str | None) -> tuple[Callable[[str], Any], Find]:
    """Finds nothing under Pillow 12 and later."""
    import animeface as peer
    from PIL import Image

    def find(image: Any) -> list[list[float]]:
        boxes = []
        for face in peer.detect(image):
            pos = face.face.pos
            boxes.append([pos.x, pos.y, pos.x + pos.width, pos.y + pos.height, face.likelihood])
        return boxes

    return lambda picture: Image.open(picture).convert("RGB"), find


def mediapipe(_: str | None) -> tuple[Callable[[str], Any], Find]:
    """Face Mesh: detector and 468 points in one call; the box is that of the points."""
    import cv2
    import mediapipe as peer

    mesh = peer.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=4)

    def find(image: Any) -> list[list[float]]:
        height, width = image.shape[:2]
        boxes = []
        for face in mesh.process(image).multi_face_landmarks or ():
            x, y = [p.x * width for p in face.landmark], [p.y * height for p in face.landmark]
            boxes.append([min(x), min(y), max(x), max(y), 1.0])
        return boxes

    return lambda picture: cv2.cvtColor(cv2.imread(picture), cv2.COLOR_BGR2RGB), find


def haar(_: str | None) -> tuple[Callable[[str], Any], Find]:
    """The cascade for faces from the front, one thread."""
    import cv2

    cv2.setNumThreads(1)
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def find(image: Any) -> list[list[float]]:
        return [[float(v) for v in (x, y, x + w, y + h)] + [1.0] for x, y, w, h in cascade.detectMultiScale(image)]

    return lambda picture: cv2.imread(picture, cv2.IMREAD_GRAYSCALE), find


def openseeface(folder: str | None) -> tuple[Callable[[str], Any], Find]:
    """A checkout: detection and landmarks in one call, one thread, model 3."""
    if folder is None:
        raise ImportError("name its checkout with --openseeface")
    sys.path.insert(0, folder)
    import numpy as np
    from PIL import Image
    from tracker import Tracker

    options = {"model_type": 3, "max_threads": 1, "silent": True, "no_gaze": True, "model_dir": f"{folder}/models"}
    trackers: dict[Any, Any] = {}

    def find(image: Any) -> list[list[float]]:
        height, width = image.shape[:2]
        peer = trackers.setdefault((width, height), None) or Tracker(width, height, **options)
        trackers[width, height] = peer
        boxes = []
        for face in peer.predict(image):
            (y0, x0), (y1, x1) = face.lms[:, :2].min(axis=0), face.lms[:, :2].max(axis=0)
            boxes.append([float(v) for v in (x0, y0, x1, y1, face.conf)])
        return boxes

    return lambda picture: np.asarray(Image.open(picture).convert("RGB"))[..., ::-1].copy(), find


class Peer(NamedTuple):
    """Another finder of faces."""

    opened: Callable[[str | None], tuple[Callable[[str], Any], Find]]
    package: str | None  # on the registry
    licence: str
    about: str


PEERS = {
    "animeface": Peer(animeface, "animeface", "Apache-2.0", "drawn faces: box, parts, colours"),
    "MediaPipe Face Mesh": Peer(mediapipe, "mediapipe", "Apache-2.0", "photographed faces: 468 points"),
    "OpenCV Haar cascade": Peer(haar, "opencv-python-headless", "Apache-2.0", "photographed faces: box"),
    "OpenSeeFace": Peer(openseeface, None, "BSD-2-Clause", "photographed faces: 66 points"),
}


def measured(peer: Peer, pictures: list[str], names: str | None, folder: str | None) -> dict[str, Any]:
    """Times on pictures, or the boxes of a file of names."""
    load, find = peer.opened(folder)
    if names:
        return {"boxes": {name: find(load(path)) for name, path in json.loads(Path(names).read_text("utf-8")).items()}}
    images = [load(picture) for picture in pictures]

    def work() -> int:
        return sum(len(find(image)) for image in images)

    return {**timed(work, 7, len(images)), "faces": work()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="*")
    parser.add_argument("--boxes", help="a JSON file of names and paths")
    parser.add_argument("--openseeface", help="a checkout of OpenSeeFace")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for name, peer in PEERS.items():
        try:
            version = metadata.version(peer.package) if peer.package else "a checkout"
            figures = measured(peer, options.pictures, options.boxes, options.openseeface)
        except (ImportError, AttributeError):  # not in this environment, or a version without it
            continue
        found[name] = {"version": version, "licence": peer.licence, "about": peer.about, **figures}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
