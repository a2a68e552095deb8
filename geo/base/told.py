"""Errors whose words come from the catalogue, told in every language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from geo.base.messages import LANGUAGES, text
from geo.errors import GeoError

__all__ = ["told"]

Told = TypeVar("Told", bound=GeoError)


def told(kind: type[Told], message_id: str, problems: Sequence[str] = (), **values: object) -> Told:
    """Return an error with the text of a message; a program reads it in English, a page in its own language.

    Parameters
    ----------
    kind : type
        Of the error.
    message_id : str
        A row of ``geo/data/messages.csv``.
    problems : sequence of str
        For a `DataError`: its problems, a line each; they follow the text in every language.
    **values
        For the fields of the message; an error among them is told in each language as well.

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
    words = {language: text(message_id, language, **_said(values, language)) for language in LANGUAGES}
    error = kind(words["en"], problems) if problems else kind(words["en"])
    below = "".join(f"\n  {problem}" for problem in problems)
    error.translations = {language: said + below for language, said in words.items()}
    return error


def _said(values: dict[str, object], language: str) -> dict[str, object]:
    return {
        name: value.translations.get(language, str(value)) if isinstance(value, GeoError) else value
        for name, value in values.items()
    }
