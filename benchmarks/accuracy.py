"""How good the networks are: the table of `charaface evaluate`, kept with its date and machine.

CHARAFACE_DATA=... python benchmarks/accuracy.py [--quick] [--model a.onnx --model b.onnx] [--threads 2]
"""

from __future__ import annotations

import argparse
import sys

import record

from charaface.evaluate import main_table, repeat_table, shipped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder of real pictures; CHARAFACE_DATA by default")
    parser.add_argument("--quick", action="store_true", help="points alone, no boxes and no clips")
    parser.add_argument("--no-curve", action="store_true", help="no average precision: half the time")
    parser.add_argument("--model", action="append", help="a path.onnx in place of the package's own; repeatable")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    where = record.machine()
    table = main_table(
        options.data,
        predictor=shipped(options.model, options.threads),
        quick=options.quick,
        curve=not options.no_curve,
        progress=_progress,
    )
    repeat = repeat_table()
    text = table.markdown() + "\n" + repeat.markdown()
    found = {**table.to_dict(), "repeat": repeat.to_dict()["sections"][0]}
    name = "accuracy-points" if options.quick else "accuracy"
    paths = record.write(name, "Accuracy", where, found, text)
    print(text)
    print("written:", *paths, sep="\n", file=sys.stderr)


def _progress(what: str, done: int, of: int) -> None:
    if done % 100 == 0:
        print(f"{what}: {done} of {of}", file=sys.stderr)


if __name__ == "__main__":
    main()
