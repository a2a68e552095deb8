"""Cells that a spreadsheet would run as a formula, and the apostrophe that keeps them text in a CSV."""

from __future__ import annotations

import re

__all__ = ["FORMULA_START", "NUMBER", "guard_formula", "has_formula_start", "unguard_formula"]

#: What some spreadsheets pass over before a cell: blanks, also of no break and full-width, marks of no width.
_BLANK = "[ \x0b\x0c\u00a0\u200b\u3000\ufeff]*"
#: How a formula begins, to Excel, LibreOffice and WPS; apostrophes before it count as part, to undo a guard exactly.
FORMULA_START = f"^'*{_BLANK}[=+\\-@\t\r\n＝＋－＠]"
#: What begins the same way and is a number. Both patterns mean the same to `re` and to RE2 (Arrow).
NUMBER = rf"^{_BLANK}[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?{_BLANK}$"

_FORMULA = re.compile(FORMULA_START)
_NUMBER = re.compile(NUMBER)


def has_formula_start(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula; numbers are no formulas.

    Examples
    --------
    >>> [has_formula_start(t) for t in ("=1+1", " =1", "-5.2", " -5.2", "+86 21", "@x", "a=b", "'=1")]
    [True, True, False, False, True, True, False, True]
    """
    # fullmatch: "$" alone lets a line end follow.
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def guard_formula(text: str) -> str:
    """Return a text with an apostrophe before it if `has_formula_start`; `unguard_formula` takes it off again."""
    return f"'{text}" if has_formula_start(text) else text


def unguard_formula(text: str) -> str:
    """Return the text that `guard_formula` was given.

    Examples
    --------
    >>> unguard_formula(guard_formula("=1+1")), unguard_formula("'tis"), unguard_formula(guard_formula("'=1"))
    ('=1+1', "'tis", "'=1")
    """
    return text[1:] if text.startswith("'") and has_formula_start(text) else text
