"""Draws the bundled sample, talking.gif: a character that talks, blinks and turns. Needs charaface[draw]."""

from __future__ import annotations

import sys
from pathlib import Path

from charaface.synth.clip import render_clip
from charaface.video import ClipFrame, ClipInfo, write_clip

SEED, FRAMES, SIDE, SECONDS = 131, 36, 360, 0.07


def main(path: Path) -> None:
    """Writes the sample to path; the same bytes every time."""
    renders = render_clip(SEED, FRAMES, (SIDE, SIDE), domain="anime")
    info = ClipInfo(path, "gif", SIDE, SIDE, FRAMES, FRAMES * SECONDS, loop=0)
    path.unlink(missing_ok=True)
    write_clip(path, info, (ClipFrame(k, k * SECONDS, SECONDS, r.image) for k, r in enumerate(renders)))
    print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("talking.gif"))
