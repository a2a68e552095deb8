"""Reader of KML and GPX: placemarks, waypoints, routes and tracks, one row each. No link is followed.

Parsed by expat. A document type declaration is refused before it is used, so no entity is ever expanded. GDAL's drivers
for these formats drop the fields of a placemark, or are missing from its packages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import shapely

from geo.base.told import told
from geo.errors import DataError
from geo.tables.encoding import TextFile
from geo.tables.jsonfile import record_table
from geo.tables.limits import Limits
from geo.tables.notes import note
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo
from geo.tables.values import Floats

__all__ = ["MapXmlSource"]

_GEOMETRY = "geometry"
_CHUNK = 1 << 16
_DEEPEST = 200
#: Elements that are a row, and what rows of GPX are called.
_ROWS = {"kml": ("Placemark",), "gpx": ("wpt", "rte", "trk")}
#: Elements of a placemark that concern its display only.
_LOOK = ("styleUrl", "visibility", "open", "Style", "StyleMap", "LookAt", "Camera", "Region")
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon")
_UNREADABLE = b"?"


class MapXmlSource:
    """The rows of a KML or GPX file, held in memory. All fields are text; the geometry is WKB in WGS 84.

    Raises
    ------
    DataError
        If it is not well-formed XML, declares a document type, is beyond the limits, or has no rows.
    """

    def __init__(self, text: TextFile, name: str, limits: Limits, kind: str) -> None:
        found = _Features(kind, name, limits)
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = found.refuse
        parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
        parser.CharacterDataHandler = found.words
        try:
            with text.path.open("rb") as file:
                file.seek(text.start)
                while chunk := file.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise told(DataError, "refused.unsound", name=name, format=kind, why=error) from None
        if not found.rows:
            raise told(DataError, "refused.no_rows", name=name)
        fields, renamed = record_table([row.items() for row in found.rows], name, limits)
        taken = _GEOMETRY
        while taken in fields.column_names:
            taken += "_"
        columns = dict(zip(fields.column_names, fields.columns, strict=True))
        self._table = pa.table({**columns, taken: pa.array(found.shapes, pa.binary())})
        self.schema = self._table.schema
        self.rows: int | None = len(found.rows)
        notes = [note("links_not_followed", count=found.links)] if found.links else []
        self.info = SourceInfo(kind, text.encoding, text.rule, renamed=renamed, geometry=taken, warnings=notes)
        self.info.crs = "EPSG:4326"

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in file order."""
        for batch in self._table.to_batches(max_chunksize=BATCH_ROWS):
            yield Chunk(batch)


class _Features:
    """The handlers of the XML parser, which collect rows."""

    def __init__(self, kind: str, name: str, limits: Limits) -> None:
        self._name, self._limits, self._kind = name, limits, kind
        self.rows: list[dict[str, str]] = []
        self.shapes: list[bytes | None] = []
        self.links = 0
        self._path: list[str] = []
        self._words: list[str] = []
        self._folders: list[str] = []
        self._row: dict[str, str] | None = None
        self._depth = 0  # of the element of the row
        self._parts: list[Any] = []  # shapes of the row
        self._rings: list[Floats] = []
        self._spots: list[Floats] = []
        self._bad = False
        self._key = ""

    def refuse(self, *_: Any) -> None:
        """Refuse a document type declaration, which could define entities and which no map needs."""
        raise told(DataError, "refused.doctype", name=self._name)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        tag = tag.rpartition(":")[2]
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise told(DataError, "refused.unsound", name=self._name, format=self._kind, why="nested too deep")
        self._words = []
        if tag in ("Folder", "Document") and self._row is None:
            self._folders.append("")
        elif tag == "NetworkLink":
            self.links += 1
        elif self._row is None and tag in _ROWS[self._kind]:
            self._limits.check_rows(len(self.rows) + 1, self._name)
            self._row, self._depth = {}, len(self._path)
            self._parts, self._rings, self._spots, self._bad = [], [], [], False
            if self._kind == "gpx":
                self._row["kind"] = tag
        if self._row is not None and self._kind == "gpx" and "lat" in attributes and "lon" in attributes:
            self._add([[attributes["lon"], attributes["lat"]]])
        if tag in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")

    def words(self, words: str) -> None:
        """Handle the text of an element."""
        self._words.append(words)

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        tag = tag.rpartition(":")[2]
        words, self._words = "".join(self._words).strip(), []
        self._path.pop()
        if self._row is None:
            if tag == "name" and self._path[-1:] in (["Folder"], ["Document"]) and self._folders:
                self._folders[-1] = words
            elif tag in ("Folder", "Document") and self._folders:
                self._folders.pop()
        elif len(self._path) + 1 == self._depth:
            self._finish()
        elif tag == "coordinates":
            spots = " ".join(words.split()).replace(" ,", ",").replace(", ", ",").split()
            self._add([spot.split(",")[:2] for spot in spots])
        elif tag == "coord":
            self._add([words.split()[:2]])
        else:
            self._shape(tag)
            if words and not (self._kind == "gpx" and self._path[-1] in ("trkpt", "rtept")):
                self._field(tag, words)

    def _add(self, spots: list[list[str]]) -> None:
        """Add positions, given as texts of longitude and latitude."""
        try:
            self._spots.append(np.array(spots, dtype=np.float64).reshape(-1, 2))
        except ValueError:
            self._bad = True

    def _taken(self) -> Floats:
        """Return the positions since the last shape, shape (n, 2), and begin anew."""
        spots, self._spots = self._spots, []
        return np.concatenate(spots) if spots else np.empty((0, 2))

    def _field(self, tag: str, words: str) -> None:
        """Set a field of the current row."""
        assert self._row is not None
        within = self._path[self._depth :]
        if any(one in _LOOK for one in (*within, tag)) or (tag == "when" and "Track" in within):
            return
        if tag in ("value", "SimpleData") and self._key:
            tag = self._key
        if tag not in (*_SHAPES, "extrude", "altitudeMode", "tessellate", "displayName"):
            self._row[tag] = f"{self._row[tag]} {words}" if tag in self._row else words

    def _shape(self, tag: str) -> None:
        """Make a shape of the collected positions at the end of an element that is one."""
        if self._kind == "gpx":
            if tag == "trkseg":
                self._parts += _line(self._taken())
        elif tag == "LinearRing" and "Polygon" in self._path:
            self._rings.append(self._taken())
        elif tag == "Polygon":
            rings = [ring for ring in self._rings if len(ring) > 2]
            self._bad |= len(rings) < len(self._rings) or not rings
            self._parts += [shapely.Polygon(rings[0], rings[1:])] if rings else []
            self._rings = []
        elif tag == "Point":
            self._parts += _line(self._taken()[:1])
        elif tag in (*_SHAPES, "Track"):
            self._parts += _line(self._taken())

    def _finish(self) -> None:
        """Complete the current row."""
        assert self._row is not None
        if self._kind == "gpx":
            self._parts += _line(self._taken())
        folder = " / ".join(filter(None, self._folders[1:]))
        if folder:
            self._row["folder"] = folder
        self.rows.append(self._row)
        self.shapes.append(_UNREADABLE if self._bad else _whole(self._parts))
        self._limits.check_cells(len(self.rows), self._name)
        self._row = None


def _line(spots: Floats) -> list[Any]:
    """Return positions as a line; a single one as a point; none as an empty list."""
    if not len(spots):
        return []
    return [shapely.LineString(spots) if len(spots) > 1 else shapely.Point(spots[0])]


def _whole(parts: list[Any]) -> bytes | None:
    """Return the shapes of a row as one geometry in WKB; None if it has none."""
    if not parts:
        return None
    if len(parts) == 1:
        return bytes(shapely.to_wkb(parts[0]))
    kinds = {part.geom_type for part in parts}
    multi: dict[str, Any] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    make = multi[kinds.pop()] if len(kinds) == 1 else shapely.GeometryCollection
    return bytes(shapely.to_wkb(make(parts)))
