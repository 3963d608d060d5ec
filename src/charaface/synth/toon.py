"""A 3-D head drawn: flat colours in two tones under one light, with dark contours.

Nothing of it is taken from a photograph. The mesh says which part each pixel sees, which way it faces and how far it
is; a part has one colour in light and one in shade, whatever the camera, and a line runs where parts or depths part.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import cv2
import numpy as np

from charaface.synth.camera import Shot
from charaface.synth.dress import cloth, neckline
from charaface.synth.exposure import encoded
from charaface.synth.head import Look, Staged, Studio
from charaface.synth.head_eyes import BALLS, RING, from_look, way
from charaface.synth.head_told import told
from charaface.synth.kit import DRAWN
from charaface.synth.labels import PARTS, Render
from charaface.synth.layer import NO_PART, Film, Layer
from charaface.synth.outfit import NOTHING_WORN, Outfit
from charaface.synth.pen import Colour
from charaface.synth.person import Moment
from charaface.synth.raster import rasterise
from charaface.synth.shade import normals
from charaface.synth.toon_map import REGIONS, toon_map
from charaface.synth.toon_paint import INK, Colours, cloth_colours, flat_colours, lifted, nearest, skin_colours, telling

LAMP = np.array([-0.42, 0.55, 0.72]) / np.linalg.norm([-0.42, 0.55, 0.72])  # from upper left, for every drawing
PAPER = (255, 255, 255)
_TERMINATOR = 0.30  # of the light that a surface gets: below it is shade
_SOFT = 0.22  # cm over which light is evened out before it is cut in two
_LINE, _FINE = 0.2, 0.11  # cm that a contour and one within a part are wide, but no less than a pixel and 0.7 of one
_STEP = 0.55  # cm that something must be before what is beside it for a contour
_SHORTEST = 0.6  # cm of a contour between depths
_RAGGED = 0.13  # cm over which the edges of hair are evened out
_FINEST = 520  # pixels of a side that a drawing is made at, or more

# what contours run between, besides paper, 0, and skin, 1: the layers are numbered from _FIRST on
_EYE, _MOUTH, _CLAD, _HAIR, _FIRST, _LIPS = 2, 3, 4, 5, 6, 255
_INSIDE: dict[str, Colour] = {"M_Teeth": (0.95, 0.94, 0.92), "M_GumsTongue": (0.6, 0.22, 0.23)}
_THROAT, _DEEP = (0.33, 0.1, 0.12), 8.6  # what is deep in a mouth, and how deep: z of the mean head in cm


@dataclass(eq=False)
class Sheet:
    """What a drawing is made on, (H, W) each."""

    colour: np.ndarray  # int16, of the table of colours; -1 is paper
    light: np.ndarray  # float32 how much of the lamp there is; what has no shade is always in the light
    depth: np.ndarray  # float32, larger is nearer
    part: np.ndarray  # uint8 of labels.PARTS; NO_PART where the head itself is
    owner: np.ndarray  # uint8, what contours run between: 0 paper, 1 skin, then eyes, mouth, cloth and each layer
    fine: np.ndarray  # uint8, the same for fine lines within the head


def draw(
    heads: Studio,
    look: Look,
    moment: Moment,
    shot: Shot,
    outfit: Outfit = NOTHING_WORN,
    also: Collection[str] = ("masks", "alpha"),
) -> Render:
    """A drawing of what heads.render photographs, line upon line, and what is true of it; also: as there."""
    shot = replace(shot, samples=float(max(2, -(-_FINEST // shot.size))))
    on = heads.stage(look, moment, shot, outfit)
    lit = heads.lit(on, LAMP)
    table = Colours()
    sheet = _head(heads, on, lit[0], table)
    for number, (one, places, bright) in enumerate(zip(on.layers, on.before, lit[1:], strict=True)):
        flat = cloth_colours(shot.dress) if not number else _colours_of(one, look)
        _lay(one, places, bright, on, sheet, number, table, flat)
    picture = _inked(table.values, sheet, on)
    small = cv2.resize(picture, (shot.size, shot.size), interpolation=cv2.INTER_AREA)
    return told(heads, on, Film(picture, sheet.depth, sheet.part), small, also, domain="cartoon")


def _head(heads: Studio, on: Staged, lit: np.ndarray, table: Colours) -> Sheet:
    """The head alone on paper."""
    seen, side = on.seen, on.camera.side
    shape = (side, side)
    sheet = Sheet(
        np.full(shape, -1, np.int16), np.ones(shape, np.float32), seen.depth.copy(), np.full(shape, NO_PART, np.uint8),
        np.zeros(shape, np.uint8), np.zeros(shape, np.uint8),
    )  # fmt: skip
    rows = [on.out @ on.turn.T.astype(np.float32), lit[:, None], heads.kit.vertices, heads.map]
    shown, pixels = seen.packed(seen.triangle >= 0)
    at = shown.of(np.concatenate(rows, axis=1), heads.kit.triangles)
    at[heads.behind[shown.triangle], 7] = 0
    kind, rest = heads.kit.material[shown.triangle], at[..., 4:7]
    regions = toon_map(on.look.person.skin, heads.marks)
    scale = np.float32(len(regions) / len(heads.parts))
    u, v = (np.ascontiguousarray(at[..., k] * scale) for k in (7, 8))
    region = cv2.remap(regions, u, v, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    skins = skin_colours(on.look.person.skin)
    colour = np.choose(region, [table.of(skins[name]) for name in REGIONS]).astype(np.int16)
    owner = np.ones(kind.shape, np.uint8)
    fine = np.where(region == REGIONS.index("lips"), _LIPS, 1).astype(np.uint8)
    clad = rest[..., 1] < neckline(rest, on.shot.dress)
    colour[clad] = _snapped(rest[clad], on.shot, table)
    owner[clad] = fine[clad] = _CLAD
    for name, k in BALLS.items():
        its = kind == DRAWN.index(name)
        colour[its] = _eye(rest[its] - heads.middles[k], on, table)
        owner[its] = fine[its] = _EYE
    for name, flat in _INSIDE.items():
        its = kind == DRAWN.index(name)
        deep = its & (rest[..., 2] < _DEEP)
        colour[its], colour[deep] = table.of((flat, flat)), table.of((_THROAT, _THROAT))
        owner[its] = fine[its] = _MOUTH
    light = _light(at[..., :3], at[..., 3])
    light[(owner == _EYE) | (owner == _MOUTH)] = 1
    for field, values in (("colour", colour), ("owner", owner), ("fine", fine), ("light", light)):
        getattr(sheet, field).reshape(-1)[pixels] = values
    return sheet


def _light(normal: np.ndarray, lit: np.ndarray) -> np.ndarray:
    """(...) float32 how much of the lamp there is."""
    size = np.sqrt(np.einsum("...k,...k->...", normal, normal)) + 1e-6
    return np.asarray((normal @ LAMP.astype(np.float32)) / size * lit, np.float32)


def _snapped(rest: np.ndarray, shot: Shot, table: Colours) -> np.ndarray:
    """(N,) colours of clothes at (N, 3) places of the mean head."""
    flat = cloth_colours(shot.dress)
    numbers = np.asarray([table.of(pair) for pair in flat])
    return np.asarray(numbers[nearest(encoded(cloth(rest, shot.dress)), flat)])


def _eye(apart: np.ndarray, on: Staged, table: Colours) -> np.ndarray:
    """(N,) colours of places of an eyeball, (N, 3) from its middle."""
    looks = way(on.moment.gaze)
    angle = from_look(apart, looks)
    iris = lifted(on.look.person.iris, 0.1)
    white, ring, ball, pupil, glint = (
        table.of((one, one)) for one in ((0.97, 0.97, 0.97), INK, iris, (0.04, 0.03, 0.04), (1.0, 1.0, 1.0))
    )
    out = np.where(angle < 12.0, pupil, np.where(angle < RING - 4, ball, np.where(angle < RING, ring, white)))
    towards = (apart / (np.linalg.norm(apart, axis=1, keepdims=True) + 1e-6)) @ on.turn.T
    beside = towards[:, :2] - (on.turn @ looks)[:2] - [-0.16, 0.14]
    return np.asarray(np.where(np.hypot(*beside.T) < 0.11, glint, out), np.int16)


def _colours_of(one: Layer, look: Look) -> list[tuple[Colour, Colour]]:
    """The flat colours of a layer, each in light and in shade."""
    person = look.person
    if one.part == "hair" and one.ragged and person.hair:
        return flat_colours(lifted(person.hair.colour, 0.06))
    if one.part == "hair" and person.beard:
        return flat_colours(lifted(person.beard.colour, 0.06))
    middles = one.rest[one.triangles[: one.outer]].mean(axis=1)
    paint = one.paint(np.concatenate([one.rest, middles])[None].astype(np.float32))
    solid = np.asarray(paint.cover)[0] > 0.5
    albedo = encoded(np.asarray(paint.albedo)[0][solid] if solid.any() else np.asarray(paint.albedo)[0])
    flat = flat_colours(*albedo)
    if one.part == "glasses":
        return [(telling(pair, person.skin.tone),) * 2 for pair in flat]
    return flat


def _lay(
    one: Layer,
    placed: np.ndarray,
    bright: np.ndarray,
    on: Staged,
    sheet: Sheet,
    number: int,
    table: Colours,
    flat: list[tuple[Colour, Colour]],
) -> None:
    """Lays a surface over a drawing, where it is nearer than what is there and not clear."""
    seen = rasterise(on.camera(placed), one.triangles, *sheet.depth.shape)
    nearer = seen.depth > sheet.depth
    if not nearer.any():
        return
    shown, pixels = seen.packed(nearer)
    rows = np.column_stack([normals(placed, one.triangles[: one.outer]), bright, one.rest])
    at = shown.of(rows, one.triangles)
    paint = one.paint(at[..., 4:])
    normal = np.ascontiguousarray(at[..., :3])
    normal[normal[..., 2] < 0] *= -1
    cover = np.asarray(paint.cover, np.float32)
    if one.part == "hair":
        cover = _evened(cover, pixels, nearer, _RAGGED * on.camera.unit)
    over = cover > 0.5
    which = nearest(encoded(np.asarray(paint.albedo)[over]), flat) if len(flat) > 1 else 0
    at_pixels = pixels[over]
    sheet.colour.reshape(-1)[at_pixels] = np.asarray([table.of(pair) for pair in flat])[which]
    sheet.light.reshape(-1)[at_pixels] = _light(normal, at[..., 3])[over]
    sheet.depth.reshape(-1)[at_pixels] = shown.depth[over]
    sheet.part.reshape(-1)[at_pixels] = PARTS.index(one.part)
    owner = _CLAD if one.part == "body" else _HAIR if one.part == "hair" and one.ragged else _FIRST + number
    sheet.owner.reshape(-1)[at_pixels] = owner
    sheet.fine.reshape(-1)[at_pixels] = owner


def _evened(values: np.ndarray, pixels: np.ndarray, where: np.ndarray, sigma: float) -> np.ndarray:
    """Values at pixels blurred among themselves; where: (H, W) bool, all pixels there are."""
    field = np.zeros(where.shape, np.float32)
    field.reshape(-1)[pixels] = values
    return np.asarray(_blurred(field, where, sigma).reshape(-1)[pixels])


def _blurred(field: np.ndarray, where: np.ndarray, sigma: float) -> np.ndarray:
    """(H, W) float32 the mean around each pixel of those where it is True."""
    out, far = np.zeros(where.shape, np.float32), int(4 * sigma) + 1
    x, y, wide, high = cv2.boundingRect(where.astype(np.uint8))
    here = (slice(max(y - far, 0), y + high + far), slice(max(x - far, 0), x + wide + far))
    held = where[here].astype(np.float32)
    total = cv2.GaussianBlur(field[here] * held, (0, 0), sigma)
    out[here] = total / np.maximum(cv2.GaussianBlur(held, (0, 0), sigma), 1e-3)
    return out


def _inked(colours: np.ndarray, sheet: Sheet, on: Staged) -> np.ndarray:
    """(H, W, 3) uint8: of the two colours of each pixel's pair in a table, (N, 2, 3), one, and the contours."""
    unit, pixel = on.camera.unit, on.shot.samples
    shade = np.zeros(sheet.light.shape, np.bool_)
    for owner in (owner for owner in np.unique(sheet.owner) if owner not in (0, _EYE, _MOUTH)):
        its = sheet.owner == owner
        shade |= its & (_blurred(sheet.light, its, _SOFT * unit) < _TERMINATOR)
    picture = colours.reshape(-1, 3)[2 * sheet.colour + shade]
    far = on.shot.distance
    depth = far - far / np.maximum(sheet.depth, 1e-3)
    depth[sheet.owner == 0] = -60
    rims = _rims(sheet.part)
    breaks = _long(_breaks(depth) & (sheet.owner != _HAIR) & ~rims, _SHORTEST * unit)
    outer = _differs(sheet.owner) & ~_inner(sheet.owner) & ~rims | breaks
    for edge, width, least in ((_differs(sheet.fine) & ~rims, _FINE, 0.7), (outer, _LINE, 1.0)):
        wide = max(round(max(width * unit, least * pixel)), 1)
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
        picture[cv2.dilate(edge.astype(np.uint8), brush) > 0] = np.round(255 * np.asarray(INK))
    if glasses := on.outfit.glasses:
        wide = round(max(0.9 * pixel - 2 * glasses.thick * unit, 0))
        frame = sheet.part == PARTS.index("glasses")
        if wide and frame.any():  # a thin frame is drawn as wide as a line
            grown = cv2.dilate(frame.astype(np.uint8), np.ones((wide + 1, wide + 1), np.uint8)) > 0
            picture[grown & ~frame] = np.median(picture[frame], axis=0)
    return np.asarray(picture, np.uint8)


def _differs(values: np.ndarray) -> np.ndarray:
    """(H, W) bool where the pixel to the right or below has another value."""
    out = np.zeros(values.shape, np.bool_)
    out[:, :-1] |= values[:, :-1] != values[:, 1:]
    out[:-1] |= values[:-1] != values[1:]
    return out


def _inner(owner: np.ndarray) -> np.ndarray:
    """(H, W) bool where only parts of the head itself meet, whose lines are fine."""
    held = (owner >= 1) & (owner <= _MOUTH)
    out = held.copy()
    out[:, :-1] &= held[:, 1:]
    out[:-1] &= held[1:]
    return out


def _rims(part: np.ndarray) -> np.ndarray:
    """(H, W) bool where glasses meet something: they are lines themselves, and have none."""
    glasses = part == PARTS.index("glasses")
    return np.asarray(cv2.dilate(glasses.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _long(lines: np.ndarray, least: float) -> np.ndarray:
    """Lines, (H, W) bool, without those of fewer pixels."""
    _, label, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= least
    kept[0] = False
    return np.asarray(kept[label])


def _breaks(depth: np.ndarray) -> np.ndarray:
    """(H, W) bool where a surface ends before another: nearer than the way from its other side would lead to."""
    out = np.zeros(depth.shape, np.bool_)
    for axis in (0, 1):
        first, here, last = (np.take(depth, np.arange(k, depth.shape[axis] - 2 + k), axis) for k in (0, 1, 2))
        bend = np.maximum(here - last - np.abs(first - here), here - first - np.abs(here - last))
        middle = [slice(None), slice(None)]
        middle[axis] = slice(1, -1)
        out[tuple(middle)] |= bend > _STEP
    return out
