"""Cells that a spreadsheet would run as a formula, and the apostrophe that keeps them text in a CSV."""

from __future__ import annotations

import re

__all__ = ["FORMULA_START", "NO_FORMULA", "guard_formula", "has_formula_start", "unguard_formula"]

#: Characters that some spreadsheets skip at the start of a cell: blanks, also no-break and full-width, zero-width
#: marks.
_BLANK = "[ \x0b\x0c\u00a0\u200b\u3000\ufeff]*"
#: Start of a formula in Excel, LibreOffice and WPS; leading apostrophes are included, so that a guard can be undone
#: exactly.
FORMULA_START = f"^'*{_BLANK}[=+\\-@\t\r\n＝＋－＠]"
#: What begins like a formula and is none: a number, and dashes alone, which stand for nothing in many a table. Both
#: patterns mean the same in `re` and in RE2 (Arrow).
NO_FORMULA = rf"^{_BLANK}(-+|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?){_BLANK}$"

_FORMULA = re.compile(FORMULA_START)
_NO_FORMULA = re.compile(NO_FORMULA)


def has_formula_start(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula; numbers and dashes alone are not.

    Examples
    --------
    >>> [has_formula_start(t) for t in ("=1+1", " =1", "-5.2", " -5.2", "+86 21", "@x", "a=b", "'=1", "--")]
    [True, True, False, False, True, True, False, True, False]
    """
    # With fullmatch, because "$" also matches before a final line end.
    return bool(_FORMULA.match(text)) and not _NO_FORMULA.fullmatch(text)


def guard_formula(text: str) -> str:
    """Prefix a text with an apostrophe if `has_formula_start`; `unguard_formula` undoes it."""
    return f"'{text}" if has_formula_start(text) else text


def unguard_formula(text: str) -> str:
    """Return the original text of `guard_formula`.

    Examples
    --------
    >>> unguard_formula(guard_formula("=1+1")), unguard_formula("'tis"), unguard_formula(guard_formula("'=1"))
    ('=1+1', "'tis", "'=1")
    """
    return text[1:] if text.startswith("'") and has_formula_start(text) else text
