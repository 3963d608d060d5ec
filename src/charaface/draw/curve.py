"""The mood of a clip: how likely each expression of each face was, over time, one panel a face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from charaface.draw.plate import Area, Line, Plate, Words
from charaface.draw.style import COLOURS, EXPRESSION_COLOURS
from charaface.face import EXPRESSIONS, Face
from charaface.files import OutputError, atomic
from charaface.image import save

MOST = 8  # faces with a panel of their own: those seen longest
_GLIMPSE = 0.05  # of how long another face was seen: one seen for less has none
_POINTS = 1200  # of a line at most; of more the mean of a few
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 960, 56, 24, 58, 48
_PANEL, _TITLE, _STRIP = 130, 30, 7
_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)  # seconds between ticks
_TICKS = 11  # at most
_GRID, _PALE = "#2c3354", "#aab0c8"


@dataclass
class _Face:
    """What was seen of one track."""

    frames: list[int] = field(default_factory=list)  # numbers of the frames, to see where it was away
    times: list[float] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)  # probabilities in the order of EXPRESSIONS

    def spells(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Times (N,) and probabilities (N, 7) of each unbroken spell."""
        times, values = np.array(self.times), np.array(self.values)
        for part in np.split(np.arange(len(times)), np.flatnonzero(np.diff(self.frames) > 1) + 1):
            yield times[part], values[part]


class MoodCurve:
    """The expressions of the faces of a clip, frame by frame, as a plot."""

    def __init__(self, title: str = "") -> None:
        """title: what stands above it."""
        self._title = title
        self._faces: dict[int, _Face] = {}
        self._count, self._span = 0, (0.0, 0.0)

    def add(self, time: float, faces: Sequence[Face]) -> None:
        """The faces of the next frame, at a time in seconds; those without a track or an expression are passed over."""
        self._span = (time if not self._count else self._span[0], time)
        for face in faces:
            if face.track is not None and face.emotion is not None:
                own = self._faces.setdefault(face.track, _Face())
                own.frames.append(self._count)
                own.times.append(time)
                own.values.append([face.emotion.probabilities.get(name, 0.0) for name in EXPRESSIONS])
        self._count += 1

    def __bool__(self) -> bool:
        """Whether there is a curve to draw."""
        return bool(self._faces)

    def save(self, path: str | Path) -> Path:
        """Writes it as a picture or, where the name ends on .svg, as SVG, all of it or nothing; returns the path.

        Raises OutputError for a name or folder that will not do, and where no face with a track had an expression.
        """
        path = Path(path)
        if not self:
            raise OutputError(f"{path}: no face of a clip had an expression; there is no curve to draw")
        if path.suffix.lower() != ".svg":
            return save(self.plate().picture(), path)
        with atomic(path) as part:
            part.write_text(self.plate().svg(), "utf-8")
        return path

    def plate(self) -> Plate:
        """The plot: a legend, a panel a face with a line an expression, and below them the seconds."""
        longest = sorted(self._faces, key=lambda track: -len(self._faces[track].times))
        least = _GLIMPSE * len(self._faces[longest[0]].times) if longest else 0
        shown = sorted(track for track in longest[:MOST] if len(self._faces[track].times) >= least)
        height = _TOP + len(shown) * (_TITLE + _PANEL) + _BOTTOM
        plate = Plate(_WIDTH, height, COLOURS["rim"])
        self._head(plate, len(longest) - len(shown))
        for row, track in enumerate(shown):
            self._panel(plate, track, _TOP + row * (_TITLE + _PANEL) + _TITLE)
        bottom = height - _BOTTOM
        for tick in _ticks(*self._span):
            plate.parts.append(Words(self._x(tick), bottom + 14, f"{tick:g}", 12, _PALE, "middle"))
        plate.parts.append(Words(_WIDTH - _RIGHT, bottom + 34, "seconds", 12, _PALE, "end"))
        return plate

    def _head(self, plate: Plate, left_out: int) -> None:
        more = f"  (and {left_out} more, seen for a shorter time)" if left_out else ""
        plate.parts.append(Words(_LEFT, 18, f"{self._title}{more}", 14, COLOURS["other"]))
        for number, name in enumerate(EXPRESSIONS):
            x = _LEFT + number * (_WIDTH - _LEFT - _RIGHT) / len(EXPRESSIONS)
            plate.parts.append(Line([(x, 42), (x + 22, 42)], EXPRESSION_COLOURS[name], 3))
            plate.parts.append(Words(x + 30, 42, name, 13, COLOURS["other"]))

    def _panel(self, plate: Plate, track: int, top: float) -> None:
        """The axes and lines of one face; above them a strip in the colours of the likeliest expressions."""
        right, bottom = _WIDTH - _RIGHT, top + _PANEL
        plate.parts.append(Words(_LEFT, top - 20, f"face {track}", 12, COLOURS["other"]))
        for tick in _ticks(*self._span):
            plate.parts.append(Line([(self._x(tick), top), (self._x(tick), bottom)], _GRID, 1))
        for share in (0.0, 0.5, 1.0):
            y = bottom - share * _PANEL
            plate.parts.append(Line([(_LEFT, y), (right, y)], _GRID, 1))
            plate.parts.append(Words(_LEFT - 8, y, f"{100 * share:.0f} %", 12, _PALE, "end"))
        for times, values in self._faces[track].spells():
            plate.parts += self._strip(times, values, top - _STRIP - 3)
            times, values = _thinned(times, values)
            likeliest = int(values.mean(axis=0).argmax())
            for k in sorted(range(len(EXPRESSIONS)), key=lambda k: k == likeliest):  # the likeliest over the others
                points = [
                    (self._x(time), bottom - float(np.clip(value, 0, 1)) * _PANEL)
                    for time, value in zip(times.tolist(), values[:, k].tolist(), strict=True)
                ]
                plate.parts.append(Line(points, EXPRESSION_COLOURS[EXPRESSIONS[k]], 2))

    def _strip(self, times: np.ndarray, values: np.ndarray, y: float) -> list[Area]:
        labels = values.argmax(axis=1)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(labels)) + 1])
        ends = np.concatenate([times[starts[1:]], times[-1:]])
        areas = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            x = self._x(float(times[start]))
            colour = EXPRESSION_COLOURS[EXPRESSIONS[int(labels[start])]]
            areas.append(Area(x, y, max(2.0, self._x(end) - x), _STRIP, colour))
        return areas

    def _x(self, time: float) -> float:
        begin, end = self._span
        return _LEFT + (time - begin) / max(end - begin, 1e-9) * (_WIDTH - _LEFT - _RIGHT)


def _ticks(begin: float, end: float) -> list[float]:
    """Round times in seconds from begin to end, few enough to be read."""
    step = next((step for step in _STEPS if (end - begin) / step < _TICKS), (end - begin) / _TICKS * 1.01 or 1.0)
    first = int(np.ceil(begin / step - 1e-9))
    return [round(k * step, 6) for k in range(first, int(np.floor(end / step + 1e-9)) + 1)]


def _thinned(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The means of neighbours where there are more moments than can be seen."""
    if len(times) <= _POINTS:
        return times, values
    starts = np.linspace(0, len(times), _POINTS, endpoint=False).astype(np.int64)
    counts = np.diff([*starts, len(times)])
    return np.add.reduceat(times, starts) / counts, np.add.reduceat(values, starts) / counts[:, None]
