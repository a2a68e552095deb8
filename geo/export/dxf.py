"""DXF for CAD: a layer per kind, per cluster and for labels, ids and key measures as XDATA, all attributes in a CSV."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from ezdxf import colors
from ezdxf._options import options

from geo.analysis.figures import reported
from geo.contract.carried import COMPANIONS
from geo.contract.typed import split_list
from geo.crs.registry import lonlat_to_projected
from geo.export.contents import INSTITUTION, Layer, rows_of
from geo.export.csvfile import layer_columns, layer_rows, write_rows
from geo.export.dxf_canvas import CENTRE, FILL_TRANSPARENCY, LINETYPES, Canvas
from geo.export.dxf_ground import draw_basemap, name_basemap
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
_LEADER = 13

# The option that makes ezdxf write fixed dates and ids is one for the whole process.
_FIXED = threading.Lock()


def write(job: Job, folder: Path) -> None:
    """Write the drawing and ``<main file>.handles.csv``: every attribute by the handle of the entity.

    Notes
    -----
    Units are metres ($INSUNITS 6). Boundaries are closed polylines on the layer of their kind (continuous: official
    bounds; dashed: digitised; dotted: schematic), and filled on the layer of each cluster of the place. Labels are
    MTEXT on ``label-<kind>``, as high as they are to be on paper at the plot scale, none on another: a line leads to
    the place from one that had to move. Names of institutions are turned off where they have no room. The one layout is
    a sheet with map, title, legend and notes at that scale.
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
            # ezdxf would add them in the order of a set, which changes from one process to the next.
            for name in sorted(document.entitydb.dxf_types_in_use()):
                document.classes.add_class(name)
            document.saveas(folder / job.main)
        finally:
            options.write_fixed_meta_data_for_testing = before
    columns = ["handle", "entity", "layer", "part", "role", *drawing.columns]
    write_rows(folder / f"{job.main}.handles.csv", columns, drawing.handle_rows())


@dataclass(frozen=True, slots=True)
class _Name:
    """A name to write: the more important first, at its point or beside it, on a layer that is on if `near`."""

    order: tuple[float, float, str]
    words: str
    at: tuple[float, float]
    height: float
    on: str
    row: dict[str, Any]
    near: bool
    beside: bool


class _Drawing:
    """One DXF document while it is filled."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.job, self.space = canvas, canvas.job, canvas.space
        job = canvas.job
        self.rows: list[dict[str, Any]] = []
        self.columns: list[str] = []
        self.app = str(job.contents.meta["atlas_id"])
        canvas.document.appids.add(self.app)
        clusters = rows_of(job.contents.attributes("clusters"))
        self.clusters = {row["cluster_id"]: row for row in clusters}
        frame = job.contents.places.frame
        east, north = lonlat_to_projected(frame["label_lon"], frame["label_lat"], job.crs)
        points = zip(east.tolist(), north.tolist(), strict=True)
        self.label_points = dict(zip(frame["place_id"], points, strict=True))
        self.kinds = {row["kind"]: row for row in rows_of(job.contents.attributes("kinds"))}
        self.named: list[_Name] = []

    def draw(self, layer: Layer) -> None:
        """Draw the features of a layer."""
        self.columns += [column for column in layer_columns(layer) if column not in self.columns]
        frame = self.job.frame(layer)
        look = label_look(self.job.contents, layer)
        height = self.canvas.mm(self.canvas.capital_mm(look.size_pt))
        near = not look.smallest or self.canvas.scale <= look.smallest
        cells = (dict(zip(layer_columns(layer), row, strict=True)) for row in layer_rows(layer))
        for row, shape in zip(cells, frame.geometry, strict=True):
            if layer.name == INSTITUTION:
                self._draw_institution(layer, row, shape)
                at = (shape.x, shape.y) if shape else None
            else:
                self._draw_place(row, shape)
                at = self.label_points[row["place_id"]]
            if at:
                on = self.canvas.layer(f"label-{layer.name}", "", layer.title(self.job.language), shown=near)
                words = str(row[label_field(layer, self.job.language)])
                order = (-look.priority, -shape.area, str(row[layer.key]))
                self.named.append(_Name(order, words, at, height, on, row, near, shape.area < (2 * height) ** 2))

    def _draw_place(self, row: dict[str, Any], shape: Any) -> None:
        language = self.job.language
        kind = self.kinds[row["kind"]]
        on = self.canvas.layer(row["kind"], kind["colour"], kind[f"name_{language}"])
        linetype, _ = LINETYPES[row["method"]]
        parts = shapely.get_parts(shape)
        for number, part in enumerate(parts, 1):
            for role, ring in (("boundary", part.exterior), *(("hole", ring) for ring in part.interiors)):
                points = shapely.get_coordinates(ring)[:-1]
                line = self.space.add_lwpolyline(points, close=True, dxfattribs={"layer": on, "linetype": linetype})
                self._tag(line, row, number, role)
        for cluster_id in split_list(row["clusters"]):
            self._fill(parts, self.clusters[cluster_id], row)

    def label(self) -> None:
        """Write the names, the more important and the larger first, where they do not lie on one another."""
        for one in sorted(self.named, key=lambda one: one.order):
            at, height, wide = one.at, one.height, width_of(one.words, one.height)
            # Names that are turned off leave the room to those that are not.
            x, y = at[0], at[1] + (2 * height if one.beside else 0)
            if one.near:
                x, y = self.canvas.names.place(at, wide, 1.8 * height, beside=one.beside)
            if abs(y - at[1]) > 2.5 * height or abs(x - at[0]) > wide / 2 + height:
                # From the edge of the name that is nearer.
                edge = (min(max(at[0], x - wide / 2), x + wide / 2), min(max(at[1], y - height), y + height))
                look = {"layer": one.on, "lineweight": _LEADER}
                self._tag(self.space.add_line(at, edge, dxfattribs=look), one.row, 1, "leader")
            name = self.canvas.write(one.words, (x, y), height, one.on, hold=CENTRE)
            # What lies under it is covered in the colour of the screen or the paper, or it would run through the name.
            name.set_bg_color("canvas", scale=1.2)
            self._tag(name, one.row, 1, "label")

    def _fill(self, parts: Iterable[Any], cluster: Mapping[str, Any], row: dict[str, Any]) -> None:
        title = cluster[f"name_{self.job.language}"]
        on = self.canvas.layer(f"cluster-{cluster['cluster_id']}", cluster["colour"], title)
        for number, part in enumerate(parts, 1):
            hatch = self.space.add_hatch(color=colors.BYLAYER, dxfattribs={"layer": on})
            hatch.transparency = FILL_TRANSPARENCY
            hatch.paths.add_polyline_path(shapely.get_coordinates(part.exterior)[:-1], is_closed=True, flags=1)
            for ring in part.interiors:
                hatch.paths.add_polyline_path(shapely.get_coordinates(ring)[:-1], is_closed=True, flags=16)
            self._tag(hatch, row, number, "fill")

    def _draw_institution(self, layer: Layer, row: dict[str, Any], shape: Any) -> None:
        # In the colour of the screen's or the paper's writing: the dark one of the styles is lost on a black screen.
        on = self.canvas.layer(layer.name, "", layer.title(self.job.language))
        if shape is None:
            # Not placed: in the CSV, without a handle.
            self.rows.append({**row, "layer": on, "role": "not placed"})
            return
        self._tag(self.space.add_point((shape.x, shape.y), dxfattribs={"layer": on}), row, 1, "point")

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

    def handle_rows(self) -> Iterable[list[Any]]:
        """Yield the rows of the CSV by handle."""
        for row in self.rows:
            head = [row.get(name) for name in ("handle", "entity", "layer", "part", "role")]
            yield [*head, *(row.get(name) for name in self.columns)]
