"""Recipes as TOML files that say only what differs from the defaults, and settings that replace parts of them."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from charaface.files import open_input
from charaface.train.config import Recipe, RecipeError

T = TypeVar("T")
Table = dict[str, Any]


def load_recipe(path: str | Path, settings: Sequence[str] = (), **changes: Any) -> Recipe:
    """The recipe of a TOML file, of which settings ("schedule.batch=16") and changes (of the top level) replace values.

    Paths in the file are relative to it, those of settings to the working folder; $NAME is filled in from the
    environment. Raises RecipeError, naming the file, on TOML that does not parse, an unknown name (with the nearest
    one) or a value of another type.
    """
    path = Path(path)
    table = placed(read_table(path), path.parent)
    for text in settings:
        table = merged(table, placed(setting(text), Path()))
    try:
        return from_table(Recipe, table | changes)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error


def read_table(path: Path) -> Table:
    """The table of a TOML file. Raises InputError where there is no file, RecipeError for what is none."""
    try:
        with open_input(path, may_be_empty=True) as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not a TOML file: {error}") from error


def merged(table: Table, other: Table) -> Table:
    """A table with the values of another in the place of its own; tables within are merged likewise."""
    out = dict(table)
    for name, value in other.items():
        old = out.get(name)
        out[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def placed(table: Table, folder: Path, keep: str = "\0") -> Table:
    """A recipe's table, the paths in it filled in from the environment and made absolute, from that folder.

    What begins with keep is left as it is.
    """

    def place(value: Any) -> Any:
        if isinstance(value, list):
            return [place(one) for one in value]
        if not isinstance(value, str) or not value or value.startswith(keep):
            return value
        full = os.path.expandvars(value)
        if "$" in full and full == value:
            raise RecipeError(f"{value!r}: the environment does not say what its name stands for")
        return str((folder / full).resolve())

    out = {name: place(value) if name in ("init_from", "teacher") else value for name, value in table.items()}
    for part, paths in {"labels": ("files", "pictures"), "data": ("heads",)}.items():
        if isinstance(out.get(part), dict):
            out[part] = {k: place(v) if k in paths else v for k, v in out[part].items()}
    return out


def setting(text: str) -> Table:
    """NAME=VALUE as the table it changes; the value is TOML, or a text where it is none."""
    name, equals, value = text.partition("=")
    if not equals or not all(name.strip().split(".")):
        raise RecipeError(f"a setting is NAME=VALUE, as schedule.batch=16, got {text!r}")
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        found = value.strip()
    for key in reversed(name.strip().split(".")):
        found = {key: found}
    return dict(found)


def from_table(kind: type[T], table: dict[str, Any], where: str = "") -> T:
    """A dataclass from a table of names and values; raises RecipeError for what does not fit."""
    hints = get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in fields:
            raise RecipeError(_unknown(where + name, name, list(fields)))
        values[name] = _fit(hints[name], value, where + name)
    missing = [
        n
        for n, f in fields.items()
        if n not in values and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise RecipeError(f"a recipe needs {', '.join(where + n for n in missing)}")
    return kind(**values)


def _fit(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is a table of names and values, got {value!r}")
        return from_table(kind, value, where + ".")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = getattr(kind, "__origin__", kind)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise RecipeError(f"{where} must be {wanted.__name__}, got {value!r}")
    if wanted is list:
        return [_fit(get_args(kind)[0], one, f"{where}[{i}]") for i, one in enumerate(value)]
    return value


def _unknown(full: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
    return f"no setting {full!r}{hint}"
