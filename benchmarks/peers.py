"""How long other detectors of faces take. Runs in an environment of its own, knows nothing of charaface.

    PYTHON_OF_THAT_ENVIRONMENT benchmarks/peers.py PICTURE... [--openseeface FOLDER]

Prints one JSON object: name to {"wall_ms", "cpu_ms"} a picture, and the "faces" of all, or to {"missing": why}.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any], repeats: int, pictures: int = 1) -> dict[str, float]:
    """Medians of wall and processor time a picture in milliseconds, after two calls to warm up."""
    for _ in range(2):
        work()
    wall, cpu = [], []
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(1000 * (time.perf_counter() - start) / pictures)
        cpu.append(1000 * (time.process_time() - used) / pictures)
    return {"wall_ms": round(statistics.median(wall), 2), "cpu_ms": round(statistics.median(cpu), 2)}


def animeface(pictures: list[str], _: str | None) -> dict[str, Any]:
    """animeface 2.0.3 (PyPI); finds nothing under Pillow 12 and later."""
    import animeface as peer
    from PIL import Image

    images = [Image.open(picture).convert("RGB") for picture in pictures]

    def detect() -> int:
        return sum(len(peer.detect(image)) for image in images)

    return {**timed(detect, 5, len(images)), "faces": detect()}


def openseeface(pictures: list[str], folder: str | None) -> dict[str, Any]:
    """OpenSeeFace from a checkout: detection and landmarks in one call, one thread, model 3."""
    if folder is None:
        return {"missing": "name its checkout with --openseeface"}
    sys.path.insert(0, folder)
    import numpy as np
    from PIL import Image
    from tracker import Tracker

    images = [np.asarray(Image.open(picture).convert("RGB"))[..., ::-1].copy() for picture in pictures]
    height, width = images[0].shape[:2]
    options = {"model_type": 3, "max_threads": 1, "silent": True, "no_gaze": True, "model_dir": f"{folder}/models"}
    peer = Tracker(width, height, **options)

    def predict() -> int:
        return sum(len(peer.predict(image)) for image in images)

    return {**timed(predict, 15, len(images)), "faces": predict()}


PEERS = {"animeface": animeface, "OpenSeeFace": openseeface}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--openseeface", help="a checkout of OpenSeeFace")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for name, peer in PEERS.items():
        try:
            found[name] = peer(options.pictures, options.openseeface)
        except ImportError as error:
            found[name] = {"missing": str(error)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
