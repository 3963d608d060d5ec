"""A 3-D head photographed: shapes, skin, hair and light become a picture with exact labels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import cv2
import numpy as np

from charaface.synth.camera import Camera, Shot
from charaface.synth.dress import cloth, neckline, torso_layer
from charaface.synth.exposure import developed, exposure
from charaface.synth.folds import fold_maps, folded
from charaface.synth.head_beard import beard_layer
from charaface.synth.head_before import thing_layers
from charaface.synth.head_eyes import BALLS, ball, eye, way
from charaface.synth.head_hair import hair_layers, scalp
from charaface.synth.head_hat import hat_layers, under
from charaface.synth.head_mouth import lined, mouth_rim
from charaface.synth.head_parts import part_map
from charaface.synth.head_points import head_points, rotation
from charaface.synth.head_told import told
from charaface.synth.head_wear import glasses_layers, mask_layers, pressed, scarf_layer
from charaface.synth.kit import DRAWN, FaceKit
from charaface.synth.labels import Render
from charaface.synth.layer import NO_PART, Film, Layer, cast, lay
from charaface.synth.outfit import NOTHING_WORN, Outfit
from charaface.synth.person import Moment, Person
from charaface.synth.raster import Seen, rasterise
from charaface.synth.shade import light, normals, openness, shadow_of
from charaface.synth.skin_map import SIZE, linear, on_map, paint_skin
from charaface.synth.wrap import wrap

_SOLID = ("M_Face", "M_BackHead", "M_ScleraLeft", "M_ScleraRight", "M_Teeth", "M_GumsTongue")
_SKIN = ("M_Face", "M_BackHead")
_LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))  # upper and lower points
_INSIDE = {"M_Teeth": (0.7, 0.66, 0.58), "M_GumsTongue": (0.5, 0.2, 0.18)}
_REACHED = {"M_Teeth": 0.34, "M_GumsTongue": 0.14}  # how much of the sky an open mouth lets in
_CLOTH = len(DRAWN)
_THROAT = -7.0  # y below which cloth may be
_SHUT = 0.13  # cm between lips that are shut


@dataclass(frozen=True, eq=False)
class Look:
    """A person's painted skin; keep it for every picture of them."""

    person: Person
    skin: np.ndarray  # (SIZE, SIZE, 3) float32 linear
    head: np.ndarray  # (V, 3) float32 at rest


@dataclass(frozen=True, eq=False)
class Staged:
    """Somebody before a camera: what a picture is made of, photographed or drawn."""

    look: Look
    moment: Moment
    shot: Shot
    outfit: Outfit
    head: np.ndarray  # (V, 3) float32 before it turns
    out: np.ndarray  # (V, 3) float32 its normals
    turn: np.ndarray  # (3, 3)
    camera: Camera
    placed: np.ndarray  # (V, 3) float32 turned
    layers: list[Layer]
    before: list[np.ndarray]  # of each layer its vertices turned
    seen: Seen  # the head in the large picture


class Studio:
    """The heads of a kit, with all that they share; two seconds of work."""

    def __init__(self, kit: FaceKit) -> None:
        kit = kit.only(kit.of(*_SOLID))
        self.middles = [ball(kit, name) for name in BALLS]
        open_ = openness(kit.vertices, kit.triangles)
        seen = np.flatnonzero(_ever_seen(kit, kit.triangles))
        kept = np.unique(np.concatenate([kit.triangles[seen].ravel(), kit.landmarks]))
        self.open = open_[kept]
        self.kit = kit = kit.only(seen)
        inside = np.isin(kit.material, [DRAWN.index(name) for name in _INSIDE])
        self.kit = kit = replace(
            kit,
            triangles=np.concatenate([kit.triangles[~inside], kit.triangles[inside]]),
            material=np.concatenate([kit.material[~inside], kit.material[inside]]),
        )
        self._shut_triangles = kit.triangles[: int((~inside).sum())]
        self._rim, self._skin = mouth_rim(kit), np.isin(kit.material, [DRAWN.index(name) for name in _SKIN])
        first = len(self._shut_triangles)
        self._throat = first + int(kit.vertices[kit.triangles[first:]][..., 2].mean(axis=1).argmin())
        self.points = head_points(kit)
        self.map = on_map(kit.vertices)
        self.behind = np.ptp(self.map[kit.triangles][..., 0], axis=1) > SIZE  # where the map's ends meet
        self.scalp = scalp(kit)
        self.wrap = wrap(kit)
        self.marks = on_map(self.points.fixed.on(kit.vertices))
        self.parts = part_map(self.marks)
        self.folds = fold_maps(self.marks)
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

    def stage(self, look: Look, moment: Moment, shot: Shot, outfit: Outfit = NOTHING_WORN) -> Staged:
        """Somebody before a camera."""
        head = self.pose(look, moment)
        turn = rotation(moment.yaw, moment.pitch, moment.roll)
        camera = Camera(shot, self.points.fixed.on(look.head if shot.aligned else head) @ turn.T)
        placed = (head @ turn.T).astype(np.float32)
        out = normals(head, self.kit.triangles)
        body = rotation(moment.body, 0.3 * moment.pitch, 0.3 * moment.roll)
        layers = [torso_layer(shot.dress, turn, body), *self._layers(look.person, head, out, outfit)]
        before = [(one.vertices @ turn.T).astype(np.float32) for one in layers]
        gapes, at = _gape(self.points.fixed.on(head)), camera(placed)
        seen = rasterise(at, self.kit.triangles if gapes else self._shut_triangles, camera.side, camera.side)
        if gapes:
            seen = lined(seen, at[self._rim], self._skin, self._throat)
        return Staged(look, moment, shot, outfit, head, out, turn, camera, placed, layers, before, seen)

    def render(
        self,
        look: Look,
        moment: Moment,
        shot: Shot,
        outfit: Outfit = NOTHING_WORN,
        also: Collection[str] = ("masks", "alpha"),
    ) -> Render:
        """A photograph and what is true of it. also: of labels.ALSO, what it carries besides; the rest is not made."""
        on = self.stage(look, moment, shot, outfit)
        seen, side = on.seen, on.camera.side
        lit = self.lit(on, shot.light.lamp)
        rows = (on.out @ on.turn.T.astype(np.float32), lit[0], self.open, self.kit.vertices, *self.map.T)
        shown, pixels = seen.packed(seen.triangle >= 0)
        at = shown.each(rows, self.kit.triangles)
        at[4][self.behind[shown.triangle]] = 0
        kind = self.kit.material[shown.triangle]
        film = Film(_behind(shot, side), seen.depth.copy(), np.full(seen.depth.shape, NO_PART, np.uint8))
        film.colour.reshape(-1, 3)[pixels] = self._colour(look, moment, shot, at, kind)
        for one, places, bright in zip(on.layers, on.before, lit[1:], strict=True):
            lay(one, places, on.camera(places), bright, shot.light, film)
        skin = pixels[(kind == DRAWN.index("M_Face")) & (film.part.ravel()[pixels] == NO_PART)]
        image = developed(film.colour, shot.size, exposure(film.colour.reshape(-1, 3)[skin]))
        return told(self, on, film, image, also)

    def _layers(self, person: Person, head: np.ndarray, out: np.ndarray, outfit: Outfit) -> list[Layer]:
        """What lies before the head, from the skin outwards."""
        hair = under(outfit.hat, person.hair)
        points, skull = self.points.fixed.on(head), self.wrap.on(head)
        worn = []
        if beard := pressed(person.beard, outfit.mask):
            worn.append(beard_layer(beard, head, self.wrap, self.marks))
        if hair:
            worn += hair_layers(hair, head, out, self.scalp, skull, self.kit.vertices)
        if outfit.mask:
            worn += mask_layers(outfit.mask, points, skull)
        if outfit.scarf:
            worn.append(scarf_layer(outfit.scarf, skull))
        if outfit.hat:
            worn += hat_layers(outfit.hat, head, points, skull)
        for thing in outfit.things:
            worn += thing_layers(thing, points)
        return worn + (glasses_layers(outfit.glasses, points) if outfit.glasses else [])

    def lit(self, on: Staged, lamp: np.ndarray) -> list[np.ndarray]:
        """How much of a lamp each vertex of the head and of what is before it sees."""
        casting, first = [self._shut_triangles], len(on.placed)
        for one in on.layers:
            if one.casts is not None:
                casting.append(cast(one.triangles, one.casts, first))
            first += len(one.vertices)
        ends = np.cumsum([len(on.placed), *(len(places) for places in on.before)])[:-1]
        return np.split(shadow_of(np.concatenate([on.placed, *on.before]), np.concatenate(casting), lamp), ends)

    def _colour(self, look: Look, moment: Moment, shot: Shot, at: list[np.ndarray], kind: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 linear light of pixels of the head, of what is known there and their materials."""
        normal, lit, open_, rest, u, v = at
        skin = folded(look.skin, look.person.skin.lines, self.folds, moment.shapes)
        albedo = cv2.remap(skin, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        worn = kind.copy()
        flat, places, sky, lamp = albedo.reshape(-1, 3), rest.reshape(-1, 3), open_.reshape(-1), lit.reshape(-1)
        low = np.flatnonzero(places[:, 1] < _THROAT)
        clad = low[places[low, 1] < neckline(places[low], shot.dress)]
        flat[clad], worn.reshape(-1)[clad] = cloth(places[clad], shot.dress), _CLOTH
        iris = linear(np.asarray(look.person.iris))
        for name, k in BALLS.items():
            its = np.flatnonzero(kind == DRAWN.index(name))
            flat[its] = eye(places[its] - self.middles[k], way(moment.gaze), iris)
        for name, value in _INSIDE.items():
            inside = np.flatnonzero(kind == DRAWN.index(name))
            if len(inside):
                deep = np.clip((places[inside, 2:] - 6.5) / 3.5, 0.15, 1)  # a mouth is dark towards its corners
                flat[inside] = deep * linear(np.asarray(value))
                sky[inside] = np.maximum(sky[inside], _REACHED[name])
                lamp[inside] *= 0.55
        return light(albedo, normal, lit, open_, worn, _FINISH, shot.light)


def _behind(shot: Shot, side: int) -> np.ndarray:
    """(side, side, 3) float32 linear light of the backdrop."""
    backdrop = np.full((1, 1, 3), 0.3, np.float32) if shot.backdrop is None else shot.backdrop
    return np.asarray(cv2.resize(backdrop, (side, side), interpolation=cv2.INTER_LINEAR))


def _gape(points: np.ndarray) -> bool:
    """Whether something of the inside of a mouth may be seen."""
    return bool(np.abs(points[61:64, 1] - points[[67, 66, 65], 1]).max() > _SHUT)


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


def _finish() -> np.ndarray:
    """(K, 3) of skin, eyes, what is in the mouth and cloth, as shade.light has them."""
    out = np.tile([0.12, 14.0, 0.35], (_CLOTH + 1, 1))
    for name in BALLS:
        out[DRAWN.index(name)] = [0.9, 120.0, 0.1]
    for name in _INSIDE:
        out[DRAWN.index(name)] = [0.15, 40.0, 0.3]
    out[_CLOTH] = [0.02, 14.0, 0.1]
    return np.asarray(out)


_FINISH = _finish()
