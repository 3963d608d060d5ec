"""All that is promised of photographs and of what a face says, by one command.

python benchmarks/analysis.py heads.npz [--quick]        (CHARAFACE_DATA names the folder of real pictures)

Photographs with and without offsets, and made small, faces drawn by hand, kinds of pictures, names of colours,
expressions of photographs and drawings, parts and poses of renders, what scores are worth, how long a face takes and
how large the weights are.
--quick takes a tenth.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import record

from charaface import session, weights
from charaface.evaluate import (
    colours,
    data_folder,
    kinds,
    named,
    parts,
    people,
    photographs,
    points,
    reliability,
    renders,
    shipped,
    small,
)
from charaface.evaluate.emotion import judge_fer2013
from charaface.evaluate.emotion import table as emotion_table
from charaface.evaluate.labels import HAND_LABELS, read_cartoon_boxes, read_drawn, read_photographs
from charaface.evaluate.predictor import Answers, default_keep
from charaface.evaluate.table import Estimate, Goal, Section, Table
from charaface.synth.crops import render_face
from charaface.synth.photograph import render_photograph, studio
from charaface.tasks.analyze import analyze
from charaface.tasks.attributes import attributes
from charaface.tasks.detect import detect
from charaface.tasks.landmarks import landmarks

PLOT = Path(__file__).parents[1] / "docs" / "images" / "score-reliability.svg"
FACE = (640, 480)  # width and height of the picture in which one face is analyzed


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", help="the shapes of heads (.npz)")
    parser.add_argument("--quick", action="store_true", help="a tenth of each set")
    options = parser.parse_args()
    where, data = record.machine(), data_folder(None)
    some = (lambda items: items[::10]) if options.quick else (lambda items: items)
    goals: list[Goal] = []
    sections: list[Section] = []

    shot, drawn = some(read_photographs(data, HAND_LABELS)), read_drawn(HAND_LABELS / "drawn.json")
    for choice, words in (("generated", "raw"), ("all", "with offsets")):
        answers = Answers(shipped(threads=2, weights=choice), data, default_keep())
        persons = points.score(answers, shot, _say)
        goals += photographs.goals(persons, words)
        sections += photographs.sections(persons, words)
    sections.append(people.section(persons, data, partial(attributes, threads=2), words))
    sections.append(small.section(small.judge_small(data, shot, partial(detect, threads=2))))
    scored = points.score(answers, drawn, _say)
    goals += points.goals(scored)
    sections += points.sections(scored, drawn)[:1]

    most = kinds.MOST // (10 if options.quick else 1)
    sections.append(kinds.section(data, partial(landmarks, threads=2), _say, most))

    measured = some(colours.read_colours(data)[1])
    said = colours.judge(data, measured, partial(attributes, threads=2), _say)
    goals += colours.goals(said)
    sections += [colours.section(said, part) for part in colours.GOALS]

    judged = []
    for name in (*weights.SHARED["emotion"], "mini-xception"):
        network = session.load(name, 2)
        if "photo" in network.spec.domains:
            judged.append(judge_fer2013(data, network))
            continue
        found = renders.judge_renders(network, renders.COUNT // (10 if options.quick else 1))
        sixteen = named.judge_named(data, network)
        judged.append(found.judged)
        goals.append(named.goal(sixteen, network.spec.label))
        sections += [renders.section(found), named.section(sixteen, network.spec.label)]
    expressions = emotion_table(judged)
    goals += expressions.goals
    sections += expressions.sections

    heads = studio(options.heads)
    both = [partial(render_face, masks=True), partial(render_photograph, heads)]
    parted = parts.judge_parts(session.load_for("segment", None, 2), both, 200 if options.quick else parts.COUNT)
    goals.append(parts.goal(parted))
    sections += parts.sections(parted)

    told = {}
    for series in (reliability.MEASURED, reliability.FITTED):
        frames = some([each for each in read_cartoon_boxes(data) if each.series == series])
        told[series.capitalize()] = reliability.candidates(answers, frames, _say)
    goals.append(reliability.goal(*told[reliability.MEASURED.capitalize()]))
    sections.append(reliability.section(*told[reliability.MEASURED.capitalize()]))
    if not options.quick:
        PLOT.write_text(reliability.plot(told).svg(), "utf-8")

    goals += _costs(render_face(1, 0, 256).image)
    table = Table(tuple(goals), tuple(sections), (), {"quick": options.quick})
    paths = record.write("analysis", "What a face says", where, table.to_dict(), table.markdown())
    print(table.markdown())
    print("written:", *paths, sep="\n", file=sys.stderr)


def _costs(face: np.ndarray) -> list[Goal]:
    """How long one face of a picture takes with two threads, the median of 15, and how large the weights are."""
    image = np.full((FACE[1], FACE[0], 3), 200, np.uint8)
    image[100 : 100 + len(face), 200 : 200 + len(face)] = face
    took = []
    for _ in range(17):
        start = time.perf_counter()
        analyze(image, threads=2)
        took.append(1000 * (time.perf_counter() - start))
    size = sum(path.stat().st_size for path in Path(weights.FOLDER).iterdir()) / 1e6
    return [
        Goal("analyze, one face of 640x480, 2 threads", Estimate(float(np.median(took[2:]))), "ms", 60.0, 40.0),
        Goal("all weights of the package", Estimate(size), "MB", 40.0, 25.0),
    ]


def _say(what: str, done: int, of: int) -> None:
    if done % 200 == 0:
        print(f"{what}: {done} of {of}", file=sys.stderr)


if __name__ == "__main__":
    main()
