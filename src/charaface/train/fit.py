"""The training loop: resumes by itself from its run folder, to the bit, and can be killed at any moment."""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from charaface.train import checkpoint
from charaface.train.checkpoint import Trainee
from charaface.train.config import Recipe, RecipeError, load_recipe
from charaface.train.jobs import JOBS, Job, open_job, to_input
from charaface.train.loader import prefetched
from charaface.train.nets import NETS
from charaface.train.packs import Draw
from charaface.train.transfer import load_weights

LOG_EVERY = 50  # steps
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How a call of train ended."""

    run: Path
    step: int  # optimiser steps the run has behind it
    done: bool  # whether that is the whole training
    skipped: int  # steps among them whose loss was not finite
    figures: dict[str, float]  # of the last validation


class Interrupted(KeyboardInterrupt):
    """A training was asked to stop; all it had learnt is in its checkpoint."""


def train(
    recipe: str | Path,
    run: str | Path | None = None,
    *,
    init_from: str | Path | None = None,
    steps: int | None = None,
    cache: Path | None = None,
    draw: dict[str, Draw] | None = None,
    device: str | None = None,
    say: Say | None = None,
) -> Outcome:
    """Trains what a recipe describes, going on from what its run folder holds.

    run defaults to runs/<recipe's file name>; init_from (a .safetensors or an exported .onnx of ours) gives
    the first weights of a new run; steps stops the run at that step, its schedule unchanged; cache is where
    renders are kept, draw replaces the generator by kind of pack; device is "cpu", "cuda" or, without it,
    what there is; say gets a line now and then (stderr without it). A finished run is said to be done and
    left as it is. Raises RecipeError where the recipe is wrong or the folder belongs to another, Interrupted
    (a KeyboardInterrupt) after SIGINT or SIGTERM, with everything saved.
    """
    say = say or _to_stderr
    changes = {"init_from": str(Path(init_from).resolve())} if init_from else {}
    config = load_recipe(recipe, **changes)
    _look_up("task", config.task, list(JOBS))
    _look_up("net", config.net, list(NETS))
    folder = Path(run) if run else Path("runs") / Path(recipe).stem
    saved = folder / "checkpoint.safetensors"
    if config.init_from and not saved.exists() and not Path(config.init_from).exists():
        raise RecipeError(f"init_from: no file {config.init_from}")
    _claim(folder, config)
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    with _threads(config.threads):
        trainee = start(config, where, saved)
        if trainee.step >= config.steps and (folder / "weights.safetensors").exists():
            say(f"{folder}: all {config.steps} steps are done")
            return Outcome(folder, trainee.step, True, trainee.skipped, _last_figures(folder))
        if config.bf16 and not _has_bf16(where):
            say("float32: this processor only emulates bfloat16, many times slower")
            config = replace(config, bf16=False)
        job = open_job(config, cache, draw, _pack_progress(say))
        return _Loop(config, folder, job, trainee, where, say).run(min(steps or config.steps, config.steps))


def _has_bf16(device: torch.device) -> bool:
    """Whether mixed precision is faster there than float32: on accelerators, and on processors from AVX-512 on."""
    return device.type != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def start(config: Recipe, device: torch.device, saved: Path | None = None) -> Trainee:
    """Network, average and optimiser: from a checkpoint, from the weights of init_from, or from the seed."""
    torch.manual_seed(config.seed)
    net = NETS[config.net](**config.options)
    resumed = saved is not None and saved.exists()
    if config.init_from and not resumed:
        load_weights(net, Path(config.init_from))
    net = net.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    average = copy.deepcopy(net).eval().requires_grad_(False)
    trainee = Trainee(net, average, _optimiser(net, config))
    if saved and resumed:
        checkpoint.restore(saved, trainee)
    return trainee


def _optimiser(net: nn.Module, config: Recipe) -> torch.optim.AdamW:
    matrices = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() < 2]  # norms and biases are not decayed
    groups: list[dict[str, Any]] = [{"params": matrices}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.schedule.rate, weight_decay=config.schedule.decay, fused=True)


def rate_at(step: int, config: Recipe) -> float:
    """The learning rate of a step: linear warm-up, then a cosine that begins at schedule.start of its way."""
    s = config.schedule
    way = s.start + (1 - s.start) * step / max(config.steps, 1)
    cosine = s.last_rate + (1 - s.last_rate) * 0.5 * (1 + math.cos(math.pi * min(way, 1.0)))
    return s.rate * cosine * min((step + 1) / max(s.warmup, 1), 1.0)


def learn(trainee: Trainee, job: Job, batch: dict[str, Tensor], config: Recipe) -> dict[str, Tensor]:
    """One step; returns the parts of the loss. One that is not finite changes no weight and is counted."""
    net, step = trainee.net, trainee.step
    for group in trainee.optimiser.param_groups:
        group["lr"] = rate_at(step, config)
    before = [b.clone() for b in net.buffers()]
    device = batch["image"].device.type
    with torch.autocast(device, torch.bfloat16, enabled=config.bf16):
        found = net(to_input(batch["image"]))
    loss, parts = job.loss(found, batch)
    trainee.optimiser.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(net.parameters(), config.schedule.clip)
    trainee.step += 1
    if torch.isfinite(loss) and torch.isfinite(norm):
        trainee.optimiser.step()
        _average(trainee, config.schedule.ema)
    else:
        trainee.skipped += 1
        for buffer, old in zip(net.buffers(), before, strict=True):
            buffer.copy_(old)  # the statistics of a broken forward pass would outlive it
    return {"loss": loss.detach(), "norm": norm.detach(), **{k: v.detach() for k, v in parts.items()}}


@torch.no_grad()
def _average(trainee: Trainee, memory: float) -> None:
    memory = min(memory, (1 + trainee.step) / (10 + trainee.step))
    new = trainee.net.state_dict()
    for name, value in trainee.average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(new[name], 1 - memory)
        else:
            value.copy_(new[name])


class _Loop:
    """Steps, and what happens between them: lines, pictures, checkpoints."""

    def __init__(
        self, config: Recipe, folder: Path, job: Job, trainee: Trainee, device: torch.device, say: Say
    ) -> None:
        self.config, self.folder, self.job, self.trainee = config, folder, job, trainee
        self.device, self.say = device, say
        self.figures: dict[str, float] = {}
        self.sums: dict[str, Tensor] = {}
        self.count = 0
        self.since = time.perf_counter()

    def run(self, last: int) -> Outcome:
        config, trainee = self.config, self.trainee
        if trainee.step:
            self.say(f"{self.folder}: going on from step {trainee.step} of {config.steps}")
        saved = shown = time.monotonic()
        with _stoppable() as stop:
            for arrays in prefetched(self.job.batch, trainee.step, last, threads=config.data.loaders):
                self._add(learn(trainee, self.job, self._tensors(arrays), config))
                now = time.monotonic()
                if stop.is_set():
                    self._save()
                    words = f"{self.folder}: stopped at step {trainee.step}; the same command goes on"
                    self.say(words)
                    raise Interrupted(words)
                if trainee.step < last and now - saved > config.save_every:
                    self._save()
                    saved = now
                if trainee.step < last and now - shown > config.sheet_every:
                    self._show()
                    shown = time.monotonic()
        done = trainee.step >= config.steps
        self._save()
        self._show()
        if done:
            state = {
                "name": config.name,
                "version": config.version,
                "step": trainee.step,
                "figures": self.figures,
            }
            checkpoint.write(self.folder / "weights.safetensors", dict(trainee.average.state_dict()), state)
            self.say(f"{self.folder}: done after {trainee.step} steps")
        return Outcome(self.folder, trainee.step, done, trainee.skipped, self.figures)

    def _tensors(self, arrays: dict[str, np.ndarray]) -> dict[str, Tensor]:
        return {k: torch.from_numpy(v).to(self.device, non_blocking=True) for k, v in arrays.items()}

    def _add(self, parts: dict[str, Tensor]) -> None:
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, torch.zeros((), device=value.device)) + value
        self.count += 1
        if self.trainee.step % LOG_EVERY == 0:
            self._log()

    def _log(self) -> None:
        if not self.count:
            return
        seconds = time.perf_counter() - self.since
        line: dict[str, Any] = {
            "step": self.trainee.step,
            "rate": rate_at(self.trainee.step - 1, self.config),
        }
        line |= {name: round(float(total) / self.count, 6) for name, total in self.sums.items()}
        speed = self.count * self.config.schedule.batch / max(seconds, 1e-9)
        line |= {"images_per_s": round(speed, 1), "skipped": self.trainee.skipped}
        self._append(line)
        left = (self.config.steps - self.trainee.step) * seconds / self.count
        self.say(
            f"step {self.trainee.step}/{self.config.steps}  loss {line['loss']:.4f}  {speed:.0f} images/s"
            f"  {left / 60:.0f} min left"
        )
        self.sums, self.count, self.since = {}, 0, time.perf_counter()

    def _append(self, line: dict[str, Any]) -> None:
        line |= {"time": round(time.time(), 1)}
        with open(self.folder / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _show(self) -> None:
        """Validates the averaged weights and draws their predictions."""
        self._log()
        self.figures = self.job.validate(self.trainee.average)
        if self.figures:
            self._append({"step": self.trainee.step, "validation": self.figures})
            self.say("validation  " + "  ".join(f"{k} {v:.2f}" for k, v in self.figures.items()))
            _write_png(self.folder / f"sheet-{self.trainee.step:06d}.png", self.job.sheet(self.trainee.average))
        self.since = time.perf_counter()

    def _save(self) -> None:
        checkpoint.save(self.folder / "checkpoint.safetensors", self.trainee)


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


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Fixes the threads of torch and OpenCV: sums in another order are other bits."""
    old, old_cv = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(count)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(old)
        cv2.setNumThreads(old_cv)


def _claim(folder: Path, config: Recipe) -> None:
    """Writes the full recipe into a new run folder, or checks that an old one was made by the same."""
    path = folder / "recipe.json"
    mine = asdict(config)
    if path.exists():
        changed = _differences(read_recipe(folder), mine)
        if changed:
            raise RecipeError(f"{folder} belongs to another recipe ({'; '.join(changed)}): choose another run folder")
        return
    folder.mkdir(parents=True, exist_ok=True)
    versions = {"torch": torch.__version__, "numpy": np.__version__, "opencv": cv2.__version__}
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps({"recipe": mine, "made_with": versions}, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def read_recipe(run: Path) -> dict[str, Any]:
    """The full recipe of a run folder. Raises RecipeError where it is none."""
    try:
        return dict(json.loads((run / "recipe.json").read_text(encoding="utf-8"))["recipe"])
    except (OSError, ValueError, KeyError) as error:
        raise RecipeError(f"{run} is not the folder of a training: it has no recipe.json") from error


# What may change between two calls for one run without changing what it learns.
_FREE = {"sheet_every", "save_every", "data.workers", "data.loaders"}


def _differences(old: dict[str, Any], new: dict[str, Any], where: str = "") -> list[str]:
    out = []
    for name in sorted(old.keys() | new.keys()):
        a, b = old.get(name), new.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            out += _differences(a, b, f"{where}{name}.")
        elif a != b and where + name not in _FREE:
            out.append(f"{where}{name} was {a!r}, is {b!r}")
    return out


def _look_up(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise RecipeError(f"no {what} {name!r}; there are {', '.join(known)}")


def _last_figures(folder: Path) -> dict[str, float]:
    state, _ = checkpoint.read(folder / "weights.safetensors")
    return dict(state["figures"])


def _pack_progress(say: Say) -> Callable[[int, int], None]:
    last = [0.0]

    def progress(done: int, total: int) -> None:
        if done == total or time.monotonic() - last[0] > 10:
            last[0] = time.monotonic()
            say(f"rendering {done} of {total}")

    return progress


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _write_png(path: Path, image: np.ndarray) -> None:
    ok, data = cv2.imencode(".png", image[..., ::-1])
    if ok:
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_bytes(data.tobytes())
        os.replace(temporary, path)
