"""DXF for CAD: a layer per kind, per cluster and for labels; ids and key measures as XDATA; all attributes in a CSV."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from ezdxf._options import options
from ezdxf.colors import float2transparency

from geo.analysis.figures import Figure, reported
from geo.analysis.values import told_text
from geo.contract.carried import COMPANIONS
from geo.contract.typed import python_values, split_list
from geo.crs.registry import lonlat_to_projected
from geo.export.contents import INSTITUTION, Layer, rows_of
from geo.export.csvfile import layer_columns
from geo.export.dxf_canvas import CENTRE, FILL_TRANSPARENCY, LINETYPES, TEXT_STYLE, Canvas
from geo.export.dxf_entities import (
    Written,
    hatch_body,
    line_body,
    mtext_body,
    point_body,
    polyline_body,
    ring_text,
    xdata_text,
)
from geo.export.dxf_ground import draw_basemap, name_basemap
from geo.export.dxf_handles import Handles
from geo.export.dxf_sheet import draw_sheet
from geo.export.dxf_text import literal, width_of
from geo.export.job import Job
from geo.export.styles import label_field, label_look

__all__ = ["write"]

_KEY_COLUMNS = (
    "place_id",
    "method",
    "accuracy_m",
    "area_km2",
    "area_official_drawn_km2",
    "perimeter_km",
    "since_edition",
)
# DXF tags of thin lines, and of transparent fills.
_LEADER = "370\n13\n"
_FILL = f"440\n{float2transparency(FILL_TRANSPARENCY)}\n"

# The ezdxf option for fixed dates and ids is global to the process.
_FIXED = threading.Lock()


def write(job: Job, folder: Path) -> None:
    """Write the drawing and ``<main file>.handles.csv``, which has every attribute by entity handle.

    Notes
    -----
    Units are metres ($INSUNITS 6). Boundaries are closed polylines on the layer of their kind (continuous: official
    bounds; dashed: digitised; dotted: schematic), with a fill on the layer of each cluster of the place. Labels are
    MTEXT on ``label-<kind>``, sized for the plot scale, and do not overlap; a leader line connects a displaced label
    with its place. Names of institutions without room are on a layer that is turned off. The only layout is a sheet
    with map, title, legend and notes at the plot scale.
    """
    with _FIXED:
        before = options.write_fixed_meta_data_for_testing
        options.write_fixed_meta_data_for_testing = True
        try:
            canvas = Canvas(job)
            if job.basemap:
                draw_basemap(canvas)
            drawing = _Drawing(canvas)
            for layer in job.layers:
                drawing.draw(layer)
            drawing.label()
            if job.basemap:
                name_basemap(canvas)
            canvas.notice()
            canvas.open_on_everything()
            draw_sheet(canvas)
            document = canvas.document
            # ezdxf would add them in set order, which differs between processes.
            for name in sorted(document.entitydb.dxf_types_in_use()):
                document.classes.add_class(name)
            document.saveas(folder / job.main)
        finally:
            options.write_fixed_meta_data_for_testing = before
    drawing.handles.write(folder / f"{job.main}.handles.csv")


@dataclass(frozen=True, slots=True)
class _Feature:
    """A row of a layer, the number of its cells in the handles file, and the XDATA of its entities."""

    at: int
    row: dict[str, Any]
    xdata: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A label to place, the more important first: at its point or beside it, on a layer that is on if `near`."""

    order: tuple[float, float, str]
    words: str
    at: tuple[float, float]
    height: float
    on: str
    feature: _Feature
    near: bool
    beside: bool


class _Drawing:
    """One DXF document while it is being drawn."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.job = canvas, canvas.job
        contents = canvas.job.contents
        self.written = Written(canvas.space)
        self.handles = Handles()
        self.app = str(contents.meta["atlas_id"])
        canvas.document.appids.add(self.app)
        clusters = rows_of(contents.attributes("clusters"))
        self.clusters = {row["cluster_id"]: row for row in clusters}
        frame = contents.places.frame
        east, north = lonlat_to_projected(frame["label_lon"], frame["label_lat"], canvas.job.crs)
        points = zip(east.tolist(), north.tolist(), strict=True)
        self.label_points = dict(zip(frame["place_id"], points, strict=True))
        self.kinds = {row["kind"]: row for row in rows_of(contents.attributes("kinds"))}
        self.reported = reported(contents.atlas)
        self.named: list[_Name] = []
        # The kinds are subsets of one table, whose columns are converted once.
        tables = (contents.places, contents.institution)
        self.features = {layer.table.name: self._taken(layer) for layer in tables if len(layer.frame)}

    def _taken(self, layer: Layer) -> dict[str, _Feature]:
        """Return the drawn or tagged columns of a layer's rows, by key; register all cells for the handles file."""
        first = self.handles.take(layer)
        headlines = {one.measure_id for figures in self.reported.values() for one in figures if one.headline}
        wanted = {*_KEY_COLUMNS, *(name + ending for name in headlines for ending in COMPANIONS)}
        wanted |= {layer.key, "kind", "clusters", label_field(layer, self.job.language)}
        names = [name for name in layer_columns(layer) if name in wanted]
        cells = zip(*(python_values(layer.frame[name]) for name in names), strict=True)
        rows = [dict(zip(names, row, strict=True)) for row in cells]
        return {
            row[layer.key]: _Feature(at, row, xdata_text(self.app, self._key_values(row)))
            for at, row in enumerate(rows, first)
        }

    def draw(self, layer: Layer) -> None:
        """Draw the features of one layer."""
        frame = self.job.frame(layer)
        look, field = label_look(self.job.contents, layer), label_field(layer, self.job.language)
        height = self.canvas.mm(self.canvas.capital_mm(look.size_pt))
        near = not look.smallest or self.canvas.scale <= look.smallest
        title = layer.title(self.job.language)
        areas = shapely.area(frame.geometry.to_numpy()).tolist()
        for key, shape, area in zip(python_values(frame[layer.key]), frame.geometry.to_numpy(), areas, strict=True):
            feature = self.features[layer.table.name][key]
            if layer.name == INSTITUTION:
                self._draw_institution(layer, feature, shape)
                at = (shape.x, shape.y) if shape else None
            else:
                self._draw_place(feature, shape)
                at = self.label_points[key]
            if at:
                on = self.canvas.layer(f"label-{layer.name}", "", title, shown=near)
                order = (-look.priority, -area, str(key))
                beside = area < (2 * height) ** 2
                self.named.append(_Name(order, str(feature.row[field]), at, height, on, feature, near, beside))

    def _draw_place(self, feature: _Feature, shape: Any) -> None:
        row = feature.row
        kind = self.kinds[row["kind"]]
        on = self.canvas.layer(row["kind"], kind["colour"], kind[f"name_{self.job.language}"])
        linetype, _ = LINETYPES[row["method"]]
        parts = [[ring_text(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
        for number, rings in enumerate(parts, 1):
            for ring in rings:
                role = "boundary" if ring is rings[0] else "hole"
                self._add("LWPOLYLINE", on, polyline_body(ring), feature, number, role, f"  6\n{linetype}\n")
        for cluster_id in split_list(row["clusters"]):
            self._fill(parts, self.clusters[cluster_id], feature)

    def label(self) -> None:
        """Place the labels, the more important and larger first, so that none overlap."""
        for one in sorted(self.named, key=lambda one: one.order):
            at, height, wide = one.at, one.height, width_of(one.words, one.height)
            # Labels on a layer that is turned off do not take room from the others.
            x, y = at[0], at[1] + (2 * height if one.beside else 0)
            if one.near:
                x, y = self.canvas.names.place(at, wide, 1.8 * height, beside=one.beside)
            if abs(y - at[1]) > 2.5 * height or abs(x - at[0]) > wide / 2 + height:
                # The leader starts at the nearer edge of the label.
                edge = (min(max(at[0], x - wide / 2), x + wide / 2), min(max(at[1], y - height), y + height))
                self._add("LINE", one.on, line_body(at, edge), one.feature, 1, "leader", _LEADER)
            body = mtext_body(one.words, (x, y), height, TEXT_STYLE, CENTRE)
            self._add("MTEXT", one.on, body, one.feature, 1, "label")

    def _fill(self, parts: Sequence[Sequence[tuple[int, str]]], cluster: Mapping[str, Any], feature: _Feature) -> None:
        title = cluster[f"name_{self.job.language}"]
        on = self.canvas.layer(f"cluster-{cluster['cluster_id']}", cluster["colour"], title)
        for number, rings in enumerate(parts, 1):
            self._add("HATCH", on, hatch_body(rings), feature, number, "fill", _FILL)

    def _draw_institution(self, layer: Layer, feature: _Feature, shape: Any) -> None:
        # In the default text colour: the dark colour of the styles would be invisible on a black screen.
        on = self.canvas.layer(layer.name, "", layer.title(self.job.language))
        if shape is None:
            # An institution without a position is in the CSV, without a handle.
            self.handles.note(feature.at, "", "", on, "", "not placed")
            return
        self._add("POINT", on, point_body((shape.x, shape.y)), feature, 1, "point")

    def _add(self, kind: str, on: str, body: str, feature: _Feature, part: int, role: str, look: str = "") -> None:
        """Add an entity with the id and key measures of its row, and register its handle."""
        handle = self.written.add(kind, on, body, feature.xdata, look)
        self.handles.note(feature.at, handle, kind, on, str(part), role)

    def _key_values(self, row: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        """Yield the known values among the id and key measures of a row."""
        for name, value in self._keys(row):
            if value is not None:
                yield name, literal(value) if isinstance(value, str) else value

    def _keys(self, row: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        if "institution_id" in row:
            for name in ("institution_id", "place_id", "accuracy_m"):
                yield name, row[name]
            return
        for name in _KEY_COLUMNS:
            yield name, row[name]
        for one in self.reported.get(row["place_id"], ()):
            if one.headline:
                yield one.measure_id, one.value
                carried = [(one.measure_id + ending, row.get(one.measure_id + ending)) for ending in COMPANIONS]
                if not any(value for _, value in carried):
                    # A measure that the layers do not carry says date, scope and grade in words: XDATA has only 16 KB.
                    carried = [(f"{one.measure_id}_said", self._said(one))]
                yield from carried

    def _said(self, one: Figure) -> str:
        return f"{told_text(self.job.contents.atlas, one, self.job.language)} [{one.grade}]"
