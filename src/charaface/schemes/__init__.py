"""Landmark schemes: which number is which part of the face, where it goes in a mirror, and from one to another."""

from __future__ import annotations

from collections.abc import Collection

from charaface.schemes.convert import HOWS, Conversion, How, conversion, convert_points
from charaface.schemes.scheme import Scheme
from charaface.schemes.tables import FIVE, HYSTS28, IBUG68, MANGA60A, MANGA60B, SCHEMES, WFLW98, scheme_named

__all__ = [
    "FIVE",
    "HOWS",
    "HYSTS28",
    "IBUG68",
    "MANGA60A",
    "MANGA60B",
    "SCHEMES",
    "WFLW98",
    "Conversion",
    "How",
    "Scheme",
    "conversion",
    "convert_points",
    "scheme_named",
    "scheme_of",
    "table",
]


def scheme_of(numbers: Collection[int], what: str, scheme: str | None = None) -> str:
    """The name of the scheme that has just these point numbers; scheme says which it is, where several have.

    Raises ValueError, with what the points are in it, where none has, several have and scheme is None, or scheme has
    others.
    """
    count = len(numbers)
    fitting = [name for name, one in SCHEMES.items() if one.count == count]
    if not (numbers == range(count) or sorted(numbers) == list(range(count))) or not fitting:
        known = ", ".join(f"{one.count} ({name})" for name, one in SCHEMES.items())
        raise ValueError(f"{count} {what}; those of {known}, numbered from 0, are known")
    if scheme is not None:
        if scheme_named(scheme).name not in fitting:
            raise ValueError(f"{count} {what}; {scheme} has {SCHEMES[scheme].count}")
        return scheme
    if len(fitting) > 1:
        raise ValueError(f"{count} {what} are {' or '.join(fitting)}; say which with --from-scheme (scheme= in Python)")
    return fitting[0]


def table() -> str:
    """The schemes as the documents list them, in Markdown."""
    rows = ["| name | what | from `ibug68` | to `ibug68` | lost there and back |", "|---|---|---|---|---|"]
    for name, one in SCHEMES.items():
        ways = [conversion("ibug68", name), conversion(name, "ibug68")]
        cells = [", ".join(f"{way.how.count(how)} {how}" for how in HOWS if how in way.how) for way in ways]
        lost = ", ".join(f"{how} {error:g} %" for how, error in ways[1].error.items())
        rows.append(f"| `{name}` | {one.about} | {cells[0]} | {cells[1]} | {lost or 'nothing'} |")
    return "\n".join(rows) + "\n"
