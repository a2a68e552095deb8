"""The errors of this project: one small tree, so that callers can catch by meaning.

Every message says what was given, what is allowed and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class GeoError(Exception):
    """Base of every error this project raises on purpose; `translations` holds its text by language, where known."""

    translations: Mapping[str, str] = {}


class UsageError(GeoError, ValueError):
    """An argument or option is not one of those allowed."""


class DataError(GeoError, ValueError):
    """Data that was read breaks a rule; `problems` lists every breach, one line each."""

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([summary, *(f"  {line}" for line in self.problems)]))


class MissingDependencyError(GeoError, ImportError):
    """An optional package is needed for what was asked; the message names the install line."""

    @classmethod
    def of(cls, what: str, package: str, group: str) -> MissingDependencyError:
        """Return the error for `what` that needs `package` of the optional `group` of this distribution."""
        return cls(f'{what} needs {package}: pip install "{distribution()}[{group}]"')


class CRSError(UsageError):
    """A coordinate reference system or datum does not fit what was asked."""


class OutputError(GeoError, OSError):
    """An output cannot be written; nothing half-written is left behind."""

    def __init__(self, message: str, translations: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.translations = translations or {}


def distribution() -> str:
    """Return the name under which this package is installed; asked, since another city may rename it."""
    from importlib import metadata

    return metadata.packages_distributions().get("geo", ["."])[0]
