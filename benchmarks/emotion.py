"""Networks for expressions: accuracy, macro F1, calibration, confusion.

python benchmarks/emotion.py [MODEL.onnx ...]           the package's own without any; prints and keeps the tables
One for photographs is asked about the validation part of FER2013 (fer2013/fer2013.npz in CHARAFACE_DATA), one for
drawings about 2,100 renders that nothing learned from and about the drawings of open-art whose file names say their
expression. Floors and aims are those of the package's networks.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import record

from charaface import session
from charaface.evaluate import data_folder, named, renders
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
    sets, goals, sections = [], [], []
    for name in options.models:
        network = session.load(name, options.threads)
        if not network.spec.domains or "photo" in network.spec.domains:
            sets.append(judge_fer2013(data, network))
            continue
        drawn, said = renders.judge_renders(network), named.judge_named(data, network)
        sets.append(drawn.judged)
        goals.append(named.goal(said, network.spec.label))
        sections += [renders.section(drawn), named.section(said, network.spec.label)]
    found = table(sets)
    found = replace(found, goals=(*found.goals, *goals), sections=(*found.sections, *sections))
    paths = record.write("emotion", "Expressions", where, found.to_dict(), found.markdown())
    print(found.markdown())
    print("written:", *paths, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
