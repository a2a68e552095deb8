"""What argparse says in English of a command that is not written right, in 中文 too."""

from __future__ import annotations

import re

from geo.base.messages import catalogue, text

__all__ = ["in_chinese"]

#: Messages that argparse words; in English they read as it has them, their fields hold what it quotes. Python 3.15 asks
#: whether another choice was meant, which would fit the shorter message too, so it is tried first.
_WORDED = (
    *("at_least_one", "ambiguous", "choice_like", "choice", "empty", "explicit", "float", "int", "missing", "one"),
    "unknown",
)


def in_chinese(message: str) -> str:
    """Return in 中文 what argparse says in English.

    The English words are looked up in the catalogue. A wording that is not there, of another version of Python say,
    gives the sentence that points to the English one.

    Examples
    --------
    >>> in_chinese("argument --port: invalid int value: 'x'")
    "--port：'x' 不是整数"
    """
    about = _fields("argument.of", message)
    said = about["why"] if about else message
    for name in _WORDED:
        fields = _fields(f"argument.{name}", said)
        if fields is not None:
            why = text(f"argument.{name}", "zh", **fields)
            return text("argument.of", "zh", name=about["name"], why=why) if about else why
    return text("argument.other", "zh")


def _fields(message_id: str, said: str) -> dict[str, str] | None:
    """Return what stands in the fields of a message, None if the text is not this message."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(catalogue()[message_id]["en"]))
    found = re.fullmatch(pattern, said, re.DOTALL)
    return None if found is None else found.groupdict()
