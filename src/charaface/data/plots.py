"""The page of a data set: what stats found, as plots and tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from charaface.data.stats import VALUES, Shape, Stats, each_scheme
from charaface.draw.style import COLOURS, kind
from charaface.files import OutputError, atomic
from charaface.page import Section, write_page
from charaface.page.plots import BAR, INK, NO_PLOTS, can_plot, new_axes, svg_of
from charaface.schemes import SCHEMES

_BINS = 40
_ROWS = 50  # of a table of groups


def write_stats(one: Stats, name: str, output: str | Path) -> bool:
    """Writes a page on a data set of that name; returns whether it has plots, which matplotlib draws.

    Raises OutputError for an output that is no .html, or cannot be written.
    """
    output = Path(output)
    if output.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{output}: a page ends on .html")
    drawing = can_plot()
    words = [name] if drawing else [name, NO_PLOTS]
    counts = [(one.pictures, "picture"), (one.faces, "face")]
    if one.by is not None:
        counts.append((len(one.groups), "group"))
    with atomic(output) as part:
        write_page(part, "Data set", words, counts, _sections(one, drawing))
    return drawing


def _sections(one: Stats, drawing: bool) -> list[Section]:
    out = [Section("Pictures", "Faces of a picture.", table=_shares(_as_text(one.faces_of_picture), "faces"))]
    known = {name: values[~np.isnan(values)] for name, values in one.values.items()}
    known = {name: values for name, values in known.items() if len(values)}
    rows = [["", "known", "mean", "deviation", "least", "5 %", "median", "95 %", "most"]]
    for name, values in known.items():
        numbers = [values.mean(), values.std(), *np.percentile(values, [0, 5, 50, 95, 100])]
        rows.append([name, f"{len(values):,}", *(f"{number:.4g}" for number in numbers)])
    plots = [(VALUES[name], _histogram(values, name)) for name, values in known.items() if drawing]
    if drawing and "yaw" in known:
        plots.append(("yaw and pitch together", _poses(one.values["yaw"], one.values["pitch"])))
    out.append(Section("Faces", "Size, and pose as it is labelled or the points tell it.", plots, rows))
    for scheme, shape in each_scheme(one):
        words = (
            f"{shape.faces:,} faces; {100 * shape.known.mean():.1f} % of the points are known, "
            f"{100 * shape.visible.mean():.1f} % visible. Mean and spread (one deviation) in the frame of the box."
        )
        plots = [(f"mean shape of {scheme}", _mean_shape(scheme, shape))] if drawing else []
        out.append(Section(f"Points: {scheme}", words, plots, _spreads(scheme, shape)))
    for title, counted in (("Expressions", one.emotions), ("Kinds of drawing", one.domains)):
        if counted:
            out.append(Section(title, table=_shares(counted, title.lower())))
    if one.by is not None and one.groups:
        out.append(_grouped(one, drawing))
    return out


def _as_text(counted: Counter[int]) -> Counter[str]:
    return Counter({str(count): many for count, many in sorted(counted.items())})


def _shares(counted: Counter[str], what: str) -> list[list[str]]:
    whole = max(sum(counted.values()), 1)
    rows = [[key, f"{count:,}", f"{100 * count / whole:.1f} %"] for key, count in counted.most_common(_ROWS)]
    return [[what, "number", "share"], *rows]


def _spreads(scheme: str, shape: Shape) -> list[list[str]]:
    """How far points spread, by part."""
    rows = [["part", "spread, % of the box's side", "known", "visible"]]
    for part, numbers in SCHEMES[scheme].parts.items():
        own = list(numbers)
        if shape.known[own].any():
            spread = f"{100 * np.nanmean(shape.spread[own]):.1f}"
            shares = [f"{100 * share[own].mean():.1f} %" for share in (shape.known, shape.visible)]
            rows.append([part.replace("_", " "), spread, *shares])
    return rows


def _grouped(one: Stats, drawing: bool) -> Section:
    ranked = one.ranked()
    sizes = np.array([len(own) for _, own in ranked], np.float64)
    rows = [["group", "faces", "median size", "median of yaw's size"]]
    for key, own in ranked[:_ROWS]:
        middles = [one.median(name, own) for name in ("size", "yaw")]
        rows.append([key, f"{len(own):,}", *("" if v is None else f"{v:.1f}" for v in middles)])
    words = f"By {one.by}: {len(ranked):,} groups"
    words += f", of which the {_ROWS} largest are listed." if len(ranked) > _ROWS else "."
    plots = [("faces of a group", _histogram(sizes, "faces of a group"))] if drawing else []
    return Section("Groups", words, plots, rows)


def _histogram(values: np.ndarray, name: str) -> str:
    figure, axes = new_axes(4, 2.4)
    axes.stairs(*np.histogram(values, _bins(values)), fill=True, color=BAR)
    axes.set_xlabel(name)
    return svg_of(figure)


def _bins(values: np.ndarray) -> Any:
    """Bars of one whole number each where values are few of those."""
    if (values % 1 == 0).all() and np.ptp(values) < _BINS:
        return np.arange(values.min(), values.max() + 2) - 0.5
    return _BINS


def _poses(yaw: np.ndarray, pitch: np.ndarray) -> str:
    from matplotlib.ticker import MaxNLocator

    both = ~np.isnan(yaw) & ~np.isnan(pitch)
    figure, axes = new_axes(4, 3)
    count = axes.hist2d(yaw[both], pitch[both], bins=30, cmin=1, vmin=0, cmap="viridis")[3]
    figure.colorbar(count, label="faces", ticks=MaxNLocator(integer=True))
    axes.set_xlabel("yaw")
    axes.set_ylabel("pitch")
    return svg_of(figure)


def _mean_shape(scheme: str, shape: Shape) -> str:
    """The mean points joined by part, each in an ellipse of one deviation, in the box."""
    from matplotlib.patches import Ellipse, Rectangle

    figure, axes = new_axes(4.4, 4.4)
    axes.add_patch(Rectangle((-0.5, -0.5), 1, 1, fill=False, ls=":", ec=INK))
    for part, numbers in SCHEMES[scheme].parts.items():
        own = [i for i in numbers if shape.known[i]]
        line = [*own, own[0]] if part in SCHEMES[scheme].closed and own else own
        colour = COLOURS.get(kind(part), BAR)
        axes.plot(*shape.mean[line].T, "-", color=INK, lw=1)
        for i in own:
            values, vectors = np.linalg.eigh(shape.covariance[i])
            across, along = 2 * np.sqrt(np.maximum(values, 0))
            angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
            axes.add_patch(Ellipse(tuple(shape.mean[i]), along, across, angle=angle, fc=colour, ec="none", alpha=0.35))
            axes.annotate(str(i), tuple(shape.mean[i]), fontsize=5, ha="center", va="center")
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.set_xlabel("sides of the box from its middle")
    return svg_of(figure)
