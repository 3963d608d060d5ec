"""Writes FER2013's official csv from a fer2013.npz of train_images, train_labels, validation_images, validation_labels.

python benchmarks/fer_csv.py $CHARAFACE_DATA/fer2013/fer2013.npz fer2013.csv
train_ becomes Usage Training, validation_ PublicTest; rows keep their order, labels are numbers of
charaface.face.EXPRESSIONS. The csv is what `charaface.formats` reads (fer2013) and the recipes of the task emotion
learn from; it holds web images under Kaggle's terms and must not be given on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.files import atomic
from charaface.formats.fer2013 import COLUMNS

PARTS = {"train": "Training", "validation": "PublicTest"}  # of the .npz, and their Usage


def write(source: Path, out: Path) -> int:
    """Writes the csv, whole or not at all; returns its number of rows."""
    count = 0
    with np.load(source, allow_pickle=False) as arrays, atomic(out) as part, part.open("w", newline="\n") as file:
        if tuple(arrays["labels"].tolist()) != EXPRESSIONS:
            raise SystemExit(f"{source}: its labels are {arrays['labels'].tolist()}, not {', '.join(EXPRESSIONS)}")
        file.write(",".join(COLUMNS) + "\n")
        for name, usage in PARTS.items():
            for image, label in zip(arrays[f"{name}_images"], arrays[f"{name}_labels"], strict=True):
                file.write(f"{int(label)},{' '.join(map(str, image.ravel().tolist()))},{usage}\n")
                count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    print(f"{write(Path(sys.argv[1]), Path(sys.argv[2])):,} rows", file=sys.stderr)
