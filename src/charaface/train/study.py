"""A study: many runs that differ in a few words, each from the run it goes on from, and one table of all of them.

A study is a TOML file: [base] a recipe, [worlds.*] data sets that the generator draws first, [sets.*] the labels of a
recipe, [variants.*] and [modes.*] tables that replace values of the base, and [[grid]] which of them meet.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from charaface.train.compare import compare, markdown, write_comparison
from charaface.train.config import Recipe, RecipeError
from charaface.train.fit import check, fit
from charaface.train.folder import WEIGHTS, Run, last_figures, write_text
from charaface.train.results import result
from charaface.train.settings import Table, from_table, merged, placed, read_table, setting

RESULTS = "results.json"  # of a study that is carried out
Say = Callable[[str], None]


@dataclass(frozen=True)
class World:
    """Pictures that the generator draws before anything is trained."""

    number: int  # of pictures
    seed: int
    domain: str  # a key of charaface.synth.labels.DOMAINS
    scheme: str = "ibug68"
    size: int = 160


@dataclass(frozen=True)
class Grid:
    """Runs of every variant in every mode with every seed, on one set of labels."""

    set: str
    variants: list[str]
    modes: list[str] = field(default_factory=lambda: ["scratch"])
    seeds: list[int] = field(default_factory=lambda: [1])
    after: str = ""  # the name of the run that each goes on from, {variant} filled in
    name: str = "{variant}-{mode}"  # of each run; {set} and {seed} are filled in too


@dataclass(frozen=True)
class Study:
    """A study as its file says it."""

    name: str
    base: dict[str, Any]
    worlds: dict[str, World]
    sets: dict[str, Table]
    variants: dict[str, Table]
    modes: dict[str, Table]
    grid: list[Grid]


@dataclass(frozen=True)
class Planned:
    """One run of a study."""

    name: str
    recipe: Recipe
    after: str  # the name of the run whose weights it begins with, or ""
    variant: str
    mode: str
    set: str
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """What is worth knowing of it beforehand, as plain JSON values."""
        own = {k: getattr(self, k) for k in ("name", "after", "variant", "mode", "set", "seed")}
        recipe = self.recipe
        return own | {
            "net": recipe.net,
            "init": recipe.init if self.after else "none",
            "freeze": recipe.freeze,
            "steps": recipe.steps,
        }


def read_study(path: str | Path, settings: Sequence[str] = ()) -> Study:
    """The study of a file; settings replace values of its base. Raises RecipeError for one that cannot be read."""
    path = Path(path)
    table = read_table(path)
    base = placed(table.pop("base", {}), path.parent)
    for text in settings:
        base = merged(base, placed(setting(text), Path()))
    grids = table.pop("grid", [])
    worlds = table.pop("worlds", {})
    tables = {name: table.pop(name, {}) for name in ("sets", "variants", "modes")}
    name = table.pop("name", path.stem)
    if table or not grids:
        raise RecipeError(f"{path}: {'unknown ' + ', '.join(table) if table else 'no [[grid]]'}")
    try:
        return Study(
            name,
            base,
            {k: from_table(World, v, f"worlds.{k}.") for k, v in worlds.items()},
            {k: placed({"labels": v}, path.parent, keep="{world")["labels"] for k, v in tables["sets"].items()},
            tables["variants"],
            {"scratch": {}} | tables["modes"],
            [from_table(Grid, g, "grid.") for g in grids],
        )
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error


def runs_of(study: Study, folder: Path) -> list[Planned]:
    """All runs in the order they can be made in. Raises RecipeError where one is no recipe, or goes on from none."""
    out: dict[str, Planned] = {}
    for grid in study.grid:
        for variant, mode, seed in product(grid.variants, grid.modes, grid.seeds):
            words = {"variant": variant, "mode": mode, "set": grid.set, "seed": seed}
            name, after = grid.name.format(**words), grid.after.format(**words)
            if name in out:
                raise RecipeError(f"two runs are called {name}; say more in the grid's name")
            if after and after not in out:
                raise RecipeError(f"{name} goes on from {after}, which no grid before it makes")
            table = study.base
            for kind, key in (("variants", variant), ("modes", mode)):
                table = merged(table, _one(getattr(study, kind), kind, key))
            labels = _filled(_one(study.sets, "sets", grid.set), folder)
            table = merged(table, {"name": name, "seed": seed, "labels": labels})
            recipe = from_table(Recipe, table, f"{name}: ")
            after = after if recipe.init != "none" else ""
            if after:
                recipe = replace(recipe, init_from=str(folder / after / WEIGHTS))
            out[name] = Planned(name, recipe, after, variant, mode, grid.set, seed)
    return list(out.values())


def carry_out(
    study: Study, folder: Path, *, workers: int = 2, cache: Path | None = None, say: Say = print
) -> dict[str, dict[str, float]]:
    """Draws the worlds and trains every run, several at a time; the same call goes on where one was stopped.

    Returns the figures of every run by its name. Raises what the first run that fails raises, when those beside it
    have come to their end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planned = runs_of(study, folder)
    for name, world in study.worlds.items():
        draw_world(world, folder / "worlds" / name, workers, say)
    for one in planned:
        check(one.recipe)
        Run(folder / one.name).check(one.recipe)  # a study that has changed has none of the old runs in it
    started = time.monotonic()
    for number, (name, seconds) in enumerate(_trained(planned, folder, workers, cache), 1):
        minutes = (time.monotonic() - started) / 60
        say(f"{number} of {len(planned)}: {name} took {seconds:.0f} s; {minutes:.0f} min by now")
    write_text(folder / RESULTS, json.dumps(results(study, folder)) + "\n")
    found = compare([folder / one.name for one in planned])
    write_comparison(found, folder / "compare.html")
    write_text(folder / "table.md", markdown(found))
    return {one.name: last_figures(folder / one.name) for one in planned}


def results(study: Study, folder: Path) -> dict[str, Any]:
    """What came of the runs that are done, as plain JSON values: all that a study's tables need, without weights."""
    done = [one for one in runs_of(study, folder) if (folder / one.name / WEIGHTS).exists()]
    return {"study": study.name, "runs": [one.to_dict() | result(folder / one.name) for one in done]}


def draw_world(world: World, folder: Path, workers: int, say: Say) -> None:
    """Draws a world, if it is not there yet."""
    if (folder / "sheet.png").exists():  # what the generator writes last
        return
    from charaface.synth.dataset import write

    say(f"{folder}: drawing {world.number} pictures")
    write(
        folder,
        world.number,
        world.seed,
        size=world.size,
        workers=workers,
        masks=False,
        domain=world.domain or None,
        scheme=world.scheme,
    )


def _trained(planned: list[Planned], folder: Path, workers: int, cache: Path | None) -> Iterator[tuple[str, float]]:
    """Trains what is not done yet, each after the run it goes on from; gives name and seconds of each as it ends."""
    done = {one.name for one in planned if (folder / one.name / WEIGHTS).exists()}
    yield from ((name, 0.0) for name in sorted(done))
    waiting = [one for one in planned if one.name not in done]
    if workers == 1:
        for one in waiting:
            yield one.name, _train_one(asdict(one.recipe), folder / one.name, cache)
        return
    quiet = (signal.SIGINT, signal.SIG_DFL)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=signal.signal, initargs=quiet, max_tasks_per_child=1
    ) as pool:
        running: dict[Future[float], str] = {}
        try:
            while waiting or running:
                ready = [one for one in waiting if not one.after or one.after in done]
                for one in ready[: workers - len(running)]:
                    waiting.remove(one)
                    running[pool.submit(_train_one, asdict(one.recipe), folder / one.name, cache)] = one.name
                for job in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(job)
                    yield name, job.result()
                    done.add(name)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _train_one(recipe: Table, folder: Path, cache: Path | None) -> float:
    """Trains one run in a process of its own; its words go to log.txt in its folder. Returns the seconds it took."""
    start = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("a", encoding="utf-8", buffering=1) as log:
        fit(from_table(Recipe, recipe), Run(folder), cache=cache, say=lambda line: print(line, file=log))
    return time.monotonic() - start


def _one(tables: dict[str, Table], kind: str, key: str) -> Table:
    if key not in tables:
        raise RecipeError(f"no {kind}.{key}; there are {', '.join(tables)}")
    return tables[key]


def _filled(labels: Table, folder: Path) -> Table:
    """The labels with {world:NAME} as the place where a world is drawn."""
    files = [
        str(folder / "worlds" / name[7:-1] / "labels.jsonl") if name.startswith("{world:") and name[-1] == "}" else name
        for name in labels.get("files", [])
    ]
    return labels | {"files": files}
