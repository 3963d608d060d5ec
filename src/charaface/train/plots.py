"""Plots of runs as SVG: curves of learning, cumulative errors, the error of each point on the mean face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from charaface.page.plots import INK, new_axes, svg_of
from charaface.schemes import scheme_named
from charaface.schemes.convert import average_head

CED_LIMITS = (20.0, 100.0)  # per cent: between them is the right end of a curve of cumulative errors
_STYLES, _COLOURS = ("-", "--", ":"), 10  # of curves: ten colours in each style
_MARKS = (8.0, 10.0)  # per cent: beyond them a face counts as failed


def curves(lines: Mapping[str, tuple[np.ndarray, np.ndarray]], across: str, *, log: bool = False) -> str:
    """Lines of (x, y) by name."""
    figure, axes = new_axes(5.2, 3.0)
    for name, (x, y) in lines.items():
        axes.plot(x, y, marker="." if len(x) < 40 else None, lw=1.2, label=name)
    if log and all((y > 0).all() for _, y in lines.values()):
        axes.set_yscale("log")
    else:
        axes.yaxis.set_major_formatter("{x:.3g}")  # a rate of 0.00175 has room beside the axis
    axes.tick_params(labelsize=8, which="both")
    axes.set_xlabel(across)
    if len(lines) > 1:
        axes.legend(fontsize=7, frameon=False)
    return svg_of(figure)


def ced(errors: Mapping[str, np.ndarray]) -> str:
    """The share of faces within an error: one curve for each (N,) errors in per cent; none for one without any."""
    figure, axes = new_axes(5.2, 3.4)
    limit = _limit([values for values in errors.values() if len(values)])
    for number, (name, values) in enumerate(errors.items()):
        if len(values):
            x = np.concatenate([[0.0], np.sort(values), [max(limit, values.max())]])
            y = np.concatenate([np.arange(len(values) + 1), [len(values)]]) / len(values)
            style = _STYLES[number // _COLOURS % len(_STYLES)]  # one colour and style for each curve
            axes.plot(x, y, drawstyle="steps-post", lw=1.2, ls=style, color=f"C{number % _COLOURS}", label=name)
    for mark in _MARKS:
        axes.axvline(mark, color=INK, lw=0.6, ls=":")
    axes.set_xlim(0, limit)
    axes.set_ylim(0, 1)
    axes.set_xlabel("error, % of the inter-ocular distance")
    if 1 < len(axes.get_lines()) - len(_MARKS) <= 30:
        axes.legend(fontsize=6, frameon=False, ncols=2 if len(errors) > 8 else 1)
    return svg_of(figure)


def _limit(errors: Sequence[np.ndarray]) -> float:
    """Where curves of cumulative errors end: most faces of the worst of them are to be seen."""
    reached = max((float(np.quantile(values, 0.9)) for values in errors), default=0.0)
    return float(np.clip(10 * np.ceil(reached / 10), *CED_LIMITS))


def face(points: np.ndarray, scheme: str) -> str:
    """The average head with every point as dark as its error is large; points: (P,) per cent, NaN where unknown."""
    own, where = scheme_named(scheme), average_head(scheme)
    figure, axes = new_axes(4.6, 4.2)
    for name, numbers in own.parts.items():
        line = [*numbers, numbers[0]] if name in own.closed else list(numbers)
        axes.plot(*where[line].T, color=INK, lw=0.5, alpha=0.4)
    known = ~np.isnan(points)
    x, y = where[known].T
    drawn = axes.scatter(x, y, s=26, c=points[known], cmap="viridis_r", zorder=2)
    for i in np.flatnonzero(known):
        axes.annotate(str(i), tuple(where[i]), fontsize=4, ha="center", va="center", color="white", zorder=3)
    figure.colorbar(drawn, label="error, % of the inter-ocular distance")
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.set_axis_off()
    return svg_of(figure)
