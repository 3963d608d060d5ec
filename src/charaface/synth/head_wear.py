"""Glasses, masks over nose and mouth, and scarves, as surfaces on a 3-D head."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from charaface.synth.forms import Form, both_faces, disc, joined, sheet, tube
from charaface.synth.head_beard import Beard
from charaface.synth.layer import Layer, Paint, even
from charaface.synth.pen import Colour
from charaface.synth.skin_map import linear
from charaface.synth.wrap import MIDDLE, wrapped

# Half width and half height of a lens in cm, how square it is (2: an ellipse), how much its outer top is raised, and
# how far its lower inner corner is cut off.
LENSES: dict[str, tuple[float, float, float, float, float]] = {
    "round": (2.3, 2.2, 2.0, 0.0, 0.0),
    "oval": (2.5, 1.7, 2.2, 0.0, 0.0),
    "square": (2.6, 1.8, 4.0, 0.0, 0.1),
    "narrow": (2.6, 1.3, 3.2, 0.05, 0.1),
    "panto": (2.5, 2.1, 2.6, 0.1, 0.25),
    "pilot": (2.9, 2.4, 2.7, 0.05, 0.45),
    "cat": (2.7, 1.8, 2.8, 0.5, 0.2),
    "large": (3.0, 2.6, 3.0, 0.05, 0.15),
    "sport": (3.2, 1.7, 2.8, 0.25, 0.2),
}
_AROUND = 28
_PLAIN = np.array([[0.05, 10.0, 0.15]])
_METAL = np.array([[0.9, 30.0, 0.0]])
_PLASTIC = np.array([[0.35, 50.0, 0.0]])


@dataclass(frozen=True)
class Glasses:
    """Lenses in a frame. Lengths in cm, lights linear."""

    lens: str = "oval"  # of LENSES
    rim: str = "full"  # full, half (above) or none
    thick: float = 0.12  # of the rim, from its middle
    frame: Colour = (0.05, 0.05, 0.05)
    metal: bool = False
    size: float = 1.0
    low: float = 0.0  # how far down the nose
    dark: float = 0.04  # of the lens: how much it holds back above, 0 to 1
    fade: float = 0.0  # how much less of it below, 0 to 1
    tint: Colour = (0.02, 0.02, 0.02)
    mirror: float = 0.05  # how much of a window or the sky it mirrors
    mirrored: tuple[float, float, float] = (1.0, 0.0, 0.3)  # its slope, place and width
    glint: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Mask:
    """Cloth over nose and mouth."""

    colour: Colour
    top: float = 0.0  # 0 over the bridge of the nose, 1 under the nose, 2 under the mouth, 3 under the chin
    pleats: float = 0.5  # 0 to 1
    ridge: float = 0.0  # cm that its middle stands out
    loops: Colour = (0.85, 0.85, 0.85)
    pattern: float = 0.0  # of figures on it, 0 to 1
    seed: int = 0


def glasses_layers(glasses: Glasses, points: np.ndarray) -> list[Layer]:
    """Frame and lenses on a head of (68, 3) points."""
    half_x, half_y, square, raised, cut = LENSES[glasses.lens]
    turn = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    x = np.sign(cos) * np.abs(cos) ** (2 / square)
    y = np.sign(sin) * np.abs(sin) ** (2 / square)
    y = y + raised * np.clip(x, 0, 1) * np.clip(y, 0, 1)
    x = x + cut * np.clip(-x, 0, 1) * np.clip(-y, 0, 1) - 0.4 * cut * np.clip(x, 0, 1) * np.clip(-y, 0, 1)
    bridge = points[27]
    eyes = points[36:48].reshape(2, 6, 3).mean(axis=1)
    apart = float(eyes[1, 0] - eyes[0, 0]) / 2
    scale = glasses.size * apart / 3.15
    front = max(bridge[2] + 0.35, points[[17, 26], 2].mean() + 1.9, eyes[:, 2].mean() + 1.75)
    curve = 0.045 if glasses.lens == "sport" else 0.022
    rims, lenses, temples = [], [], []
    wide = max(float(points[16, 0] - points[0, 0]) / 2 + 0.15, apart + (half_x + 0.1) * scale)
    for side in (-1, 1):
        at = np.array([bridge[0] + side * (apart + 0.12), eyes[:, 1].mean() - 0.25 - glasses.low, 0])
        outline = at + np.stack([side * x * half_x * scale, y * half_y * scale, 0 * x], axis=1)
        outline[:, 2] = front + 0.6 * glasses.low - curve * (outline[:, 0] - bridge[0]) ** 2
        lens = disc(outline if side > 0 else outline[::-1], 4, 0.15)
        across = lens.over * [side, 1]
        lenses.append(Form(lens.vertices, lens.triangles, across.astype(np.float32)))
        closed = np.concatenate([outline, outline[:2]])
        if glasses.rim == "half":
            closed = closed[: _AROUND // 2 + 1]
        if glasses.rim != "none":
            rims.append(tube(closed, glasses.thick, 6, 0.8, (0, 0, 1)))
        outer = outline[int(np.argmax(side * outline[:, 0] + 0.35 * outline[:, 1]))]
        inner = outline[int(np.argmin(side * outline[:, 0] - 0.15 * outline[:, 1]))]
        ear = np.array([side * wide, points[[0, 16], 1].mean() + 1.6, points[[0, 16], 2].mean() - 2.0])
        hinge = np.array([np.sign(side) * max(abs(outer[0]), wide - 0.5), outer[1], outer[2] - 0.7])
        path = np.stack([outer, hinge, (hinge * 2 + ear) / 3, (hinge + ear * 2) / 3, ear, ear + [0, -1.6, -1.6]])
        temples.append(tube(path, max(glasses.thick * 1.2, 0.1), 6, 0.5))
        if side > 0:
            arch = np.array([0, 0.25 + 0.1 * glasses.thick, 0.25])
            middle = (inner * [0, 1, 1]) + [bridge[0], 0, 0] + arch
            rims.append(tube(np.stack([inner, middle, inner * [-1, 1, 1] + [2 * bridge[0], 0, 0]]), glasses.thick, 6))
    return [_lens_layer(glasses, joined(*lenses)), _frame_layer(glasses, joined(*rims, *temples))]


def _frame_layer(glasses: Glasses, form: Form) -> Layer:
    colour = linear(np.asarray(glasses.frame))

    def paint(at: np.ndarray) -> Paint:
        return Paint(even(colour, at.shape), np.ones(at.shape[:2], np.float32))

    return solid("glasses", form, paint, _METAL if glasses.metal else _PLASTIC, casts=glasses.thick > 0.2)


def _lens_layer(glasses: Glasses, form: Form) -> Layer:
    """Lenses hold light back and mirror a band of a window or of the sky."""
    tint = linear(np.asarray(glasses.tint)).astype(np.float32)
    glint = linear(np.asarray(glasses.glint)).astype(np.float32)
    slope, place, width = glasses.mirrored

    def paint(at: np.ndarray) -> Paint:
        x, y = at[..., 0], at[..., 1]
        cover = glasses.dark * (1 - glasses.fade * np.clip((0.6 - y) / 1.4, 0, 1))
        if glasses.rim == "none":
            cover = np.maximum(cover, 0.45 * np.clip((np.maximum(np.abs(x), np.abs(y)) - 0.9) / 0.08, 0, 1))
        shine = glasses.mirror * np.clip(1.6 - np.abs(y + slope * x - place) / width, 0, 1)
        shine = shine + 0.25 * glasses.mirror * np.clip(0.5 + y, 0, 1)
        held = np.clip(cover + shine, 0, 1)
        glow = glint * (shine / np.maximum(held, 1e-3))[..., None]
        return Paint(even(tint, at.shape), held.astype(np.float32), glow=glow.astype(np.float32))

    return solid("glasses", form, paint, _PLASTIC, casts=glasses.dark > 0.5)


def solid(
    part: str, form: Form, paint: object, finish: np.ndarray, *, casts: bool = True, turned: bool = True
) -> Layer:
    """A layer of a form, told where it is on it; turned: seen from both of its faces."""
    triangles = both_faces(form.triangles) if turned else form.triangles
    shadow = np.ones(len(form.vertices), np.bool_) if casts else None
    return Layer(part, form.vertices, triangles, form.over, paint, finish, len(form.triangles), shadow)  # type: ignore[arg-type]


def pressed(beard: Beard | None, mask: Mask | None) -> Beard | None:
    """A beard below a mask."""
    if beard is None or mask is None:
        return beard
    return replace(beard, long=min(beard.long, 0.35))


def mask_layers(mask: Mask, points: np.ndarray, skull: np.ndarray) -> list[Layer]:
    """A mask and its loops on a head of (68, 3) points, whose places the wrap has."""
    nose, under, chin = points[28, 1] - 0.4, points[33, 1] - 0.25, points[8, 1]
    top = float(np.interp(mask.top, [0, 1, 2, 3], [nose, under, points[57, 1] - 0.5, chin + 0.6]))
    low = chin - 0.9 - 0.9 * max(mask.top - 1, 0)
    wide, tall = 45, 22
    angle = np.linspace(-68, 68, wide)
    side = np.abs(angle) / 68
    drop = np.clip(1.3 - 0.35 * mask.top, 0.3, 1.3)
    first = top - drop * 2.0 * side**1.2 * (1 - 0.25 * side)
    last = low + 2.6 * side**1.5
    share = np.linspace(0, 1, tall)[:, None]
    y = first + share * (last - first)
    a = np.broadcast_to(angle, y.shape)
    z = wrapped(skull, a, y, chin)
    radius = z + 0.62 + (mask.ridge + 0.4) * np.exp(-((a / 16) ** 2)) * np.sin(np.pi * np.clip(share, 0.1, 0.95))
    radius = radius - 0.7 * np.clip((share - 0.85) / 0.15, 0, 1) * (1 - side)
    radius += 0.06 * mask.pleats * np.sin(share * 22) * (1 - side)
    radians = np.radians(a)
    cloth = sheet(np.stack([radius * np.sin(radians), y, MIDDLE + radius * np.cos(radians)], axis=-1))
    colour = linear(np.asarray(mask.colour)).astype(np.float32)
    rng = np.random.default_rng(mask.seed)
    figures = cv2.resize(rng.normal(size=(14, 22)).astype(np.float32), (256, 256), interpolation=cv2.INTER_CUBIC)
    weave = rng.normal(1, 0.04, (256, 256)).astype(np.float32)
    other = linear(rng.uniform(0, 1, 3)).astype(np.float32)

    def paint(at: np.ndarray) -> Paint:
        u, v = np.ascontiguousarray(255 * at[..., 0]), np.ascontiguousarray(255 * at[..., 1])
        shade = cv2.remap(weave, u, v, cv2.INTER_LINEAR)
        crease = np.abs(np.sin(at[..., 1] * 11)) < 0.12
        hem = (at[..., 1] < 0.05) | (at[..., 1] > 0.95) | (at[..., 0] < 0.025) | (at[..., 0] > 0.975)
        shade = shade * (1 - 0.25 * mask.pleats * crease) * np.where(hem, 0.85, 1)
        albedo = even(colour, at.shape)
        if mask.pattern:
            mixed = np.clip(3 * (cv2.remap(figures, u, v, cv2.INTER_LINEAR) - 0.3), 0, 1) * mask.pattern
            albedo += (other - albedo) * mixed[..., None]
        return Paint(albedo * shade[..., None], np.ones(at.shape[:2], np.float32))

    corners = cloth.vertices.reshape(tall, wide, 3)
    loops = []
    for column, way in ((0, -1.0), (-1, 1.0)):
        ear = points[0 if way < 0 else 16] + [way * 1.15, 0.8, -1.6]
        for row in (0, -1):
            start = corners[row, column]
            bend = (start + ear) / 2 + [way * 0.45, 0, 0]
            loops.append(tube(np.stack([start, bend, ear]), 0.09, 5))
    cord = linear(np.asarray(mask.loops))
    plain = solid(
        "cover", joined(*loops), lambda at: Paint(even(cord, at.shape), np.ones(at.shape[:2], np.float32)), _PLAIN
    )
    return [solid("cover", cloth, paint, _PLAIN), plain]


@dataclass(frozen=True)
class Scarf:
    """Cloth round the neck."""

    colour: Colour
    high: float = -8.5  # y it reaches in front
    thick: float = 2.0
    seed: int = 0


def scarf_layer(scarf: Scarf, skull: np.ndarray) -> Layer:
    """A scarf in folds, up to the chin or over the mouth."""
    wide, tall = 73, 26
    angle = np.linspace(-180, 180, wide)
    share = np.linspace(0, 1, tall)[:, None]
    y = np.broadcast_to(scarf.high + share * (-15.0 - scarf.high), (tall, wide))
    a = np.broadcast_to(angle, y.shape)
    rng = np.random.default_rng(scarf.seed)
    base = np.maximum(wrapped(skull, a, np.minimum(y, -4.0), slack=4.0), 5.5)
    fold = sum(
        rng.uniform(0.2, 0.45) * np.sin(share * k + np.radians(a) * int(rng.integers(-2, 3)) + rng.uniform(0, 6))
        for k in (9, 15, 23)
    )
    top = np.clip(share / 0.12, 0.0, 1)
    radius = base + 0.35 + (scarf.thick + 0.55 * fold) * np.sqrt(top) * (1 + 0.6 * share)
    radians = np.radians(a)
    form = sheet(np.stack([radius * np.sin(radians), y + 0.2 * fold, MIDDLE + radius * np.cos(radians)], axis=-1))
    colour = linear(np.asarray(scarf.colour)).astype(np.float32)
    weave = np.random.default_rng(scarf.seed + 1).normal(1, 0.12, (64, 256)).astype(np.float32)

    def paint(at: np.ndarray) -> Paint:
        u, v = np.ascontiguousarray(255 * at[..., 0]), np.ascontiguousarray(63 * at[..., 1])
        shade = cv2.remap(weave, u, v, cv2.INTER_LINEAR)
        return Paint(even(colour, at.shape) * shade[..., None], np.ones(at.shape[:2], np.float32))

    return solid("cover", form, paint, _PLAIN)
