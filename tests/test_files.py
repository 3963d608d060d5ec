"""Files in and out: what is no file is named at once, whatever it is."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from charaface.files import InputError, OutputError, atomic, contents, lines, open_input, plain


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


ODD: dict[str, tuple[str, Callable[[Path], object], str]] = {
    # what it is: name, how it is made, what is said of it
    "nothing": ("a", lambda _: None, "no such file"),
    "a folder": ("a", Path.mkdir, "is a folder"),
    "an empty file": ("a", Path.touch, "empty"),
    "a pipe": ("a", os.mkfifo, "is a pipe"),
    "a socket": ("a", listening, "is a socket"),
    "a device": ("a", lambda path: path.symlink_to("/dev/zero"), "is a device"),
    "a link to nothing": ("a", lambda path: path.symlink_to("b"), "no such file"),
    "a link to itself": ("a", lambda path: path.symlink_to(path.name), "cannot be opened"),
    "a name that is too long": ("a" * 300, lambda _: None, "cannot be opened"),
    "a path through a file": ("a/b", lambda path: path.parent.touch(), "cannot be opened"),
    "a name with a zero in it": ("a\0b", lambda _: None, "cannot be opened"),
    "a file that reads as an error": ("a", lambda path: path.symlink_to("/proc/self/mem"), "cannot be read"),
}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="files of Linux")
@pytest.mark.parametrize("what", ODD)
def test_what_is_no_file_to_read_is_named_at_once(what: str, tmp_path: Path) -> None:
    name, make, said = ODD[what]
    path = tmp_path / name
    make(path)
    with pytest.raises(InputError, match=said) as error, open_input(path):
        pass
    assert str(error.value).startswith(f"{path}: ")


def test_an_error_while_reading_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("words")
    with pytest.raises(InputError, match=r"a: cannot be read \(no more\)"), open_input(tmp_path / "a"):
        raise OSError("no more")


@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "file/b", "none/b", "loop/b", "pipe", "folder"])
def test_what_is_no_place_for_a_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError) as error, atomic(tmp_path / name):
        pass
    assert str(error.value).startswith(str(tmp_path / name))
    assert sorted(tmp_path.rglob("*")) == before


def test_lines_come_one_by_one_and_one_without_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charaface.files._LONGEST", 10)
    assert list(lines(io.BytesIO(b"a\n\n123456789"), "x")) == [b"a\n", b"\n", b"123456789"]
    for file in (io.BytesIO(b"a\n1234567890"), io.StringIO("a\n1234567890")):
        with pytest.raises(InputError, match=r"^x:2: a line of more than 10"):
            list(lines(file, "x"))


def test_what_is_read_at_once_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charaface.files._LARGEST", 10)
    assert contents(io.BytesIO(b"1234567890"), "x") == b"1234567890"
    with pytest.raises(InputError, match=r"^x: 11 bytes"):
        contents(io.BytesIO(b"12345678901"), "x")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b.png", "a b.png"), ("젠이치 \U0001f600\u200d.gif", "젠이치 \U0001f600\u200d.gif"), ("a\nb", "a\\nb"),
        ("\x1b[2J\x07\x7f\x9b", "\\x1b[2J\\x07\\x7f\\x9b"), ("\u202egnp.exe", "\\u202egnp.exe"), ("\u2028", "\\u2028"),
    ],
)  # fmt: skip
def test_words_leave_the_terminal_as_it_is(text: str, shown: str) -> None:
    assert plain(text) == shown
