"""Optional packages: imported where they are used; a missing one is reported with its install command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from geo.errors import MissingDependencyError

__all__ = ["needs", "package_folder"]


@contextmanager
def needs(what: str, package: str, group: str) -> Iterator[None]:
    """Import an optional package in the block; if it is missing, report what needs it and how to install it.

    Parameters
    ----------
    what : str
        The user's task, such as "reading tables".
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
        The module's import name.
    what, package, group : str
    """
    try:
        spec = find_spec(module)
    except ImportError:  # a parent package is missing
        spec = None
    if spec is None or spec.origin is None:
        raise MissingDependencyError.of(what, package, group)
    return Path(spec.origin).parent
