"""The command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from charaface import __version__, crop, emotion, frames, landmarks, weights
from charaface.cli import program, run
from charaface.cli.annotate import KINDS
from charaface.cli.done import LEDGER
from charaface.cli.inputs import collect
from charaface.draw import DrawStyle, MoodCurve, draw_faces
from charaface.files import SUFFIXES, natural
from charaface.formats import FORMATS, Record
from charaface.image import load
from charaface.video import WRITERS, open_clip
from painted import World, gif, picture

Capture = pytest.CaptureFixture[str]


def lines(capture: Capture) -> list[dict[str, object]]:
    return [json.loads(line) for line in capture.readouterr().out.splitlines()]


@pytest.mark.usefixtures("world")
def test_landmarks_prints_one_json_object_a_frame(tmp_path: Path, capsys: Capture) -> None:
    a, b = picture(tmp_path / "A.png", 2), gif(tmp_path / "B 젠이치.gif")
    assert run(["landmarks", str(a), str(b)]) == 0
    found = lines(capsys)
    assert [(line["file"], line["frame"]) for line in found] == [(str(a), 0), (str(b), 0), (str(b), 1), (str(b), 2)]
    assert [*found[0]] == ["file", "frame", "time", "width", "height", "faces"]
    assert [line["time"] for line in found] == [0, 0, 0.04, 0.08]
    assert (found[0]["width"], found[0]["height"]) == (320, 240)
    assert found[0]["faces"] == [face.to_dict() for face in landmarks(a)]
    assert found[3]["faces"] == [face.to_dict() for face in list(frames(b))[2].faces]


@pytest.mark.usefixtures("world")
def test_start_and_stop_leave_a_range_of_the_frames(tmp_path: Path, capsys: Capture) -> None:
    clip = gif(tmp_path / "a.gif", 6)
    span = ["--start", "2", "--stop", "4"]
    for command in ("detect", "landmarks"):
        assert run([command, str(clip), *span]) == 0
        assert [(line["frame"], line["time"]) for line in lines(capsys)] == [(2, 0.08), (3, 0.12)]
    assert run(["annotate", str(clip), "-o", f"{tmp_path}/out.gif", *span]) == 0
    with open_clip(tmp_path / "out.gif") as drawn:
        assert [frame.time for frame in drawn] == [0, 0.04]
    assert run(["crop", str(clip), "-o", f"{tmp_path}/faces/", *span]) == 0
    assert sorted(path.name for path in (tmp_path / "faces").glob("*.png")) == ["a-00002-0.png", "a-00003-0.png"]
    assert run(["annotate", str(clip), "-o", f"{tmp_path}/drawn/", *span]) == 0
    capsys.readouterr()
    assert run(["annotate", str(clip), "-o", f"{tmp_path}/drawn/", *span]) == 0
    assert "1 of 1 done before" in capsys.readouterr().err
    assert run(["annotate", str(clip), "-o", f"{tmp_path}/drawn/", "--start", "1"]) == 0
    assert "done before" not in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_detect_prints_boxes_without_points(tmp_path: Path, capsys: Capture) -> None:
    assert run(["detect", str(picture(tmp_path / "a.png", 2))]) == 0
    (line,) = lines(capsys)
    assert [sorted(face) for face in line["faces"]] == [["box", "score", "weights"]] * 2


@pytest.mark.usefixtures("world")
def test_o_names_a_file_for_one_input(tmp_path: Path, capsys: Capture) -> None:
    a = picture(tmp_path / "a.png")
    assert run(["landmarks", str(a), "-o", str(tmp_path / "faces.jsonl")]) == 0
    assert run(["landmarks", str(a), "-o", str(tmp_path / "faces.csv")]) == 0
    assert json.loads((tmp_path / "faces.jsonl").read_text())["file"] == str(a)
    assert (tmp_path / "faces.csv").read_text().startswith("file,frame")
    assert run(["annotate", str(a), "-o", str(tmp_path / "drawn.png")]) == 0
    assert (load(tmp_path / "drawn.png") != load(a)).any()
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("world")
def test_a_hidden_face_gets_no_points_unless_they_are_asked_for(tmp_path: Path) -> None:
    a, faces = picture(tmp_path / "a.png"), landmarks(tmp_path / "a.png")
    for options, style in (
        (["--blur"], DrawStyle(points=False, lines=False, conceal="blur")),
        (["--pixelate", "--points"], DrawStyle(lines=False, conceal="pixelate")),
    ):
        assert run(["annotate", str(a), *options, "-o", str(tmp_path / "out.png")]) == 0
        assert (load(tmp_path / "out.png") == draw_faces(load(a), faces, style)).all()


@pytest.mark.usefixtures("world")
def test_a_folder_is_drawn_from_one_file_of_faces_and_anew_when_that_changes(tmp_path: Path, capsys: Capture) -> None:
    art, out, faces = tmp_path / "art", tmp_path / "out", tmp_path / "faces.jsonl"
    picture(art / "a.png")
    gif(art / "b.gif")
    found = [
        Record(str(art / "a.png"), 0, 0.0, 320, 240, []),
        Record("b.gif", 1, 0.04, 320, 240, landmarks(art / "a.png")),
    ]
    FORMATS["jsonl"].write(faces, found)
    command = ["annotate", str(art), "-o", str(out), "--faces", str(faces), "--boxes"]
    assert run(command) == 0
    assert "a.png: no face found" in capsys.readouterr().err
    with open_clip(art / "b.gif") as a, open_clip(out / "b.gif") as b:
        assert [(x.image != y.image).any() for x, y in zip(a, b, strict=True)] == [False, True, False]
    assert run(command) == 0
    assert "2 of 2 done before" in capsys.readouterr().err
    FORMATS["jsonl"].write(faces, found[1:])
    assert run(command) == 1
    assert f"error: {faces}: holds nothing of {art / 'a.png'}" in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_a_comparison_is_twice_as_wide_and_one_with_nothing_stops_at_once(tmp_path: Path, capsys: Capture) -> None:
    a = picture(tmp_path / "a.png")
    assert run(["annotate", str(a), "--compare", "detector", "-o", str(tmp_path / "b.png")]) == 0
    assert load(tmp_path / "b.png").shape[1] > 640
    for option in ("--compare", "--faces"):
        assert run(["annotate", str(a), option, "none.jsonl", "-o", str(tmp_path / "c.png")]) == 2
        assert capsys.readouterr().err.startswith("error: none.jsonl: is no file of faces, no path.onnx")
    assert not (tmp_path / "c.png").exists()


@pytest.mark.usefixtures("world")
def test_to_makes_another_kind_of_file_in_a_folder(tmp_path: Path, capsys: Capture) -> None:
    a, b = gif(tmp_path / "a.gif"), gif(tmp_path / "b.gif")
    assert run(["annotate", str(a), str(b), "--to", "webp", "-o", f"{tmp_path}/out/"]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [LEDGER, "a.webp", "b.webp"]
    with open_clip(a) as before, open_clip(tmp_path / "out/a.webp") as after:
        assert [frame.time for frame in before] == [frame.time for frame in after]
    assert {f".{kind}" for kind in KINDS} <= {*WRITERS, *SUFFIXES}
    assert run(["annotate", str(a), "--to", "webp", "-o", f"{tmp_path}/c.gif"]) == 2
    assert "does not end on .webp" in capsys.readouterr().err


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("names", "made"),
    [("shots/%04d.png", "shots.gif"), ("shots/take_%d.png", "take.gif"), ("shots/100%d.png", "100.gif")],
)
def test_numbered_pictures_become_one_file_that_has_a_name(names: str, made: str, tmp_path: Path) -> None:
    for k in (1, 2):
        picture(tmp_path / (names % k))
    assert run(["annotate", str(tmp_path / names), "-o", str(tmp_path / "out/"), "--to", "gif"]) == 2
    assert run(["annotate", str(tmp_path / names), "-o", f"{tmp_path}/out/", "--to", "gif"]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [made]
    assert open_clip(tmp_path / "out" / made).frame_count == 2


@pytest.mark.usefixtures("world")
def test_o_names_a_folder_for_several_and_for_a_folder(tmp_path: Path) -> None:
    for name in ("a.png", "deep/b.png", "deep/b.gif", ".hidden/c.png", "notes.txt"):
        picture(tmp_path / "in" / name) if not name.endswith((".gif", ".txt")) else (tmp_path / "in" / name).touch()
    gif(tmp_path / "in/deep/b.gif")
    assert run(["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out/new")]) == 0
    made = {path.relative_to(tmp_path / "out/new").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert made == {"a.png", "deep/b.gif", "deep/b-2.png", LEDGER}
    assert run(["landmarks", str(tmp_path / "in/a.png"), "-o", f"{tmp_path}/lines/"]) == 0
    assert (tmp_path / "lines/a.png.jsonl").exists()


def test_standard_input_is_an_input(tmp_path: Path) -> None:
    """In a process of its own, whose standard input is a file."""
    a = picture(tmp_path / "a.png", 0)
    (tmp_path / "out").mkdir()

    def piped(*command: str, data: bytes = a.read_bytes()) -> tuple[int, str]:
        line = [sys.executable, "-m", "charaface", *command]
        done = subprocess.run(line, input=data, capture_output=True, cwd=tmp_path, check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    status, words = piped("detect", "-")
    assert status == 0
    assert '"file": "-"' in words
    assert piped("detect", "-", "-o", "out") == (0, "")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [LEDGER, "stdin.png.jsonl"]
    assert piped("annotate", "-", "-o", "b.png") == (0, "-: no face found; copied as it is to b.png\n")
    assert (tmp_path / "b.png").read_bytes() == a.read_bytes()
    status, words = piped("detect", "-", data=b"words")
    assert status == 2
    assert words.startswith("error: -: is no PNG")


def test_a_pattern_names_files_and_a_file_of_that_name_comes_first(tmp_path: Path) -> None:
    for name in ("b10.png", "b2.png", "deep/b3.png", "c.txt", "[b]2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    def names(pattern: str) -> list[str]:
        return [one.path.relative_to(tmp_path).as_posix() for one in collect([tmp_path / pattern], None)[0]]

    assert names("b*.png") == ["b2.png", "b10.png"]
    assert names("**/b*.png") == ["b2.png", "b10.png", "deep/b3.png"]
    assert names("[b]2.png") == ["[b]2.png"]
    assert names("x*.png") == ["x*.png"]  # said to be missing when it is opened


@pytest.mark.usefixtures("world")
def test_a_pattern_of_several_files_needs_a_folder(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a.png", "b.png"):
        picture(tmp_path / name)
    assert run(["annotate", f"{tmp_path}/*.png", "-o", f"{tmp_path}/out"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == ["a.png", "b.png"]
    assert run(["annotate", f"{tmp_path}/*.png", "-o", f"{tmp_path}/c.png"]) == 2
    assert "several inputs need a folder" in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_an_output_folder_inside_the_input_is_no_input(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    for _ in range(3):
        assert run(["annotate", str(tmp_path), "-o", str(tmp_path / "out"), "--boxes"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [LEDGER, "a.png"]


def test_a_second_run_does_only_what_is_missing(world: World, tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b", "c"):
        picture(tmp_path / f"in/{name}.png")
    command = ["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out")]
    out = tmp_path / "out"

    def reads(*more: str) -> int:
        before = len(world.detector.calls)
        assert run([*command, *more]) == 0
        return len(world.detector.calls) - before

    assert reads() == 3
    assert reads() == 0
    assert "3 of 3 done before" in capsys.readouterr().err
    assert reads("--threads", "1") == 0  # no say in the result
    (out / "b.png").unlink()
    assert reads() == 1
    (out / "c.png").write_bytes(b"cut short")
    assert reads() == 1
    assert reads("--boxes") == 3
    assert reads() == 3
    picture(tmp_path / "in/a.png", 2)
    picture(tmp_path / "in/d.png")
    assert reads() == 2
    with (out / LEDGER).open("a") as file:
        file.write('{"input": "a.png", "made"')  # a run that was killed while writing
    assert reads() == 0


@pytest.mark.usefixtures("world")
def test_results_and_crops_in_a_folder_are_not_made_twice_either(tmp_path: Path, world: World) -> None:
    picture(tmp_path / "in/a.png", 3)
    gif(tmp_path / "in/b.gif")
    for command in (["landmarks"], ["crop", "--size", "64"]):
        out = tmp_path / command[0]
        arguments = [*command, str(tmp_path / "in"), "-o", str(out)]
        assert run(arguments) == 0
        before = len(world.detector.calls)
        assert run(arguments) == 0
        assert len(world.detector.calls) == before
    crops = {path.name for path in (tmp_path / "crop").glob("*.png")}
    assert crops == {"a-0.png", "a-1.png", "a-2.png", "b-00000-0.png", "b-00001-0.png", "b-00002-0.png"}
    assert load(tmp_path / "crop/a-0.png").shape == (64, 64, 3)


@pytest.mark.usefixtures("world")
def test_crop_of_one_picture_takes_the_name_given(tmp_path: Path, capsys: Capture) -> None:
    a = picture(tmp_path / "a.png", 2)
    assert run(["crop", str(a), "-o", str(tmp_path / "face.png"), "--align"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "face.png", "face-2.png"}
    assert run(["crop", str(picture(tmp_path / "none.png", 0)), "-o", str(tmp_path / "x.png")]) == 0
    assert "no face found; nothing to crop" in capsys.readouterr().err
    assert run(["crop", str(a), "-o", str(tmp_path / "face.txt")]) == 2
    (face, *_) = landmarks(a)
    for options, fill in ((["--rule", "ffhq"], (255, 255, 255)), (["--align", "--angle", "-30"], "reflect")):
        out = tmp_path / f"{options[-1]}.png"
        written = fill if fill == "reflect" else "#FFFFFF"
        assert run(["crop", str(a), "-o", str(out), "--size", "50", "--fill", written, *options]) == 0
        form = {"rule": "ffhq"} if "ffhq" in options else {"align": True, "angle": -30}
        assert np.array_equal(load(out), crop(a, [face], size=50, fill=fill, **form)[0])
    out = tmp_path / "clear.png"
    assert run(["crop", str(a), "-o", str(out), "--margin", "3", "--fill", "transparent"]) == 0
    assert load(out, alpha=True).shape == (256, 256, 4)
    assert run(["crop", str(a), "-o", str(out), "--fill", "blue"]) == 2
    assert 'white, reflect, transparent or a colour "#rrggbb", got' in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_drawing_options_reach_the_picture(tmp_path: Path) -> None:
    a = picture(tmp_path / "a.png")
    pictures = {}
    for options in (
        "",
        "--no-points",
        "--no-lines",
        "--boxes",
        "--labels",
        "--part mouth",
        "--colour #00ff00",
        "--colour eye=#00ff00",
        "--thickness 3",
        "--radius 4",
        "--blank",
        "--transparent",
    ):
        assert run(["annotate", str(a), "-o", str(tmp_path / "out.png"), *options.split()]) == 0
        pictures[load(tmp_path / "out.png", alpha=True).tobytes()] = options
    assert len(pictures) == 12


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["f10.png", "f2.png", "f1.png"], ["f1.png", "f2.png", "f10.png"]),
        (["b", "A", "a"], ["A", "a", "b"]),
        (["٢.png", "1.png", "x"], ["1.png", "٢.png", "x"]),
        (["a²", "a1", "a"], ["a", "a1", "a²"]),
        (["a2.png", "a.png", "a.gif"], ["a.gif", "a.png", "a2.png"]),
    ],
)
def test_files_are_taken_in_natural_order(names: list[str], order: list[str]) -> None:
    assert sorted(names, key=natural) == order


def test_inputs_have_names_of_their_own_and_come_once(tmp_path: Path) -> None:
    for name in ("x/a.png", "y/a.png", "y/A.jpg"):
        picture(tmp_path / name)
    paths = [tmp_path / "x/a.png", tmp_path / "y", tmp_path / "y/a.png"]
    inputs, problems = collect(paths, None)
    assert [one.name.as_posix() for one in inputs] == ["a.png", "A-2.jpg", "a-3.png"]
    assert problems == []


def test_every_command_has_help_for_itself_and_each_option() -> None:
    for name, command in program.commands.items():
        assert command.help, name
        assert run([name, "--help"]) == 0


@pytest.mark.parametrize("how", [["-m", "charaface"], ["-c", "from charaface.cli import main; main()"]])
def test_both_ways_to_start_are_the_same_program(how: list[str]) -> None:
    done = subprocess.run([sys.executable, *how, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"charaface, version {__version__}"


@pytest.mark.usefixtures("moods")
def test_emotion_prints_the_expressions_of_all_frames(tmp_path: Path, capsys: Capture) -> None:
    a, b = picture(tmp_path / "a.png", 2), gif(tmp_path / "b.gif")
    assert run(["emotion", str(a), str(b)]) == 0
    found = lines(capsys)
    assert [[face["emotion"]["label"] for face in line["faces"]] for line in found] == [["neutral"] * 2] + [
        ["neutral"]
    ] * 3
    assert found[0]["faces"] == [face.to_dict() for face in emotion(a)]
    assert run(["emotion", str(a), "--weights", "generated"]) == 0
    (line,) = lines(capsys)
    assert {face["weights"]["emotion"] for face in line["faces"]} == {"emotion-drawn-1"}
    assert run(["emotion", str(a), "--weights", "generated", "--model", "emotion-photo"]) == 2
    assert "which weights generated leave out" in capsys.readouterr().err


def test_emotion_without_a_network_stops_at_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(weights, "SHARED", {"emotion": ()})
    assert run(["emotion", str(picture(tmp_path / "a.png")), str(picture(tmp_path / "b.png"))]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: there are no weights for emotion yet; name a network of yours as model (--model FILE.onnx)"
    ]
    assert world.detector.calls == []
    assert run(["emotion", str(tmp_path / "a.png"), "--model", "moods.onnx"]) == 0


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("command", ["detect", "landmarks", "crop", "annotate", "report"])
def test_every_command_that_runs_networks_takes_the_choice_of_weights(tmp_path: Path, command: str) -> None:
    out = tmp_path / (
        "out.html" if command == "report" else "out.png" if command in ("annotate", "crop") else "out.jsonl"
    )
    assert run([command, str(picture(tmp_path / "a.png")), "--weights", "generated", "-o", str(out)]) == 0
    assert out.exists()
    assert run([command, str(tmp_path / "a.png"), "--weights", "free", "-o", str(out)]) == 2


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "charaface", "landmarks", str(gif(tmp_path / "a.gif", 50))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(20)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.usefixtures("moods")
def test_a_curve_is_drawn_of_one_clip(tmp_path: Path, capsys: Capture) -> None:
    clip, still = gif(tmp_path / "a.gif"), picture(tmp_path / "b.png")
    assert run(["emotion", str(clip), "-o", f"{tmp_path}/a.jsonl", "--curve", f"{tmp_path}/mood.svg"]) == 0
    curve = MoodCurve("a.gif")
    for frame in frames(clip, "emotion"):
        curve.add(frame.time, frame.faces)
    assert (tmp_path / "mood.svg").read_text("utf-8") == curve.plate().svg()
    assert run(["emotion", str(still), "--curve", f"{tmp_path}/mood.png"]) == 0
    assert "b.png: no face of a clip with an expression; no curve drawn" in capsys.readouterr().err
    assert not (tmp_path / "mood.png").exists()
    assert run(["emotion", str(clip), str(still), "--curve", f"{tmp_path}/mood.png"]) == 2
    assert "--curve draws one clip" in capsys.readouterr().err
    assert run(["emotion", str(clip), "--curve", f"{tmp_path}/mood.pdf"]) == 2
    assert "mood.pdf: name a picture (" in capsys.readouterr().err
