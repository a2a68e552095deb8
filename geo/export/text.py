"""Text on its way into files: characters that formats forbid, and cells that a spreadsheet would run."""

from __future__ import annotations

import re

__all__ = ["guard_formula", "has_formula_start", "safe_text", "unguard_formula", "xml_text"]

_NUL = re.compile("\x00")
_SURROGATE = re.compile("[\ud800-\udfff]")
# The characters of C0 that XML 1.0 forbids, and the two noncharacters of the basic plane.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")


def safe_text(text: str) -> str:
    r"""Return a text that every writer can hold: NUL becomes ``␀`` (U+2400), a lone surrogate U+FFFD.

    Examples
    --------
    >>> safe_text("a\x00b")
    'a␀b'
    """
    return _SURROGATE.sub("\ufffd", _NUL.sub("\u2400", text))


def xml_text(text: str) -> str:
    r"""Return a text that XML 1.0 can hold: forbidden control characters become their visible symbols (U+2400…).

    Examples
    --------
    >>> xml_text("bell\x07")
    'bell␇'
    """
    return _NOT_XML.sub(lambda m: chr(0x2400 + ord(m[0])) if ord(m[0]) < 0x20 else "\ufffd", safe_text(text))


def has_formula_start(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula; numbers are no formulas.

    Examples
    --------
    >>> [has_formula_start(t) for t in ("=1+1", "-5.2", "+86 21", "@x", "a=b", "'=1")]
    [True, False, True, True, False, True]
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.match(text)


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
