"""DXF for CAD: a layer per kind, per cluster and for labels, ids and key measures as XDATA, all attributes in a CSV."""

from __future__ import annotations

import codecs
import math
import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from ezdxf import bbox, colors
from ezdxf._options import options
from ezdxf.filemanagement import new

from geo.analysis.figures import reported
from geo.contract.carried import COMPANIONS
from geo.contract.typed import split_list
from geo.crs.registry import lonlat_to_projected
from geo.export.contents import INSTITUTION, Layer, rows_of
from geo.export.csvfile import layer_columns, layer_rows, write_rows
from geo.export.job import Job
from geo.export.metadata import source_lines
from geo.export.styles import rgb

__all__ = ["mtext", "write"]

# The newest version whose texts are in a code page. From R2007 on they are UTF-8, but GDAL and what reads through it
# (QGIS among them) go by the code page that the header names all the same, and show Chinese as noise.
_VERSION, _ENCODING, _CODE_PAGE = "R2004", "gbk", "ANSI_936"
_METRES = 6
_STYLE = "LABEL"
# The Chinese font that every Windows since 7 has; CAD programs elsewhere put their own in its place.
_FONT, _FAMILY = "msyh.ttc", "Microsoft YaHei"
_LINETYPES = {
    "official_bounds": ("CONTINUOUS", None),
    "digitised": ("DIGITISED", [450.0, 300.0, -150.0]),
    "schematic": ("SCHEMATIC", [200.0, 50.0, -150.0]),
}
_KEY_COLUMNS = (
    "place_id",
    "method",
    "accuracy_m",
    "area_km2",
    "area_official_drawn_km2",
    "perimeter_km",
    "since_edition",
)
_FILL_TRANSPARENCY = 0.8
_SYMBOL = {"institution": "#33414C"}
# Colour 7 is black on a light screen and on paper, white on a dark one.
_TEXT_COLOUR = colors.BLACK
# Points are drawn as a circle around a dot, this many metres wide.
_POINT_STYLE, _POINT_M = 33, 120.0

# The option that makes ezdxf write fixed dates and ids is one for the whole process.
_FIXED = threading.Lock()


def write(job: Job, folder: Path) -> None:
    """Write the drawing and ``<main file>.handles.csv``: every attribute by the handle of the entity.

    Notes
    -----
    Units are metres ($INSUNITS 6). Boundaries are closed polylines on the layer of their kind (continuous: official
    bounds; dashed: digitised; dotted: schematic), and filled on the layer of each cluster of the place. Labels are
    MTEXT on ``label-<kind>``.
    """
    with _FIXED:
        before = options.write_fixed_meta_data_for_testing
        options.write_fixed_meta_data_for_testing = True
        try:
            drawing = _Drawing(job)
            for layer in job.layers:
                drawing.draw(layer)
            drawing.notice()
            drawing.open_on_everything()
            # ezdxf would add them in the order of a set, which changes from one process to the next.
            for name in sorted(drawing.document.entitydb.dxf_types_in_use()):
                drawing.document.classes.add_class(name)
            drawing.document.saveas(folder / job.main)
        finally:
            options.write_fixed_meta_data_for_testing = before
    columns = ["handle", "entity", "layer", "part", "role", *drawing.columns]
    write_rows(folder / f"{job.main}.handles.csv", columns, drawing.handle_rows())


def mtext(content: str) -> str:
    r"""Return a text as MTEXT shows it literally: backslash, braces, caret and %% are codes, a line end is ``\P``.

    Examples
    --------
    >>> mtext("a{b}\n^I")
    'a\\{b\\}\\P^ I'
    """
    for code, shown in (("\\", "\\\\"), ("{", "\\{"), ("}", "\\}"), ("^", "^ ")):
        content = content.replace(code, shown)
    # An empty group between them keeps two percent signs from starting a code such as %%c.
    content = re.sub("%(?=%)", "%{}", content)
    content = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\P")
    return literal("".join(c if c >= " " else " " for c in content))


def literal(content: str) -> str:
    r"""Return a text with © as (c), and each character that the drawing's code page lacks as ``\U+`` and its unit.

    Examples
    --------
    >>> literal("© 中 é ☃")
    '(c) 中 é \\U+2603'
    """
    return content.replace("©", "(c)").encode(_ENCODING, "dxf_literal").decode(_ENCODING)


def _as_units(error: UnicodeError) -> tuple[str, int]:
    """Handle what a code page lacks: one code of four digits for every UTF-16 unit."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\U+{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end


codecs.register_error("dxf_literal", _as_units)


class _Drawing:
    """One DXF document while it is filled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.rows: list[dict[str, Any]] = []
        self.columns: list[str] = []
        self.document = document = new(_VERSION, setup=False)
        document.encoding = _ENCODING
        document.header["$DWGCODEPAGE"] = _CODE_PAGE
        document.header["$INSUNITS"] = _METRES
        document.header["$MEASUREMENT"] = 1
        document.header["$PDMODE"] = _POINT_STYLE
        document.header["$PDSIZE"] = _POINT_M
        self.space = document.modelspace()
        self.app = str(job.contents.meta["atlas_id"])
        document.appids.add(self.app)
        document.styles.add(_STYLE, font=_FONT).set_extended_font_data(_FAMILY)
        for name, pattern in _LINETYPES.values():
            if pattern:
                document.linetypes.add(name, pattern)
        for name, value in self._properties():
            document.header.custom_vars.append(name, value)
        clusters = rows_of(job.contents.tables["clusters"])
        self.clusters = {row["cluster_id"]: row for row in clusters}
        frame = job.contents.places.frame
        east, north = lonlat_to_projected(frame["label_lon"], frame["label_lat"], job.crs)
        points = zip(east.tolist(), north.tolist(), strict=True)
        self.label_points = dict(zip(frame["place_id"], points, strict=True))
        self.kinds = {row["kind"]: row for row in rows_of(job.contents.tables["kinds"])}

    def _properties(self) -> Iterable[tuple[str, str]]:
        for name, value in self.job.header().items():
            yield name, literal(_one_line(", ".join(value) if isinstance(value, list) else str(value)))
        for number, line in enumerate(source_lines(self.job), 1):
            yield f"source {number}", literal(_one_line(line))

    def _layer(self, name: str, colour: str, description: str) -> str:
        """Return a layer of a colour, or of that of text if there is none."""
        if name not in self.document.layers:
            true_colour = colors.rgb2int(rgb(colour)) if colour else None
            layer = self.document.layers.add(name, color=_TEXT_COLOUR, true_color=true_colour)
            layer.description = literal(_one_line(description))
        return name

    def draw(self, layer: Layer) -> None:
        """Draw the features of a layer."""
        self.columns += [column for column in layer_columns(layer) if column not in self.columns]
        frame = self.job.frame(layer)
        cells = (dict(zip(layer_columns(layer), row, strict=True)) for row in layer_rows(layer))
        for row, shape in zip(cells, frame.geometry, strict=True):
            if layer.name == INSTITUTION:
                self._draw_institution(layer, row, shape)
            else:
                self._draw_place(layer, row, shape)

    def _draw_place(self, layer: Layer, row: dict[str, Any], shape: Any) -> None:
        language = self.job.language
        kind = self.kinds[row["kind"]]
        on = self._layer(row["kind"], kind["colour"], kind[f"name_{language}"])
        linetype, _ = _LINETYPES[row["method"]]
        parts = shapely.get_parts(shape)
        for number, part in enumerate(parts, 1):
            for role, ring in (("boundary", part.exterior), *(("hole", ring) for ring in part.interiors)):
                points = shapely.get_coordinates(ring)[:-1]
                line = self.space.add_lwpolyline(points, close=True, dxfattribs={"layer": on, "linetype": linetype})
                self._tag(line, row, number, role)
        for cluster_id in split_list(row["clusters"]):
            self._fill(parts, self.clusters[cluster_id], row)
        height = min(600.0, max(60.0, math.sqrt(shape.area) / 15.0))
        name = self._layer(f"label-{row['kind']}", "", kind[f"name_{language}"])
        self._label(row, row[f"short_{language}"], self.label_points[row["place_id"]], height, name)

    def _fill(self, parts: Iterable[Any], cluster: Mapping[str, Any], row: dict[str, Any]) -> None:
        title = cluster[f"name_{self.job.language}"]
        on = self._layer(f"cluster-{cluster['cluster_id']}", cluster["colour"], title)
        for number, part in enumerate(parts, 1):
            hatch = self.space.add_hatch(color=colors.BYLAYER, dxfattribs={"layer": on})
            hatch.transparency = _FILL_TRANSPARENCY
            hatch.paths.add_polyline_path(shapely.get_coordinates(part.exterior)[:-1], is_closed=True, flags=1)
            for ring in part.interiors:
                hatch.paths.add_polyline_path(shapely.get_coordinates(ring)[:-1], is_closed=True, flags=16)
            self._tag(hatch, row, number, "fill")

    def _draw_institution(self, layer: Layer, row: dict[str, Any], shape: Any) -> None:
        on = self._layer(layer.name, _SYMBOL["institution"], layer.title(self.job.language))
        if shape is None:
            # Not placed: in the CSV, without a handle.
            self.rows.append({**row, "layer": on, "role": "not placed"})
            return
        self._tag(self.space.add_point((shape.x, shape.y), dxfattribs={"layer": on}), row, 1, "point")
        name = self._layer(f"label-{layer.name}", "", layer.title(self.job.language))
        self._label(row, row[f"name_{self.job.language}"], (shape.x, shape.y), 60.0, name, attachment=7)

    def _label(
        self,
        row: dict[str, Any],
        content: str,
        at: tuple[float, float],
        height: float,
        on: str,
        *,
        attachment: int = 5,
    ) -> None:
        attributes = {"layer": on, "style": _STYLE, "char_height": height, "attachment_point": attachment}
        self._tag(self.space.add_mtext(mtext(content), dxfattribs={**attributes, "insert": at}), row, 1, "label")

    def _tag(self, entity: Any, row: dict[str, Any], part: int, role: str) -> None:
        """Give an entity its id and key measures, and note its handle."""
        tags: list[tuple[int, Any]] = []
        for name, value in self._key_values(row):
            if value is not None:
                tags.append((1000, name))
                code = 1071 if isinstance(value, int) else 1040 if isinstance(value, float) else 1000
                tags.append((code, literal(value) if isinstance(value, str) else value))
        entity.set_xdata(self.app, tags)
        noted = {"handle": entity.dxf.handle, "entity": entity.dxftype(), "layer": entity.dxf.layer}
        self.rows.append({**row, **noted, "part": part, "role": role})

    def _key_values(self, row: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        if "institution_id" in row:
            for name in ("institution_id", "place_id", "accuracy_m"):
                yield name, row[name]
            return
        for name in _KEY_COLUMNS:
            yield name, row[name]
        for one in reported(self.job.contents.atlas).get(row["place_id"], ()):
            if one.headline:
                yield one.measure_id, one.value
                for ending in COMPANIONS:
                    # Of what the layers carry; of the rest the table of facts has it: a tag holds 16 KB.
                    yield one.measure_id + ending, row.get(one.measure_id + ending)

    def notice(self) -> None:
        """Write title, date, credit and coordinates under the drawing."""
        bounds = np.array([self.job.frame(layer).total_bounds for layer in self.job.layers])
        west, south = np.nanmin(bounds[:, 0]), np.nanmin(bounds[:, 1])
        height = max(60.0, (np.nanmax(bounds[:, 2]) - west) / 120.0)
        header = self.job.header()
        lines = [header["title"], header["data_date"], header["attribution"], header["notice"], header["coordinates"]]
        on = self._layer("notice", "", header["title"])
        self.space.add_mtext(
            mtext("\n".join(lines)),
            dxfattribs={
                "layer": on,
                "style": _STYLE,
                "char_height": height,
                "insert": (west, south - 2 * height),
                "attachment_point": 1,
            },
        )

    def open_on_everything(self) -> None:
        """Let a program that opens the drawing show all of it, and know its extent."""
        box = bbox.extents(self.space)
        self.space.reset_extents(box.extmin, box.extmax)
        # A screen is wider than high: by a ratio of 4 to 3 even the widest drawing is in.
        height = max(box.size.y, box.size.x * 3 / 4) * 1.05
        self.document.set_modelspace_vport(height=height, center=(box.center.x, box.center.y))

    def handle_rows(self) -> Iterable[list[Any]]:
        """Yield the rows of the CSV by handle."""
        for row in self.rows:
            head = [row.get(name) for name in ("handle", "entity", "layer", "part", "role")]
            yield [*head, *(row.get(name) for name in self.columns)]


def _one_line(content: str) -> str:
    return " ".join("".join(c if c >= " " else " " for c in content).split())
