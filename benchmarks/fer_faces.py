"""Where the faces of FER2013 lie in their pictures: what the crop of a network for expressions has to be.

python benchmarks/fer_faces.py [COUNT]    pictures of the training part in CHARAFACE_DATA, 500 by default; prints only
Our own detector and landmark network read each picture, four times enlarged, its edge pixels going on around it. Boxes
of less than a third of the picture are none of its face, and count as not found.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

import charaface as cf
from charaface.evaluate import data_folder
from charaface.evaluate.emotion import fer2013
from charaface.formats.fer2013 import SIDE

_TIMES, _AROUND = 4, 64  # how much larger, and pixels around


def box_of(image: np.ndarray) -> np.ndarray | None:
    """(4,) the box of the picture's face in its own pixels; None where none is found."""
    big = cv2.resize(image, None, fx=_TIMES, fy=_TIMES, interpolation=cv2.INTER_CUBIC)
    big = cv2.copyMakeBorder(big, *(_AROUND,) * 4, cv2.BORDER_REPLICATE)
    boxes = [(face.box - _AROUND) / _TIMES for face in cf.landmarks(big, threads=1)]
    large = [box for box in boxes if max(box[2:] - box[:2]) > SIDE / 3]
    return large[0] if large else None


def main() -> None:
    """Prints medians and spreads."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    images, _ = fer2013(data_folder(None), "train")
    pick = np.random.default_rng(0).choice(len(images), count, replace=False)
    found = [box for box in map(box_of, images[pick]) if box is not None]
    boxes = np.asarray(found)
    scale = SIDE / (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    off = (boxes[:, :2] + boxes[:, 2:]) / 2 - SIDE / 2
    print(f"{len(boxes)} of {count} found; median box {np.median(boxes, axis=0).round(2).tolist()}")
    for name, values in (("side of the picture over the face's", scale), ("x off", off[:, 0]), ("y off", off[:, 1])):
        print(f"{name}: median and 5 to 95 %: {np.percentile(values, (50, 5, 95)).round(2).tolist()}")


if __name__ == "__main__":
    main()
