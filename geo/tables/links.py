"""A check for GeoJSON whose CRS is a link, which GDAL would fetch once for every geometry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.base.told import both, told
from geo.crs.foreign import LONGEST
from geo.errors import DataError

__all__ = ["check_links"]

_CHUNK = 1 << 20
# The member's name as GDAL knows it: in any case, and with letters written as escapes.
_LETTERS = (b"(?:%c|%c|\\\\u00%x|\\\\u00%x)" % (c, c - 32, c, c - 32) for c in b"crs")
_MEMBER = re.compile(rb"[\"']%s%s%s[\"']\s{0,99}:\s{0,99}" % tuple(_LETTERS), re.IGNORECASE)
_LONGEST_NAME = 256  # with the blanks behind
_ADDRESSES = ("link", "url")
#: A string that is cut off is one token too; to begin again at each of its quotes would take quadratic time.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[{}]', re.DOTALL)


def check_links(path: Path, start: int, name: str) -> None:
    """Raise `DataError` if a ``crs`` anywhere in a GeoJSON text is a link, cannot be read, or is longer than any CRS.

    Parameters
    ----------
    path : Path
        A file in UTF-8.
    start : int
        Length of the byte order mark, bytes.
    name : str
        What to call the file in messages.

    Notes
    -----
    The text is read once, 1 s per gigabyte. A ``crs`` among the properties of a feature counts too.
    """
    for text in _values(path, start):
        problem = _problem(text)
        if problem:
            raise told(
                DataError,
                "refused.crs_link",
                name=name,
                problem=both(problem, most=str(LONGEST)),
                example="urn:ogc:def:crs:EPSG::4490",
            )


def _values(path: Path, start: int) -> Iterator[bytes]:
    """Yield the bytes that follow each ``crs``, as many as a CRS may have."""
    ahead, data = LONGEST + _LONGEST_NAME, b""
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(_CHUNK):
            data += chunk
            # What begins in the last part is looked at again when more is there to see.
            here = len(data) - ahead if len(chunk) == _CHUNK else len(data)
            for match in _MEMBER.finditer(data):
                if match.start() >= here:
                    break
                yield data[match.end() : match.end() + LONGEST]
            data = data[max(here, 0) :]


@lru_cache(64)
def _problem(text: bytes) -> str:
    """Return the id of the message on what is wrong with the value of a ``crs``, "" if nothing."""
    if not text.startswith(b"{"):
        return ""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if depth == 0:
            return _judged(text[: token.end()])
    return "crs.member.endless"


def _judged(text: bytes) -> str:
    pairs: list[tuple[str, Any]] = []
    try:
        json.loads(text, object_pairs_hook=lambda found: pairs.extend(found))
    except (ValueError, RecursionError):
        return "crs.member.unread"
    kinds = [str(value).casefold() for key, value in pairs if key.casefold() == "type"]
    return "crs.member.link" if set(kinds) & set(_ADDRESSES) else ""
