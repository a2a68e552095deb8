"""Optional packages: imported where they are used; a missing one is reported with its install command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from geo.base.messages import LANGUAGES, catalogue
from geo.base.told import told
from geo.errors import MissingDependencyError, distribution

__all__ = ["needs", "package_folder"]


@contextmanager
def needs(what: str | Mapping[str, str], package: str, group: str) -> Iterator[None]:
    """Import an optional package in the block; if it is missing, report what needs it and how to install it.

    Parameters
    ----------
    what : str or mapping of str to str
        The user's task: the English of a message ``needs.…``, such as "reading tables"; or its text by language.
    package : str
        Name of the package for an installer; "" if it is that of the missing module.
    group : str
        Its group of optional dependencies in ``pyproject.toml``.

    Raises
    ------
    MissingDependencyError
        If an import in the block fails. Of nested blocks, the outer one is reported: it knows the user's task.

    Examples
    --------
    >>> with needs("reading tables", "sheep", "farm"):
    ...     import no_such_package
    Traceback (most recent call last):
    geo.errors.MissingDependencyError: reading tables needs sheep: pip install "...[farm]"
    """
    try:
        yield
    except ImportError as error:
        if not package and isinstance(error, MissingDependencyError):
            raise
        name = package or (error.name or str(error)).partition(".")[0]
        raise _missing(what, name, group) from error


def package_folder(module: str, what: str, package: str, group: str) -> Path:
    """Return the folder of an optional package without importing it; parameters and errors as for `needs`.

    Parameters
    ----------
    module : str
        The module's import name.
    what, package, group : str
    """
    try:
        spec = find_spec(module)
    except ImportError:  # a parent package is missing
        spec = None
    if spec is None or spec.origin is None:
        raise _missing(what, package, group)
    return Path(spec.origin).parent


def _missing(what: str | Mapping[str, str], package: str, group: str) -> MissingDependencyError:
    """Return the error with the line that installs the package by its group of this distribution."""
    if isinstance(what, str):
        named = (row for one, row in catalogue().items() if one.startswith("needs.") and row["en"] == what)
        what = next(named, dict.fromkeys(LANGUAGES, what))
    command = f'pip install "{distribution()}[{group}]"'
    return told(MissingDependencyError, "needs", what=what, package=package, command=command)
