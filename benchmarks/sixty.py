"""How the 60 points of generated faces compare with the published mean shape of manga faces, and with the 68.

python benchmarks/sixty.py [--faces 300] [--domain manga] [--yaw 35]

Of faces turned less than --yaw, each laid on the published shape by least squares (moved, turned, scaled): where the
parts lie on average and how large eyes and mouth are, in percent of the chin width; and how far apart the outer corners
of the eyes are, in percent of the distance of points 36 and 45 of ibug68.
"""

from __future__ import annotations

import argparse

import numpy as np

from charaface.metrics import normaliser
from charaface.schemes import MANGA60A
from charaface.synth.crops import render_face

SEED = 41
# Middles of parts of the mean shape of chiawei-liu/DeepAlignmentNetwork, trained on the labels of Stricker et al. 2018,
# in percent of the chin width from the middle of the chin's ends, right and down; then width and height.
MIDDLES = {
    "right_brow": (-29.7, -21.5),
    "left_brow": (25.8, -21.5),
    "right_eye": (-27.0, -1.6),
    "left_eye": (24.7, -1.5),
    "right_pupil": (-25.3, -0.6),
    "left_pupil": (23.4, -0.6),
    "nose": (-3.7, 20.4),
    "mouth": (-1.1, 42.3),
}
SIZES = {"right_eye": (23.5, 17.9), "left_eye": (25.0, 17.9), "mouth": (24.4, 10.5)}


def middles(points: np.ndarray) -> np.ndarray:
    """(8, 2) middles of the parts of (60, 2) points."""
    return np.stack([points[list(MANGA60A.parts[part])].mean(axis=0) for part in MIDDLES])


def sizes(points: np.ndarray) -> np.ndarray:
    """(3, 2) width between the corners, and height in the middle, of eyes and mouth of (60, 2) points."""
    out = []
    for part in SIZES:
        loop = points[list(MANGA60A.parts[part])]
        corners = (loop[0] + loop[9]) / 2, (loop[4] + loop[5]) / 2
        out.append([np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(loop[7] - loop[2])])
    return np.asarray(out)


def aligned(points: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, float]:
    """(N, 2) points moved, turned and scaled onto wanted by least squares, and the scale."""
    z, w = (p[:, 0] + 1j * p[:, 1] for p in (points - points.mean(axis=0), wanted - wanted.mean(axis=0)))
    turn = np.vdot(z, w) / np.vdot(z, z)
    laid = z * turn
    return np.stack([laid.real, laid.imag], axis=1) + wanted.mean(axis=0), float(abs(turn))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=300)
    parser.add_argument("--domain")
    parser.add_argument("--yaw", type=float, default=35.0)
    options = parser.parse_args()
    wanted = np.array(list(MIDDLES.values()))
    places, extents, corners, index = [], [], [], 0
    while len(places) < options.faces:
        made = [render_face(SEED, index, 160, domain=options.domain, scheme=s).faces for s in ("ibug68", "manga60a")]
        index += 1
        if not made[0] or abs(made[0][0].pose.yaw) >= options.yaw:
            continue
        points = made[1][0].landmarks.points.astype(np.float64)
        place, scale = aligned(middles(points), wanted)
        places.append(place)
        extents.append(sizes(points) * scale)
        lengths = [normaliser("inter-ocular", f.landmarks.points, f.box, f.landmarks.scheme) for (f,) in made]
        corners.append(lengths[1] / lengths[0])
    found, away = np.mean(places, axis=0), np.mean(places, axis=0) - wanted
    for part, at, (x, y) in zip(MIDDLES, found, away, strict=True):
        print(f"{part}: at {at[0]:.1f}, {at[1]:.1f}; {np.hypot(x, y):.1f} % off ({x:+.1f} right, {y:+.1f} down)")
    print(f"all parts: {np.linalg.norm(away, axis=1).mean():.1f} % off on average")
    for part, (width, height) in zip(SIZES, np.mean(extents, axis=0), strict=True):
        print(f"{part}: {width:.1f} x {height:.1f}, published {SIZES[part][0]} x {SIZES[part][1]}")
    print(f"outer corners of the eyes: {100 * np.mean(corners):.1f} % of those of ibug68 apart")


if __name__ == "__main__":
    main()
