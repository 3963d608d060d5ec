"""Training: the loop, and what happens between its steps. A run goes on to the bit where it was stopped or killed."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charaface.train import checkpoint
from charaface.train.checkpoint import Trainee
from charaface.train.config import Recipe, RecipeError
from charaface.train.devices import Crew, crew, device_of, fixed_threads, has_bf16
from charaface.train.emotion import EmotionJob
from charaface.train.folder import ERRORS, Run, last_figures
from charaface.train.jobs import LABELLED, TASKS, Job, open_job
from charaface.train.labelled import fingerprint
from charaface.train.loader import prefetched
from charaface.train.losses import LOSSES
from charaface.train.nets import NETS
from charaface.train.packs import Draw
from charaface.train.points import PointsJob
from charaface.train.report import write_report
from charaface.train.settings import load_recipe
from charaface.train.step import learn, rate_at, start
from charaface.train.transfer import FREEZE, INIT

MADE_FOR = {  # the nets that are not for the task points
    "landmarker": "landmarks",
    "detector": "detect",
    "parser": "segment",
    "mini_xception": "emotion",
    "expression": "emotion",
    "drawn_expression": "emotion",
}
STOP_ERRORS = ("stop.nme", "stop.error")  # figures of the faces that decide when to stop, one a task
LOG_EVERY = 50  # steps
PATIENT, TURNS = 10, 3  # broken steps in a row before going back to the checkpoint, and how often that is tried
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How a call of train ended."""

    run: Path
    step: int  # optimiser steps the run has behind it
    done: bool  # whether that is the whole training
    skipped: int  # steps among them whose loss was not finite
    figures: dict[str, float]  # of the last validation


class Diverged(ArithmeticError):
    """A training whose steps are no numbers, however often it goes back."""


class Interrupted(KeyboardInterrupt):
    """A training was asked to stop; all it had learnt is in its checkpoint."""


def train(
    recipe: str | Path,
    run: str | Path | None = None,
    *,
    init_from: str | Path | None = None,
    steps: int | None = None,
    settings: Sequence[str] = (),
    new: bool = False,
    cache: Path | None = None,
    draw: dict[str, Draw] | None = None,
    device: str | None = None,
    say: Say | None = None,
) -> Outcome:
    """Trains what a recipe describes, going on from what its run folder holds.

    run defaults to runs/<recipe's file name>; init_from (a .safetensors or an exported .onnx of ours) gives
    the first weights of a new run; steps stops the run at that step, its schedule unchanged; settings replace
    values of the recipe as settings.load_recipe has it; new begins again in a folder that holds a run; cache is where
    renders and cut faces are kept, draw replaces the generator by kind of pack; device is "cpu", "cuda" or, without
    it, what there is; say gets a line now and then (stderr without it). Under torchrun every process computes its
    share of each batch. A finished run is said to be done and left as it is. Raises RecipeError where the recipe is
    wrong or the folder belongs to another, Diverged where steps go on to be no numbers, Interrupted (a
    KeyboardInterrupt) after SIGINT or SIGTERM, with everything saved.
    """
    changes = {"init_from": str(Path(init_from).resolve())} if init_from else {}
    config = load_recipe(recipe, settings, **changes)
    folder = Run(Path(run) if run else Path("runs") / Path(recipe).stem)
    return fit(config, folder, steps=steps, new=new, cache=cache, draw=draw, device=device, say=say)


def fit(
    config: Recipe,
    run: Run,
    *,
    steps: int | None = None,
    new: bool = False,
    cache: Path | None = None,
    draw: dict[str, Draw] | None = None,
    device: str | None = None,
    say: Say | None = None,
) -> Outcome:
    """train, of a recipe that is read."""
    where = device_of(device)
    with contextlib.ExitStack() as stack:
        stack.enter_context(fixed_threads(config.threads))
        group = stack.enter_context(crew(where))
        said: Say = (say or _to_stderr) if group.leads else _nowhere
        check(config, group)
        if (new or not run.checkpoint.exists()) and config.init_from and not Path(config.init_from).exists():
            raise RecipeError(f"init_from: no file {config.init_from}")
        data = fingerprint(config.labels) if config.task in LABELLED else ""
        if not new:
            run.check(config, data)
            if run.weights.exists():
                state, _ = checkpoint.read(run.weights)
                said(f"{run.folder}: all {state['step']} steps are done")
                return Outcome(run.folder, state["step"], True, state.get("skipped", 0), last_figures(run.folder))
        if not group.leads:
            group.wait()  # the one that leads cuts the faces; the others find them cut
        job = open_job(config, cache, draw, _pack_progress(said), said)
        if group.leads:
            if new:
                run.clear()
            run.claim(config, data)
            group.wait()
        if config.bf16 and not has_bf16(where):
            said("float32: this processor only emulates bfloat16, many times slower")
            config = replace(config, bf16=False)
        face = torch.from_numpy(job.mean_face) if isinstance(job, PointsJob) else None
        trainee = start(config, where, run.checkpoint, face)
        group.agree(trainee.net)
        if config.compile:
            trainee.net.compile()
        return _Loop(config, run, job, trainee, where, said, group).go(min(steps or config.steps, config.steps))


def check(config: Recipe, group: Crew | None = None) -> None:
    """Raises RecipeError for a recipe whose names are not known or that cannot be trained so."""
    _look_up("task", config.task, list(TASKS))
    _look_up("net", config.net, list(NETS))
    _look_up("init", config.init, list(INIT))
    _look_up("freeze", config.freeze, list(FREEZE))
    if config.task == "points":
        _look_up("loss.kind", config.loss.kind, list(LOSSES))
    made_for = MADE_FOR.get(config.net, "points")
    if made_for != config.task:
        raise RecipeError(f"the net {config.net} is for the task {made_for}, not {config.task}")
    if config.freeze == "all" and not config.init_from:
        raise RecipeError("freeze is all, so nothing is learned: say by init_from what is to be evaluated")
    if group and group.size > 1:
        if config.task not in LABELLED:
            raise RecipeError(f"several processes train the tasks {' and '.join(LABELLED)} alone, not {config.task}")
        try:
            group.rows(config.schedule.batch)
        except ValueError as error:
            raise RecipeError(str(error)) from None


class _Loop:
    """Steps, and what happens between them: lines, pictures, checkpoints."""

    def __init__(
        self, config: Recipe, run: Run, job: Job, trainee: Trainee, device: torch.device, say: Say, group: Crew
    ) -> None:
        self.config, self.run, self.job, self.trainee = config, run, job, trainee
        self.device, self.say, self.crew = device, say, group
        self.figures: dict[str, float] = {}
        self.sums: dict[str, Tensor] = {}
        self.count = 0
        self.since = time.perf_counter()

    def go(self, last: int) -> Outcome:
        config, first = self.config, self.trainee.counts.step
        if first:
            self.say(f"{self.run.folder}: going on from step {first} of {config.steps}")
        elif self.crew.leads and isinstance(self.job, PointsJob | EmotionJob) and len(self.job.parts.held_out):
            self.run.add({"step": 0, **self.job.baseline()})
        rows = self.crew.rows(config.schedule.batch)
        self.saved = self.shown = time.monotonic()
        with _stoppable() as stop:
            last = first if self._ended() else last
            batches = prefetched(lambda k: self.job.batch(k, rows), first, last, threads=config.data.loaders)
            for arrays in batches:
                self._add(learn(self.trainee, self.job, self._tensors(arrays), config, self.crew))
                if self.crew.any(stop.is_set(), self.device):
                    self._save()
                    words = f"{self.run.folder}: stopped at step {self._step}; the same command goes on"
                    self.say(words)
                    raise Interrupted(words)
                self._between(last)
                if self._ended():
                    self.say(f"no better for {config.schedule.patience} validations: the end, at step {self._step}")
                    break
        return self._finish()

    @property
    def _step(self) -> int:
        return self.trainee.counts.step

    def _between(self, last: int) -> None:
        """What is due after a step: going back, a validation, a checkpoint, a picture."""
        config, every, now = self.config, self.config.schedule.validate, time.monotonic()
        if self.trainee.counts.broken >= PATIENT:
            self._go_back()
        due = self._step % every == 0 if every else now - self.shown > config.sheet_every
        if self._step < last and due:
            self._show()
            self.shown = time.monotonic()
        if self._step < last and now - self.saved > config.save_every:
            self._save()
            self.saved = now

    def _ended(self) -> bool:
        patience = self.config.schedule.patience
        return bool(patience) and self.trainee.counts.waited >= patience

    def _finish(self) -> Outcome:
        counts = self.trainee.counts
        done = counts.step >= self.config.steps or self._ended()
        if not self._ended():
            self._show()
        self._save()
        if done and self.crew.leads:
            self._write_weights()
            self._report()
            self.say(f"{self.run.folder}: done after {counts.step} steps")
        self.run.close()
        return Outcome(self.run.folder, counts.step, done, counts.skipped, self.figures)

    def _write_weights(self) -> None:
        """The averaged weights; where faces decided when to stop, those of the best validation."""
        average = self.trainee.average
        if self.config.schedule.patience and self.run.best.exists():
            average.load_state_dict(checkpoint.read(self.run.best)[1])
            self.figures = self.job.validate(average)
        counts = {"step": self.trainee.counts.step, "skipped": self.trainee.counts.skipped}
        state = {"name": self.config.name, "version": self.config.version} | counts
        if isinstance(self.job, PointsJob | EmotionJob) and len(self.job.parts.held_out):
            names = np.asarray([self.job.faces.names[i] for i in self.job.parts.held_out])
            self.run.arrays(ERRORS, names=names, **self.job.kept(average))
        checkpoint.write(self.run.weights, dict(average.state_dict()), state | {"figures": self.figures})

    def _report(self) -> None:
        try:
            write_report(self.run.folder)
        except Exception as error:  # whatever it is, what was learned is worth more than a page on it
            self.say(f"{self.run.folder}: no report ({type(error).__name__}: {error})")

    def _tensors(self, arrays: dict[str, np.ndarray]) -> dict[str, Tensor]:
        return {k: torch.from_numpy(v).to(self.device, non_blocking=True) for k, v in arrays.items()}

    def _add(self, parts: dict[str, Tensor]) -> None:
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, torch.zeros((), device=value.device)) + value
        self.count += 1
        if self.trainee.counts.step % LOG_EVERY == 0:
            self._log()

    def _log(self) -> None:
        if not self.count:
            return
        counts, seconds = self.trainee.counts, time.perf_counter() - self.since
        line: dict[str, Any] = {"step": counts.step, "rate": rate_at(counts.step - 1, self.config)}
        line |= {name: round(float(total) / self.count, 6) for name, total in self.sums.items()}
        speed = self.count * self.config.schedule.batch / max(seconds, 1e-9)
        self._write(line | {"images_per_s": round(speed, 1), "skipped": counts.skipped})
        left = (self.config.steps - counts.step) * seconds / self.count
        self.say(
            f"step {counts.step}/{self.config.steps}  loss {line['loss']:.4f}  {speed:.0f} images/s"
            f"  {left / 60:.0f} min left"
        )
        self.sums, self.count, self.since = {}, 0, time.perf_counter()

    def _write(self, line: dict[str, Any]) -> None:
        if self.crew.leads:
            self.run.add(line)

    def _show(self) -> None:
        """Validates the averaged weights, keeps the best, draws their predictions."""
        self._log()
        counts, average = self.trainee.counts, self.trainee.average
        self.figures = self.job.validate(average)
        if self.figures:
            self._write({"step": counts.step, "validation": self.figures})
            self.say("validation  " + "  ".join(f"{k} {v:.2f}" for k, v in self.figures.items()))
            if self.crew.leads:
                self.run.picture(counts.step, self.job.sheet(average))
        error = self._stop_error()
        if error is not None:
            better = counts.best is None or error < counts.best
            counts.best, counts.waited = (error, 0) if better else (counts.best, counts.waited + 1)
            if better and self.crew.leads:
                checkpoint.write(self.run.best, dict(average.state_dict()), {"step": counts.step, "error": error})
            self._save()  # what decides the end is no older than a checkpoint
        self.since = time.perf_counter()

    def _stop_error(self) -> float | None:
        """The error on the faces that decide when to stop, the same in every process; None where none do."""
        told_by = [self.figures[name] for name in STOP_ERRORS if name in self.figures]
        if not self.config.schedule.patience or not told_by:
            return None
        told = torch.tensor(told_by, device=self.device)
        self.crew.mean([told])
        return float(told)

    def _go_back(self) -> None:
        """To the last checkpoint, with the batches after the broken ones; raises Diverged when that does not help."""
        counts, saved = self.trainee.counts, self.run.checkpoint
        if counts.rolled_back >= TURNS or not saved.exists():
            raise Diverged(
                f"{self.run.folder}: {counts.broken} steps in a row were no numbers, at step {counts.step}; "
                "a lower schedule.rate or schedule.clip, or the labels, may be why"
            )
        kept = replace(counts, broken=0, rolled_back=counts.rolled_back + 1)
        checkpoint.restore(saved, self.trainee)
        self.trainee.counts = kept
        self.say(f"{self.run.folder}: {counts.broken} broken steps; back to the weights of the last checkpoint")
        self._save()

    def _save(self) -> None:
        if self.crew.leads:
            checkpoint.save(self.run.checkpoint, self.trainee)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that a step ends before the program does."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _look_up(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise RecipeError(f"no {what} {name!r}; there are {', '.join(known)}")


def _pack_progress(say: Say) -> Callable[[int, int], None]:
    last = [0.0]

    def progress(done: int, total: int) -> None:
        if done == total or time.monotonic() - last[0] > 10:
            last[0] = time.monotonic()
            say(f"rendering {done} of {total}")

    return progress


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _nowhere(_line: str) -> None:
    return None
