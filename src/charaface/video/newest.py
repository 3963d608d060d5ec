"""The newest frame first: a thread reads a clip as it comes, and who asks gets the last frame that came."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from time import monotonic
from typing import NamedTuple

from charaface.video.clip import Clip, ClipFrame

_LOOK = 0.05  # seconds from one look for an interrupt to the next
_PATIENCE = 2.0  # seconds that a reader may take to let go of its source


class Arrived(NamedTuple):
    """A frame, and when it came."""

    frame: ClipFrame
    moment: float  # seconds of the clock
    passed: int  # frames that came before it and were never asked for, from the beginning


class Newest:
    """Reads a clip in a thread of its own and keeps the last frame alone; close it after use.

    A camera gives its frames as they come. A file is played: each frame comes when it is its turn, the first at once,
    and one that is late by its decoding comes as soon as it is there.
    """

    def __init__(self, clip: Clip, *, played: bool, clock: Callable[[], float] = monotonic) -> None:
        """played: whether frames wait for their turn. clock: gives seconds."""
        self._clip, self._played, self._clock = clip, played, clock
        self._news = threading.Condition()
        self._latest: tuple[ClipFrame, float] | None = None  # that nobody has asked for yet
        self._came = self._given = 0
        self._ended, self._stopped = False, threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="charaface-newest", daemon=True)

    def frames(self, over: Callable[[], bool] = lambda: False) -> Generator[Arrived]:
        """The newest frame each time it is asked, waited for where there is none; ends with the clip or when over.

        The last frame of a clip always comes. Raises what the clip raises, behind the frames before.
        """
        self._thread.start()
        try:
            while not over():
                with self._news:
                    if self._latest is None and not self._ended:
                        self._news.wait(_LOOK)
                    if self._latest is None:
                        if self._ended:
                            break
                        continue
                    (frame, moment), self._latest = self._latest, None
                    self._given += 1
                    arrived = Arrived(frame, moment, self._came - self._given)
                yield arrived
            if self._error is not None:
                raise self._error
        finally:
            self.close()

    def close(self) -> None:
        """Ends the reading."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)  # a camera that hangs is left to itself

    def _read(self) -> None:
        try:
            with self._clip:
                for frame in self._in_turn():
                    with self._news:
                        self._latest = frame, self._clock()
                        self._came += 1
                        self._news.notify()
                    if self._stopped.is_set():
                        break
        except BaseException as error:  # it is raised where the frames are asked for
            self._error = error
        finally:
            with self._news:
                self._ended = True
                self._news.notify()

    def _in_turn(self) -> Iterator[ClipFrame]:
        begin: float | None = None
        for frame in self._clip:
            if begin is None:
                begin = self._clock() - frame.time
            if self._played and (early := begin + frame.time - self._clock()) > 0:
                self._stopped.wait(early)
            if self._stopped.is_set():
                return
            yield frame
