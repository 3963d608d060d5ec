"""Frames in a window, where the installed OpenCV has windows; the one that charaface asks for has none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from charaface.files import OutputError
from charaface.image import over_white
from charaface.video.clip import ClipFrame

_QUIT = (27, ord("q"))  # keys that close it: Escape, q


def show(title: str, frames: Iterator[ClipFrame]) -> None:
    """Shows frames as they come until there are no more, q or Escape is pressed, or the window is closed.

    Raises OutputError, before a frame is asked for, where there is no window to be had.
    """
    import cv2

    _open(title)
    try:
        for frame in frames:
            rgb = frame.pixels if frame.pixels.shape[2] == 3 else over_white(frame.pixels)
            cv2.imshow(title, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
            if cv2.waitKey(1) & 0xFF in _QUIT or cv2.getWindowProperty(title, cv2.WND_PROP_VISIBLE) < 1:
                return
    finally:
        cv2.destroyAllWindows()


def _open(title: str) -> None:
    import cv2

    instead = "or write to a file (-o out.mp4) or to a player (-o - | ffplay -)"
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise OutputError(f"there is no screen to show a window on; run it where there is one, {instead}")
    try:
        cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
    except cv2.error:
        raise OutputError(
            "the installed OpenCV has no windows: pip uninstall opencv-python-headless, then pip install "
            f"opencv-python, {instead}"
        ) from None
