"""Text of a DXF: control codes are escaped, and characters outside the code page become Unicode codes."""

from __future__ import annotations

import codecs
import re

from geo.base.lines import is_wide, wrapped

__all__ = ["ENCODING", "broken", "literal", "mtext", "one_line", "width_of"]

#: Encoding of a drawing up to R2004 with code page ANSI_936.
ENCODING = "gbk"
# Widths of letters relative to the height of a capital, in the fonts that CAD programs use for Chinese.
_WIDE, _NARROW = 1.35, 0.75


def mtext(content: str) -> str:
    r"""Return a text escaped for MTEXT, where backslash, braces, caret and %% are codes; a line end becomes ``\P``.

    Examples
    --------
    >>> mtext("a{b}\n^I")
    'a\\{b\\}\\P^ I'
    """
    for code, shown in (("\\", "\\\\"), ("{", "\\{"), ("}", "\\}"), ("^", "^ ")):
        content = content.replace(code, shown)
    # An empty group between two percent signs keeps them from starting a code such as %%c.
    content = re.sub("%(?=%)", "%{}", content)
    content = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\P")
    return literal("".join(c if c >= " " else " " for c in content))


def literal(content: str) -> str:
    r"""Return a text with © as (c), and each character outside the code page as ``\U+`` and its UTF-16 units.

    Examples
    --------
    >>> literal("© 中 é ☃")
    '(c) 中 é \\U+2603'
    """
    return content.replace("©", "(c)").encode(ENCODING, "dxf_literal").decode(ENCODING)


def one_line(content: str) -> str:
    r"""Return a text in one line, without control characters.

    Examples
    --------
    >>> one_line("a  b\n c")
    'a b c'
    """
    return " ".join("".join(c if c >= " " else " " for c in content).split())


def width_of(content: str, height: float) -> float:
    """Return the approximate width of a line of text for a height of its capital letters, in the same unit.

    Examples
    --------
    >>> round(width_of("AI 中", 2.0), 2)
    7.2
    """
    wide = sum(map(is_wide, content))
    return height * (wide * _WIDE + (len(content) - wide) * _NARROW)


def broken(content: str, height: float, width: float) -> list[str]:
    """Break a text into lines no wider than `width`, because some CAD programs do not break Chinese lines.

    Examples
    --------
    >>> broken("中文 and words", 1.0, 4.5)
    ['中文', 'and', 'words']
    """
    return wrapped(content, width, lambda letter: width_of(letter, height))


def _as_units(error: UnicodeError) -> tuple[str, int]:
    """Encode a character outside the code page: one four-digit code per UTF-16 unit."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\U+{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end


codecs.register_error("dxf_literal", _as_units)
