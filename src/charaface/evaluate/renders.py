"""Expressions of renders held out: drawings that nothing learned from, framed as the runtime frames a face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from charaface.evaluate.emotion import RENDERS, Judged
from charaface.evaluate.table import Cell, Section
from charaface.face import EXPRESSIONS, Face
from charaface.session import Session
from charaface.tasks.emotion import ask
from charaface.tasks.landmarks import landmarks

SEED, COUNT, SIZE = 9001, 2100, 160  # a seed that no recipe names
_YAWS = ((0, 30), (30, 65))  # degrees: a render whose expression is asked for turns no further


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a network said of renders, and what each of them is."""

    judged: Judged
    domains: np.ndarray  # (N,) str, kinds of drawing
    yaws: np.ndarray  # (N,) float, degrees

    @property
    def right(self) -> np.ndarray:
        """(N,) bool."""
        return np.asarray(self.judged.found.argmax(1) == self.judged.true)


def judge_renders(
    network: Session, count: int = COUNT, *, seed: int = SEED, progress: Callable[[int, int], None] | None = None
) -> Drawn:
    """What a network says of count renders, as many of each expression, every kind of drawing as often as it is drawn.

    Each face is framed as the task emotion frames it, by the points that the package's landmark network reads in its
    true box.
    """
    from charaface.synth.crops import render_face  # here, so that the rest of evaluate needs no skia

    found, labels, domains, yaws = [], [], [], []
    for index in range(count):
        if progress:
            progress(index, count)
        label = index % len(EXPRESSIONS)
        render = render_face(seed, index, SIZE, expression=EXPRESSIONS[label])
        for face in render.faces:  # one, or none where it lies outside
            read = [replace(one, domain=None) for one in landmarks(render.image, [Face(face.box)])]
            (said,) = ask(render.image, read, [network])
            assert said is not None  # of a face of an unknown kind every network is asked
            assert face.pose is not None
            found.append(said.probabilities)
            labels.append(label)
            domains.append(face.kind or "")
            yaws.append(face.pose.yaw)
    whole = Judged(RENDERS, network.spec.label, np.asarray(labels), np.stack(found))
    return Drawn(whole, np.asarray(domains), np.asarray(yaws))


def section(drawn: Drawn) -> Section:
    """Accuracy by kind of drawing and by yaw."""
    rows: list[tuple[Cell, ...]] = []
    for name in sorted(set(drawn.domains.tolist())):
        rows.append(_row(name, drawn.right[drawn.domains == name]))
    turned = np.abs(drawn.yaws)
    for low, high in _YAWS:
        rows.append(_row(f"yaw {low} to {high}", drawn.right[(turned >= low) & (turned <= high)]))
    words = f"{drawn.judged.weights}: expressions of renders by kind of drawing and by yaw"
    return Section(words, ("which", "faces", "right, %"), tuple(rows))


def _row(name: str, right: np.ndarray) -> tuple[Cell, ...]:
    return name, len(right), float(100 * right.mean()) if len(right) else None
