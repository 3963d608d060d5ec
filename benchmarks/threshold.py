"""Where to cut a detector's scores, found on generated scenes alone: what `charaface export --threshold` wants.

python benchmarks/threshold.py detector.onnx landmarks.onnx [--scenes 500]
"""

from __future__ import annotations

import argparse

from charaface.evaluate.threshold import best_threshold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detector", help="an ONNX file exported with --threshold 0.5")
    parser.add_argument("landmarks")
    parser.add_argument("--scenes", type=int, default=500)
    options = parser.parse_args()
    cut = best_threshold(options.detector, options.landmarks, scenes=options.scenes)
    print(f"threshold {cut.threshold:.2f}: F1 {cut.f1:.3f}, precision {cut.precision:.3f}, recall {cut.recall:.3f}")


if __name__ == "__main__":
    main()
