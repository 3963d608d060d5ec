"""A picture in the making: faces and what comes before and after them, with what is covered told from the pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import skia

from charaface.face import Face, Landmarks
from charaface.geometry import area, box_from_points, clip_box
from charaface.synth.anatomy import Head, Place
from charaface.synth.builds import jaw_width
from charaface.synth.cast import Character, sample_character
from charaface.synth.character import Drawn, draw_character
from charaface.synth.hair import draw_back
from charaface.synth.moments import State, sample_state
from charaface.synth.pen import Pen, Style
from charaface.synth.pen import luminance as brightness
from charaface.synth.stage.brush import Brush
from charaface.synth.stage.figures import body, sample_outfit
from charaface.synth.stage.ink import Ink, mix, rgb
from charaface.synth.stage.marks import Area

HIDDEN = 0.6  # a face whose box is covered by more than this share is not drawn over
INSIDE = 0.35  # the least share of a face's box that lies inside its panel
SEEN = 0.12  # the least share of visible points
SMALLEST = 10.0  # pixels of the longer side of a face's box
_CHANGED = 24  # a pixel that differs by more in any channel was painted over


@dataclass(frozen=True, eq=False)
class Standing:
    """One face on the sheet as it was when just drawn."""

    drawn: Drawn
    face: Face  # with the points of ibug68
    clip: Area  # the panel it lives in
    frame: skia.Path | None  # its outline where it is no box
    window: tuple[slice, slice]  # rows and columns of its box
    before: np.ndarray  # pixels of the window when it was drawn


class Sheet:
    """The canvas of one scene and the faces on it."""

    def __init__(self, width: int, height: int, rng: np.random.Generator, scheme: str = "ibug68") -> None:
        self.width, self.height, self.rng = width, height, rng
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self._surface = skia.Surface(self.pixels)
        self.canvas = self._surface.getCanvas()
        self.standing: list[Standing] = []
        self.scheme = scheme  # of the labels; what may stand on the sheet is asked of ibug68, so that all draw the same
        self.whole = Area(0.0, 0.0, float(width), float(height))

    def attempt(self, draw: Callable[[], Standing | bool | None]) -> bool:
        """Draws; takes it back when it was refused (None, False) or hides too much of an earlier face."""
        backup = self.pixels.copy()
        result = draw()
        refused = result is None or result is False
        if refused or any(self._touched(s) and self._lost(s) for s in self.standing):
            self.pixels[...] = backup
            return False
        if isinstance(result, Standing):
            if self._lost(result):
                self.pixels[...] = backup
                return False
            self.standing.append(result)
        return True

    def covered(self, standing: Standing) -> np.ndarray:
        """(h, w) bool over the window of a face: where something was painted over it since."""
        now, before = self.pixels[standing.window], standing.before
        return np.asarray((np.maximum(now, before) - np.minimum(now, before) > _CHANGED).any(axis=2))

    def faces(self) -> list[Face]:
        """The labels, with all points hidden that were painted over or lie outside their panel."""
        out = []
        for standing in self.standing:
            if self._lost(standing):
                continue
            told = standing.drawn.face(self.width, self.height, self.scheme)
            assert told is not None
            assert told.landmarks is not None
            seen = self._seen(standing, told.landmarks, self.covered(standing))
            out.append(replace(standing.face, landmarks=replace(told.landmarks, visible=seen)))
        return out

    def _lost(self, standing: Standing) -> bool:
        """Whether too little of a face is left to call it one."""
        covered, marks = self.covered(standing), standing.face.landmarks
        assert marks is not None
        return bool(covered.mean() > HIDDEN or self._seen(standing, marks, covered).mean() < SEEN)

    def _touched(self, standing: Standing) -> bool:
        return not np.array_equal(self.pixels[standing.window], standing.before)

    def _seen(self, standing: Standing, marks: Landmarks, covered: np.ndarray) -> np.ndarray:
        """(N,) bool: which points can be seen where covered (h, w) of the face's window is painted over."""
        clip = standing.clip
        x, y = marks.points[:, 0] + 0.5, marks.points[:, 1] + 0.5
        inside = (x > clip.x0) & (x < clip.x1) & (y > clip.y0) & (y < clip.y1)
        rows, columns = standing.window
        i = np.clip(y.astype(int) - rows.start, 0, covered.shape[0] - 1)
        j = np.clip(x.astype(int) - columns.start, 0, covered.shape[1] - 1)
        seen = np.asarray(marks.visible & inside & ~covered[i, j])
        if standing.frame is not None:
            seen &= [standing.frame.contains(float(u), float(v)) for u, v in zip(x, y, strict=True)]
        return seen

    def put_face(
        self,
        ink: Ink,
        clip: Area,
        who: Character,
        state: State,
        place: Place,
        figure: bool = True,
        frame: skia.Path | None = None,
    ) -> Standing | None:
        """Draws one character inside a panel, with a body if figure; None where too little of its face is in it."""
        self.canvas.save()
        self.canvas.clipRect(skia.Rect(*clip))
        if frame is not None:
            self.canvas.clipPath(frame, doAntiAlias=True)
        if figure:
            who = draw_figure(self.canvas, self.rng, ink, who, state, place)
        drawn = draw_character(self.canvas, who, state, place, self.rng, bust=not figure, scheme=self.scheme)
        self.canvas.restore()
        face = drawn.face(self.width, self.height)
        if face is None:
            return None
        full = box_from_points(drawn.points)
        box = full.copy()
        box[[0, 2]] = np.clip(box[[0, 2]], clip.x0, clip.x1)
        box[[1, 3]] = np.clip(box[[1, 3]], clip.y0, clip.y1)
        box = clip_box(box, self.width, self.height)
        sides = box[2:] - box[:2]
        if sides.min() < SMALLEST / 2 or sides.max() < SMALLEST or area(box) < INSIDE * area(full):
            return None
        x0, y0, x1, y1 = np.floor(box[:2]).astype(int).tolist() + np.ceil(box[2:]).astype(int).tolist()
        window = (slice(y0, y1), slice(x0, x1))
        return Standing(drawn, replace(face, box=box), clip, frame, window, self.pixels[window].copy())


def draw_figure(
    canvas: skia.Canvas, rng: np.random.Generator, ink: Ink, who: Character, state: State, place: Place
) -> Character:
    """Draws the body of a character and the long hair behind it; gives the character that is left to draw."""
    head = Head(who.build, place, state.turn, state.jaw_drop)
    chin, back = head.project(np.array([[0.0, who.build.chin, 0.0], [0.0, 0.3, -0.25]]))
    unit = head.unit
    low = float(max(chin[1], place.y + 0.6 * unit)) + (0.22 - who.sunk) * unit
    base = (float(0.6 * back[0] + 0.4 * chin[0]), low)
    style = who.style
    if who.hair.back in ("long", "bob"):
        draw_back(Pen(canvas, style, unit), head, who.hair, who.skin)
        who = replace(who, hair=replace(who.hair, back="short"))
    brush = Brush(canvas, rng, styled(ink, style, unit))
    outfit = sample_outfit(brush, skin=shown(who.skin, style), top=shown(who.cloth, style), dressed=True)
    wide = 1.3 * who.shoulders
    outfit = replace(outfit, neck=max(outfit.neck, who.neck * jaw_width(who.build) / wide))
    with brush.placed(*base, wide * unit, brush.u(-6, 6)) as b:
        body(b, outfit)
    return who


def shown(colour: tuple[float, float, float], style: Style) -> int:
    """A character's colour as its drawing shows it."""
    if style.palette == "colour":
        return rgb(*colour)
    level = brightness(colour)
    if style.palette == "ink":
        level = 1.0 if level > 0.45 else 0.08
    return rgb(level, level, level)


def styled(ink: Ink, style: Style, unit: float) -> Ink:
    """The ink with the outline and shading of a character whose outer eye distance is unit pixels."""
    line = 0
    if style.outline:
        line = (
            rgb(*style.line_colour) if style.line_colour is not None else mix(ink.line or 0xFF302028, 0xFF302028, 0.5)
        )
    shade = style.shading if style.shading in ("flat", "cel", "soft", "hatch") else ink.shade
    return replace(ink, line=line, width=max(0.7, style.line_width * unit), shade=shade, rough=0.0)


def face_place(who: Character, x: float, y: float, size: float) -> Place:
    """Where the head goes so that the face's box is about size pixels long and centred on (x, y)."""
    build = who.build
    tall, wide = (build.chin + 0.45) * 1.3 * build.stretch, 2 * build.half_width
    unit = size / max(tall, wide)
    return Place(x, y - (build.chin - 0.9) / 2 * build.stretch * unit, unit * build.half_width)


def new_actor(rng: np.random.Generator, domain: str | None) -> tuple[Character, State]:
    """A character of a kind of drawing, and its moment."""
    who = sample_character(rng, domain)
    return who, sample_state(rng, who)
