"""Unpacking of text tables in gzip, or alone in a zip, with the bytes counted as they come out."""

from __future__ import annotations

import zlib
from pathlib import Path, PurePosixPath

from geo.base.nearest import no_such
from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.archive import check_size, open_zip, unpack
from geo.tables.limits import Limits

__all__ = ["PACKED_TEXT", "unpack_gzip", "unpack_text"]

#: What a zip may hold as its one table.
PACKED_TEXT = (".csv", ".tsv", ".txt", ".tab", ".json", ".jsonl", ".ndjson", ".geojson", ".kml", ".gpx")
_CHUNK = 1 << 18
#: Bytes read at once. The rest is copied at the end of each gzip member, of which there may be tens of thousands.
_READ = 1 << 14


def unpack_gzip(path: Path, target: Path, name: str, limits: Limits) -> None:
    """Write the content of a gzip, all its members, to `target`.

    Raises
    ------
    DataError
        If it is damaged, or more bytes come out than `limits` allow; the declared size is not trusted.
    """
    packed, total = max(path.stat().st_size, 1), 0
    member = zlib.decompressobj(31)
    try:
        with path.open("rb") as file, target.open("wb") as out:
            data = file.read(_READ)
            while data:
                while data and not member.eof:
                    piece = member.decompress(data, _CHUNK)
                    data = member.unconsumed_tail
                    total += len(piece)
                    check_size(total, packed, name, limits)
                    out.write(piece)
                data = member.unused_data if member.eof else data
                if member.eof and data.strip(b"\0"):
                    member = zlib.decompressobj(31)
                else:
                    data = file.read(_READ)
                    member = zlib.decompressobj(31) if member.eof and data else member
    except zlib.error as error:
        raise told(DataError, "refused.gzip", name=name, why=error) from None
    if not member.eof:
        raise told(DataError, "refused.gzip_cut", name=name)


def unpack_text(path: Path, target: Path, name: str, limits: Limits, entry: str | None) -> str:
    """Write the text table of a zip to `target`; return its name in the zip.

    Raises
    ------
    DataError
        If the zip is damaged or beyond the limits.
    UsageError
        If it holds several text tables and `entry` is None.
    """
    with open_zip(path, name, limits) as archive:
        found = [one for one in archive.namelist() if is_text(one)]
        if entry is not None and entry not in found:
            raise no_such("zip_file", entry, found, where=name)
        if entry is None and len(found) > 1:
            raise told(UsageError, "refused.zip_several", name=name, tables=", ".join(found[:10]))
        chosen = entry or found[0]
        unpack(archive, chosen, target, path, name, limits)
    return PurePosixPath(chosen).name


def is_text(entry: str) -> bool:
    """Return whether an entry of a zip is a text table; metadata that macOS adds are not."""
    path = PurePosixPath(entry)
    return path.suffix.lower() in PACKED_TEXT and "__MACOSX" not in path.parts and not path.name.startswith("._")
