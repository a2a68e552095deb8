"""Text for a Word document: runs with a style; the content of paragraphs and cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Cell", "Line", "Run", "bold", "lines", "note", "quiet"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; if `note` is a source id, a reference to that source."""

    text: str = ""
    bold: bool = False
    quiet: bool = False
    note: str = ""


#: A line is a paragraph; a cell is a sequence of paragraphs.
Line = Sequence[Run | str]
Cell = Sequence[Line]


def bold(words: str) -> Run:
    """Return text in bold."""
    return Run(words, bold=True)


def quiet(words: str) -> Run:
    """Return text in grey."""
    return Run(words, quiet=True)


def note(source_id: str) -> Run:
    """Return a reference to a source."""
    return Run(note=source_id)


def lines(*given: Line | str | None) -> list[Line]:
    """Return the paragraphs of a cell; empty ones are left out.

    >>> lines("a", None, "", ["b", "c"])
    [['a'], ['b', 'c']]
    """
    told: Iterable[Line] = ([one] if isinstance(one, str) else one for one in given if one)
    return [line for line in told if any(line)]
