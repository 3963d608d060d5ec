"""Hats, hoods, scarves round the hair, headphones and helmets on a 3-D head."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from charaface.synth.forms import Form, ball, joined, sheet, tube
from charaface.synth.head_hair import HeadHair
from charaface.synth.head_wear import solid
from charaface.synth.layer import Layer, Paint, even
from charaface.synth.pen import Colour
from charaface.synth.skin_map import linear
from charaface.synth.wrap import MIDDLE, wrapped

# How high above the brows it begins in front and above the eyes behind, how far it stands off, how high above the
# skull, how square its profile is, and how long its visor and how wide its brim are. cm.
HATS: dict[str, tuple[float, float, float, float, float, float, float]] = {
    "cap": (2.0, 0.0, 0.55, 1.3, 2.4, 7.0, 0.0),
    "turned": (2.6, 0.5, 0.55, 1.2, 2.3, -7.0, 0.0),
    "beanie": (1.4, -2.5, 0.6, 1.8, 2.2, 0.0, 0.0),
    "brim": (2.2, 0.5, 0.7, 2.6, 4.5, 0.0, 6.5),
    "bucket": (1.8, -0.5, 0.8, 1.6, 3.8, 0.0, 4.0),
    "top": (2.6, 1.0, 0.7, 9.0, 9.0, 0.0, 4.0),
    "helmet": (1.8, -4.0, 2.0, 2.6, 2.3, 0.0, 0.6),
    "hard": (2.0, 0.5, 1.5, 3.2, 2.3, 4.0, 1.2),
    "fur": (1.6, -2.0, 2.4, 3.0, 3.0, 0.0, 0.0),
    "turban": (1.8, -1.0, 1.6, 3.0, 2.3, 0.0, 0.0),
    "peaked": (2.2, 0.8, 1.2, 3.4, 5.0, 4.5, 0.0),
}
OVER_HAIR = ("headband", "headphones")  # hats that leave the hair as it is
CLOTHS = ("hood", "headscarf")  # that go round the face
KINDS = (*HATS, *OVER_HAIR, *CLOTHS)
_CLOTH = np.array([[0.04, 10.0, 0.15], [0.5, 40.0, 0.0]])


@dataclass(frozen=True)
class Hat:
    """What is worn over the hair."""

    kind: str  # of KINDS
    colour: Colour
    second: Colour = (0.1, 0.1, 0.1)  # of its band, its brim or its logo
    low: float = 0.0  # cm that it is drawn down over the forehead
    aslant: float = 0.0  # cm that it sits lower on the left
    size: float = 1.0  # of visor and brim, and of what a hood leaves free
    gloss: bool = False
    seed: int = 0


def under(hat: Hat | None, hair: HeadHair | None) -> HeadHair | None:
    """The hair below a hat: pressed flat where the hat lies on it."""
    if hat is None or hair is None or hat.kind in OVER_HAIR:
        return hair
    flat = replace(
        hair, thick=0.3, sides=min(hair.sides, 0.45), hung=2.0, tied="" if hair.tied == "knot" else hair.tied
    )
    if hat.kind in CLOTHS:
        return replace(flat, length=0.0, tied="", fringe=0.0 if hat.kind == "headscarf" else hair.fringe)
    return flat


def hat_layers(hat: Hat, head: np.ndarray, points: np.ndarray, skull: np.ndarray) -> list[Layer]:
    """A hat on a head of (V, 3) vertices and (68, 3) points, whose places the wrap has."""
    if hat.kind in CLOTHS:
        return [_cloth(hat, head, points, skull)]
    if hat.kind == "headband":
        return [_painted(hat, _band(hat, points, skull))]
    if hat.kind == "headphones":
        return [_painted(hat, _headphones(head, points))]
    crown, edge = _crown(hat, head, points, skull)
    forms = [crown]
    visor, brim = HATS[hat.kind][5] * hat.size, HATS[hat.kind][6] * hat.size
    if visor:
        forms.append(_visor(edge, visor, behind=visor < 0))
    if brim:
        forms.append(_brim(edge, brim, hat))
    return [_painted(hat, joined(*forms))]


def _crown(hat: Hat, head: np.ndarray, points: np.ndarray, skull: np.ndarray) -> tuple[Form, np.ndarray]:
    """The part over the skull, and its lower edge, (C, 3)."""
    front, behind, off, over, square, _, _ = HATS[hat.kind]
    upper = head[head[:, 1] > points[[19, 24], 1].mean() + 0.8]
    half, deep = np.abs(upper[:, 0]).max() + off, (np.ptp(upper[:, 2]) / 2 + off)
    middle, top = (upper[:, 2].max() + upper[:, 2].min()) / 2, upper[:, 1].max() + over
    wide, tall = 61, 16
    angle = np.linspace(-180, 180, wide)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    low = points[[19, 24], 1].mean() + front - hat.low
    back = points[[36, 45], 1].mean() + behind
    y0 = (low + back) / 2 + (low - back) / 2 * cos - hat.aslant * sin
    if hat.kind in ("helmet", "beanie", "fur"):
        y0 = y0 - {"helmet": 3.0, "beanie": 0.8, "fur": 3.5}[hat.kind] * sin**4
    share = np.linspace(1, 0, tall)[:, None] ** 1.5  # from the top down
    shrink = np.clip(1 - share**square, 0, 1) ** (1 / square)
    flare = {"top": 0.12, "bucket": -0.18, "peaked": 0.28, "turban": 0.22, "fur": 0.1}.get(hat.kind, 0.0)
    reach = shrink * (1 + flare * np.sin(np.pi * np.clip(share, 0, 1) / 1.4))
    rng = np.random.default_rng(hat.seed)
    lump = rng.normal(0, {"turban": 0.28, "fur": 0.3, "beanie": 0.1}.get(hat.kind, 0.0), (tall, wide))
    lump[:, -1] = lump[:, 0]
    x, z = (half + lump) * sin * reach, middle + (deep + lump) * cos * reach
    y = y0 + share * (top - y0)
    if hat.kind == "brim":  # a dent along the top
        y = y - 1.6 * np.exp(-((x / 2.5) ** 2)) * share**3
    far = np.hypot(x, z - MIDDLE) + 1e-3
    skin = wrapped(skull, np.degrees(np.arctan2(x, z - MIDDLE)), y) * (y < 12.5)
    wider = np.maximum(1, (skin + 0.3 + 0.4 * min(off, 1.0)) / far)
    places = np.stack([x * wider, y, MIDDLE + (z - MIDDLE) * wider], axis=-1)
    return sheet(places), places[-1]


def _visor(edge: np.ndarray, long: float, *, behind: bool) -> Form:
    """A visor at the front of an edge, or at its back."""
    way = -1.0 if behind else 1.0
    middle = len(edge) // 2
    columns = (np.arange(middle - 11, middle + 12) + (middle if behind else 0)) % (len(edge) - 1)
    start = edge[columns]
    share = np.linspace(0, 1, 8)[:, None]
    t = np.linspace(-1, 1, len(columns))
    reach = abs(long) * (1 - np.abs(t) ** 2.6) ** 0.6
    x = start[:, 0] * (1 - 0.12 * share)
    y = start[:, 1] + 0.1 - share * reach * (0.16 + 0.2 * t**2) - 0.25 * share**2 * reach * 0.4
    z = start[:, 2] + way * share * reach
    return sheet(np.stack([x, y, z], axis=-1))


def _brim(edge: np.ndarray, wide: float, hat: Hat) -> Form:
    rng = np.random.default_rng(hat.seed + 3)
    around = np.linspace(-np.pi, np.pi, len(edge))
    wave = 0.12 * np.sin(around * 2 + rng.uniform(0, 6)) + rng.normal(0, 0.05)
    out = (edge - edge.mean(axis=0)) * [1, 0, 1]
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    share = np.linspace(0, 1, 7)[:, None]
    droop = -0.75 if hat.kind == "bucket" else wave
    places = edge + share[..., None] * wide * out
    places[..., 1] += share * wide * droop + 0.06
    return sheet(places)


def _band(hat: Hat, points: np.ndarray, skull: np.ndarray) -> Form:
    angle = np.linspace(-180, 180, 73)
    y0 = points[[19, 24], 1].mean() + 3.6 - hat.low - 2.2 * (1 - np.cos(np.radians(angle))) / 2
    y = y0 + np.linspace(1.3, -1.3, 7)[:, None] * hat.size
    a = np.broadcast_to(angle, y.shape)
    radius = wrapped(skull, a, y) + 1.0
    return sheet(np.stack([radius * np.sin(np.radians(a)), y, MIDDLE + radius * np.cos(np.radians(a))], axis=-1))


def _headphones(head: np.ndarray, points: np.ndarray) -> Form:
    upper = head[head[:, 1] > points[27, 1]]
    half, top = np.abs(upper[:, 0]).max() + 0.9, upper[:, 1].max() + 1.2
    ear = np.array([0, points[[0, 16], 1].mean() - 0.3, points[[0, 16], 2].mean() - 1.9])
    turn = np.linspace(0, np.pi, 21)
    y0 = ear[1] + 1.5
    path = np.stack([half * np.cos(turn), y0 + (top - y0) * np.sin(turn) ** 0.8, np.full(21, ear[2])], axis=1)
    cups = [ball(ear + [side * (half - 0.2), 0, 0], (1.5, 3.6, 3.0), 12) for side in (-1, 1)]
    return joined(tube(path, 0.6, 8, 0.8, (0, 0, 1)), *cups)


def _cloth(hat: Hat, head: np.ndarray, points: np.ndarray, skull: np.ndarray) -> Layer:
    """A hood or a scarf over hair and throat, open before the face."""
    wide, tall = 97, 46
    angle = np.linspace(-180, 180, wide)
    crown = head[:, 1].max()
    top = crown + 1.3
    y = np.broadcast_to(top - (top + 15.0) * np.linspace(0, 1, tall)[:, None] ** 1.25, (tall, wide))
    a = np.broadcast_to(angle, y.shape)
    loose = 1.6 if hat.kind == "hood" else 0.7
    lie = np.minimum(y, top - 3.2)
    radius = wrapped(skull, a, lie, slack=4.0 if hat.kind == "hood" else 2.5) + loose
    if hat.kind == "hood":
        radius = np.maximum.accumulate(radius, axis=0)
    ears = np.exp(-(((np.abs(a) - 95) / 22) ** 2)) * np.clip((7 - y) / 4, 0, 1) * np.clip((y + 6) / 6, 0, 1)
    radius = radius + 1.3 * ears
    radius = radius * np.clip(1 - ((y - (top - 4.5)) / 4.5).clip(0, 1) ** 2.5, 0, 1) ** (1 / 2.5)
    radius = np.maximum(radius, (wrapped(skull, a, y) + 0.55) * (y < crown - 0.8))
    rng = np.random.default_rng(hat.seed)
    fold = np.sin(np.radians(a) * int(rng.integers(3, 8)) + y * 0.5 + rng.uniform(0, 6)) * np.clip((2 - y) / 12, 0, 1)
    radius = radius * (1 + 0.05 * fold)
    radians = np.radians(a)
    places = np.stack([radius * np.sin(radians), y, MIDDLE + radius * np.cos(radians)], axis=-1)
    form = sheet(places)
    brow, chin = points[[19, 24], 1].mean() + 2.6 - hat.low, points[8, 1] - 0.3
    side = (points[15, 0] - points[1, 0]) / 2 - 0.5 + (0.9 if hat.kind == "hood" else 0.0) * hat.size
    middle = np.array([(points[0, 0] + points[16, 0]) / 2, (brow + chin) / 2])
    apart = (form.vertices[:, :2] - middle) / [side * hat.size**0.5, (brow - chin) / 2 + 0.2]
    inside = (np.abs(apart) ** 2.5).sum(axis=1) ** (1 / 2.5)
    away = np.where(form.vertices[:, 2] > MIDDLE - 1, inside - 1, 1).astype(np.float32)
    colour = linear(np.asarray(hat.colour)).astype(np.float32)

    def paint(at: np.ndarray) -> Paint:
        cover = np.clip(at[..., 2] * 40 + 0.5, 0, 1).astype(np.float32)
        hem = np.where(at[..., 2] < 0.06, 0.75, 1.0)
        return Paint(even(colour, at.shape) * hem[..., None], cover)

    one = solid("hat", form, paint, _CLOTH)
    return Layer(
        "hat",
        one.vertices,
        one.triangles,
        np.column_stack([form.over, away]).astype(np.float32),
        paint,
        _CLOTH,
        one.outer,
        away > 0,
    )


def _painted(hat: Hat, form: Form) -> Layer:
    """Cloth with a band at its edge and now and then a sign in front."""
    first, second = (linear(np.asarray(c)).astype(np.float32) for c in (hat.colour, hat.second))
    rng = np.random.default_rng(hat.seed + 1)
    weave = cv2.GaussianBlur(rng.normal(0, 1, (128, 256)).astype(np.float32), (0, 0), 0.8)
    knit = hat.kind == "beanie"
    sign = rng.random() < 0.5 and hat.kind in ("cap", "beanie", "hard", "peaked")
    band = {"brim": 0.16, "top": 0.12, "beanie": 0.3, "peaked": 0.2}.get(hat.kind, 0.0)
    striped = knit and rng.random() < 0.3

    def paint(at: np.ndarray) -> Paint:
        u, v = at[..., 0], at[..., 1]
        shade = 1 + 0.1 * cv2.remap(
            weave, np.ascontiguousarray(255 * (u % 1)), np.ascontiguousarray(127 * (v % 1)), cv2.INTER_LINEAR
        )
        if knit:
            shade = shade * (1 + 0.18 * np.sin(u * 420))
        if hat.kind == "turban":
            shade = shade * (1 + 0.25 * np.sin(v * 30 + 4 * np.sin(6.28 * u)))
        albedo = even(first, at.shape)
        marked = v > 1 - band if band else np.zeros(v.shape, np.bool_)
        if striped:
            marked = np.sin(v * 24) > 0.3
        if sign:
            marked = marked | ((np.abs(u - 0.5) < 0.035) & (np.abs(v - 0.72) < 0.09))
        albedo[marked] = second
        kind = np.full(v.shape, int(hat.gloss), np.uint8)
        return Paint(albedo * shade[..., None], np.ones(v.shape, np.float32), kind)

    return solid("hat", form, paint, _CLOTH)
