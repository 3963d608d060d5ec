"""How many drawn faces we and others find: on faces labelled by hand, and on cartoon frames with boxes from elsewhere.

    CHARAFACE_DATA=... python benchmarks/beside.py --peers PYTHON [--peers PYTHON ...] [--pictures 400]

Every finder runs with its defaults, in an environment of its own, on the same pictures. A face counts as found at
IoU 0.4, and again at 0.2, because not everybody boxes the same part of a head. Beside the labelled faces may be others
in a picture, so these have a recall alone. A checkout is needed for the hand labels.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import record
from rows import Row

from charaface.evaluate import data_folder
from charaface.evaluate.labels import HAND_LABELS, Boxed, read_cartoon_boxes, read_drawn
from charaface.image import size_of
from charaface.metrics import UNMATCHED, match
from charaface.tasks.detect import detect

Boxes = dict[str, list[list[float]]]  # file to x0, y0, x1, y1, score of each face


def ours(data: Path, pictures: list[Boxed]) -> Boxes:
    """What detect finds."""
    return {each.file: [[*face.box.tolist(), face.score] for face in detect(data / each.file)] for each in pictures}


def peers(pythons: list[str], data: Path, pictures: list[Boxed]) -> dict[str, Boxes]:
    """What the peers of each environment find."""
    found: dict[str, Boxes] = {}
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.json"
        names.write_text(json.dumps({each.file: str(data / each.file) for each in pictures}), "utf-8")
        for python in pythons:
            command = [python, str(Path(__file__).with_name("peers.py")), "--boxes", str(names)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            for name, peer in json.loads(done.stdout.splitlines()[-1]).items():
                found[f"{name} {peer['version']} ({peer['licence']}; {peer['about']})"] = peer["boxes"]
    return found


def labelled(data: Path) -> dict[str, list[Boxed]]:
    """The drawn faces labelled by hand, by kind: a picture each, with the face's true box."""
    kinds: dict[str, list[Boxed]] = {}
    for face in read_drawn(HAND_LABELS / "drawn.json"):
        box = np.asarray([face.box(*size_of(data / face.file))], dtype=np.float64)
        kind = "anime" if face.anime else face.domain
        kinds.setdefault(kind, []).append(Boxed(face.file, kind, box, np.zeros((0, 4))))
    return kinds


def recalls(kind: str, boxes: Boxes, pictures: list[Boxed]) -> list[Row]:
    """How many labelled faces one finder finds."""
    return [
        Row(f"- {kind}, {len(pictures)} labelled: recall at IoU {overlap}, %", 100 * _hits(boxes, pictures, overlap)[0])
        for overlap in (0.4, 0.2)
    ]


def rows(boxes: Boxes, pictures: list[Boxed]) -> list[Row]:
    """Recall and precision of one finder on cartoon frames."""
    out = []
    for overlap in (0.4, 0.2):
        recall, precision = _hits(boxes, pictures, overlap)
        out.append(Row(f"- cartoon frames: recall at IoU {overlap}, %", 100 * recall))
        out.append(Row(f"- cartoon frames: precision at IoU {overlap}, %", 100 * precision))
    return out


def _hits(boxes: Boxes, pictures: list[Boxed], overlap: float) -> tuple[float, float]:
    hits = false = 0
    for each in pictures:
        seen = np.asarray(boxes[each.file], dtype=np.float64).reshape(-1, 5)
        taken = match(seen[:, :4], seen[:, 4], each.faces, overlap, each.ignore)
        hits, false = hits + int(np.sum(taken >= 0)), false + int(np.sum(taken == UNMATCHED))
    return hits / sum(len(each.faces) for each in pictures), hits / max(hits + false, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder of real pictures; CHARAFACE_DATA by default")
    parser.add_argument("--peers", action="append", default=[], help="the python of an environment; repeatable")
    parser.add_argument("--pictures", type=int, default=400, help="spread evenly over all, in the order of their names")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    where, data = record.machine(), data_folder(options.data)
    every = read_cartoon_boxes(data)
    frames = [every[i] for i in np.linspace(0, len(every) - 1, min(options.pictures, len(every))).astype(int)]
    kinds = labelled(data)
    pictures = [*frames, *(each for kind in kinds.values() for each in kind)]
    found = {"charaface detect (MIT)": ours(data, pictures), **peers(options.peers, data, pictures)}
    measured = [Row("cartoon frames", len(frames)), Row("faces in them", sum(len(each.faces) for each in frames))]
    for name, boxes in found.items():
        measured.append(Row(f"**{name}**", None))
        measured += [row for kind, each in kinds.items() for row in recalls(kind, boxes, each)]
        measured += rows(boxes, frames)
    record.write_rows("beside", "Drawn faces found, side by side", where, measured)


if __name__ == "__main__":
    main()
