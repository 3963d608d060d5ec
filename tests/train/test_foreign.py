"""Weights that were trained elsewhere: read without running their code, matched strictly, used as one's own."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

import charaface as cf
from charaface import session
from charaface.cli import run
from charaface.geometry import crop_matrix, invert, transform
from charaface.image import warp
from charaface.landmarker import Framing, read
from charaface.schemes import MANGA60A
from charaface.train.config import RecipeError
from charaface.train.folder import read_recipe
from charaface.train.foreign import OUTPUTS, Origin, import_weights, scale_output, state_of
from charaface.train.nets import NETS
from charaface.train.nets.heads import ToPoints
from charaface.train.transfer import load_weights
from charaface.video import open_clip
from painted import World, paint

State = dict[str, Tensor]
SMALL = Origin("pfld", "manga60a", 64, "unit", "plain")


def state(name: str = "pfld", points: int = 60) -> State:
    torch.manual_seed(3)
    return dict(NETS[name](points=points).state_dict())


@pytest.fixture(scope="module")
def small() -> State:
    return state()


def saved(path: Path, held: Any) -> Path:
    torch.save(held, path)
    return path


def net_of(folder: Path) -> nn.Module:
    recipe = read_recipe(folder)
    net = NETS[recipe["net"]](points=60, **recipe["options"])
    load_weights(net, folder / "weights.safetensors")
    return net.eval()


@pytest.mark.parametrize(("output", "size"), [("pixels", 128), ("pixels", 64), ("unit", 128), ("centred", 128)])
def test_whatever_the_numbers_of_a_last_matrix_mean_the_run_answers_0_to_1(output: str, size: int) -> None:
    last = ToPoints(30, 60)
    features = torch.randn(4, last.in_features)
    numbers = F.linear(features, last.weight, last.bias).unflatten(1, (-1, 2))  # what the foreign network answers
    place = {"pixels": (numbers + 0.5) / size, "unit": numbers, "centred": numbers + 0.5}[output]
    scale_output(last, *OUTPUTS[output](size))
    torch.testing.assert_close(last(features), place, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("prefix", ["", "module.", "model.", "module.model.", "_orig_mod.module."])
@pytest.mark.parametrize("holder", [None, "state_dict", "model"])
def test_wrappers_and_checkpoints_are_looked_through(
    small: State, prefix: str, holder: str | None, tmp_path: Path
) -> None:
    held: Any = {prefix + name: value for name, value in small.items()}
    file = saved(tmp_path / "w.pt", {holder: held, "epoch": 3} if holder else held)
    assert state_of(file).keys() == small.keys()


def test_a_run_remembers_where_its_weights_are_from_and_the_package_of_tensors_does_not_matter(
    small: State, tmp_path: Path
) -> None:
    file = tmp_path / "얼굴.safetensors"
    save_file({name: value for name, value in small.items() if not name.endswith("num_batches_tracked")}, file)
    origin = Origin("pfld", "manga60a", 64, "centred", "plain", licence="CC BY 4.0", data="our own pages")
    folder = import_weights(file, tmp_path / "run", origin)
    recipe = read_recipe(folder)
    assert (recipe["name"], recipe["task"], recipe["licence"]) == ("얼굴", "points", "CC BY 4.0")
    assert (recipe["source"], recipe["labels"]["scheme"], recipe["labels"]["size"]) == ("our own pages", "manga60a", 64)
    assert recipe["foreign"]["file"] == file.name
    assert not recipe["foreign"]["stretch"]
    for name, value in net_of(folder).state_dict().items():
        torch.testing.assert_close(value, small[name])


def test_names_of_another_maker_are_turned_into_ours(small: State, tmp_path: Path) -> None:
    theirs = {name.replace("stem.", "first.").replace("fc.", "head."): value for name, value in small.items()}
    file = saved(tmp_path / "w.pth", theirs)
    with pytest.raises(ValueError, match=r"does not fit PFLD\n  missing \d+: stem\.0\.0\.weight \(near: first"):
        import_weights(file, tmp_path / "run", SMALL)
    assert not (tmp_path / "run").exists()
    names = {"first.": "stem.", "head.": "fc.", "pose.head.": "pose.fc."}
    import_weights(file, tmp_path / "run", SMALL, names)
    with pytest.raises(ValueError, match="no name begins with 'tail'"):
        import_weights(file, tmp_path / "other", SMALL, {"tail": "x"})


def test_what_does_not_fit_is_listed(small: State, tmp_path: Path) -> None:
    wrong = dict(small)
    wrong["stem.0.0.weights"] = wrong.pop("stem.0.0.weight")
    wrong["scale2.0.weight"] = torch.zeros(3, 3)
    with pytest.raises(ValueError, match=r"w\.pt: does not fit PFLD") as caught:
        import_weights(saved(tmp_path / "w.pt", wrong), tmp_path / "run", SMALL)
    assert str(caught.value).splitlines()[1:] == [
        "  missing 1: stem.0.0.weight (near: stem.0.0.weights)",
        "  unknown 1: stem.0.0.weights",
        "  of another shape 1: scale2.0.weight (3, 3), wanted (32, 16, 3, 3)",
    ]


def test_another_number_of_points_is_said_with_the_scheme_that_has_it(tmp_path: Path) -> None:
    file = saved(tmp_path / "w.pt", state(points=68))
    with pytest.raises(ValueError, match=r"gives 136 numbers, and manga60a has 60 points; --scheme ibug68 has that"):
        import_weights(file, tmp_path / "run", SMALL)


class Sly:
    """A pickle that would touch a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_pickled_module_is_refused_unrun_with_the_way_out(tmp_path: Path) -> None:
    for held in (nn.Linear(2, 2), {"x": Sly(tmp_path / "touched")}):
        file = saved(tmp_path / "w.pt", held)
        with pytest.raises(
            ValueError, match=r"w\.pt: holds a pickled module.*torch\.save\(model\.state_dict"
        ) as caught:
            import_weights(file, tmp_path / "run", SMALL)
        assert "\n" not in str(caught.value)
    (tmp_path / "w.pt").write_bytes(pickle.dumps(Sly(tmp_path / "touched")))
    with pytest.raises(ValueError, match=r"w\.pt: "):
        import_weights(tmp_path / "w.pt", tmp_path / "run", SMALL)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["w.pt", "w.safetensors"])
@pytest.mark.parametrize("data", [b"", b"GIF89a", b"PK\x03\x04" + b"\0" * 60])
def test_a_file_that_is_something_else_is_named(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=name):
        import_weights(tmp_path / name, tmp_path / "run", SMALL)
    with pytest.raises(ValueError, match=f"none-{name}: no such file"):
        import_weights(tmp_path / f"none-{name}", tmp_path / "run", SMALL)


@pytest.mark.parametrize(
    ("held", "wrong"),
    [
        (torch.zeros(3), "holds Tensor, not a state dict"),
        ({}, "not a state dict"),
        ({"epoch": 3, "lr": 0.1}, "is no state dict: epoch, lr are no tensor"),
        ({"a": torch.tensor([1.0, float("nan")])}, "holds what is no number, in a"),
    ],
)
def test_a_file_without_a_state_dict_says_what_it_holds(held: Any, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=wrong):
        import_weights(saved(tmp_path / "w.pt", held), tmp_path / "run", SMALL)


def test_a_folder_that_holds_something_is_left_alone(small: State, tmp_path: Path) -> None:
    file = saved(tmp_path / "w.pt", small)
    with pytest.raises(FileExistsError, match="is there already"):
        import_weights(file, tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["w.pt"]


def test_a_network_that_is_none_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"no net 'inception_resnet'; .*did you mean inception_resnet_v1"):
        import_weights(tmp_path / "w.pt", tmp_path / "run", Origin("inception_resnet", "manga60a"))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Module, Path]:
    """The old study's network, its answer pixels of a 128 px crop less a half, and its weights as an ONNX file."""
    folder = tmp_path_factory.mktemp("old")
    torch.manual_seed(5)
    net = NETS["inception_resnet_v1"](points=60).eval()
    net.logits.weight.data *= 40  # pixels, not shares of a crop
    net.logits.bias.data = 64 + 20 * torch.randn(120)
    saved(folder / "model_new99.pt", {f"module.{name}": value for name, value in net.state_dict().items()})
    told = ["--net", "inception_resnet_v1", "--scheme", "manga60a", "--name", "old"]
    assert run(["import-weights", str(folder / "model_new99.pt"), *told, "-o", str(folder / "run")]) == 0
    assert run(["export", str(folder / "run"), str(folder / "old.onnx")]) == 0
    return net, folder / "old.onnx"


def by_hand(net: nn.Module, picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(60, 2) picture pixels, as the old program read a crop: grey, stretched, its numbers used as they come."""
    crop = warp(picture, matrix, (128, 128))
    grey = np.tensordot(crop.astype(np.float32), np.float32([0.299, 0.587, 0.114]), (2, 0))
    grey = 2 * (grey - grey.min()) / (grey.max() - grey.min()) - 1
    with torch.inference_mode():
        numbers = net(torch.from_numpy(grey)[None, None]) - 0.5  # ours adds half a crop to the last matrix
    return transform(numbers.reshape(60, 2).double().numpy(), invert(matrix))


def picture(shift: int = 0) -> np.ndarray:
    """A painted face with something in it to see."""
    drawn = paint([(60 + shift, 50, 110)])
    rng = np.random.default_rng(1)
    drawn[70:140, 80 + shift : 150 + shift, 1] = np.kron(rng.integers(0, 255, (7, 7)), np.ones((10, 10))).astype(
        np.uint8
    )
    return drawn


def test_foreign_weights_read_a_picture_as_their_own_program_did(world: World, old: tuple[nn.Module, Path]) -> None:
    net, file = old
    world.pointer = session.Session(file.read_bytes(), 1)  # type: ignore[assignment]
    image = picture()
    (face,) = cf.landmarks(image, model="mine.onnx")
    (found,) = cf.detect(image)
    framing = read(image, [Framing(found.box)], world.landmarker)[0].framing()  # type: ignore[arg-type]
    wanted = by_hand(net, image, crop_matrix(framing.box, 128, 1.4, framing.angle))
    assert np.ptp(wanted, axis=0).min() > 40  # pixels: the points are not all in one place
    assert np.abs(face.landmarks.points - wanted).max() < 0.05
    assert face.weights["landmarks"] == "old-1"


def test_a_gif_and_one_s_own_weights_give_the_gif_with_landmarks(
    world: World, old: tuple[nn.Module, Path], tmp_path: Path
) -> None:
    world.pointer = session.Session(old[1].read_bytes(), 1)  # type: ignore[assignment]
    source, drawn = tmp_path / "in.gif", tmp_path / "out.gif"
    pictures = [Image.fromarray(picture(4 * i)) for i in range(5)]
    pictures[0].save(source, save_all=True, append_images=pictures[1:], duration=[50, 60, 70, 80, 90], loop=3)
    seen = list(cf.frames(source, model="mine.onnx"))
    assert [[face.track for face in frame.faces] for frame in seen] == [[0]] * 5
    assert all(face.landmarks.scheme == MANGA60A.name for frame in seen for face in frame.faces)
    assert run(["annotate", str(source), "-o", str(drawn), "--model", "mine.onnx"]) == 0
    with open_clip(source) as a, open_clip(drawn) as b:
        assert (a.info.width, a.info.height, a.info.loop) == (b.info.width, b.info.height, b.info.loop)
        old_frames, new_frames = list(a), list(b)
    assert [frame.duration for frame in old_frames] == [frame.duration for frame in new_frames]
    assert all((x.image != y.image).any() for x, y in zip(old_frames, new_frames, strict=True))


def test_the_command_says_what_is_not_known_of_a_file(
    small: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path / "w.pt", small)
    words = ["import-weights", str(file), "--net", "pfld", "--scheme", "manga60a", "--data", "our own pages"]
    assert run([*words, "-o", str(tmp_path / "run")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{tmp_path / 'run'}: charaface export ")
    assert "licence: unknown" in said.err
    assert "data: unknown" not in said.err
    assert run([*words, "-o", str(tmp_path / "run")]) == 2
    assert run([*words, "-o", str(tmp_path / "other"), "--rename", "stem"]) == 2
    assert "--rename is OLD=NEW, got 'stem'" in capsys.readouterr().err
