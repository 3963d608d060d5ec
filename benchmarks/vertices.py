"""Where people who label photographs put the 68 points of a head, and how near those of the generator's heads come.

python benchmarks/vertices.py heads.npz        (CHARAFACE_DATA names the folder of photos68)

Writes tests/labels/photos68-fitting.txt if it is not there: four photographs each of 50 people, seed 0, who are
looked at; nobody else of photos68 is. First the medians for synth/head_points.py of those who look into the camera.
Then, on other people, heads of the kit (40 directions of identity, all expressions, any pose) are laid on all 68
points, and what is left is told for the kit's own points and for ours, in percent of the inter-ocular distance.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from charaface.evaluate.labels import FITTING, HAND_LABELS, person_of, read_photos68
from charaface.schemes import IBUG68
from charaface.synth.head_points import MEASURED, Anchors, head_points
from charaface.synth.kit import FaceKit, read_kit

LIST = HAND_LABELS / FITTING
PEOPLE, EACH = 50, 4
DIRECTIONS = 40
STIFF = 0.3  # what a standard deviation costs, in square centimetres
Photos = dict[str, np.ndarray]


def photos() -> Photos:
    """(68, 2) points by file, of photos68."""
    faces = read_photos68(Path(os.environ["CHARAFACE_DATA"]) / "photos68" / "labels.xml")
    return {face.file.partition("/")[2]: face.truth for face in faces}


def chosen(known: Photos) -> list[str]:
    """The photographs that may be looked at, drawn once."""
    if not LIST.exists():
        rng = np.random.default_rng(0)
        by: dict[str, list[str]] = {}
        for name in sorted(known):
            by.setdefault(person_of(name), []).append(name)
        several = sorted(who for who, names in by.items() if len(names) >= EACH)
        drawn = [
            n for who in rng.choice(several, PEOPLE, replace=False) for n in rng.choice(by[who], EACH, replace=False)
        ]
        LIST.write_text("\n".join(sorted(map(str, drawn))) + "\n", encoding="utf-8")
    return LIST.read_text("utf-8").split("\n")[:-1]


def measured(known: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """(68, 2) median places of faces that look into the camera, made symmetric, and how many those are."""
    laid = []
    for points in known:
        width = np.linalg.norm(points[45] - points[36])
        along = (points[45] - points[36]) / width
        flat = (points - points[[36, 39, 42, 45]].mean(axis=0)) @ np.array([along, [-along[1], along[0]]]).T / width
        if abs(flat[30, 0]) < 0.1 and abs(flat[0, 0] + flat[16, 0]) < 0.25:
            laid.append(flat)
    front = np.stack(laid)
    both = np.concatenate([front, (front * [-1, 1])[:, list(IBUG68.mirror)]])
    return np.median(both, axis=0), len(front)


class Fitter:
    """Lays heads of a kit on points, as a far camera sees them."""

    def __init__(self, kit: FaceKit) -> None:
        names = kit.expression_names
        moving = [i for i, name in enumerate(names) if not name.startswith(("Pupil", "eyeLook"))]
        self.kit, self.names = kit, [names[i] for i in moving]
        self.basis = np.concatenate([kit.identity[:DIRECTIONS], kit.expression[moving]]).astype(np.float32)

    def __call__(self, points: np.ndarray, of: Callable[[np.ndarray, np.ndarray], Anchors]) -> np.ndarray:
        """(68,) errors that are left in percent of the inter-ocular distance; of(head, rotation): where points are."""
        seen = points * [1, -1]
        head, turn = self.kit.vertices, np.eye(3)
        for _ in range(12):
            places = of(head, turn)
            turn, shift, scale = orthographic(places.on(head).astype(np.float64), seen)
            moves = np.stack([places.on(offsets) for offsets in self.basis]).astype(np.float64)
            rest = ((seen - shift) / scale - places.on(self.kit.vertices) @ turn[:2].T).ravel()
            ways = np.einsum("id,knd->nik", turn[:2], moves).reshape(-1, len(moves))
            stiff = np.diag(np.full(len(moves), STIFF**0.5))
            both = np.concatenate([ways, stiff]), np.concatenate([rest, np.zeros(len(moves))])
            weights = np.linalg.lstsq(*both, rcond=None)[0]
            weights[:DIRECTIONS] = np.clip(weights[:DIRECTIONS], -2.5, 2.5)
            weights[DIRECTIONS:] = np.clip(weights[DIRECTIONS:], 0, 1)
            mimic = dict(zip(self.names, weights[DIRECTIONS:].tolist(), strict=True))
            head = self.kit.head(weights[:DIRECTIONS], mimic)
        places = of(head, turn)
        turn, shift, scale = orthographic(places.on(head).astype(np.float64), seen)
        left = np.linalg.norm(places.on(head) @ turn[:2].T * scale + shift - seen, axis=1)
        return np.asarray(100 * left / np.linalg.norm(points[45] - points[36]))


def orthographic(shape: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Rotation, shift and scale that lay (N, 3) places on (N, 2) points best; depth and turn by turns."""
    middle, centre = shape.mean(axis=0), seen.mean(axis=0)
    a, b = shape - middle, seen - centre
    rough = np.linalg.lstsq(a, b, rcond=None)[0].T
    u, s, vt = np.linalg.svd(rough, full_matrices=False)
    rows, scale = u @ vt, float(s.mean())
    for _ in range(30):
        turn = np.stack([*rows, np.cross(*rows)])
        u, s, vt = np.linalg.svd(np.column_stack([b, scale * a @ turn[2]]).T @ a)
        sign = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
        turn = (u * sign) @ vt
        rows, scale = turn[:2], float((s * sign).sum() / (a**2).sum())
    return turn, centre - scale * turn[:2] @ middle, scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kit", type=Path, help="the shapes of heads (.npz)")
    parser.add_argument("--photos", type=int, default=300, help="of other people")
    wanted = parser.parse_args()
    known = photos()
    mine = chosen(known)
    median, count = measured([known[name] for name in mine])
    print(f"{count} of {len(mine)} photographs of {PEOPLE} people look into the camera")
    for k in sorted(MEASURED):
        print(f"    {k}: ({median[k, 0] + 0.0:.3f}, {median[k, 1]:.3f}),")
    people = {person_of(name) for name in mine}
    others = sorted(name for name in known if person_of(name) not in people)
    some = np.random.default_rng(1).choice(others, min(wanted.photos, len(others)), replace=False)
    kit = read_kit(wanted.kit)
    fitter, ours = Fitter(kit), head_points(kit)
    own = Anchors(np.repeat(kit.landmarks[:, None], 3, axis=1), np.tile(np.array([1.0, 0.0, 0.0]), (68, 1)))
    ways = (lambda *_: own, ours.seen)
    found = np.stack([[fitter(known[str(name)], of) for of in ways] for name in some])
    groups = {
        "jaw, ends": [0, 1, 2, 14, 15, 16],
        "jaw, sides": [3, 4, 5, 11, 12, 13],
        "chin": [6, 7, 8, 9, 10],
        "brows": list(range(17, 27)),
        "bridge and tip": list(range(27, 31)),
        "nostrils, eyes, mouth": list(range(31, 68)),
        "all": list(range(68)),
    }
    print(f"\nmedian over {len(some)} photographs of {len({person_of(str(n)) for n in some})} other people, per cent")
    print("| part | the kit's points | ours |\n|---|---|---|")
    for part, numbers in groups.items():
        old, new = np.median(found[:, :, numbers].mean(axis=2), axis=0)
        print(f"| {part} | {old:.1f} | {new:.1f} |")


if __name__ == "__main__":
    main()
