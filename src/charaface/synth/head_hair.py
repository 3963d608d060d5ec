"""Hair of a 3-D head: a shell over the scalp, a curtain that hangs from it, and what is tied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from charaface.synth.forms import ball, both_faces, grid_triangles, joined, tube
from charaface.synth.kit import FaceKit
from charaface.synth.layer import Layer, Paint
from charaface.synth.pen import Colour
from charaface.synth.skin_map import linear
from charaface.synth.wrap import ANGLES, HEIGHTS, MIDDLE, wrapped

_HUNG = 7.0  # cm above the eyes from where hair hangs
EYES = 3.4  # y of the eyes of the mean head, cm
STRANDS = np.column_stack([0.014 * np.arange(17), np.full(17, 8.0), np.full(17, 0.25)])  # the brighter, the glossier


@dataclass(frozen=True)
class HeadHair:
    """How hair grows and is worn. Lengths in cm, angles in degrees from straight ahead around the head."""

    colour: Colour
    thick: float = 1.0  # over the crown
    sides: float = 0.6  # over the ears' height
    hairline: float = 5.5  # above the eyes, at the middle of the forehead
    temples: float = 3.0  # above the eyes, at 60 degrees
    sideburn: float = 0.0  # how far below the eyes' height it reaches before the ears
    nape: float = -5.0  # above the eyes, at the back
    receding: float = 0.0  # how far the hairline stands back at 35 degrees
    part: float = 0.0  # degrees where the fringe parts
    fringe: float = 0.0  # how far hair hangs down from the hairline
    fringe_wide: float = 50.0  # degrees to each side
    fringe_at: float = 0.0  # degrees where it hangs lowest
    hung: float = _HUNG  # how far above the eyes the curtain begins
    length: float = 0.0  # of the curtain below the eyes; 0: none
    open_at: float = 75.0  # degrees where the curtain begins on each side, at the eyes
    frame: float = 0.0  # degrees that it begins further back at the jaw; less than 0: further forward
    uneven: float = 0.0  # degrees that it begins further back on the left side, and further forward on the right
    tuck: float = 0.0  # how far it falls in below, in parts of its width
    swept: float = 0.0  # degrees that strands go aside on a cm of their way down
    tied: str = ""  # bun, knot, tail or tails; "": not
    tail: float = 10.0  # how long they are
    curl: float = 0.0  # 0 straight to 1 curly
    rough: float = 0.3  # how ragged edges are, cm
    seed: int = 0


Scalp = tuple[np.ndarray, np.ndarray, np.ndarray]


def scalp(kit: FaceKit) -> Scalp:
    """Where a shell of hair can lie: (K,) vertices, (T, 3) triangles of their numbers, (K,) bool which are its rim."""
    triangles = kit.triangles[kit.of("M_Face", "M_BackHead")]
    places = kit.vertices
    # the outside of the skull: ears, nostrils and the inside of the mouth are none of it
    angle = np.abs(around(places))
    high = places[:, 1] - EYES
    outside = (high > -9) & ((high > 0.4) | (angle > 70))
    ear = (np.abs(places[:, 0]) > 7.3) & (high < 1.0)
    kept = triangles[(outside & ~ear)[triangles].all(axis=1)]
    used, back = np.unique(kept, return_inverse=True)
    triangles = back.reshape(-1, 3).astype(np.int32)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    lines, count = np.unique(edges, axis=0, return_counts=True)
    rim = np.zeros(len(used), np.bool_)
    rim[lines[count == 1]] = True
    return used, triangles, rim


def around(places: np.ndarray) -> np.ndarray:
    """(V,) degrees around the head from straight ahead, to image right positive."""
    return np.asarray(np.degrees(np.arctan2(places[:, 0], places[:, 2] - 0.5)))


def edge(hair: HeadHair, angle: np.ndarray) -> np.ndarray:
    """The lowest height over the eyes that hair grows at, by degrees around the head."""
    a = np.abs(angle)
    line = np.interp(
        a,
        [0, 35, 60, 72, 80, 92, 106, 130, 180],
        [
            hair.hairline,
            hair.hairline + hair.receding - 0.2,
            hair.temples,
            min(hair.temples - 1.5, 1.5),
            -hair.sideburn,
            1.5,
            min(-2.0, hair.nape + 3.0),
            hair.nape + 0.8,
            hair.nape,
        ],
    )
    hanging = np.clip(1 - ((angle - hair.fringe_at) / hair.fringe_wide) ** 4, 0, 1) * hair.fringe
    parted = np.clip(np.abs(angle - hair.part) / 25, 0.35, 1) if hair.part else 1.0
    return np.asarray(line - hanging * parted)


def hair_layers(
    hair: HeadHair,
    head: np.ndarray,
    normal: np.ndarray,
    places: Scalp,
    skull: np.ndarray,
    rest: np.ndarray,
) -> list[Layer]:
    """The hair on a head of (V, 3) vertices with their normals; places as scalp gives them, skull as wrap
    does, rest the mean head."""
    out = [shell(hair, head, normal, places, rest)]
    if hair.length:
        out.append(curtain(hair, skull))
    if hair.tied:
        out.append(_tied(hair, head, rest))
    return out


def shell(hair: HeadHair, head: np.ndarray, normal: np.ndarray, places: Scalp, rest: np.ndarray) -> Layer:
    """The hair that lies on the head."""
    used, triangles, rim = places
    angle, high = around(rest[used]), rest[used, 1] - EYES
    over = high - edge(hair, angle)
    full = np.interp(high, [-4, 1, 6, 10], [hair.sides * 0.7, hair.sides, (hair.sides + hair.thick) / 2, hair.thick])
    depth = full * np.clip(0.1 + over / (2.0 if hair.length or hair.fringe else 4.5), 0.06, 1)
    rng = np.random.default_rng(hair.seed)
    lump = _lumps(rng, angle, high, 2 + 7 * hair.curl)
    depth = depth * (1 + (0.12 + 0.3 * hair.curl) * lump + rng.normal(0, 0.1 + 0.12 * hair.rough, len(used)))
    vertices = head[used] + normal[used] * depth[:, None]
    if hair.fringe:  # what hangs lies over the brow, not on it
        front = np.clip(1 - np.abs(angle) / 80, 0, 1)
        vertices[:, 2] += front * np.clip((hair.hairline - high) / 3, 0, 1) * 0.35
    over[rim] = np.minimum(over[rim], 0.0)  # the surface ends there, and not the hair
    told = np.column_stack([angle, high, over]).astype(np.float32)
    return _layer(hair, vertices, triangles, told, len(triangles), 0.25 if hair.fringe else 0.7)


def _layer(
    hair: HeadHair, vertices: np.ndarray, triangles: np.ndarray, rest: np.ndarray, outer: int, soft: float = 0.25
) -> Layer:
    """A surface of hair; rest: (V, 3) degrees around the head, height over the eyes in cm, how thick; none below 0."""
    colour = linear(np.asarray(hair.colour)).astype(np.float32)

    def paint(at: np.ndarray) -> Paint:
        shine, thick = strands(hair, at)
        albedo = np.maximum(1 + 0.5 * shine, 0.25)[..., None] * colour
        kind = np.clip(np.round(4 * (1 + shine)), 0, len(STRANDS) - 1).astype(np.uint8)
        return Paint(albedo, np.clip(thick / soft, 0, 1).astype(np.float32), kind, 0.15 * shine)

    return Layer(
        "hair",
        vertices.astype(np.float32),
        triangles,
        rest,
        paint,
        STRANDS,
        outer,
        rest[:, 2] > 0.2,
        0.12 + 0.3 * hair.curl,
    )


def _lumps(rng: np.random.Generator, angle: np.ndarray, high: np.ndarray, cells: float) -> np.ndarray:
    """(V,) unevenness, about -1 to 1, that is the same where the angle comes round."""
    out = np.zeros(len(angle))
    for _ in range(5):
        turns, rise, phase = rng.integers(1, max(int(cells * 2), 3)), rng.normal() * cells / 8, rng.uniform(0, 7)
        out += np.sin(np.radians(angle) * turns + high * rise + phase)
    return out / 5**0.5


def curtain(hair: HeadHair, skull: np.ndarray) -> Layer:
    """The hair that hangs: from the crown as the head is round, below that straight down, open before the face.

    skull: the places of a head as wrap has them.
    """
    wide, tall = 80, 34
    first = hair.open_at - 24 - abs(hair.uneven) + min(hair.frame, 0)
    angle = np.linspace(first, 360 - first, wide)
    high = np.linspace(hair.hung, -hair.length, tall)
    a, h = np.meshgrid(angle, high, indexing="xy")
    out = np.hypot(skull[..., 0], skull[..., 2] - MIDDLE)
    ears = 1.5 * np.exp(-(((np.abs(ANGLES) - 95) / 20) ** 2)) * np.clip((7 - HEIGHTS[:, None]) / 3, 0, 1)
    out = np.where(HEIGHTS[:, None] > -3.5, out + ears, 0)
    hang = cv2.GaussianBlur(np.maximum.accumulate(out, axis=0).astype(np.float32), (0, 0), 1.5)
    turned = np.where(a > 180, a - 360, a)
    column = (turned - ANGLES[0]) / (ANGLES[1] - ANGLES[0])
    row = (h + EYES - HEIGHTS[0]) / (HEIGHTS[1] - HEIGHTS[0])
    radius = cv2.remap(
        hang, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    rng = np.random.default_rng(hair.seed + 1)
    lump = _lumps(rng, turned.ravel(), h.ravel(), 3 + 5 * hair.curl).reshape(a.shape)
    radius += np.interp(h, [-4, 2, 7], [0.25 + hair.sides, 0.15 + hair.sides, 0.5 * (hair.sides + hair.thick) - 0.2])
    radius *= 1 + (0.02 + 0.07 * hair.curl) * lump + (0.1 * hair.curl - hair.tuck) * np.clip(-h / 12, 0, 1)
    opening = hair.open_at + hair.uneven * np.sign(turned)
    opening = opening + np.interp(h, [-8, -2, 3, 7], [hair.frame, hair.frame / 2, 0, -18])
    close = wrapped(skull, turned, np.maximum(h + EYES, -4.0)) + 0.3  # its edges lie on the cheeks
    if hair.hung < _HUNG:  # pressed below the edge of a hat
        radius += np.clip((h - hair.hung + 3.5) / 2.5, 0, 1) * (np.minimum(close, radius) - radius)
    near = np.exp(-((np.maximum(np.abs(turned) - opening, 0) / 22) ** 2))
    radius += near * (np.minimum(close, radius) - radius)
    x, z = radius * np.sin(np.radians(a)), MIDDLE + radius * np.cos(np.radians(a))
    vertices = np.stack([x, h + EYES, z], axis=-1).reshape(-1, 3)
    one = grid_triangles(tall, wide)
    ragged = _lumps(rng, np.zeros(h.size), h.ravel(), 6).reshape(a.shape) * 2.5
    edge_over = (np.abs(turned) - opening + ragged) / 6
    over = np.minimum(h + hair.length + 0.8 * np.sin(np.radians(9 * a) + lump), edge_over)
    told = np.stack([turned, h, over], axis=-1).reshape(-1, 3).astype(np.float32)
    return _layer(hair, vertices, both_faces(one), told, len(one))


def _tied(hair: HeadHair, head: np.ndarray, rest: np.ndarray) -> Layer:
    """A bun or a tail at the back or on the crown, or tails at the sides."""
    skull = head[rest[:, 1] > EYES]
    top, back = float(skull[:, 1].max()), float(skull[:, 2].min())
    size = 1.4 + 0.9 * min(hair.thick, 1.8)
    wave = np.sin(np.linspace(0, 5 + 6 * hair.curl, 12))[:, None] * [0.35, 0, 0.35]
    if hair.tied == "bun":
        forms = [ball(np.array([0, 6.5, back - 0.6 * size]), (1.25 * size, size, size), 14)]
    elif hair.tied == "knot":
        forms = [ball(np.array([0, top + 0.45 * size, -0.5]), (1.1 * size, size, size), 14)]
    else:
        path = np.stack(
            [np.zeros(12), 7.0 - np.linspace(0, 1, 12) ** 1.4 * (hair.tail + 4), back + 0.3 - _ARCH * 2.5], 1
        )
        sides = (0.0,) if hair.tied == "tail" else (-1.0, 1.0)
        thick = 0.9 * size * np.array([0.3, 0.55, 0.8, 0.95, 1, 1, 0.95, 0.9, 0.8, 0.65, 0.45, 0.05])
        forms = []
        for side in sides:
            moved = path + wave + [7.2 * side, 0, 0]
            if side:
                moved[:, 0] += side * _ARCH * 2
                moved[:, 2] += 5.5 - _ARCH * 2
            forms.append(tube(moved, thick, 10))
    form = joined(*forms)
    told = np.column_stack([360 * form.over[:, 0] - 180, 14 * form.over[:, 1] - 6, np.ones(len(form.over))])
    return _layer(hair, form.vertices, form.triangles, told.astype(np.float32), len(form.triangles))


_ARCH = np.sin(np.linspace(0.1, 2.2, 12))


def strands(hair: HeadHair, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of (H, W, 3) places of a shell: (H, W) how bright strands are, about -1 to 1, and (H, W) how thick hair is."""
    noise = texture(hair.seed, hair.curl)
    wave = hair.curl * 6 * np.sin(rest[..., 1] * (0.6 + hair.curl) + rest[..., 0] / 30)
    x = ((rest[..., 0] + wave + hair.swept * rest[..., 1] + 180) / 360 * noise.shape[1]).astype(np.float32)
    y = ((rest[..., 1] + 30) / 50 * noise.shape[0]).astype(np.float32)
    bright = cv2.remap(noise, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return bright, rest[..., 2] + hair.rough * 1.2 * bright


def texture(seed: int, curl: float) -> np.ndarray:
    """(256, 1024) float32 noise drawn out along the strands, about -1 to 1; one of a few."""
    return _texture(seed % 12, round(curl, 1))


@lru_cache(maxsize=132)
def _texture(seed: int, curl: float) -> np.ndarray:
    rng = np.random.default_rng(seed + 2)
    out = np.zeros((256, 1024), np.float32)
    for fine, share in ((60, 0.5), (200, 0.6), (700, 0.6)):
        cells = rng.normal(size=(max(int(6 + 30 * curl), 4), fine)).astype(np.float32)
        out += share * cv2.resize(cells, (1024, 256), interpolation=cv2.INTER_CUBIC)
    return out
