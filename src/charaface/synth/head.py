"""A 3-D head photographed: shapes, skin, hair and light become a picture with exact labels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import skia

from charaface.face import Colour as NamedColour
from charaface.face import Emotion, Face, Landmarks, Pose
from charaface.geometry import area, box_from_points, clip_box
from charaface.synth.head_hair import HeadHair, Shell, curtain, scalp, shell, strands
from charaface.synth.head_points import head_points, rotation
from charaface.synth.kit import DRAWN, FaceKit
from charaface.synth.labels import PARTS, Render
from charaface.synth.pen import Colour, polygon, ribbon, smooth
from charaface.synth.person import Moment, Person
from charaface.synth.raster import Seen, rasterise
from charaface.synth.shade import Light, light, normals, openness, shadow_of
from charaface.synth.skin_map import SIZE, UP, linear, on_map, paint_skin

_SOLID = ("M_Face", "M_BackHead", "M_ScleraLeft", "M_ScleraRight", "M_Teeth", "M_GumsTongue")
_BALLS = {"M_ScleraRight": 0, "M_ScleraLeft": 1}
_PUPIL, _IRIS, _RING = 10.0, 23.0, 26.0  # degrees from the middle of the eye's look
_LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))  # upper and lower points
_INSIDE = {"M_Teeth": (0.8, 0.76, 0.68), "M_GumsTongue": (0.5, 0.2, 0.18)}
_CLOTH, _NOTHING = len(DRAWN), len(DRAWN) + 1
_MEAN = cv2.INTER_AREA
_HIDDEN = 0.35  # cm that something must be before a point to hide it


@dataclass(frozen=True, eq=False)
class Shot:
    """Camera, light and what is behind."""

    size: int
    unit: float  # pixels of a centimetre at the face
    middle: tuple[float, float]  # pixel of the middle between brows and chin
    light: Light
    distance: float = 80.0  # cm from the camera to the face
    cloth: Colour = (0.2, 0.22, 0.3)
    collar: float = -11.5  # y of the middle of its neckline
    backdrop: np.ndarray | None = None  # (size, size, 3) float32 linear
    samples: int = 2  # a pixel's side is the mean of so many


@dataclass(frozen=True, eq=False)
class Look:
    """A person's painted skin; keep it for every picture of them."""

    person: Person
    skin: np.ndarray  # (SIZE, SIZE, 3) float32 linear
    head: np.ndarray  # (V, 3) float32 at rest


class Studio:
    """The heads of a kit, with all that they share; two seconds of work."""

    def __init__(self, kit: FaceKit) -> None:
        self.kit = kit
        self.points = head_points(kit)
        solid = kit.of(*_SOLID)
        self.open = openness(kit.vertices, kit.triangles[solid])
        solid = solid[_ever_seen(kit, kit.triangles[solid])]
        self.triangles, self.material = kit.triangles[solid], kit.material[solid]
        self.scalp = scalp(kit)
        self.marks = on_map(self.points.fixed.on(kit.vertices))
        self.parts = _part_map(self.marks)
        self._middles = [_ball(kit, name) for name in _BALLS]
        self._shut = kit.head(expression={"eyeBlink_L": 1.0, "eyeBlink_R": 1.0}) - kit.vertices

    def look(self, person: Person) -> Look:
        """What a person looks like."""
        skin = paint_skin(person.skin, self.marks)
        return Look(person, skin, self.kit.head(person.identity))

    def pose(self, look: Look, moment: Moment) -> np.ndarray:
        """(V, 3) float32 vertices of somebody with an expression, before it turns."""
        head = look.head + (self.kit.head(expression=moment.shapes) - self.kit.vertices)
        if moment.closed > 0:  # lids shut when they meet, however large the eyes are
            at = self.points.fixed
            open_ = at.on(head)
            moves = at.on(self._shut)
            gap = np.mean([open_[u, 1] - open_[low, 1] for u, low in _LIDS])
            by = np.mean([moves[low, 1] - moves[u, 1] for u, low in _LIDS])
            head = head + self._shut * np.float32(moment.closed * np.clip((gap + 0.02) / by, 0, 1.4))
        return np.asarray(head, np.float32)

    def render(self, look: Look, moment: Moment, shot: Shot) -> Render:
        """A picture and what is true of it."""
        head = self.pose(look, moment)
        turn = rotation(moment.yaw, moment.pitch, moment.roll)
        camera = _Camera(shot, self.points.fixed.on(head) @ turn.T)
        placed = (head @ turn.T).astype(np.float32)
        hair = look.person.hair
        shells = self._shells(hair, head) if hair else []
        worn = [(s.vertices @ turn.T).astype(np.float32) for s in shells]
        lit = self._lit(placed, shells, worn, shot.light)
        seen = rasterise(camera(placed), self.triangles, camera.side, camera.side)
        rows = [normals(placed, self.triangles), lit[0][:, None], self.open[:, None], self.kit.vertices]
        at = seen.of(np.concatenate(rows, axis=1), self.triangles)
        kind = np.where(seen.triangle >= 0, self.material[np.maximum(seen.triangle, 0)], _NOTHING)
        film = _Film(self._colour(look, moment, shot, at, kind), seen.depth.copy(), np.zeros(kind.shape, np.bool_))
        for one, places, bright in zip(shells, worn, lit[1:], strict=True):
            _lay_hair(one, places, bright, camera, shot.light, film)
        middle = slice(shot.samples // 2, None, shot.samples)
        parts = self._parts(kind[middle, middle], at[middle, middle, 5:8], film.hair[middle, middle], shot.collar)
        points = camera(self.points.on(head, turn) @ turn.T)
        alpha = cv2.resize(
            255 * (film.hair | (kind != _NOTHING)).astype(np.uint8), (shot.size,) * 2, interpolation=_MEAN
        )
        faces = _face(look.person, moment, shot, film.depth, points)
        return Render(_developed(film.colour, shot.size), faces, parts[None], alpha)

    def _shells(self, hair: HeadHair, head: np.ndarray) -> list[Shell]:
        around = normals(head, self.kit.triangles)
        out = [shell(hair, head, around, self.scalp, self.kit.vertices)]
        return [*out, curtain(hair, head, self.kit.vertices)] if hair.length else out

    def _lit(self, placed: np.ndarray, shells: list[Shell], worn: list[np.ndarray], told: Light) -> list[np.ndarray]:
        """How much of the lamp each vertex of the head and of its hair sees."""
        casting, first = [self.triangles], len(placed)
        for one in shells:
            casting.append(one.triangles[(one.rest[:, 2] > 0.2)[one.triangles].all(axis=1)] + np.int32(first))
            first += len(one.vertices)
        both = np.concatenate([placed, *worn])
        ends = np.cumsum([len(placed), *(len(w) for w in worn)])[:-1]
        return np.split(shadow_of(both, np.concatenate(casting), told.lamp), ends)

    def _colour(self, look: Look, moment: Moment, shot: Shot, at: np.ndarray, kind: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 linear light of the head before its backdrop, without hair."""
        rest = at[..., 5:8]
        flat = on_map(rest)
        albedo = cv2.remap(look.skin, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cloth = (rest[..., 1] < _neckline(rest, shot.collar)) & (kind != _NOTHING)
        albedo[cloth] = linear(np.asarray(shot.cloth))
        way = rotation(*moment.gaze) @ np.array([0.0, 0.0, 1.0])
        iris = linear(np.asarray(look.person.iris))
        for name, k in _BALLS.items():
            ball = kind == DRAWN.index(name)
            albedo[ball] = _eye(rest[ball] - self._middles[k], way, iris)
        for name, value in _INSIDE.items():
            albedo[kind == DRAWN.index(name)] = linear(np.asarray(value))
        worn = np.where(cloth, _CLOTH, kind).astype(np.uint8)
        out = light(albedo, at[..., :3], at[..., 3], at[..., 4], worn, _FINISH, shot.light)
        backdrop = np.full((1, 1, 3), 0.3, np.float32) if shot.backdrop is None else shot.backdrop
        wide = cv2.resize(backdrop, kind.shape[::-1], interpolation=cv2.INTER_LINEAR)
        cv2.copyTo(wide, (kind == _NOTHING).astype(np.uint8), out)
        return np.asarray(out)

    def _parts(self, kind: np.ndarray, rest: np.ndarray, hair: np.ndarray, collar: float) -> np.ndarray:
        """(H, W) uint8 parts."""
        flat = np.clip(np.round(on_map(rest)), 0, SIZE - 1).astype(int)
        out = self.parts[flat[..., 1], flat[..., 0]].copy()
        out[np.isin(kind, [DRAWN.index(name) for name in _BALLS])] = PARTS.index("eye")
        out[np.isin(kind, [DRAWN.index(name) for name in _INSIDE])] = PARTS.index("mouth")
        out[(np.abs(rest[..., 0]) > 7.6) & (np.abs(rest[..., 1] - 1.5) < 4.5)] = PARTS.index("ear")
        out[rest[..., 1] < _jaw_height(rest)] = PARTS.index("neck")
        out[rest[..., 1] < _neckline(rest, collar)] = PARTS.index("body")
        out[kind == _NOTHING] = PARTS.index("background")
        out[hair] = PARTS.index("hair")
        return np.asarray(out, np.uint8)


@dataclass(eq=False)
class _Film:
    """What the layers of a picture are laid on."""

    colour: np.ndarray  # (H, W, 3) float32 linear
    depth: np.ndarray  # (H, W) float32
    hair: np.ndarray  # (H, W) bool, where it is


def _face(person: Person, moment: Moment, shot: Shot, depth: np.ndarray, points: np.ndarray) -> list[Face]:
    """The label of (68, 3) points in the large picture; none where the face is beside the small one."""
    hidden = _before(depth, points[:, :2]) > points[:, 2] + _HIDDEN / shot.distance
    places = (points[:, :2] + 0.5) / shot.samples - 0.5
    inside = ((places > -0.5) & (places < shot.size - 0.5)).all(axis=1)
    marks = Landmarks(places, np.ones(68), inside & ~hidden)
    box = clip_box(box_from_points(marks.points), shot.size, shot.size)
    if area(box) < 1:
        return []
    return [
        Face(
            box,
            landmarks=marks,
            pose=Pose(moment.yaw, moment.pitch, moment.roll),
            emotion=Emotion(moment.expression, {moment.expression: 1.0}),
            colours=_colours(person),
            domain={"photo": 1.0},
        )
    ]


def _developed(colour: np.ndarray, size: int) -> np.ndarray:
    """(size, size, 3) uint8 of a larger picture in linear light."""
    small = cv2.resize(colour, (size, size), interpolation=_MEAN)
    return np.asarray(_CODE[np.clip(small * (len(_CODE) - 1), 0, len(_CODE) - 1).astype(np.int32)])


def _ever_seen(kit: FaceKit, triangles: np.ndarray) -> np.ndarray:
    """(T,) bool: what some view shows of a mouth shut or open and of eyes wide, and what touches it; not the inside."""
    wide = {
        f"{name}_{side}": 1.0 for name in ("mouthUpperUp", "mouthLowerDown", "eyeWide", "mouthSmile") for side in "LR"
    }
    found = np.zeros(len(triangles), np.bool_)
    for expression in ({}, {"jawOpen": 0.5}, {"jawOpen": 1.0, **wide}):
        head = kit.head(expression=expression)
        for yaw in range(-100, 101, 20):
            for pitch in (-40, 0, 40):
                seen = rasterise(head @ rotation(yaw, pitch).T * [12, -12, 1] + [256, 200, 0], triangles, 512, 512)
                found[seen.triangle[seen.triangle >= 0]] = True
    near = np.zeros(len(kit.vertices), np.bool_)
    near[triangles[found]] = True
    return np.asarray(near[triangles].any(axis=1))


class _Camera:
    """Places of the turned head, in cm, to pixels of the picture before it is made smaller."""

    def __init__(self, shot: Shot, points: np.ndarray) -> None:
        self.side = shot.size * shot.samples
        self._middle = points[[27, 8, 2, 14]].mean(axis=0)
        self._unit = shot.unit * shot.samples
        self._at = (np.asarray(shot.middle) + 0.5) * shot.samples - 0.5
        self._far = shot.distance

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """(V, 3) float32 x right, y down in pixels and depth, larger is nearer, in parts of the camera's distance."""
        apart = places - self._middle
        near = self._far / np.maximum(self._far - apart[:, 2], 1.0)
        x = self._at[0] + apart[:, 0] * near * self._unit
        y = self._at[1] - apart[:, 1] * near * self._unit
        return np.asarray(np.stack([x, y, near], axis=1), np.float32)


def _lay_hair(one: Shell, places: np.ndarray, bright: np.ndarray, camera: _Camera, told: Light, film: _Film) -> None:
    """Lays a surface of hair over a picture, where it is nearer than what is there."""
    seen = rasterise(camera(places), one.triangles, camera.side, camera.side)
    rows = np.flatnonzero((seen.depth > film.depth).any(axis=1))
    if not len(rows):
        return
    band = slice(rows[0], rows[-1] + 1)
    part = Seen(seen.triangle[band], seen.weights[band], seen.depth[band])
    values = [normals(places, one.triangles[: one.outer]), bright[:, None], one.rest]
    at = part.of(np.concatenate(values, axis=1), one.triangles)
    shine, thick = strands(one.hair, at[..., 4:7])
    cover = (np.clip(thick / 0.25, 0, 1) * (part.depth > film.depth[band])).astype(np.float32)
    albedo = np.maximum(1 + 0.7 * shine, 0.15)[..., None] * linear(np.asarray(one.hair.colour)).astype(np.float32)
    normal = at[..., :3]
    normal[..., 0] += 0.15 * shine
    normal[normal[..., 2] < 0] *= -1
    kind = np.clip(np.round(4 * (1 + shine)), 0, len(_STRANDS) - 1).astype(np.uint8)
    open_ = np.full(shine.shape, 0.85, np.float32)
    lit = light(albedo.astype(np.float32), normal, at[..., 3], open_, kind, _STRANDS, told)
    film.colour[band] += (lit - film.colour[band]) * cover[..., None]
    over = cover > 0.5
    film.hair[band] |= over
    film.depth[band] = np.where(over, part.depth, film.depth[band])


def _before(depth: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(N,) depth of what is seen around places: the furthest, for beside an outline something nearer may begin."""
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    at = [np.clip(np.round(places + step), 0, len(depth) - 1).astype(int) for step in around]
    return np.asarray(np.min([depth[y, x] for x, y in (one.T for one in at)], axis=0))


def encoded(values: np.ndarray) -> np.ndarray:
    """sRGB values, 0 to 1, of light, which is cut at 1 (IEC 61966-2-1)."""
    held = np.clip(values, 0, 1)
    return np.asarray(np.where(held <= 0.0031308, 12.92 * held, 1.055 * held ** (1 / 2.4) - 0.055))


def _finish() -> np.ndarray:
    """(K, 3) of skin, eyes, what is in the mouth and cloth, as shade.light has them."""
    out = np.tile([0.12, 14.0, 0.35], (_NOTHING + 1, 1))
    for name in _BALLS:
        out[DRAWN.index(name)] = [0.9, 120.0, 0.1]
    for name in _INSIDE:
        out[DRAWN.index(name)] = [0.3, 40.0, 0.35]
    out[_CLOTH] = [0.02, 14.0, 0.1]
    return np.asarray(out)


_FINISH = _finish()
_STRANDS = np.column_stack([0.025 * np.arange(17), np.full(17, 10.0), np.full(17, 0.2)])  # the brighter, the glossier
_CODE = np.round(255 * encoded(np.arange(4096) / 4095)).astype(np.uint8)


def _ball(kit: FaceKit, name: str) -> np.ndarray:
    """The middle of an eyeball, whose front bulges."""
    places = kit.vertices[np.unique(kit.triangles[kit.of(name)])]
    low, high = places.min(axis=0), places.max(axis=0)
    middle = (low + high) / 2
    middle[2] = low[2] + (high[0] - low[0]) / 2
    return np.asarray(middle)


def _eye(apart: np.ndarray, way: np.ndarray, iris: np.ndarray) -> np.ndarray:
    """(N, 3) colour of places of an eyeball, (N, 3) from its middle, that looks one way."""
    towards = apart / (np.linalg.norm(apart, axis=1, keepdims=True) + 1e-6)
    angle = np.degrees(np.arccos(np.clip(towards @ way, -1, 1)))[:, None]
    rays = iris * (0.55 + 0.03 * (angle - _PUPIL))
    outer = np.where(angle < _RING, iris * 0.3, np.array([0.78, 0.73, 0.70]))
    return np.asarray(np.where(angle < _PUPIL, 0.006, np.where(angle < _IRIS, rays, outer)))


def _neckline(rest: np.ndarray, collar: float) -> np.ndarray:
    """The height at which cloth begins: lower before the throat."""
    return np.asarray(collar + 1.8 * np.clip(np.abs(rest[..., 0]) / 6, 0, 1) - 0.12 * np.clip(rest[..., 2], -6, 8))


def _jaw_height(rest: np.ndarray) -> np.ndarray:
    """The height below which skin is the neck's: the jaw rises towards the ears."""
    return np.asarray(np.interp(rest[..., 2], [-2, 0, 3.5, 8, 10], [0.5, -1.5, -4.0, -7.6, -8.6]))


def _part_map(marks: np.ndarray) -> np.ndarray:
    """(SIZE, SIZE) uint8 parts of the skin on its map."""
    pixels = np.full((SIZE, SIZE), PARTS.index("skin"), np.uint8)
    out = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(out).getCanvas()
    nose = np.concatenate([marks[[27]], marks[[31]] + [-0.5 * UP, 0], marks[31:36], marks[[35]] + [0.5 * UP, 0]])
    shapes = [(polygon(nose), "nose"), (polygon(smooth(marks[48:60], closed=True)), "mouth")]
    shapes += [(ribbon(smooth(marks[a:b]), 0.8 * UP), "brow") for a, b in ((17, 22), (22, 27))]
    for path, name in shapes:
        canvas.drawPath(path, skia.Paint(Color=skia.ColorSetRGB(PARTS.index(name), 0, 0), AntiAlias=False))
    return np.asarray(np.where(out[..., 0] > 0, out[..., 0], pixels))


def _colours(person: Person) -> dict[str, NamedColour]:
    values = {"skin": person.skin.tone, "right_eye": person.iris, "left_eye": person.iris}
    if person.hair:
        values["hair"] = person.hair.colour
    names = person.names | {"right_eye": person.names["eyes"], "left_eye": person.names["eyes"]}
    return {k: NamedColour("#" + "".join(f"{round(255 * c):02x}" for c in v), names[k]) for k, v in values.items()}
