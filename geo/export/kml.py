"""KML 2.2 and KMZ: styles, balloons with figures and sources, typed data, labels."""

from __future__ import annotations

import html
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from geo.base.messages import text
from geo.export.contents import Layer
from geo.export.job import Job
from geo.export.kml_placemarks import Placemarks, escaped_cell, style_id
from geo.export.metadata import boundary_lines, source_lines
from geo.export.safe_text import xml_text
from geo.export.styles import Look, looks

__all__ = ["write"]

_KML = "http://www.opengis.net/kml/2.2"
_TYPES = {"integer": "int", "number": "double", "boolean": "bool"}
_LABEL_STYLE = "label"
_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
#: Placeholder for the placemarks in the serialised document; it cannot occur in the text of a node.
_ROOM = "      <Placemark/>\n"

Node = Any


def write(job: Job, folder: Path) -> None:
    """Write one document: a folder per layer and one for labels; a KMZ if that is the format."""
    root = etree.Element(f"{{{_KML}}}kml", nsmap={None: _KML})
    document = _sub(root, "Document")
    language = job.language
    _sub(document, "name", job.contents.meta[f"title_{language}"])
    _sub(document, "open", "1")
    _sub(document, "description", _about(job))
    for layer in job.layers:
        for look in looks(job.contents, layer):
            _style(document, style_id(layer, look.key), look)
    label = _sub(document, "Style", id=_LABEL_STYLE)
    _sub(_sub(label, "IconStyle"), "scale", "0")
    _sub(_sub(label, "LabelStyle"), "scale", "0.9")
    zipped = job.format.format == "kmz"
    if not zipped:
        for layer in {layer.table.name: layer for layer in job.layers}.values():
            _schema(document, layer, layer.table.name, language)
    schemas = {layer.name: _folder(document, layer, language, own_schema=zipped) for layer in job.layers}
    labels = _sub(document, "Folder", id="labels")
    _sub(labels, "name", text("export.kml.labels", language))
    _room(labels)
    parts = etree.tostring(root, encoding="unicode", pretty_print=True).split(_ROOM)
    marks = Placemarks(job)
    filled = [*(marks.of(layer, schemas[layer.name]) for layer in job.layers), marks.labels(_LABEL_STYLE), ""]
    told = "".join(part for pair in zip(parts, filled, strict=True) for part in pair)
    content = f"{_DECLARATION}{told}".encode()
    if zipped:
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


def _colour(colour: str, opacity: float) -> str:
    """Return a colour in KML's order: opacity, blue, green, red."""
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
    # Only the description, which is escaped: $[name] would insert a name as HTML.
    _sub(_sub(style, "BalloonStyle"), "text", "$[description]")


def _schema(document: Node, layer: Layer, identifier: str, language: str) -> None:
    schema = _sub(document, "Schema", name=layer.table.name, id=identifier)
    for column in layer.columns:
        field = _sub(schema, "SimpleField", type=_TYPES.get(column.type, "string"), name=column.name)
        _sub(field, "displayName", column.label_zh if language == "zh" else column.label_en)


def _folder(document: Node, layer: Layer, language: str, *, own_schema: bool) -> str:
    """Add a folder with a placeholder for its placemarks; return the id of the schema of their data.

    In a KMZ the folder is a Document with its own schema, because GDAL looks for a layer's schema only there.
    """
    folder = _sub(document, "Document" if own_schema else "Folder", id=layer.name)
    _sub(folder, "name", layer.title(language))
    _sub(folder, "description", html.escape(layer.definition_zh if language == "zh" else layer.definition_en))
    schema = f"{layer.table.name}.{layer.name}" if own_schema else layer.table.name
    if own_schema:
        _schema(folder, layer, schema, language)
    _room(folder)
    return schema


def _room(folder: Node) -> None:
    _sub(folder, "Placemark")


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
    return "<br/>".join(escaped_cell(line) for line in lines)
