"""Landmarks of every face of a GIF, frame by frame, and the same GIF with them drawn on it.

python gif_landmarks.py talking.gif landmarks.gif
"""

from __future__ import annotations

import sys

import charaface as cf


def main(source: str, output: str) -> None:
    """Prints where each face's chin is in each frame, then writes the annotated clip."""
    for frame in cf.frames(source, task="landmarks"):
        for face in frame.faces:
            if face.landmarks is not None:
                x, y = face.landmarks.points[8]
                yaw = face.pose.yaw if face.pose else 0.0
                print(f"{frame.time:6.2f} s  face {face.track}  chin {x:.1f}, {y:.1f}  yaw {yaw:.0f}")
    print(cf.annotate(source, output))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} CLIP OUTPUT")
    main(sys.argv[1], sys.argv[2])
