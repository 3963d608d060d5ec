"""What detector and verifier are worth together, on generated scenes alone: what `charaface export` wants of both.

python benchmarks/calibrate.py detector.onnx landmarks.onnx [--scenes 500]
"""

from __future__ import annotations

import argparse

from charaface.evaluate.calibration import calibrate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detector", help="an ONNX file exported with --scale 1 --shift 0")
    parser.add_argument("landmarks", help="an ONNX file exported with --scale 1 --shift 0")
    parser.add_argument("--scenes", type=int, default=500)
    options = parser.parse_args()
    found = calibrate(options.detector, options.landmarks, scenes=options.scenes)
    print(f"detector --scale {found.scale:.3f} --shift {found.shift:.3f}, landmarks --scale {found.verifier_scale:.3f}")
    print(f"on {options.scenes} scenes: F1 {found.f1:.3f}, precision {found.precision:.3f}, recall {found.recall:.3f}")


if __name__ == "__main__":
    main()
