"""The errors of this project: one small tree, so that callers can catch by meaning.

Every message says what was given, what is allowed and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache


class GeoError(Exception):
    """Base of every error this project raises on purpose.

    Attributes
    ----------
    translations : mapping of str to str
        Its text by language ("zh", "en"), where it is known in several; else empty.

    Examples
    --------
    >>> import geo
    >>> try:
    ...     geo.Atlas.load("no such folder")
    ... except geo.GeoError as error:
    ...     print(type(error).__name__)
    DataError
    """

    translations: Mapping[str, str] = {}

    def in_language(self, language: str) -> str:
        """Return its text in a language ("zh" or "en"); as it is where it is known in one only.

        Examples
        --------
        >>> import geo
        >>> try:
        ...     geo.Selection(language="fr")
        ... except geo.GeoError as error:
        ...     print(error.in_language("en"))
        language is 'fr': allowed are zh, en
        """
        return self.translations.get(language, str(self))


class UsageError(GeoError, ValueError):
    """An argument or option is not one of those allowed.

    Examples
    --------
    >>> import geo
    >>> geo.Selection(language="fr")
    Traceback (most recent call last):
    geo.errors.UsageError: language is 'fr': allowed are zh, en
    """


class DataError(GeoError, ValueError):
    """Data that was read breaks a rule.

    Attributes
    ----------
    problems : tuple of str
        Every breach, one line each: all are looked for before one is raised.

    Examples
    --------
    >>> DataError("2 problems in the seeds", ["places.csv:3: no name", "facts.csv:9: no source"]).problems
    ('places.csv:3: no name', 'facts.csv:9: no source')
    """

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([summary, *(f"  {line}" for line in self.problems)]))


class MissingDependencyError(GeoError, ImportError):
    """An optional package is needed for what was asked; the message names the install line.

    Examples
    --------
    >>> issubclass(MissingDependencyError, ImportError)
    True
    """


class CRSError(UsageError):
    """A coordinate reference system or datum does not fit what was asked.

    Examples
    --------
    >>> from geo.crs import check_crs
    >>> check_crs("GCJ-02", (73, 18, 135, 54))
    Traceback (most recent call last):
    geo.errors.CRSError: GCJ-02 is not a coordinate reference system: ...
    """


class OutputError(GeoError, OSError):
    """An output cannot be written; nothing half-written is left behind.

    Attributes
    ----------
    translations : mapping of str to str
        Its text by language.

    Examples
    --------
    >>> issubclass(OutputError, OSError)
    True
    """

    def __init__(self, message: str, translations: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.translations = translations or {}


@cache
def distribution() -> str:
    """Return the name under which this package is installed, "." if it is not; asked, since another city may rename it.

    Every installed package is asked for its list of modules, which setuptools writes; to look through the lists of
    files of all of them takes a hundred times as long, at each start of the app.
    """
    from importlib import metadata

    for one in metadata.distributions():
        if "geo" in (one.read_text("top_level.txt") or "").split():
            return str(one.metadata["Name"])
    return "."
