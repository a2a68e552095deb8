"""Text on its way into a document: runs with their look, and what a cell or paragraph holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Cell", "Line", "Run", "bold", "lines", "note", "quiet"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one look; `note` is the id of a source whose number stands there in its place."""

    text: str = ""
    bold: bool = False
    quiet: bool = False
    note: str = ""


#: A paragraph, and the paragraphs of a cell.
Line = Sequence[Run | str]
Cell = Sequence[Line]


def bold(words: str) -> Run:
    """Return text that stands out."""
    return Run(words, bold=True)


def quiet(words: str) -> Run:
    """Return text that stands back."""
    return Run(words, quiet=True)


def note(source_id: str) -> Run:
    """Return the number of a source."""
    return Run(note=source_id)


def lines(*given: Line | str | None) -> list[Line]:
    """Return the paragraphs of a cell, empty ones left out.

    >>> lines("a", None, "", ["b", "c"])
    [['a'], ['b', 'c']]
    """
    told: Iterable[Line] = ([one] if isinstance(one, str) else one for one in given if one)
    return [line for line in told if any(line)]
