"""Where and when a benchmark ran, and its results kept beside the code."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from rows import Row, table

import charaface

RESULTS = Path(__file__).parent / "results"
_LIBRARIES = ("charaface", "numpy", "onnxruntime", "opencv-python-headless", "pillow")


def machine() -> dict[str, Any]:
    """What a number depends on besides the code."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "commit": _commit(),
    }


def heading(title: str, where: dict[str, Any]) -> str:
    """The first lines of a results page."""
    libraries = ", ".join(f"{name} {version}" for name, version in where["libraries"].items())
    return (
        f"# {title}\n\n{where['date']}, {where['processor']}, {where['cores']} cores (load {where['load']}), "
        f"{where['system']}, Python {where['python']}; {libraries}; commit {where['commit']}\n\n"
    )


def write(name: str, title: str, where: dict[str, Any], found: dict[str, Any], text: str) -> list[Path]:
    """Writes results/NAME-DATE.json and .md; the same day's are replaced. Returns the paths."""
    RESULTS.mkdir(exist_ok=True)
    stem = RESULTS / f"{name}-{where['date'][:10]}"
    paths = [stem.with_suffix(".json"), stem.with_suffix(".md")]
    whole = {"title": title, "command": _command(), "machine": where, **found}
    paths[0].write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    paths[1].write_text(heading(title, where) + text, encoding="utf-8")
    return paths


def write_rows(name: str, title: str, where: dict[str, Any], rows: Sequence[Row]) -> None:
    """Prints the rows and keeps them with the command that measured them."""
    text = table(rows)
    paths = write(name, title, where, {"rows": [row.to_dict() for row in rows]}, text)
    print(text)
    print("written:", *paths, sep="\n", file=sys.stderr)


def _command() -> str:
    """What was called, with the names of interpreters and folders left out."""
    words = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return charaface.__version__ if name == "charaface" else "not installed"


def _commit() -> str:
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
