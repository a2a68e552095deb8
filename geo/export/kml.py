"""KML 2.2 and KMZ: styles, balloons with measures and sources, typed data, labels."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from lxml import etree

from geo.analysis.compare import own_reasons
from geo.analysis.figures import computed, reported
from geo.analysis.labels import detail_text
from geo.analysis.values import accuracy_text, citation, date_text, figure_words, scope_text, when_text, why_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.export.contents import INSTITUTION, Layer, rows_of
from geo.export.job import Job
from geo.export.metadata import boundary_lines, source_lines
from geo.export.safe_text import xml_text
from geo.export.styles import Look, looks

__all__ = ["write"]

_KML = "http://www.opengis.net/kml/2.2"
_DECIMALS = 7
_TYPES = {"integer": "int", "number": "double", "boolean": "bool"}
_LABEL_STYLE = "label"

Node = Any


def write(job: Job, folder: Path) -> None:
    """Write one document: a folder per layer and one of labels; as KMZ if that is the format."""
    root = etree.Element(f"{{{_KML}}}kml", nsmap={None: _KML})
    document = _sub(root, "Document")
    language = job.language
    _sub(document, "name", job.contents.meta[f"title_{language}"])
    _sub(document, "open", "1")
    _sub(document, "description", _about(job))
    for layer in job.layers:
        for look in looks(job.contents, layer):
            _style(document, _style_id(layer, look.key), look)
    label = _sub(document, "Style", id=_LABEL_STYLE)
    _sub(_sub(label, "IconStyle"), "scale", "0")
    _sub(_sub(label, "LabelStyle"), "scale", "0.9")
    for layer in {layer.table.name: layer for layer in job.layers}.values():
        _schema(document, layer, language)
    for layer in job.layers:
        _folder(job, document, layer)
    _labels(job, document)
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if job.format.format == "kmz":
        with zipfile.ZipFile(folder / job.main, "w", zipfile.ZIP_DEFLATED) as archive:
            entry = zipfile.ZipInfo("doc.kml", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    else:
        (folder / job.main).write_bytes(content)


def _sub(parent: Node, tag: str, content: str | None = None, **attributes: str) -> Node:
    node = etree.SubElement(parent, f"{{{_KML}}}{tag}", attributes)
    if content is not None:
        node.text = xml_text(content)
    return node


def _style_id(layer: Layer, key: str) -> str:
    return f"{layer.name}.{key.replace(' / ', '.')}"


def _colour(colour: str, opacity: float) -> str:
    """Return a colour as KML writes it: opacity, blue, green, red."""
    return f"{round(255 * opacity):02x}{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()


def _style(document: Node, identifier: str, look: Look) -> None:
    style = _sub(document, "Style", id=identifier)
    if look.mark:
        icon = _sub(style, "IconStyle")
        _sub(icon, "color", _colour(look.colour, look.opacity))
        _sub(icon, "scale", "0.6")
        _sub(_sub(style, "LabelStyle"), "scale", "0.7")
    else:
        line = _sub(style, "LineStyle")
        _sub(line, "color", _colour(look.colour, 0.6 if look.hatched else 1.0))
        _sub(line, "width", "1" if look.hatched else "2.5")
        _sub(_sub(style, "PolyStyle"), "color", _colour(look.colour, look.opacity))
    # Only the description, which is escaped: $[name] would put a name into the balloon as HTML.
    _sub(_sub(style, "BalloonStyle"), "text", "$[description]")


def _schema(document: Node, layer: Layer, language: str) -> None:
    schema = _sub(document, "Schema", name=layer.table.name, id=layer.table.name)
    for column in layer.columns:
        field = _sub(schema, "SimpleField", type=_TYPES.get(column.type, "string"), name=column.name)
        _sub(field, "displayName", column.label_zh if language == "zh" else column.label_en)


def _folder(job: Job, document: Node, layer: Layer) -> None:
    folder = _sub(document, "Folder", id=layer.name)
    _sub(folder, "name", layer.title(job.language))
    _sub(folder, "description", html.escape(layer.definition_zh if job.language == "zh" else layer.definition_en))
    by = list(looks(job.contents, layer)[0].values)
    for row, shape in zip(rows_of(layer.frame), layer.frame.geometry, strict=True):
        placemark = _sub(folder, "Placemark", id=f"{layer.name}.{row[layer.key]}")
        _sub(placemark, "name", row[f"name_{job.language}"])
        _sub(placemark, "description", _balloon(job, layer, row))
        _sub(placemark, "styleUrl", f"#{_style_id(layer, ' / '.join(row[column] for column in by))}")
        data = _sub(_sub(placemark, "ExtendedData"), "SchemaData", schemaUrl=f"#{layer.table.name}")
        for column in layer.columns:
            value = row[column.name]
            if value is not None:
                _sub(data, "SimpleData", _simple(value), name=column.name)
        if shape is not None:
            _geometry(placemark, shape)


def _simple(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, float) else str(value)


def _labels(job: Job, document: Node) -> None:
    folder = _sub(document, "Folder", id="labels")
    _sub(folder, "name", text("export.kml.labels", job.language))
    for row in rows_of(job.contents.places.frame):
        placemark = _sub(folder, "Placemark", id=f"labels.{row['place_id']}")
        _sub(placemark, "name", row[f"short_{job.language}"])
        _sub(placemark, "styleUrl", f"#{_LABEL_STYLE}")
        _geometry(placemark, shapely.Point(row["label_lon"], row["label_lat"]))


def _geometry(parent: Node, shape: Any) -> None:
    parts = shapely.get_parts(shape)
    if len(parts) > 1:
        parent = _sub(parent, "MultiGeometry")
    for part in parts:
        if part.geom_type == "Point":
            _sub(_sub(parent, "Point"), "coordinates", _coordinates(part))
            continue
        polygon = _sub(parent, "Polygon")
        _sub(polygon, "tessellate", "1")
        for tag, ring in (("outerBoundaryIs", part.exterior), *(("innerBoundaryIs", r) for r in part.interiors)):
            _sub(_sub(_sub(polygon, tag), "LinearRing"), "coordinates", _coordinates(ring))


def _coordinates(line: Any) -> str:
    pairs = np.round(shapely.get_coordinates(line), _DECIMALS)
    return " ".join(f"{lon:.{_DECIMALS}f},{lat:.{_DECIMALS}f}" for lon, lat in pairs)


# ---------------------------------------------------------------------------------------------------------------------
# Balloons: HTML of our own tags, every value escaped


def _cell(value: Any) -> str:
    """Return a value as HTML text; ``$[`` would be an entity of KML."""
    return html.escape("" if value is None else str(value)).replace("$[", "&#36;[")


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [f"<tr><td>{_cell(a)}</td><td>{_cell(b)}</td><td>{_cell(c)}</td></tr>" for a, b, c in rows]
    return f"<table>{''.join(lines)}</table>" if lines else ""


def _balloon(job: Job, layer: Layer, row: Mapping[str, Any]) -> str:
    language, atlas = job.language, job.contents.atlas
    parts = [f"<h3>{_cell(row[f'name_{language}'])}</h3>"]
    accuracy = accuracy_text(row["accuracy_m"], language)
    if layer.name == INSTITUTION:
        source = citation(atlas.rows("sources")[row["source_id"]], language)
        words = [row["address"], accuracy, date_text(row["as_of"], language), source, row[f"note_{language}"]]
    else:
        method = text(f"method.{row['method']}", language)
        drawn = " · ".join(word for word in (method, accuracy, row["bounds_stated"]) if word)
        words = [drawn, row[f"boundary_note_{language}"], row[f"note_{language}"], row["attribution"]]
    parts += [f"<p>{_cell(word)}</p>" for word in words if word]
    if layer.name != INSTITUTION:
        parts.append(_table(_figures(atlas, row["place_id"], language)))
    return "".join(parts)


def _figures(atlas: Atlas, place_id: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield label, value with date and scope, source of each figure of a place, in the order of every other list."""
    measures = atlas.rows("measures")
    for one in reported(atlas).get(place_id, ()):
        about = f"{when_text(one, language)}; {scope_text(atlas, one.scope, language)}"
        source = f"[{one.grade}] {citation(atlas.rows('sources')[one.source_id], language)}"
        yield measures[one.measure_id][f"label_{language}"], f"{figure_words(atlas, one, language)} ({about})", source
    for one in computed(atlas).get(place_id, ()):
        why = why_text(atlas, own_reasons(atlas, one), language)
        said = f"{figure_words(atlas, one, language)}{f' ({why})' if why else ''}"
        yield measures[one.measure_id][f"label_{language}"], said, detail_text(atlas, one.detail, language)


def _about(job: Job) -> str:
    header = job.header()
    lines = [
        f"{name}: {header[name]}"
        for name in ("version", "data_date", "licence", "attribution", "notice", "coordinates")
    ]
    lines += [
        f"editions: {', '.join(header['editions'])}",
        *header["caveats"],
        *boundary_lines(job),
        *source_lines(job),
    ]
    return "<br/>".join(_cell(line) for line in lines)
