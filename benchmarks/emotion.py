"""Networks for expressions on the validation part of FER2013: accuracy, macro F1, calibration, confusion.

python benchmarks/emotion.py [MODEL.onnx ...]           the package's own without any; prints and keeps the tables
The pictures are those of fer2013/fer2013.npz in CHARAFACE_DATA. Floors and aims are those of the package's network.
"""

from __future__ import annotations

import argparse
import sys

import record

from charaface import session
from charaface.evaluate import data_folder
from charaface.evaluate.emotion import judge_fer2013, table


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["emotion-photo"], help="names in WEIGHTS or paths.onnx")
    parser.add_argument("--data", help="the folder of real pictures; CHARAFACE_DATA by default")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    where = record.machine()
    data = data_folder(options.data)
    found = table([judge_fer2013(data, session.load(name, options.threads)) for name in options.models])
    paths = record.write("emotion", "Expressions", where, found.to_dict(), found.markdown())
    print(found.markdown())
    print("written:", *paths, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
