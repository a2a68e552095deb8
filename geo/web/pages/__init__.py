"""One module per page, each with `PATH`, `TITLE` (a message id), `ORDER` and `render(atlas, selection)`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

__all__ = ["pages"]


@cache
def pages() -> tuple[ModuleType, ...]:
    """Return the page modules in order. A new page is a new module here. Cached, because every run asks three times."""
    found = [
        importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if not info.ispkg
    ]
    return tuple(sorted(found, key=lambda page: (page.ORDER, page.PATH)))
