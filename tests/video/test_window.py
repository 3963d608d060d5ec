"""Frames in a window: a fake OpenCV that has windows, and the real one that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest

from charaface.files import OutputError
from charaface.video import window
from charaface.video.clip import ClipFrame


def frames(asked: list[int]) -> Iterator[ClipFrame]:
    for i in range(5):
        asked.append(i)
        yield ClipFrame(i, i / 10, 0.1, np.full((4, 6, 3), (250, 100, i), np.uint8))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What a window that is there shows."""
    pictures: list[np.ndarray] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(cv2, "namedWindow", lambda *_: None)
    monkeypatch.setattr(cv2, "imshow", lambda _, picture: pictures.append(picture))
    monkeypatch.setattr(cv2, "waitKey", lambda _: -1)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: None)
    return pictures


def test_every_frame_is_shown_in_its_colours(shown: list[np.ndarray]) -> None:
    window.show("a", frames([]))
    assert [picture[0, 0].tolist() for picture in shown] == [[i, 100, 250] for i in range(5)]  # blue first


@pytest.mark.parametrize(
    ("what", "answer"),
    [("waitKey", lambda _: ord("q")), ("waitKey", lambda _: 27), ("getWindowProperty", lambda *_: 0.0)],
)
def test_a_key_or_a_closed_window_ends_it(
    what: str, answer: Callable[..., float], shown: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, what, answer)
    asked: list[int] = []
    window.show("a", frames(asked))
    assert asked == [0]
    assert len(shown) == 1


def test_an_opencv_without_windows_says_what_to_install_before_a_frame_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def none(*_: object) -> None:
        raise cv2.error("The function is not implemented")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(cv2, "namedWindow", none)
    with pytest.raises(
        OutputError, match=r"has no windows: pip uninstall opencv-python-headless, then .*-o - \| ffplay"
    ):
        window.show("a", frames(asked))
    assert asked == []


def test_no_screen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OutputError, match="there is no screen"):
        window.show("a", frames([]))
