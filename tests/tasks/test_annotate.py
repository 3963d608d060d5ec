"""annotate: faces drawn onto a picture or a clip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import annotate, emotion, frames, landmarks, weights
from charaface.cli import run
from charaface.draw import DrawStyle, draw_faces
from charaface.face import Emotion, Face
from charaface.files import InputError, OutputError
from charaface.formats import FORMATS, Record
from charaface.image import load
from charaface.video import ClipFrame, ClipInfo, open_clip, write_clip
from painted import World, mark, paint


def gif(path: Path, faces: bool = True, count: int = 6) -> Path:
    images = [Image.fromarray(paint([(40 + 9 * i, 60, 70)] if faces else [])) for i in range(count)]
    for i, image in enumerate(images):
        image.putpixel((i, 0), (0, 0, 0))
    delays = [40 + 10 * i for i in range(count)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=delays, loop=3)
    return path


@pytest.mark.usefixtures("world")
def test_without_output_the_picture_comes_back_drawn_on() -> None:
    image = paint([(40, 60, 90)])
    before = image.copy()
    drawn = annotate(image)
    assert np.array_equal(image, before)
    assert np.array_equal(drawn, draw_faces(image, landmarks(image), DrawStyle()))
    assert not np.array_equal(drawn, image)


@pytest.mark.usefixtures("world")
def test_a_gif_stays_the_gif_it_is(tmp_path: Path) -> None:
    source, output = gif(tmp_path / "in.gif"), tmp_path / "out.gif"
    before = source.read_bytes()
    assert annotate(source, output) == output
    assert source.read_bytes() == before
    with open_clip(source) as a, open_clip(output) as b:
        assert (a.info.width, a.info.height, a.info.loop) == (b.info.width, b.info.height, b.info.loop)
        old, new = list(a), list(b)
    assert [frame.duration for frame in old] == [frame.duration for frame in new]
    assert all((x.image != y.image).any() for x, y in zip(old, new, strict=True))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["in.gif", "in.png", "in.webp"])
def test_without_a_face_the_file_is_copied_byte_for_byte(tmp_path: Path, name: str) -> None:
    source, output = gif(tmp_path / name, faces=False), tmp_path / f"젠이치{Path(name).suffix}"
    said: list[str] = []
    assert annotate(source, output, say=said.append) == output
    assert output.read_bytes() == source.read_bytes()
    assert said == [f"{source}: no face found; copied as it is to {output}"]


@pytest.mark.usefixtures("world")
def test_without_say_the_line_goes_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    annotate(gif(tmp_path / "in.gif", faces=False), tmp_path / "out.gif")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "no face found" in printed.err


@pytest.mark.usefixtures("world")
def test_without_a_face_another_kind_of_file_is_still_written(tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    Image.fromarray(paint([])).save(source)
    annotate(source, tmp_path / "out.webp")
    assert (tmp_path / "out.webp").read_bytes()[8:12] == b"WEBP"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("blank", ["white", "transparent"])
def test_blank_leaves_nothing_of_the_picture(tmp_path: Path, blank: str) -> None:
    output = tmp_path / "out.gif"
    annotate(gif(tmp_path / "in.gif"), output, style=DrawStyle(blank=blank))
    with open_clip(output) as clip:
        assert clip.info.alpha is (blank == "transparent")
        for frame in clip:
            assert not np.all(frame.image == (255, 0, 255), axis=2).any()
            assert (frame.image != 255).any()


@pytest.mark.usefixtures("world")
def test_fps_changes_the_frames_and_not_the_length(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif", count=8)
    with open_clip(source) as clip:
        seconds = clip.info.seconds
    annotate(source, tmp_path / "out.gif", fps=50)
    with open_clip(tmp_path / "out.gif") as clip:
        assert clip.info.seconds == pytest.approx(seconds, abs=0.02)
        assert clip.info.frames == round(seconds * 50)


def test_given_faces_are_drawn_and_none_looked_for(world: World, tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    Image.fromarray(paint([(40, 60, 90)])).save(source)
    style = DrawStyle(boxes=True)
    annotate(source, tmp_path / "out.png", faces=[Face([5, 5, 50, 50])], style=style)
    assert (load(tmp_path / "out.png") != load(source)).any()
    assert world.detector.calls == []
    with pytest.raises(InputError, match="is a clip; give its faces as"):
        annotate(gif(tmp_path / "in.gif"), tmp_path / "out.gif", faces=[Face([5, 5, 50, 50])])


def test_a_clip_gets_its_faces_by_the_number_of_their_frame(world: World, tmp_path: Path) -> None:
    source, style = gif(tmp_path / "in.gif"), DrawStyle(boxes=True)
    annotate(source, tmp_path / "out.gif", faces={1: [Face([5, 5, 50, 50])], 4: []}, style=style)
    with open_clip(source) as a, open_clip(tmp_path / "out.gif") as b:
        assert [(x.image != y.image).any() for x, y in zip(a, b, strict=True)] == [False, True, *[False] * 4]
    drawn = annotate(source, faces={0: [Face([5, 5, 50, 50])]}, style=style)
    assert (drawn != load(source)).any()
    assert world.detector.calls == []


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "coco"])
def test_faces_from_a_file_are_drawn_as_if_they_had_just_been_found(tmp_path: Path, form: str) -> None:
    source, kind = gif(tmp_path / "in.gif"), FORMATS[form]
    found = [Record("old/in.gif", f.index, f.time, 320, 240, f.faces) for f in frames(source)]
    made = kind.write(tmp_path / f"made{kind.suffix}", found)
    annotate(source, tmp_path / "now.gif")
    annotate(source, tmp_path / "then.gif", faces=made)
    assert (tmp_path / "then.gif").read_bytes() == (tmp_path / "now.gif").read_bytes()
    assert np.array_equal(annotate(source, faces=made), annotate(source))
    found = [Record("old/in.gif", f.index, f.time, 320, 240, f.faces) for f in frames(source, start=2, stop=5)]
    made = kind.write(tmp_path / f"some{kind.suffix}", found)
    annotate(source, tmp_path / "now.gif", start=2, stop=5)
    annotate(source, tmp_path / "then.gif", start=2, stop=5, faces=made)
    assert (tmp_path / "then.gif").read_bytes() == (tmp_path / "now.gif").read_bytes()


@pytest.mark.usefixtures("world")
def test_faces_from_a_file_must_be_this_clip_s(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif")
    found = [Record("in.gif", f.index, f.time, 320, 240, f.faces) for f in frames(source, fps=50)]
    made = FORMATS["jsonl"].write(tmp_path / "made.jsonl", found)
    with pytest.raises(InputError, match="give the --fps that it was made with"):
        annotate(source, tmp_path / "out.gif", faces=made)
    annotate(source, tmp_path / "out.gif", faces=made, fps=50)
    still = FORMATS["dlib"].write(tmp_path / "made.xml", found[:1])
    with pytest.raises(InputError, match="has no place for frames; the faces of a clip come from jsonl"):
        annotate(source, tmp_path / "out.gif", faces=still)
    with pytest.raises(InputError, match="is looked up by the path of a picture"):
        annotate(load(source), faces=made)


def halves(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pictures below the bar of a comparison of two of 320x240."""
    return image[-240:, :320], image[-240:, -320:]


@pytest.mark.usefixtures("world")
def test_a_comparison_shows_both_in_one_clip_of_the_same_kind(tmp_path: Path) -> None:
    source, style = gif(tmp_path / "in.gif"), DrawStyle(boxes=True)
    other = {0: [], 2: [Face([200, 100, 260, 160])]}
    annotate(source, tmp_path / "left.png", style=style)
    annotate(source, tmp_path / "right.png", faces=other, style=style)
    annotate(source, tmp_path / "both.png", compare=other, style=style)
    with (
        open_clip(tmp_path / "left.png") as a,
        open_clip(tmp_path / "right.png") as b,
        open_clip(tmp_path / "both.png") as c,
    ):
        assert (c.info.width % 2, c.info.height % 2) == (0, 0)
        for left, right, both in zip(a, b, c, strict=True):
            assert both.duration == left.duration
            np.testing.assert_array_equal(halves(both.image)[0], left.image)
            np.testing.assert_array_equal(halves(both.image)[1], right.image)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["in.gif", "in.webp"])
def test_a_comparison_keeps_what_the_container_says(tmp_path: Path, name: str) -> None:
    source = gif(tmp_path / name)
    annotate(source, tmp_path / f"both-{name}", compare={})
    with open_clip(source) as a, open_clip(tmp_path / f"both-{name}") as b:
        assert (a.info.kind, a.info.loop, a.info.frames) == (b.info.kind, b.info.loop, b.info.frames)
        assert [frame.duration for frame in a] == [frame.duration for frame in b]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("rival", ["detector", "landmarks68"])
def test_networks_are_compared_by_name_and_see_the_same_clip(tmp_path: Path, rival: str) -> None:
    source = gif(tmp_path / "in.gif")
    annotate(source, tmp_path / "both.gif", compare=rival)
    with open_clip(tmp_path / "both.gif") as clip:
        for frame in clip:
            left, right = halves(frame.image)
            np.testing.assert_array_equal(left, right)
            assert frame.image[:-240].max() > 200  # the names
    both = annotate(source, compare=rival)
    np.testing.assert_array_equal(halves(both)[0], annotate(source))


@pytest.mark.usefixtures("world")
def test_a_comparison_without_a_face_is_made_all_the_same(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif", faces=False)
    annotate(source, tmp_path / "both.gif", compare={})
    with open_clip(tmp_path / "both.gif") as clip:
        assert clip.info.width > 640


@pytest.mark.usefixtures("world")
def test_a_comparison_with_nothing_known_says_what_is() -> None:
    with pytest.raises(InputError, match=r"landmark68: is no file of faces, no path.onnx and none of the weights land"):
        annotate(paint([(40, 60, 90)]), compare="landmark68")


@pytest.mark.usefixtures("world")
def test_a_legend_keeps_its_corner_through_a_clip(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif")
    annotate(source, tmp_path / "out.png", style=DrawStyle(legend=True))
    annotate(source, tmp_path / "bare.png")
    with open_clip(tmp_path / "out.png") as a, open_clip(tmp_path / "bare.png") as b:
        places = [(x.image != y.image).any(axis=2) for x, y in zip(a, b, strict=True)]
    assert places[0].sum() > 2000
    assert all((place == places[0]).all() for place in places)


@pytest.mark.usefixtures("world")
def test_pixels_are_written_too(tmp_path: Path) -> None:
    annotate(paint([(40, 60, 90)]), tmp_path / "out.png")
    assert load(tmp_path / "out.png").shape == (240, 320, 3)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("faces", [True, False])
def test_the_input_is_never_the_output(tmp_path: Path, faces: bool) -> None:
    source = gif(tmp_path / "in.gif", faces)
    before = source.read_bytes()
    (tmp_path / "link.gif").symlink_to(source)
    for name in ("in.gif", "link.gif", "../" + tmp_path.name + "/in.gif"):
        with pytest.raises(OutputError, match="is the input itself"):
            annotate(source, tmp_path / name)
    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.gif", "link.gif"]


@pytest.mark.usefixtures("world")
def test_an_interrupted_run_leaves_no_half_file(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif")

    def stop(done: int, total: int | None) -> None:
        assert total == 6
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        annotate(source, tmp_path / "out.gif", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["in.gif"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("name", "wrong"),
    [("no/out.gif", "there is no folder"), ("out", "clips end on"), ("out.jpg", "holds one picture only")],
)
def test_outputs_that_will_not_do_are_refused(tmp_path: Path, name: str, wrong: str) -> None:
    with pytest.raises(OutputError, match=wrong):
        annotate(gif(tmp_path / "in.gif"), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["in.gif"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_movie_keeps_its_uneven_times(tmp_path: Path, suffix: str) -> None:
    source, output = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    times = [0.0, 0.04, 0.08, 0.24, 0.28, 0.5]
    info = ClipInfo(tmp_path / "none", "mp4", 320, 240, 6, 0.54, time_base=Fraction(1, 1000))
    shots = [
        ClipFrame(i, time, end - time, paint([(40 + 6 * i, 60, 80)]), pts=round(time * 1000))
        for i, (time, end) in enumerate(zip(times, [*times[1:], 0.54], strict=True))
    ]
    write_clip(source, info, shots)
    annotate(source, output)
    with open_clip(source) as a, open_clip(output) as b:
        old, new = list(a), list(b)
    assert [frame.time for frame in old] == pytest.approx(times, abs=0.002)
    assert [frame.time for frame in new] == pytest.approx([frame.time for frame in old], abs=1e-6)
    assert all(np.abs(x.image.astype(int) - y.image).max() > 100 for x, y in zip(old, new, strict=True))


@pytest.mark.usefixtures("world")
def test_a_range_of_a_gif_is_drawn_and_nothing_else_of_it(tmp_path: Path) -> None:
    source, output = gif(tmp_path / "in.gif"), tmp_path / "out.gif"
    done: list[tuple[int, int | None]] = []
    annotate(source, output, start=2, stop=5, progress=lambda *seen: done.append(seen))
    with open_clip(source) as a, open_clip(output) as b:
        old, new = list(a)[2:5], list(b)
        assert a.info.loop == b.info.loop
    assert [frame.duration for frame in new] == [frame.duration for frame in old]
    assert new[0].time == 0
    assert all((x.image != y.image).any() for x, y in zip(old, new, strict=True))
    assert done == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.usefixtures("world")
def test_a_range_without_a_face_is_no_copy_of_the_whole(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif", faces=False)
    annotate(source, tmp_path / "out.gif", start=1, stop=3)
    with open_clip(tmp_path / "out.gif") as clip:
        assert clip.info.frames == 2


@pytest.mark.usefixtures("world")
def test_a_range_needs_a_clip_and_an_output(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif")
    with pytest.raises(ValueError, match="give its path, and an output"):
        annotate(source, start=1)
    with pytest.raises(ValueError, match="give its path, and an output"):
        annotate(paint([]), tmp_path / "out.png", stop=1)
    with pytest.raises(InputError, match="has 6 frames"):
        annotate(source, tmp_path / "out.gif", start=6)
    with pytest.raises(ValueError, match="0 <= start < stop"):
        annotate(source, tmp_path / "out.gif", start=3, stop=2)
    assert [path.name for path in tmp_path.iterdir()] == ["in.gif"]


@pytest.mark.usefixtures("world")
def test_a_gif_is_drawn_on_in_the_lines_of_the_scheme_that_its_network_reads(tmp_path: Path) -> None:
    source, output = gif(tmp_path / "in.gif"), tmp_path / "out.gif"
    annotate(source, output, model="mine.onnx")
    found = list(frames(source, model="mine.onnx"))
    with open_clip(source) as a, open_clip(output) as b:
        assert (a.info.width, a.info.height, a.info.loop) == (b.info.width, b.info.height, b.info.loop)
        for old, new, frame in zip(a, b, found, strict=True):
            assert old.duration == new.duration
            assert [face.landmarks.scheme for face in frame.faces] == ["manga60a"]
            assert np.abs(new.image.astype(int) - draw_faces(frame.image, frame.faces)).mean() < 0.2


@pytest.mark.usefixtures("moods")
def test_the_expression_is_shown_beside_what_else_is_drawn(tmp_path: Path) -> None:
    image = mark(paint([(100, 90, 90)]), (100, 90, 90), "happy")
    for options in ({}, {"points": False, "boxes": True}):
        style = DrawStyle(emotion=True, **options)
        drawn = annotate(image, style=style)
        assert np.array_equal(drawn, draw_faces(image, emotion(image), style))
        assert not np.array_equal(drawn, annotate(image, style=replace(style, emotion=False)))
    (tmp_path / "in.png").write_bytes(b"")
    Image.fromarray(image).save(tmp_path / "in.png")
    assert run(["annotate", str(tmp_path / "in.png"), "-o", f"{tmp_path}/out.png", "--show", "emotion"]) == 0
    assert np.array_equal(load(tmp_path / "out.png"), annotate(image, style=DrawStyle(emotion=True)))


@pytest.mark.usefixtures("moods")
def test_given_faces_are_shown_with_the_expressions_they_have() -> None:
    image = paint([(100, 90, 90)])
    faces = [Face([100, 90, 190, 180], emotion=Emotion("sad", {"sad": 0.9, "fear": 0.1}))]
    style = DrawStyle(emotion=True)
    assert np.array_equal(annotate(image, faces=faces, style=style), draw_faces(image, faces, style))


@pytest.mark.usefixtures("moods")
def test_a_clip_shows_the_expression_of_every_frame_and_weights_generated_leave_networks_out(tmp_path: Path) -> None:
    source = gif(tmp_path / "in.gif")
    style = DrawStyle(emotion=True, points=False, lines=False)
    annotate(source, tmp_path / "out.png", style=style)
    annotate(source, tmp_path / "own.png", style=style, weights="generated")
    with open_clip(source) as clip:
        frames_ = list(clip)
    for name, choice in (("out.png", "all"), ("own.png", "generated")):
        with open_clip(tmp_path / name) as drawn:
            for one, seen, frame in zip(drawn, frames(source, "emotion", weights=choice), frames_, strict=True):
                assert np.array_equal(one.image, draw_faces(frame.image, seen.faces, style))


@pytest.mark.usefixtures("world")
def test_an_expression_without_a_network_is_said_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "SHARED", {"emotion": ()})
    with pytest.raises(InputError, match="no weights for emotion"):
        annotate(gif(tmp_path / "in.gif"), tmp_path / "out.gif", style=DrawStyle(emotion=True))
    assert not (tmp_path / "out.gif").exists()
