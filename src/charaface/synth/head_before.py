"""What is held before a face: hands, microphones, telephones, cups, cards and what stands nearer to the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charaface.schemes import IBUG68
from charaface.synth.forms import Form, ball, joined, slab, tube
from charaface.synth.head_wear import solid
from charaface.synth.layer import Layer, Paint, even
from charaface.synth.pen import Colour
from charaface.synth.skin_map import linear

_FLESH = np.array([[0.12, 14.0, 0.35]])
_DULL = np.array([[0.06, 10.0, 0.1]])
_GLOSSY = np.array([[0.5, 40.0, 0.0]])
_BONES = np.array([3.5, 2.4, 2.0])  # cm of a finger
# Where a hand is, as offsets in cm from a point of the face, for the left hand: which point, the offset of the middle
# of the palm, which way fingers go, which way its back looks, and how curled the four fingers are.
_HANDS: dict[str, tuple[int, tuple[float, float, float], tuple[float, ...], tuple[float, ...], tuple[float, ...]]] = {
    "chin": (8, (1.5, -3.0, 1.5), (-0.35, 1.0, 0.1), (0.25, 0.1, 1.0), (0.85, 0.8, 0.8, 0.75)),
    "cheek": (13, (0.7, -3.5, 2.0), (-0.1, 1.0, -0.25), (0.9, 0.0, 0.55), (0.15, 0.15, 0.2, 0.3)),
    "mouth": (62, (3.6, -0.8, 2.1), (-1.0, 0.3, 0.05), (0.1, 0.0, 1.0), (0.15, 0.1, 0.15, 0.25)),
    "eye": (45, (1.2, -3.5, 4.0), (-0.35, 1.0, 0.05), (0.35, 0.0, 1.0), (0.2, 0.15, 0.15, 0.25)),
    "brow": (26, (0.5, 1.6, 3.2), (-1.0, 0.25, 0.2), (0.4, 0.4, 1.0), (0.1, 0.1, 0.15, 0.2)),
    "lips": (62, (1.2, -9.6, 2.6), (-0.08, 1.0, -0.05), (0.9, 0.0, 0.5), (0.0, 0.95, 1.0, 1.0)),
    "bite": (62, (3.4, -6.2, 3.4), (-0.45, 1.0, -0.05), (0.5, -0.1, 0.9), (0.35, 0.45, 0.7, 0.8)),
    "temple": (16, (1.3, -1.0, 2.2), (-0.15, 1.0, -0.15), (1.0, 0.0, 0.5), (0.0, 0.5, 0.8, 0.9)),
}
KINDS = (*_HANDS, "microphone", "stand", "telephone", "cup", "card", "stick", "fruit", "somebody")


@dataclass(frozen=True)
class Thing:
    """Something before a face. Lengths in cm."""

    kind: str  # of KINDS
    colour: Colour
    second: Colour = (0.1, 0.1, 0.1)
    left: bool = True  # the side that it comes from
    off: tuple[float, float, float] = (0.0, 0.0, 0.0)  # how far from its usual place
    turned: float = 0.0  # degrees before the face
    size: float = 1.0
    skin: Colour = (0.77, 0.57, 0.44)  # of hands


def thing_layers(thing: Thing, points: np.ndarray) -> list[Layer]:
    """A thing before a head of (68, 3) points."""
    side = 1.0 if thing.left else -1.0
    mirror = np.array([side, 1, 1])
    off = np.asarray(thing.off)
    marks = points * mirror
    if not thing.left:  # the points of the other side, as if they were those of this
        marks = marks[np.asarray(IBUG68.mirror)]
    made = _hand_at(thing.kind, marks, off, thing) if thing.kind in _HANDS else _MAKERS[thing.kind](thing, marks, off)
    return [_plain(_flipped(form, side), colour, finish) for form, colour, finish in made]


def _flipped(form: Form, side: float) -> Form:
    if side > 0:
        return form
    return Form(form.vertices * np.array([-1, 1, 1], np.float32), form.triangles[:, ::-1].copy(), form.over)


def _plain(form: Form, colour: Colour, finish: np.ndarray) -> Layer:
    inked = linear(np.asarray(colour))
    low, high = form.vertices[:, 1].min(), np.ptp(form.vertices[:, 1]) + 1e-6
    told = Form(form.vertices, form.triangles, np.column_stack([form.over[:, 0], (form.vertices[:, 1] - low) / high]))

    def paint(at: np.ndarray) -> Paint:
        uneven = 1 + 0.06 * np.sin(11 * at[..., 0]) * np.sin(17 * at[..., 1])
        return Paint(even(inked, at.shape) * uneven[..., None], np.ones(at.shape[:2], np.float32))

    return solid("cover", told, paint, finish)


def _frame(up: tuple[float, ...], back: tuple[float, ...], turned: float = 0.0) -> np.ndarray:
    """(3, 3) that turns y to up and z to back, and then about z by degrees."""
    y = np.asarray(up, float) / np.linalg.norm(up)
    z = np.asarray(back, float) - y * (np.asarray(back) @ y)
    z /= np.linalg.norm(z)
    cos, sin = np.cos(np.radians(turned)), np.sin(np.radians(turned))
    return np.asarray(np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ np.stack([np.cross(y, z), y, z], axis=1))


def hand(curls: tuple[float, ...], spread: float = 0.12, thumb: float = 0.5) -> Form:
    """A left hand seen from its back: the middle of the palm at the origin, fingers up, the thumb to image left.

    curls: of index to little finger, 0 straight to 1 in the palm.
    """
    forms = [ball(np.zeros(3), (3.9, 4.9, 1.45), 14)]
    for k, curl in enumerate(curls):
        base = np.array([-2.9 + 1.95 * k, 3.4 - 0.25 * abs(k - 1.2), 0.1])
        lean = (k - 1.5) * spread
        bend = np.cumsum([curl * 75 + 6, curl * 95 + 5, curl * 60 + 4])
        places = [base]
        for bone, angle in zip(_BONES * (0.95, 1.05, 1.0, 0.78)[k], np.radians(bend), strict=True):
            way = np.array([np.sin(lean) * np.cos(angle), np.cos(lean) * np.cos(angle), -np.sin(angle)])
            places.append(places[-1] + bone * way)
        path = _rounded(np.asarray(places))
        radius = np.interp(np.linspace(0, 1, len(path)), [0, 0.7, 0.93, 1.0], [0.98, 0.8, 0.66, 0.05])
        forms.append(tube(path, radius, 9, 1.0, (0.2, 0.1, 1)))
    tip = np.array([-5.0 - 1.0 * thumb, 4.6, -1.2 - thumb])
    path = _rounded(np.array([[-2.0, -2.2, -0.4], [-4.2, 0.2, -0.9], [-5.0, 2.6, -1.2], tip]))
    forms.append(tube(path, np.interp(np.linspace(0, 1, len(path)), [0, 0.9, 1], [1.4, 0.85, 0.05]), 9, 1.0, (0, 0, 1)))
    return joined(*forms)


def _rounded(places: np.ndarray) -> np.ndarray:
    """A path through places whose corners are rounded."""
    t = np.linspace(0, len(places) - 1, 4 * len(places))
    path = np.column_stack([np.interp(t, np.arange(len(places)), places[:, k]) for k in range(3)])
    path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    return path


_Made = list[tuple[Form, Colour, np.ndarray]]


def _hand_at(kind: str, marks: np.ndarray, off: np.ndarray, thing: Thing) -> _Made:
    point, offset, up, back, curls = _HANDS[kind]
    turn = _frame(up, back, thing.turned)
    to = marks[point] + np.asarray(offset) + off
    flesh = hand(curls).moved(turn, to)
    arm = _arm(to, turn)
    return [(flesh, thing.skin, _FLESH), (arm, thing.colour, _DULL)]


def _arm(to: np.ndarray, turn: np.ndarray) -> Form:
    """A sleeve from the wrist down and aside."""
    wrist = to + turn @ np.array([0, -4.8, 0])
    elbow = wrist + turn @ np.array([0, -9.0, 0]) * 0.5 + np.array([4.0, -15.0, -2.0])
    path = np.linspace(wrist, elbow, 6)
    return tube(path, np.linspace(2.9, 4.4, 6), 12)


def _microphone(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    head = marks[57] + np.array([0.6, -2.2, 4.5]) + off
    way = _frame((0.35, -1.0, 0.35), (0, 0.3, 1), thing.turned) @ np.array([0, 1.0, 0])
    path = head + np.linspace(0.6, 18, 8)[:, None] * way
    made: _Made = [
        (ball(head, (2.3 * thing.size,) * 3, 12), thing.second, _DULL),
        (tube(path, np.linspace(1.5, 1.1, 8), 10), thing.colour, _GLOSSY),
    ]
    if thing.size > 0.9:
        fist = hand((0.85, 0.9, 0.9, 0.95)).moved(_frame(tuple(-np.cross(way, [0, 0, 1])), (0.2, 0.1, 1.0)), path[4])
        made.append((fist, thing.skin, _FLESH))
    return made


def _stand(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    head = marks[8] + np.array([1.0, -0.5, 6.0]) + off
    path = np.stack([head, head + [1.5, -4, 1.0], head + [3.0, -12, 1.5], head + [3.2, -26, 1.5]])
    return [
        (ball(head, (1.9 * thing.size, 2.4 * thing.size, 1.9 * thing.size), 12), thing.second, _DULL),
        (tube(_rounded(path), 0.55, 8), thing.colour, _GLOSSY),
    ]


def _telephone(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    at = marks[16] + np.array([1.6, -3.2, 1.0]) + off
    turn = _frame((0.1, 1.0, -0.25), (1.0, 0.0, 0.25), thing.turned)
    phone = slab((3.6, 7.4, 0.45)).moved(turn, at)
    holding = hand((0.5, 0.5, 0.55, 0.6), 0.05).moved(turn, at + turn @ np.array([0, -2.5, 1.9]))
    return [
        (phone, thing.second, _GLOSSY),
        (holding, thing.skin, _FLESH),
        (_arm(at + turn @ np.array([0, -2.5, 1.9]), turn), thing.colour, _DULL),
    ]


def _cup(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    rim = marks[57] + np.array([0, 0.2, 1.2]) + off
    way = _frame((0, -1.0, 0.55), (0, 0.5, 1), thing.turned) @ np.array([0, 1.0, 0])
    path = rim + np.linspace(0, 9.0, 6)[:, None] * way + np.array([0, 0, 2.8])
    radius = np.array([3.9, 3.8, 3.7, 3.5, 3.3, 0.1]) * thing.size
    fist = hand((0.55, 0.6, 0.6, 0.65)).moved(_frame((-1, 0.2, 0.15), (0.6, 0, 1.0)), path[3] + [3.2, 0, 3.0])
    return [(tube(path, radius, 16), thing.second, _GLOSSY), (fist, thing.skin, _FLESH)]


def _card(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    at = marks[8] + np.array([2.0, 0.0, 6.0]) + 2.0 * off
    turn = _frame((0.2, 1.0, -0.1), (0.1, 0.0, 1.0), thing.turned)
    return [(slab((7.0 * thing.size, 4.5 * thing.size, 0.05)).moved(turn, at), thing.second, _DULL)]


def _stick(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    way = _frame((0.5, -0.4, 1.0), (0, 1, 0.4), thing.turned) @ np.array([0, 1.0, 0])
    path = marks[62] + np.array([1.0 + 0.5 * off[0], 0, 0]) + np.linspace(-0.2, 8, 4)[:, None] * way
    return [(tube(path, 0.42 * thing.size, 8), thing.second, _DULL)]


def _fruit(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    at = marks[62] + np.array([0.5, -0.8, 4.2]) + off
    holding = hand((0.5, 0.5, 0.55, 0.6)).moved(_frame((-1, 0.5, 0.3), (0.6, -0.2, 1.0)), at + [4.2, -2.2, 1.0])
    return [(ball(at, (3.4, 3.2, 3.4), 14), thing.second, _GLOSSY), (holding, thing.skin, _FLESH)]


def _somebody(thing: Thing, marks: np.ndarray, off: np.ndarray) -> _Made:
    """The back of a head or a shoulder nearer to the camera."""
    at = marks[8] + np.array([11.0, -8.0, 16.0]) + 3.0 * off
    r = thing.size
    return [
        (ball(at, (8.0 * r, 10.5 * r, 8.0 * r), 16), thing.second, _DULL),
        (ball(at + [3, -19, 0], (20.0 * r, 11.0 * r, 9.0 * r), 14), thing.colour, _DULL),
    ]


_MAKERS = {
    "microphone": _microphone,
    "stand": _stand,
    "telephone": _telephone,
    "cup": _cup,
    "card": _card,
    "stick": _stick,
    "fruit": _fruit,
    "somebody": _somebody,
}
