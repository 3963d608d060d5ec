"""Recipes: short, checked, and honest about what they do not know."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from charaface.train.config import Recipe, RecipeError
from charaface.train.settings import load_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))
HEAD = 'name = "x"\ntask = "landmarks"\nnet = "landmarker"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "r.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_a_shipped_recipe_loads_and_says_only_what_differs(path: Path) -> None:
    load_recipe(path)
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = Recipe(name="", task="", net="")
    for name, value in table.items():
        default = getattr(plain, name)
        if dataclasses.is_dataclass(default):
            assert not {k for k, v in value.items() if getattr(default, k) == v}, name
        else:
            assert default != value, name


def test_what_a_recipe_does_not_say_is_the_default(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, HEAD + "[schedule]\nbatch = 32\n"))
    assert recipe.schedule == dataclasses.replace(Recipe("x", "landmarks", "landmarker").schedule, batch=32)
    assert load_recipe(tmp_path / "r.toml", seed=9).seed == 9


def test_the_steps_cover_all_samples(tmp_path: Path) -> None:
    assert load_recipe(write(tmp_path, HEAD + "[schedule]\nbatch = 32\nsamples = 65\n")).steps == 3


def test_init_from_is_relative_to_the_recipe(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, HEAD + 'init_from = "w.onnx"\n'))
    assert Path(recipe.init_from) == tmp_path.resolve() / "w.onnx"


WRONG = {
    "an unknown name, with the nearest": (HEAD + "sed = 2\n", "no setting 'sed'; did you mean 'seed'"),
    "an unknown name in a table": (HEAD + "[schedule]\nbach = 2\n", "'schedule.bach'; did you mean 'batch'"),
    "an unknown name like no other": (HEAD + "zzz = 2\n", "there are name, task, net"),
    "text for a number": (HEAD + '[data]\nrenders = "many"\n', "data.renders must be int, got 'many'"),
    "a truth for a number": (HEAD + "seed = true\n", "seed must be int, got True"),
    "a number for a table": (HEAD + "data = 3\n", "data is a table of names and values, got 3"),
    "no net": ('name = "x"\ntask = "landmarks"\n', "a recipe needs net"),
    "no samples": (HEAD + "[schedule]\nsamples = 0\n", "schedule.samples must be at least 1, got 0"),
    "a start beyond the end": (
        HEAD + "[schedule]\nstart = 1\n",
        "schedule.start must be at least 0 and below 1",
    ),
    "negatives without renders of them": (HEAD + "[data]\nnegatives = 0\n", "needs data.negatives"),
    "flat people without heads": (HEAD + "[data]\ntoons = 5\n", "data.people and data.toons need data.heads"),
    "no room for drawings": (
        HEAD + '[data]\nheads = "h.npz"\npeople = 5\npeople_share = 0.6\ntoons = 5\ntoons_share = 0.4\n',
        "must be below 1 together",
    ),
    "no TOML": ("name = \n", "not a TOML file"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_recipe_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(tmp_path, text))
    assert message in str(caught.value)
    assert "r.toml" in str(caught.value)
