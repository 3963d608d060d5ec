"""The house is as it is drawn: every task has its command, its docs, its tests; importing is cheap."""

from __future__ import annotations

import importlib
import inspect
import io
import re
import shlex
import subprocess
import sys
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest

import charaface
from charaface.cli import program, run
from charaface.face import Face
from charaface.formats import FORMATS, Record
from charaface.gif import GifWriter
from charaface.image import save
from painted import paint

ROOT = Path(__file__).parents[1]
TASKS = sorted(path.stem for path in (ROOT / "src/charaface/tasks").glob("*.py") if path.stem != "__init__")
COMMANDS = {"frames": "landmarks"}  # tasks whose command has another name
PUBLIC = [
    "Colour",
    "DamageWarning",
    "DrawStyle",
    "Emotion",
    "Face",
    "Frame",
    "InputError",
    "Landmarks",
    "LimitError",
    "Limits",
    "OutputError",
    "Pose",
    "analyze",
    "annotate",
    "attributes",
    "crop",
    "crop_matrices",
    "detect",
    "emotion",
    "frames",
    "landmarks",
    "live",
    "report",
    "segment",
]
FORBIDDEN = ["torch", "onnxruntime", "av", "fastapi", "skia", "click", "cv2", "PIL", "numba", "rich"]


def test_there_are_tasks() -> None:
    assert {"annotate", "crop", "detect", "emotion", "frames", "landmarks", "live", "report"} <= set(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_public_function_with_an_exact_docstring(task: str) -> None:
    module = importlib.import_module(f"charaface.tasks.{task}")
    function = getattr(module, task)
    assert getattr(charaface, task) is function
    assert (module.__doc__ or "").startswith(f"{task}: ")
    assert len(inspect.getdoc(function) or "") > 100
    first, *others = inspect.signature(function).parameters.values()
    assert first.name in ("image", "source")
    keyword_only = [p for p in others if p.kind is p.KEYWORD_ONLY]
    assert {"threshold", "model", "threads", "limits"} <= {p.name for p in keyword_only}


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_command(task: str) -> None:
    assert COMMANDS.get(task, task) in program.commands


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_section_of_the_docs_with_an_example(task: str) -> None:
    text = (ROOT / "docs/tasks.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    assert task in sections
    assert f"cf.{task}(" in sections[task]
    assert f"charaface {COMMANDS.get(task, task)} " in sections[task]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_test_file(task: str) -> None:
    assert (ROOT / f"tests/tasks/test_{task}.py").exists()


@pytest.mark.parametrize("page", ["tasks", "formats", "schemes", "data"])
def test_every_option_of_the_docs_exists(page: str) -> None:
    text = (ROOT / f"docs/{page}.md").read_text("utf-8")
    commands = [*program.commands.values(), *program.commands["data"].commands.values()]
    known = {option for command in commands for p in command.params for option in p.opts + p.secondary_opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= known | {"--help"}


def test_the_list_of_public_names() -> None:
    assert charaface.__all__ == PUBLIC
    assert dir(charaface) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(charaface, name).__name__ == name


def test_a_name_that_is_none_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'emotions'"):
        charaface.emotions  # noqa: B018


def test_names_for_the_type_checker_are_those_loaded_on_demand() -> None:
    text = (ROOT / "src/charaface/__init__.py").read_text("utf-8")
    checked = re.findall(r"^    from ([\w.]+) import (.+)$", text.split("__version__")[0], re.MULTILINE)
    homes = {name: module for module, names in checked for name in names.split(", ")}
    assert homes == charaface._HOMES
    assert sorted(homes) == charaface.__all__


def fresh(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_package_loads_none_of_the_heavy_libraries() -> None:
    loaded = fresh("import sys, charaface; print(*sorted({name.split('.')[0] for name in sys.modules}))").split()
    assert not set(FORBIDDEN) & set(loaded)


def test_importing_the_package_takes_less_than_a_quarter_of_a_second() -> None:
    code = "import time; t = time.process_time(); import charaface; print(time.process_time() - t)"
    assert min(float(fresh(code)) for _ in range(3)) < 0.25


@pytest.mark.parametrize(
    "arguments",
    ["--help", "landmarks --help", "train --help", "convert --help", "data look --help", "data check --help"],
)
def test_help_loads_no_network_library(arguments: str) -> None:
    code = (
        f"import sys; from charaface.cli import run; run({arguments.split()!r}); "
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = fresh(code).rpartition("LOADED")[2].split()
    assert not {"torch", "onnxruntime", "av", "skia", "numba", "cv2"} & set(loaded)


def test_a_detection_loads_no_workshop_and_no_movie_library() -> None:
    code = (
        "import sys, charaface.tasks.annotate, charaface.tasks.crop; "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    assert not {"torch", "av", "skia", "numba", "click", "rich", "onnx"} & set(fresh(code).split())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the docs speak of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shots").mkdir()
    for i in range(3):
        save(paint([(30 + 5 * i, 40, 90)]), tmp_path / "shots" / f"{i:02d}.png")
    for folder in (".", "pages", "art", "clips", "pictures"):
        (tmp_path / folder).mkdir(exist_ok=True)
        save(paint([(30, 40, 90), (180, 60, 60)]), tmp_path / folder / "team.png")
        with (tmp_path / folder / "clip.gif").open("wb") as file:
            writer = GifWriter(file, 320, 240, loop=0)
            for i in range(3):
                writer.add(paint([(30 + 5 * i, 40, 90)]), 4)
            writer.close()
    nothing = [Record(name, 0, 0.0, 320, 240, []) for name in ("team.png", "clip.gif")]
    FORMATS["jsonl"].write(tmp_path / "faces.jsonl", nothing)
    FORMATS["coco"].write(tmp_path / "labels.json", [replace(nothing[0], faces=[Face([30, 40, 120, 130])])])
    return tmp_path


def blocks(language: str, page: str = "tasks") -> list[str]:
    text = (ROOT / f"docs/{page}.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.usefixtures("moods", "desk")
@pytest.mark.parametrize("code", blocks("python"))
def test_every_python_example_of_the_docs_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "docs/tasks.md", "exec"), {})
    assert capsys.readouterr().out or "annotate" in code


@pytest.mark.usefixtures("moods", "desk")
@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_every_command_of_the_docs_runs(line: str) -> None:
    name, *arguments = shlex.split(line.partition(" > ")[0])
    assert name == "charaface"
    assert run(arguments) == 0


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("page", ["formats", "schemes", "data"])
def test_the_examples_of_a_page_run_one_after_another(page: str, desk: Path) -> None:
    for line in [line for block in blocks("sh", page) for line in block.splitlines()]:
        command, _, file = line.partition(" > ")
        name, *arguments = shlex.split(command)
        assert name == "charaface"
        with (
            (desk / file).open("w", encoding="utf-8") if file else nullcontext(io.StringIO()) as out,
            redirect_stdout(out),
        ):
            assert run(arguments) == 0, line
    for code in blocks("python", page):
        exec(compile(code, f"docs/{page}.md", "exec"), {})


@pytest.mark.parametrize(("script", "made"), [("page", "benchmarks.md"), ("study", "study.md")])
def test_a_page_of_results_is_made_of_the_kept_ones(script: str, made: str) -> None:
    code = f"import sys; sys.path.insert(0, 'benchmarks'); import {script}; sys.stdout.write({script}.page())"
    text = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True).stdout
    assert text.decode() == (ROOT / "docs" / made).read_text("utf-8")
