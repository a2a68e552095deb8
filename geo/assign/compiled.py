"""Compiled code kept between runs in a folder of the user's own, and believed only if it is whole.

numba reads what it kept without a check: a file that was cut ends every later run, one that was changed is run. So all
its files lie under a seal of their hashes; a folder whose files are not those that were sealed is emptied, and what was
in it is compiled anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from geo.base.files import beside, remove
from geo.base.private import private_folder

__all__ = ["CompiledCode"]

_SEAL = "seal.json"
_CONFIG: Any = numba.config  # which has no types

Function = TypeVar("Function", bound=Callable[..., Any])


class CompiledCode:
    """The folder of compiled code, ``geo-compiled`` below ``$NUMBA_CACHE_DIR`` or the user's caches."""

    def __init__(self) -> None:
        self.folder = private_folder("compiled", os.environ.get("NUMBA_CACHE_DIR"))
        self._sealed = self._read_seal()
        if self._sealed != self._hashes():
            self._empty()

    def compile(self, function: Function) -> Function:
        """Compile a function, and keep the result on disk where there is a place for it."""
        if self.folder is not None:
            before = _CONFIG.CACHE_DIR
            _CONFIG.CACHE_DIR = str(self.folder)  # asked for now only: the folder is for our own functions
            try:
                return cast("Function", numba.njit(cache=True, nogil=True)(function))
            except RuntimeError:  # it cannot be written after all
                self.folder = None
            finally:
                _CONFIG.CACHE_DIR = before
        return cast("Function", numba.njit(nogil=True)(function))

    def seal(self) -> None:
        """Record the hashes of the files as they are now; later only files that match are believed.

        Hashes some 100 KB where a file was added, else lists the folder.
        """
        if self.folder is None or {path.name for path in self._files()} == {Path(name).name for name in self._sealed}:
            return
        part = beside(self.folder / _SEAL)
        with contextlib.suppress(OSError):  # without a seal it is compiled anew next time
            self._sealed = self._hashes()
            part.write_text(json.dumps(self._sealed), encoding="utf-8")
            part.replace(self.folder / _SEAL)
        remove(part)

    def _files(self) -> list[Path]:
        if self.folder is None:
            return []
        return sorted(p for p in self.folder.rglob("*") if p.is_file() and p.suffix in (".nbi", ".nbc"))

    def _hashes(self) -> dict[str, str]:
        found = {}
        with contextlib.suppress(OSError):
            for path in self._files():
                found[str(path.relative_to(str(self.folder)))] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def _read_seal(self) -> dict[str, str]:
        if self.folder is None:
            return {}
        try:
            sealed = json.loads((self.folder / _SEAL).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return sealed if isinstance(sealed, dict) else {}

    def _empty(self) -> None:
        for path in self._files():
            remove(path)
        if self._files():  # they cannot be removed: nothing from there is believed
            self.folder = None
        self._sealed = {}
