"""The page of benchmarks in the documents, made of the newest kept results.

python benchmarks/page.py            # writes docs/benchmarks.md
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from record import RESULTS, heading
from rows import Row, number, table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
KINDS = (
    "speed",
    "batch",
    "memory",
    "convert",
    "training",
    "gif",
    "live",
    "accuracy",
    "beside",
    "analysis",
    "emotion",
    "fuzz",
)  # in the order of the page

DETAILED = ("gif", "analysis", "fuzz")

# why a row is missed: the beginning of its name to the reason. A row that is missed without one stops this script
REASONS: dict[str, str] = {
    "detector alone, 640x480": "this processor has no AVX-512; on one that has it the same network took 15.3 ms "
    "(commit c5fd147).",
    "landmarks of a given face": "twice a pass, and the crops and poses between; the same processor.",
    "landmarks, one pass": "this processor has no AVX-512; on one that has it a pass took 3.6 ms (commit c5fd147).",
    "- animeface over our detect": "eight times, not ten: the detector is over its own budget; it finds the face in 4 "
    "of 4 pictures, animeface in fewer.",
    "- with points, clips of 16 flat colours": "a flat frame is so small that the points alone, "
    "and a palette with room for their edges, come to half of it; without points the file is no larger.",
    "NME, western cartoon": "noses and jaws of wild faces; what was tried stands in docs/training.md.",
    "labelled faces found": "all that are missed are cartoons; what was tried stands in docs/training.md.",
    "- over the networks": "starting the interpreters counts too; of more files it is a smaller share.",
}
NOT_BUILT = """
## Of the design's budgets not measured yet

A server that holds its memory over 1,000 requests: it is not built.
OpenSeeFace: no package, and no checkout was at hand; `speed.py --openseeface` measures one. At most 20 verifier passes
a picture: a limit in the code (`tasks/detect.py`), not a measurement.
"""

INTRO = """# Benchmarks

What the design promises, measured; made by `python benchmarks/page.py` of the newest results in `benchmarks/results`.
[How each is measured](../benchmarks/README.md). Milliseconds depend on the machine and on what else it does; ratios
within one run are what counts.
"""


def page() -> str:
    """The page as Markdown. Raises SystemExit for a missed row without a reason."""
    parts = [INTRO]
    for kind in KINDS:
        newest = max(RESULTS.glob(f"{kind}-[0-9]*.json"), default=None)
        if newest:
            detail = newest.with_suffix(".md").read_text("utf-8").split("\n\n", 2)[2] if kind in DETAILED else ""
            parts.append(section(json.loads(newest.read_text("utf-8")), detail))
    return "\n".join([*parts, NOT_BUILT.lstrip()])


def section(found: dict[str, Any], detail: str = "") -> str:
    """One kind of result: what is asked of it, why some of it is missed, and the whole in detail where that is more."""
    head = "#" + heading(found["title"], found["machine"]) + f"`{found['command']}`\n\n"
    if "goals" in found:
        missed, text = _goals(found["goals"])
    else:
        rows = [Row(**row) for row in found["rows"]]
        missed, text = [row.what for row in rows if row.verdict == "missed"], table(rows)
    why = "".join(f"\n- Missed, {name}: {_reason(name)}" for name in missed) + ("\n" if missed else "")
    return head + text + why + (f"\n{detail}" if detail else "")


def _goals(goals: list[dict[str, Any]]) -> tuple[list[str], str]:
    lines = ["| | reached | 95 % interval | floor | aim | |", "|---|---|---|---|---|---|"]
    for goal in goals:
        interval = f"{number(goal['low'])} to {number(goal['high'])}" if "low" in goal else ""
        asked = f"{number(goal.get('floor'))} | {number(goal.get('aim'))} | {goal.get('verdict', '')}"
        lines.append(f"| {goal['name']}, {goal['unit']} | {number(goal['value'])} | {interval} | {asked} |")
    missed = [goal["name"] for goal in goals if goal.get("verdict") == "missed"]
    return missed, "\n".join(lines) + "\n"


def _reason(name: str) -> str:
    for begin, why in REASONS.items():
        if name.startswith(begin):
            return why
    raise SystemExit(f"{name!r} is missed: say why in REASONS")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
