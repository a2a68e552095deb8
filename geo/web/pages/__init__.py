"""One module per page, each with `PATH`, `TITLE` (a message id), `ORDER` and `render(atlas, selection)`."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

__all__ = ["pages"]


def pages() -> list[ModuleType]:
    """Return the page modules in order; a new page is a new module here."""
    found = [
        importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if not info.ispkg
    ]
    return sorted(found, key=lambda page: (page.ORDER, page.PATH))
