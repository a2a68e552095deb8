"""Optional packages: imported where they are used; where one is missing, its name and the line that installs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from geo.errors import MissingDependencyError

__all__ = ["needs", "package_folder"]


@contextmanager
def needs(what: str, package: str, group: str) -> Iterator[None]:
    """Import an optional package in the block; where it is not installed, say what needs it and how to install it.

    Parameters
    ----------
    what : str
        What was asked for: "reading tables".
    package : str
        The package, as an installer knows it; "" where it is called like the module that is missing.
    group : str
        The group of optional dependencies in ``pyproject.toml`` that holds it.

    Raises
    ------
    MissingDependencyError
        If an import in the block fails. The outer of two blocks is told of: it knows what was asked for.

    Examples
    --------
    >>> with needs("counting sheep", "sheep", "farm"):
    ...     import no_such_package
    Traceback (most recent call last):
    geo.errors.MissingDependencyError: counting sheep needs sheep: pip install "...[farm]"
    """
    try:
        yield
    except ImportError as error:
        if not package and isinstance(error, MissingDependencyError):
            raise
        name = package or (error.name or str(error)).partition(".")[0]
        raise MissingDependencyError.of(what, name, group) from error


def package_folder(module: str, what: str, package: str, group: str) -> Path:
    """Return the folder of an optional package without importing it; parameters and errors as for `needs`.

    Parameters
    ----------
    module : str
        The module as it is imported.
    what, package, group : str
    """
    try:
        spec = find_spec(module)
    except ImportError:  # of a package above it
        spec = None
    if spec is None or spec.origin is None:
        raise MissingDependencyError.of(what, package, group)
    return Path(spec.origin).parent
