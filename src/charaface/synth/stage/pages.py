"""How a comic page falls into panels."""

from __future__ import annotations

import numpy as np

from charaface.synth.stage.marks import Area


def split_page(rng: np.random.Generator, page: Area) -> list[Area]:
    """Two to seven panels with gutters between them, in reading order; which may be a part of one."""
    gutter = float(rng.uniform(0.006, 0.03)) * min(page.width, page.height)
    margin = float(rng.choice([0.0, 1.0, 2.0])) * gutter
    rows = int(rng.integers(1, 4))
    heights = rng.dirichlet(np.full(rows, 6.0)) * (page.height - 2 * margin)
    panels, y = [], page.y0 + margin
    for high in heights.tolist():
        columns = int(rng.integers(1, 4)) if rows > 1 else int(rng.integers(2, 4))
        x = page.x0 + margin
        for wide in (rng.dirichlet(np.full(columns, 6.0)) * (page.width - 2 * margin)).tolist():
            panel = Area(x, y, x + wide, y + high).inset(gutter)
            if min(panel.width, panel.height) > 20:
                panels.append(panel)
            x += wide
        y += high
    return panels or [page.inset(gutter)]
