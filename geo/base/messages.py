"""Every text a user reads, in 中文 and English, from one catalogue: ``geo/data/messages.csv``."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from numbers import Integral
from typing import SupportsIndex, TypeGuard

from geo.errors import UsageError

__all__ = ["LANGUAGES", "catalogue", "check_language", "html_lang", "printable", "text"]

LANGUAGES = ("zh", "en")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every message by id, each a mapping of language to text."""
    raw = resources.files("geo.data").joinpath("messages.csv").read_text(encoding="utf-8")
    return {row["message_id"]: {lang: row[lang] for lang in LANGUAGES} for row in csv.DictReader(raw.splitlines())}


def check_language(language: str) -> None:
    """Raise `UsageError` if there are no texts in this language."""
    if language not in LANGUAGES:
        fields = {"name": "language", "given": language, "allowed": ", ".join(LANGUAGES)}
        words = {one: text("wrong.one_of", one, **fields) for one in LANGUAGES}
        error = UsageError(words["en"])
        error.translations = words  # by hand, since `geo.base.told` builds on this module
        raise error


class _Count(int):
    """An integer in a message: "1,200", with a noun by ``{name:place|places}``, as a year by ``{name:year}``."""

    def __format__(self, spec: str) -> str:
        if spec == "year":
            return str(int(self))
        one, bar, many = spec.partition("|")
        if not bar:
            return format(int(self), spec or ",")
        return f"{int(self):,} {one if self == 1 else many}"


def html_lang(language: str) -> str:
    """Return the value of ``lang`` and ``hreflang`` for a language; 中文 is that of mainland China.

    Examples
    --------
    >>> html_lang("zh"), html_lang("en")
    ('zh-CN', 'en')
    """
    return "zh-CN" if language == "zh" else language


def text(message_id: str, language: str, **values: object) -> str:
    """Return the message in `language`, with ``{name}`` fields filled from `values`.

    An integer is written with separators; ``{name:place|places}`` adds a noun in singular or plural, ``{name:year}``
    writes a year without separators.

    Raises
    ------
    UsageError
        If there is no such message or language.
    """
    try:
        template = catalogue()[message_id][language]
    except KeyError:
        raise UsageError(f"no message {message_id!r} in {language!r}; see geo/data/messages.csv") from None
    counted = {name: _Count(value) if _is_number(value) else value for name, value in values.items()}
    return template.format(**counted) if values else template


def _is_number(value: object) -> TypeGuard[SupportsIndex]:
    return isinstance(value, Integral) and not isinstance(value, bool)


def printable(words: str) -> str:
    r"""Return a text that cannot control a terminal: control characters in user data become visible symbols.

    Marks that change the writing direction, by which a name can pose as another, are replaced too.

    Examples
    --------
    >>> printable("\x1b[31mred\x9b")
    '␛[31mred�'
    >>> printable("a\u202egnp.csv")
    'a�gnp.csv'
    """
    return _CONTROL.sub(
        lambda m: chr(0x2400 + ord(m[0])) if ord(m[0]) < 0x20 else "␡" if m[0] == "\x7f" else "�", words
    )
