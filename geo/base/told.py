"""Errors whose messages come from the catalogue, in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from geo.base.messages import LANGUAGES, text
from geo.errors import DataError, GeoError

__all__ = ["both", "together", "told"]

Told = TypeVar("Told", bound=GeoError)


def told(
    kind: type[Told], message_id: str, problems: Sequence[str | Mapping[str, str]] = (), /, **values: object
) -> Told:
    """Return an error with a message of the catalogue: `str` of it is English, its translations are for pages.

    Parameters
    ----------
    kind : type
        Type of the error.
    message_id : str
        Id of a row of ``geo/data/messages.csv``.
    problems : sequence of str or mapping of str to str
        What follows, one per line, each in every language (`both`) or the same in all; the problems of a `DataError`.
    **values
        Values of the message's fields; an error among them is translated too, and a mapping of languages to texts
        gives each its own.

    Raises
    ------
    UsageError
        If there is no such message.

    Examples
    --------
    >>> from geo.errors import DataError
    >>> error = told(DataError, "refused.empty", name="a.csv")
    >>> str(error), error.translations["zh"]
    ('a.csv: the file is empty', 'a.csv：文件是空的')
    """
    words = both(message_id, **values)
    below = {language: [str(_in(problem, language)) for problem in problems] for language in LANGUAGES}
    whole = {language: "\n  ".join([said, *below[language]]) for language, said in words.items()}
    error = kind(words["en"], below["en"]) if issubclass(kind, DataError) else kind(whole["en"])
    error.translations = whole
    return error


def both(message_id: str, /, **values: object) -> dict[str, str]:
    """Return a message by language, such as for a field of another.

    Examples
    --------
    >>> both("unknown.what.column")
    {'zh': '列', 'en': 'column'}
    """
    return {language: text(message_id, language, **_said(values, language)) for language in LANGUAGES}


def together(kind: type[Told], problems: Sequence[GeoError]) -> Told:
    """Return one error of several, a line each, in every language.

    Examples
    --------
    >>> from geo.errors import UsageError
    >>> print(together(UsageError, [told(UsageError, "refused.lon_lat"), told(UsageError, "wrong.locate")]))
    lon and lat go together: give both
    give lon and lat, or an address
    """
    error = kind("\n".join(map(str, problems)))
    error.translations = {language: "\n".join(str(_in(one, language)) for one in problems) for language in LANGUAGES}
    return error


def _said(values: dict[str, object], language: str) -> dict[str, object]:
    return {name: _in(value, language) for name, value in values.items()}


def _in(value: object, language: str) -> object:
    if isinstance(value, GeoError):
        return value.in_language(language)
    return value[language] if isinstance(value, Mapping) else value
