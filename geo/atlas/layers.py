"""The folder of published layers: its location, and its files, verified against ``datapackage.json``."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from geo.atlas.altered import refused
from geo.base.told import told
from geo.contract.datapackage import PACKAGE, digest_of
from geo.contract.meta import check_meta
from geo.errors import DataError

__all__ = ["default_layers", "read_layers"]

_TIMES = 3


def default_layers() -> Path:
    """Return the folder of the published layers: ``$GEO_LAYERS``, the checkout's, or the package's own."""
    if configured := os.environ.get("GEO_LAYERS"):
        return Path(configured)
    return _own_layers()


@cache
def _own_layers() -> Path:
    # Cached, because every request and every run of a page asks for it.
    here = Path(__file__).resolve().parents[1]
    for folder in (here.parent / "layers", here / "_layers"):
        if (folder / PACKAGE).is_file():
            return folder
    return here.parent / "layers"


def read_layers(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return ``datapackage.json`` and the content of every file it lists, by path.

    Raises
    ------
    DataError
        If the folder, a file or a file's hash is not as ``datapackage.json`` states; the message names every such file.
    """
    for attempt in range(1, _TIMES + 1):
        raw = _read_package(folder)
        package = _parse(folder / PACKAGE, raw)
        files, problems = _read_files(folder, package)
        if not problems:
            return package, files
        # A build may have replaced the layers while they were being read.
        if attempt == _TIMES or _read_package(folder) == raw:
            break
    raise _refused("damaged", problems, folder=folder)


def _refused(message: str, problems: Sequence[str] = (), **values: object) -> DataError:
    return told(DataError, f"layers.{message}", problems, **values)


def _read_package(folder: Path) -> bytes:
    try:
        return (folder / PACKAGE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _refused("none", folder=folder) from None
    except OSError as error:
        raise _refused("unreadable", path=folder / PACKAGE, why=error.strerror) from None


def _parse(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        package: dict[str, Any] = json.loads(raw)
        sound = package["hash"] == digest_of(package)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        told = "no hash" if isinstance(error, KeyError) else str(error)
        raise _refused("unreadable", path=path, why=told) from None
    if not sound:
        raise _refused("altered", path=path)
    atlas = package.get("atlas")
    if problems := [problem for _, problem in check_meta(atlas if isinstance(atlas, dict) else {})]:
        raise refused(PACKAGE, problems)
    if not _are_files(package.get("resources")):
        raise _refused("unreadable", path=path, why="no list of files below it")
    return package


def _are_files(resources: Any) -> bool:
    """Return whether a list names files below the folder, each with its hash."""
    if not isinstance(resources, list) or not all(isinstance(entry, dict) for entry in resources):
        return False
    names = [entry.get("path") for entry in resources]
    return all(
        isinstance(name, str) and re.fullmatch(r"[\w./-]+", name) and name[0] != "/" and ".." not in name
        for name in names
    )


def _read_files(folder: Path, package: Mapping[str, Any]) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    problems = []
    for resource in package["resources"]:
        path = resource["path"]
        try:
            files[path] = (folder / path).read_bytes()
        except OSError as error:
            problems.append(f"{path}: cannot be read ({error.strerror})")
            continue
        if resource.get("hash") != f"sha256:{hashlib.sha256(files[path]).hexdigest()}":
            problems.append(f"{path}: differs from its hash in {PACKAGE}")
    return files, problems
