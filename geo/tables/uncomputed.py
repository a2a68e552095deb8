"""Formulas of a workbook whose values no program has computed: to every reader their cells are empty."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

__all__ = ["uncomputed_formulas"]

#: A cell with a formula and without a value. An empty text that was computed says that it is one (t="str"). No part
#: runs over the next "<", so that a comment full of tags is searched in time that grows with its length.
_CELL = re.compile(
    rb"<(?:\w{1,20}:)?c\b([^<>]{0,300})>\s{0,9}"
    rb"<(?:\w{1,20}:)?f\b(?:[^<>]{0,300}/>|[^<>]{0,300}>[^<]{0,9000}</(?:\w{1,20}:)?f>)"
    rb"\s{0,9}(?:<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s{0,9}</(?:\w{1,20}:)?c>"
)
_ENDS = (b"</c>", b":c>")
_CHUNK = 1 << 20
_LONGEST = 1 << 15


def uncomputed_formulas(path: Path) -> int:
    """Return how many formulas of an .xlsx have no value; as libraries write them that compute nothing.

    Parameters
    ----------
    path : Path
        A workbook that was found harmless (`geo.tables.workbook_sizes.check_workbook`); it is unpacked once more.
    """
    count = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            if not (entry.startswith("xl/worksheets/") and entry.endswith(".xml")):
                continue
            with archive.open(entry) as file:
                kept = b""
                while chunk := file.read(_CHUNK):
                    data = kept + chunk
                    cut = max((data.rfind(end) + len(end) for end in _ENDS if end in data), default=0)
                    count += _count(data[:cut])
                    kept = data[cut:][-_LONGEST:]
    return count


def _count(data: bytes) -> int:
    if b"<f" not in data and b":f" not in data:
        return 0
    return sum(b't="str"' not in found[1] for found in _CELL.finditer(data))
