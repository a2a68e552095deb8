"""Text width in columns, and line breaking: Latin words stay whole, Chinese breaks anywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

__all__ = ["columns_of", "is_wide", "shortened", "wrapped"]

#: Marks that may not begin a line; marks that may not end one.
_NOT_FIRST = frozenset("，。；：、！？）〕】》」』”’…%·,.;:!?)]}")
_NOT_LAST = frozenset("（〔【《「『“‘([{")


def is_wide(letter: str) -> bool:
    """Return whether a letter is two columns wide, as Chinese letters are."""
    return unicodedata.east_asian_width(letter) in "WF"


def columns_of(words: str) -> int:
    """Return the width of a text in terminal columns; a Chinese letter has two.

    Examples
    --------
    >>> columns_of("AI 中")
    5
    """
    return len(words) + (0 if words.isascii() else sum(map(is_wide, words)))


def shortened(words: str, most: int) -> str:
    """Return at most `most` characters of a text; an ellipsis marks that it was cut.

    Examples
    --------
    >>> shortened("no more than this", 7), shortened("this", 7)
    ('no mor…', 'this')
    """
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def wrapped(words: str, width: float, letter_width: Callable[[str], float]) -> list[str]:
    """Break a text into lines of at most `width`.

    Parameters
    ----------
    words : str
        Its own line breaks are kept.
    width : float
    letter_width : callable
        Returns the width of a letter, in the unit of `width`.

    Returns
    -------
    list of str
        Lines break at blanks and around Chinese letters; none begins with a closing mark or ends with an opening mark
        or a blank. A word longer than a line, such as a URL, is broken at any letter.

    Notes
    -----
    Linear in the length of the text; each letter is measured at most three times.

    Examples
    --------
    >>> wrapped("中文 and words", 4, lambda letter: 2 if is_wide(letter) else 1)
    ['中文', 'and', 'word', 's']
    """
    lines: list[str] = []
    # Tolerance, so that rounding does not break a line that exactly fits.
    room = width + 1e-9
    for paragraph in words.split("\n"):
        now: list[str] = []
        used = 0.0
        for piece in _pieces(paragraph):
            bare = piece.rstrip()
            wide = sum(map(letter_width, bare))
            parts = [piece] if wide <= room else [*bare, piece[len(bare) :]]
            for number, part in enumerate(parts):
                taken = sum(map(letter_width, part))
                needed = (taken if number else wide) if part.strip() else 0.0
                if now and used + needed > room:
                    lines.append("".join(now).rstrip())
                    now, used = [], 0.0
                now.append(part)
                used += taken
        lines.append("".join(now).rstrip())
    return lines


def _pieces(words: str) -> Iterator[str]:
    """Yield pieces between which a line may break: after a blank, around Chinese, never before a closing mark."""
    start, fresh = 0, True
    for at, one in enumerate(words):
        wide = is_wide(one)
        glued = one == " " or one in _NOT_FIRST or words[max(at - 1, 0)] in _NOT_LAST
        if at and not glued and (fresh or wide):
            yield words[start:at]
            start = at
        fresh = one == " " or (wide and one not in _NOT_LAST)
    if words:
        yield words[start:]
