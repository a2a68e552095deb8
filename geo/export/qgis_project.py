"""A QGIS project, written without QGIS: groups, layer order, styles, labels, relations, layouts, metadata."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

import pyproj

from geo.base.messages import text
from geo.contract.carried import PLACE_LAYER
from geo.contract.schema import Column, table
from geo.export.contents import Layer
from geo.export.job import Job
from geo.export.qgis_layers import basemap_style, plain_style, theme_style, themes
from geo.export.qgis_layouts import write_layouts
from geo.export.safe_text import xml_text
from geo.export.sql_names import sql_name
from geo.export.styles import node, qml_root, qml_root_of_table, qml_values

__all__ = ["packed", "project", "project_layers"]

_VERSION = "3.22.0"
_GEOMETRIES = {"MultiPolygon": "Polygon", "MultiLineString": "Line", "Point": "Point"}
#: Referencing layer and field → referenced layer and field, by the suffix of the message that names the relation.
_RELATIONS = {
    "facts": ("facts", "place_id", PLACE_LAYER, "place_id"),
    "source": ("facts", "source_id", "sources", "source_id"),
    "boundary": (PLACE_LAYER, "boundary_source_id", "sources", "source_id"),
}


def project_layers(job: Job) -> tuple[Layer, ...]:
    """Return the layers that a project with the basemap needs in its GeoPackage beyond those of every export."""
    if not job.basemap:
        return ()
    places = job.contents.places
    titles = (text("export.qgis.all", "zh"), text("export.qgis.all", "en"))
    every = Layer(PLACE_LAYER, places.table, places.frame, places.geometry_type, *titles, "", "")
    return (every, *job.contents.basemap)


def packed(job: Job, package: str) -> bytes:
    """Return the project as a QGZ archive, the same bytes for the same job; parameters as `project`."""
    day = datetime.date.fromisoformat(job.contents.meta["data_date"])
    entry = zipfile.ZipInfo(f"{job.stem}.qgs", (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, project(job, package))
    return buffer.getvalue()


def project(job: Job, package: str) -> str:
    """Return the project as XML.

    Parameters
    ----------
    job : Job
    package : str
        File name of the GeoPackage beside the project, or of the one that contains it.

    Notes
    -----
    Paths are relative, so that both files can be moved together. The map is in the atlas' metric CRS, whatever the CRS
    of the data, and opens zoomed to all selected places. Without `job.basemap` the package has no layer of all places,
    so there are neither themes nor relations of places.
    """
    return _Project(job, package).xml()


class _Project:
    """One project while it is being written."""

    def __init__(self, job: Job, package: str) -> None:
        self.job, self.contents, self.language = job, job.contents, job.language
        self.package = package
        self.metric = pyproj.CRS.from_user_input(self.contents.meta["metric_crs"])
        title = str(self.contents.meta[f"title_{self.language}"])
        self.root = Xml.Element("qgis", projectname=xml_text(title), version=_VERSION)
        node(self.root, "homePath", path="")
        node(self.root, "title").text = xml_text(title)
        _crs(node(self.root, "projectCrs"), self.metric)
        self.tree = node(self.root, "layer-tree-group")
        self.canvas = node(self.root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
        self.listed = node(self.root, "projectlayers")

    def xml(self) -> str:
        """Return the document."""
        bounds = self._open_on_everything()
        self._layout_group()
        if self.job.basemap:
            self._theme_group()
            self._basemap_group()
        self._table_group()
        self._relate()
        self._about()
        write_layouts(self.root, self.contents, bounds)
        Xml.indent(self.root, " ")
        head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        return f"{head}\n{Xml.tostring(self.root, encoding='unicode')}\n"

    def _open_on_everything(self) -> tuple[float, float, float, float]:
        to_metres = pyproj.Transformer.from_crs(4326, self.metric, always_xy=True)
        west, south, east, north = to_metres.transform_bounds(*self.contents.places.frame.total_bounds)
        margin = max(east - west, north - south, 2000.0) * 0.05
        bounds = (west - margin, south - margin, east + margin, north + margin)
        node(self.canvas, "units").text = "meters"
        extent = node(self.canvas, "extent")
        for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
            node(extent, name).text = f"{value:.1f}"
        _crs(node(self.canvas, "destinationsrs"), self.metric)
        return west, south, east, north

    # --- layers ---------------------------------------------------------------------------------------------------

    def _group(self, message: str, *, checked: bool = True, expanded: bool = True) -> Xml.Element:
        name = text(f"export.qgis.{message}", self.language)
        look = {"checked": "Qt::Checked" if checked else "Qt::Unchecked", "expanded": "1" if expanded else "0"}
        return node(self.tree, "layer-tree-group", look, name=xml_text(name), groupLayer="")

    def _bare(self, columns: Sequence[Column]) -> Xml.Element:
        """Return a style that only has the columns' aliases and value maps."""
        style = qml_root_of_table(columns, self.language)
        qml_values(style, self.contents, columns)
        return style

    def _layout_group(self) -> None:
        group = self._group("layout")
        roles = self.contents.atlas.roles
        # Points and sites are drawn above corridors, corridors above districts.
        order = ("site", "node", "corridor", "district", "city")
        kinds = sorted(self.contents.kinds, key=lambda layer: order.index(roles[layer.name]))
        institution = [self.contents.institution] if len(self.contents.institution.frame) else []
        for layer in (*institution, *kinds):
            style = qml_root(self.contents, layer)
            self._add(group, layer.name, layer.title(self.language), layer, style)
        for every in project_layers(self.job)[:1]:
            style = self._bare(every.columns)
            plain_style(style)
            self._add(group, every.name, every.title(self.language), every, style, checked=False)

    def _theme_group(self) -> None:
        found = list(themes(self.contents))
        if not found:
            return
        group = self._group("themes", checked=True, expanded=False)
        every = project_layers(self.job)[0]
        for theme in found:
            style = self._bare(every.columns)
            theme_style(style, self.contents, theme)
            listed = ", ".join(f"'{kind}'" for kind in theme.kinds)
            where = f'"kind" IN ({listed})'
            self._add(group, theme.name, theme.title, every, style, checked=False, where=where)

    def _basemap_group(self) -> None:
        group = self._group("base", expanded=False)
        rows = self.contents.atlas.rows("basemap")
        for layer in reversed(self.contents.basemap):
            style = self._bare(layer.columns)
            row = rows[layer.name]
            role = str(row["role"])
            basemap_style(style, layer, role, str(row["colour"]), self.language, self.contents.named_above(layer))
            self._add(group, layer.name, layer.title(self.language), layer, style)

    def _table_group(self) -> None:
        group = self._group("tables", expanded=False)
        for name, frame in self.contents.tables.items():
            columns = [column for column in table(name).columns if column.name in frame]
            style = self._bare(columns)
            self._add(group, name, text(f"export.table.{name}", self.language), None, style)

    def _add(
        self,
        group: Xml.Element,
        name: str,
        title: str,
        layer: Layer | None,
        style: Xml.Element,
        *,
        checked: bool = True,
        where: str = "",
    ) -> None:
        """Add a layer to the layer tree and the layer list, with the content of its style."""
        source = f"./{self.package}|layername={sql_name(layer.name if layer else name)}"
        source += f"|subset={where}" if where else ""
        own, shown = _layer_id(name), "Qt::Checked" if checked else "Qt::Unchecked"
        words = {"id": own, "name": xml_text(title), "source": source, "providerKey": "ogr"}
        node(group, "layer-tree-layer", words, checked=shown, expanded="0", legend_exp="", legend_split_behavior="0")
        geometry = _GEOMETRIES[layer.geometry_type] if layer else "No geometry"
        made = node(self.listed, "maplayer", style.attrib, type="vector", geometry=geometry)
        node(made, "id").text = own
        node(made, "datasource").text = source
        node(made, "layername").text = xml_text(title)
        if layer:
            _crs(node(made, "srs"), self.job.crs or pyproj.CRS.from_epsg(4326))
        about = node(made, "resourceMetadata")
        node(about, "title").text = xml_text(title)
        definition = (layer.definition_zh if self.language == "zh" else layer.definition_en) if layer else ""
        node(about, "abstract").text = xml_text(definition)
        node(about, "license").text = str(self.contents.meta["geometry_licence" if layer else "tables_licence"])
        node(about, "rights").text = xml_text(str(self.contents.meta[f"attribution_{self.language}"]))
        node(made, "provider", encoding="UTF-8").text = "ogr"
        made.extend(style)

    # --- what goes along ------------------------------------------------------------------------------------------

    def _relate(self) -> None:
        relations = node(self.root, "relations")
        listed = {layer.findtext("id") for layer in self.listed}
        for name, (of_layer, of_field, to_layer, to_field) in _RELATIONS.items():
            if not {_layer_id(of_layer), _layer_id(to_layer)} <= listed:
                continue
            words = {"id": f"geo_{name}", "name": text(f"export.qgis.relation.{name}", self.language)}
            ends = {"referencingLayer": _layer_id(of_layer), "referencedLayer": _layer_id(to_layer)}
            relation = node(relations, "relation", words | ends, strength="Association")
            node(relation, "fieldRef", referencingField=of_field, referencedField=to_field)

    def _about(self) -> None:
        header, about = self.job.header(), node(self.root, "projectMetadata")
        node(about, "title").text = xml_text(str(header["title"]))
        told = (header["notice"], header["attribution"], header["licence"], header["coordinates"], *header["caveats"])
        node(about, "abstract").text = xml_text("\n".join(str(line) for line in told))
        node(about, "creation").text = f"{header['data_date']}T00:00:00"
        properties = node(self.root, "properties")
        node(node(properties, "Paths"), "Absolute", type="bool").text = "false"
        # Without this QGIS takes the project for one without a CRS.
        node(node(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
        measure = node(properties, "Measure")
        node(measure, "Ellipsoid", type="QString").text = "EPSG:7030"


def _layer_id(name: str) -> str:
    return f"geo_layer_{sql_name(name)}"  # QGIS refuses ids shorter than ten letters


def _crs(parent: Xml.Element, crs: pyproj.CRS) -> None:
    """Write a CRS by its code, or as WKT if it has none."""
    system, authority = node(parent, "spatialrefsys"), crs.to_authority()
    if authority is None:
        node(system, "wkt").text = crs.to_wkt()
        return
    # QGIS reads the code only if an id of its internal list is present; any id will do.
    node(system, "srsid").text = "1"
    node(system, "authid").text = ":".join(authority)
