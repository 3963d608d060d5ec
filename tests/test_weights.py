"""The networks of the package."""

import hashlib
from pathlib import Path

import pytest

from charaface import weights
from charaface.files import InputError
from charaface.weights import DEFAULTS, FOLDER, WEIGHTS, Weight


def test_every_file_in_the_folder_is_in_the_table() -> None:
    assert {path.name for path in FOLDER.glob("*.onnx")} == {weight.file for weight in WEIGHTS.values()}


@pytest.mark.parametrize("name", [*WEIGHTS])
def test_each_network_is_what_the_table_says(name: str) -> None:
    weight = WEIGHTS[name]
    assert hashlib.sha256(weights.read(name)).hexdigest() == weight.sha256
    assert weight.licence
    assert weight.data
    assert weight.score


@pytest.mark.skipif(not WEIGHTS, reason="no networks in the package yet")
def test_each_task_has_a_network_that_loads() -> None:
    from charaface.session import load

    for task, name in DEFAULTS.items():
        spec = load(name, 1).spec
        assert spec.task == task
        assert spec.licence == WEIGHTS[name].licence


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(b"something else")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(weights, "WEIGHTS", {"a": Weight("a.onnx", "0" * 64, "MIT", "", "")})
    with pytest.raises(InputError, match=r"sha256 is .*; install charaface anew"):
        weights.read("a")


def test_a_miss_names_what_there_is_and_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {name: Weight(f"{name}.onnx", "", "", "", "") for name in ("landmarks68", "detector")}
    monkeypatch.setattr(weights, "WEIGHTS", table)
    with pytest.raises(InputError, match=r"no weights 'landmark86'; .*detector.*did you mean landmarks68\?"):
        weights.read("landmark86")
    with pytest.raises(InputError, match=r"gone\.onnx: no such file"):
        weights.read("gone.onnx")


def test_what_finds_and_reads_faces_learned_from_generated_pictures_alone() -> None:
    """So the choice of weights changes nothing about them, and they need not be asked."""
    assert all(WEIGHTS[name].generated for name in DEFAULTS.values())


def test_a_network_that_shares_a_task_is_for_it_and_says_for_which_pictures() -> None:
    from charaface.session import load

    for task, names in weights.SHARED.items():
        for name in names:
            assert load(name, 1).spec.task == task
            assert load(name, 1).spec.domains
            assert load(name, 1).spec.labels


def test_the_choice_of_weights_leaves_out_those_of_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        "people": Weight("", "", "", "photographs of people", "", generated=False),
        "drawings": Weight("", "", "", "", ""),
    }
    monkeypatch.setattr(weights, "WEIGHTS", table)
    monkeypatch.setattr(weights, "SHARED", {"emotion": tuple(table)})
    assert weights.shared("emotion") == ["people", "drawings"]
    assert weights.shared("emotion", "generated") == ["drawings"]
    weights.check_choice("all", ["people", "own.onnx"])
    weights.check_choice("generated", ["drawings", Path("own.onnx")])
    with pytest.raises(ValueError, match="people learned from photographs of people, which weights generated leave"):
        weights.check_choice("generated", ["own.onnx", "people"])
    with pytest.raises(ValueError, match="one of all, generated, got 'none'"):
        weights.shared("emotion", "none")  # type: ignore[arg-type]
