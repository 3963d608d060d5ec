"""How detector and verifier are weighed and cut, on generated scenes alone: what `charaface export --power` wants.

python benchmarks/powers.py detector.onnx landmarks.onnx [--scenes 500]
"""

from __future__ import annotations

import argparse

from charaface.evaluate.powers import best_powers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detector", help="an ONNX file exported with --power 1")
    parser.add_argument("landmarks", help="an ONNX file exported with --power 1")
    parser.add_argument("--scenes", type=int, default=500)
    options = parser.parse_args()
    best = best_powers(options.detector, options.landmarks, scenes=options.scenes)
    print(f"detector --power {best.detector}, landmarks --power {best.verifier}")
    print(f"on {options.scenes} scenes: F1 {best.f1:.3f}, precision {best.precision:.3f}, recall {best.recall:.3f}")


if __name__ == "__main__":
    main()
