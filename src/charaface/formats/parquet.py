"""Parquet: one row a face in typed columns, for pandas, Polars and DuckDB; a frame without faces has one row.

Box, points, scores and visible are lists; what else is known of a face is JSON text in the column more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from charaface.face import Face
from charaface.files import InputError, OutputError, atomic, open_input
from charaface.formats.record import MORE, Problem, Record, tried

LACKS: frozenset[str] = frozenset()
_WRONG = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
_ROWS = 4096  # held in memory at a time
_FRAME = ("file", "frame", "time", "width", "height")
_POSE = ("yaw", "pitch", "roll")


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file, one by one. Raises InputError that names the file, and the record where it is one's."""
    pyarrow, parquet = _libraries(InputError)
    path = Path(path)
    count = 0
    with open_input(path) as file:
        try:
            table = parquet.ParquetFile(file)
            missing = set(_schema().names) - set(table.schema_arrow.names)
            if missing:
                raise ValueError(f"it has no column {', '.join(sorted(missing))}")
            batches = table.iter_batches(_ROWS, columns=_schema().names)
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            for _, group in groupby(rows, key=lambda row: (row["file"], row["frame"])):
                count += 1
                record = tried(partial(_checked, list(group), f"{path}: record {count}"), problem)
                if record is not None:
                    yield record
        except InputError:
            raise
        except (*_WRONG, OSError, pyarrow.ArrowException) as error:
            text = " ".join(str(error).split())
            raise InputError(f"{path}: is no table of faces ({text or type(error).__name__})") from error


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    pyarrow, parquet = _libraries(OutputError)
    path, schema = Path(path), _schema()
    rows: list[dict[str, Any]] = []
    with atomic(path) as part, parquet.ParquetWriter(part, schema, compression="zstd") as table:
        for record in records:
            rows += _rows(record)
            if len(rows) >= _ROWS:
                table.write_table(pyarrow.Table.from_pylist(rows, schema))
                rows = []
        table.write_table(pyarrow.Table.from_pylist(rows, schema))
    return path


def _libraries(kind: type[ValueError]) -> tuple[Any, Any]:
    """pyarrow and its parquet; where they are missing an error of a kind with the line that installs them."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise kind(f"Parquet needs {error.name}, which is not installed: pip install 'charaface[table]'") from None
    return pyarrow, parquet


def _schema() -> Any:
    """The columns of a table."""
    import pyarrow as pa

    real, many = pa.float32(), pa.list_(pa.float32())
    return pa.schema(
        [("file", pa.string()), ("frame", pa.int64()), ("time", pa.float64()), ("width", pa.int64())]
        + [("height", pa.int64()), ("face", pa.int32()), ("track", pa.int64()), ("score", real), ("box", many)]
        + [("yaw", real), ("pitch", real), ("roll", real), ("scheme", pa.string()), ("points", many)]
        + [("point_scores", many), ("visible", pa.list_(pa.bool_())), ("more", pa.string())]
    )


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    head = {name: getattr(record, name) for name in _FRAME}
    head["file"] = record.file.encode("utf-8", "backslashreplace").decode()  # a name that is no text
    if not record.faces:
        yield head
    for number, face in enumerate(record.faces):
        data = face.to_dict()
        row = {**head, "face": number, "track": face.track, "score": data["score"], "box": data["box"]}
        row |= data.get("pose", {})
        if face.landmarks is not None:
            row |= {"scheme": face.landmarks.scheme, "points": face.landmarks.points.ravel().tolist()}
            row |= {"point_scores": face.landmarks.scores.tolist(), "visible": face.landmarks.visible.tolist()}
        more = {name: data[name] for name in MORE if name in data}
        yield {**row, "more": json.dumps(more) if more else None}


def _checked(rows: list[dict[str, Any]], place: str) -> Record:
    try:
        return _record(rows)
    except _WRONG as error:
        raise InputError(f"{place}: {' '.join(str(error).split())}") from error


def _record(rows: list[dict[str, Any]]) -> Record:
    first = rows[0]
    head = {name: first[name] for name in _FRAME}
    if None in head.values():
        raise ValueError("a row without its frame")
    return Record(**head, faces=[_face(row) for row in rows if row["face"] is not None])


def _face(row: dict[str, Any]) -> Face:
    data: dict[str, Any] = {"box": row["box"], "score": row["score"], **json.loads(row["more"] or "{}")}
    if row["track"] is not None:
        data["track"] = row["track"]
    if row["yaw"] is not None:
        data["pose"] = {name: row[name] for name in _POSE}
    if row["scheme"] is not None:
        flat = row["points"]
        points = list(zip(flat[::2], flat[1::2], strict=True))
        data["landmarks"] = {"scheme": row["scheme"], "points": points}
        data["landmarks"] |= {"scores": row["point_scores"], "visible": row["visible"]}
    return Face.from_dict(data)
