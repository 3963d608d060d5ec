"""Networks as ONNX files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charaface import session, weights
from charaface.files import InputError
from charaface.session import MOST_THREADS, Feed, Session, Spec, check_threads, physical_cores

onnx = pytest.importorskip("onnx")

DETECT: dict[str, Any] = {
    "name": "tiny",
    "version": 3,
    "task": "detect",
    "input": {"name": "image", "size": None, "multiple": 32, "mean": [127.5] * 3, "std": [127.5] * 3},
    "outputs": ["boxes", "scores"],
    "licence": "MIT",
    "data": "nothing",
}
LANDMARKS: dict[str, Any] = {
    **DETECT,
    "task": "landmarks",
    "input": {**DETECT["input"], "size": [128, 128]},
    "outputs": ["points", "scores", "visible", "face"],
    "scheme": "ibug68",
    "crop_scale": 1.4,
}
EMOTION: dict[str, Any] = {
    **DETECT,
    "task": "emotion",
    "outputs": ["emotion"],
    "crop_scale": 1.2,
    "labels": {"emotion": ["happy", "sad"]},
    "domains": ["photo"],
}


def detector(spec: dict[str, Any] | None = DETECT, weight: float = 2.0, channels: int = 4) -> Any:
    """An ONNX model: boxes (N, A, 4) are a convolution of the picture, scores (N, A) the mean of each."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    kernel = (weight * rng.normal(size=(channels, 3, 32, 32)) / 1000).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["image", "kernel"], ["map"], strides=[32, 32]),
        helper.make_node("Reshape", ["map", "shape"], ["flat"]),
        helper.make_node("Transpose", ["flat"], ["boxes"], perm=[0, 2, 1]),
        helper.make_node("ReduceMean", ["boxes", "axis"], ["scores"], keepdims=0),
    ]
    constants = {"kernel": kernel, "shape": np.array([0, channels, -1]), "axis": np.array([2])}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [
            helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["n", "a", channels]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", "a"]),
        ],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    if spec is not None:
        helper.set_model_props(model, {"charaface": json.dumps(spec)})
    return model


def data(**options: Any) -> bytes:
    return detector(**options).SerializeToString()  # type: ignore[no-any-return]


def test_a_network_says_how_it_is_fed_and_runs() -> None:
    network = Session(data(), threads=1)
    assert network.spec.label == "tiny-3"
    pictures = [np.full((64, 96, 3), value, np.uint8) for value in (0, 90, 255)]
    found = network.run(network.spec.input.batch(pictures))
    assert {name: values.shape for name, values in found.items()} == {"boxes": (3, 6, 4), "scores": (3, 6)}
    assert found["scores"].dtype == np.float32


def test_the_same_input_gives_the_same_bytes() -> None:
    network = Session(data(), threads=1)
    batch = np.random.default_rng(0).normal(size=(2, 3, 64, 64)).astype(np.float32)
    first, second = network.run(batch), Session(data(), threads=1).run(batch)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


def test_threads_do_not_change_the_result() -> None:
    batch = np.random.default_rng(0).normal(size=(1, 3, 320, 320)).astype(np.float32)
    one, four = Session(data(), threads=1).run(batch), Session(data(), threads=4).run(batch)
    assert all(np.allclose(one[name], four[name], atol=1e-5) for name in one)


def test_a_picture_is_fed_as_the_spec_says() -> None:
    feed = Feed("image", None, 32, (10, 20, 30), (1, 2, 4))
    picture = np.array([[[11, 24, 38], [10, 20, 30]]], np.uint8)
    assert feed.batch([picture]).tolist() == [[[[1, 0]], [[2, 0]], [[2, 0]]]]


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((1, 3, 65, 64), "float32"), ((3, 64, 64), "float32"), ((1, 1, 64, 64), "float32"), ((1, 3, 64, 64), "float64")],
)
def test_a_batch_that_does_not_fit_is_refused(shape: tuple[int, ...], dtype: str) -> None:
    with pytest.raises(ValueError, match=r"tiny-3 takes \(N, 3, multiples of 32\) float32, got"):
        Session(data(), threads=1).run(np.zeros(shape, dtype))


def test_answers_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="tiny-3 gave boxes that are no numbers"):
        Session(data(weight=float("nan")), threads=1).run(np.ones((1, 3, 32, 32), np.float32))


def changed(table: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A copy with values replaced, or left out where ..., also inside input as input__name."""
    out = json.loads(json.dumps(table))
    for name, value in values.items():
        place = out
        *path, last = name.split("__")
        for step in path:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return out  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (changed(DETECT, name=...), "name is missing"),
        (changed(DETECT, version="1"), "version is '1'"),
        (changed(DETECT, version=True), "version is True"),
        (changed(DETECT, task="mesh"), "task is 'mesh'; there are landmarks, detect"),
        (changed(DETECT, licence=...), "licence is missing"),
        (changed(DETECT, data=...), "data is missing"),
        (changed(DETECT, extra=1), "unknown extra"),
        (changed(DETECT, outputs=["boxes"]), "outputs lack scores"),
        (changed(DETECT, input=...), "input must be a JSON object"),
        (changed(DETECT, input__size=[1]), r"size is \[1\], not two whole numbers"),
        (changed(DETECT, input__size=[0, 5]), "size is"),
        (changed(DETECT, input__mean=[1, 2]), r"mean is \[1, 2\], not three numbers"),
        (changed(DETECT, input__std=[1, 0, 1]), "std and multiple must be above 0"),
        (changed(DETECT, input__order="BGR"), "unknown input order"),
        (changed(DETECT, scheme="ibug68"), "unknown scheme"),
        (changed(LANDMARKS, scheme=...), "scheme is missing"),
        (changed(LANDMARKS, scheme="dlib5"), "scheme is 'dlib5'; there are ibug68"),
        (changed(LANDMARKS, crop_scale=...), "crop_scale is missing"),
        (changed(LANDMARKS, crop_scale=0), "crop_scale is 0"),
        (changed(EMOTION, crop_scale=...), "crop_scale is missing"),
        (changed(EMOTION, labels={"mood": ["happy"]}), "unknown mood"),
        (changed(EMOTION, labels={"emotion": ["sad", "sad"]}), "not lists of different names"),
        (changed(EMOTION, domains=["statue"]), "unknown statue"),
        ([1, 2], "the Spec must be a JSON object"),
    ],
)
def test_a_spec_is_read_strictly(table: Any, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Spec.from_json(json.dumps(table))


def test_a_spec_of_each_task_is_read() -> None:
    assert Spec.from_json(json.dumps(DETECT)).input.size is None
    spec = Spec.from_json(json.dumps(LANDMARKS))
    assert (spec.input.size, spec.scheme, spec.crop_scale) == ((128, 128), "ibug68", 1.4)
    spec = Spec.from_json(json.dumps(EMOTION))
    assert (spec.labels, spec.domains, spec.crop_scale) == ({"emotion": ("happy", "sad")}, ("photo",), 1.2)


POINTS: dict[str, Any] = {**LANDMARKS, "outputs": ["points"], "scheme": "manga60a"}


def points_network(spec: dict[str, Any] = POINTS, count: int = 60) -> bytes:
    """An ONNX model that gives points (N, count, 2) alone, zeros all of them."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("ReduceMean", ["image", "axes"], ["mean"], keepdims=1),
        helper.make_node("Squeeze", ["mean", "axis"], ["flat"]),
        helper.make_node("Mul", ["flat", "zeros"], ["points"]),
    ]
    constants = {"axes": np.array([1, 2, 3]), "axis": np.array([3]), "zeros": np.zeros((1, count, 2), np.float32)}
    graph = helper.make_graph(
        nodes,
        "points",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 128, 128])],
        [helper.make_tensor_value_info("points", TensorProto.FLOAT, ["n", count, 2])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    helper.set_model_props(model, {"charaface": json.dumps(spec)})
    return model.SerializeToString()  # type: ignore[no-any-return]


def test_a_network_may_give_points_alone_and_then_another_frames() -> None:
    network = Session(points_network(), 1)
    assert not network.spec.frames
    assert Spec.from_json(json.dumps(LANDMARKS)).frames
    assert not Spec.from_json(json.dumps(changed(LANDMARKS, scheme="manga60a"))).frames
    assert network.run(np.zeros((2, 3, 128, 128), np.float32))["points"].shape == (2, 60, 2)


def test_readers_are_one_network_or_the_points_of_one_and_the_framing_of_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(points_network())
    own, mixed = session.load_readers(None, 1), session.load_readers([path], 1)
    assert own.alone
    assert not mixed.alone
    assert mixed.framer is own.framer
    assert mixed.reader.spec.scheme == "manga60a"


def other_input() -> bytes:
    return data(spec=changed(DETECT, input__name="picture"))


def more_outputs() -> bytes:
    return data(spec=changed(DETECT, outputs=["boxes", "scores", "masks"]))


@pytest.mark.parametrize(
    ("bytes_", "wrong"),
    [
        (b"", "no network that onnxruntime can run"),
        (b"GIF89a and more that is no protobuf", "is no ONNX file"),
        (b"\x0a" * 40, "is no ONNX file|no network"),
        (data()[:-50], "is no ONNX file"),
        (b"\xff" * 100, "is no ONNX file"),
        (data(spec=None), "has no metadata 'charaface'"),
        (data(spec=changed(DETECT, task="mesh")), "its Spec is wrong: task is 'mesh'"),
        (other_input(), "the input is image, not picture"),
        (more_outputs(), "the network does not give masks"),
        (points_network(count=68), r"points are \['n', 68, 2\]; manga60a has \(N, 60, 2\)"),
    ],
)
def test_bytes_that_are_no_network_of_ours_are_refused_by_name(bytes_: bytes, wrong: str) -> None:
    with pytest.raises(InputError, match=wrong) as caught:
        Session(bytes_, 1, "some/model.onnx")
    assert str(caught.value).startswith("some/model.onnx: ")


def outside(tensor: Any, place: str = "secret.bin") -> None:
    """Lets a tensor claim that its values lie in another file."""
    from onnx.external_data_helper import set_external_data

    tensor.raw_data = tensor.raw_data or b"\0\0\0\0"
    set_external_data(tensor, place)
    tensor.ClearField("raw_data")


def hidden_in_initializer() -> Any:
    model = detector()
    outside(model.graph.initializer[0])
    return model


def hidden_in_constant() -> Any:
    model = detector()
    node = onnx.helper.make_node("Constant", [], ["c"], value=onnx.numpy_helper.from_array(np.zeros(4, np.float32)))
    outside(node.attribute[0].t)
    model.graph.node.insert(0, node)
    return model


def hidden_in_branch() -> Any:
    model = detector()
    inner = onnx.helper.make_graph([], "inner", [], [], [onnx.numpy_helper.from_array(np.zeros(4, np.float32), "x")])
    outside(inner.initializer[0])
    model.graph.node.append(onnx.helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner))
    return model


def hidden_in_function() -> Any:
    model = detector()
    node = onnx.helper.make_node("Constant", [], ["c"], value=onnx.numpy_helper.from_array(np.zeros(4, np.float32)))
    outside(node.attribute[0].t)
    model.functions.append(onnx.helper.make_function("own", "f", [], ["c"], [node], []))
    return model


def hidden_in_sparse() -> Any:
    model = detector()
    values = onnx.numpy_helper.from_array(np.ones(1, np.float32), "s")
    outside(values)
    places = onnx.numpy_helper.from_array(np.zeros(1, np.int64), "i")
    model.graph.sparse_initializer.append(onnx.helper.make_sparse_tensor(values, places, [4]))
    return model


def only_the_flag() -> Any:
    model = detector()
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    return model


def only_the_place() -> Any:
    model = detector()
    model.graph.initializer[0].external_data.add(key="location", value="*/_ORT_MEM_ADDR_/*")
    return model


@pytest.mark.parametrize(
    "make",
    [
        hidden_in_initializer,
        hidden_in_constant,
        hidden_in_branch,
        hidden_in_function,
        hidden_in_sparse,
        only_the_flag,
        only_the_place,
    ],
)
def test_weights_in_other_files_are_refused_wherever_they_hide(make: Any) -> None:
    with pytest.raises(InputError, match=r"m\.onnx: keeps weights in other files"):
        Session(make().SerializeToString(), 1, "m.onnx")


def test_a_file_is_loaded_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "얼굴 網.onnx"
    path.write_bytes(data())
    first = session.load(path, 1)
    assert session.load(str(path), 1) is first
    path.write_bytes(data(spec=changed(DETECT, version=4)))
    os.utime(path, ns=(1, 1))
    assert session.load(path, 1).spec.label == "tiny-4"


def test_a_model_replaces_the_network_of_its_task_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(data())
    assert session.load_for("detect", path, 1).spec.label == "tiny-3"
    asked = []
    real = session.load
    monkeypatch.setattr(session, "load", lambda name, threads: asked.append(name) or real(path, threads))
    session.load_for("landmarks", [path], 1)
    session.load_for("landmarks", None, 1)
    assert asked == [path, weights.DEFAULTS["landmarks"], weights.DEFAULTS["landmarks"]]


@pytest.mark.parametrize("name", ["missing.onnx", "no/such/folder.onnx", "."])
def test_a_path_that_is_no_network_is_named(name: str) -> None:
    with pytest.raises(InputError, match=r"missing|folder|\."):
        session.load(Path(name), 1)


def test_threads_are_physical_cores_at_most_four_unless_said() -> None:
    assert physical_cores() >= 1
    assert check_threads(None) == min(physical_cores(), MOST_THREADS)
    assert check_threads(9) == 9
    with pytest.raises(ValueError, match="threads must be at least 1, got 0"):
        check_threads(0)
