"""Check the paths of a command before anything is read: no output may replace an input or another output.

Two paths are the same if they lead to one file, by any name, symbolic or hard link; or if their names in one folder
differ only in case or Unicode composition. The latter applies on every system, although only some file systems treat
such names as one, so that a command that is safe here is safe everywhere.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.base.files import is_leftover
from geo.base.told import together, told
from geo.errors import OutputError, UsageError

__all__ = ["Paths"]

StrPath = str | os.PathLike[str]
Key = tuple[Any, ...]
Problem = tuple[str, dict[str, object]]

#: Companion files that programs read with a file: suffixes of the full name, and replacements of the ending.
_BESIDE = ("-wal", "-shm", "-journal")
_PARTS = {".shp": (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")}


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths that a command reads and writes.

    Attributes
    ----------
    inputs : sequence of path
        Files and folders; their readers report missing ones.
    outputs : sequence of path
        Files and folders requested by the user.
    more : sequence of path
        Other written paths, which may exist: working folders, files that are appended to.
    overwrite : bool
        Whether outputs may exist. Inputs are never overwritten.
    """

    inputs: Sequence[StrPath]
    outputs: Sequence[StrPath]
    more: Sequence[StrPath] = ()
    overwrite: bool = True

    def check(self) -> None:
        """Raise unless every output has a place of its own; database addresses are ignored.

        Raises
        ------
        UsageError
            If an output is an input, lies in a folder that is read, contains an input, or is the same as another
            output.
        OutputError
            If an output exists and may not be overwritten, or is neither a file nor a folder.
        """
        read = [_Known(path) for path in _local(self.inputs)]
        asked = [_Known(path) for path in _local(self.outputs)]
        written = [*asked, *(_Known(path) for path in _local(self.more))]
        clashes = list(_over_inputs(read, written)) + list(_over_each_other(written))
        taken: list[Problem] = [(problem, {"path": one.path}) for one in asked if (problem := self._taken(one))]
        if not clashes and not taken:
            return
        problems = [*clashes, *taken]
        kind = UsageError if clashes else OutputError
        raise together(kind, [told(kind, f"path.{what}", (), **them) for what, them in problems])

    def _taken(self, one: _Known) -> str:
        if one.path.is_dir() or not os.path.lexists(one.path):
            return ""  # the folder's writer decides whether it may be filled or replaced
        if one.path.exists() and not one.path.is_file():
            return "no_file"
        return "" if self.overwrite else "exists"


class _Known:
    """A path with all its identities."""

    def __init__(self, path: StrPath) -> None:
        self.path = Path(path)
        self.real = Path(os.path.realpath(self.path))
        self.keys = _keys(Path(os.path.realpath(self.path.parent)) / self.path.name) | _keys(self.real)
        self.holders = {key for parent in self.real.parents for key in _keys(parent)}

    def companions(self) -> Iterator[Path]:
        """Yield the files that are read together with this file."""
        for path in {self.path, self.real}:
            yield from (path.with_name(path.name + ending) for ending in _BESIDE)
            yield from (path.with_suffix(ending) for ending in _PARTS.get(path.suffix.lower(), ()))


def _local(paths: Sequence[StrPath]) -> Iterator[StrPath]:
    for path in paths:
        name = os.fspath(path).removeprefix("file://")
        if name and "://" not in name:
            yield name


def _keys(path: Path) -> set[Key]:
    """Return the identities of a path: its file, if it exists, and its normalised name in its folder."""
    keys: set[Key] = set()
    if (own := _identity(path)) is not None:
        keys.add(own)
    names: list[str] = []
    while path != path.parent:
        names.insert(0, _folded(path.name))
        path = path.parent
        if (holder := _identity(path)) is not None:
            keys.add((*holder, *names))
            break
    return keys


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _identity(path: Path) -> Key | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _over_inputs(read: list[_Known], written: list[_Known]) -> Iterator[Problem]:
    for one in written:
        for source in read:
            names: dict[str, object] = {"path": one.path, "input": source.path}
            beside = {key for path in source.companions() for key in _keys(path)}
            if one.keys & source.keys:
                yield "input", names
            elif one.keys & beside:
                yield "companion", names
            elif one.keys & source.holders:
                yield "holds_input", names
            elif source.keys & one.holders and source.path.is_dir():
                yield "in_input", names
            elif source.real.parent == one.real.parent and is_leftover(source.real, one.real):
                yield "leftover", names


def _over_each_other(written: list[_Known]) -> Iterator[Problem]:
    for number, one in enumerate(written):
        for other in written[:number]:
            names: dict[str, object] = {"path": one.path, "other": other.path}
            if one.keys & other.keys:
                yield "twice", names
            elif one.keys & other.holders or other.keys & one.holders:
                yield "within", names
