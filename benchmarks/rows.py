"""One line of a benchmark: what was measured, what is asked of it, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A measured number; of a time the wall clock's, with the processor's beside it."""

    what: str  # with its unit behind the last comma
    value: float | None  # None where it could not be measured
    cpu: float | None = None
    most: float | None = None  # the budget, where there is one: at most this, or
    least: float | None = None  # at least this

    @property
    def verdict(self) -> str:
        """met, missed, or nothing where nothing is asked or measured."""
        if self.value is None or self.most is self.least is None:
            return ""
        met = (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)
        return "met" if met else "missed"

    @property
    def budget(self) -> str:
        """What is asked, in words."""
        asked = [("at most", self.most), ("at least", self.least)]
        return ", ".join(f"{word} {number(limit)}" for word, limit in asked if limit is not None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| | measured | CPU | budget | |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {number(row.value)} | {number(row.cpu)} | {row.budget} | {row.verdict} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def number(value: float | None) -> str:
    """Three digits of a number."""
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
