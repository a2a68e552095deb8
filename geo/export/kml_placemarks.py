"""Placemarks of a KML written directly as text: building XML nodes would take several times as long."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely

from geo.analysis.compare import own_reasons
from geo.analysis.figures import computed, reported
from geo.analysis.labels import detail_text
from geo.analysis.values import accuracy_text, citation, date_text, figure_words, told_text, why_text
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.typed import distinct, taken
from geo.export.contents import INSTITUTION, Layer
from geo.export.job import Job
from geo.export.safe_text import xml_text
from geo.export.styles import looks

__all__ = ["Placemarks", "escaped_cell", "style_id"]

_DECIMALS = 7
#: Indentation of a placemark, and of its content.
_AT, _IN = " " * 6, " " * 8
_CELL = " " * 12


class Placemarks:
    """The features of an export as placemarks; the kinds are subsets of one table, whose columns are converted once.

    Parameters
    ----------
    job : Job
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        contents = job.contents
        tables = [layer for layer in (contents.places, contents.institution) if len(layer.frame)]
        self._rows = {layer.table.name: _rows(layer) for layer in tables}

    def of(self, layer: Layer, schema: str) -> str:
        """Return the placemarks of a layer; `schema` is the id of the schema that types their data."""
        rows = self._rows[layer.table.name]
        by = list(looks(self._job.contents, layer)[0].values)
        marks = []
        for key, shape in zip(layer.frame[layer.key], layer.frame.geometry.to_numpy(), strict=True):
            row, data = rows[key]
            typed = f'{_IN}  <SchemaData schemaUrl="#{schema}">\n{data}{_IN}  </SchemaData>\n'
            style = style_id(layer, " / ".join(row[column] for column in by))
            marks.append(self._feature(layer, row, style, typed, shape))
        return "".join(marks)

    def labels(self, style: str) -> str:
        """Return placemarks with the names of the places at their label points."""
        rows = self._rows[self._job.contents.places.table.name].values()
        return "".join(self._label(row, style) for row, _ in rows)

    def _label(self, row: Mapping[str, Any], style: str) -> str:
        name = _element(_IN, "name", row[f"short_{self._job.language}"])
        point = _geometry(shapely.Point(row["label_lon"], row["label_lat"]))
        return _placemark(f"labels.{row['place_id']}", f"{name}{_element(_IN, 'styleUrl', f'#{style}')}{point}")

    def _feature(self, layer: Layer, row: Mapping[str, Any], style: str, typed: str, shape: Any) -> str:
        parts = (
            _element(_IN, "name", row[f"name_{self._job.language}"]),
            _element(_IN, "description", _balloon(self._job, layer, row)),
            _element(_IN, "styleUrl", f"#{style}"),
            f"{_IN}<ExtendedData>\n{typed}{_IN}</ExtendedData>\n",
            "" if shape is None else _geometry(shape),
        )
        return _placemark(f"{layer.name}.{row[layer.key]}", "".join(parts))


def _placemark(identifier: str, content: str) -> str:
    return f'{_AT}<Placemark id="{_quoted(identifier)}">\n{content}{_AT}</Placemark>\n'


def style_id(layer: Layer, key: str) -> str:
    """Return the id of the style for one category of a layer (`key`, as in `Look.key`)."""
    return f"{layer.name}.{key.replace(' / ', '.')}"


def _rows(layer: Layer) -> dict[str, tuple[dict[str, Any], str]]:
    """Return key → (row, row as typed data) of a layer."""
    cells, tags = [], []
    for column in layer.columns:
        positions, values = distinct(layer.frame[column.name])
        head = f'{_CELL}<SimpleData name="{_quoted(column.name)}">'
        typed = [f"{head}{_escaped(_simple(value))}</SimpleData>\n" for value in values[:-1]]
        cells.append(taken(values, positions).tolist())
        tags.append(taken([*typed, ""], positions).tolist())
    names = [column.name for column in layer.columns]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    data = map("".join, zip(*tags, strict=True))
    return {row[layer.key]: (row, text) for row, text in zip(rows, data, strict=True)}


def _simple(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, float) else str(value)


def _element(indent: str, tag: str, content: str) -> str:
    return f"{indent}<{tag}>{_escaped(content)}</{tag}>\n"


def _escaped(content: str) -> str:
    return xml_text(content).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(content: str) -> str:
    return _escaped(content).replace('"', "&quot;")


def _geometry(shape: Any) -> str:
    parts = shapely.get_parts(shape)
    many = len(parts) > 1
    indent = _IN + "  " * many
    drawn = "".join(_part(part, indent) for part in parts)
    return f"{_IN}<MultiGeometry>\n{drawn}{_IN}</MultiGeometry>\n" if many else drawn


def _part(part: Any, indent: str) -> str:
    if part.geom_type == "Point":
        return f"{indent}<Point>\n{indent}  <coordinates>{_coordinates(part)}</coordinates>\n{indent}</Point>\n"
    rings = [("outerBoundaryIs", part.exterior), *(("innerBoundaryIs", ring) for ring in part.interiors)]
    bounds = "".join(
        f"{indent}  <{tag}>\n{indent}    <LinearRing>\n"
        f"{indent}      <coordinates>{_coordinates(ring)}</coordinates>\n"
        f"{indent}    </LinearRing>\n{indent}  </{tag}>\n"
        for tag, ring in rings
    )
    return f"{indent}<Polygon>\n{indent}  <tessellate>1</tessellate>\n{bounds}{indent}</Polygon>\n"


def _coordinates(line: Any) -> str:
    pairs = np.round(shapely.get_coordinates(line), _DECIMALS).tolist()
    return " ".join([f"{lon:.{_DECIMALS}f},{lat:.{_DECIMALS}f}" for lon, lat in pairs])


# ---------------------------------------------------------------------------------------------------------------------
# Balloons: our own HTML tags; every value is escaped


def escaped_cell(value: Any) -> str:
    """Return a value as escaped HTML; ``$[`` is escaped too, because KML would expand it as an entity."""
    return html.escape("" if value is None else str(value)).replace("$[", "&#36;[")


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    cells = ["".join(f"<td>{escaped_cell(cell)}</td>" for cell in row) for row in rows]
    lines = [f"<tr>{line}</tr>" for line in cells]
    return f"<table>{''.join(lines)}</table>" if lines else ""


def _balloon(job: Job, layer: Layer, row: Mapping[str, Any]) -> str:
    language, atlas = job.language, job.contents.atlas
    parts = [f"<h3>{escaped_cell(row[f'name_{language}'])}</h3>"]
    accuracy = accuracy_text(row["accuracy_m"], language)
    if layer.name == INSTITUTION:
        source = citation(atlas.rows("sources")[row["source_id"]], language)
        words = [row["address"], accuracy, date_text(row["as_of"], language), source, row[f"note_{language}"]]
    else:
        method = text(f"method.{row['method']}", language)
        drawn = " · ".join(word for word in (method, accuracy, row["bounds_stated"]) if word)
        words = [drawn, row[f"boundary_note_{language}"], row[f"note_{language}"], row["attribution"]]
    parts += [f"<p>{escaped_cell(word)}</p>" for word in words if word]
    if layer.name != INSTITUTION:
        parts.append(_table(_figures(atlas, row["place_id"], language)))
    return "".join(parts)


def _figures(atlas: Atlas, place_id: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield (label, value with date and scope, source) of each figure of a place, in the usual order."""
    measures = atlas.rows("measures")
    for one in reported(atlas).get(place_id, ()):
        source = f"[{one.grade}] {citation(atlas.rows('sources')[one.source_id], language)}"
        yield measures[one.measure_id][f"label_{language}"], told_text(atlas, one, language), source
    for one in computed(atlas).get(place_id, ()):
        why = why_text(atlas, own_reasons(atlas, one), language)
        note = text("value.quote.note", language, note=why) if why else ""
        said = figure_words(atlas, one, language) + note
        yield measures[one.measure_id][f"label_{language}"], said, detail_text(atlas, one.detail, language)
