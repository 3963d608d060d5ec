"""A character drawn: the order of the layers, and the exact labels that fall out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skia

from charaface.face import Colour as NamedColour
from charaface.face import Emotion, Face, Landmarks, Pose
from charaface.geometry import area, box_from_points, clip_box
from charaface.synth.anatomy import Head, Place
from charaface.synth.cast import Character
from charaface.synth.covers import COVERS
from charaface.synth.eyes import brow_curve, draw_brow, draw_eye, draw_shared_rim, eye_points, lid_curves, rim_lids
from charaface.synth.features import draw_mouth, draw_nose, nose_points
from charaface.synth.hair import draw_back, draw_cap
from charaface.synth.labels import PARTS
from charaface.synth.moments import State
from charaface.synth.pen import Colour, Pen, polygon, replay_masks, spread
from charaface.synth.skin import (
    draw_age,
    draw_beard,
    draw_cheeks,
    draw_ear,
    draw_face_shadow,
    draw_folds,
    draw_marks,
    draw_relief,
)
from charaface.synth.wear import draw_bust, draw_glasses, draw_hat

# how often the forms of a face are painted in, by kind of drawing
RELIEF = {"painting": 0.8, "webtoon": 0.3, "caricature": 0.3, "anime": 0.1}
SKIN = PARTS.index("skin")
_BROW, _NOSE, _EYE, _MOUTH = slice(17, 27), slice(27, 36), slice(36, 48), slice(48, 68)


@dataclass(frozen=True, eq=False)
class Drawn:
    """One drawn character with its labels in canvas pixels."""

    points: np.ndarray  # (68, 2) float32, whole numbers at pixel centres
    visible: np.ndarray  # (68,) bool
    who: Character
    state: State
    neck: tuple[float, float]  # base of the neck
    shoulder_width: float
    masks: Pen | None

    def face(self, width: int, height: int) -> Face | None:
        """The label for a canvas of width x height, its box clipped; None where nothing of it is inside."""
        box = clip_box(box_from_points(self.points), width, height)
        if area(box) < 1 or box[2] <= box[0] or box[3] <= box[1]:
            return None
        inside = ((self.points > -0.5) & (self.points < [width - 0.5, height - 0.5])).all(axis=1)
        visible = self.visible & inside
        turn, who = self.state.turn, self.who
        probabilities = {self.state.expression: 1.0}
        values = {
            "hair": who.hair.colour,
            "skin": who.skin,
            "right_eye": who.eyes.colours[0],
            "left_eye": who.eyes.colours[1],
        }
        colours = {k: NamedColour(_hex(v), who.names[k]) for k, v in values.items()}
        if who.hair.kind == "bald":
            colours.pop("hair")
        return Face(
            box,
            landmarks=Landmarks(self.points, np.ones(68), visible),
            pose=Pose(turn.yaw, turn.pitch, turn.roll),
            emotion=Emotion(self.state.expression, probabilities),
            colours=colours if who.style.palette == "colour" else None,
            domain={who.style.domain: 1.0},
        )


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(255 * v):02x}" for v in colour)


def draw_character(
    canvas: skia.Canvas,
    who: Character,
    state: State,
    place: Place,
    rng: np.random.Generator,
    *,
    masks: bool = False,
    bust: bool = True,
) -> Drawn:
    """Draws one character at a place; with masks=True the parts are recorded for part_masks."""
    head = Head(who.build, place, state.turn, state.jaw_drop)
    pen = Pen(canvas, who.style, head.unit, [] if masks else None)
    fixed = np.random.default_rng(who.seed)  # what belongs to the character, the same in every frame
    draw_back(pen, head, who.hair, who.skin)
    neck, shoulders = np.array([place.x, place.y + head.unit]), 2 * head.unit
    if bust:
        neck, shoulders = draw_bust(pen, head, fixed, who.skin, who.cloth, who.shoulders, who.neck, who.sunk)
    far, near = head.side, -head.side
    turned = abs(state.turn.yaw)
    if turned < 40:
        draw_ear(pen, head, far, who.ear, who.pointed, who.skin, who.ear_low)
    outline = _skin(pen, head, who)
    draw_face_shadow(pen, head, who.skin, fixed)
    if who.style.domain in RELIEF and fixed.random() < RELIEF[who.style.domain]:
        draw_relief(pen, head, who.skin, fixed, who.eyes.x, who.nose.y, (state.mouth.y, state.mouth.half))
    if turned <= 100:
        draw_ear(pen, head, near, who.ear, who.pointed, who.skin, who.ear_low)
    points, visible, covers = _features(pen, head, who, state, outline, fixed)
    if state.cover:
        covers.append((COVERS[state.cover](pen, head, rng, who.skin), slice(0, 68)))
    if state.marks:
        draw_marks(pen, head, rng)
    visible &= ~_covered(points, covers)
    return Drawn(
        (points - 0.5).astype(np.float32),
        visible,
        who,
        state,
        (float(neck[0]), float(neck[1])),
        float(shoulders),
        pen if masks else None,
    )


def _skin(pen: Pen, head: Head, who: Character) -> np.ndarray:
    outline = head.face_outline
    path = polygon(outline)
    pen.fill(path, who.skin, SKIN)
    n = len(head._half)
    cut = round((n - 2) * (1 - who.chin_line))
    jaw = outline[10 + cut : 10 + 2 * n - 1 - cut]
    pen.stroke(jaw, who.skin, 1.0, ends=0.5)
    if abs(head.turn.yaw) > 25:
        pen.stroke(outline[:12], who.skin, 1.0, ends=0.5)
        _nose_bump(pen, head, who)
    return outline


def _nose_bump(pen: Pen, head: Head, who: Character) -> None:
    """At large yaw the nose breaks the silhouette: skin and outline run out along the bridge and back under the tip."""
    nose = nose_points(who.nose, head)
    line = head.project(np.concatenate([nose[:4], nose[[6]]]))
    far = head.flat(head.far_contour(who.nose.top + (who.nose.y + 0.12 - who.nose.top) * spread(0, 1, 8)))
    c, s = head._roll
    across = np.array([c, s]) * head.side
    if ((line - far.mean(axis=0)) @ across).max() < ((far - far.mean(axis=0)) @ across).max():
        return
    root = head.flat(head.far_contour(np.array([who.nose.top - 0.08])))
    foot = head.flat(head.far_contour(np.array([who.nose.y + 0.12])))
    edge = np.concatenate([root, line, foot])
    inner = (root + foot) / 2 - across * 0.25 * head.unit
    pen.fill(polygon(np.concatenate([edge, inner])), who.skin, PARTS.index("nose"))
    pen.stroke(edge, who.skin, 1.0, ends=0.5)


def _features(
    pen: Pen, head: Head, who: Character, state: State, outline: np.ndarray, fixed: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[tuple[list[skia.Path], slice]]]:
    """Draws what is on the face and the hair over it; returns canvas points, what the pose shows, and the covers."""
    points, visible = np.zeros((68, 2)), np.ones(68, dtype=bool)
    points[:17], hidden = head.jaw_points()
    visible[:17] = ~hidden
    covers: list[tuple[list[skia.Path], slice]] = []
    if who.cheeks:
        draw_cheeks(pen, head, fixed, who.cheeks, who.skin)
    if who.age:
        draw_age(pen, head, fixed, who.skin, who.age, (state.mouth.y, state.mouth.half))
    mouth2 = _mouth(pen, head, who, state, outline)
    if who.folds:
        under = float(mouth2[9, 1])
        draw_folds(pen, head, fixed, who.skin, who.nose.y, (state.mouth.x, state.mouth.y, state.mouth.half, under))
    points[_MOUTH], visible[_MOUTH] = head.draw_on(mouth2, 0.015), head.facing(mouth2) > -0.05
    if who.beard:
        covers.append(
            (
                draw_beard(pen, head, fixed, who.hair.colour, who.beard, state.mouth.y, state.mouth.half),
                slice(0, 68),
            )
        )
    nose3 = nose_points(who.nose, head)
    points[_NOSE] = head.project(nose3)
    wings = head.facing(nose3[4:, :2]) > -0.25
    visible[31:36] = wings
    if who.nose.kind == "none":
        visible[_NOSE] = False
    over = who.hair.see_through < 1.0
    if over:  # the convention of anime: eyes and brows are drawn over the fringe
        draw_nose(pen, head, who.nose, who.skin)
        covers.append((draw_cap(pen, head, who.hair), slice(0, 17)))
        _eyes(pen, head, who, state, outline, points, visible)
    else:
        _eyes(pen, head, who, state, outline, points, visible)
        draw_nose(pen, head, who.nose, who.skin)
    if who.glasses:
        covers.append((draw_glasses(pen, head, who.eyes.x, who.eyes.half, fixed, who.glasses == "dark"), slice(17, 48)))
    if not over:
        covers.append((draw_cap(pen, head, who.hair), slice(0, 68)))
    if who.hat:
        covers.append((draw_hat(pen, head, fixed, who.hat), slice(0, 68)))
    return points, visible, covers


def _mouth(pen: Pen, head: Head, who: Character, state: State, outline: np.ndarray) -> np.ndarray:
    if abs(state.turn.yaw) > 35:
        with pen.clip(polygon(outline)):
            return draw_mouth(pen, head, state.mouth, who.skin)
    return draw_mouth(pen, head, state.mouth, who.skin)


def _eyes(
    pen: Pen,
    head: Head,
    who: Character,
    state: State,
    outline: np.ndarray,
    points: np.ndarray,
    visible: np.ndarray,
) -> None:
    """Eyes and brows, the far ones first; fills their points and what the pose shows of them."""
    if who.eyes.rim == "shared" and abs(state.turn.yaw) < 50:
        draw_shared_rim(pen, head, who.eyes, who.skin)
    for side in (head.side, -head.side):
        lids = state.left if side < 0 else state.right
        uneven = state.brow_uneven * (1 if side > 0 else -1)
        brow = brow_curve(who.brows, state.brow_raise + uneven, state.brow_slant, side)
        peek = -0.35 if who.eyes.kind in ("disc", "lens") else 0.0  # the far ball of a profile stands out before it
        shown = head.facing(np.array([[side * who.eyes.x, 0.0]]))[0] > peek
        if not shown:
            eye = eye_points(*lid_curves(who.eyes, rim_lids(who.eyes, lids), side))
        elif side == head.side and abs(state.turn.yaw) > 30 and who.eyes.kind not in ("disc", "lens"):
            with pen.clip(polygon(outline)):
                eye = draw_eye(pen, head, who.eyes, lids, side, state.gaze, who.skin)
        else:
            eye = draw_eye(pen, head, who.eyes, lids, side, state.gaze, who.skin)
        if who.brows.drawn and shown:
            draw_brow(pen, head, who.brows, brow)
        # iBUG runs image left to image right along the brows, and clockwise round each eye
        order = [3, 2, 1, 0, 5, 4] if side < 0 else [0, 1, 2, 3, 4, 5]
        first, brow_at = (36, slice(17, 22)) if side < 0 else (42, slice(22, 27))
        points[first : first + 6] = head.draw_on(eye[order], 0.01)
        visible[first : first + 6] = shown & (head.facing(eye[order]) > peek - 0.05)
        ordered = brow[::-1] if side < 0 else brow
        points[brow_at] = head.draw_on(ordered, 0.02)
        visible[brow_at] = shown & who.brows.drawn & (head.facing(ordered) > -0.1)


def _covered(points: np.ndarray, covers: list[tuple[list[skia.Path], slice]]) -> np.ndarray:
    hidden = np.zeros(len(points), dtype=bool)
    x, y = points.astype(np.float32).T  # as the paths have theirs
    for paths, which in covers:
        asked = np.zeros(len(points), dtype=bool)
        asked[which] = True
        for path in paths:
            left, top, right, bottom = path.getBounds()
            near = (x >= left) & (x < right) & (y >= top) & (y < bottom) & asked & ~hidden
            for i in np.flatnonzero(near).tolist():
                hidden[i] = path.contains(float(x[i]), float(y[i]))
    return hidden


def part_masks(drawn: Drawn, width: int, height: int) -> np.ndarray:
    """(height, width) uint8 map of the parts of one character drawn with masks=True; values index PARTS."""
    if drawn.masks is None:
        raise ValueError("draw the character with masks=True to get its masks")
    return replay_masks(drawn.masks, width, height)
