"""What is true of a picture of a 3-D head: its face, and the maps that it carries where they are asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from charaface.face import Colour as NamedColour
from charaface.face import Emotion, Face, Landmarks, Pose
from charaface.geometry import area, box_from_points, clip_box
from charaface.synth.camera import Shot
from charaface.synth.dress import neckline
from charaface.synth.head_beard import added
from charaface.synth.head_parts import head_parts
from charaface.synth.kit import DRAWN
from charaface.synth.labels import ALSO, PARTS, Points3D, Render
from charaface.synth.layer import NO_PART, Film
from charaface.synth.outfit import accessories
from charaface.synth.person import Moment, Person
from charaface.synth.raster import Seen
from charaface.synth.skin_map import SIZE

if TYPE_CHECKING:
    from charaface.synth.head import Staged, Studio

_SKIN = [DRAWN.index(name) for name in ("M_Face", "M_BackHead")]
_SAMPLES = Shot.samples
_HIDDEN = 0.35  # cm that something must be before a point to hide it


@dataclass(frozen=True, eq=False)
class Glance:
    """A head in the pixels of the small picture that show it, and what is laid before it."""

    triangle: np.ndarray  # (R, 128)
    pixels: np.ndarray  # (R, 128) numbers in a flat picture
    at: np.ndarray  # (R, 128, 5) float32 places of the mean head and of the map of its skin
    laid: np.ndarray  # (size, size) uint8 part of the layer that is seen; NO_PART where none


def told(
    heads: Studio, on: Staged, film: Film, image: np.ndarray, also: Collection[str], domain: str = "photo"
) -> Render:
    """The render of an image, (size, size, 3) uint8, with its labels and what it carries besides.

    film: what was laid where. Raises ValueError for a name that is not in labels.ALSO.
    """
    if unknown := set(also) - set(ALSO):
        raise ValueError(f"a render carries {', '.join(ALSO)}, not {', '.join(sorted(unknown))}")
    marked = _marked(heads, on.look.person, on.head, on.out, on.turn)
    size = on.shot.size
    more: dict[str, Any] = {}
    if "alpha" in also or "cutout" in also:
        solid = (film.part != NO_PART) | (on.seen.triangle >= 0)
        if "alpha" in also:
            more["alpha"] = _smaller(solid, size)
        if "cutout" in also:
            more["cutout"] = _smaller(solid & ~_clad(heads, on, film), size)
    if "masks" in also or "uv" in also:
        glance = _glance(heads, on.seen, film, size)
        if "masks" in also:
            more["masks"] = _parts(heads, glance, on.moment, on.shot)[None]
        if "uv" in also:
            more["uv"] = _uv(heads, glance, on.shot)
    if "points3d" in also:
        more["points3d"] = Points3D(marked, *on.camera.lens(on.turn))
    return Render(image, _face(on, film.depth, on.camera(marked @ on.turn.T), domain), **more)


def _glance(heads: Studio, seen: Seen, film: Film, size: int) -> Glance:
    """The head at the middles of the pixels of the small picture."""
    every = ((np.arange(size) + 0.5) * len(film.depth) / size).astype(int)
    here = np.ix_(every, every)
    small = Seen(seen.triangle[here], seen.weights[here], seen.depth[here])
    shown, pixels = small.packed(small.triangle >= 0)
    at = shown.of(np.concatenate([heads.kit.vertices, heads.map], axis=1), heads.kit.triangles)
    return Glance(shown.triangle, pixels, at, film.part[here])


def _parts(heads: Studio, at: Glance, moment: Moment, shot: Shot) -> np.ndarray:
    """(size, size) uint8 parts of the head and of what lies before it."""
    painted = cv2.remap(heads.parts, at.at[..., 3].copy(), at.at[..., 4].copy(), cv2.INTER_NEAREST)
    kind = heads.kit.material[at.triangle]
    out = np.full(at.laid.shape, PARTS.index("background"), np.uint8)
    out.reshape(-1)[at.pixels] = head_parts(painted, kind, at.at[..., :3], heads.middles, moment.gaze, shot.dress)
    return np.asarray(np.where(at.laid == NO_PART, out, at.laid))


def _uv(heads: Studio, at: Glance, shot: Shot) -> np.ndarray:
    """(size, size, 2) float32 where on the map of the skin each pixel lies, 0 to 1; NaN where there is no skin."""
    rest, places = at.at[..., :3], at.at[..., 3:] / np.float32(SIZE)
    bare = np.isin(heads.kit.material[at.triangle], _SKIN) & ~heads.behind[at.triangle]
    bare &= (rest[..., 1] >= neckline(rest, shot.dress)) & ((places >= 0) & (places <= 1)).all(axis=-1)
    out = np.full((*at.laid.shape, 2), np.nan, np.float32)
    out.reshape(-1, 2)[at.pixels] = np.where(bare[..., None], places, np.float32(np.nan))
    out[at.laid != NO_PART] = np.nan
    return out


def _clad(heads: Studio, on: Staged, film: Film) -> np.ndarray:
    """(H, W) bool where the large picture shows the body."""
    out = np.asarray(film.part == PARTS.index("body"))
    shown, pixels = on.seen.packed((on.seen.triangle >= 0) & (film.part == NO_PART))
    rest = shown.of(heads.kit.vertices, heads.kit.triangles)
    out.reshape(-1)[pixels] = rest[..., 1] < neckline(rest, on.shot.dress)
    return out


def _marked(heads: Studio, person: Person, head: np.ndarray, out: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """(68, 3) the points of a turned head; those of the jaw lie on a beard that is thin, and in one that is not."""
    at = heads.points.seen(head, turn)
    points = np.asarray(at.on(head), np.float32)
    if person.beard:
        more = added(person.beard, heads.marks, at.on(heads.kit.vertices)[:17])
        points[:17] += more[:, None] * at.on(out)[:17]
    return points


def _smaller(solid: np.ndarray, size: int) -> np.ndarray:
    """(size, size) uint8, 255 where all of a pixel is solid in the large picture, (H, W) bool."""
    return np.asarray(cv2.resize(255 * solid.astype(np.uint8), (size, size), interpolation=cv2.INTER_AREA))


def _face(on: Staged, depth: np.ndarray, points: np.ndarray, domain: str) -> list[Face]:
    """The label of (68, 3) points in the large picture; none where the face is beside the small one."""
    moment, size = on.moment, on.shot.size
    reach = on.shot.samples / _SAMPLES  # as far in every picture, however fine it is
    hidden = _before(depth, points[:, :2], reach) > points[:, 2] + _HIDDEN / on.shot.distance
    places = (points[:, :2] + 0.5) * size / len(depth) - 0.5
    inside = ((places > -0.5) & (places < size - 0.5)).all(axis=1)
    marks = Landmarks(places, np.ones(68), inside & ~hidden)
    box = clip_box(box_from_points(marks.points), size, size)
    if area(box) < 1:
        return []
    return [
        Face(
            box,
            landmarks=marks,
            pose=Pose(moment.yaw, moment.pitch, moment.roll + on.camera.lean),
            emotion=Emotion(moment.expression, {moment.expression: 1.0}),
            colours=_colours(on.look.person),
            domain={domain: 1.0},
            accessories=accessories(on.look.person, on.outfit),
        )
    ]


def _before(depth: np.ndarray, places: np.ndarray, reach: float) -> np.ndarray:
    """(N,) depth of what is seen around places: the furthest, for beside an outline something nearer may begin."""
    around = [(reach * i, reach * j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    at = [np.clip(np.round(places + step), 0, len(depth) - 1).astype(int) for step in around]
    return np.asarray(np.min([depth[y, x] for x, y in (one.T for one in at)], axis=0))


def _colours(person: Person) -> dict[str, NamedColour]:
    values = {"skin": person.skin.tone, "right_eye": person.iris, "left_eye": person.iris}
    if person.hair:
        values["hair"] = person.hair.colour
    names = person.names | {"right_eye": person.names["eyes"], "left_eye": person.names["eyes"]}
    return {k: NamedColour("#" + "".join(f"{round(255 * c):02x}" for c in v), names[k]) for k, v in values.items()}
