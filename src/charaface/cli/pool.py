"""Processes that work on inputs side by side; what they tell comes out in the order of the inputs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from charaface.cli.done import Made, made
from charaface.cli.inputs import Input
from charaface.cores import physical_cores
from charaface.files import DamageWarning

AHEAD = 64  # inputs that may be begun before the first unfinished one; their words and results wait in memory
_MOST = 8  # processes unless more are asked for: each holds the networks
_HELD = 64  # results of one input that wait before its process is let to stand
_OFTEN = 0.1  # seconds from one word of progress to the next


def processes(wanted: int | None = None) -> int:
    """How many work side by side: as many as wanted, else one on each core, within reason."""
    return wanted or min(physical_cores(), _MOST)


class Message(NamedTuple):
    """What is told of an input."""

    kind: str  # say progress give; made or failed is the last one
    value: Any


class Tell:
    """What the work on an input has to say."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send, self._last = send, 0.0

    def say(self, line: str) -> None:
        """A line of words."""
        self._send(Message("say", line))

    def progress(self, done: int, total: int | None) -> None:
        """Frames done, and frames in all where that is known; of a single picture there is nothing to tell."""
        now = time.monotonic()
        if total == 1:
            return
        if now - self._last > _OFTEN or done == total:
            self._last = now
            self._send(Message("progress", (done, total)))

    def give(self, part: Any) -> None:
        """Part of the result, for who started the work."""
        self._send(Message("give", part))


Work = Callable[[Input, Tell], Sequence[Path]]  # makes the outputs of an input and names them; travels as a pickle


def attempt(work: Work, one: Input, folder: Path | None, send: Callable[[Message], None]) -> None:
    """Does the work on an input and sends all that is told of it, failure too; folder: where it is remembered."""
    tell = Tell(send)
    try:
        with _heard(tell):
            done: Made | None = None
            if folder is None:
                work(one, tell)
            else:
                done = made(one, folder, lambda: work(one, tell))
        send(Message("made", done))
    except (Exception, RecursionError) as error:
        if isinstance(error, BrokenPipeError) or os.environ.get("CHARAFACE_DEBUG"):
            raise
        send(Message("failed", _named(one.path, error)))


def side_by_side(
    work: Work, inputs: Sequence[Input], folder: Path | None, count: int
) -> Generator[tuple[Input, Message]]:
    """What count processes tell of the inputs, one input after another; progress as it comes.

    A process that dies fails its input alone, and another takes its place. Close the generator to end all of them.
    """
    pool = _Pool(work, folder)
    waiting = deque(inputs)
    told: deque[_Told] = deque()
    try:
        while waiting or told:
            while waiting and len(told) < AHEAD and len(pool.busy) < count:
                told.append(_Told(waiting.popleft()))
                pool.begin(told[-1])
            yield from pool.listen(told[0])
            while told and told[0].messages:
                yield told[0].one, told[0].messages.popleft()
                if told[0].finished and not told[0].messages:
                    told.popleft()
    finally:
        pool.close()


class _Told:
    """What was told of an input and is not passed on yet."""

    def __init__(self, one: Input) -> None:
        self.one = one
        self.messages: deque[Message] = deque()
        self.finished = False

    def add(self, message: Message) -> None:
        self.messages.append(message)
        self.finished = message.kind in ("made", "failed")


class _Pool:
    """The processes: those that work on an input, and those that wait for one."""

    def __init__(self, work: Work, folder: Path | None) -> None:
        self._work, self._folder = work, folder
        # a fresh interpreter: a copy of one with threads in it may hang
        self._context = multiprocessing.get_context("spawn")
        self._idle: list[_Worker] = []
        self.busy: dict[Any, tuple[_Worker, _Told]] = {}

    def begin(self, told: _Told) -> None:
        """Gives an input to a process that has none."""
        worker = self._idle.pop() if self._idle else self._started()
        with suppress(OSError):  # one that died meanwhile is met in listen
            worker.pipe.send(told.one)
        self.busy[worker.pipe] = worker, told

    def listen(self, head: _Told) -> Iterator[tuple[Input, Message]]:
        """Waits until there is news and keeps it; progress is passed on at once."""
        open_pipes = [pipe for pipe, (_, told) in self.busy.items() if told is head or len(told.messages) < _HELD]
        for pipe in wait(open_pipes):
            worker, told = self.busy[pipe]
            try:
                message = worker.pipe.recv()
            except (EOFError, OSError):
                message = Message("failed", worker.last_word(told.one))
            if message.kind == "progress":
                yield told.one, message
                continue
            told.add(message)
            if told.finished:
                del self.busy[pipe]
                if worker.process.is_alive():
                    self._idle.append(worker)

    def close(self) -> None:
        """Ends all processes; those in the middle of an input clean up after themselves."""
        workers = [*self._idle, *(worker for worker, _ in self.busy.values())]
        for worker in workers:
            worker.process.terminate()
        end = time.monotonic() + 5
        for worker in workers:
            worker.process.join(max(0.0, end - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work, self._folder), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)


class _Worker(NamedTuple):
    """A process and our end of the pipe to it."""

    process: Any
    pipe: Connection

    def last_word(self, one: Input) -> str:
        """What became of an input whose process is gone."""
        self.process.join(5)
        code = self.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"status {code}"
        return f"{one.path}: the process that worked on it ended ({how}): too little memory, or a defect in a decoder"


def _serve(pipe: Connection, work: Work, folder: Path | None) -> None:
    """Works on inputs until there are no more."""
    import cv2

    cv2.setNumThreads(1)  # the other cores have processes of their own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while True:
            attempt(work, pipe.recv(), folder, pipe.send)
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass  # nobody is there any more


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _named(path: Path, error: Exception) -> str:
    """What went wrong, with the name of the file in it."""
    if isinstance(error, (ValueError, OSError)):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "does not fit in memory; make it smaller first"
    else:
        text = f"unexpected {type(error).__name__}: {error}; CHARAFACE_DEBUG=1 shows where"
    return text if str(path) in text else f"{path}: {text}"


@contextmanager
def _heard(tell: Tell) -> Iterator[None]:
    """Turns warnings about damaged files into words."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", DamageWarning)
        shown = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, DamageWarning):
                tell.say(f"warning: {message}")
            else:
                shown(message, category, *rest, **more)

        warnings.showwarning = show
        yield
