"""How far people who label photographs put the 68 points from where the landmark network puts them: 136 numbers.

python benchmarks/offsets.py [landmarks.onnx] [-o photo-offsets.json]     (CHARAFACE_DATA names the folder of photos68)

Fits charaface.offsets on the 200 photographs of tests/labels/photos68-fitting.txt alone, each found by our detector,
and writes them into the package, or to -o. Nobody on these photographs is measured on by `charaface evaluate`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

from charaface import session, weights
from charaface.evaluate.labels import FITTING, HAND_LABELS, read_photos68
from charaface.evaluate.points import nearest, points_of
from charaface.geometry import box_from_points
from charaface.image import load
from charaface.offsets import fitted
from charaface.tasks.landmarks import landmarks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="landmarks68", help="the landmark network")
    parser.add_argument("-o", "--out", type=Path, default=weights.FOLDER / weights.OFFSETS)
    wanted = parser.parse_args()
    data = Path(os.environ["CHARAFACE_DATA"])
    names = {f"photos68/{name}" for name in (HAND_LABELS / FITTING).read_text("utf-8").splitlines()}
    found, truth, rolls = [], [], []
    for label in read_photos68(data / "photos68" / "labels.xml"):
        if label.file not in names:
            continue
        faces = landmarks(load(data / label.file), model=wanted.model, weights="generated", threads=1)
        face, _ = nearest(faces, box_from_points(label.truth))
        if face is not None and face.pose is not None:
            found.append(points_of(face))
            truth.append(label.truth)
            rolls.append(face.pose.roll)
    offsets = fitted(found, truth, rolls, session.load(wanted.model).spec.label)
    words = f"photos68, {len(found)} photographs of 50 people (udacity/P1_Facial_Keypoints, MIT; YouTube Faces)"
    wanted.out.write_text(offsets.to_json(words), "utf-8")
    print(f"{wanted.out}: fitted on {len(found)} of {len(names)} photographs, {offsets.weights}")
    print(f"largest {100 * np.linalg.norm(offsets.values, axis=1).max():.1f} % of the size of a face")


if __name__ == "__main__":
    main()
