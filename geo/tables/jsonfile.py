"""Reader of JSON records: a list of objects, an object that holds one, one object a line, or what pandas writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from geo.base.told import told
from geo.errors import DataError
from geo.tables.encoding import TextFile
from geo.tables.header import unique_names
from geo.tables.limits import Limits
from geo.tables.sheets import typed_column
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo

__all__ = ["JsonSource", "record_table"]


class JsonSource:
    """Records in JSON. A nested object gives columns such as ``location.lng``; a list stays JSON text.

    A column whose non-empty cells are all numbers, or all true/false, keeps that type; any other is text. The table is
    held in memory, in the child process.

    Raises
    ------
    DataError
        If it is damaged, nested too deeply, beyond the limits, or not a table.
    """

    def __init__(self, text: TextFile, name: str, limits: Limits, *, lines: bool) -> None:
        try:
            with text.path.open("rb") as file:
                file.seek(text.start)
                records = list(_of_lines(file, name, limits)) if lines else _records(json.loads(file.read()), name)
        except (ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, DataError):
                raise
            raise told(DataError, "refused.json", name=name, why=str(error)[:200]) from None
        limits.check_rows(len(records), name)
        self._table, renamed = record_table([_flat(record) for record in records], name, limits)
        self.schema = self._table.schema
        self.rows: int | None = len(records)
        kind = "jsonl" if lines else "json"
        self.info = SourceInfo(format=kind, renamed=renamed, encoding=text.encoding, encoding_rule=text.rule)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in file order."""
        for batch in self._table.to_batches(max_chunksize=BATCH_ROWS):
            yield Chunk(batch)


def record_table(
    records: Sequence[Iterable[tuple[str, Any]]], name: str, limits: Limits
) -> tuple[pa.Table, tuple[tuple[str, str], ...]]:
    """Return records as a table with a column for each key, and which names were changed.

    Parameters
    ----------
    records : sequence of iterables of (str, value)
        A key that a record has twice gives a second column.
    name : str
        What to call the file in messages.
    limits : Limits

    Returns
    -------
    table : pyarrow.Table
    renamed : tuple of (str, str)
        Key and column name, where they differ.

    Raises
    ------
    DataError
        If there are too many columns or cells, or a cell is too long.
    """
    cells: dict[str, tuple[list[int], list[Any]]] = {}  # rows and values of those that are there
    for row, record in enumerate(records):
        for key, value in record:
            while key in cells and cells[key][0][-1] == row:
                key += "_2"
            if key not in cells:
                limits.check_columns(len(cells) + 1, name)
                limits.check_cells(len(records) * (len(cells) + 1), name)
            rows, values = cells.setdefault(key, ([], []))
            rows.append(row)
            values.append(value)
    names, renamed = unique_names(list(cells))
    columns = [_spread(typed_column(values, name, limits), rows, len(records)) for rows, values in cells.values()]
    return pa.Table.from_arrays(columns, names=list(names)), renamed


def _spread(column: pa.Array, rows: Sequence[int], count: int) -> pa.Array:
    """Return a column of `count` rows: the cells of `column` in the given rows, null in all others."""
    if len(rows) == count:
        return column
    places = np.full(count, -1)
    places[np.asarray(rows, np.intp)] = np.arange(len(rows))
    return column.take(pa.array(places, mask=places < 0))


def _of_lines(file: Any, name: str, limits: Limits) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of one JSON object a line."""
    for number, line in enumerate(iter(lambda: file.readline(limits.row_bytes + 1), b""), start=1):
        if len(line) > limits.row_bytes:
            raise told(DataError, "refused.json_long", name=name, line=str(number), most=str(limits.row_bytes))
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise told(DataError, "refused.json_line", name=name, line=str(number), why=error) from None
            yield _object(record, name, number)


def _records(content: Any, name: str) -> list[dict[str, Any]]:
    """Return the records of a document: the list itself, the one list of objects in it, or what pandas writes.

    Web services wrap their list in one or two objects, as in ``{"code": 0, "data": {"list": […]}}``.
    """
    content = _of_columns(content)
    objects = [content] if isinstance(content, dict) else []
    while objects:
        members = [value for one in objects for value in one.values()]
        lists = [v for v in members if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)]
        content = lists[0] if len(lists) == 1 else None
        objects = [] if lists else [value for value in members if isinstance(value, dict)]
    if not isinstance(content, list):
        raise told(DataError, "refused.json_table", name=name)
    return [_object(record, name, number) for number, record in enumerate(content, start=1)]


def _of_columns(content: Any) -> Any:
    """Return as records what pandas writes with orient ``columns`` (its default) or ``split``; else `content`."""
    if not isinstance(content, dict) or not content:
        return content
    columns, data = content.get("columns"), content.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        names = list(map(str, columns))
        whole = len(set(names)) == len(names) and all(len(row) == len(names) for row in data)
        return [dict(zip(names, row, strict=True)) for row in data] if whole else None  # no cell is dropped
    first = next(iter(content.values()))
    if not isinstance(first, dict) or not all(label.isdigit() for label in first):
        return content
    if any(not isinstance(column, dict) or column.keys() != first.keys() for column in content.values()):
        return content
    return [{name: column[label] for name, column in content.items()} for label in first]


def _object(record: Any, name: str, number: int) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise told(DataError, "refused.json_record", name=name, number=str(number))
    return record


def _flat(record: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a record; those of nested objects with joined keys."""
    for key, value in record.items():
        if isinstance(value, dict) and value and not before:
            yield from _flat(value, f"{key}.")
        elif value is None:
            yield before + key, ""
        else:
            plain = isinstance(value, (str, bool, int, float))
            yield before + key, value if plain else json.dumps(value, ensure_ascii=False)
