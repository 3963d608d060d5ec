"""What the command line says of wrong calls, of files that are none and of programs that are stopped."""

from __future__ import annotations

import json
import os
import signal
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface.cli import run
from charaface.cli.done import LEDGER
from charaface.video import open_clip
from painted import World, gif, paint, picture

Capture = pytest.CaptureFixture[str]
WITH_OUTPUT = ("detect", "landmarks", "annotate", "crop")


@pytest.mark.usefixtures("world")
def test_a_batch_goes_on_past_bad_files_and_names_each(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "d.gif").write_bytes(b"GIF89a")
    for name in ("a.png", "c.png"):
        picture(tmp_path / name)
    assert run(["landmarks", str(tmp_path), str(tmp_path / "missing.png")]) == 1
    printed = capsys.readouterr()
    assert [Path(json.loads(line)["file"]).name for line in printed.out.splitlines()] == ["a.png", "c.png"]
    errors = [line for line in printed.err.splitlines() if line.startswith("error: ")]
    assert [any(name in line for name in ("b.png", "d.gif", "missing.png")) for line in errors] == [True] * 3


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["landmarks"], 2, "Missing argument"),
        (["landmarks", "missing.png"], 2, "missing.png: no such file"),
        (["train", "missing.toml"], 2, "missing.toml: no such file"),
        (["study", "missing.toml"], 2, "missing.toml: no such file"),
        (["import-weights", "missing.pt", "-o", "r", "--net", "pfld", "--scheme", "ibug68"], 2, "missing.pt: no such"),
        (["landmarks", "{a}", "--threshold", "3"], 2, "--threshold"),
        (["landmarks", "{a}", "--threads", "0"], 2, "--threads"),
        (["landmarks", "{a}", "--format", "xml"], 2, "--format"),
        (["landmarks", "{a}", "{b}", "-o", "{a}"], 2, "is a file; several inputs need a folder"),
        *(
            (
                ["landmarks", "{a}", "{b}", "-o", f"{{empty}}/faces{suffix}"],
                2,
                "is a file; several inputs need a folder",
            )
            for suffix in (".csv", ".jsonl", ".json", ".parquet", ".xml")
        ),
        (["landmarks", "{empty}"], 2, "no pictures or clips in this folder"),
        (["annotate", "{a}"], 2, "Missing option '-o'"),
        (["annotate", "{a}", "-o", "{a}"], 2, "is the input itself"),
        (["annotate", "{empty}", "-o", "{empty}"], 2, "is the input itself"),
        (["annotate", "{a}", "-o", "{empty}/no/out.png"], 2, "there is no folder"),
        (["annotate", "{a}", "-o", "{empty}/out.xyz"], 2, "not on .xyz"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--colour", "eye=green"], 2, "\"#rrggbb\", got 'green'"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--part", "ear"], 2, "no part 'ear' to draw"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--thickness", "-1"], 2, "thickness is over 0"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--blank", "--transparent"], 2, "exclude each other"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--fps", "0"], 2, "--fps"),
        (["crop", "{a}", "-o", "{empty}/o.png", "--size", "0"], 2, "--size"),
        (["landmarks", "{a}", "--start", "-1"], 2, "--start"),
        (["landmarks", "{a}", "--start", "3", "--stop", "3"], 2, "--stop is a number after --start: got 3"),
        (["crop", "{a}", "-o", "{empty}/o.png", "--start", "3", "--stop", "2"], 2, "--stop is a number after"),
        (["annotate", "{a}", "-o", "{empty}/o.png", "--start", "1"], 2, "has 1 frame, numbered from 0, so none from 1"),
        (["landmarks", "{a}", "--max-pixels", "10"], 2, "--max-pixels 76800 raises it"),
        (["fly"], 2, "No such command 'fly'"),
        (["evaluate", "--data", "{empty}/none"], 2, ""),
        (["--version"], 0, ""),
        (["--help"], 0, ""),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    tmp_path: Path, capsys: Capture, arguments: list[str], status: int, word: str
) -> None:
    (tmp_path / "empty").mkdir()
    a, b = picture(tmp_path / "a.png"), picture(tmp_path / "b.png")
    before = a.read_bytes()
    arguments = [text.format(a=a, b=b, empty=tmp_path / "empty") for text in arguments]
    assert run(arguments) == status
    assert word in capsys.readouterr().err
    assert a.read_bytes() == before
    assert not [*(tmp_path / "empty").iterdir()]


def huge(path: Path) -> None:
    """A PNG whose header claims 50,000 x 50,000 pixels."""
    body = b"IHDR" + (50_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    data = b"\x89PNG\r\n\x1a\n"
    for chunk in (body, b"IDAT" + zlib.compress(b"\0" * 5000), b"IEND"):
        data += (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    path.write_bytes(data)


def truncated(path: Path) -> None:
    gif(path, 6)
    data = path.read_bytes()
    path.write_bytes(data[: 2 * len(data) // 3])


def no_frames(path: Path) -> None:
    path.write_bytes(b"GIF89a" + bytes([64, 1, 240, 0, 0, 0, 0]) + b";")


def colours(mode: str, form: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        image = Image.fromarray(paint([(20, 60, 80)]))
        if mode == "I;16":
            image = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
        image = image if mode == "I;16" else image.convert(mode)
        image.save(path, form)

    return make


def turned(path: Path) -> None:
    image = Image.fromarray(np.rot90(paint([(20, 60, 80)])))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif, quality=95)


BAD: dict[str, tuple[str, Callable[[Path], object], int, str]] = {
    # what it is: file name, how it is made, exit status alone, word on standard error
    "no image": ("a.png", lambda path: path.write_text("hello"), 2, "is no PNG"),
    "empty": ("a.gif", lambda path: path.write_bytes(b""), 2, "empty"),
    "truncated GIF": ("a.gif", truncated, 0, "warning:"),
    "GIF without frames": ("a.gif", no_frames, 2, "no whole frame"),
    "1x1": ("a.png", lambda path: Image.new("RGB", (1, 1)).save(path), 0, ""),
    "50,000x50,000": ("a.png", huge, 2, "--max-pixels"),
    "16 bits": ("a.png", colours("I;16", "PNG"), 0, ""),
    "CMYK": ("a.jpg", colours("CMYK", "JPEG"), 0, ""),
    "grey with alpha": ("a.png", colours("LA", "PNG"), 0, ""),
    "turned by EXIF": ("a.jpg", turned, 0, ""),
    "cut short": ("a.png", lambda path: path.write_bytes(picture(path).read_bytes()[:300]), 2, "damaged or cut short"),
    "the wrong suffix": ("a.jpg", lambda path: gif(path), 0, ""),
    "no face": ("a.gif", lambda path: gif(path, faces=False), 0, ""),
}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("command", WITH_OUTPUT)
@pytest.mark.parametrize("what", BAD)
def test_bad_input_gets_a_clear_line_or_the_right_result(
    tmp_path: Path, capsys: Capture, what: str, command: str
) -> None:
    name, make, status, word = BAD[what]
    path = tmp_path / "in" / name
    path.parent.mkdir()
    make(path)
    before = path.read_bytes()
    suffix = {"annotate": ".gif" if what == "the wrong suffix" else path.suffix, "crop": ".png"}.get(command, ".jsonl")
    output = tmp_path / "out" / f"result{suffix}"
    output.parent.mkdir()
    assert run([command, str(path), "-o", str(output)]) == status
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert word in printed.err
    if status:
        assert str(path) in printed.err
        assert not [*output.parent.iterdir()]
    assert path.read_bytes() == before


@pytest.mark.usefixtures("world")
def test_a_picture_turned_by_exif_has_its_faces_where_they_are_seen(tmp_path: Path, capsys: Capture) -> None:
    turned(tmp_path / "a.jpg")
    assert run(["detect", str(tmp_path / "a.jpg")]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["width"], line["height"]) == (320, 240)
    assert line["faces"][0]["box"] == pytest.approx([20, 60, 100, 140], abs=1.5)


@pytest.mark.usefixtures("world")
def test_what_came_before_the_damage_is_used(tmp_path: Path) -> None:
    truncated(tmp_path / "a.gif")
    assert run(["annotate", str(tmp_path / "a.gif"), "-o", str(tmp_path / "b.gif")]) == 0
    with open_clip(tmp_path / "b.gif") as clip:
        assert 1 <= clip.info.frames < 6


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("world")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, capsys: Capture) -> None:
    a = picture(tmp_path / "a.png")
    (tmp_path / "locked").mkdir(mode=0o500)
    assert run(["annotate", str(a), "-o", str(tmp_path / "locked/b.png")]) == 2
    assert "cannot write in" in capsys.readouterr().err


def test_ctrl_c_is_clean_and_the_next_run_goes_on(world: World, tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b", "c"):
        picture(tmp_path / f"in/{name}.png")
    command = ["annotate", str(tmp_path / "in"), "-o", str(tmp_path / "out")]
    working = world.detector.run

    def stop(batch: np.ndarray) -> dict[str, np.ndarray]:
        if len(world.detector.calls) == 1:
            raise KeyboardInterrupt
        return working(batch)

    world.detector.run = stop  # type: ignore[method-assign]
    assert run(command) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [LEDGER, "a.png"]
    world.detector.run = working  # type: ignore[method-assign]
    assert run(command) == 0
    assert "1 of 3 done before" in capsys.readouterr().err


def test_a_request_to_end_is_taken_like_ctrl_c(world: World, tmp_path: Path) -> None:
    source = gif(tmp_path / "a.gif", 5)
    working = world.landmarker.run

    def stop(batch: np.ndarray) -> dict[str, np.ndarray]:
        if len(world.landmarker.calls) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return working(batch)

    world.landmarker.run = stop  # type: ignore[method-assign]
    assert run(["annotate", str(source), "-o", str(tmp_path / "b.gif")]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


def test_an_error_of_our_own_names_the_file_and_stops_nothing(world: World, tmp_path: Path, capsys: Capture) -> None:
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    working = world.detector.run

    def stumble(batch: np.ndarray) -> dict[str, np.ndarray]:
        answer = working(batch)
        if len(world.detector.calls) == 1:
            raise ZeroDivisionError("a mistake")
        return answer

    world.detector.run = stumble  # type: ignore[method-assign]
    assert run(["detect", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert f"{tmp_path / 'a.png'}: unexpected ZeroDivisionError" in printed.err
    assert len(printed.out.splitlines()) == 1


def test_a_network_that_will_not_do_stops_the_command_at_once(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b"):
        picture(tmp_path / f"{name}.png")
    assert run(["detect", str(tmp_path), "--model", "no.onnx", "--model", "other.onnx"]) == 2
    assert capsys.readouterr().err.count("error") == 1
