"""The row of a table that holds the column names, and names made unique."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.base.told import told
from geo.errors import UsageError
from geo.tables.column_names import is_column_name

__all__ = ["Header", "find_header", "unique_names"]

_LOOK_AT = 30
_BELOW = 20
_IN_USE = 10
# For cells without blanks around: two runs of blanks side by side would take quadratic time.
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?\s*%?")
_YEAR = re.compile(r"(19|20)\d\d")
_NUMBERS_INSIDE = re.compile(r"\d+[.°:/-]\d+")
#: "单位：万元", "填报日期：2024年": words about the table, no group of columns.
_SAID = re.compile(r"[^:：]+[:：].+|[(（]?(计量)?单位.*")


@dataclass(frozen=True, slots=True)
class Header:
    """The position of the column names.

    Attributes
    ----------
    row : int
        Number of the header row, counted from 1; 0 if there is none.
    names : tuple of str
        All different, none empty.
    rule : str
        What decided: ``option``, ``known`` (names in ``geo/data/column_names.csv``), ``text`` (words above numbers),
        ``convention`` (first row), ``two_rows`` or ``none``.
    renamed : tuple of (str, str)
        Name in the file and name here, where they differ.
    above : int
        1 if the names take two rows, as with merged cells, and the first is above `row`; else 0.
    """

    row: int
    names: tuple[str, ...]
    rule: str
    renamed: tuple[tuple[str, str], ...]
    above: int = 0

    @property
    def first(self) -> int:
        """Number of the first row of the header."""
        return self.row - self.above


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the names made unique, and pairs of old and new name where they differ.

    A repeated name becomes ``name_2``, an empty one ``column_3`` by its position.

    Examples
    --------
    >>> unique_names(["a", "", "a"])
    (('a', 'column_2', 'a_2'), (('', 'column_2'), ('a', 'a_2')))
    """
    taken = {name for name in names if name.strip()}
    seen: set[str] = set()
    numbers: dict[str, int] = {}  # where to go on: thousands of columns may have one name
    result: list[str] = []
    renamed: list[tuple[str, str]] = []
    for position, name in enumerate(names, start=1):
        new = name if name.strip() else f"column_{position}"
        if new in seen or (not name.strip() and new in taken):
            number = numbers.get(new, 2)
            while f"{new}_{number}" in taken or f"{new}_{number}" in seen:
                number += 1
            numbers[new] = number + 1
            new = f"{new}_{number}"
        if new != name:
            renamed.append((name, new))
        seen.add(new)
        result.append(new)
    return tuple(result), tuple(renamed)


def find_header(rows: Sequence[Sequence[str]], given: int | None, name: str) -> Header:
    """Find the row of column names among the first rows of a table.

    The header is the first row as wide as most rows whose cells are all words: no number, date or coordinate, a year
    excepted. A row with names known from ``geo/data/column_names.csv`` is preferred. Rows above it are a title. If the
    first wide row holds numbers, there is no header, and the columns are called ``column_1`` and so on.

    Parameters
    ----------
    rows : sequence of sequences of str
    given : int or None
        The row that the caller states, from 1; 0 for no header.
    name : str
        What to call the file in messages.

    Raises
    ------
    UsageError
        If `given` is not a row of the table.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    width = Counter(len(row) for row in filled).most_common(1)[0][0] if filled else 0
    if given is not None:
        if not 0 <= given <= len(rows):
            raise told(UsageError, "refused.header", name=name, given=str(given), rows=str(len(rows)))
        cells = rows[given - 1] if given else [""] * width
        names, renamed = unique_names(cells)
        return Header(given, names, "option", renamed if given else ())
    used = min(width, max(_columns_in_use(filled), 2))
    wide = [(number, row) for number, row in enumerate(rows[:_LOOK_AT], start=1) if _is_wide(row, used)]
    for number, row in wide:
        known = sum(is_column_name(cell) for cell in row)
        if known >= min(2, len(row)) and not any(_is_value(cell) for cell in row):
            return _in_two_rows(rows, number) or _header(number, row, "known")
    for number, row in wide[:1]:
        if not any(_is_value(cell) for cell in row):
            below = rows[number:]
            two = _in_two_rows(rows, number)
            if two is not None:
                return two
            return _header(number, row, "text" if any(_is_value(c) for r in below for c in r) else "convention")
    return Header(0, unique_names([""] * width)[0], "none", ())


def _in_two_rows(rows: Sequence[Sequence[str]], number: int) -> Header | None:
    """Return the header if the names take two rows (groups, and below their parts) of which row `number` is one.

    In a row of merged cells only the first cell of each group is filled, so each row has names where the other has
    none.
    """
    for top in (number, number - 1):
        if 1 <= top < len(rows):
            names = _merged(rows[top - 1], rows[top], rows[top + 1 : top + _BELOW])
            if names is not None:
                unique, renamed = unique_names(names)
                return Header(top + 1, unique, "two_rows", renamed, 1)
    return None


def _merged(top: Sequence[str], sub: Sequence[str], below: Sequence[Sequence[str]]) -> list[str] | None:
    """Return the names of two rows, joined; None if the second does not belong to the header."""
    if len(top) != len(sub) or not below or any(map(_is_value, (*top, *sub))):
        return None
    if any(_SAID.fullmatch(cell.strip()) for cell in top) and all(cell.strip() for cell in sub):
        return None
    filled = [(bool(a.strip()), bool(b.strip())) for a, b in zip(top, sub, strict=True)]
    under = [number for number, (above, part) in enumerate(filled) if part and not above]
    # A title has one filled cell; a row of data has none of its cells under an empty one.
    if not under or sum(above for above, _ in filled) < 2 or filled[0] == (False, True):
        return None
    whole = any(above and not part for above, part in filled)
    values = any(
        _is_value(row[number]) for row in below for number, (_, part) in enumerate(filled) if part and number < len(row)
    )
    if not (values and (whole or any(is_column_name(cell) for cell in sub))):
        return None
    names, group = [], ""
    for above, part in zip(top, sub, strict=True):
        group = above.strip() or group
        names.append(" ".join(dict.fromkeys(filter(None, (group, part.strip())))))
    return [
        part.strip() if is_column_name(part) and [cell.strip() for cell in sub].count(part.strip()) == 1 else name
        for name, part in zip(names, sub, strict=True)
    ]


def _columns_in_use(rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns are filled in more than a tenth of the rows: a lone remark beside a table is none."""
    counts = Counter(at for row in rows for at, cell in enumerate(row) if cell.strip())
    return sum(_IN_USE * count > len(rows) for count in counts.values())


def _is_wide(row: Sequence[str], width: int) -> bool:
    """Return whether a row may be the header rather than a title: it has about as many filled cells as the table."""
    filled = sum(bool(cell.strip()) for cell in row)
    return filled > 0 if width == 1 else filled >= 2 and filled * 2 > width


def _header(number: int, row: Sequence[str], rule: str) -> Header:
    names, renamed = unique_names(row)
    return Header(number, names, rule, renamed)


def _is_value(cell: str) -> bool:
    """Return whether a cell is a number, a date or a coordinate rather than a word."""
    cell = cell.strip()
    if _YEAR.fullmatch(cell):
        return False
    return bool(_NUMBER.fullmatch(cell) or (len(cell) < 40 and len(_NUMBERS_INSIDE.findall(cell)) >= 1))
