"""Optional packages: imported where they are used; a missing one is reported with its install command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from geo.base.told import both, told
from geo.errors import MissingDependencyError, distribution

__all__ = ["needs", "package_folder"]


@contextmanager
def needs(what: str, package: str, group: str, **fields: object) -> Iterator[None]:
    """Import an optional package in the block; if it is missing, report what needs it and how to install it.

    Parameters
    ----------
    what : str
        The user's task: the id of a message ``needs.…`` of ``geo/data/messages.csv``, such as "needs.reading_tables".
    package : str
        Name of the package for an installer; "" if it is that of the missing module.
    group : str
        Its group of optional dependencies in ``pyproject.toml``.
    **fields
        Values of the message's fields.

    Raises
    ------
    MissingDependencyError
        If an import in the block fails. Of nested blocks, the outer one is reported: it knows the user's task; but the
        inner one if the outer names no package.

    Examples
    --------
    >>> with needs("needs.reading_tables", "sheep", "farm"):
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
        raise _missing(what, name, group, **fields) from error


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


def _missing(what: str, package: str, group: str, **fields: object) -> MissingDependencyError:
    """Return the error with the line that installs the package by its group of this distribution."""
    command = f'pip install "{distribution()}[{group}]"'
    return told(MissingDependencyError, "needs", what=both(what, **fields), package=package, command=command)
