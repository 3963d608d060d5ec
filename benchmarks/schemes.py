"""What is lost when the points of ibug68 go to another scheme and come back, on generated faces.

python benchmarks/schemes.py [--faces 3000]

Prints the mean distance of derived and of absent points from where they were, in percent of the side of the face's box,
as THERE_AND_BACK of charaface.schemes.convert has it.
"""

from __future__ import annotations

import argparse

import numpy as np

from charaface.schemes import HOWS, SCHEMES, conversion
from charaface.synth.crops import render_face

SEED = 77


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=3000)
    options = parser.parse_args()
    faces = [face for i in range(options.faces) for face in render_face(SEED, i, 128).faces]
    truth = np.stack([face.landmarks.points for face in faces if face.landmarks]).astype(np.float64)
    sides = np.array([np.sqrt(np.prod(face.box[2:] - face.box[:2])) for face in faces])
    for name in SCHEMES:
        back = conversion(name, "ibug68")
        away = np.linalg.norm(back.weights @ conversion("ibug68", name).weights @ truth - truth, axis=2)
        errors = 100 * away / sides[:, None]
        found = {how: errors[:, [kind == how for kind in back.how]].mean() for how in HOWS if how in back.how}
        print(f"{name}: {', '.join(f'{how} {error:.2f} %' for how, error in found.items())}")


if __name__ == "__main__":
    main()
