"""Plots as SVG for pages, by matplotlib where it is installed; it is loaded when the first is drawn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NO_PLOTS = "plots need matplotlib, which is not installed: pip install 'charaface[train]'"
BAR, INK = "#4a63d8", "#14182b"


def can_plot() -> bool:
    """Whether matplotlib is installed."""
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def new_axes(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches, and the axes in it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    # room for numbers and names, in inches; to have it measured takes longer than to draw
    axes = figure.add_axes((0.65 / width, 0.5 / height, 1 - 0.9 / width, 1 - 0.6 / height))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def svg_of(figure: Figure) -> str:
    """A figure as SVG: the same text for the same figure."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)  # no window, whatever the environment asks for
    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "charaface"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
