"""Hair of a 3-D head: a shell over the scalp, and a curtain that hangs from it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from charaface.synth.kit import FaceKit
from charaface.synth.pen import Colour

EYES = 3.4  # y of the eyes of the mean head, cm


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
    length: float = 0.0  # of the curtain below the eyes; 0: none
    open_at: float = 75.0  # degrees where the curtain begins on each side
    curl: float = 0.0  # 0 straight to 1 curly
    rough: float = 0.3  # how ragged edges are, cm
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Shell:
    """A surface of hair."""

    hair: HeadHair
    vertices: np.ndarray  # (V, 3) float32
    triangles: np.ndarray  # (T, 3) int32
    rest: np.ndarray  # (V, 3) float32: degrees around the head, height over the eyes in cm, how thick; none below 0
    outer: int  # the first triangles, which face outwards; the rest are the same seen from within


def scalp(kit: FaceKit) -> tuple[np.ndarray, np.ndarray]:
    """Vertices, (K,), and triangles, (T, 3) of their numbers, of the head on which a shell of hair can lie."""
    triangles = kit.triangles[kit.of("M_Face", "M_BackHead")]
    places = kit.vertices
    # the outside of the skull: ears, nostrils and the inside of the mouth are none of it
    angle = np.abs(around(places))
    high = places[:, 1] - EYES
    outside = (high > -9) & ((high > 0.4) | (angle > 70))
    ear = (np.abs(places[:, 0]) > 7.3) & (high < 1.0)
    kept = triangles[(outside & ~ear)[triangles].all(axis=1)]
    used, back = np.unique(kept, return_inverse=True)
    return used, back.reshape(-1, 3).astype(np.int32)


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
    hanging = np.clip(1 - ((angle - 0) / hair.fringe_wide) ** 4, 0, 1) * hair.fringe
    parted = np.clip(np.abs(angle - hair.part) / 25, 0.35, 1) if hair.part else 1.0
    return np.asarray(line - hanging * parted)


def shell(
    hair: HeadHair, head: np.ndarray, normal: np.ndarray, places: tuple[np.ndarray, np.ndarray], rest: np.ndarray
) -> Shell:
    """The hair on a head of (V, 3) vertices with their normals; places as scalp gives them, rest the mean head."""
    used, triangles = places
    angle, high = around(rest[used]), rest[used, 1] - EYES
    over = high - edge(hair, angle)
    full = np.interp(high, [-4, 1, 6, 10], [hair.sides * 0.7, hair.sides, (hair.sides + hair.thick) / 2, hair.thick])
    depth = full * np.clip(0.25 + over / 2.0, 0.15, 1)
    rng = np.random.default_rng(hair.seed)
    lump = _lumps(rng, angle, high, 2 + 7 * hair.curl)
    depth = depth * (1 + (0.12 + 0.3 * hair.curl) * lump)
    vertices = head[used] + normal[used] * depth[:, None]
    if hair.fringe:  # what hangs lies over the brow, not on it
        front = np.clip(1 - np.abs(angle) / 80, 0, 1)
        vertices[:, 2] += front * np.clip((hair.hairline - high) / 3, 0, 1) * 0.35
    told = np.column_stack([angle, high, over]).astype(np.float32)
    return Shell(hair, vertices.astype(np.float32), triangles, told, len(triangles))


def _lumps(rng: np.random.Generator, angle: np.ndarray, high: np.ndarray, cells: float) -> np.ndarray:
    """(V,) unevenness, about -1 to 1, that is the same where the angle comes round."""
    out = np.zeros(len(angle))
    for _ in range(5):
        turns, rise, phase = rng.integers(1, max(int(cells * 2), 3)), rng.normal() * cells / 8, rng.uniform(0, 7)
        out += np.sin(np.radians(angle) * turns + high * rise + phase)
    return out / 5**0.5


def curtain(hair: HeadHair, head: np.ndarray, rest: np.ndarray) -> Shell:
    """The hair that hangs: a sheet around the back of the head, from the crown's height down to its length."""
    wide, tall = 72, 30
    angle = np.linspace(hair.open_at, 360 - hair.open_at, wide)
    high = np.linspace(5.0, -hair.length, tall)
    a, h = np.meshgrid(angle, high, indexing="xy")
    skull = head[(rest[:, 1] > EYES) & (rest[:, 1] < EYES + 4)]
    rx, back = np.abs(skull[:, 0]).max() + hair.sides, skull[:, 2].min() - hair.sides
    front = 3.5
    middle, rz = (front + back) / 2, (front - back) / 2
    rng = np.random.default_rng(hair.seed + 1)
    lump = _lumps(rng, a.ravel(), h.ravel(), 3 + 5 * hair.curl).reshape(a.shape)
    swell = 1 + (0.03 + 0.08 * hair.curl) * lump + 0.05 * np.clip(-h / 12, 0, 1) * (1 + 2 * hair.curl)
    swell *= np.interp(h, [-6, -1, 3, 5], [1.0, 1.04, 1.02, 0.9])
    x = rx * np.sin(np.radians(a)) * swell
    z = middle + rz * np.cos(np.radians(a)) * swell
    vertices = np.stack([x, h + EYES, z], axis=-1).reshape(-1, 3)
    at = np.arange(wide * tall).reshape(tall, wide)
    p, q, r, s = (one.ravel() for one in (at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]))
    one = np.concatenate([np.stack([p, r, q], 1), np.stack([q, r, s], 1)])
    triangles = np.concatenate([one, one[:, ::-1]]).astype(np.int32)  # seen from within too
    over = np.minimum(h + hair.length, np.minimum(a - hair.open_at, 360 - hair.open_at - a) / 6)
    turned = np.where(a > 180, a - 360, a)
    told = np.stack([turned, h, over], axis=-1).reshape(-1, 3).astype(np.float32)
    return Shell(hair, vertices.astype(np.float32), triangles, told, len(one))


def strands(hair: HeadHair, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of (H, W, 3) places of a shell: (H, W) how bright strands are, about -1 to 1, and (H, W) how thick hair is."""
    texture = _texture(hair.seed, hair.curl)
    wave = hair.curl * 6 * np.sin(rest[..., 1] * (0.6 + hair.curl) + rest[..., 0] / 30)
    x = ((rest[..., 0] + wave + 180) / 360 * texture.shape[1]).astype(np.float32)
    y = ((rest[..., 1] + 30) / 50 * texture.shape[0]).astype(np.float32)
    bright = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return bright, rest[..., 2] + hair.rough * 1.2 * bright


def _texture(seed: int, curl: float) -> np.ndarray:
    """Noise drawn out along the strands."""
    rng = np.random.default_rng(seed + 2)
    out = np.zeros((256, 1024), np.float32)
    for fine, share in ((60, 0.5), (200, 0.6), (700, 0.6)):
        cells = rng.normal(size=(max(int(6 + 30 * curl), 4), fine)).astype(np.float32)
        out += share * cv2.resize(cells, (1024, 256), interpolation=cv2.INTER_CUBIC)
    return out
