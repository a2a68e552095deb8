"""Replace characters that file formats forbid."""

from __future__ import annotations

import re

__all__ = ["safe_text", "xml_text"]

_NUL = re.compile("\x00")
_SURROGATE = re.compile("[\ud800-\udfff]")
# C0 control characters that XML 1.0 forbids, and the two noncharacters of the basic plane.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def safe_text(text: str) -> str:
    r"""Return a text that every writer can store: NUL becomes ``␀`` (U+2400), a lone surrogate U+FFFD.

    Examples
    --------
    >>> safe_text("a\x00b")
    'a␀b'
    """
    return _SURROGATE.sub("\ufffd", _NUL.sub("\u2400", text))


def xml_text(text: str) -> str:
    r"""Return a text that XML 1.0 allows: forbidden control characters become their visible symbols (U+2400…).

    Examples
    --------
    >>> xml_text("bell\x07")
    'bell␇'
    """
    return _NOT_XML.sub(lambda m: chr(0x2400 + ord(m[0])) if ord(m[0]) < 0x20 else "\ufffd", safe_text(text))
