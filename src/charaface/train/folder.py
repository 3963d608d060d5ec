"""The folder of a run: whose it is, what was measured, its pictures and its weights."""

from __future__ import annotations

import importlib.metadata
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from charaface.train import checkpoint
from charaface.train.config import Recipe, RecipeError

# What may change between two calls for one run without changing what it learns.
FREE = {"sheet_every", "save_every", "data.workers", "data.loaders"}
CHECKPOINT, WEIGHTS, BEST = "checkpoint.safetensors", "weights.safetensors", "best.safetensors"
METRICS, RECIPE = "metrics.jsonl", "recipe.json"
ERRORS = "errors.npz"  # of the held-out faces


class Run:
    """A run's folder, as the process that leads a training writes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._board: Any = None

    @property
    def checkpoint(self) -> Path:
        return self.folder / CHECKPOINT

    @property
    def weights(self) -> Path:
        """Of a training that is done."""
        return self.folder / WEIGHTS

    @property
    def best(self) -> Path:
        """Of the validation with the lowest error on the faces that decide when to stop."""
        return self.folder / BEST

    def claim(self, config: Recipe, data: str) -> None:
        """Writes the full recipe into a folder that has none; data names what the run learns from."""
        path = self.folder / RECIPE
        if path.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        made_with = {
            "charaface": importlib.metadata.version("charaface"),
            "torch": torch.__version__,
            "numpy": np.__version__,
            "opencv": cv2.__version__,
            "data": data,
        }
        write_text(path, json.dumps({"recipe": asdict(config), "made_with": made_with}, indent=1) + "\n")

    def check(self, config: Recipe, data: str = "") -> None:
        """Raises RecipeError where the folder is another recipe's, or what data names has changed since it began."""
        path = self.folder / RECIPE
        if not path.exists():
            return
        changed = _differences(read_recipe(self.folder), asdict(config))
        if changed:
            words = f"{self.folder} belongs to another recipe ({'; '.join(changed)})"
            raise RecipeError(f"{words}: choose another run folder, or --new")
        old = json.loads(path.read_text(encoding="utf-8"))["made_with"].get("data")
        if data and old and old != data:
            raise RecipeError(f"{self.folder}: the labelled faces have changed since it began; begin again with --new")

    def clear(self) -> None:
        """Removes what a run wrote here, and nothing else."""
        for pattern in ("*.safetensors", METRICS, RECIPE, "sheet-*.png", ERRORS, "report.html", "events.out.*"):
            for path in self.folder.glob(pattern):
                path.unlink()

    def add(self, line: dict[str, Any]) -> None:
        """Adds a line to metrics.jsonl, and its numbers to the curves of TensorBoard where that is installed."""
        line = line | {"time": round(time.time(), 1)}
        with open(self.folder / METRICS, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        board = self._tensorboard()
        for name, value in (line | line.get("validation", {})).items():
            if board is not None and isinstance(value, float) and name != "time":
                board.add_scalar(name, value, line.get("step", 0))

    def picture(self, step: int, image: np.ndarray) -> None:
        """Writes the sheet of a step."""
        ok, data = cv2.imencode(".png", image[..., ::-1])
        if ok:
            path = self.folder / f"sheet-{step:06d}.png"
            temporary = path.with_name(path.name + ".tmp")
            temporary.write_bytes(data.tobytes())
            os.replace(temporary, path)

    def arrays(self, name: str, **values: np.ndarray) -> None:
        """Writes a .npz file, whole or not at all."""
        temporary = self.folder / (name + ".tmp")
        with open(temporary, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **values)
        os.replace(temporary, self.folder / name)

    def close(self) -> None:
        """Ends the file of TensorBoard."""
        if self._board:
            self._board.close()
            self._board = None

    def _tensorboard(self) -> Any:
        if self._board is None:
            try:
                from torch.utils.tensorboard import SummaryWriter

                self._board = SummaryWriter(str(self.folder))
            except ImportError:
                self._board = False
        return self._board or None


def write_text(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def read_recipe(run: Path) -> dict[str, Any]:
    """The full recipe of a run folder. Raises RecipeError where it is none."""
    try:
        return dict(json.loads((run / RECIPE).read_text(encoding="utf-8"))["recipe"])
    except (OSError, ValueError, KeyError) as error:
        raise RecipeError(f"{run} is not the folder of a training: it has no recipe.json") from error


def read_metrics(run: Path) -> list[dict[str, Any]]:
    """The lines of a run's metrics.jsonl that are whole; none without the file."""
    path, out = run / METRICS, []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            out.append(json.loads(line))
        except ValueError:  # a kill can leave half a line
            continue
    return out


def last_figures(run: Path) -> dict[str, float]:
    """The figures of a run that is done."""
    state, _ = checkpoint.read(run / WEIGHTS)
    return dict(state["figures"])


def weights_of(run: Path) -> Path:
    """What a run has learned up to now, the best of it first. Raises RecipeError where it has nothing yet."""
    for name in (WEIGHTS, CHECKPOINT):
        if (run / name).exists():
            return run / name
    raise RecipeError(f"{run} has no checkpoint yet")


def _differences(old: dict[str, Any], new: dict[str, Any], where: str = "") -> list[str]:
    out = []
    for name in sorted(old.keys() | new.keys()):
        a, b = old.get(name), new.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            out += _differences(a, b, f"{where}{name}.")
        elif a != b and where + name not in FREE:
            out.append(f"{where}{name} was {a!r}, is {b!r}")
    return out
