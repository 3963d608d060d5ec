"""How a scene is laid out: a stage, a close view, a comic page, a strip, sprites, a novel, icons, a crowd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import skia

from charaface.synth.cast import SHARES, Character
from charaface.synth.moments import sample_state
from charaface.synth.stage.backdrop import paint_ground
from charaface.synth.stage.brush import Brush, oval, slab
from charaface.synth.stage.ink import Ink, darker, fade, sample_ink
from charaface.synth.stage.marks import Area, balloon, focus_lines, lettering, screen, sparkles, speed_lines, writing
from charaface.synth.stage.pages import split_page
from charaface.synth.stage.props import FILLERS, draw_prop, sample_prop
from charaface.synth.stage.sheet import Sheet, face_place, new_actor

MOST = 8


@dataclass(frozen=True)
class Hand:
    """Who draws a panel: the kind of drawing and the ink of what is not a character."""

    domain: str
    ink: Ink


def sample_hand(rng: np.random.Generator, domain: str | None = None) -> Hand:
    shares = np.asarray(list(SHARES.values()))
    domain = domain or str(rng.choice(list(SHARES), p=shares / shares.sum()))
    kind = domain
    if domain == "cartoon" and rng.random() < 0.2:
        kind = "flat"
    return Hand(domain, sample_ink(rng, kind))


def face_count(rng: np.random.Generator) -> int:
    odds = [0.38, 0.25, 0.14, 0.09, 0.05, 0.04, 0.02, 0.03]
    return 1 + int(rng.choice(MOST, p=odds))


def _uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(max(high, low * 1.01)))))


def _put(
    sheet: Sheet,
    hand: Hand,
    clip: Area,
    size: float,
    spot: tuple[float, float],
    figure: float = 0.6,
    tries: int = 2,
    frame: skia.Path | None = None,
) -> bool:
    """One new face of about size pixels, its middle at spot in shares of the panel; figure: chance of a body.

    frame cuts the panel where it is no box.
    """
    rng = sheet.rng
    who, state = new_actor(rng, hand.domain)
    ink = _ink_of(hand, who)
    for _ in range(tries):
        x, y = clip.at(*spot)
        place = face_place(who, x, y, size)
        # a bust whose lower edge would hang in the air mostly gets a body
        floats = y + 1.8 * size < clip.y1
        whole = bool(rng.random() < (max(figure, 0.85) if floats else figure))
        if sheet.attempt(partial(sheet.put_face, ink, clip, who, state, place, whole, frame)):
            return True
        spot = (_uniform(rng, 0.1, 0.9), _uniform(rng, 0.15, 0.7))
    return False


def _ink_of(hand: Hand, who: Character) -> Ink:
    """The panel's ink, made grey for a character drawn without colour."""
    if who.style.palette == "colour" or hand.ink.grey:
        return hand.ink
    greys = tuple(_grey(c) for c in hand.ink.palette)
    return replace(hand.ink, palette=greys, skins=tuple(_grey(c) for c in hand.ink.skins), hairs=greys)


def _grey(colour: int) -> int:
    r, g, b = (colour >> s & 255 for s in (16, 8, 0))
    v = int(0.3 * r + 0.59 * g + 0.11 * b)
    return 0xFF000000 | v << 16 | v << 8 | v


def _props(sheet: Sheet, ink: Ink, clip: Area, count: int, low: float, high: float, down: float = 0.0) -> None:
    """Scatters props of low to high times the panel's shorter side; down shifts them towards its bottom."""
    rng = sheet.rng
    side = min(clip.width, clip.height)
    for _ in range(count):
        size = side * _log_uniform(rng, low, high)
        x, y = clip.at(_uniform(rng, 0, 1), _uniform(rng, down, 1.0))
        name = sample_prop(rng)
        sheet.attempt(partial(_clipped_prop, sheet, ink, clip, name, x, y, size))


def _clipped_prop(sheet: Sheet, ink: Ink, clip: Area, name: str, x: float, y: float, size: float) -> bool:
    high = size * _uniform(sheet.rng, 0.9, 1.1)
    sheet.canvas.save()
    sheet.canvas.clipRect(skia.Rect(*clip))
    if sheet.rng.random() < 0.25:
        sheet.canvas.rotate(_uniform(sheet.rng, -35, 35), x, y)
    draw_prop(sheet.canvas, sheet.rng, name, (x - size / 2, y - high / 2, x + size / 2, y + high / 2), ink)
    sheet.canvas.restore()
    return True


def near_things(sheet: Sheet, ink: Ink, clip: Area, count: int) -> None:
    """One or a few props that fill the panel, fillers among them."""
    rng = sheet.rng
    side = max(clip.width, clip.height)
    for k in range(count):
        name = (
            str(rng.choice(FILLERS, p=(0.3, 0.35, 0.15, 0.1, 0.1)))
            if count == 1 and rng.random() < 0.34
            else sample_prop(rng, fillers=count == 1)
        )
        if name in FILLERS:
            size, x, y = side * _uniform(rng, 1.15, 1.6), 0.5, 0.5
        else:
            size = side * (_log_uniform(rng, 0.4, 1.5) if count == 1 else _log_uniform(rng, 0.25, 0.7))
            x, y = (_uniform(rng, 0.3, 0.7), _uniform(rng, 0.3, 0.7)) if k == 0 else (rng.random(), rng.random())
        _clipped_prop(sheet, ink, clip, name, *clip.at(float(x), float(y)), size)


def lay_mark(brush: Brush, clip: Area) -> None:
    """Something laid over a panel: a balloon, letters, lines, sparkles."""
    side = min(clip.width, clip.height)
    form = brush.n(0, 6)
    with brush.inside(slab(*clip)):
        if form <= 2:
            w, h = clip.width * brush.u(0.2, 0.5), clip.height * brush.u(0.12, 0.32)
            x, y = clip.at(brush.u(0.02, 0.6), brush.u(0.02, 0.75))
            tail = clip.at(brush.u(0.1, 0.9), brush.u(0.2, 0.9)) if brush.chance(0.75) else None
            balloon(brush, Area(x, y, x + w, y + h), tail)
        elif form == 3:
            x, y = clip.at(brush.u(0, 0.5), brush.u(0, 0.8))
            lettering(brush, Area(x, y, x + side * brush.u(0.3, 0.8), y + side * brush.u(0.1, 0.3)))
        elif form == 4:
            sparkles(brush, clip, brush.n(3, 12))
        elif form == 5:
            focus_lines(brush, clip, brush.pick([0xFF101010, 0xFFFFFFFF]), clear=0.75)
        else:
            speed_lines(brush, clip, fade(0xFFFFFFFF, 0.6))


def _marks(sheet: Sheet, ink: Ink, clip: Area, count: int) -> None:
    brush = Brush(sheet.canvas, sheet.rng, ink)

    def draw() -> bool:
        lay_mark(brush, clip)
        return True

    for _ in range(count):
        sheet.attempt(draw)


def _stage(sheet: Sheet, hand: Hand, count: int, clip: Area | None = None) -> None:
    """One place with its people: the further, the smaller, drawn first."""
    rng, clip = sheet.rng, clip or sheet.whole
    paint_ground(Brush(sheet.canvas, rng, hand.ink), clip, None)
    side = min(clip.width, clip.height)
    if not count:
        _empty_stage(sheet, hand.ink, clip)
        return
    _props(sheet, hand.ink, clip, int(rng.integers(0, 4)), 0.08, 0.6)
    top = {1: 1.1, 2: 0.65, 3: 0.5}.get(count, 0.38)
    low = max(12.0, 0.06 * side)
    sizes = sorted(_log_uniform(rng, low, top * side) for _ in range(count))
    level = _uniform(rng, 0.2, 0.5)
    columns = rng.permutation(count)
    for k, size in enumerate(sizes):
        near = size / side
        x = (columns[k] + _uniform(rng, 0.1, 0.9)) / count if count > 1 else _uniform(rng, 0.0, 1.0)
        y = level + _uniform(rng, -0.12, 0.2) + 0.15 * near
        if near > 0.7:
            x, y = _uniform(rng, 0.25, 0.75), _uniform(rng, 0.3, 0.65)
        _put(sheet, hand, clip, size, (x, y), figure=0.85 if near < 0.3 else 0.5)
    if rng.random() < 0.5:
        _props(sheet, hand.ink, clip, int(rng.integers(1, 3)), 0.08, 0.5, down=0.35)
    if rng.random() < 0.3:
        _marks(sheet, hand.ink, clip, int(rng.integers(1, 3)))


def _empty_stage(sheet: Sheet, ink: Ink, clip: Area) -> None:
    """The same kind of place with all that is not a face."""
    rng = sheet.rng
    form = rng.integers(0, 10)
    if form < 4:
        near_things(sheet, ink, clip, 1 if form < 2 else int(rng.integers(2, 4)))
        _props(sheet, ink, clip, int(rng.integers(0, 3)), 0.1, 0.4)
    elif form < 9:
        _props(sheet, ink, clip, int(rng.integers(2, 8)), 0.08, 0.7)
    if rng.random() < 0.35:
        _marks(sheet, ink, clip, int(rng.integers(1, 3)))


def _close(sheet: Sheet, hand: Hand, count: int) -> None:
    """A face near or larger than the frame."""
    if not count:
        _stage(sheet, hand, 0)
        return
    rng, clip = sheet.rng, sheet.whole
    paint_ground(Brush(sheet.canvas, rng, hand.ink), clip, None)
    size = min(clip.width, clip.height) * _uniform(rng, 0.6, 1.5)
    _put(sheet, hand, clip, size, (_uniform(rng, 0.25, 0.75), _uniform(rng, 0.3, 0.65)), figure=0.2)
    if rng.random() < 0.3:
        _props(sheet, hand.ink, clip, 1, 0.2, 0.6, down=0.4)
    if rng.random() < 0.3:
        _marks(sheet, hand.ink, clip, 1)


def _page(sheet: Sheet, hand: Hand, count: int) -> None:
    """A comic page: panels with gutters, each a small stage, balloons over their borders."""
    rng = sheet.rng
    brush = Brush(sheet.canvas, rng, hand.ink)
    brush.box(*sheet.whole, 0xFFFFFFFF if rng.random() < 0.75 else brush.pick([0xFF101010, hand.ink.paper]))
    panels = split_page(rng, sheet.whole)
    share = rng.multinomial(count, np.full(len(panels), 1 / len(panels))).tolist()
    mixed = rng.random() < 0.15
    for clip, faces in zip(panels, share, strict=True):
        own = sample_hand(rng) if mixed else replace(hand, ink=_moment(rng, hand.ink))
        _stage(sheet, own, min(int(faces), 3), clip)
        if rng.random() < 0.8:
            width = max(hand.ink.width, 1.0) * _uniform(rng, 0.8, 2.0)
            brush.streak(slab(*clip), width, hand.ink.line or 0xFF202020)
    if rng.random() < 0.6:
        _marks(sheet, hand.ink, sheet.whole, int(rng.integers(1, 3)))


def _moment(rng: np.random.Generator, ink: Ink) -> Ink:
    """The ink of the next panel: the same line, the palette in another order."""
    palette = tuple(ink.palette[i] for i in rng.permutation(len(ink.palette)))
    return replace(ink, palette=palette)


def _strip(sheet: Sheet, hand: Hand, count: int) -> None:
    """A piece of a webtoon: wide panels over each other with much white, balloons between them."""
    rng = sheet.rng
    brush = Brush(sheet.canvas, rng, hand.ink)
    brush.box(*sheet.whole, 0xFFFFFFFF if rng.random() < 0.8 else 0xFF0C0C10)
    y, left = -_uniform(rng, 0, 0.4) * sheet.height, count
    while y < sheet.height:
        tall = sheet.height * _uniform(rng, 0.35, 0.9)
        inset = sheet.width * _uniform(rng, 0, 0.12)
        clip = Area(inset, max(y, 0.0), sheet.width - inset * float(rng.random() < 0.5), min(y + tall, sheet.height))
        if clip.height > 24:
            now = min(left, int(rng.integers(1, 4))) if left else 0
            _stage(sheet, replace(hand, ink=_moment(rng, hand.ink)), now, clip)
            left -= now
        y += tall
        gap = sheet.height * _uniform(rng, 0.03, 0.3)
        if rng.random() < 0.6 and gap > 30:
            x = sheet.width * _uniform(rng, 0, 0.5)
            balloon(brush, Area(x, y + 2, x + sheet.width * 0.4, y + gap - 2), None)
        y += gap


def _sprites(sheet: Sheet, hand: Hand, count: int) -> None:
    """Figures on white or on the checks of transparency, as stickers and game art are stored."""
    rng, clip = sheet.rng, sheet.whole
    brush = Brush(sheet.canvas, rng, hand.ink)
    brush.box(*clip, brush.pick([0xFFFFFFFF, 0xFFFFFFFF, 0xFF000000, 0xFFE8E8E8, 0xFF30C040]))
    if rng.random() < 0.2:
        cell = sheet.width / _uniform(rng, 16, 40)
        path = skia.Path()
        for i in range(int(sheet.width / cell) + 1):
            for j in range(i % 2, int(sheet.height / cell) + 1, 2):
                path.addRect(skia.Rect.MakeXYWH(i * cell, j * cell, cell, cell))
        brush.flat(path, 0xFFC8C8C8)
    if not count:
        _props(sheet, hand.ink, clip, int(rng.integers(1, 9)), 0.15, 0.7)
        return
    count = min(count, 5)
    for k in rng.permutation(count):
        size = min(sheet.height * _log_uniform(rng, 0.1, 0.35), 1.2 * sheet.width / count)
        _put(
            sheet,
            hand,
            clip,
            size,
            ((k + 0.5) / count + _uniform(rng, -0.08, 0.08), _uniform(rng, 0.15, 0.4)),
            0.9,
        )
    if rng.random() < 0.3:
        _props(sheet, hand.ink, clip, int(rng.integers(1, 4)), 0.1, 0.3, down=0.5)


def _novel(sheet: Sheet, hand: Hand, count: int) -> None:
    """A visual novel: a place, people down to the hips, a box of writing at the bottom."""
    rng, clip = sheet.rng, sheet.whole
    brush = Brush(sheet.canvas, rng, hand.ink)
    paint_ground(brush, clip, None)
    count = min(count, 3)
    for k in rng.permutation(count):
        size = sheet.height * _uniform(rng, 0.16, 0.42)
        x = (k + 0.5) / count + _uniform(rng, -0.12, 0.12)
        _put(sheet, hand, clip, size, (x, _uniform(rng, 0.2, 0.45)), figure=0.75)
    if not count:
        _props(sheet, hand.ink, clip, int(rng.integers(1, 4)), 0.3, 1.0, down=0.3)

    def box() -> bool:
        text = Area(*clip.at(_uniform(rng, 0, 0.08), _uniform(rng, 0.66, 0.8)), *clip.at(_uniform(rng, 0.92, 1), 0.98))
        ground = darker(brush.colour(), _uniform(rng, 0, 0.8))
        brush.flat(slab(*text, brush.u(0, 14)), fade(ground, _uniform(rng, 0.5, 1.0)))
        if brush.chance(0.5):
            brush.streak(slab(*text, brush.u(0, 14)), brush.u(1, 3), brush.colour())
        writing(brush, text.inset(text.height * 0.2), text.height * brush.u(0.13, 0.2), 0xFFFFFFFF)
        return True

    if rng.random() < 0.8:
        sheet.attempt(box)


def _icons(sheet: Sheet, hand: Hand, count: int) -> None:
    """A page of a program or site with pictures of faces in square or round frames."""
    rng = sheet.rng
    brush = Brush(sheet.canvas, rng, hand.ink)
    screen(brush, sheet.whole)
    columns = int(rng.integers(2, 5))
    cell = sheet.width / columns
    spots = [(i, j) for i in range(columns) for j in range(int(sheet.height / cell))]
    size = cell * _uniform(rng, 0.6, 0.95)
    round_frame = rng.random() < 0.5
    chosen = rng.permutation(len(spots))[: max(count, int(rng.integers(1, 4)))]
    for n, k in enumerate(chosen.tolist()):
        x, y = (spots[k][0] + 0.5) * cell, (spots[k][1] + 0.5) * cell
        clip = Area(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        frame = oval(x, y, size / 2) if round_frame else slab(*clip, size * 0.08)
        with brush.inside(frame):
            paint_ground(brush, clip, str(rng.choice(["flat", "gradient", "pattern", "wash"])))
            if n < count:
                spot = (_uniform(rng, 0.42, 0.58), _uniform(rng, 0.42, 0.55))
                _put(sheet, sample_hand(rng), clip, size * _uniform(rng, 0.45, 0.8), spot, 0.3, 1, frame)
            else:
                _clipped_prop(sheet, hand.ink, clip, sample_prop(rng), x, y, size * _uniform(rng, 0.6, 1.0))
        brush.streak(frame, 1.5, brush.colour())


def _model(sheet: Sheet, hand: Hand, count: int) -> None:
    """One character again and again with other looks, as on an animator's model sheet."""
    rng, clip = sheet.rng, sheet.whole
    brush = Brush(sheet.canvas, rng, hand.ink)
    brush.box(*clip, brush.pick([0xFFFFFFFF, hand.ink.paper, brush.colour()]))
    if not count:
        _props(sheet, hand.ink, clip, int(rng.integers(4, 12)), 0.12, 0.35)
        return
    who, _ = new_actor(rng, hand.domain)
    columns, rows = (3, 2) if count > 4 else (2, 2)
    size = min(sheet.width / columns, sheet.height / rows) * _uniform(rng, 0.4, 0.62)
    for k in rng.permutation(columns * rows)[:count].tolist():
        x, y = clip.at((k % columns + 0.5) / columns, (k // columns + 0.45) / rows)
        place, state = face_place(who, x, y, size), sample_state(rng, who)
        sheet.attempt(partial(sheet.put_face, hand.ink, clip, who, state, place, bool(rng.random() < 0.15)))
        writing(brush, Area(x - size * 0.4, y + size * 0.75, x + size * 0.4, y + size * 0.85), 4, 0xFF505050)


def _crowd(sheet: Sheet, hand: Hand, count: int) -> None:
    """Many small people, some seen from behind, in rows from far to near."""
    rng, clip = sheet.rng, sheet.whole
    paint_ground(Brush(sheet.canvas, rng, hand.ink), clip, None)
    total = int(rng.integers(8, 15))
    faces = set(rng.permutation(total)[: (MOST if count > 1 else 0)].tolist())
    levels = np.sort(rng.uniform(0.2, 0.8, total))
    for k, y in enumerate(levels.tolist()):
        size = max(12.0, min(sheet.width, sheet.height) * (0.03 + 0.13 * y) * _uniform(rng, 0.8, 1.3))
        x = _uniform(rng, 0.02, 0.98)
        if k in faces:
            _put(sheet, hand, clip, size, (x, y), figure=0.95, tries=1)
        else:
            px, py = clip.at(x, y)
            name = str(rng.choice(["walker", "walker", "bust_behind", "silhouette", "tree", "blank_head"]))
            wide = size * (3.2 if name in ("walker", "silhouette") else 2.0)
            sheet.attempt(partial(_clipped_prop, sheet, hand.ink, clip, name, px, py, wide))


Layout = Callable[[Sheet, Hand, int], None]


LAYOUTS: dict[str, tuple[Layout, float]] = {
    "stage": (_stage, 0.42),
    "close": (_close, 0.12),
    "page": (_page, 0.14),
    "strip": (_strip, 0.06),
    "sprites": (_sprites, 0.07),
    "novel": (_novel, 0.08),
    "icons": (_icons, 0.04),
    "model": (_model, 0.03),
    "crowd": (_crowd, 0.04),
}
