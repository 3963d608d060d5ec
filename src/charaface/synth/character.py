"""A character drawn: the order of the layers, and the exact labels that fall out of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import skia

from charaface.face import Colour as NamedColour
from charaface.face import Emotion, Face, Landmarks, Pose
from charaface.geometry import area, box_from_points, clip_box
from charaface.synth.anatomy import Head, Place
from charaface.synth.brows import brow_curve, draw_brow
from charaface.synth.cast import HEADGEAR, Character
from charaface.synth.covers import COVERS
from charaface.synth.eyes import draw_eye, draw_shared_rim, eyes_now, lid_curves, pupil_point, rim_lids
from charaface.synth.features import draw_mouth, draw_nose, mouth_points, nose_points
from charaface.synth.hair import draw_back, draw_cap
from charaface.synth.labels import PARTS
from charaface.synth.manpu import EYES, OVER, SKIN, Spots, draw_marks
from charaface.synth.moments import State
from charaface.synth.pen import Colour, Pen, polygon, replay_masks, spread
from charaface.synth.points import GROUPS, Cover, EyeCurves, FaceCurves, layout_named, points_of
from charaface.synth.skin import (
    draw_age,
    draw_beard,
    draw_cheeks,
    draw_ear,
    draw_face_shadow,
    draw_folds,
    draw_relief,
)
from charaface.synth.wear import draw_bust, draw_glasses, draw_hat

# how often the forms of a face are painted in, by kind of drawing
RELIEF = {"painting": 0.8, "webtoon": 0.3, "caricature": 0.3, "anime": 0.1}


@dataclass(frozen=True, eq=False)
class Drawn:
    """One drawn character with its labels in canvas pixels."""

    marks: dict[str, Landmarks]  # by scheme; ibug68, which the box is made of, is always there
    who: Character
    state: State
    neck: tuple[float, float]  # base of the neck
    shoulder_width: float
    masks: Pen | None

    @property
    def points(self) -> np.ndarray:
        """(68, 2) float32 points of ibug68, whole numbers at pixel centres."""
        return self.marks["ibug68"].points

    def face(self, width: int, height: int, scheme: str = "ibug68") -> Face | None:
        """The label for a canvas of width x height, its box clipped; None where nothing of it is inside.

        scheme: ibug68, or the one that the character was drawn with. The box is the same in both.
        """
        box = clip_box(box_from_points(self.points), width, height)
        if area(box) < 1 or box[2] <= box[0] or box[3] <= box[1]:
            return None
        marks = self.marks[scheme]
        inside = ((marks.points > -0.5) & (marks.points < [width - 0.5, height - 0.5])).all(axis=1)
        turn, who = self.state.turn, self.who
        probabilities = {self.state.expression: 1.0}
        values = {
            "hair": who.hair.colour,
            "skin": who.skin,
            "right_eye": who.eyes.colours[0],
            "left_eye": who.eyes.colours[1],
        }
        colours = {k: NamedColour(_hex(v), who.names[k]) for k, v in values.items()}
        if who.hair.kind == "bald" and who.hat != "pat":
            colours.pop("hair")
        return Face(
            box,
            landmarks=replace(marks, visible=marks.visible & inside),
            pose=Pose(turn.yaw, turn.pitch, turn.roll),
            emotion=Emotion(self.state.expression, probabilities),
            colours=colours if who.style.palette == "colour" else None,
            domain={who.style.domain: 1.0},
            accessories={name: float(worn) for name, worn in _worn(who, self.state).items()},
            monochrome=float(who.style.palette != "colour"),
            presentation={"feminine": 1 - who.male, "masculine": who.male},
        )


def _worn(who: Character, state: State) -> dict[str, bool]:
    """What of face.ACCESSORIES a character wears; glasses are those that the eyes show through."""
    return {
        "glasses": who.glasses == "clear" or who.eyes.kind == "lens",
        "sunglasses": who.glasses == "dark",
        "hat": who.hat in HEADGEAR,
        "beard": who.beard in ("full", "goatee", "moustache"),
        "mask": state.cover == "mask",
    }


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
    scheme: str = "ibug68",
) -> Drawn:
    """Draws one character at a place; with masks=True the parts are recorded for part_masks.

    The drawing is the same for any scheme of points.LAYOUTS, whose points are labelled beside those of ibug68.
    Raises ValueError for another.
    """
    layout_named(scheme)
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
    spots = _spots(pen, head, who, state)
    draw_marks(SKIN, state.marks, spots)
    curves, covers = _features(pen, head, who, state, outline, fixed, spots)
    if state.cover:
        covers.append((COVERS[state.cover](pen, head, rng, who.skin), GROUPS))
    draw_marks(OVER, state.marks, spots)
    return Drawn(
        {name: points_of(name, head, curves, covers) for name in dict.fromkeys(("ibug68", scheme))},
        who,
        state,
        (float(neck[0]), float(neck[1])),
        float(shoulders),
        pen if masks else None,
    )


def _skin(pen: Pen, head: Head, who: Character) -> np.ndarray:
    outline = head.face_outline
    path = polygon(outline)
    pen.fill(path, who.skin, PARTS.index("skin"))
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
    pen: Pen,
    head: Head,
    who: Character,
    state: State,
    outline: np.ndarray,
    fixed: np.random.Generator,
    spots: Spots,
) -> tuple[FaceCurves, list[Cover]]:
    """Draws what is on the face and the hair over it; returns the curves drawn along, and what covers them."""
    jaw, jaw_hidden = head.jaw_points()
    covers: list[Cover] = []
    if who.cheeks:
        draw_cheeks(pen, head, fixed, who.cheeks, who.skin)
    if who.age:
        draw_age(pen, head, fixed, who.skin, who.age, (state.mouth.y, state.mouth.half))
    mouth = _mouth(pen, head, who, state, outline)
    if who.folds:
        under = float(mouth_points(mouth)[9, 1])
        draw_folds(pen, head, fixed, who.skin, who.nose.y, (state.mouth.x, state.mouth.y, state.mouth.half, under))
    if who.beard:
        beard = draw_beard(pen, head, fixed, who.hair.colour, who.beard, state.mouth.y, state.mouth.half)
        covers.append((beard, GROUPS))
    over = who.hair.see_through < 1.0
    if over:  # the convention of anime: eyes and brows are drawn over the fringe
        draw_nose(pen, head, who.nose, who.skin)
        covers.append((draw_cap(pen, head, who.hair), ("jaw",)))
        eyes = _eyes(pen, head, who, state, outline)
    else:
        eyes = _eyes(pen, head, who, state, outline)
        draw_nose(pen, head, who.nose, who.skin)
    draw_marks(EYES, state.marks, spots)
    if who.glasses:
        glasses = draw_glasses(pen, head, who.eyes.x, who.eyes.half, fixed, who.glasses == "dark")
        covers.append((glasses, ("brow", "nose", "eye")))
    if not over:
        covers.append((draw_cap(pen, head, who.hair), GROUPS))
    if who.hat:
        covers.append((draw_hat(pen, head, fixed, who.hat, who.hair.colour), GROUPS))
    nose = nose_points(who.nose, head)
    return FaceCurves(jaw, jaw_hidden, eyes, nose, who.nose.kind != "none", mouth), covers


def _spots(pen: Pen, head: Head, who: Character, state: State) -> Spots:
    """Where the marks of a moment go; the same marks in every frame."""
    pairs = ((-1.0, state.left), (1.0, state.right))
    lower = [lid_curves(who.eyes, rim_lids(who.eyes, lids), side)[1] for side, lids in pairs]
    brow_y, mouth = who.brows.y - state.brow_raise, (state.mouth.x, state.mouth.y, state.mouth.half)
    rng = np.random.default_rng((who.seed, 1))
    return Spots(pen, head, rng, who.skin, (lower[0], lower[1]), who.eyes.x, brow_y, mouth)


def _mouth(pen: Pen, head: Head, who: Character, state: State, outline: np.ndarray) -> dict[str, np.ndarray]:
    if abs(state.turn.yaw) > 35:
        with pen.clip(polygon(outline)):
            return draw_mouth(pen, head, state.mouth, who.skin)
    return draw_mouth(pen, head, state.mouth, who.skin)


def _eyes(pen: Pen, head: Head, who: Character, state: State, outline: np.ndarray) -> tuple[EyeCurves, EyeCurves]:
    """Draws eyes and brows, the far ones first; returns their curves, image left and image right."""
    if who.eyes.rim == "shared" and abs(state.turn.yaw) < 50:
        draw_shared_rim(pen, head, who.eyes, who.skin)
    drawn = {side: _eye(pen, head, who, state, outline, side) for side in (head.side, -head.side)}
    return drawn[-1.0], drawn[1.0]


def _eye(pen: Pen, head: Head, who: Character, state: State, outline: np.ndarray, side: float) -> EyeCurves:
    lids = state.left if side < 0 else state.right
    eyes = eyes_now(who.eyes, lids)
    uneven = state.brow_uneven * (1 if side > 0 else -1)
    brow = brow_curve(who.brows, state.brow_raise + uneven, state.brow_slant, side, state.brow_knit)
    peek = -0.35 if eyes.kind in ("disc", "lens") else 0.0  # the far ball of a profile stands out before it
    shown = bool(head.facing(np.array([[side * eyes.x, 0.0]]))[0] > peek)
    if not shown:
        upper, lower = lid_curves(eyes, rim_lids(eyes, lids), side)
    elif side == head.side and abs(state.turn.yaw) > 30 and eyes.kind not in ("disc", "lens"):
        with pen.clip(polygon(outline)):
            upper, lower = draw_eye(pen, head, eyes, lids, side, state.gaze, who.skin)
    else:
        upper, lower = draw_eye(pen, head, eyes, lids, side, state.gaze, who.skin)
    if who.brows.drawn and shown:
        fringe = who.hair.colour if who.hair.see_through < 1.0 else None
        draw_brow(pen, head, who.brows, brow, who.skin, fringe)
    pupil, seen = pupil_point(eyes, lids, side, state.gaze, upper, lower)
    if side < 0:  # from image left to image right
        upper, lower, brow = upper[::-1], lower[::-1], brow[::-1]
    return EyeCurves(upper, lower, pupil, seen, brow, who.brows.drawn, shown, peek - 0.05)


def part_masks(drawn: Drawn, width: int, height: int) -> np.ndarray:
    """(height, width) uint8 map of the parts of one character drawn with masks=True; values index PARTS."""
    if drawn.masks is None:
        raise ValueError("draw the character with masks=True to get its masks")
    return replay_masks(drawn.masks, width, height)
