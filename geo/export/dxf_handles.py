"""The CSV beside a drawing: every attribute of every feature, by the handles of its entities."""

from __future__ import annotations

from pathlib import Path

from geo.export.contents import Layer
from geo.export.csvfile import csv_lines, layer_texts, write_lines

__all__ = ["Handles"]

_HEAD = ("handle", "entity", "layer", "part", "role")


class Handles:
    """Entities in drawing order, and the rows they belong to; a row of many entities is converted to text once."""

    def __init__(self) -> None:
        self._texts: list[dict[str, list[str]]] = []
        self._count = 0
        self._entities: list[tuple[str, ...]] = []
        self._shown: list[int] = []

    def take(self, layer: Layer) -> int:
        """Register the cells of a layer; return the number of its first row, the others follow."""
        first = self._count
        self._texts.append(layer_texts(layer))
        self._count += len(layer.frame)
        return first

    def note(self, row: int, handle: str, entity: str, on: str, part: str, role: str) -> None:
        """Register an entity of the row with that number."""
        self._entities.append((handle, entity, on, part, role))
        self._shown.append(row)

    def write(self, path: Path) -> None:
        """Write the CSV with the columns of all layers; columns that a row's layer does not have are empty."""
        columns = list(dict.fromkeys(name for texts in self._texts for name in texts))
        tails = []
        for texts in self._texts:
            none = [""] * len(next(iter(texts.values())))
            tails += csv_lines(zip(*(texts.get(name, none) for name in columns), strict=True))
        heads = csv_lines(self._entities)
        lines = [f"{head},{tails[row]}" for head, row in zip(heads, self._shown, strict=True)]
        write_lines(path, [*csv_lines([(*_HEAD, *columns)]), *lines])
