"""What an evaluation prints: goals with floor and aim, sections of detail; as Markdown and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """A number with its bootstrap interval."""

    value: float  # NaN where nothing could be measured
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None or math.isnan(self.value):
            return number(self.value)
        return f"{number(self.value)} [{number(self.low)} to {number(self.high)}]"


Cell = Estimate | float | str | None


@dataclass(frozen=True)
class Goal:
    """One line of the main table."""

    name: str
    estimate: Estimate
    unit: str = "%"
    floor: float | None = None  # None: printed, not judged
    aim: float | None = None
    higher: bool = False  # whether more is better

    @property
    def verdict(self) -> str:
        """aim, floor or missed; empty where there is no goal, not measured where there is no number."""
        if self.floor is None or self.aim is None:
            return ""
        if math.isnan(self.estimate.value):
            return "not measured"
        if self._reaches(self.aim):
            return "aim"
        return "floor" if self._reaches(self.floor) else "missed"

    def _reaches(self, mark: float) -> bool:
        return self.estimate.value >= mark if self.higher else self.estimate.value <= mark


@dataclass(frozen=True)
class Section:
    """One table of detail."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """All that one evaluation found."""

    goals: tuple[Goal, ...]
    sections: tuple[Section, ...]
    faces: tuple[dict[str, Any], ...] = ()  # one dict a labelled face: file, found, errors
    about: dict[str, Any] | None = None  # what was measured, with what

    @property
    def missed(self) -> tuple[str, ...]:
        """The names of the lines whose floor is missed."""
        return tuple(goal.name for goal in self.goals if goal.verdict == "missed")

    def __str__(self) -> str:
        return self.markdown()

    def markdown(self) -> str:
        """The whole evaluation as Markdown."""
        rows = [_goal_row(goal) for goal in self.goals]
        head = ("", "reached", "floor", "aim", "")
        parts = [_grid(head, rows)] if rows else []
        for section in self.sections:
            grid = _grid(section.columns, [[_text(cell) for cell in row] for row in section.rows])
            parts.append("\n".join([f"### {section.title}", "", grid, *(["", section.note] if section.note else [])]))
        return "\n\n".join(parts) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """The whole evaluation as plain JSON values; a number that could not be measured is null."""
        goals = [
            {
                "name": goal.name,
                **_plain(goal.estimate),
                "unit": goal.unit,
                **({"floor": goal.floor, "aim": goal.aim} if goal.floor is not None else {}),
                **({"verdict": goal.verdict} if goal.verdict else {}),
            }
            for goal in self.goals
        ]
        sections = [
            {
                "title": section.title,
                "columns": list(section.columns),
                "rows": [[_plain(cell) for cell in row] for row in section.rows],
            }
            for section in self.sections
        ]
        faces = [{key: _plain(value) for key, value in face.items()} for face in self.faces]
        return {"about": self.about or {}, "goals": goals, "sections": sections, "faces": faces}


def number(value: float) -> str:
    """A number to three digits, without an exponent; a dash for NaN."""
    if math.isnan(value):
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _goal_row(goal: Goal) -> list[str]:
    marks = ["" if mark is None else number(mark) for mark in (goal.floor, goal.aim)]
    return [f"{goal.name}, {goal.unit}", str(goal.estimate), *marks, goal.verdict]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return number(cell) if isinstance(cell, (int, float)) else str(cell)


def _grid(head: tuple[str, ...], rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in [list(head), *rows]) for i in range(len(head))]
    lines = [_line(head, widths), _line(["-" * max(width, 3) for width in widths], widths)]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def _line(cells: tuple[str, ...] | list[str], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _plain(cell: Any) -> Any:
    if isinstance(cell, Estimate):
        whole = {"value": _plain(cell.value), "low": _plain(cell.low), "high": _plain(cell.high)}
        return whole if cell.low is not None else {"value": whole["value"]}
    if isinstance(cell, float):
        return None if math.isnan(cell) else round(cell, 4)
    return cell
